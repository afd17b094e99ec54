"""What idle agents cost: ``python -m benchmarks.idle [AGENTS]`` (default 100,000).

Starts a deployment, makes agents by the statements of the supervisor's own store and mailboxes, many in a round
trip, each with a sign-in, a mailbox and one exchange of words behind it, and lets a few of them be spoken to
over the chat endpoint. Prints bytes on disk for each agent, the supervisor's resident memory, and the time
from a message to the first word of the reply.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from psycopg.types.json import Jsonb

from benchmarks.report import Cell, json_line, percentile, table
from shared.edge.manifest import catalogue
from shared.kernel.principal import Principal
from shared.mailbox.mailboxes import queries as of_mailboxes
from shared.mailbox.model import Body
from shared.storage import Database
from shared.storage.roles import unit_url
from supervisor.agents.journal import key_of
from supervisor.cli._chat_client import ChatClient
from supervisor.cli._operator import operator
from supervisor.conversation import Said
from supervisor.core.narration import HELP
from supervisor.launch import Deployment, running_deployment
from supervisor.mailboxes import agent_mailbox, body_of
from supervisor.store import RunStore
from supervisor.store import queries as of_agents

NEEDED = ("registry", "supervisor")
TENANTS = 100
BATCH = 250
AT_ONCE = 4
SPOKEN_TO = 25
SCOPES = ("*.read", "*.write", "*.decide")
TABLES = ("supervisor.agent", "mailbox.mailbox", "mailbox.message")
SEED = 7


def who(number: int) -> tuple[str, str]:
    """Return an agent's tenant and name."""
    return f"company{number % TENANTS:03}", f"person:recruiter{number:06}"


async def make(database: Database, delegated: Principal, agents: int) -> float:
    """Make agents, a batch of one tenant's in a transaction; return the seconds it took."""
    begun = time.perf_counter()
    batches = iter(
        [
            range(first, agents, TENANTS)[at : at + BATCH]
            for first in range(min(TENANTS, agents))
            for at in range(0, len(range(first, agents, TENANTS)), BATCH)
        ]
    )

    async def work() -> None:
        for batch in batches:
            async with database.transaction(who(batch[0])[0]) as tx:
                cursor = tx.cursor()
                await cursor.executemany(of_agents.insert_agent, [_agent(delegated, n) for n in batch])
                await cursor.executemany(of_mailboxes.note, [_asked(n) for n in batch])
                await cursor.executemany(of_mailboxes.note, [_told(n) for n in batch])

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return time.perf_counter() - begun


def _agent(delegated: Principal, number: int) -> dict[str, Any]:
    tenant, agent = who(number)
    principal = delegated.model_copy(update={"subject": agent, "tenant": tenant})
    return {
        "tenant": tenant,
        "id": agent,
        "subject": agent,
        "generation": 1,
        "delegation": Jsonb(principal.model_dump(mode="json")),
    }


def _asked(number: int) -> dict[str, Any]:
    _, agent = who(number)
    said = Said(thread="t1", turn=f"turn_{agent}", text="What can you do for me?")
    return _note(number, body_of(said), key_of(said.thread, said.turn), None)


def _told(number: int) -> dict[str, Any]:
    _, agent = who(number)
    body = {"messageId": f"said_{agent}", "contextId": "t1", "role": "ROLE_AGENT", "parts": [{"text": HELP}]}
    return _note(number, body, f"said:{agent}", f"{agent_mailbox(agent)}#1")


def _note(number: int, body: Body, key: str, cause: str | None) -> dict[str, Any]:
    tenant, agent = who(number)
    return {
        "tenant": tenant,
        "mailbox": agent_mailbox(agent),
        "body": json.dumps(body),
        "key": key,
        "correlation_id": "t1",
        "causation_id": cause,
        "traceparent": None,
    }


async def speak(deployment: Deployment, numbers: list[int]) -> list[float]:
    """Say something to agents, one after the other; return the milliseconds to each first word."""
    taken: list[float] = []
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        for number in numbers:
            tenant, agent = who(number)
            token, _ = await issuer.mint(
                agent, tenant=tenant, scopes=SCOPES, audiences=["supervisor"], lifetime=timedelta(hours=1)
            )
            client = ChatClient(http, deployment.url("supervisor"), token)
            begun, first = time.perf_counter(), 0.0
            async for event in client.say("t1", "help"):
                if event["type"] == "TEXT_MESSAGE_CONTENT" and not first:
                    first = time.perf_counter() - begun
            taken.append(first * 1000)
    return taken


