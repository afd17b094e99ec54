"""Facts, steps, plans and goals: what a run is made of."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.wire.planning import Risk


def digest(value: Any) -> str:
    """Return a short content hash of any JSON value; equal values give equal digests."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


BRIEF = "role.brief"
"""The fact that a role is begun with: a posting or a sentence."""
CHANGES = "role.changes"
"""The fact that holds what a person wants changed in the drafted requirements, in their words."""


class Fact(BaseModel):
    """Something known in a run, such as ``requirements.approved``.

    ``version`` is the digest of the value: a fact written again with the same value has not changed.
    ``step`` is the step that produced it, or None where a person or the environment gave it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: Any
    version: str
    step: str | None = None

    @classmethod
    def of(cls, name: str, value: Any, step: str | None = None) -> "Fact":
        """Return the fact with its version computed."""
        return cls(name=name, value=value, version=digest(value), step=step)


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    READY = "ready"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_ANSWER = "awaiting_answer"
    RUNNING = "running"
    DONE = "done"
    RETRYING = "retrying"
    FAILED = "failed"
    DENIED = "denied"


class StepRecord(BaseModel):
    """One execution of a skill with one set of inputs: the memory that keeps an effect from repeating.

    ``required`` and ``optional`` give the version of each fact that went in; ``id`` is derived from the
    skill and those versions, so the same call always has the same id.
    """

    id: str
    skill: str
    title: str = ""
    required: dict[str, str]
    optional: dict[str, str] = Field(default_factory=dict)
    status: StepStatus
    attempts: int = 0
    error: str | None = None
    summary: str | None = None


QUESTION = "question"
"""The reason of an interrupt that is a question of a unit, not an approval."""


class Question(BaseModel):
    """What a unit asked in the middle of a step; ``task_id`` and ``context_id`` name the task that waits.

    ``answer`` is what goes back to it: ``text`` as a person wrote it, and whatever data came with it.
    """

    id: str
    text: str
    data: dict[str, Any] | None = None
    task_id: str
    context_id: str
    answer: dict[str, Any] | None = None


class PlanStep(BaseModel):
    """One node of the plan. ``id`` is known once every required input is; ``key`` names the node in the plan."""

    key: str
    skill: str
    unit: str
    title: str
    risk: Risk
    status: StepStatus
    id: str | None = None
    needs: list[str] = Field(default_factory=list, description="facts that go in")
    gives: list[str] = Field(default_factory=list, description="facts that may come out")
    after: list[str] = Field(default_factory=list, description="keys of the steps that must end before")
    why: str = ""


class Plan(BaseModel):
    """A graph of steps towards the goal, or the reason why there is none.

    ``held`` names the goal of the run that goes first; this one is kept back meanwhile.
    """

    goal: str
    wants: list[str]
    steps: list[PlanStep] = Field(default_factory=list)
    complete: bool = False
    impossible: str | None = None
    held: str | None = None

    def ready(self) -> list[PlanStep]:
        """Return the steps that can run now."""
        return [step for step in self.steps if step.status is StepStatus.READY]


class Goal(BaseModel):
    """What a person asked for, as facts that are to become known.

    ``enough`` gives the facts that will do for wanted ones once a limit is reached.
    """

    kind: str
    title: str
    wants: list[str]
    given: dict[str, Any] = Field(default_factory=dict)
    enough: dict[str, str] = Field(default_factory=dict)


RunStatus = Literal["running", "waiting", "retrying", "paused", "done", "failed", "cancelled"]


def step_id(skill: str, required: Mapping[str, str], optional: Mapping[str, str]) -> str:
    """Return the identity of calling ``skill`` with these fact versions."""
    return f"{skill}:{digest([skill, dict(required), dict(optional)])}"
