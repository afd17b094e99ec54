"""Recruiter search as it is served: its own process behind its door, asked over MCP by a signed-in person.

The candidates unit is played: its feed is served here, from memory, so that as many changes come as the
benchmark says. What the real unit takes to store a change is not part of any figure.
"""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import uvicorn
from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel
from starlette.applications import Starlette

from benchmarks.search.people import TENANT, cpu_of, memory_of
from benchmarks.search.questions import FACET_SIZE, FACETS, PAGE, SIMILAR, Question
from shared.edge.manifest import catalogue
from shared.edge.mcp import mcp_app, mcp_lifespan
from shared.edge.units import Units
from shared.events.bus import EventBus
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import DataFolder, Deployment
from supervisor.launch.models import Model

UNIT = "recruiter_search"
NEEDED = (UNIT, "jobs")
WHO = "person:bench"


class Page(BaseModel):
    """A page of the feed."""

    json_lines: str
    next: int
    last: int | None = None


class PlayedFeed:
    """The candidates unit's changes after ``base``, as they are put."""

    def __init__(self) -> None:
        self.base = 0
        self._lines: list[str] = []

    @property
    def last(self) -> int:
        """The latest change's number."""
        return self.base + len(self._lines)

    def put(self, lines: list[str]) -> None:
        """Let changes be there to be read."""
        self._lines += lines

    def after(self, seq: int, limit: int) -> Page:
        """Return the changes after a number, in order."""
        start = max(0, seq - self.base)
        lines = self._lines[start : start + limit]
        return Page(
            json_lines="\n".join(lines), next=max(seq, self.base + start + len(lines)), last=self.last
        )

    @asynccontextmanager
    async def serving(self, url: str) -> AsyncGenerator[None]:
        """Serve ``list_changes`` at a unit's address."""
        server = MCPServer(name="candidates")

        @server.tool()
        async def list_changes(
            after: int = 0, limit: int = 100, as_lines: bool = False
        ) -> Annotated[CallToolResult, Page]:
            """Return the changes after a number."""
            page = self.after(after, limit)
            told = TextContent(type="text", text=f"JSON lines up to change {page.next}")
            return CallToolResult(content=[told], structured_content=page.model_dump(mode="json"))

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncGenerator[None]:
            async with mcp_lifespan(server):
                yield

        app = Starlette(routes=mcp_app(server, allowed_hosts=[]).routes, lifespan=lifespan)
        listening = socket.create_server(("127.0.0.1", urlsplit(url).port or 0))
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        serving = uvicorn.Server(config)
        task = asyncio.create_task(serving.serve(sockets=[listening]))
        try:
            yield
        finally:
            serving.should_exit = True
            await task


class Served:
    """Asks the unit."""

    name = "hiremesh, MCP"

    def __init__(self, units: Units, pid: int) -> None:
        self._units = units
        self._pid = pid
        self._cursor: str | None = None

    async def ask(self, question: Question) -> int:
        """Answer and return how many were found. Pages of a result must be asked in order, by one client."""
        match question.kind:
            case "similar people":
                given = {"candidate_id": question.like, "limit": SIMILAR}
                return len((await self.call("similar_profiles", given))["similar"])
            case "seven facets":
                given = {**_query(question), "facets": list(FACETS), "size": FACET_SIZE}
                return int((await self.call("facet_counts", given))["total"])
            case "counts per clause":
                return int((await self.call("clause_counts", _query(question)))["total"])
            case _:
                given = {**_query(question), "limit": PAGE}
                if question.kind == "skills by years":
                    given["sort"] = "years_desc"
                if question.page:
                    given["cursor"] = self._cursor
                page = await self.call("search_candidates", given)
                if question.kind == "deep page":
                    self._cursor = page["next_cursor"]
                return int(page["total"])

    async def described(self, question: Question) -> float:
        """Return the seconds until meaning is known of everybody, who is asked a question with a text."""
        began = time.perf_counter()
        while (page := await self.call("search_candidates", _query(question)))["coverage"] != 1.0:
            if not page["meaning"].startswith(("on", "off for now")):
                raise RuntimeError(f"meaning does not rank: {page['meaning']}")
            await asyncio.sleep(1.0)
        return time.perf_counter() - began

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call one of the unit's tools."""
        return await self._units.call_tool(UNIT, tool, arguments, dict[str, Any], timeout=120)

    def cpu(self) -> float:
        """Return the CPU seconds of the unit's processes so far."""
        return cpu_of(self._pid)

    def memory(self) -> float:
        """Return the megabytes of the unit's processes."""
        return memory_of(self._pid)


def _query(q: Question) -> dict[str, Any]:
    """Return a question as callers of the unit write it."""
    filters: dict[str, Any] = {}
    if q.countries:
        filters["countries"] = list(q.countries)
    if q.skills:
        filters["skills_all"] = list(q.skills)
    if q.years:
        filters |= {"min_years": q.years[0]} | ({"max_years": q.years[1]} if q.years[1] else {})
    query: dict[str, Any] = {"filters": filters}
    if q.words:
        query["text"] = " ".join(word.text for word in q.words)
    parts = [f'title:"{q.title}"'] if q.title else []
    if q.company:
        parts = [f'position:({parts[0]} company:"{q.company}")']
    parts += [f"({' OR '.join(f'skill:{skill}' for skill in q.any_skill)})"] if q.any_skill else []
    parts += [f"NOT {q.without}"] if q.without else []
    return query | ({"expression": " AND ".join(parts)} if parts else {})


@asynccontextmanager
async def serve(
    data: DataFolder, feed: PlayedFeed, models: Sequence[Model] = ()
) -> AsyncGenerator[tuple[Served, EventBus]]:
    """Start the unit on the index that lies in its folder; lend a client of it and the bus of events.

    ``models`` are served with vLLM beside it.
    """
    others = [name for name in catalogue() if name not in NEEDED]
    deployment = Deployment(data, port_base=None, without=others, models=models)
    await deployment.start()
    async with AsyncExitStack() as closing:
        closing.push_async_callback(deployment.stop)
        if deployment.failures:
            raise next(iter(deployment.failures.values()))
        await closing.enter_async_context(feed.serving(deployment.url("candidates")))
        issuer = await closing.enter_async_context(operator(data.path))
        urls = {UNIT: deployment.url(UNIT)}
        units = await closing.enter_async_context(signed_in_units(issuer, urls, TENANT, WHO))
        bus = await closing.enter_async_context(await EventBus.open(deployment.run.nats_url))
        yield Served(units, deployment.pid(UNIT) or 0), bus


def index_folder(data: DataFolder) -> Path:
    """Return where the unit keeps its index."""
    return data.files_of(UNIT) / UNIT
