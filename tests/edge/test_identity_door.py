"""The door over ASGI: who gets in, what they are told, what is recorded."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from shared.audit.entry import AuditEntry
from shared.edge.door import Door
from shared.edge.policy import PolicyEngine
from shared.kernel.errors import Denied, InvalidInput, NotFound, Unavailable
from shared.kernel.principal import Principal, current_principal
from tests.support.identity import RecordedAudit, TestIssuer

URL = "http://candidates.test"


async def whoami(request: Request) -> JSONResponse:
    return JSONResponse([current_principal().subject, request.state.principal.tenant])


async def public(_: Request) -> JSONResponse:
    return JSONResponse("public")


class Fixture:
    def __init__(self, folder: Path, audit: RecordedAudit) -> None:
        self.issuer = TestIssuer(folder)
        self.audit = audit
        self.door = Door(
            "candidates", self.issuer.verifier("candidates"), PolicyEngine(), audit, public_url=URL
        )
        paths = {"/mcp": whoami, "/healthz": public, "/.well-known/agent-card.json": public}
        app = Starlette(routes=[Route(path, answer) for path, answer in paths.items()])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.door.guard(app)), base_url=URL)


@pytest.fixture
def at(tmp_path: Path) -> Fixture:
    return Fixture(tmp_path, RecordedAudit())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_good_token_makes_its_principal_the_caller_inside(at):
    answer = await at.http.get("/mcp", headers=bearer(await at.issuer.mint(audience="candidates")))
    assert answer.json() == ["person:ada", "acme"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}])
async def test_without_a_bearer_token_the_answer_says_where_to_get_one(at, headers):
    answer = await at.http.get("/mcp", headers=headers)
    assert answer.status_code == 401
    assert (
        f'resource_metadata="{URL}/.well-known/oauth-protected-resource"'
        in answer.headers["www-authenticate"]
    )


async def test_a_bad_token_is_refused_with_the_reason_and_recorded_without_a_tenant(at):
    answer = await at.http.get("/mcp", headers=bearer(await at.issuer.mint(audience="projects")))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert answer.json()["error"]["code"] == "unauthenticated"
    (entry,) = at.audit.entries
    assert (entry.tenant, entry.outcome, entry.detail["path"]) == ("-", "unauthenticated", "/mcp")


async def test_a_token_never_appears_in_the_record(at):
    token = await at.issuer.mint(audience="projects")
    await at.http.get("/mcp", headers=bearer(token))
    assert token not in at.audit.entries[0].model_dump_json()


@pytest.mark.parametrize("path", ["/healthz", "/.well-known/agent-card.json"])
async def test_health_and_cards_are_public(at, path):
    assert (await at.http.get(path)).json() == "public"


@pytest.mark.parametrize("suffix", ["", "/mcp"])
async def test_the_resource_metadata_names_the_issuer_and_the_scopes(at, suffix):
    document = (await at.http.get(f"/.well-known/oauth-protected-resource{suffix}")).json()
    assert document["authorization_servers"] == ["http://issuer.test"]
    assert "candidates.read" in document["scopes_supported"]


async def test_a_flood_of_bad_calls_is_slowed_and_counted_rather_than_written_down(at):
    answers = [await at.http.get("/mcp") for _ in range(125)]
    assert [answer.status_code for answer in answers[119:121]] == [401, 429]
    assert len(at.audit.entries) == 120


async def test_an_allowed_call_is_recorded_before_it_runs(at):
    ada = Principal(subject="person:ada", kind="person", tenant="acme", scopes=frozenset({"candidates.read"}))
    await at.door.authorise(ada, unit="candidates", skill="get_dossier", risk="read")
    (entry,) = at.audit.entries
    assert (entry.tenant, entry.subject, entry.skill, entry.outcome, entry.policies) == (
        "acme", "person:ada", "get_dossier", "allowed", ("scope-for-the-unit",),
    )  # fmt: skip


async def test_a_denied_call_is_recorded_too_and_names_the_missing_scope(at):
    ada = Principal(subject="person:ada", kind="person", tenant="acme")
    with pytest.raises(Denied, match=r"candidates\.write"):
        await at.door.authorise(ada, unit="candidates", skill="forget", risk="write")
    assert at.audit.entries[0].outcome == "denied"


async def test_a_door_that_cannot_write_its_log_does_not_open(tmp_path):
    class Broken(RecordedAudit):
        async def record(self, entry: AuditEntry) -> None:
            raise Unavailable("the audit log cannot be written")

    at = Fixture(tmp_path, Broken())
    ada = Principal(subject="person:ada", kind="person", tenant="acme", scopes=frozenset({"*.read"}))
    with pytest.raises(Unavailable):
        await at.door.authorise(ada, unit="candidates", skill="get_dossier", risk="read")
    assert (await at.http.get("/mcp")).status_code == 503


class SlowAudit(RecordedAudit):
    """Writes an entry when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_write = asyncio.Event()

    async def record(self, entry: AuditEntry) -> None:
        await self.may_write.wait()
        await super().record(entry)


