"""What a message asks of the talent market, whom it is about, and how the answer is shown."""

from typing import get_args

import pytest

from servers.talent_insights.core import models as told
from supervisor.core.intents import AskMarket, Explain, Intent, Search, StartGoal, read
from supervisor.core.market import Insight, MarketQuestion, Span, read_market
from supervisor.market.card import Basis, MarketCard, Note, card_text
from supervisor.market.following import COMPARED
from supervisor.market.views import VIEWS

BASIS = {
    "as_of": "2026-11-02",
    "about": "Nurse",
    "n": 412,
    "how": "By heads.",
    "k": 5,
    "noise": 4,
    "complete": True,
}
GROUP = {"value": "oslo", "label": "Oslo"}


def idle(text: str) -> Intent:
    return read(text, approval_pending=False, work_pending=False).intent


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("How many nurses do we have by country?", MarketQuestion("talent_supply", "nurses", by="country")),
        (
            "how many nurses in Norway per city",
            MarketQuestion("talent_supply", "nurses in Norway", by="place"),
        ),
        (
            "supply and demand of welders by seniority",
            MarketQuestion("talent_supply", "welders", by="seniority"),
        ),
        ("How many people do we have by country?", MarketQuestion("talent_supply", by="country")),
        ("How scarce are Rust engineers?", MarketQuestion("talent_supply", "Rust engineers")),
        (
            "Where should we open an office for data engineers?",
            MarketQuestion("best_places", "data engineers"),
        ),
        ("best countries to hire nurses", MarketQuestion("best_places", "nurses", by="country")),
        ("Where do most welders live?", MarketQuestion("best_places", "welders")),
        ("Which companies do our nurses come from?", MarketQuestion("talent_flows", "nurses", by="company")),
        ("Who does Gallonox lose people to?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("talent flows between cities", MarketQuestion("talent_flows", by="place")),
        (
            "What would dropping SQL do to the pool of data engineers with SQL in Oslo?",
            MarketQuestion("pool_what_if", "data engineers with SQL in Oslo", change="SQL"),
        ),
        (
            "What if we dropped Kubernetes?",
            MarketQuestion("pool_what_if", change="Kubernetes", talked_of=True),
        ),
        ("Which requirement costs us the most people?", MarketQuestion("pool_what_if", talked_of=True)),
        ("What do nurses earn in Berlin?", MarketQuestion("posted_pay", "nurses in Berlin")),
        ("salary range for welders by country", MarketQuestion("posted_pay", "welders", by="country")),
        ("What do they earn?", MarketQuestion("posted_pay", talked_of=True)),
        ("Which skills are emerging among welders?", MarketQuestion("emerging_skills", "welders")),
        ("Which skills go with Kubernetes?", MarketQuestion("adjacent_skills", focus="Kubernetes")),
        ("Which schools do electricians come from?", MarketQuestion("school_pipelines", "electricians")),
        (
            "What share of software engineers work remotely?",
            MarketQuestion("remote_share", "software engineers"),
        ),
        (
            "Which companies are growing fastest?",
            MarketQuestion("workforce_trends", by="company", growth=True),
        ),
        ("attrition at Yarrowdale Health", MarketQuestion("workforce_trends", focus="Yarrowdale Health")),
        ("Who is laying people off?", MarketQuestion("market_signals")),
        ("How has the number of nurses changed?", MarketQuestion("supply_over_time", "nurses")),
        ("how is the market for this role?", MarketQuestion("role_market", talked_of=True)),
        ("Who is Gallonox losing people to?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("Which competitors poach from Gallonox?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("and who do they hire from?", MarketQuestion("talent_flows", talked_of=True)),
        ("Who do we lose people to?", MarketQuestion("talent_flows")),
        (
            "where do nurses go after leaving Gallonox?",
            MarketQuestion("talent_flows", "nurses", focus="Gallonox"),
        ),
        (
            "If I dropped the Kubernetes requirement, how many more data engineers would I get?",
            MarketQuestion("pool_what_if", "data engineers", change="Kubernetes"),
        ),
        (
            "What other skills do Kubernetes people usually have?",
            MarketQuestion("adjacent_skills", focus="Kubernetes"),
        ),
        ("What's the going rate for welders these days?", MarketQuestion("posted_pay", "welders")),
        ("nurse salaries in Vienna", MarketQuestion("posted_pay", "nurse in Vienna")),
        ("data engineers per country", MarketQuestion("talent_supply", "data engineers", by="country")),
        ("Is it hard to find nurses in Oslo?", MarketQuestion("talent_supply", "nurses in Oslo")),
        (
            "Has the number of nurses gone up since 2024?",
            MarketQuestion("supply_over_time", "nurses", span=Span(since=2024)),
        ),
        (
            "Is Gallonox growing?",
            MarketQuestion("workforce_trends", focus="Gallonox", growth=True),
        ),
        (
            "What do we have to pay for a welder in Paris?",
            MarketQuestion("posted_pay", "a welder in Paris"),
        ),
        ("Best country for recruiting welders?", MarketQuestion("best_places", "welders", by="country")),
        ("Number of accountants in Bern", MarketQuestion("talent_supply", "accountants in Bern")),
        ("Top employers of nurses", MarketQuestion("workforce_trends", "nurses", by="company")),
        ("How many open jobs are there for welders?", MarketQuestion("talent_supply", "welders")),
        (
            "How are welders split by seniority?",
            MarketQuestion("talent_supply", "welders", by="seniority"),
        ),
        ("Any layoffs lately?", MarketQuestion("market_signals")),
        ("Are you hiring?", None),
        ("stays at least 2 years per company", None),
        ("sort candidates by location", None),
        ("Show me salary trends for nurses", None),
        ("What does candidate 2 earn?", None),
        ("How many people did you evaluate?", None),
        ("Which candidates have the best evidence?", None),
        ("What if you look in Hamburg too?", None),
        ("drop Hamburg", None),
    ],
)
def test_a_question_about_the_market_names_the_figures_and_whom(
    text: str, asked: MarketQuestion | None
) -> None:
    assert read_market(text) == asked
    if asked:
        assert idle(text) == AskMarket(asked)
        assert read(text, approval_pending=True, work_pending=True).intent == AskMarket(asked)


