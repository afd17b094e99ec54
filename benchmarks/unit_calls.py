"""What one unit's call of another costs: ``python -m benchmarks.unit_calls [CALLS]``.

Starts real engines, the issuer, the registry and the evaluator, each behind its door, and calls them as
the supervisor does: with exchanged tokens, over MCP and A2A, every call audited. Milliseconds.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from pydantic import BaseModel

from benchmarks.report import Cell, json_line, percentile, table
from shared.edge.issuer.grants import MINT
from shared.edge.manifest import catalogue
from shared.edge.token_source import TokenSource
from shared.edge.tokens import TokenVerifier, client_secret
from shared.edge.units import Units
from shared.kernel.errors import InvalidInput
from shared.kernel.principal import Principal, acting_as
from supervisor.launch import DataFolder, Deployment

CALLER = "supervisor"
NEEDED = ("registry", "evaluator")
AT_ONCE = 8


class Anything(BaseModel):
    """Any result."""


async def timed(call: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """Return how long each of ``times`` calls took, in milliseconds, one after the other."""
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def row(what: str, taken: list[float]) -> dict[str, Cell]:
    """Return a row of the table."""
    return {
        "call": what,
        "n": len(taken),
        "p50 ms": percentile(taken, 0.5),
        "p95 ms": percentile(taken, 0.95),
    }


async def ada(issuer: str, secret: str, http: httpx.AsyncClient) -> Principal:
    """Return a person as the supervisor sees them after its door."""
    form = {"grant_type": MINT, "subject": "person:ada", "tenant": "acme", "audience": CALLER}
    form |= {"scope": "*.read *.write", "lifetime": "3600"}
    admin = ("admin", client_secret(secret, "admin"))
    answer = await http.post(f"{issuer}/token", data=form, auth=admin)
    return await TokenVerifier(issuer, CALLER, http).verify(answer.json()["access_token"])


async def measure(deployment: Deployment, secret: str, calls: int) -> list[dict[str, Cell]]:
    """Return the rows."""
    issuer, urls = deployment.url("issuer"), {name: deployment.url(name) for name in NEEDED}
    async with httpx.AsyncClient(trust_env=False) as http:
        tokens = TokenSource(issuer, CALLER, client_secret(secret, CALLER), http)
        async with Units(urls, tokens) as units:
            with acting_as(await ada(issuer, secret, http)):
                return await _rows(units, urls, http, calls)


async def _rows(
    units: Units, urls: dict[str, str], http: httpx.AsyncClient, calls: int
) -> list[dict[str, Cell]]:
    async def alive() -> object:
        return await http.get(f"{urls['registry']}/healthz")

    async def tool() -> object:
        return await units.call_tool("registry", "get_skill", {"id": "registry.get_skill"}, Anything)

    async def refused_skill() -> None:
        try:
            await units.send("evaluator", "evaluate_candidates", {}, Anything)
        except InvalidInput:
            return

    rows = [row("first call_tool: token, connection", await timed(tool, 1))]
    rows.append(row("GET /healthz, kept connection", await timed(alive, calls)))
    rows.append(row("call_tool (MCP)", await timed(tool, calls)))
    began = time.perf_counter()
    await asyncio.gather(*(timed(tool, calls // AT_ONCE) for _ in range(AT_ONCE)))
    each = (time.perf_counter() - began) * 1000 / (calls // AT_ONCE * AT_ONCE)
    rows.append(
        {"call": f"call_tool, {AT_ONCE} at once, per call", "n": calls, "p50 ms": each, "p95 ms": None}
    )
    rows.append(row("first send: token, connection", await timed(refused_skill, 1)))
    rows.append(row("send (A2A), a refused turn", await timed(refused_skill, calls // 4)))
    return rows


async def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", nargs="?", type=int, default=200)
    calls: int = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder))
        others = [name for name in catalogue() if name not in NEEDED]
        deployment = Deployment(data, port_base=None, without=others)
        await deployment.start()
        try:
            rows = await measure(deployment, data.deployment_secret, calls)
        finally:
            await deployment.stop()
    table(rows, title="Calls between units")
    json_line({"benchmark": "unit_calls", "rows": rows})


if __name__ == "__main__":
    asyncio.run(main())
