"""A recruiter's agent: what it does with each message in its mailbox.

Handling is quick, whatever is running: long work has a mailbox of its own and is only steered from here.
Everything written here, the messages sent on included, commits together with the message's end.
"""

from typing import Annotated, Any, Literal

from ag_ui.core import ResumeEntry, RunAgentInput, UserMessage
from pydantic import BaseModel, Field, TypeAdapter

from shared.kernel.errors import Conflict, HiremeshError, InvalidInput
from shared.kernel.ids import new_id
from shared.kernel.principal import acting_as
from shared.storage import Connection
from supervisor.approvals import Approvals
from supervisor.core.goals import headline
from supervisor.core.intents import (
    AskForHelp,
    AskMarket,
    AskToConfirm,
    Control,
    Decide,
    Explain,
    Limit,
    Refine,
    Search,
    SetAim,
    StartGoal,
    decides,
)
from supervisor.core.market import is_question, read_change, read_market
from supervisor.core.models import CHANGES, Fact, Goal
from supervisor.core.narration import CONFIRM, HELP, NOT_UNDERSTOOD, NOTHING_TO_LIMIT, explain, overview
from supervisor.core.whom import asks, is_answer
from supervisor.environment.attending import Attending
from supervisor.exchange import Exchange
from supervisor.explaining import Explainer
from supervisor.market import Asked, Market
from supervisor.memory import Memory
from supervisor.stage import Stage, UiLog
from supervisor.steering import Steering
from supervisor.store import Run, RunStore
from supervisor.talent.searching import Searching
from supervisor.understanding import Understanding

DRAFT = "requirements.draft"


class Said(BaseModel):
    """A person wrote something."""

    type: Literal["said"] = "said"
    thread: str
    turn: str
    text: str


class Answer(BaseModel):
    """What a person says to one approval or question, named by its id.

    Only an approval is approved; ``text`` is then the reason. ``data`` goes to a unit that asked.
    """

    to: str
    approved: bool = False
    text: str = ""
    data: dict[str, Any] = Field(default_factory=dict[str, Any])


class Answered(BaseModel):
    """A person answered what a turn had asked."""

    type: Literal["answered"] = "answered"
    thread: str
    turn: str
    answers: list[Answer]


AgentMessage = Annotated[Said | Answered, Field(discriminator="type")]
agent_message: TypeAdapter[AgentMessage] = TypeAdapter(AgentMessage)


