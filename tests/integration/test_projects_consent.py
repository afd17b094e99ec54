"""Who may decide: people with their own hand, assistants only with an approval. Real tokens, door and database."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from servers.projects.core.consent import Consent
from servers.projects.core.openings import Openings
from servers.projects.core.pipeline import Pipeline
from servers.projects.core.tuning import Tuning
from servers.projects.outcomes import UnitOutcomes
from servers.projects.server import ProjectService, build_server
from servers.projects.store import PostgresLedger
from shared.audit.log import AuditLog
from shared.edge.door import Door
from shared.edge.policy import PolicyEngine
from shared.edge.units import Units
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Denied
from shared.kernel.principal import Principal, acting_as
from shared.mailbox.outbox import Outbox
from tests.support.engines import OpenUnitDatabase
from tests.support.identity import TestIssuer
from tests.support.units import FakeUnits, hosted

REQUIREMENTS = {
    "title": "Nurse",
    "qualifications": [{"id": "q1", "statement": "Wound care", "kind": "skill"}],
}
Call = Callable[..., Any]
OpenAs = Callable[..., AbstractAsyncContextManager[Call]]


class OwnHand:
    """The person's own token, as it is, for every unit."""

    async def for_unit(self, unit: str, principal: Principal) -> str:
        return principal.token


@pytest.fixture
async def ada(unit_database: OpenUnitDatabase, tmp_path: Path) -> AsyncGenerator[OpenAs]:
    """``async with ada(by="sourcing") as call``: Ada's calls, made by a service that acts for her."""
    database, issuer = await unit_database("projects"), TestIssuer(tmp_path)
    ledger, clock = PostgresLedger(Outbox("projects", database)), SystemClock()
    service = ProjectService(
        Openings(ledger, clock),
        Pipeline(ledger, clock, UnitOutcomes(FakeUnits())),
        Consent(ledger, clock),
        Tuning(ledger, clock),
    )
    door = Door(
        "projects",
        issuer.verifier("projects"),
        PolicyEngine(),
        AuditLog(database),
        public_url="http://p.test",
    )
    async with hosted(build_server(service), name="projects", gate=door) as unit:

        @asynccontextmanager
        async def acting(by: str | None = None) -> AsyncGenerator[Call]:
            token = await issuer.mint(audience=by or "projects")
            person = await issuer.verifier(by or "projects").verify(token)
            tokens = issuer.tokens(by) if by else OwnHand()
            async with Units({"projects": unit.url}, tokens) as units:

                async def call(tool: str, **arguments: Any) -> Any:
                    with acting_as(person):
                        return await units.call_tool("projects", tool, arguments, dict[str, Any])

                yield call

        yield acting


async def project(call: Call) -> dict[str, Any]:
    return (await call("create_project", requirements=REQUIREMENTS))["project"]


async def question(call: Call, about: dict[str, Any]) -> str:
    asked = await call(
        "request_approval",
        action="projects.approve_requirements",
        arguments={"project": about},
        summary="Approve?",
    )
    return asked["approval_id"]


@pytest.mark.parametrize("hand", [None, "supervisor"])
async def test_a_person_decides_with_their_own_hand_without_an_approval(
    ada: OpenAs, hand: str | None
) -> None:
    async with ada(by=hand) as call:
        approved = await call("approve_requirements", project=await project(call))
    assert approved["approved"]["revision"] == 1


async def test_an_assistant_cannot_decide_for_a_person_without_an_approval(ada: OpenAs) -> None:
    async with ada(by="sourcing") as call:
        about = await project(call)
        with pytest.raises(Denied, match="assistants-need-an-approval") as refusal:
            await call("approve_requirements", project=about)
    assert "request_approval" in (refusal.value.fix or "")


async def test_an_assistant_cannot_answer_its_own_question(ada: OpenAs) -> None:
    async with ada(by="sourcing") as call:
        approval = await question(call, await project(call))
        with pytest.raises(Denied, match="an assistant cannot decide for a person"):
            await call("decide_approval", approval_id=approval, approve=True)


async def test_an_assistant_does_what_a_person_approved_and_only_that_once(ada: OpenAs) -> None:
    async with ada(by="sourcing") as assistant, ada() as person:
        about = await project(assistant)
        approval = await question(assistant, about)
        other = await project(assistant)
        with pytest.raises(Denied, match="pending"):
            await assistant("approve_requirements", project=about, approval_id=approval)
        await person("decide_approval", approval_id=approval, approve=True)
        with pytest.raises(Denied, match="something else was approved"):
            await assistant("approve_requirements", project=other, approval_id=approval)
        approved = await assistant("approve_requirements", project=about, approval_id=approval)
    assert approved["approved"]["project_id"] == about["project_id"]


async def test_the_chain_of_services_is_read_from_the_token(tmp_path: Path) -> None:
    issuer = TestIssuer(tmp_path)
    first = await issuer.verifier("sourcing").verify(await issuer.mint(audience="sourcing"))
    second = await issuer.verifier("supervisor").verify(
        await issuer.tokens("sourcing").for_unit("supervisor", first)
    )
    third = await issuer.verifier("projects").verify(
        await issuer.tokens("supervisor").for_unit("projects", second)
    )
    assert (third.actor, third.via, third.assisted) == ("service:supervisor", ("service:sourcing",), True)
    assert (first.assisted, second.assisted) == (False, True)
