"""Words about what other units know: sizes and growth of employers, stages of projects."""

from typing import Any

import pytest

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.elsewhere import asked_elsewhere
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.reader import ask_words, read_words
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy

NAMES = Names(Taxonomy.compact())
COMPILER = Compiler(NAMES)


def headcount(**limits: int) -> dict[str, Any]:
    return {"known_headcount": limits}


def growth(**limits: float) -> dict[str, Any]:
    return {"known_growth": limits}


def stage(*at: str) -> dict[str, Any]:
    return {"stage": {"project_id": "proj_0197", "at": list(at)}}


READINGS: list[tuple[str, dict[str, Any], str]] = [
    (
        "from companies with more than 500 people",
        {"filters": headcount(at_least=501)},
        "known_headcount:>=501",
    ),
    ("at a start-up of under 50", {"filters": headcount(at_most=49)}, "known_headcount:<=49"),
    ("at firms with 1,000+ employees", {"filters": headcount(at_least=1000)}, "known_headcount:>=1000"),
    ("at companies with over 2k staff", {"filters": headcount(at_least=2001)}, "known_headcount:>=2001"),
    ("500+ person companies", {"filters": headcount(at_least=500)}, "known_headcount:>=500"),
    (
        "at employers with 50 to 500 people",
        {"filters": headcount(at_least=50, at_most=500)},
        "known_headcount:50..500",
    ),
    (
        "not from companies with up to 20 people",
        {"exclude": headcount(at_most=20)},
        "NOT known_headcount:<=20",
    ),
    ("from fast-growing companies", {"filters": growth(at_least=0.2)}, "known_growth:>=20%"),
    ("from a growing company", {"filters": growth(at_least=0.01)}, "known_growth:>=1%"),
    ("from shrinking firms", {"filters": growth(at_most=-0.01)}, "known_growth:<=-1%"),
    (
        "at companies growing by more than 35% a year",
        {"filters": growth(at_least=0.35)},
        "known_growth:>=35%",
    ),
    (
        "companies with 500+ people or fast-growing companies",
        {"expression": "(known_headcount:>=500 OR known_growth:>=20%)"},
        "(known_headcount:>=500 OR known_growth:>=20%)",
    ),
    (
        "people who were in the interview stage of project proj_0197",
        {"filters": stage("interview")},
        "stage:proj_0197/interview",
    ),
    (
        "not already rejected or withdrawn in proj_0197",
        {"exclude": stage("rejected", "withdrawn")},
        "NOT stage:proj_0197/rejected,withdrawn",
    ),
    (
        "not in project proj_0197",
        {"exclude": {"engaged_in_projects": ["proj_0197"]}},
        'NOT engaged_in_project:"proj_0197"',
    ),
]


@pytest.mark.parametrize(("words", "expected", "typed"), READINGS, ids=[words for words, *_ in READINGS])
def test_words_about_what_others_know_are_read_and_typed(
    words: str, expected: dict[str, Any], typed: str
) -> None:
    told = read_words(words, NAMES)
    assert told.query.model_dump(mode="json", exclude_defaults=True) == expected
    assert (told.expression, told.not_in_expression, told.unread) == (typed, [], [])


@pytest.mark.parametrize(
    ("words", "typed"), [(w, t) for w, _, t in READINGS if "stage:" in t or "known_" in t]
)
def test_what_is_typed_asks_the_same_of_others_as_what_was_read(words: str, typed: str) -> None:
    read = read_words(words, NAMES).query
    assert [*asked_elsewhere(SearchQuery(expression=typed))] == [*asked_elsewhere(read)] != []


def test_that_a_size_is_no_true_size_and_a_stage_todays_is_said() -> None:
    [size] = read_words("at a start-up of under 50", NAMES).doubts
    assert "by how many of the people known here do" in size.taken
    [now] = read_words("interview in proj_0197", NAMES).doubts
    assert now.taken == "who stands there now"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("formerly at companies with more than 500 people", "newest employer only"),
        ("rejected in project Harbour Lights", "not one project of this name is known"),
    ],
)
def test_what_cannot_be_asked_sets_no_condition_and_is_said(words: str, said: str) -> None:
    told = read_words(words, NAMES)
    assert told.query == SearchQuery()
    assert [said in one.taken for one in told.doubts] == [True]
    assert [one.part for one in told.read] == ["nothing"]


@pytest.mark.parametrize("words", ["companies with 500 people", "large companies", "interview stage"])
def test_what_names_no_limit_or_project_stays_unread(words: str) -> None:
    assert read_words(words, NAMES).unread


@pytest.mark.parametrize(
    "words",
    [
        "start-ups under 50",
        "companies with under 30 year olds",
        "nobody over 50, from companies with over 50 people",
    ],
)
def test_an_age_beside_an_employer_is_still_refused(words: str) -> None:
    assert "age" in {one.attribute for one in read_words(words, NAMES).refused}


def test_people_beside_a_size_are_still_protected() -> None:
    told = read_words("companies with under 50 women", NAMES)
    assert "gender" in {one.attribute for one in told.refused}


async def test_a_project_is_known_by_its_name_where_projects_tells_one() -> None:
    async def called(name: str) -> list[str]:
        return {"Harbour Lights": ["proj_0197"], "Twin": ["proj_1", "proj_2"]}.get(name, [])

    named = await ask_words('rejected in project "Harbour Lights"', NAMES, None, called)
    twin = await ask_words("rejected in project Twin", NAMES, None, called)

    assert named.expression == "stage:proj_0197/rejected"
    assert (twin.expression, len(twin.doubts)) == (None, 1)


async def test_a_unit_that_is_away_is_said_and_the_rest_is_read() -> None:
    async def away(name: str) -> list[str]:
        raise Unavailable("the connection was refused")

    told = await ask_words("Python, rejected in project Harbour", NAMES, None, away)

    assert told.expression == "skill:Python"
    assert told.notes == ["Projects could not be asked for “Harbour”: the connection was refused"]
