"""Which searches a role calls for."""

import json
from typing import Any

import pytest

from servers.recruiter_search.core.models import Filters
from servers.sourcing.core.bandit import PRIORS
from servers.sourcing.core.leads import Market
from servers.sourcing.core.models import PlannedQuery, SearchArguments
from servers.sourcing.core.needs import read_needs
from servers.sourcing.core.portfolio import Portfolio
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind, Requirements
from tests.support.sourcing import role, skill

TAXONOMY = Taxonomy.compact()


def _plan(requirements: Requirements) -> list[PlannedQuery]:
    return Portfolio(read_needs(requirements, TAXONOMY), TAXONOMY).queries()


def _by_id(requirements: Requirements) -> dict[str, dict[str, Any]]:
    return {query.id: query.arguments.filters for query in _plan(requirements)}


def _five_years() -> Qualification:
    return Qualification(id="q9", statement="five years", kind=QualificationKind.EXPERIENCE, years=5)


def test_the_first_query_holds_everything_that_can_be_searched_for() -> None:
    wanted = role(
        skill("q1", "python"), skill("q2", "apache-spark", "apache-flink"), _five_years(), seniority="senior"
    )
    first = _plan(wanted)[0]
    assert first.arguments.filters == {
        "occupations": ["data-engineer"],
        "skill_groups": [["python"], ["apache-spark", "apache-flink"]],
        "min_years": 5,
        "seniority": ["mid", "senior", "lead"],
        "locations": ["Berlin"],
    }
    assert first.relaxed == []


def test_later_queries_say_what_they_no_longer_insist_on() -> None:
    plan = {q.id: q for q in _plan(role(skill("q1", "python"), skill("q2", "apache-spark")))}
    dropped = plan["without:q2:apache-spark"]
    assert dropped.relaxed == ["q2"]
    assert dropped.arguments.filters["skill_groups"] == [["python"]]
    assert "Spark" in dropped.label
    assert all(query.why for query in plan.values())


def test_all_of_several_skills_become_groups_of_their_own() -> None:
    filters = _by_id(role(skill("q1", "python", "sql", match="all")))["core"]
    assert filters["skill_groups"] == [["python"], ["sql"]]


def test_nice_to_haves_rank_and_exclude_nobody() -> None:
    wanted = role(skill("q1", "python"), skill("q2", "kubernetes", importance="nice_to_have"))
    assert all(
        "kubernetes" not in json.dumps(q.arguments.filters) for q in _plan(wanted) if q.id != "related_skills"
    )
    assert "kubernetes" in _plan(wanted)[0].arguments.prefer["skills"]


def test_near_skills_and_neighbouring_occupations_follow_the_strict_queries() -> None:
    ids = list(_by_id(role(skill("q1", "apache-spark"), skill("q2", "python"))))
    assert ids[:2] == ["core", "same_skills"]
    assert ids.index("related_skills") > ids.index("same_skills")
    assert any(i.startswith("adjacent:") for i in ids)
    assert ids.index("broad") > max(i for i, one in enumerate(ids) if one.startswith("adjacent:"))
    assert all(one.startswith(("net:", "unsaid:")) for one in ids[ids.index("broad") + 1 :])


def test_work_on_site_is_never_widened_to_other_places() -> None:
    plan = _plan(role(skill("q1", "python"), work_mode="on_site"))
    said = [q.arguments.filters for q in plan if not q.id.startswith("unsaid:")]
    assert {tuple(filters["locations"]) for filters in said} == {("Berlin",)}


def test_hybrid_work_is_widened_to_the_country_and_that_is_said() -> None:
    plan = {q.id: q for q in _plan(role(skill("q1", "python"), work_mode="hybrid", location="Munich"))}
    wider = plan["place:DE"]
    assert "not only Munich" in wider.label
    assert "hybrid work" in wider.why


def test_remote_work_asks_for_the_country_and_not_for_the_town() -> None:
    plan = _plan(role(skill("q1", "python"), work_mode="remote"))
    said = [q.arguments.filters for q in plan if not q.id.startswith("unsaid:")]
    assert all(filters.get("countries") == ["DE"] for filters in said)
    assert not any("locations" in q.arguments.filters for q in plan)


