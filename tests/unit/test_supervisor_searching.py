"""What a message says of a search in the pool, and how it changes the query."""

import pytest

from supervisor.core.intents import Intent, Refine, Search, StartGoal, read
from supervisor.core.searching import (
    Change,
    Drop,
    Edit,
    FollowUp,
    MakeRole,
    More,
    News,
    Save,
    Silence,
    looked_for,
    read_follow_up,
    typed,
)
from supervisor.core.talent_query import TalentQuery

ASKED = TalentQuery(
    terms=[
        "title:engineer",
        "skill:Rust",
        'location:"Berlin, Germany"',
        "industry:Banking",
        "NOT current_company:Acme",
    ],
    filters={"min_years": 5.0, "languages": [{"code": "de", "at_least": "B2"}]},
)


def idle(text: str, *, searching: bool = False) -> Intent:
    return read(text, approval_pending=False, work_pending=False, searching=searching).intent


@pytest.mark.parametrize(
    "text",
    [
        "find me senior Rust engineers in Berlin who worked at a bank, not at Acme",
        "Show me everybody with Kafka in Lisbon",
        "search for nurses in Oslo",
        "list all welders near Lyon",
        "How many Go engineers are there in Hamburg?",
        "do we have anybody who speaks Norwegian",
        "python AND NOT java title:engineer",
        "(skill:spark OR skill:flink) AND position:(title:engineer held:past)",
        "query: skill:Rust",
        "years:>=5",
    ],
)
def test_looking_somebody_up_is_a_search_whether_work_goes_on_or_not(text: str) -> None:
    assert idle(text) == Search(text)
    assert read(text, approval_pending=True, work_pending=True).intent == Search(text)


@pytest.mark.parametrize(
    "text",
    [
        "find a nurse for Oslo",
        "hire Rust engineers in Berlin",
        "We need a data engineer",
        "DATA ENGINEER AND MORE",
    ],
)
def test_a_role_still_starts_the_main_job(text: str) -> None:
    assert isinstance(idle(text), StartGoal)


@pytest.mark.parametrize(
    "text", ["show me the plan", "give me a status", "tell me more", "show me candidate 3"]
)
def test_what_is_asked_about_the_work_is_no_search(text: str) -> None:
    assert not isinstance(idle(text), Search)


def test_a_change_of_requirements_in_upper_case_stays_one() -> None:
    assert read("add Kafka AND Spark", approval_pending=False, work_pending=True).intent == Refine(
        "add Kafka AND Spark"
    )


def test_people_described_while_searching_are_looked_up() -> None:
    assert idle("senior nurses in Hamburg", searching=True) == Search("senior nurses in Hamburg")
    assert isinstance(idle("hire a nurse in Hamburg", searching=True), StartGoal)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("only those open to remote", Change("open to remote")),
        ("at least 5 years of Go", Change("at least 5 years of Go")),
        ("not from Acme", Change("not from Acme")),
        ("who worked at a bank", Change("who worked at a bank")),
        ("or Hamburg", Change("Hamburg", "or")),
        ("also in Hamburg", Change("in Hamburg", "also")),
        ("drop the bank", Drop("bank")),
        ("more", More()),
        ("show me the next ones", More()),
        ("query: skill:Rust OR skill:Go", Edit("skill:Rust OR skill:Go")),
        ("Tell me when new ones come", Save()),
        ("save this search as Rust people", Save("Rust people")),
        ("save it without alerts", Save("", alerts=False)),
        ("stop alerts", Silence()),
        ("who is new?", News()),
        ("make it a role", MakeRole()),
        ("what are you doing?", None),
        ("tell me at once about new applicants", None),
        ("hire a nurse in Oslo", None),
    ],
)
def test_a_message_after_a_search_is_read_as_a_change_of_it(text: str, meant: FollowUp | None) -> None:
    assert read_follow_up(text, on_table=True) == meant


@pytest.mark.parametrize("text", ["only hybrid", "drop German", "not from Acme", "more", "stop"])
def test_once_something_else_is_talked_about_such_words_are_not_about_the_search(text: str) -> None:
    assert read_follow_up(text, on_table=False) is None


def test_the_boolean_language_is_told_from_words() -> None:
    assert typed("find me python AND NOT java") == "python AND NOT java"
    assert typed("senior nurses in Oslo, not from Acme") is None
    assert looked_for("Please find me senior nurses in Oslo.") == "senior nurses in Oslo"


def test_what_the_boolean_language_cannot_say_is_kept_beside_an_edited_query() -> None:
    edited = ASKED.with_typed("skill:Go")

    assert edited.whole == {"expression": "skill:Go", "filters": ASKED.filters}
    assert [one.says for one in edited.beside()] == ["min years: 5", "languages: code de, at least B2"]


