"""A recruiter talks while hundreds are judged: ``python -m benchmarks.sweep [PEOPLE]``.

Starts everything, imports a crowd of fictional data engineers, has them all judged, asks for the status all
the while, and changes a requirement in the middle. How long a reply takes is from sending a message to its first
word, in milliseconds; ``quiet`` is before anything else runs.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from benchmarks.report import Cell, json_line, percentile, table
from shared.edge.units import Units
from shared.kernel.ids import new_id
from supervisor.cli._chat_client import ChatClient, Event
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment, running_deployment
from supervisor.sample_pool import generate_pool

TENANT, WHO = "bench", "person:bench"
BATCH = 200
POSTING = """# Senior Data Engineer

Remote, full time.

## Requirements
- At least 3 years of experience with Python
- Good knowledge of SQL
- Experience with Apache Airflow
- Fluent English

## Nice to have
- Apache Kafka
- Terraform
"""
SKILLS = ("Python", "SQL", "Apache Airflow", "Apache Kafka", "Terraform")
_COUNTS = re.compile(r"([\d,]+) verdicts? stands? as before, .*?; ([\d,]+) were made anew")


def crowd(size: int) -> list[dict[str, Any]]:
    """Return people of the sample pool who have all become data engineers lately."""
    people: list[dict[str, Any]] = []
    for number, one in enumerate(islice(generate_pool(7, size), size)):
        person = one.model_dump(mode="json", exclude_none=True)
        known = SKILLS[: 2 + number % 4]
        person["basics"] |= {"label": "Data Engineer"}
        person["basics"].pop("location", None)
        work = {
            "name": "Madeup Freight",
            "position": "Data Engineer",
            "startDate": f"{2012 + number % 9}-03",
            "summary": f"Built {number % 40 + 2} pipelines with {', '.join(known)}.",
        }
        person["work"] = [work, *person.get("work", [])]
        people.append(person)
    return people


async def load(units: Units, size: int) -> None:
    """Import the crowd and wait until it is searchable."""
    people = crowd(size)
    for start in range(0, size, BATCH):
        given = {"items": people[start : start + BATCH], "source": "crowd", "format": "json_resume"}
        await units.call_tool("candidates", "import_profiles", given, dict[str, Any], timeout=300)
    seen, more = 0, True
    while more:
        page = await units.call_tool(
            "candidates", "list_changes", {"after": seen, "limit": 500}, dict[str, Any]
        )
        seen, more = page["next"], page["next"] > seen
    await units.call_tool(
        "recruiter_search", "index_status", {"at_least_seq": seen}, dict[str, Any], timeout=300
    )


@asynccontextmanager
async def signed_in(deployment: Deployment) -> AsyncGenerator[tuple[ChatClient, Units]]:
    """Lend the chat and all units to a recruiter."""
    async with AsyncExitStack() as closing:
        issuer = await closing.enter_async_context(operator(deployment.folder.path))
        units = await closing.enter_async_context(signed_in_units(issuer, deployment.run.units, TENANT, WHO))
        http = await closing.enter_async_context(httpx.AsyncClient(trust_env=False))
        token, _ = await issuer.mint(
            WHO,
            tenant=TENANT,
            scopes=["*.read", "*.write", "*.decide"],
            audiences=["supervisor"],
            lifetime=timedelta(hours=1),
        )
        yield ChatClient(http, deployment.url("supervisor"), token), units


async def reply_ms(chat: ChatClient, thread: str) -> float:
    """Ask for the status and return how long the first word takes, in milliseconds."""
    began, first = time.perf_counter(), 0.0
    async with aclosing(chat.say(thread, "Status?")) as shown:
        async for event in shown:
            if event["type"] == "TEXT_MESSAGE_CONTENT" and not first:
                first = time.perf_counter()
    return (first - began) * 1000


class Turn:
    """One turn as it is shown: what was said, and when a step began and ended."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: dict[tuple[str, str], float] = {}
        self.done = 0
        self.begun = asyncio.Event()

    async def watch(self, shown: AsyncGenerator[Event], enough: int) -> None:
        """Take in the whole turn."""
        async for event in shown:
            self.events.append(event)
            if "stepName" in event:
                self.times[event["type"], event["stepName"]] = time.perf_counter()
            content = event.get("content") or {}
            if isinstance(content, dict) and content.get("step") == "Evaluate candidates":
                self.done = content.get("done") or 0
                if self.done >= enough:
                    self.begun.set()

    @property
    def said(self) -> str:
        return "\n".join(one["delta"] for one in self.events if one["type"] == "TEXT_MESSAGE_CONTENT")

    @property
    def interrupts(self) -> list[Event]:
        return self.events[-1]["outcome"]["interrupts"]

    def seconds(self, step: str) -> float:
        """Return how long a step took."""
        return self.times["STEP_FINISHED", step] - self.times["STEP_STARTED", step]


async def talking(chat: ChatClient, thread: str, until: asyncio.Future[Any]) -> list[float]:
    """Ask for the status twice a second until something is over."""
    taken: list[float] = []
    while not until.done():
        taken.append(await reply_ms(chat, thread))
        await asyncio.wait({until}, timeout=0.5)
    return taken


async def measure(chat: ChatClient, size: int) -> dict[str, Cell]:
    """Run the whole story once."""
    thread, asked, judging = new_id("thread"), Turn(), Turn()
    await asked.watch(chat.say(thread, f"Evaluate {size} candidates for this role:\n{POSTING}"), size)
    quiet = [await reply_ms(chat, thread) for _ in range(10)]
    first = asyncio.create_task(judging.watch(chat.answer(thread, asked.interrupts, True, ""), size // 10))
    busy = await talking(chat, thread, asyncio.ensure_future(judging.begun.wait()))
    change, redo = Turn(), Turn()
    await change.watch(chat.say(thread, "make Apache Kafka a must-have, and drop Terraform"), size)
    await first
    second = asyncio.create_task(redo.watch(chat.answer(thread, change.interrupts, True, ""), size))
    busy += await talking(chat, thread, second)
    counts = _COUNTS.search(redo.said)
    kept, redone = counts.groups() if counts else ("0", "0")
    return {
        "people": size,
        "judged at the change": judging.done,
        "verdicts kept": int(kept.replace(",", "")),
        "verdicts redone": int(redone.replace(",", "")),
        "second sweep s": redo.seconds("Evaluate candidates"),
        "reply quiet p50 ms": percentile(quiet, 0.5),
        "reply busy p50 ms": percentile(busy, 0.5),
        "reply busy p99 ms": percentile(busy, 0.99),
        "replies": len(busy),
    }


async def main(size: int) -> None:
    """Start everything, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_deployment(Path(folder)) as deployment, signed_in(deployment) as (chat, units):
            await load(units, size)
            result = await measure(chat, size)
    table([{"what": what, "value": value} for what, value in result.items()], title="Sweep")
    json_line({"benchmark": "sweep", **result})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=2_000)
    asyncio.run(main(parser.parse_args().people))
