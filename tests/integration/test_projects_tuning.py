"""What a project learns from: runners-up of others, and how its people are ranked, over MCP on a real database."""

from typing import Any

import pytest

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
from shared.wire.ranking import ApprovedRanking, RankingWeights
from tests.support.engines import OpenUnitDatabase
from tests.support.units import ADA, BOB, FakeUnits, OpenGate, mcp_client

LEARNING = Principal(subject="service:learning", kind="service", tenant=ADA.tenant)
WEIGHTS = {"recency": 2.0}


@pytest.fixture
async def service(unit_database: OpenUnitDatabase) -> ProjectService:
    ledger, clock = PostgresLedger(Outbox("projects", await unit_database("projects"))), SystemClock()
    return ProjectService(
        Openings(ledger, clock),
        Pipeline(ledger, clock, UnitOutcomes(FakeUnits())),
        Consent(ledger, clock),
        Tuning(ledger, clock),
    )


class Caller:
    """Calls the unit's tools as somebody."""

    def __init__(self, service: ProjectService, principal: Principal = ADA) -> None:
        self._service = service
        self._principal = principal

    async def __call__(self, tool: str, **arguments: Any) -> Any:
        gate = OpenGate(self._principal)
        async with mcp_client(build_server(self._service), name="projects", gate=gate) as session:
            return (await session.call_tool(tool, arguments)).structured_content

    async def opens(self) -> str:
        """Return the id of a new project."""
        wanted = {"id": "q1", "statement": "Wound care", "kind": "skill"}
        role = {"title": "Nurse", "qualifications": [wanted]}
        return (await self("create_project", requirements=role))["project"]["project_id"]

    async def moves(self, project_id: str, candidate_id: str, *stages: str) -> None:
        """Move somebody through the stages of a project, one after the other."""
        for stage in stages:
            moved = await self(
                "move_stage", project_id=project_id, candidate_id=candidate_id, to_stage=stage, reason="so"
            )
            assert moved["to_stage"] == stage


async def test_runners_up_got_far_lost_and_were_hired_nowhere(service: ProjectService) -> None:
    ada = Caller(service)
    here, past, filled = await ada.opens(), await ada.opens(), await ada.opens()
    await ada.moves(past, "rejected_after_meeting", "interview", "rejected")
    await ada.moves(past, "withdrew_from_offer", "interview", "offer", "withdrawn")
    await ada.moves(past, "still_meeting", "interview")
    await ada.moves(past, "rejected_early", "screening", "rejected")
    await ada.moves(past, "hired_elsewhere", "interview", "rejected")
    await ada.moves(filled, "hired_elsewhere", "interview", "offer", "hired")
    await ada.moves(filled, "came_second", "interview")
    await ada.moves(here, "rejected_here", "interview", "rejected")

    found = await ada("runners_up", but=here)
    assert found["candidate_ids"] == ["came_second", "withdrew_from_offer", "rejected_after_meeting"]
    assert (await ada("runners_up", but=here, limit=1))["candidate_ids"] == ["came_second"]
    assert (await ada("runners_up"))["candidate_ids"][0] == "rejected_here"
    assert (await Caller(service, BOB)("runners_up"))["candidate_ids"] == []


async def test_a_person_approves_how_a_projects_people_are_ranked(service: ProjectService) -> None:
    ada = Caller(service)
    project, other = await ada.opens(), await ada.opens()
    before = await ada("get_ranking", project_id=project)
    await ada("approve_ranking", project_id=project, weights=WEIGHTS, reason="old ones never answer")
    approved = await ada("get_ranking", project_id=project)
    await ada("approve_ranking", project_id=project, weights={}, reason="no better")

    assert (before["approved_by"], before["weights"]["recency"]) == (None, None)
    assert (approved["approved_by"], approved["reason"]) == (ADA.subject, "old ones never answer")
    assert approved["weights"]["recency"] == 2.0
    assert (await ada("get_ranking", project_id=project))["weights"]["recency"] is None
    assert (await ada("get_ranking", project_id=other))["approved_by"] is None
    assert (await Caller(service, BOB)("get_ranking", project_id=project))["code"] == "not_found"


async def test_what_learning_proposes_ranks_only_once_a_person_approved_exactly_that(
    service: ProjectService,
) -> None:
    ada, assistant = (
        Caller(service),
        Caller(service, ADA.model_copy(update={"actor": "service:learning"})),
    )
    project = await ada.opens()
    wanted = {"project_id": project, "weights": WEIGHTS, "reason": "old ones never answer"}
    alone = await Caller(service, LEARNING)("approve_ranking", **wanted)
    unasked = await assistant("approve_ranking", **wanted)
    asked = await assistant(
        "request_approval", action="projects.approve_ranking", arguments=wanted, summary="Rank by recency?"
    )
    await ada("decide_approval", approval_id=asked["approval_id"], approve=True)
    given = wanted | {"approval_id": asked["approval_id"]}
    more = await assistant("approve_ranking", **given | {"weights": {"recency": 50.0}})
    approved = await assistant("approve_ranking", **given)

    assert [one["code"] for one in (alone, unasked, more)] == ["denied"] * 3
    assert approved["weights"]["recency"] == 2.0


@pytest.mark.parametrize("weights", [{"age": 1.0}, {"recency": -1.0}, {"recency": 1_000}])
async def test_only_weights_that_the_search_has_can_be_approved(
    service: ProjectService, weights: dict[str, float]
) -> None:
    ada = Caller(service)
    refused = await ada("approve_ranking", project_id=await ada.opens(), weights=weights, reason="so")
    assert refused["code"] == "invalid_input"


async def test_a_repeated_call_approves_once(service: ProjectService) -> None:
    project = await Caller(service).opens()
    weights, told = RankingWeights(recency=2), {"project_id": project}

    async def approve(call: str, weights: RankingWeights) -> ApprovedRanking:
        return await service.tuning.approve(ADA, project, weights, "so", None, told, call)

    first = await approve("run-1:rank", weights)
    later = await approve("run-2:rank", RankingWeights(words=3))
    assert await approve("run-1:rank", weights) == later != first
