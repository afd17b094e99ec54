"""A recruiter's agent: what it does with each message in its mailbox.

Handling is quick, whatever is running: long work has a mailbox of its own and is only steered from here.
Everything written here, the messages sent on included, commits together with the message's end.
"""

from datetime import datetime
from typing import Annotated, Literal, Protocol

from ag_ui.core import ResumeEntry, RunAgentInput, UserMessage
from pydantic import BaseModel, Field, TypeAdapter

from shared.kernel.errors import Conflict, HiremeshError
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.storage import Connection
from supervisor.approvals import Approvals
from supervisor.core.goals import headline
from supervisor.core.intents import AskForHelp, Control, Decide, Explain, Refine, StartGoal, interpret
from supervisor.core.models import Fact, Goal, StepStatus
from supervisor.core.narration import HELP, explain
from supervisor.stage import Stage, UiLog
from supervisor.store import Run, RunStore

CHANGES = "role.changes"
DRAFT = "requirements.draft"


class Said(BaseModel):
    """A person wrote something."""

    type: Literal["said"] = "said"
    thread: str
    turn: str
    text: str


class Answer(BaseModel):
    """A decision on one approval."""

    approval: str
    approved: bool
    reason: str = ""


class Answered(BaseModel):
    """A person answered what a turn had asked."""

    type: Literal["answered"] = "answered"
    thread: str
    turn: str
    answers: list[Answer]


AgentMessage = Annotated[Said | Answered, Field(discriminator="type")]
agent_message: TypeAdapter[AgentMessage] = TypeAdapter(AgentMessage)


class Outbox(Protocol):
    """Sends messages in the handler's transaction."""

    async def advance(
        self, connection: Connection, tenant: str, run: str, *, key: str, at: datetime | None
    ) -> None:
        """Have a run advanced, now or at a time."""
        ...


