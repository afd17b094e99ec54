"""Calling one skill: arguments from facts, facts from results, over the skill's own protocol."""

from collections.abc import Mapping
from typing import Any

from shared.edge.progress import OnProgress
from shared.edge.units import UnitCalls
from shared.kernel.call import idempotent_call
from shared.kernel.errors import NotFound
from shared.kernel.principal import Principal, acting_as
from shared.wire.planning import Skill
from supervisor.core.limits import FAMILY
from supervisor.core.models import Fact, Question

TASK = "task_id"


def arguments_of(skill: Skill, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return the skill's arguments, taken from the facts that its planning data names."""
    planning = skill.planning
    required = {field: facts[fact].value for field, fact in planning.requires.items()}
    optional = {field: facts[fact].value for field, fact in planning.optional.items() if fact in facts}
    return required | optional


def facts_of(skill: Skill, result: Mapping[str, Any], step: str) -> list[Fact]:
    """Return the facts a result brought; a promised field that is null or absent brought none."""
    return [
        Fact.of(fact, result[field], step)
        for field, fact in skill.planning.produces.items()
        if result.get(field) is not None
    ]


def takes_approval(skill: Skill) -> bool:
    """Return whether the skill wants to see the approval it runs under."""
    return "approval_id" in skill.input_schema.get("properties", {})


def versions_of(skill: Skill, facts: Mapping[str, Fact]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions of the facts that go in: required and optional, without limits."""
    planning = skill.planning
    required = {fact: facts[fact].version for fact in planning.requires.values()}
    optional = {
        fact: facts[fact].version
        for fact in planning.optional.values()
        if fact in facts and not fact.startswith(FAMILY)
    }
    return required, optional


async def call_skill(
    units: UnitCalls,
    skill: Skill,
    arguments: dict[str, Any],
    *,
    on_behalf_of: Principal,
    key: str,
    on_progress: OnProgress,
    seconds: float,
    answered: Question | None = None,
) -> dict[str, Any]:
    """Run ``skill`` for a person and return its result as JSON.

    Args:
        key: the identity of this call; a repetition after a crash has the same one.
        seconds: the budget; DeadlineExceeded after that.
        answered: what the skill asked and a person answered; its task goes on where it stopped, or
            begins again where that task is no more.

    Raises InputRequired when the skill asks something.
    """
    with acting_as(on_behalf_of):
        if answered and answered.answer is not None:
            try:
                return await _resumed(units, skill, answered, key, on_progress, seconds)
            except NotFound as error:
                if error.field != TASK:
                    raise
        return await _begun(units, skill, arguments, key, on_progress, seconds)


async def _begun(
    units: UnitCalls,
    skill: Skill,
    arguments: dict[str, Any],
    key: str,
    on_progress: OnProgress,
    seconds: float,
) -> dict[str, Any]:
    with idempotent_call(key):
        if skill.protocol == "mcp":
            return await units.call_tool(skill.unit, skill.name, arguments, dict[str, Any], timeout=seconds)
        return await units.send(
            skill.unit, skill.name, arguments, dict[str, Any], on_progress=on_progress, timeout=seconds
        )


async def _resumed(
    units: UnitCalls,
    skill: Skill,
    question: Question,
    key: str,
    on_progress: OnProgress,
    seconds: float,
) -> dict[str, Any]:
    # A key for each question: an answer that is sent again after a crash must not answer the next one.
    with idempotent_call(f"{key}/{question.id}"):
        return await units.send(
            skill.unit,
            skill.name,
            question.answer or {},
            dict[str, Any],
            on_progress=on_progress,
            timeout=seconds,
            task_id=question.task_id,
            context_id=question.context_id,
        )
