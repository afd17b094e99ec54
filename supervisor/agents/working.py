"""What an agent works on: the steps of a run from the first to the last, and what it waits for."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from supervisor.core.models import PlanStep, RunStatus, StepStatus
from supervisor.core.narration import in_order
from supervisor.store import Run, Step

ENDED = frozenset({StepStatus.DONE, StepStatus.FAILED, StepStatus.DENIED})


class WorkStep(BaseModel):
    """A step that was taken, is being taken or is to come; ``said`` is what came of it, or how it failed.

    ``key`` is its place in the plan, or its skill once it is no longer in it.
    """

    key: str
    title: str
    unit: str
    status: StepStatus
    why: str = ""
    attempts: int = 0
    since: datetime | None = None
    ended_at: datetime | None = None
    said: str | None = None


class Waiting(BaseModel):
    """What a person must say before a step goes on."""

    id: str
    kind: Literal["approval", "question"]
    step: str
    text: str | None = None
    since: datetime


class Work(BaseModel):
    """A run that has not ended. ``steps`` begins with those that are over."""

    run: str
    thread: str
    goal: str
    status: RunStatus
    reason: str | None = None
    steps: list[WorkStep]
    waiting: list[Waiting]


def work_of(run: Run, steps: list[Step]) -> Work:
    """Return what there is to see of a run."""
    records = {step.id: step for step in steps}
    planned = in_order(run.plan) if run.plan else []
    waiting = [
        _waiting(asked, record)
        for step in planned
        if (record := records.get(step.id or "")) and (asked := record.asks)
    ]
    return Work(
        run=run.id,
        thread=run.thread,
        goal=run.goal.title,
        status=run.status,
        reason=run.reason,
        steps=steps_of(run, steps),
        waiting=waiting,
    )


def steps_of(run: Run, steps: list[Step]) -> list[WorkStep]:
    """Return the steps that are over, oldest first, then those of the plan."""
    records = {step.id: step for step in steps}
    planned = in_order(run.plan) if run.plan else []
    to_come = {step.id for step in planned}
    over = [_taken(step) for step in steps if step.status in ENDED and step.id not in to_come]
    return [*over, *(_planned(step, records.get(step.id or "")) for step in planned)]


def _taken(step: Step, *, key: str | None = None, why: str = "") -> WorkStep:
    return WorkStep(
        key=key or step.skill,
        title=step.title,
        unit=step.unit,
        status=step.status,
        why=why,
        attempts=step.attempts,
        since=step.started_at,
        ended_at=step.ended_at,
        said=step.error or step.summary,
    )


def _planned(step: PlanStep, record: Step | None) -> WorkStep:
    if record is None:
        return WorkStep(key=step.key, title=step.title, unit=step.unit, status=step.status, why=step.why)
    taken = _taken(record, key=step.key, why=step.why)
    # The plan says what is to run, the record what does.
    return taken if step.status is StepStatus.READY else taken.model_copy(update={"status": step.status})


def _waiting(asked: str, step: Step) -> Waiting:
    question = step.question if asked != step.approval else None
    return Waiting(
        id=asked,
        kind="question" if question else "approval",
        step=step.title,
        text=question.text if question else None,
        since=step.started_at,
    )