def test_searches_roles_and_questions_about_the_work_stay_what_they_are() -> None:
    assert idle("How many nurses are there in Oslo?") == Search("How many nurses are there in Oslo?")
    assert isinstance(idle("We need a senior data engineer in Berlin"), StartGoal)
    assert idle("where are we?") == Explain("where are we?")
    assert read_market("What do nurses earn?\n" + "A posting. " * 40) is None


ANSWERS = {
    "pool_what_if": told.WhatIf(
        basis=told.Basis.model_validate(BASIS),
        people=312,
        relax=[told.Change(change="drop Kubernetes", people=1940, gained=1628)],
        tighten=[told.Change(change="add Go", people=None, gained=None)],
    ),
    "talent_supply": told.Supply(
        basis=told.Basis.model_validate(BASIS),
        people=412,
        open_postings=7,
        posted_last_year=9,
        people_per_posting=58.9,
        groups=[told.SupplyGroup(**GROUP, people=40, share=0.1, open_postings=2, people_per_posting=20)],
    ),
    "supply_over_time": told.SupplyOverTime(
        basis=told.Basis.model_validate(BASIS), points=[told.TimePoint(month="2026-04", people=31, posted=2)]
    ),
    "best_places": told.BestPlaces(
        basis=told.Basis.model_validate(BASIS),
        places=[
            told.PlaceToHire.model_validate(
                {
                    **GROUP,
                    "people": 40,
                    "share": 0.1,
                    "open_postings": 0,
                    "people_per_posting": None,
                    "score": 4,
                }
            )
        ],
    ),
    "remote_share": told.RemoteShare(
        basis=told.Basis.model_validate(BASIS),
        people=412,
        remote=103,
        share=0.25,
        open_postings=8,
        remote_postings=4,
        posted_share=0.5,
        groups=[
            told.RemoteGroup(
                **GROUP,
                people=40,
                remote=10,
                share=0.25,
                open_postings=0,
                remote_postings=0,
                posted_share=None,
            )
        ],
    ),
    "talent_flows": told.Flows(
        basis=told.Basis.model_validate(BASIS),
        flows=[told.Flow(origin=told.Group(**GROUP), target=told.Group(value="b", label="Bergen"), people=9)],
        exchanges=[told.Exchange(other=told.Group(**GROUP), won=9, lost=None, net=None)],
    ),
    "workforce_trends": told.WorkforceTrends(
        basis=told.Basis.model_validate(BASIS),
        groups=[
            told.Workforce(
                **GROUP,
                headcount=40,
                headcount_before=32,
                growth=0.25,
                hired=12,
                departed=4,
                hiring_rate=0.3,
                attrition_rate=0.1,
                median_tenure_months=30,
            )
        ],
    ),
    "market_signals": told.Signals(
        basis=told.Basis.model_validate(BASIS),
        layoffs=[told.Layoff(**GROUP, month="2026-08", departed=60, share=0.2, usual=2.5)],
        fast_growth=[],
    ),
    "adjacent_skills": told.AdjacentSkills(
        basis=told.Basis.model_validate(BASIS),
        skills=[told.AdjacentSkill(value="helm", label="Helm", people=20, share=0.4, lift=12.5)],
    ),
    "emerging_skills": told.EmergingSkills(
        basis=told.Basis.model_validate(BASIS),
        skills=[told.EmergingSkill(value="helm", label="Helm", lately=20, earlier=None, times=4)],
    ),
    "school_pipelines": told.SchoolPipelines(
        basis=told.Basis.model_validate(BASIS),
        pipelines=[
            told.Pipeline(
                school=told.Group(**GROUP),
                occupation=told.Group(value="n", label="Nurse"),
                people=9,
                share=0.1,
            )
        ],
    ),
    "posted_pay": told.Pay(
        basis=told.Basis.model_validate(BASIS),
        groups=[
            told.PayGroup(
                **GROUP,
                currency="NOK",
                postings=12,
                lower=5e5,
                median=6e5,
                upper=7e5,
                since="2025-01",
                until="2026-10",
            )
        ],
    ),
}


