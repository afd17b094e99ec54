"""What sourcing asks other units, and what it makes of their answers."""

from typing import Any

from servers.recruiter_search.core.ranking import Ranking
from servers.sourcing.core.leads import MarketQuestion
from servers.sourcing.core.models import PlannedQuery, SearchArguments
from servers.sourcing.sources import UnitSources
from shared.kernel.errors import NotFound, Unavailable
from shared.wire.ranking import RankingWeights
from shared.wire.requirements import RequirementsRef
from tests.support.units import FakeUnits

QUESTION = MarketQuestion(occupation="data-engineer", country="DE", skills=["python"])
LIKE_SEVEN = PlannedQuery(
    id="similar:c7",
    label="like one",
    why="because",
    arguments=SearchArguments(filters={"locations": ["Berlin"]}),
    similar_to="c7",
)


def _group(name: str) -> dict[str, str]:
    return {"value": name.casefold(), "label": name}


async def test_the_market_of_a_role_is_asked_of_insights_and_read_by_name() -> None:
    units = FakeUnits(
        {
            "talent_insights.workforce_trends": {"groups": [_group("Cobalt Example")]},
            "talent_insights.talent_flows": {
                "flows": [{"origin": _group("Dune Example"), "target": _group("Cobalt Example")}] * 2
            },
            "talent_insights.school_pipelines": {"pipelines": [{"school": _group("Example Institute")}]},
            "talent_insights.market_signals": {"layoffs": [_group("Flint Example")]},
            "talent_insights.adjacent_skills": {"skills": [_group("Pandas")]},
        }
    )
    market = await UnitSources(units).market(QUESTION)
    assert market.model_dump() == {
        "employers": ["Cobalt Example"],
        "origins": ["Dune Example"],
        "laid_off": ["Flint Example"],
        "schools": ["Example Institute"],
        "skills": {"python": ["pandas"]},
        "unanswered": [],
    }
    assert units.inputs("talent_insights.workforce_trends")[0]["work"] == {
        "occupation": "data-engineer",
        "place": "DE",
    }


async def test_without_insights_a_search_is_planned_all_the_same_and_says_why() -> None:
    tools = ("workforce_trends", "talent_flows", "school_pipelines", "market_signals", "adjacent_skills")
    down = Unavailable("talent_insights does not answer")
    market = await UnitSources(FakeUnits({f"talent_insights.{tool}": down for tool in tools})).market(
        QUESTION
    )
    assert market.employers == []
    assert market.unanswered == [
        "market knowledge of skills, employers, moves, schools, layoffs (talent_insights does not answer)"
    ]


async def test_people_like_somebody_are_asked_for_without_those_seen() -> None:
    reply = {"similar": [{"hit": {"candidate_id": f"c{n}", "score": 1.0}} for n in range(50)]}
    units = FakeUnits({"recruiter_search.similar_profiles": reply})
    page = await UnitSources(units).people(LIKE_SEVEN, ["c8"], 80)
    assert (len(page.hits), page.total) == (50, 51)
    assert units.inputs("recruiter_search.similar_profiles") == [
        {
            "candidate_id": "c7",
            "filters": {"locations": ["Berlin"], "exclude_candidate_ids": ["c8"]},
            "limit": 50,
        }
    ]


async def test_nobody_is_like_somebody_whose_record_is_gone() -> None:
    units = FakeUnits({"recruiter_search.similar_profiles": NotFound("no candidate with this id is indexed")})
    assert (await UnitSources(units).people(LIKE_SEVEN, [], 10)).total == 0


async def test_who_is_not_found_any_more_is_not_findable_however_many_are_asked_about() -> None:
    def found(given: dict[str, Any]) -> dict[str, Any]:
        asked = given["filters"]["candidate_ids"]
        return {"hits": [{"candidate_id": one} for one in asked if one != "c3"], "total": len(asked)}

    everybody = [f"c{n}" for n in range(150)]
    units = FakeUnits({"recruiter_search.search_candidates": found})
    assert await UnitSources(units).findable(everybody) == {*everybody} - {"c3"}


async def test_where_people_stand_is_what_was_decided_last() -> None:
    moves = [("c1", "rejected"), ("c2", "rejected"), ("c3", "withdrawn"), ("c2", "shortlisted")]
    told = {"moves": [{"candidate_id": who, "to_stage": stage} for who, stage in moves]}
    stages = await UnitSources(FakeUnits({"projects.stage_history": told})).stages("proj_1")
    assert list(stages.items()) == [("c2", "shortlisted"), ("c3", "withdrawn"), ("c1", "rejected")]


async def test_who_remains_of_many_people_is_asked_in_parts() -> None:
    def merged(given: dict[str, Any]) -> dict[str, Any]:
        return {"remaining": {one: f"of {one}" for one in given["candidate_ids"] if one.endswith("999")}}

    units = FakeUnits({"candidates.merged_candidates": merged})
    told = await UnitSources(units).remaining([f"c{n}" for n in range(6_000)])
    assert sorted(told) == ["c1999", "c2999", "c3999", "c4999", "c5999", "c999"]
    assert [len(asked["candidate_ids"]) for asked in units.inputs("candidates.merged_candidates")] == [
        5_000,
        1_000,
    ]


async def test_runners_up_of_other_projects_are_asked_for() -> None:
    units = FakeUnits({"projects.runners_up": {"candidate_ids": ["c1", "c2"]}})
    assert await UnitSources(units).runners_up("proj_1") == ["c1", "c2"]
    assert units.inputs("projects.runners_up")[0]["but"] == "proj_1"


async def test_people_are_asked_for_by_the_weights_that_were_approved_and_as_usual_by_none() -> None:
    units = FakeUnits({"recruiter_search.search_candidates": {"hits": [], "total": 0}})
    query = LIKE_SEVEN.model_copy(update={"similar_to": None})
    for weights in (RankingWeights(), RankingWeights(recency=0.0, words=2)):
        await UnitSources(units).people(query.ranked(weights), [], 10)
    usual, approved = units.inputs("recruiter_search.search_candidates")
    assert "ranking" not in usual
    assert approved["ranking"] == {"words": 2.0, "recency": 0.0}


async def test_a_long_shortlist_is_read_to_its_end() -> None:
    def page(given: dict[str, Any]) -> dict[str, Any]:
        number = int(given.get("cursor", "1"))
        entry = {"candidate_id": f"c{number}", "recommendation": "good_match"}
        return {"entries": [entry], "next_cursor": ["2", None][number - 1]}

    listed = await UnitSources(FakeUnits({"projects.get_shortlist": page})).listed(
        RequirementsRef(project_id="proj_1", revision=2)
    )
    assert [one.candidate_id for one in listed] == ["c1", "c2"]


def test_a_project_can_weigh_all_that_search_weighs_and_nothing_else() -> None:
    assert RankingWeights.model_fields.keys() == Ranking.model_fields.keys()