@pytest.mark.parametrize(("risk", "begins"), [("read", True), ("write", False)])
async def test_what_only_reads_begins_while_its_record_is_written_and_answers_after_it(
    tmp_path, risk, begins
):
    audit = SlowAudit()
    at = Fixture(tmp_path, audit)
    ada = Principal(
        subject="person:ada",
        kind="person",
        tenant="acme",
        scopes=frozenset({"*.read", "*.write"}),
    )
    began: list[int] = []

    async def call() -> int:
        async with at.door.admitted(ada, unit="candidates", skill="some", risk=risk):
            began.append(len(audit.entries))
        return len(audit.entries)

    calling = asyncio.create_task(call())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (bool(began), calling.done()) == (begins, False)
    audit.may_write.set()
    assert await calling == 1
    assert began == [0 if begins else 1]


async def test_a_denied_read_never_begins(at):
    ada = Principal(subject="person:ada", kind="person", tenant="acme")
    with pytest.raises(Denied):
        async with at.door.admitted(ada, unit="candidates", skill="get_dossier", risk="read"):
            raise AssertionError("it began")
    assert at.audit.entries[0].outcome == "denied"


async def test_an_answer_whose_record_cannot_be_written_does_not_leave(tmp_path):
    class Broken(RecordedAudit):
        async def record(self, entry: AuditEntry) -> None:
            await asyncio.sleep(0)
            raise Unavailable("the audit log cannot be written")

    at = Fixture(tmp_path, Broken())
    ada = Principal(subject="person:ada", kind="person", tenant="acme", scopes=frozenset({"*.read"}))
    with pytest.raises(Unavailable):
        async with at.door.admitted(ada, unit="candidates", skill="get_dossier", risk="read"):
            pass


async def test_an_id_of_another_tenant_is_recorded_as_not_found(at):
    ada = Principal(subject="person:ada", kind="person", tenant="acme")
    error = NotFound("no such candidate", field="candidate_id")
    await at.door.refused(ada, unit="candidates", skill="get_dossier", risk="read", error=error)
    (entry,) = at.audit.entries
    assert (entry.outcome, entry.detail) == ("not_found", {"field": "candidate_id"})


async def test_what_cannot_work_is_recorded_by_the_field_at_fault_and_nothing_that_was_sent(at):
    ada = Principal(subject="person:ada", kind="person", tenant="acme")
    for field in ("people.3.resume", "answers.Ask Tilda Example"):
        error = InvalidInput("the résumé is empty", field=field)
        await at.door.refused(ada, unit="evaluator", skill="evaluate_people", risk="write", error=error)
    assert [entry.outcome for entry in at.audit.entries] == ["invalid_input", "invalid_input"]
    assert [entry.detail for entry in at.audit.entries] == [{"field": "people.3.resume"}, {}]
