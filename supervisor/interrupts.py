"""What waits for a person, as AG-UI asks for it: approvals, and questions of units in the middle of a step."""

from collections.abc import Iterable
from typing import Any

from ag_ui.core import Interrupt

from supervisor.approvals import Approval, Approvals
from supervisor.core.models import QUESTION, Question
from supervisor.store import Step

APPROVAL = "approval"
DECISION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"approved": {"type": "boolean"}, "reason": {"type": "string"}},
    "required": ["approved"],
}
ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "additionalProperties": True,
}


async def interrupts_of(steps: Iterable[Step], approvals: Approvals, run: str) -> list[Interrupt]:
    """Return what ``steps`` wait for, as the current principal may see it."""
    found: list[Interrupt] = []
    for step in steps:
        if step.approval and step.asks == step.approval:
            found.append(_approval(await approvals.get(step.approval), run))
        elif step.asks and step.question:
            found.append(_question(step.question, step, run))
    return found


def _approval(approval: Approval, run: str) -> Interrupt:
    return Interrupt(
        id=approval.approval_id,
        reason=APPROVAL,
        message=approval.summary,
        response_schema=DECISION_SCHEMA,
        metadata={"action": approval.action, "run": run},
    )


def _question(question: Question, step: Step, run: str) -> Interrupt:
    return Interrupt(
        id=question.id,
        reason=QUESTION,
        message=question.text,
        response_schema=ANSWER_SCHEMA,
        metadata={"action": step.skill, "step": step.title, "run": run, "data": question.data},
    )