class Conversation:
    """Handles the messages of recruiters' agents."""

    def __init__(self, approvals: Approvals, outbox: Outbox, log: UiLog) -> None:
        self._approvals = approvals
        self._outbox = outbox
        self._log = log

    async def handle(self, connection: Connection, tenant: str, agent: str, message: AgentMessage) -> None:
        """Take in one message; expected failures are told to the person and end the turn."""
        store = RunStore(connection, tenant)
        stage = Stage(self._log, tenant=tenant, agent=agent, thread=message.thread, turn=message.turn)
        exchange = _Exchange(store, connection, tenant, agent, stage, await store.delegation(agent))
        await stage.started(_input_of(message))
        try:
            with acting_as(exchange.principal):
                if isinstance(message, Answered):
                    await self._answered(exchange, message.answers)
                else:
                    await self._said(exchange, message.text)
        except HiremeshError as error:
            if error.retryable:
                raise
            await stage.failed(error)

    async def _said(self, exchange: "_Exchange", text: str) -> None:
        run = await exchange.store.latest_run(exchange.agent, exchange.stage.thread)
        pending = run is not None and not run.ended
        waiting = run is not None and run.status == "waiting"
        intent = interpret(text, approval_pending=waiting, work_pending=pending)
        match intent:
            case StartGoal(goal=goal):
                await self._start(exchange, goal, run if pending else None)
            case Decide(approved=approved, reason=reason) if run:
                ids = await exchange.store.pending_approvals(run)
                await self._answered(
                    exchange, [Answer(approval=id, approved=approved, reason=reason) for id in ids]
                )
            case Refine(change=change) if run:
                await self._refine(exchange, run, change)
            case Control(verb=verb) if run:
                await self._control(exchange, run, verb)
            case Explain() if run:
                await exchange.reply(await self._explanation(exchange, run))
            case Explain() | AskForHelp() | Decide() | Refine() | Control():
                await exchange.reply(HELP)

    async def _start(self, exchange: "_Exchange", goal: Goal, open_run: Run | None) -> None:
        if open_run is not None:
            raise Conflict(
                f"I am still on “{open_run.goal.title}”.",
                fix="Say “stop” first, or begin another conversation for another role.",
            )
        run = new_id("run")
        stage = exchange.stage
        await exchange.store.create_run(run, exchange.agent, stage.thread, stage.turn, goal)
        await stage.say(f"Let me work on “{headline(goal.title)}”.", key=f"{stage.turn}:begin")
        await self._advance(exchange, run)

    async def _answered(self, exchange: "_Exchange", answers: list[Answer]) -> None:
        run = await exchange.store.latest_run(exchange.agent, exchange.stage.thread)
        if run is None or run.ended or not answers:
            raise Conflict("nothing waits for an answer in this conversation.")
        open_approvals = set(await exchange.store.pending_approvals(run))
        for answer in answers:
            if answer.approval not in open_approvals:
                raise Conflict(
                    "this approval is not pending in this conversation.", field="resume.interruptId"
                )
            await self._decide(answer)
        await exchange.store.set_turn(run.id, exchange.stage.turn)
        await self._advance(exchange, run.id)

    async def _decide(self, answer: Answer) -> None:
        """Record a decision; one that was recorded before a crash is taken as it stands."""
        try:
            await self._approvals.decide(answer.approval, approved=answer.approved, reason=answer.reason)
        except Conflict:
            recorded = (await self._approvals.get(answer.approval)).status
            if (recorded in {"approved", "used"}) != answer.approved or recorded == "expired":
                raise

    async def _refine(self, exchange: "_Exchange", run: Run, change: str) -> None:
        """Have the requirements drafted again with what was said; what was made of them becomes stale."""
        facts = await exchange.store.facts(run.id)
        said: list[str] = [*facts[CHANGES].value] if CHANGES in facts else []
        await exchange.store.put_fact(run.id, Fact.of(CHANGES, [*said, change]))
        await exchange.store.drop_fact(run.id, DRAFT)
        for approval in await exchange.store.pending_approvals(run):
            await self._decide(
                Answer(approval=approval, approved=False, reason="the requirements were changed")
            )
        if run.status == "running":
            await Stage(
                self._log, tenant=exchange.tenant, agent=exchange.agent, thread=run.thread, turn=run.turn
            ).finished({"continued_in": exchange.stage.turn})
        await exchange.store.set_turn(run.id, exchange.stage.turn)
        await exchange.stage.say(
            "I will change the requirements accordingly.", key=f"{exchange.stage.turn}:refine"
        )
        await self._advance(exchange, run.id)

    async def _control(self, exchange: "_Exchange", run: Run, verb: str) -> None:
        if verb == "resume":
            await exchange.store.set_status(run.id, "running")
            await exchange.store.set_turn(run.id, exchange.stage.turn)
            await self._advance(exchange, run.id)
            return
        status = "cancelled" if verb == "cancel" else "paused"
        await exchange.store.set_status(run.id, status, f"by {exchange.principal.subject}")
        if run.status in {"running", "retrying"}:
            await Stage(
                self._log, tenant=exchange.tenant, agent=exchange.agent, thread=run.thread, turn=run.turn
            ).finished({"status": status})
        await exchange.reply(
            "Stopped." if status == "cancelled" else "Paused. Say “resume” when I should go on."
        )

    async def _explanation(self, exchange: "_Exchange", run: Run) -> str:
        steps = await exchange.store.steps(run.id)
        done = [step.title for step in steps if step.status is StepStatus.DONE]
        notes = [
            f"{step.title}: {step.error}"
            for step in steps
            if step.error and step.status is not StepStatus.DONE
        ]
        if run.ended:
            ended = f"“{run.goal.title}” is {run.status}" + (f": {run.reason}" if run.reason else "") + "."
            told = [f"- {step.title}: {step.summary}" for step in steps if step.summary]
            return "\n".join([ended, *told])
        if run.plan is None:
            return f"I am about to plan “{run.goal.title}”."
        return explain(run.plan, done, notes)

    async def _advance(self, exchange: "_Exchange", run: str) -> None:
        key = f"turn:{exchange.stage.turn}"
        await self._outbox.advance(exchange.connection, exchange.tenant, run, key=key, at=None)


class _Exchange:
    """One message being handled: the transaction, the person, and where the reply goes."""

    def __init__(
        self,
        store: RunStore,
        connection: Connection,
        tenant: str,
        agent: str,
        stage: Stage,
        principal: Principal,
    ) -> None:
        self.store = store
        self.connection = connection
        self.tenant = tenant
        self.agent = agent
        self.stage = stage
        self.principal = principal

    async def reply(self, text: str) -> None:
        """Say something and close the turn."""
        await self.stage.say(text, key=f"{self.stage.turn}:reply")
        await self.stage.finished()


def _input_of(message: AgentMessage) -> RunAgentInput:
    """Return a message as AG-UI puts it: the words of a person, or the answers to what was asked."""
    if isinstance(message, Said):
        messages, answers = [UserMessage(id=message.turn, role="user", content=message.text)], None
    else:
        messages, answers = [], [_resumed(answer) for answer in message.answers]
    return RunAgentInput(thread_id=message.thread, run_id=message.turn, messages=[*messages], resume=answers)


def _resumed(answer: Answer) -> ResumeEntry:
    payload = {"approved": answer.approved, "reason": answer.reason}
    return ResumeEntry(interrupt_id=answer.approval, status="resolved", payload=payload)