def resident(deployment: Deployment) -> float:
    """Return the supervisor's resident memory in MB."""
    return psutil.Process(deployment.pid("supervisor")).memory_info().rss / 1e6


def on_disk(admin_url: str) -> dict[str, int]:
    """Return the bytes of each table with its indexes."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("checkpoint")
        rows = [
            connection.execute("select pg_total_relation_size(%s)", (name,)).fetchone() for name in TABLES
        ]
    return {name: row[0] for name, row in zip(TABLES, rows, strict=True) if row}


async def delegation(database: Database, tenant: str, agent: str) -> Principal:
    """Return a real stored sign-in, as long as all of them are."""
    async with database.transaction(tenant) as tx:
        return await RunStore(tx, tenant).delegation(agent)


async def measure(deployment: Deployment, agents: int) -> dict[str, Any]:
    """Return the figures."""
    chance = random.Random(SEED)
    strangers = [10_000_000 + number for number in range(2 * SPOKEN_TO)]
    await speak(deployment, strangers[:SPOKEN_TO])  # what is read only once is read now
    before = {"replies": await speak(deployment, strangers[SPOKEN_TO:]), "mb": resident(deployment)}
    empty = on_disk(deployment.run.postgres_url)
    url = unit_url(deployment.run.postgres_url, "supervisor", deployment.folder.deployment_secret)
    async with await Database.open(url, max_size=AT_ONCE + 1) as database:
        seconds = await make(database, await delegation(database, *who(strangers[0])), agents)
    full, idle_mb = on_disk(deployment.run.postgres_url), resident(deployment)
    replies = await speak(deployment, chance.sample(range(agents), min(SPOKEN_TO, agents)))
    return {
        "agents": agents,
        "seconds_to_make": round(seconds, 1),
        "bytes_each": {name: round((full[name] - empty[name]) / agents) for name in TABLES},
        "supervisor_mb_before": round(before["mb"], 1),
        "supervisor_mb_idle": round(idle_mb, 1),
        "supervisor_mb_after_replies": round(resident(deployment), 1),
        "first_word_ms_before": _spread(before["replies"]),
        "first_word_ms_random": _spread(replies),
    }


def _spread(taken: list[float]) -> dict[str, float]:
    return {"p50": round(percentile(taken, 0.5), 1), "p95": round(percentile(taken, 0.95), 1)}


def rows(found: dict[str, Any]) -> list[dict[str, Cell]]:
    """Return the figures as a table."""
    each = found["bytes_each"]
    said, random_one = found["first_word_ms_before"], found["first_word_ms_random"]
    told: list[tuple[str, Cell]] = [
        ("agents", found["agents"]),
        ("made in s", found["seconds_to_make"]),
        *((f"bytes each in {name}", size) for name, size in each.items()),
        ("bytes each in all", sum(each.values())),
        ("supervisor's resident MB, none idle", found["supervisor_mb_before"]),
        ("supervisor's resident MB, all idle", found["supervisor_mb_idle"]),
        (f"supervisor's resident MB, {SPOKEN_TO} spoken to", found["supervisor_mb_after_replies"]),
        ("first word of a new agent, ms p50", said["p50"]),
        ("first word of a random idle one, ms p50", random_one["p50"]),
        ("first word of a random idle one, ms p95", random_one["p95"]),
    ]
    return [{"what": what, "figure": figure} for what, figure in told]


async def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("agents", nargs="?", type=int, default=100_000)
    agents: int = parser.parse_args().agents
    others = [name for name in catalogue() if name not in NEEDED]
    with tempfile.TemporaryDirectory() as folder:
        async with running_deployment(Path(folder), without=others) as deployment:
            found = await measure(deployment, agents)
    table(rows(found), title="Idle agents")
    json_line({"benchmark": "idle", **found})


if __name__ == "__main__":
    asyncio.run(main())
