"""Which candidates a question is about, and what counts as a question."""

import pytest

from supervisor.core.intents import Control, Limit, SetAim, read
from supervisor.core.whom import about, asks, is_answer, named_in, places_in

NAMES = {1: "Rosus Farriquist", 2: "Ódile Brackenmoor", 3: "Tamsin Brackenmoor"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Why is candidate 3 a match?", [3]),
        ("why isn't #2 a match", [2]),
        ("Why is the third one not a match?", [3]),
        ("explain the 4th", [4]),
        ("Why is number two listed?", [2]),
        ("What about the last candidate?", [7]),
        ("Why is candidate 5 behind candidate 4?", [5, 4]),
        ("Compare candidates 2, 3 and 6", [2, 3, 6]),
        ("Does candidate 2 have 5 years of Python?", [2]),
        ("Does candidate 2 and 3 years?", [2]),
        ("Why do you ask for 5 years?", []),
        ("What are you doing, and why?", []),
    ],
)
def test_places_on_the_list_are_found_in_a_question(text: str, places: list[int]) -> None:
    assert places_in(text, last=7) == places


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Why is Rosus a match?", [1]),
        ("why not rosus farriquist", [1]),
        ("Is Odile Brackenmoor's German good enough?", [2]),
        ("What about Brackenmoor?", [2, 3]),
        ("What are you doing?", []),
    ],
)
def test_candidates_are_found_by_name_whatever_the_accents(text: str, keys: list[int]) -> None:
    assert named_in(text, NAMES) == keys


def test_a_question_names_the_qualification_it_is_about() -> None:
    statements = {"q1": "At least 3 years of experience with Python", "q2": "German at B1 or better"}

    assert about("Why does candidate 3 not meet Python?", statements) == ["q1"]
    assert about("Why is candidate 3 not a match?", statements) == []


@pytest.mark.parametrize("text", ["Why?", "what are you doing", "is she senior?", "Compare 1 and 2", "Oslo?"])
def test_a_question_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "only the best few",
        "give me as many as possible",
        "I need many",
        "be picky",
        "stop after 20 people",
        "finish by Friday",
        "evaluate at most 50 people",
        "pause",
        "please pause",
        "pause the search",
        "wait a moment",
        "pause until Monday",
        "stop",
        "continue",
    ],
)
def test_what_is_plainly_an_order_is_no_answer_to_a_question_that_waits(text: str) -> None:
    meant = read(text, approval_pending=False, work_pending=True).intent

    assert not is_answer(text)
    assert isinstance(meant, SetAim | Limit | Control)


@pytest.mark.parametrize(
    "text",
    [
        "many",
        "a handful",
        "20 people",
        "at most 20 people",
        "by Friday",
        "only nights",
        "only in Oslo",
        "5 years",
        "wait staff",
        "stop at Lyon on the way",
        "at most two days on site",
        "wait, it is Oslo",
        "no limit",
    ],
)
def test_what_may_be_what_was_asked_for_is_an_answer(text: str) -> None:
    assert is_answer(text)


@pytest.mark.parametrize(
    "text", ["approve", "Oslo", "make Python optional", "no, the grade is wrong", "W" * 400 + "?"]
)
def test_what_tells_or_decides_does_not_ask(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Oslo", True),
        ("yes", True),
        ("stop", False),
        ("why do you ask?", False),
        ("Pause.", False),
        (" ", False),
    ],
)
def test_an_answer_is_neither_a_question_back_nor_a_command(text: str, answers: bool) -> None:
    assert is_answer(text) is answers
