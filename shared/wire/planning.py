"""What a skill publishes about itself so that the supervisor can plan with it.

A2A agents carry it in their card under the extension ``PLANNING_URI``; MCP tools in ``_meta`` under
``PLANNING_META``. It is all the supervisor ever knows of a unit.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PLANNING_URI = "urn:hiremesh:extension:planning:1"
PLANNING_META = "io.hiremesh/planning"
APPROVAL_FIELD = "approval_id"
"""The argument in which a skill takes the approval it uses up."""

Risk = Literal["read", "write", "contact", "decide"]
Mode = Literal["interactive", "background"]


class Cost(BaseModel):
    """A rough price, for choosing between plans: typical wall seconds and model tokens."""

    seconds: float = 1.0
    tokens: int = 0


class Planning(BaseModel):
    """How a skill fits into a plan.

    ``requires``, ``optional`` and ``produces`` map the skill's own argument or result field to a fact
    name (``requirements.approved``). A result that leaves a promised field null did not produce that
    fact: the planner sees it and plans again.
    """

    model_config = ConfigDict(extra="forbid")

    requires: dict[str, str] = Field(default_factory=dict)
    optional: dict[str, str] = Field(default_factory=dict)
    produces: dict[str, str] = Field(default_factory=dict)
    risk: Risk = "read"
    mode: Mode = "interactive"
    cost: Cost = Field(default_factory=Cost)
    plannable: bool = True


class Skill(BaseModel):
    """One A2A skill or MCP tool as the registry publishes it."""

    unit: str
    name: str
    protocol: Literal["a2a", "mcp"]
    title: str
    description: str
    tags: list[str] = Field(default_factory=list)
    examples: list[str] = Field(default_factory=list)
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None
    planning: Planning = Field(default_factory=Planning)

    @property
    def id(self) -> str:
        """The catalogue-wide name, ``unit.skill``."""
        return f"{self.unit}.{self.name}"


def carries_approval(input_schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Return whether a call shows an approval to a skill that takes one (and so checks it)."""
    return APPROVAL_FIELD in input_schema.get("properties", {}) and bool(arguments.get(APPROVAL_FIELD))


def planning_meta(**fields: Any) -> dict[str, Any]:
    """Return the ``meta=`` argument of an MCP tool. Takes the fields of ``Planning``."""
    return {PLANNING_META: Planning(**fields).model_dump(mode="json")}