@pytest.mark.parametrize("insight", [name for name in get_args(Insight) if name != "role_market"])
def test_every_answer_of_talent_insights_is_shown_with_what_it_stands_on(insight: Insight) -> None:
    answer = ANSWERS[insight].model_dump(mode="json")
    view = VIEWS[insight]
    tables = view.tables(answer)
    card = MarketCard(
        title=view.title,
        told=view.told(answer),
        tables=tables,
        basis=Basis.model_validate(answer["basis"]),
        left=["by school"],
        refused=[Note(words="young", says="age must not count")],
    )
    text = card_text(card)
    assert tables
    assert "Counted on 2026-11-02 from 412." in text
    assert "by up to 4 on purpose" in text
    assert "By heads." in text
    assert "by school" in text
    assert "“young”: age must not count" in text
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def test_figures_that_would_tell_of_too_few_are_said_to_be_so() -> None:
    [relaxed, tighter] = VIEWS["pool_what_if"].tables(ANSWERS["pool_what_if"].model_dump(mode="json"))
    assert relaxed.rows == [["drop Kubernetes", "1,940", "+1,628"]]
    assert tighter.rows == [["add Go", "too few to tell", "too few to tell"]]


def test_what_can_be_compared_is_what_talent_insights_compares() -> None:
    known = {
        "talent_supply": told.PeopleDimension,
        "best_places": told.PlaceLevel,
        "remote_share": told.RemoteDimension,
        "talent_flows": told.FlowKind,
        "workforce_trends": told.WorkDimension,
        "market_signals": told.WorkDimension,
        "posted_pay": told.PayDimension,
    }
    assert {name: set(words.split()) for name, (_, words) in COMPARED.items()} == {
        name: set(get_args(values)) for name, values in known.items()
    }
