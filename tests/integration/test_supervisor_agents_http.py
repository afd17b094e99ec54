"""Agents over HTTP, behind the real door: whose they are, what it takes, what is on record, how it looks."""

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from shared.edge.door import Door
from shared.edge.policy import PolicyEngine
from shared.engines import EmbeddedNats
from shared.kernel.errors import Conflict, Denied, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from supervisor.chat.agents import agent_routes
from supervisor.cli._agents import AgentsClient
from supervisor.cli._agents_shown import show_agent, show_list, show_messages
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.identity import RecordedAudit, TestIssuer
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, open_desk

URL = "http://supervisor.test"
OWN = ("supervisor.read", "supervisor.write", "supervisor.decide")
OPERATING = (*OWN, "agents.read", "agents.write")


class Office:
    """A supervisor behind its door, in which Ada has an agent."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.ada = desk.principal.subject
        self.issuer = TestIssuer(folder)
        self.audit = RecordedAudit()
        door = Door(
            "supervisor", self.issuer.verifier("supervisor"), PolicyEngine(), self.audit, public_url=URL
        )
        at = desk.backstage
        app = Starlette(routes=agent_routes(at.inspector, at.lifecycle, at.history, at.exporter, door))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(door.guard(app)))

    async def client(self, *scopes: str, subject: str | None = None, tenant: str = "acme") -> AgentsClient:
        token = await self.issuer.mint(subject or self.ada, tenant=tenant, scopes=scopes)
        return AgentsClient(self.http, URL, token)

    def outcomes(self) -> list[tuple[str, str]]:
        return [(entry.skill, entry.outcome) for entry in self.audit.entries]


@pytest.fixture
async def office(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats, tmp_path: Path
) -> AsyncIterator[Office]:
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
    answers: dict[str, Any] = {
        "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
        "projects.create_project": lambda _, n: {"project": {"project_id": "proj_1", "revision": n}},
    }
    async with AsyncExitStack() as closing:
        database = await unit_database("supervisor")
        desk = await open_desk(closing, database, nats.url, ScriptedUnits(hiring_catalogue(), answers), ada)
        await desk.say("hire a nurse in Oslo")
        at = Office(desk, tmp_path)
        yield at
        await at.http.aclose()


async def test_a_recruiter_sees_and_steers_their_own_agent(office: Office) -> None:
    client = await office.client(*OWN)

    shown = await client.get("me")
    until = "2100-01-04T07:00:00Z"
    paused = await client.post("me", "/pause", {"reason": "lunch", "until": until})
    resumed = await client.post("me", "/resume", {})

    assert (shown["agent"], shown["state"]) == (office.ada, "working")
    assert (paused["state"], paused["paused_until"], paused["mailbox"]["reason"]) == (
        "paused",
        until,
        "lunch",
    )
    assert resumed["state"] == "working"
    assert office.outcomes() == [
        ("agents.show", "allowed"),
        ("agents.pause", "allowed"),
        ("agents.resume", "allowed"),
    ]


async def test_a_colleagues_agent_is_not_found_without_an_operators_scope(office: Office) -> None:
    colleague = await office.client(*OWN, "*.read", subject="person:bob")
    operator = await office.client(*OPERATING, subject="person:olga")

    with pytest.raises(NotFound):
        await colleague.get(office.ada)
    with pytest.raises(NotFound):
        await colleague.post(office.ada, "/pause", {"reason": "because"})
    with pytest.raises(Denied):
        await colleague.get(None)

    assert (await operator.get(office.ada))["agent"] == office.ada
    assert [one["agent"] for one in (await operator.get(None))["agents"]] == [office.ada]
    assert ("agents.show", "not_found") in office.outcomes()
    assert ("agents.pause", "not_found") in office.outcomes()


async def test_another_tenants_agent_is_not_found_even_for_an_operator_and_that_is_on_record(
    office: Office,
) -> None:
    operator = await office.client(*OPERATING, subject="person:olga", tenant="bolt")

    for what in ("", "/messages"):
        with pytest.raises(NotFound):
            await operator.get(office.ada, what)
    with pytest.raises(NotFound):
        await operator.export(office.ada, io.BytesIO())
    with pytest.raises(NotFound):
        await operator.post(office.ada, "/close", {"reason": "because"})

    missed = [(entry.tenant, entry.skill) for entry in office.audit.entries if entry.outcome == "not_found"]
    assert missed == [
        ("bolt", "agents.show"),
        ("bolt", "agents.messages"),
        ("bolt", "agents.export"),
        ("bolt", "agents.close"),
    ]


async def test_who_may_only_read_changes_nothing(office: Office) -> None:
    client = await office.client("supervisor.read")

    with pytest.raises(Denied):
        await client.post("me", "/pause", {"reason": "because"})
    with pytest.raises(Denied):
        await client.post("me", "/close", {"reason": "because"})

    assert (await client.get("me"))["state"] == "working"


async def test_a_request_that_makes_no_sense_says_what_is_wrong(office: Office) -> None:
    client = await office.client(*OWN)

    with pytest.raises(InvalidInput, match="reason"):
        await client.post("me", "/pause", {})
    with pytest.raises(InvalidInput, match="since"):
        await client.get("me", "/messages", since="some day")
    with pytest.raises(InvalidInput, match="limit"):
        await client.get("me", "/messages", limit=1_000)
    with pytest.raises(InvalidInput, match="cursor"):
        await client.get("me", "/messages", cursor="of my own making")


async def test_an_agent_is_exported_and_retired_over_the_wire(office: Office) -> None:
    client = await office.client(*OPERATING, subject="person:olga")
    file = io.BytesIO()

    with pytest.raises(Conflict):
        await client.post(office.ada, "/retire", {})
    closed = await client.post(office.ada, "/close", {"reason": "left"})
    await client.export(office.ada, file)
    gone = await client.post(office.ada, "/retire", {})

    assert closed["state"] == "retiring"
    assert gone == {"agent": f"{office.ada}~1", "unanswered": 0}
    assert zipfile.ZipFile(file).namelist() == [
        "agent.json",
        "messages.jsonl",
        "runs.jsonl",
        "decisions.jsonl",
        "wishes.jsonl",
    ]


async def test_an_agent_and_its_messages_are_readable_in_a_terminal(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await office.client(*OPERATING)

    show_agent(await client.get("me"))
    show_messages(await client.get("me", "/messages", limit=2))
    show_list(await client.get(None))

    shown = capsys.readouterr().out
    assert f"agent        {office.ada}, working" in shown
    assert "works on     Shortlist for: hire a nurse in Oslo: waiting, a person has to answer" in shown
    assert "✓ Draft requirements intake, done" in shown
    assert "Approve requirements projects, awaiting approval" in shown
    assert "is told      I tell you what others do to your roles." in shown
    assert "1 in all: 1 working" in shown
    assert "waits for    approval appr_" in shown
    assert "remembers    nothing beyond its roles" in shown
    assert "last errors  none" in shown
    assert "Approve requirements?" in shown
    assert "older: --cursor " in shown
