"""A question about the market is asked again with one thing changed, and what cannot be changed is said."""

from datetime import date
from typing import get_args

import pytest

from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.reader import read_words
from servers.talent_insights.core import models as told_of
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from supervisor.core.market import Change, MarketQuestion, Span, read_change, read_market
from supervisor.core.searching import read_follow_up
from supervisor.market.following import WITHIN, Asked, changed, months_back
from supervisor.market.segment import Whom, whom_of

TODAY = date(2026, 11, 22)
NAMES = Names(Taxonomy.compact())


def whom(words: str) -> Whom:
    query = read_words(words, NAMES).query.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return whom_of(query)


def asked(text: str, words: str = "") -> Asked:
    question = read_market(text)
    assert question
    about = whom(words or question.whom) if words or question.whom else Whom()
    return Asked.of(question, about)


def then(before: Asked, text: str) -> tuple[Asked, list[str]]:
    change = read_change(text)
    assert change, text
    return changed(before, change, whom(change.words) if change.words else Whom(), TODAY)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("and in Berlin?", Change("instead", "in Berlin")),
        ("What about Rust?", Change("instead", "Rust")),
        ("Rust?", Change("instead", "Rust")),
        ("and for data engineers?", Change("instead", "data engineers")),
        ("the same for welders in Bergen", Change("instead", "welders in Bergen")),
        ("Berlin instead", Change("instead", "Berlin")),
        ("in Berlin", Change("instead", "in Berlin")),
        ("only remote", Change("only", "remote")),
        ("and with at least 5 years", Change("only", "with at least 5 years")),
        ("and without Kubernetes?", Change("without", "Kubernetes")),
        ("per place instead", Change("by", by="place")),
        ("and by seniority?", Change("by", by="seniority")),
        ("and last year?", Change("span", span=Span(months=12))),
        ("and over the last two years?", Change("span", span=Span(months=24))),
        ("since 2025", Change("span", span=Span(since=2025))),
        ("and in 2024?", Change("span", span=Span(year=2024))),
    ],
)
def test_one_thing_is_changed_in_few_words(text: str, change: Change) -> None:
    assert read_change(text) == change


@pytest.mark.parametrize(
    "text",
    [
        "drop SQL",
        "or in Hamburg",
        "also Python",
        "more",
        "make it a role",
        "and tell me when new ones come",
        "query: skill:rust",
        "only the best few",
        "only at night",
        "and then?",
        "and who is new?",
        "thanks",
        "We need a data engineer in Berlin",
        "why?",
    ],
)
def test_what_is_said_of_a_search_or_of_the_work_changes_no_question(text: str) -> None:
    assert read_change(text) is None


def test_a_search_is_told_the_same_words_as_before() -> None:
    assert read_follow_up("only remote", on_table=True)
    assert read_follow_up("without Kubernetes", on_table=True)


@pytest.mark.parametrize(
    ("text", "said", "segment", "told"),
    [
        (
            "What do nurses earn in Oslo?",
            "and in Berlin?",
            {"occupation": "Registered nurse", "place": "Berlin, Germany"},
            ["Berlin, Germany instead of Oslo, Norway"],
        ),
        (
            "What do nurses earn in Oslo?",
            "and for data engineers?",
            {"occupation": "Data engineer", "place": "Oslo, Norway"},
            ["Data engineer instead of Registered nurse"],
        ),
        (
            "How scarce are data engineers with Python?",
            "what about Rust?",
            {"occupation": "Data engineer", "skills": ["Rust"]},
            ["Rust instead of Python"],
        ),
        (
            "How scarce are data engineers with Python?",
            "and with Rust?",
            {"occupation": "Data engineer", "skills": ["Python", "Rust"]},
            ["Now Python, Rust"],
        ),
        (
            "How scarce are data engineers with Python and SQL?",
            "and without SQL?",
            {"occupation": "Data engineer", "skills": ["Python"]},
            ["Without SQL"],
        ),
        (
            "How scarce are data engineers?",
            "only remote",
            {"occupation": "Data engineer", "remote": True},
            ["Now remote"],
        ),
        (
            "How scarce are people in software?",
            "and nurses?",
            {"occupation": "Registered nurse"},
            ["Registered nurse instead of software"],
        ),
    ],
)
def test_whom_it_is_about_changes_in_one_thing_and_the_rest_stays(
    text: str, said: str, segment: dict[str, object], told: list[str]
) -> None:
    before = asked(text)
    after, says = then(before, said)
    assert (after.segment, says) == (segment, told)
    assert after.question == before.question
    assert whom(after.whom.in_words()).segment == segment, "its words are read as the same again"


