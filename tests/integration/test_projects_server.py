"""Hiring projects over MCP on a real database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from mcp_types import CallToolResult

from servers.projects.core.consent import Consent
from servers.projects.core.openings import Openings
from servers.projects.core.pipeline import Pipeline
from servers.projects.core.tuning import Tuning
from servers.projects.outcomes import UnitOutcomes
from servers.projects.server import ProjectService, build_server
from servers.projects.store import PostgresLedger
from shared.kernel.clock import SystemClock
from shared.kernel.principal import Principal
from shared.mailbox.outbox import Outbox
from shared.storage import Database
from tests.support.told import told_by
from tests.support.units import ADA, BOB, FakeUnits, OpenGate, mcp_client

SERVICE = Principal(subject="service:sourcing", kind="service", tenant="acme")


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("projects")


@pytest.fixture
def service(database: Database) -> ProjectService:
    ledger, clock = PostgresLedger(Outbox("projects", database)), SystemClock()
    return ProjectService(
        openings=Openings(ledger, clock),
        pipeline=Pipeline(ledger, clock, UnitOutcomes(FakeUnits())),
        consent=Consent(ledger, clock),
        tuning=Tuning(ledger, clock),
    )


@dataclass
class Client:
    """Calls the unit's tools as one principal."""

    service: ProjectService
    principal: Principal = ADA

    async def ask(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        server = build_server(self.service)
        async with mcp_client(server, name="projects", gate=OpenGate(self.principal)) as session:
            return await session.call_tool(tool, arguments)


@pytest.fixture
def client(service: ProjectService) -> Client:
    return Client(service)


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.ask(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.ask(tool, arguments)
    assert result.is_error
    return result.structured_content["code"]


def role(title: str = "Nurse", *statements: str) -> dict[str, Any]:
    qualifications = [
        {"id": f"q{number}", "statement": text, "kind": "skill"}
        for number, text in enumerate(statements or ("Wound care", "Triage"), start=1)
    ]
    return {"title": title, "qualifications": qualifications}


def result(candidate_id: str, recommendation: str, meets: int = 2, missing: tuple[str, ...] = ()) -> dict:
    return {
        "candidate_id": candidate_id,
        "recommendation": recommendation,
        "meets": meets,
        "partial": 0,
        "not_met": 0,
        "no_evidence": len(missing),
        "missing": list(missing),
    }


async def opened(client: Client, *, wanted: int = 2) -> dict[str, Any]:
    created = await call(client, "create_project", requirements=role(), wanted=wanted)
    return created["project"]


async def approved(client: Client, *, wanted: int = 2) -> dict[str, Any]:
    project = await opened(client, wanted=wanted)
    return (await call(client, "approve_requirements", project=project))["approved"]


def evaluated(ref: dict[str, Any], *results: dict[str, Any]) -> dict[str, Any]:
    return {"evaluation_id": "eval_1", **ref, "results": list(results)}


async def test_a_project_goes_from_draft_to_open_when_a_person_approves(client: Client) -> None:
    project = await opened(client)
    assert project["revision"] == 1
    assert (await call(client, "get_project", project_id=project["project_id"]))["status"] == "draft"
    await call(client, "approve_requirements", project=project)
    after = await call(client, "get_project", project_id=project["project_id"])
    assert (after["status"], after["approved_revision"]) == ("open", 1)


async def test_a_revision_names_who_changed_what_and_needs_approval_anew(client: Client) -> None:
    ref = await approved(client)
    newer = role("Nurse", "Wound care", "Paediatrics")
    document = await call(
        client,
        "revise_requirements",
        project_id=ref["project_id"],
        requirements=newer,
        expected_revision=1,
        note="the ward asked for it",
    )
    assert document["changed_by"] == "person:ada"
    assert document["changes"] == [
        {
            "path": "qualifications/q2/statement",
            "kind": "changed",
            "before": "Triage",
            "after": "Paediatrics",
        }
    ]
    assert document["approved_at"] is None
    history = await call(client, "requirements_history", project_id=ref["project_id"])
    assert [one["approved_by"] for one in history["revisions"]] == ["person:ada", None]
    first = await call(client, "get_requirements", project_id=ref["project_id"], revision=1)
    assert first["qualifications"][1]["statement"] == "Triage"


async def test_a_change_based_on_an_old_revision_is_a_conflict(client: Client) -> None:
    project = await opened(client)
    change = {"project_id": project["project_id"], "expected_revision": 1}
    await call(client, "revise_requirements", requirements=role("Nurse", "One"), **change)
    code = await refused(client, "revise_requirements", requirements=role("Nurse", "Two"), **change)
    assert code == "conflict"


async def test_an_old_revision_cannot_be_approved(client: Client) -> None:
    project = await opened(client)
    await call(
        client,
        "revise_requirements",
        project_id=project["project_id"],
        requirements=role("Nurse", "One"),
        expected_revision=1,
    )
    assert await refused(client, "approve_requirements", project=project) == "conflict"


async def test_a_service_cannot_approve(service: ProjectService, client: Client) -> None:
    project = await opened(client)
    assert await refused(Client(service, SERVICE), "approve_requirements", project=project) == "denied"


async def test_a_shortlist_is_complete_when_enough_good_matches_are_on_it(client: Client) -> None:
    ref = await approved(client, wanted=2)
    first = await call(
        client, "update_shortlist", requirements=ref, evaluated=evaluated(ref, result("cand_a", "good_match"))
    )
    assert (first["complete"], first["shortlist"]["found"], first["added"]) == (None, 1, 1)
    second = await call(
        client,
        "update_shortlist",
        requirements=ref,
        evaluated=evaluated(ref, result("cand_b", "strong_match"), result("cand_a", "good_match")),
    )
    assert (second["complete"], second["added"]) == (True, 1)
    assert [one["candidate_id"] for one in second["shortlist"]["entries"]] == ["cand_b", "cand_a"]


async def test_a_shortlist_is_complete_when_the_pool_is_dry(client: Client) -> None:
    ref = await approved(client, wanted=5)
    updated = await call(
        client,
        "update_shortlist",
        requirements=ref,
        evaluated=evaluated(ref, result("cand_a", "needs_a_look")),
        exhausted=True,
    )
    assert (updated["complete"], updated["shortlist"]["found"]) == (True, 0)


async def test_weak_qualifications_come_out_of_what_candidates_lack(client: Client) -> None:
    ref = await approved(client)
    results = [result(f"cand_{n}", "possible_match", 1, ("q2",)) for n in range(4)]
    updated = await call(client, "update_shortlist", requirements=ref, evaluated=evaluated(ref, *results))
    assert updated["shortlist"]["weak"] == ["q2"]


async def test_nobody_evaluated_is_dropped_and_pages_go_through_all(client: Client) -> None:
    ref = await approved(client, wanted=1)
    results = [result(f"cand_{n}", "not_a_match", 0) for n in range(5)]
    await call(client, "update_shortlist", requirements=ref, evaluated=evaluated(ref, *results))
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = await call(client, "get_shortlist", project_id=ref["project_id"], limit=2, cursor=cursor)
        seen += [one["candidate_id"] for one in page["entries"]]
        cursor = page["next_cursor"]
    assert seen == [f"cand_{n}" for n in range(5)]
    assert cursor is None


async def test_candidates_enter_the_pipeline_and_a_person_moves_them_on(
    client: Client, database: Database
) -> None:
    ref = await approved(client)
    both = evaluated(ref, result("cand_a", "good_match"), result("cand_b", "not_a_match", 0))
    await call(client, "update_shortlist", requirements=ref, evaluated=both)
    await call(
        client,
        "move_stage",
        project_id=ref["project_id"],
        candidate_id="cand_a",
        to_stage="rejected",
        reason="prefers nights",
    )
    await call(client, "update_shortlist", requirements=ref, evaluated=both)
    history = await call(client, "stage_history", project_id=ref["project_id"])
    moves = [(one["candidate_id"], one["from_stage"], one["to_stage"]) for one in history["moves"]]
    assert sorted(moves, key=str) == [
        ("cand_a", "shortlisted", "rejected"),
        ("cand_a", None, "shortlisted"),
        ("cand_b", None, "sourced"),
    ]
    assert history["moves"][-1]["reason"] == "prefers nights"
    told = await told_by("projects", database, "acme")
    assert ("stage_moved", "cand_a", ADA.subject) in [
        (what, about.get("candidate_id"), about["by"]) for what, about in told
    ]


async def test_candidates_judged_by_other_requirements_are_refused(client: Client) -> None:
    ref, other = await approved(client), await approved(client)
    code = await refused(client, "update_shortlist", requirements=ref, evaluated=evaluated(other))
    assert code == "invalid_input"


async def test_an_approval_is_used_once_and_only_for_what_was_approved(client: Client) -> None:
    ref = await approved(client)
    arguments = {
        "project_id": ref["project_id"],
        "candidate_id": "cand_a",
        "to_stage": "contacted",
        "reason": "write to her",
    }
    asked = await call(
        client,
        "request_approval",
        action="projects.move_stage",
        arguments=arguments,
        summary="Contact cand_a",
    )
    approval_id = asked["approval_id"]
    assert await refused(client, "move_stage", **arguments, approval_id=approval_id) == "denied"
    await call(client, "decide_approval", approval_id=approval_id, approve=True)
    other = arguments | {"to_stage": "interview"}
    assert await refused(client, "move_stage", **other, approval_id=approval_id) == "denied"
    await call(client, "move_stage", **arguments, approval_id=approval_id)
    back = arguments | {"to_stage": "sourced"}
    assert await refused(client, "move_stage", **back, approval_id=approval_id) == "denied"
    assert (await call(client, "get_approval", approval_id=approval_id))["status"] == "used"


async def test_a_repeated_call_makes_no_second_move_and_uses_no_second_approval(
    service: ProjectService, client: Client
) -> None:
    ref = await approved(client)
    arguments = {"candidate_id": "cand_a", "to_stage": "contacted"}
    asked = await service.consent.request(
        ADA, "projects.move_stage", arguments, "Contact cand_a", None, None, "run-1:ask"
    )
    again = await service.consent.request(
        ADA, "projects.move_stage", arguments, "Contact cand_a", None, None, "run-1:ask"
    )
    assert again.approval_id == asked.approval_id
    await service.consent.decide(ADA, asked.approval_id, True, "")
    moves = [
        await service.pipeline.move_stage(
            ADA, ref["project_id"], "cand_a", "contacted", "fits", asked.approval_id, arguments, "run-1:move"
        )
        for _ in range(2)
    ]
    assert moves[0] == moves[1]
    history = await call(client, "stage_history", project_id=ref["project_id"])
    assert len(history["moves"]) == 1


async def test_a_refused_approval_allows_nothing(client: Client) -> None:
    asked = await call(
        client, "request_approval", action="messages.send", arguments={"to": "x"}, summary="Write to x"
    )
    approval_id = asked["approval_id"]
    await call(client, "decide_approval", approval_id=approval_id, approve=False, reason="not yet")
    code = await refused(
        client, "use_approval", approval_id=approval_id, action="messages.send", arguments={"to": "x"}
    )
    assert code == "denied"
    listed = await call(client, "list_approvals", status="refused")
    assert [one["reason"] for one in listed["approvals"]] == ["not yet"]


async def test_projects_are_listed_newest_first_and_by_similar_title(client: Client) -> None:
    for title in ("Intensive care nurse", "Welder", "School nurses"):
        await call(client, "create_project", requirements=role(title))
    page = await call(client, "list_projects", limit=2)
    assert [one["title"] for one in page["projects"]] == ["School nurses", "Welder"]
    rest = await call(client, "list_projects", limit=2, cursor=page["next_cursor"])
    assert [one["title"] for one in rest["projects"]] == ["Intensive care nurse"]
    similar = await call(client, "list_projects", similar_to="Nurse (ward 4)")
    assert [one["title"] for one in similar["projects"]] == ["School nurses", "Intensive care nurse"]
    assert (
        await refused(client, "list_projects", similar_to="Welder", cursor=page["next_cursor"])
        == "invalid_input"
    )


async def test_another_tenants_project_is_not_found(service: ProjectService, client: Client) -> None:
    project = await opened(client)
    stranger = Client(service, BOB)
    assert await refused(stranger, "get_project", project_id=project["project_id"]) == "not_found"
    assert (await call(stranger, "list_projects"))["projects"] == []