def test_a_narrowed_query_has_all_conditions_and_says_which_took_anothers_place() -> None:
    other = TalentQuery(terms=["work_mode:remote", "skill:Rust"], filters={"min_years": 8.0})

    after, told = ASKED.narrowed(other)

    assert after.terms == [*ASKED.terms, "work_mode:remote"]
    assert told == ["Added: work_mode:remote", "Now min years: 8, instead of 5"]
    assert ASKED.filters["min_years"] == 5.0


def test_an_alternative_widens_the_condition_of_its_kind_and_nothing_else() -> None:
    widened = ASKED.widened(TalentQuery(terms=['location:"Hamburg, Germany"']))

    assert widened is not None
    assert widened[0].terms[2] == '(location:"Berlin, Germany" OR location:"Hamburg, Germany")'
    assert ASKED.widened(TalentQuery(terms=["school:Fernhill"])) is None
    assert ASKED.widened(TalentQuery(filters={"min_years": 3})) is None


@pytest.mark.parametrize(
    ("words", "same", "gone"),
    [
        ("bank", ["industry:Banking"], "industry:Banking"),
        ("banks", [], "industry:Banking"),
        ("Acme", ["company:Acme"], "NOT current_company:Acme"),
        ("place", ['location:"Berlin, Germany"'], 'location:"Berlin, Germany"'),
    ],
)
def test_a_condition_is_dropped_by_any_words_that_name_it(words: str, same: list[str], gone: str) -> None:
    after, told = ASKED.without(words, TalentQuery(terms=same))

    assert told == [f"Dropped: {gone}"]
    assert after.terms == [term for term in ASKED.terms if term != gone]
    assert after.filters == ASKED.filters


def test_what_stands_beside_is_dropped_one_by_one() -> None:
    after, told = ASKED.without("the years", TalentQuery())

    assert told == ["Dropped: min years: 5"]
    assert after.filters == {"languages": ASKED.filters["languages"]}
    assert ASKED.without("the ponies", TalentQuery()) == (ASKED, [])


EITHER = TalentQuery(
    terms=[
        '(location:"Berlin, Germany" OR location:"Hamburg, Germany" OR location:Lisbon)',
        "skill:(Rust OR Go)",
        "NOT company:(Acme OR Bolt)",
        '((title:nurse AND skill:"wound care") OR title:midwife)',
    ]
)


@pytest.mark.parametrize(
    ("words", "same", "before", "after"),
    [
        ("Hamburg", ['location:"Hamburg, Germany"'], 0, '(location:"Berlin, Germany" OR location:Lisbon)'),
        (
            "Berlin or Hamburg",
            ['(location:"Berlin, Germany" OR location:"Hamburg, Germany")'],
            0,
            "location:Lisbon",
        ),
        ("those in Germany", [], 0, "location:Lisbon"),
        ("Lisbon and Hamburg", [], 0, 'location:"Berlin, Germany"'),
        ("location", [], 0, None),
        ("Go", ["skill:Go"], 1, "skill:Rust"),
        ("Bolt", ["company:Bolt"], 2, "NOT company:Acme"),
        ("midwives", ["title:midwife"], 3, '(title:nurse AND skill:"wound care")'),
    ],
)
def test_of_alternatives_only_those_are_dropped_that_are_named(
    words: str, same: list[str], before: int, after: str | None
) -> None:
    left, told = EITHER.without(words, TalentQuery(terms=same))

    assert left.terms == [*EITHER.terms[:before], *([after] if after else []), *EITHER.terms[before + 1 :]]
    assert {one.partition(": ")[0] for one in told} == {"Dropped"}


def test_what_is_left_of_unwanted_alternatives_is_unwanted_still() -> None:
    asked = TalentQuery(terms=["NOT (company:Acme OR company:Bolt OR school:Fernhill)"])

    assert asked.without("Bolt", TalentQuery())[0].terms == ["NOT (company:Acme OR school:Fernhill)"]


def test_limits_are_told_with_what_they_limit() -> None:
    query = TalentQuery(terms=["title:nurse", "years:>=5", "NOT months_in_role:3..6"])

    assert query.brief() == "nurse, years >=5, not months in role 3..6"


def test_a_query_is_told_as_a_few_words_to_whoever_begins_a_role_with_it() -> None:
    edited = ASKED.model_copy(update={"exclude": {"worked_in": ["Oslo"]}})

    assert edited.brief() == (
        "engineer, Rust, Berlin, Germany, Banking, min years 5, languages code de, at least B2, "
        "not Acme, not worked in Oslo"
    )
    assert edited.unwanted() == ["not Acme", "not worked in: Oslo"]
