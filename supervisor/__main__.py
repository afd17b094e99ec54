"""Composition root of the supervisor."""

from functools import partial

from shared.agents.checkpoints import open_checkpointer
from shared.agents.memory import open_memory
from shared.edge.a2a import A2AUnit
from shared.edge.serve import Runtime, run_unit
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agent import build_agent
from supervisor.agents.export import Exporter
from supervisor.agents.history import History
from supervisor.agents.inspection import Inspector
from supervisor.agents.journal import Journal, reopened
from supervisor.agents.lifecycle import Lifecycle
from supervisor.agents.orders import Orders, life_worker
from supervisor.approvals import Approvals
from supervisor.chat.agents import agent_routes
from supervisor.chat.agui import agui_routes
from supervisor.chat.documents import document_routes
from supervisor.chat.openai import openai_routes
from supervisor.chat.service import Chat
from supervisor.conversation import Conversation
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
from supervisor.views.catalogue import views
from supervisor.views.shortlist import ShortlistView
from supervisor.waking import Waking
from supervisor.web import page_routes


async def build(runtime: Runtime) -> A2AUnit:
    """Open the mailboxes' workers, the graph and the chat routes."""
    database, events, units = runtime.require_database(), runtime.require_events(), runtime.units
    speaking = await runtime.closing.enter_async_context(await Database.open(database.url, max_size=2))
    checkpointer = await runtime.closing.enter_async_context(open_checkpointer(database.url))
    store = await runtime.closing.enter_async_context(open_memory(database.url))
    mailboxes = Mailboxes(database, events)
    outbox, approvals, discovery = RunOutbox(mailboxes), Approvals(units), Discovery(units)
    journal, memory = Journal(events, speaking), Memory(store)
    executor = Executor(database, units, discovery, approvals, journal, runtime.clock, views(units))
    explainer, understanding = Explainer(units, ShortlistView(units)), Understanding(runtime.llm)
    clock, zone = runtime.clock, runtime.settings.time_zone
    environment = Environment(mailboxes, journal, units, outbox, clock, zone, runtime.llm)
    lifecycle = Lifecycle(database, mailboxes, journal, memory, checkpointer, zone)
    attending = environment.attending
    steering = Steering(outbox, journal, attending, Orders(mailboxes), lifecycle, clock)
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
        Market(units, clock),
    )
    agents = agent_worker(mailboxes, conversation, reopened)
    waking = Waking(database, mailboxes, outbox, runtime.clock)
    heeds = (environment.refreshing.concluded, steering.release)
    advancing = Runs(mailboxes, executor, approvals, checkpointer, store, heeds)
    runs = run_worker(mailboxes, advancing, outbox, waking)
    for heed in (discovery.on_change, waking.on_change):
        changes = await events.subscribe("unit.*.registry.changed", heed)
        runtime.closing.push_async_callback(changes.unsubscribe)
    for worker in (agents, runs):
        await worker.start()
        runtime.closing.push_async_callback(partial(worker.drain, grace=5.0))
    await environment.open(events, runtime.closing)
    life = life_worker(mailboxes, lifecycle)
    await life.start()
    runtime.closing.push_async_callback(partial(life.drain, grace=5.0))
    history = History(database, mailboxes)
    chat = Chat(database, agents, events, approvals, runtime.tokens, lifecycle, history)
    exporter = Exporter(database, history, memory, approvals)
    inspector = Inspector(database, mailboxes, memory, zone)
    runtime.routes.extend(agent_routes(inspector, lifecycle, history, exporter, runtime.gate))
    runtime.routes.extend([*agui_routes(chat, runtime.gate), *openai_routes(chat, runtime.gate)])
    runtime.routes.extend(document_routes(runtime.gate))
    runtime.pages.extend(page_routes(runtime.tokens))
    return build_agent(chat)


if __name__ == "__main__":
    run_unit("supervisor", build)