def test_a_degree_is_no_condition_where_experience_may_stand_in_for_it() -> None:
    def degree(*, either: bool) -> Qualification:
        kind = QualificationKind.EDUCATION
        return Qualification(
            id="q5", statement="a degree", kind=kind, degree="bachelor", or_equivalent_experience=either
        )

    assert _by_id(role(skill("q1", "python"), degree(either=False)))["core"]["degree"] == "bachelor"
    assert "degree" not in _by_id(role(skill("q1", "python"), degree(either=True)))["core"]


def test_languages_and_certificates_are_conditions() -> None:
    spoken = Qualification(
        id="q6", statement="German", kind=QualificationKind.LANGUAGE, language="de", language_level="B2"
    )
    licence = Qualification(
        id="q7", statement="PMP", kind=QualificationKind.CERTIFICATE, certificates=["pmp"]
    )
    core = _by_id(role(skill("q1", "python"), spoken, licence))["core"]
    assert core["languages"] == [{"code": "de", "at_least": "B2"}]
    assert core["certificates"] == ["pmp"]


def test_the_last_nets_leave_out_what_profiles_seldom_say() -> None:
    spoken = Qualification(
        id="q6", statement="English", kind=QualificationKind.LANGUAGE, language="en", language_level="C1"
    )
    nets = _by_id(role(skill("q1", "python"), spoken))
    assert nets["net:occupations"] == {"locations": ["Berlin"], "occupations": ["data-engineer"]}
    assert nets["net:skills"] == {"locations": ["Berlin"], "skills": ["python"]}
    assert nets["unsaid:occupations"] == {"countries": ["ZZ"], "occupations": ["data-engineer"]}
    assert nets["unsaid:skills"] == {"countries": ["ZZ"], "skills": ["python"]}


def test_a_title_alone_names_the_occupation() -> None:
    core = _by_id(role(skill("q1", "python"), title="Senior Registered Nurse", occupations=[]))["core"]
    assert core["occupations"] == ["registered-nurse"]


def test_a_role_without_anything_known_is_searched_by_its_words() -> None:
    plan = _plan(role(title="Chief Happiness Wizard", occupations=[]))
    assert [q.id for q in plan] == ["words"]
    assert plan[0].arguments.text == "Chief Happiness Wizard"


def test_the_same_role_always_gives_the_same_plan() -> None:
    wanted = role(skill("q1", "python"), skill("q2", "apache-spark"), _five_years())
    assert _plan(wanted) == _plan(wanted)


def test_no_two_queries_are_the_same() -> None:
    plan = _plan(role(skill("q1", "python")))
    assert len({q.arguments.model_dump_json() for q in plan}) == len(plan)


@pytest.mark.parametrize("attribute", ["age", "gender", "name", "birth", "photo", "nationality"])
def test_nothing_protected_is_ever_asked_for(attribute: str) -> None:
    plan = _plan(role(skill("q1", "python"), seniority="senior"))
    given = (q.arguments for q in plan)
    keys = {key for one in given for key in (*one.filters, *one.prefer, *one.exclude)}
    assert not any(attribute in key.split("_") for key in keys)


MARKET = Market(
    employers=["Cobalt Example Works", "Dune Example Systems"],
    origins=["Dune Example Systems", "Ember Example Labs"],
    laid_off=["Flint Example Bank"],
    schools=["Example Institute"],
    skills={"python": ["pandas"]},
)


def _led(requirements: Requirements, market: Market = MARKET) -> dict[str, PlannedQuery]:
    portfolio = Portfolio(read_needs(requirements, TAXONOMY), TAXONOMY, market, "proj_1", ["cand_3"])
    return {query.id: query for query in portfolio.queries()}