def test_what_was_not_counted_by_goes_with_what_takes_its_place() -> None:
    before = asked(
        "What do nurses earn in Oslo or Bergen?", "nurses in banking, with 4 years, in Oslo and not Java"
    )
    after, _ = then(before, "and with 5 years?")
    assert any("years of work" in one for one in before.whom.left)
    assert after.whom.left == [one for one in before.whom.left if "years of work" not in one]


def test_alternatives_go_with_what_takes_their_place_and_one_by_one() -> None:
    before = asked("What do nurses in Oslo or Bergen earn?")
    assert before.others == [("place", "Bergen, Norway")]
    elsewhere, _ = then(before, "and in Berlin?")
    one, told = then(before, "without Oslo")
    other, _ = then(before, "without Bergen")
    electricians, _ = then(before, "and electricians?")
    assert (elsewhere.segment["place"], elsewhere.others, elsewhere.whom.left) == ("Berlin, Germany", [], [])
    assert (one.segment["place"], one.others, told) == ("Bergen, Norway", [], ["Without Oslo, Norway"])
    assert (other.segment["place"], other.others, other.whom.left) == ("Oslo, Norway", [], [])
    assert electricians.others == before.others


@pytest.mark.parametrize(
    ("text", "said", "question"),
    [
        (
            "Which skills go with Kubernetes?",
            "what about Rust?",
            MarketQuestion("adjacent_skills", focus="Rust"),
        ),
        (
            "Who does Gallonox lose people to?",
            "and Yarrowdale?",
            MarketQuestion("talent_flows", focus="Yarrowdale"),
        ),
        (
            "Which cities does Oslo lose people to?",
            "and Berlin?",
            MarketQuestion("talent_flows", by="place", focus="Berlin, Germany"),
        ),
        (
            "What would dropping SQL do to the pool of data engineers with SQL and Python?",
            "and Python?",
            MarketQuestion("pool_what_if", "data engineers with SQL and Python", change="Python"),
        ),
        (
            "What would dropping SQL do to the pool of data engineers with SQL and Python?",
            "and without Python?",
            MarketQuestion("pool_what_if", "data engineers with SQL and Python", change="Python"),
        ),
        (
            "How scarce are nurses?",
            "per place instead",
            MarketQuestion("talent_supply", "nurses", by="place"),
        ),
        (
            "Which companies do nurses come from?",
            "and last year?",
            MarketQuestion("talent_flows", "nurses", by="company", span=Span(months=12)),
        ),
    ],
)
def test_what_it_asks_about_changes_as_well(text: str, said: str, question: MarketQuestion) -> None:
    before = asked(text)
    after, _ = then(before, said)
    assert (after.question, after.segment) == (question, before.segment)


def test_nurses_asked_of_an_employers_moves_are_whom_not_another_employer() -> None:
    after, told = then(asked("Who does Gallonox lose people to?"), "and for nurses?")
    assert (after.question.focus, after.segment) == ("Gallonox", {"occupation": "Registered nurse"})
    assert told == ["Now Registered nurse"]


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        ("Which skills go with Kubernetes?", "and in Berlin?", "does not count by “in Berlin”"),
        ("Who is laying people off?", "only nurses", "does not count by “nurses”"),
        ("How has the number of nurses changed?", "what about Rust?", "does not count by “Rust”"),
        ("best countries to hire nurses", "by seniority", "does not compare by seniority"),
        ("How is the market for this role?", "per city", "compares nothing else"),
        ("What do nurses earn?", "and last year?", "cannot be told of another time"),
        ("Which companies do nurses come from?", "since 2019", "36 months at most"),
        ("Which companies do nurses come from?", "and in 2024?", "one year alone"),
        ("How scarce are nurses?", "and without Kubernetes?", "“Kubernetes” was not asked for"),
        ("How scarce are nurses?", "and nurses?", "asked already"),
        ("How scarce are nurses?", "and grobbelwockers?", "nobody is counted by “grobbelwockers”"),
    ],
)
def test_what_cannot_be_changed_is_said(text: str, said: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        then(asked(text), said)


def test_a_time_is_the_shortest_that_holds_what_was_said() -> None:
    assert months_back("talent_flows", Span(months=18), TODAY) == 24
    assert months_back("talent_flows", Span(since=2025), TODAY) == 24
    assert months_back("supply_over_time", Span(since=2025), TODAY) == 22
    assert WITHIN["talent_flows"] == get_args(told_of.Within)