class Conversation:
    """Handles the messages of recruiters' agents."""

    def __init__(
        self,
        approvals: Approvals,
        steering: Steering,
        log: UiLog,
        explainer: Explainer,
        memory: Memory,
        understanding: Understanding,
        attending: Attending,
        searching: Searching,
        market: Market,
    ) -> None:
        self._approvals = approvals
        self._attending = attending
        self._explainer = explainer
        self._memory = memory
        self._understanding = understanding
        self._steering = steering
        self._searching = searching
        self._market = market
        self._log = log

    async def handle(
        self, connection: Connection, tenant: str, agent: str, message: AgentMessage, cause: str | None = None
    ) -> None:
        """Take in one message, which the mailbox knows as ``cause``.

        Expected failures are told to the person and end the turn.
        """
        store = RunStore(connection, tenant)
        stage = Stage(self._log, tenant=tenant, agent=agent, thread=message.thread, turn=message.turn)
        principal = await store.delegation(agent)
        exchange = Exchange(store, connection, tenant, agent, stage, principal, cause)
        await stage.started(input_of(message))
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

    async def give_up(self, tenant: str, agent: str, message: AgentMessage, error: HiremeshError) -> None:
        """Tell a person that their message could not be handled and is set aside."""
        stage = Stage(self._log, tenant=tenant, agent=agent, thread=message.thread, turn=message.turn)
        await stage.failed(error)

    async def _said(self, exchange: Exchange, text: str) -> None:
        run = await exchange.store.latest_run(exchange.agent, exchange.stage.thread)
        pending = run is not None and not run.ended
        waiting = await exchange.store.waiting_steps(run) if run else []
        approvals = [step.approval for step in waiting if step.approval and step.asks == step.approval]
        told = await self._steering.hear(exchange, run, text)
        shown = await self._searching.shown(exchange) if told is None else None
        figures = read_market(text)
        # A question about the market may speak of what the one before it was about.
        before = await self._market.taken(exchange) if told is None and figures is None else None
        asked = next((step.asks for step in waiting if step.asks != step.approval), None)
        answers = (asked and is_answer(text)) or (approvals and decides(text))
        if before and not answers and await self._goes_on(exchange, run, before, text):
            return
        if shown and not (approvals and decides(text)) and figures is None:
            heard = await self._searching.hear(exchange, shown, text)
            if isinstance(heard, Goal):
                await self._start(exchange, heard, run if pending else None)
            if heard:
                return
        if told is None:
            told = await self._attending.hear(
                exchange.connection, exchange.tenant, exchange.agent, exchange.stage.thread, text
            )
        if told is None:
            told = await self._memory.hear(exchange.tenant, exchange.agent, text)
        if told is None and run:
            told = await self._about_candidates(exchange, run, text)
        if told is not None:
            await exchange.reply(told)
            return
        if asked and is_answer(text):
            await self._answered(exchange, [Answer(to=asked, text=text)])
            return
        brief, given, understood = (text, {}, "") if pending else await self._steering.opening(exchange, text)
        intent, note = await self._understanding.read(
            brief,
            approval_pending=bool(approvals),
            work_pending=pending,
            searching=shown is not None and shown.on_table and not (before and is_question(text)),
        )
        if note:
            await exchange.stage.say(note, key=f"{exchange.stage.turn}:engine")
        match intent:
            case StartGoal(goal=goal):
                goal.given |= given
                await self._start(exchange, goal, run if pending else None, understood)
            case Search(said=said):
                await self._searching.begin(exchange, said)
            case AskMarket(question=question):
                facts = await exchange.store.facts(run.id) if run else {}
                await self._market.answer(exchange, question, facts, shown)
            case Decide(approved=approved, reason=reason, limits=further) if run:
                if further:
                    said = await self._steering.limit(exchange, run, further)
                    await exchange.stage.say(said, key=f"{exchange.stage.turn}:limits")
                answers = [Answer(to=id, approved=approved, text=reason) for id in approvals]
                await self._answered(exchange, answers)
            case Refine(change=change) if run:
                await self._refine(exchange, run, change)
            case Control(verb=verb) if run:
                await self._steering.control(exchange, run, verb)
            case Limit(said=said) if run and pending:
                await exchange.reply(await self._steering.limit(exchange, run, said))
            case Explain() if run:
                await exchange.reply(await self._explanation(exchange, run))
            case Explain() if elsewhere := await exchange.store.open_runs(exchange.agent):
                works = overview((one.goal.title, one.status, one.reason) for one in elsewhere)
                resting = await self._steering.resting(exchange)
                await exchange.reply("\n".join([*([resting] if resting else []), works]))
            case SetAim(aim=aim) if run and pending:
                await exchange.reply(await self._steering.aim(exchange, run, aim))
            case Limit() | SetAim():
                await exchange.reply(NOTHING_TO_LIMIT)
            case AskToConfirm():
                await exchange.reply(CONFIRM)
            case AskForHelp(unread=True):
                await exchange.reply(f"{NOT_UNDERSTOOD}\n\n{HELP}")
            case Explain() | AskForHelp() | Decide() | Refine() | Control():
                await exchange.reply(HELP)

    async def _goes_on(self, exchange: Exchange, run: Run | None, before: Asked, text: str) -> bool:
        """Answer what a message changes in the last question about the market; return whether it changes anything."""
        change = read_change(text)
        if change is None:
            return False
        if run and (told := await self._about_candidates(exchange, run, text)):
            await exchange.reply(told)
            return True
        role = bool(run and await exchange.store.facts(run.id))
        await self._market.follow(exchange, before, change, role=role)
        return True

    async def _start(
        self, exchange: Exchange, goal: Goal, open_run: Run | None, understood: str = ""
    ) -> None:
        if open_run is not None:
            raise Conflict(
                f"I am still on “{open_run.goal.title}”.",
                fix="Say “stop” first, or begin another conversation for another role.",
            )
        run = new_id("run")
        stage = exchange.stage
        await exchange.store.create_run(run, exchange.agent, stage.thread, stage.turn, goal)
        begin = f"Let me work on “{headline(goal.title)}”. {understood}".rstrip()
        await stage.say(begin, key=f"{stage.turn}:begin")
        await self._steering.advance(exchange, run)

    async def _answered(self, exchange: Exchange, answers: list[Answer]) -> None:
        run = await exchange.store.latest_run(exchange.agent, exchange.stage.thread)
        if run is None or run.ended or not answers:
            raise Conflict("nothing waits for an answer in this conversation.")
        waiting = {step.asks: step for step in await exchange.store.waiting_steps(run)}
        for answer in answers:
            step = waiting.get(answer.to)
            if step is None:
                raise Conflict("this is not asked in this conversation.", field="resume.interruptId")
            if step.asks == step.approval:
                await self._decide(answer.to, approved=answer.approved, reason=answer.text)
            elif said := ({"text": answer.text} if answer.text else {}) | answer.data:
                await exchange.store.answer_in_step(run.id, step.id, answer.to, said)
            else:
                raise InvalidInput("the answer is empty", field="resume.payload", fix='Send {"text": "…"}.')
        await self._take_over(exchange, run)
        await self._steering.advance(exchange, run.id)

    async def _take_over(self, exchange: Exchange, run: Run) -> None:
        """Have a run report to this turn from now on, and close the one that it reports to while it works."""
        if run.status == "running":
            await self._steering.stage_of(exchange, run).finished({"continued_in": exchange.stage.turn})
        await exchange.store.set_turn(run.id, exchange.stage.turn)

    async def _decide(self, approval: str, *, approved: bool, reason: str) -> None:
        """Record a decision; one that was recorded before a crash is taken as it stands."""
        try:
            await self._approvals.decide(approval, approved=approved, reason=reason)
        except Conflict:
            recorded = (await self._approvals.get(approval)).status
            if (recorded in {"approved", "used"}) != approved or recorded == "expired":
                raise

    async def _refine(self, exchange: Exchange, run: Run, change: str) -> None:
        """Have the requirements drafted again with what was said; what was made of them becomes stale."""
        facts = await exchange.store.facts(run.id)
        said: list[str] = [*facts[CHANGES].value] if CHANGES in facts else []
        await exchange.store.put_fact(run.id, Fact.of(CHANGES, [*said, change]))
        await exchange.store.drop_fact(run.id, DRAFT)
        for step in await exchange.store.waiting_steps(run):
            if step.approval and step.asks == step.approval:
                await self._decide(step.approval, approved=False, reason="the requirements were changed")
        await self._take_over(exchange, run)
        await exchange.stage.say(
            "I will change the requirements accordingly.", key=f"{exchange.stage.turn}:refine"
        )
        await self._steering.advance(exchange, run.id)

    async def _explanation(self, exchange: Exchange, run: Run) -> str:
        steps = await exchange.store.steps(run.id)
        if run.ended:
            ended = f"“{run.goal.title}” is {run.status}" + (f": {run.reason}" if run.reason else "") + "."
            told = [ended, *(f"- {step.title}: {step.summary}" for step in steps if step.summary)]
        elif run.plan is None:
            told = [f"I am about to plan “{run.goal.title}”."]
        else:
            limits = await self._steering.limits(exchange, run)
            told = [explain(run.plan, {step.id: step for step in steps}, limits)]
        resting = await self._steering.resting(exchange)
        return "\n".join([*([resting] if resting else []), *told])

    async def _about_candidates(self, exchange: Exchange, run: Run, text: str) -> str | None:
        """Answer a question about candidates; that a unit is down is said, and not tried for minutes."""
        if not asks(text):
            return None
        try:
            return await self._explainer.about_candidates(text, await exchange.store.facts(run.id))
        except HiremeshError as error:
            return f"I cannot look that up now: {error}"


def input_of(message: AgentMessage) -> RunAgentInput:
    """Return a message as AG-UI puts it: the words of a person, or the answers to what was asked."""
    if isinstance(message, Said):
        messages, answers = [UserMessage(id=message.turn, role="user", content=message.text)], None
    else:
        messages, answers = [], [_resumed(answer) for answer in message.answers]
    return RunAgentInput(thread_id=message.thread, run_id=message.turn, messages=[*messages], resume=answers)


def _resumed(answer: Answer) -> ResumeEntry:
    payload = {"approved": answer.approved, "text": answer.text, **answer.data}
    return ResumeEntry(interrupt_id=answer.to, status="resolved", payload=payload)