def test_the_market_leads_to_employers_and_schools_that_feed_such_work() -> None:
    plan = _led(role(skill("q1", "python")))
    fed = {id: query.arguments.filters for id, query in plan.items() if id.startswith("feeder:")}
    assert fed["feeder:employers"]["companies"] == ["Cobalt Example Works", "Dune Example Systems"]
    assert fed["feeder:origins"]["companies"] == ["Ember Example Labs"]
    assert fed["feeder:schools"]["schools"] == ["Example Institute"]
    assert plan["mover:laid_off"].arguments.filters["companies"] == ["Flint Example Bank"]
    assert all(
        "occupations" not in filters and filters["locations"] == ["Berlin"] for filters in fed.values()
    )
    assert "Cobalt Example Works" in plan["feeder:employers"].why


def test_what_goes_with_a_skill_in_this_pool_may_stand_in_for_it() -> None:
    groups = _led(role(skill("q1", "python")))["companion_skills"].arguments.filters["skill_groups"]
    assert groups == [["python", "pandas"]]


def test_without_market_knowledge_the_plan_lacks_only_what_comes_from_it() -> None:
    with_it, without = _led(role(skill("q1", "python"))), _led(role(skill("q1", "python")), Market())
    assert with_it.keys() - without.keys() == {
        "feeder:employers",
        "feeder:origins",
        "feeder:schools",
        "mover:laid_off",
        "companion_skills",
    }
    assert without.items() <= with_it.items()


def test_who_may_move_is_told_by_dates_and_by_what_they_say() -> None:
    plan = _led(role(skill("q1", "python")))
    dates = plan["mover:dates"].arguments.filters
    assert (dates["min_months_in_role"], dates["max_months_in_role"]) == (24, 72)
    assert plan["mover:open"].arguments.filters["open_to_work"] is True


def test_who_got_far_in_another_project_is_remembered_and_who_was_hired_is_not_asked() -> None:
    plan = _led(role(skill("q1", "python")))
    silver, noted = plan["past_projects:runners_up"].arguments, plan["past_projects"].arguments
    assert silver.filters == {"candidate_ids": ["cand_3"], "locations": ["Berlin"], "skills": ["python"]}
    assert noted.filters["engagement"] == ["meeting", "offer"]
    assert noted.exclude == {"engagement": ["hired"], "engaged_in_projects": ["proj_1"]}


def test_people_like_a_good_match_are_looked_for_where_the_work_is() -> None:
    portfolio = Portfolio(read_needs(role(skill("q1", "python")), TAXONOMY), TAXONOMY)
    query = portfolio.similar("cand_7")
    assert (query.similar_to, query.arguments.filters) == ("cand_7", {"locations": ["Berlin"]})
    assert "cand_7" not in query.label + query.why


def test_every_kind_of_query_has_something_expected_of_it() -> None:
    hybrid = role(
        skill("q1", "python"),
        skill("q2", "apache-spark"),
        seniority="senior",
        work_mode="hybrid",
        location="Munich",
    )
    plans = [_led(hybrid), _led(role(title="Wizard", occupations=[]))]
    portfolio = Portfolio(read_needs(role(skill("q1", "python")), TAXONOMY), TAXONOMY)
    added = [
        portfolio.similar("cand_7"),
        portfolio.insisting(read_needs(role(skill("q1", "python")), TAXONOMY).skills),
    ]
    ids = [query.id for plan in plans for query in plan.values()] + [query.id for query in added]
    assert {id.partition(":")[0] for id in ids} == PRIORS.keys()


def test_every_query_is_one_that_recruiter_search_understands() -> None:
    wanted = role(skill("q1", "python"), skill("q2", "apache-spark"), _five_years(), seniority="senior")
    asked = [query.arguments for query in _led(wanted).values()]
    similar = Portfolio(read_needs(wanted, TAXONOMY), TAXONOMY).similar("cand_7").arguments
    sent = [filters for one in [*asked, similar] for filters in (one.filters, one.prefer, one.exclude)]
    read = [Filters.model_validate(filters) for filters in sent]
    assert [bool(one.model_fields_set) for one in read] == [bool(filters) for filters in sent]


def test_a_plan_that_was_stored_under_an_earlier_name_of_a_filter_is_read_as_it_is_called_now() -> None:
    stored = {"filters": {"skills_any": ["python"], "countries": ["DE"]}}

    assert SearchArguments.model_validate(stored).filters == {"skills": ["python"], "countries": ["DE"]}
