"""What people see of a run: AG-UI 1.0 events in the agent's live log.

An event is stored as ``{"thread", "turn", "event"}``; the chat endpoint unwraps it. A turn is one AG-UI
run: it opens with RUN_STARTED and closes with RUN_FINISHED or RUN_ERROR, while the hiring run behind it
may span several turns.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from ag_ui.core import (
    PROTOCOL_VERSION,
    ActivitySnapshotEvent,
    BaseEvent,
    Interrupt,
    RunAgentInput,
    RunErrorEvent,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunFinishedSuccessOutcome,
    RunStartedEvent,
    StateSnapshotEvent,
    StepFinishedEvent,
    StepStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
)

from shared.kernel.errors import HiremeshError
from shared.kernel.ids import new_id
from supervisor.core.models import Plan, PlanStep, RunStatus, digest

Parts = Sequence[dict[str, Any]]
"""What an event says, as parts of an A2A Message: ``{"text": …}``, or ``{"data": {"type": …, …}}``."""


class UiLog(Protocol):
    """Where live events go; ``supervisor.agents.journal.Journal`` is the real one."""

    async def publish_ui(
        self,
        tenant: str,
        agent: str,
        event: dict[str, Any],
        *,
        message_id: str | None = None,
        parts: Parts = (),
    ) -> int:
        """Append one event and return its sequence number; with ``parts`` it is kept as a message as well."""
        ...

    async def shown(self, tenant: str, agent: str, since: datetime | None) -> frozenset[str]:
        """Return the names of the events that the log holds, of those since a moment if it is given."""
        ...


def event_name(tenant: str, agent: str, thread: str, key: str) -> str:
    """Return an event's name in the log, which has one name space for all; clients name threads and turns."""
    return digest([tenant, agent, thread, key])


def paused(turn: str) -> str:
    """Return the key of what is said to a person whose agent is paused: it ends their turn."""
    return f"{turn}:paused"


class Stage:
    """Tells one agent's watchers what happens within one turn.

    A ``key`` makes an event idempotent: told again after a crash, it is shown once.
    """

    def __init__(self, log: UiLog, *, tenant: str, agent: str, thread: str, turn: str) -> None:
        self._log = log
        self._tenant = tenant
        self._agent = agent
        self.thread = thread
        self.turn = turn
        self._progress: dict[str, dict[str, Any]] = {}

    async def started(self, said: RunAgentInput) -> None:
        """Open the turn with what the person said or answered, for whoever comes to read it later."""
        event = RunStartedEvent(
            thread_id=self.thread, run_id=self.turn, protocol_version=PROTOCOL_VERSION, input=said
        )
        await self._show(event, f"{self.turn}:started")

    async def say(self, text: str, key: str | None = None, data: Mapping[str, Any] | None = None) -> None:
        """Say something as the assistant; ``data``, with its ``type``, is kept beside the words."""
        parts = [{"text": text}, *([{"data": dict(data)}] if data else [])]
        await self._say(text, key or new_id("say"), parts)

    async def _say(self, text: str, message: str, parts: Parts) -> None:
        await self._show(TextMessageStartEvent(message_id=message, role="assistant"), f"{message}:start")
        await self._show(TextMessageContentEvent(message_id=message, delta=text), f"{message}:text", parts)
        await self._show(TextMessageEndEvent(message_id=message), f"{message}:end")

    async def plan(self, run: str, plan: Plan, status: RunStatus) -> None:
        """Show the plan as the shared state."""
        state = {"run": run, "status": status, "plan": plan.model_dump(mode="json")}
        await self._show(StateSnapshotEvent(snapshot=state))

    async def step_started(self, step: PlanStep) -> None:
        """Show that a step runs."""
        await self._show(StepStartedEvent(step_name=step.title))

    async def step_finished(self, step: PlanStep) -> None:
        """Show that a step ended, well or not, and keep how far it came."""
        content = self._progress.pop(step.key, None)
        parts: Parts = ()
        if content:
            parts = [{"text": f"{step.title}: {content['text']}"}, {"data": {"type": "progress", **content}}]
        key = f"{self.turn}:{step.key}:{digest(content)}:ended" if content else None
        await self._show(StepFinishedEvent(step_name=step.title), key, parts)

    async def progress(self, step: PlanStep, text: str, done: int | None, total: int | None) -> None:
        """Show how far a step is; each call replaces the one before."""
        content = {"step": step.title, "text": text, "done": done, "total": total}
        self._progress[step.key] = content
        await self._show(
            ActivitySnapshotEvent(
                message_id=f"{self.turn}:{step.key}", activity_type="progress", content=content, replace=True
            )
        )

    async def card(self, kind: str, content: dict[str, Any], text: str, key: str) -> None:
        """Show a structured card, such as the shortlist, and its words for who sees no cards: one message.

        Shown again with other content, it takes the place of the card before.
        """
        event = ActivitySnapshotEvent(message_id=key, activity_type=kind, content=content, replace=True)
        version = f"{key}:{digest(content)}"
        await self._show(event, version, [{"text": text}, {"data": {"type": kind, **content}}])
        await self._say(text, f"{version}:text", ())

    async def finished(self, result: dict[str, Any] | None = None) -> None:
        """Close the turn: the work it was about is done, or goes on without it."""
        outcome = RunFinishedSuccessOutcome()
        event = RunFinishedEvent(thread_id=self.thread, run_id=self.turn, result=result, outcome=outcome)
        await self._show(event, f"{self.turn}:finished")

    async def interrupted(self, interrupts: list[Interrupt]) -> None:
        """Close the turn: a person has to answer before the run goes on."""
        outcome = RunFinishedInterruptOutcome(interrupts=interrupts)
        event = RunFinishedEvent(thread_id=self.thread, run_id=self.turn, outcome=outcome)
        asked = [one.model_dump(mode="json", by_alias=True) for one in interrupts]
        texts = [{"text": one["message"]} for one in asked if one.get("message")]
        parts = [*texts, *({"data": {"type": one["reason"], **one}} for one in asked)]
        await self._show(event, f"{self.turn}:finished", parts)

    async def failed(self, error: HiremeshError) -> None:
        """Close the turn with an error."""
        event = RunErrorEvent(message=str(error), code=error.code)
        parts: Parts = [{"text": str(error)}, {"data": {"type": "error", "code": error.code}}]
        await self._show(event, f"{self.turn}:finished", parts)

    async def _show(self, event: BaseEvent, key: str | None = None, parts: Parts = ()) -> None:
        wrapped = {
            "thread": self.thread,
            "turn": self.turn,
            "event": event.model_dump(mode="json", by_alias=True),
        }
        name = event_name(self._tenant, self._agent, self.thread, key) if key else None
        await self._log.publish_ui(self._tenant, self._agent, wrapped, message_id=name, parts=parts)
