"""Intake over A2A, with scripted neighbours."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from servers.intake.agent import ProjectsPastRoles, build_agent
from servers.intake.core.draft import Intake
from servers.intake.core.models import CheckResult, DraftResult
from shared.edge.units import Units
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.units import FakeUnits, hosted, units_at

PAST: dict[str, Any] = {
    "projects": [
        {"project_id": "proj_1", "title": "Data engineer", "approved_revision": 2},
        {"project_id": "proj_2", "title": "Data engineer", "approved_revision": None},
    ],
    "next_cursor": None,
}
REQUIREMENTS = {
    "title": "Data engineer",
    "qualifications": [{"id": "q1", "statement": "Kafka", "kind": "skill", "skills": ["apache-kafka"]}],
}


@pytest.fixture
def neighbours() -> FakeUnits:
    return FakeUnits({"projects.list_projects": PAST, "projects.get_requirements": REQUIREMENTS})


@pytest.fixture
async def units(neighbours: FakeUnits) -> AsyncIterator[Units]:
    agent = build_agent(Intake(Taxonomy.compact(), ProjectsPastRoles(neighbours)))
    async with hosted(agent, name="intake") as unit, units_at(intake=unit.url) as units:
        yield units


async def test_a_sentence_comes_back_as_requirements(units: Units) -> None:
    brief = {"text": "senior data engineer in Berlin, German B2, remote ok"}
    result = await units.send("intake", "draft_requirements", brief, DraftResult)
    assert result.requirements.occupations == ["data-engineer"]
    assert result.requirements.work_mode == "remote"
    assert "must-haves" in result.summary


async def test_only_approved_past_projects_are_asked_about(units: Units, neighbours: FakeUnits) -> None:
    result = await units.send(
        "intake", "draft_requirements", {"text": "Data engineer in Berlin"}, DraftResult
    )
    assert "past:apache-kafka" in [one.id for one in result.requirements.questions]
    assert neighbours.inputs("projects.get_requirements") == [{"project_id": "proj_1", "revision": 2}]


async def test_a_projects_unit_that_fails_is_said_in_the_draft() -> None:
    agent = build_agent(Intake(Taxonomy.compact(), ProjectsPastRoles(FakeUnits())))
    async with hosted(agent, name="intake") as unit, units_at(intake=unit.url) as units:
        result = await units.send("intake", "draft_requirements", {"text": "Nurse in Leeds"}, DraftResult)
    assert "not looked at" in [one.value for one in result.requirements.inferences]


async def test_a_text_that_asks_nothing_fails_with_the_field_at_fault(units: Units) -> None:
    with pytest.raises(InvalidInput) as refused:
        await units.send("intake", "draft_requirements", {"text": "It rained."}, DraftResult)
    assert refused.value.field == "text"


async def test_an_unlawful_qualification_comes_back_with_reason_and_rewording(units: Units) -> None:
    result = await units.send(
        "intake", "check_qualification", {"text": "Native English speaker"}, CheckResult
    )
    assert (result.lawful, result.attribute, result.rewording) == (
        False,
        "native language",
        "English at C2 level",
    )


async def test_a_lawful_qualification_is_said_to_be_lawful(units: Units) -> None:
    result = await units.send("intake", "check_qualification", {"text": "5 years of Java"}, CheckResult)
    assert (result.lawful, result.reason) == (True, "")
