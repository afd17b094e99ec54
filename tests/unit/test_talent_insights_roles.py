"""A role as its requirements say it, counted; and the planner, which finds the tool by what it says of itself."""

from pathlib import Path

from servers.talent_insights.core.roles import role_market, segment_of
from servers.talent_insights.core.segments import Segment
from shared.edge.mcp import planning_of
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind, Requirements
from supervisor.core.models import Fact, Goal
from supervisor.core.planner import Planner
from tests.support.catalogue import hiring_catalogue, skill
from tests.support.catalogued import all_tools
from tests.support.market import TENANT, caught_up, desk_on, people, postings
from tests.support.talent import FakeFeed

SKILL, EXPERIENCE = QualificationKind.SKILL, QualificationKind.EXPERIENCE


def _role(*qualifications: Qualification, **fields: object) -> Requirements:
    made = {"title": "Data Engineer", "location": "Berlin", "country_code": "DE", **fields}
    return Requirements.model_validate({**made, "qualifications": list(qualifications)})


def _asked(statement: str, kind: QualificationKind, **fields: object) -> Qualification:
    return Qualification.model_validate({"id": statement, "statement": statement, "kind": kind, **fields})


def test_what_can_be_counted_is_asked_for_and_the_rest_is_named() -> None:
    role = _role(
        _asked("Python", SKILL, skills=["python"]),
        _asked("Spark or Flink", SKILL, skills=["apache-spark", "apache-flink"]),
        _asked("seven years", EXPERIENCE, years=7),
        _asked("German", QualificationKind.LANGUAGE, language="de"),
        _asked("Kafka is a plus", SKILL, skills=["apache-kafka"], importance="nice_to_have"),
        seniority="mid",
    )
    segment, left_out = segment_of(role, Taxonomy.compact())
    assert segment == Segment(occupation="data-engineer", place="DE//berlin", skills=["python"], min_years=5)
    assert left_out == ["Spark or Flink", "German"]


def test_remote_work_asks_for_the_country_alone() -> None:
    segment, _ = segment_of(_role(work_mode="remote"), Taxonomy.compact())
    assert (segment.place, segment.remote) == ("DE", None)


async def test_a_role_is_told_its_people_postings_places_and_pay(tmp_path: Path) -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    role = _role(
        _asked("Python", SKILL, skills=["python"]), _asked("Kubernetes", SKILL, skills=["kubernetes"])
    )
    async with desk_on(tmp_path, feed, postings()) as desk:
        await caught_up(desk)
        told = await role_market(desk, TENANT, role)
    assert (told.pool.people, {c.change: c.people for c in told.pool.relax}["drop Kubernetes"]) == (24, 40)
    assert [place.people for place in told.best_places] == [24]
    assert [(pay.value, pay.median) for pay in told.pay] == [("DE", 70_000)]


def test_the_planner_finds_the_way_from_a_brief_to_the_market_by_the_published_tool() -> None:
    published = {
        tool.name: planning_of(tool.meta) for unit, tool in all_tools() if unit.name == "talent_insights"
    }
    found = published["role_market"]
    ours = skill("talent_insights.role_market", requires=found.requires, produces=found.produces)
    goal = Goal(kind="insight", title="Market", wants=["role.market"])
    facts = {"role.brief": Fact.of("role.brief", "a data engineer in Berlin")}
    first = Planner([*hiring_catalogue(), ours]).plan(goal, facts, [])
    assert [step.skill for step in first.steps] == [
        "intake.draft_requirements",
        "talent_insights.role_market",
    ]
