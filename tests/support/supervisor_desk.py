"""A supervisor in process, on real PostgreSQL and NATS, and one recruiter in front of it."""

import json
import zipfile
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from shared.agents.checkpoints import open_checkpointer
from shared.agents.memory import open_memory
from shared.events import EventBus
from shared.kernel.clock import SystemClock
from shared.kernel.principal import Principal, acting_as
from shared.llm import LanguageModel
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agents.export import Exporter
from supervisor.agents.history import History, HistoryQuery, KeptMessage
from supervisor.agents.inspection import Inspector
from supervisor.agents.journal import Journal, reopened
from supervisor.agents.lifecycle import Lifecycle
from supervisor.agents.orders import Orders, life_worker
from supervisor.approvals import Approvals
from supervisor.chat.service import Chat
from supervisor.conversation import AgentMessage, Conversation, Said
from supervisor.discovery import Discovery
from supervisor.environment.environment import Environment
from supervisor.executor import Executor
from supervisor.explaining import Explainer
from supervisor.mailboxes import RunOutbox, agent_worker, run_worker
from supervisor.market import Market
from supervisor.memory import Memory
from supervisor.runs import Runs
from supervisor.steering import Steering
from supervisor.talent.searching import Searching
from supervisor.understanding import Understanding
from supervisor.views.shortlist import ShortlistView
from supervisor.waking import Waking

Events = list[dict[str, Any]]
EVERYTHING = HistoryQuery()


class PlainDelegation:
    """Keeps sign-ins as they are: there is no issuer here."""

    async def delegate(self, principal: Principal) -> Principal:
        return principal


class Backstage(NamedTuple):
    """What can be done with agents, and the mailboxes behind them."""

    mailboxes: Mailboxes
    lifecycle: Lifecycle
    inspector: Inspector
    history: History
    exporter: Exporter


class Desk:
    """A running supervisor and one recruiter in front of it."""

    def __init__(self, chat: Chat, units: Any, principal: Principal, backstage: Backstage) -> None:
        self.backstage = backstage
        self.chat = chat
        self.units = units
        self.principal = principal
        self.turns = 0

    async def say(self, text: str, thread: str = "t1") -> Events:
        self.turns += 1
        return await self.take(Said(thread=thread, turn=f"{thread}.{self.turns}", text=text))

    async def take(self, message: AgentMessage) -> Events:
        after = await self.chat.post(self.principal, message)
        return [event async for _, event in self.chat.turn(self.principal, message, after)]


async def open_desk(
    closing: AsyncExitStack,
    database: Database,
    nats_url: str,
    units: Any,
    principal: Principal,
    model: LanguageModel | None = None,
) -> Desk:
    """Start a supervisor that calls ``units``, and perhaps a model; it stops when ``closing`` does."""
    events = await closing.enter_async_context(await EventBus.open(nats_url))
    checkpointer = await closing.enter_async_context(open_checkpointer(database.url))
    mailboxes = Mailboxes(database, events)
    outbox, approvals = RunOutbox(mailboxes), Approvals(units)
    speaking = await closing.enter_async_context(await Database.open(database.url, max_size=2))
    journal = Journal(events, speaking)
    executor = Executor(database, units, Discovery(units), approvals, journal, SystemClock(), {})
    explainer = Explainer(units, ShortlistView(units))
    store = await closing.enter_async_context(open_memory(database.url))
    memory = Memory(store)
    environment = Environment(mailboxes, journal, units, outbox, SystemClock(), "UTC", model)
    lifecycle = Lifecycle(database, mailboxes, journal, memory, checkpointer)
    attending, understanding = environment.attending, Understanding(model)
    steering = Steering(outbox, journal, attending, Orders(mailboxes), lifecycle, SystemClock())
    searching = Searching(units, attending)
    conversation = Conversation(
        approvals,
        steering,
        journal,
        explainer,
        memory,
        understanding,
        attending,
        searching,
        Market(units, SystemClock()),
    )
    agents = agent_worker(mailboxes, conversation, reopened)
    waking = Waking(database, mailboxes, outbox, SystemClock())
    changes = await events.subscribe("unit.*.registry.changed", waking.on_change)
    closing.push_async_callback(changes.unsubscribe)
    heeds = (environment.refreshing.concluded, steering.release)
    advancing = Runs(mailboxes, executor, approvals, checkpointer, store, heeds)
    runs = run_worker(mailboxes, advancing, outbox, waking)
    for worker in (agents, runs):
        await worker.start()
        closing.push_async_callback(worker.drain, 1.0)
    await environment.open(events, closing)
    life = life_worker(mailboxes, lifecycle, sweep=0.2)
    await life.start()
    closing.push_async_callback(life.drain, 1.0)
    history = History(database, mailboxes)
    chat = Chat(database, agents, events, approvals, PlainDelegation(), lifecycle, history)
    backstage = Backstage(
        mailboxes,
        lifecycle,
        Inspector(database, mailboxes, memory),
        history,
        Exporter(database, history, memory, approvals),
    )
    return Desk(chat, units, principal, backstage)


def said(events: Events) -> str:
    """Return what the assistant said."""
    return "\n".join(event["delta"] for event in events if event["type"] == "TEXT_MESSAGE_CONTENT")


def interrupts(events: Events) -> list[dict[str, Any]]:
    """Return what the turn waits for."""
    return events[-1]["outcome"].get("interrupts", [])


async def messages(desk: Desk, query: HistoryQuery = EVERYTHING) -> list[KeptMessage]:
    """Return what is kept of the agent that the recruiter began with."""
    tenant, agent = desk.principal.tenant, desk.principal.subject
    return (await desk.backstage.history.page(tenant, agent, query, None, 100)).messages


def words(message: KeptMessage) -> str:
    """Return what a message says."""
    return " ".join(part["text"] for part in message.message["parts"] if "text" in part)


async def exported(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Return what an export of the agent holds, by file."""
    with acting_as(desk.principal):
        file = await desk.backstage.exporter.export(desk.principal.tenant, desk.principal.subject)
    with file, zipfile.ZipFile(file) as archive:
        return {
            name: [json.loads(line) for line in archive.read(name).decode().splitlines()]
            for name in archive.namelist()
            if name.endswith(".jsonl")
        }
