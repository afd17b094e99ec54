"""Units that call each other through real doors: issuer, exchanged tokens, policy, audit in Postgres."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shared.audit.log import AuditLog
from shared.edge.door import Door
from shared.edge.policy import PolicyEngine
from shared.edge.units import Units
from shared.engines import EmbeddedPostgres
from shared.kernel.errors import Denied, Unauthenticated
from shared.kernel.principal import Principal, acting_as
from tests.support.engines import OpenUnitDatabase
from tests.support.identity import TestIssuer
from tests.support.sample_units import Echo, Whoami, Worked, sample_agent, sample_server
from tests.support.units import hosted

CALLER, SERVER = "evaluator", "candidates"


@dataclass
class Scene:
    """A calling unit, a called one behind its door, and everything between them real."""

    issuer: TestIssuer
    units: Units
    admin_url: str

    async def caller(self, *scopes: str, audience: str = CALLER) -> Principal:
        """Return Ada as the calling unit sees her after its own door."""
        token = await self.issuer.mint(scopes=scopes, audience=audience)
        return await self.issuer.verifier(CALLER).verify(token)

    async def audited(self) -> list[dict[str, Any]]:
        """Return what is on record for Ada's tenant, oldest first, as the operator sees it."""
        statement = "select record from audit.entry where tenant = 'acme' order by seq"
        async with await psycopg.AsyncConnection.connect(self.admin_url) as connection:
            return [row[0] for row in await (await connection.execute(statement)).fetchall()]


OpenScene = Callable[[Any], AbstractAsyncContextManager[Scene]]


@pytest.fixture
def scene(unit_database: OpenUnitDatabase, postgres: EmbeddedPostgres, tmp_path: Path) -> OpenScene:
    """``async with scene(edge) as here``: the edge behind its door."""

    @asynccontextmanager
    async def opened(edge: Any) -> AsyncGenerator[Scene]:
        database = await unit_database(SERVER)
        issuer = TestIssuer(tmp_path)
        verifier, audit = issuer.verifier(SERVER), AuditLog(database)
        door = Door(SERVER, verifier, PolicyEngine(), audit, public_url="http://127.0.0.1")
        async with (
            hosted(edge, name=SERVER, gate=door) as unit,
            Units({SERVER: unit.url}, issuer.tokens(CALLER)) as units,
        ):
            yield Scene(issuer, units, postgres.url_for(database.url.rpartition("/")[2]))

    return opened


async def test_a_tool_is_called_on_behalf_of_the_person_and_the_call_is_on_record(scene: OpenScene) -> None:
    async with scene(sample_server()) as here:
        with acting_as(await here.caller("*.read")):
            who = await here.units.call_tool(SERVER, "whoami", {}, Whoami)
        (entry,) = await here.audited()
    assert (who.subject, who.tenant) == ("person:ada", "acme")
    assert (entry["subject"], entry["actor"], entry["skill"], entry["outcome"]) == (
        "person:ada",
        f"service:{CALLER}",
        "whoami",
        "allowed",
    )


async def test_a_skill_is_run_on_behalf_of_the_person_and_the_call_is_on_record(scene: OpenScene) -> None:
    async with scene(sample_agent()) as here:
        with acting_as(await here.caller("*.read", "*.write")):
            worked = await here.units.send(SERVER, "work", {"text": "it"}, Worked)
        (entry,) = await here.audited()
    assert worked.subject == "person:ada"
    assert (entry["skill"], entry["risk"], entry["outcome"]) == ("work", "write", "allowed")


async def test_a_call_beyond_the_person_s_scopes_is_denied_and_on_record(scene: OpenScene) -> None:
    async with scene(sample_server()) as here:
        with acting_as(await here.caller("*.read")), pytest.raises(Denied, match="decide"):
            await here.units.call_tool(SERVER, "decide", {}, Echo)
        (entry,) = await here.audited()
    assert (entry["skill"], entry["outcome"]) == ("decide", "denied")


async def test_what_is_not_found_is_on_record(scene: OpenScene) -> None:
    async with scene(sample_server()) as here:
        with acting_as(await here.caller("*.read")), pytest.raises(Exception, match="no such thing"):
            await here.units.call_tool(SERVER, "look_up", {"id": "cand_of_another_tenant"}, Echo)
        entries = await here.audited()
    assert [entry["outcome"] for entry in entries] == ["allowed", "not_found"]
    assert "cand_of_another_tenant" not in str(entries)


async def test_a_token_for_another_unit_is_refused(scene: OpenScene) -> None:
    async with scene(sample_server()) as here:
        stolen = await here.issuer.mint(audience="projects")
        ada = Principal(subject="person:ada", kind="person", tenant="acme", token=stolen)
        with acting_as(ada), pytest.raises((Denied, Unauthenticated)):
            await here.units.call_tool(SERVER, "whoami", {}, Whoami)
