"""Figures of a small made market, each known beforehand."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from servers.talent_insights.core.abilities import AbilityQuestions
from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.pay_questions import PayQuestions
from servers.talent_insights.core.remote import RemoteQuestions
from servers.talent_insights.core.segments import Segment, WorkSegment
from servers.talent_insights.core.status import status
from servers.talent_insights.core.supply import SupplyQuestions
from servers.talent_insights.core.work import WorkQuestions, within
from shared.kernel.errors import InvalidInput
from tests.support.market import TENANT, caught_up, desk_on, people, postings
from tests.support.talent import FakeFeed


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Desk]:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    async with desk_on(Path(tmp_path_factory.mktemp("market")), feed, postings()) as opened:
        await caught_up(opened)
        yield opened


async def test_supply_and_demand_are_counted_with_their_ratio(desk: Desk) -> None:
    role = Segment(occupation="Data engineer", place="Berlin", skills=["Python"])
    supply = await SupplyQuestions(desk).supply(TENANT, role, "company", 10)
    assert (supply.people, supply.open_postings, supply.posted_last_year) == (40, 5, 7)
    assert supply.people_per_posting == 8.0
    assert [(g.label, g.people, g.share) for g in supply.groups] == [("Acme Data", 40, 1.0)]
    assert (supply.basis.n, supply.basis.as_of, supply.basis.complete) == (40, "2026-06-01", True)


async def test_everybody_is_counted_by_each_dimension(desk: Desk) -> None:
    questions = SupplyQuestions(desk)

    async def by(dimension: str) -> dict[str, int]:
        supply = await questions.supply(TENANT, Segment(), dimension, 50)  # type: ignore[arg-type]
        return {group.value: group.people for group in supply.groups}

    assert await by("country") == {"DE": 62, "FR": 38}
    assert await by("occupation") == {"data-engineer": 88, "registered-nurse": 12}
    assert await by("work_mode") == {"on site": 90, "remote": 10}
    skills = await by("skill")
    assert (skills["python"], skills["kubernetes"], skills["sql"]) == (70, 24, 30)


async def test_what_a_requirement_costs_is_told(desk: Desk) -> None:
    role = Segment(occupation="Data engineer", place="Berlin", skills=["Python", "Kubernetes"])
    answer = await SupplyQuestions(desk).what_if(TENANT, role)
    relaxed = {change.change: (change.people, change.gained) for change in answer.relax}
    assert answer.people == 24
    assert relaxed["drop Kubernetes"] == (40, 16)
    assert relaxed["drop Python"] == (24, 0)
    assert relaxed["drop in Berlin, Germany"] == (24, 0)


async def test_two_requirements_that_keep_people_out_together_are_told(desk: Desk) -> None:
    questions = SupplyQuestions(desk)
    role = Segment(occupation="Data engineer", place="Berlin", skills=["Python", "Kubernetes"])
    first = (await questions.what_if(TENANT, role)).relax_two[0]
    assert (first.change, first.people, first.gained) == ("drop in Berlin, Germany and Kubernetes", 70, 46)
    nobody = await questions.what_if(TENANT, Segment(skills=["Java", "Kubernetes", "Python"]))
    assert nobody.people is None
    assert [(change.change, change.people) for change in nobody.relax_two] == [
        ("drop Java and Kubernetes", 70),
        ("drop Kubernetes and Python", 18),
    ]


async def test_the_remote_share_of_people_and_of_postings_is_told(desk: Desk) -> None:
    share = await RemoteQuestions(desk).share(TENANT, Segment(), "occupation", 10)
    assert (share.people, share.remote, share.share) == (100, 10, 0.1)
    assert (share.open_postings, share.remote_postings, share.posted_share) == (6, 0, 0.0)
    assert [(g.value, g.people, g.remote, g.share) for g in share.groups] == [
        ("data-engineer", 88, 10, 0.1136)
    ]
    assert (share.basis.n, share.basis.as_of) == (100, "2026-06-01")
    few = await RemoteQuestions(desk).share(TENANT, Segment(occupation="Registered nurse"), "country", 10)
    assert (few.people, few.remote, few.groups) == (None, None, [])


async def test_time_shows_who_did_the_work_when(desk: Desk) -> None:
    shown = await SupplyQuestions(desk).over_time(TENANT, WorkSegment(company="Acme Data"))
    assert [(p.month, p.people) for p in shown.points] == [
        ("2023-06", None),
        ("2023-12", None),
        ("2024-06", 40),
        ("2024-12", 40),
        ("2025-06", 40),
        ("2025-12", 40),
        ("2026-06", 40),
    ]


async def test_places_with_many_people_and_few_postings_come_first(desk: Desk) -> None:
    best = await SupplyQuestions(desk).best_places(TENANT, Segment(occupation="Data engineer"), "country", 5)
    assert [(p.value, p.people, p.open_postings) for p in best.places] == [("FR", 38, 0), ("DE", 50, 5)]
    assert [[pay.median for pay in place.pay] for place in best.places] == [[], [70_000]]


async def test_flows_say_who_wins_people_from_whom(desk: Desk) -> None:
    questions = WorkQuestions(desk)
    largest = await questions.flows(TENANT, "company", None, WorkSegment(), 36, 10)
    won = await questions.flows(TENANT, "company", "Kestrel Foods", WorkSegment(), 36, 10)
    lately = await questions.flows(TENANT, "company", None, WorkSegment(), 12, 10)
    places = await questions.flows(TENANT, "place", None, WorkSegment(), 36, 10)
    assert [(f.origin.label, f.target.label, f.people) for f in largest.flows] == [
        ("Kestrel Foods", "Acme Data", 20),
        ("Cobalt Works", "Amber Bank", 10),
    ]
    assert [(e.other.label, e.won, e.lost) for e in won.exchanges] == [("Acme Data", None, 20)]
    assert [(f.origin.label, f.people) for f in lately.flows] == [("Cobalt Works", 10)]
    assert [(f.origin.label.split(",")[0], f.target.label.split(",")[0], f.people) for f in places.flows] == [
        ("Paris", "Berlin", 20)
    ]


async def test_employers_are_compared_by_growth_hiring_attrition_and_tenure(desk: Desk) -> None:
    trends = await WorkQuestions(desk).trends(TENANT, "company", None, WorkSegment(), "headcount", 10)
    groups = {group.label: group for group in trends.groups}
    cobalt = groups["Cobalt Works"]
    assert [group.label for group in trends.groups][:2] == ["Acme Data", "Kestrel Foods"]
    assert (cobalt.headcount, cobalt.departed) == (8, 10)
    assert (cobalt.headcount_before, cobalt.attrition_rate) == (18, round(10 / 13, 4))
    assert groups["Acme Data"].median_tenure_months == 30
    assert (groups["Amber Bank"].headcount, groups["Amber Bank"].hired) == (10, 10)


async def test_all_employers_within_limits_are_named_by_the_figures_that_are_told(desk: Desk) -> None:
    questions = WorkQuestions(desk)
    large = await questions.employers(TENANT, lambda one: within(one.headcount, 10, None))
    shrunk = await questions.employers(TENANT, lambda one: within(one.growth, None, -0.1))
    everybody = await questions.trends(TENANT, "company", None, WorkSegment(), "headcount", 100)
    told = {group.value: group for group in everybody.groups}
    assert large.employers == sorted(name for name, one in told.items() if one.headcount >= 10)
    assert shrunk.employers == [name for name, one in told.items() if (one.growth or 0) <= -0.1]
    assert "cobalt works" in shrunk.employers
    assert large.told == shrunk.told == len(told)


async def test_a_layoff_is_seen_and_growth_too(desk: Desk) -> None:
    signals = await WorkQuestions(desk).signals(TENANT, "company", 10)
    assert [(s.label, s.month, s.departed, s.share) for s in signals.layoffs] == [
        ("Cobalt Works", "2026-03", 10, round(10 / 18, 4))
    ]
    assert signals.fast_growth == []


async def test_schools_are_told_with_the_work_they_lead_to(desk: Desk) -> None:
    answer = await AbilityQuestions(desk).schools(TENANT, Segment(), None, 10)
    assert [(p.school.label, p.occupation.value, p.people) for p in answer.pipelines] == [
        ("Ashford University", "data-engineer", 30)
    ]


async def test_skills_that_go_together_and_skills_that_come_up_are_told(desk: Desk) -> None:
    adjacent = await AbilityQuestions(desk).adjacent(TENANT, "SQL", 10)
    emerging = await AbilityQuestions(desk).emerging(TENANT, Segment(), 10)
    together = {skill.value: (skill.people, skill.share) for skill in adjacent.skills}
    assert together["python"] == (30, 1.0)
    assert ("apache-flink", 10, None) in [(s.value, s.lately, s.earlier) for s in emerging.skills]


async def test_pay_is_a_years_in_its_currency(desk: Desk) -> None:
    answer = await PayQuestions(desk).pay(TENANT, Segment(), "occupation", 10)
    assert [(g.value, g.currency, g.postings, g.median) for g in answer.groups] == [
        ("data-engineer", "EUR", 6, 70_000)
    ]


async def test_the_status_says_what_is_counted(desk: Desk) -> None:
    said = await status(desk, TENANT)
    assert (said.people, said.postings, said.open_postings) == (100, 8, 6)
    assert (said.caught_up, said.people_seq, said.postings_behind) == (True, 100, 0)


@pytest.mark.parametrize("asked", ["age", "gender", "graduation_year"])
def test_a_protected_attribute_is_refused_with_the_reason(asked: str) -> None:
    with pytest.raises(ValueError, match="must not count"):
        Segment.model_validate({asked: "any"})


@pytest.mark.parametrize(
    ("segment", "field"),
    [
        (Segment(occupation="zzqx"), "occupation"),
        (Segment(place="Nowhereville"), "place"),
        (Segment(skills=["qqq"]), "skills"),
        (Segment(function="juggling"), "function"),
    ],
)
async def test_a_name_that_is_not_known_is_refused(desk: Desk, segment: Segment, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await SupplyQuestions(desk).supply(TENANT, segment, None, 5)
    assert caught.value.field == field
