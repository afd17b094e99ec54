"""A unit as a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest

from shared.engines import EmbeddedNats
from tests.support.engines import OpenUnitDatabase

NOBODY = "http://127.0.0.1:9"


@asynccontextmanager
async def process(**settings: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run the registry with ``HIREMESH_*`` settings and nothing else of that prefix."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HIREMESH_")}
    environment |= {f"HIREMESH_{name.upper()}": value for name, value in settings.items()}
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "servers.registry"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def line_of(running: asyncio.subprocess.Process) -> str:
    assert running.stdout is not None
    return (await running.stdout.readline()).decode()


@pytest.fixture
def port(unused_tcp_port: int) -> str:
    return str(unused_tcp_port)


async def test_it_says_that_it_listens_answers_and_leaves_cleanly_on_sigterm(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats, port: str
) -> None:
    database = await unit_database("registry")
    settings = {"database_url": database.url, "nats_url": nats.url, "issuer_url": NOBODY, "port": port}
    async with process(**settings) as running, httpx.AsyncClient() as http:
        line = await line_of(running)
        base = f"http://127.0.0.1:{port}"
        ready = (await http.get(f"{base}/readyz")).json()
        refused = await http.post(f"{base}/mcp", json={})
        running.terminate()
        code = await running.wait()
        complaints = await running.stderr.read() if running.stderr else b""
    assert line == f"registry listens on {base} (mcp)\n"
    assert ready == {"unit": "registry", "ready": True, "engines": {"postgres": True, "nats": True}}
    assert refused.status_code == 401
    assert "oauth-protected-resource" in refused.headers["WWW-Authenticate"]
    assert code == 0
    assert b"Traceback" not in complaints


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "registry needs HIREMESH_DATABASE_URL"),
        (
            {"database_url": "postgresql://nobody@127.0.0.1:9/none"},
            "registry cannot start: no database connection",
        ),
    ],
)
async def test_a_unit_that_cannot_start_says_why_in_one_sentence(
    settings: dict[str, str], reason: str, port: str
) -> None:
    async with process(issuer_url=NOBODY, port=port, **settings) as running:
        _, complaint = await running.communicate()
    assert running.returncode == 1
    assert reason in complaint.decode()
    assert b"Traceback" not in complaint
