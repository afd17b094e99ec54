"""Asking everything that runs how it is."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import psycopg

from supervisor.launch.folder import RunRecord

SECONDS = 3.0
CARDS = ("/.well-known/agent-card.json", "/.well-known/mcp-card.json")
GAUGE = re.compile(r"^vllm:num_requests_(running|waiting)\{.*\} (\S+)$", re.MULTILINE)
Ask = Callable[[], Awaitable[tuple[str, str, str]]]


@dataclass(frozen=True)
class Health:
    """One engine, the issuer, one unit or the server of a model.

    Attributes:
        milliseconds: how long its answer took; None when none came.
        note: why it is down or not ready, else what answers where it could ask a language model, and how
            much the server of a model has to do.
    """

    name: str
    address: str
    up: bool
    pid: int | None
    milliseconds: float | None
    version: str
    note: str


async def check(run: RunRecord) -> list[Health]:
    """Ask one after another, so that a latency is its own: engines, the issuer, the units by name, models.

    An engine whose address is not known, because others run it, is left out.
    """
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as http:
        asked: list[tuple[str, str, Ask]] = [
            ("postgres", run.postgres_url, lambda: _ask_postgres(run.postgres_url)),
            *(("nats", url, lambda url=url: _ask_nats(url)) for url in run.nats_url.split(",")),
            ("issuer", run.issuer_url, lambda: _ask_unit(http, run.issuer_url)),
        ]
        for name, url in sorted(run.units.items()):
            asked.append((name, url, lambda url=url: _ask_unit(http, url)))
        for name, url in run.models.items():
            asked.append((name, url, lambda url=url: _ask_vllm(http, url)))
        return [await _health(run, *each) for each in asked if each[1]]


async def _health(run: RunRecord, name: str, url: str, ask: Ask) -> Health:
    mark = run.processes.get(name)
    pid = mark.pid if mark is not None and mark.find() is not None else None
    address = urlsplit(url).netloc.rpartition("@")[2]
    before = time.perf_counter()
    try:
        async with asyncio.timeout(SECONDS):
            version, lacks, says = await ask()
    except (OSError, TimeoutError, httpx.HTTPError, psycopg.Error, ValueError) as error:
        return Health(name, address, False, pid, None, "", f"no answer ({type(error).__name__})")
    milliseconds = (time.perf_counter() - before) * 1000
    return Health(name, address, not lacks, pid, milliseconds, version, lacks or says)


async def _ask_unit(http: httpx.AsyncClient, url: str) -> tuple[str, str, str]:
    """Return its version, what it lacks, and what it says besides."""
    ready = await http.get(f"{url}/readyz")
    said = ready.json()
    down = [engine for engine, good in said.get("engines", {}).items() if not good]
    note = f"lacks {', '.join(down)}" if down else "" if ready.is_success else "not ready"
    by = f"works by {said['model']}" if said.get("model") else ""
    for path in CARDS:
        card = await http.get(f"{url}{path}")
        if card.is_success:
            return str(card.json().get("version", "")), note, by
    return "", note, by


async def _ask_vllm(http: httpx.AsyncClient, url: str) -> tuple[str, str, str]:
    """Return its version, what is wrong, and what it has to do by its metrics."""
    if not (await http.get(f"{url}/health")).is_success:
        return "", "its engine does not run", ""
    version = (await http.get(f"{url}/version")).json()
    metrics = (await http.get(f"{url}/metrics")).text
    counted = {name: float(value) for name, value in GAUGE.findall(metrics)}
    busy = ", ".join(f"{counted.get(name, 0.0):.0f} {name}" for name in ("running", "waiting"))
    return str(version.get("version", "")), "", f"requests: {busy}; figures on /metrics"


async def _ask_postgres(url: str) -> tuple[str, str, str]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute("select current_setting('server_version')")).fetchone()
    return (row[0] if row else ""), "", ""


async def _ask_nats(url: str) -> tuple[str, str, str]:
    """A NATS server greets with one line of JSON about itself."""
    parts = urlsplit(url.strip())
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 4222)
    try:
        greeting = await reader.readline()
    finally:
        writer.close()
    return str(json.loads(greeting.removeprefix(b"INFO ")).get("version", "")), "", ""
