"""The boolean language: what parses to what, and errors that point at the character."""

import pytest

from servers.recruiter_search.core.expression import (
    And,
    InField,
    Not,
    Or,
    Phrase,
    Word,
    parse_expression,
)
from shared.kernel.errors import InvalidInput


def _refusal(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_expression(text)
    return caught.value


def _caret(text: str) -> int:
    """Return the index in ``text`` that the caret of its refusal stands under."""
    _, shown, caret = _refusal(text).message.split("\n")
    return text.index(shown) + caret.index("^")


def test_and_binds_before_or() -> None:
    assert parse_expression("a1 OR b1 AND c1") == Or((Word("a1"), And((Word("b1"), Word("c1")))))


def test_words_side_by_side_are_joined_by_and() -> None:
    assert parse_expression("data engineer") == And((Word("data"), Word("engineer")))


def test_brackets_change_the_order() -> None:
    assert parse_expression("(a1 OR b1) c1") == And((Or((Word("a1"), Word("b1"))), Word("c1")))


def test_not_takes_what_follows_it() -> None:
    assert parse_expression("python AND NOT java") == And((Word("python"), Not(Word("java"))))


def test_not_may_stand_before_brackets() -> None:
    assert parse_expression("NOT (a1 b1)") == Not(And((Word("a1"), Word("b1"))))


def test_only_upper_case_operators_count() -> None:
    assert parse_expression("salt and pepper") == And((Word("salt"), Word("and"), Word("pepper")))


def test_quotes_make_a_phrase_whatever_their_shape() -> None:
    assert parse_expression('"data engineer"') == Phrase("data engineer")
    assert parse_expression("“data engineer”") == Phrase("data engineer")


def test_a_star_at_the_end_makes_a_prefix() -> None:
    assert parse_expression("engin*") == Word("engin", prefix=True)


def test_a_field_takes_a_word_a_phrase_or_a_group() -> None:
    assert parse_expression("title:nurse") == InField("title", Word("nurse"))
    assert parse_expression('Company:"Cobalt Works"') == InField("company", Phrase("Cobalt Works"))
    assert parse_expression("skill:(a1 OR b1)") == InField("skill", Or((Word("a1"), Word("b1"))))


def test_signs_belong_to_words() -> None:
    assert parse_expression("C++ C# .NET R&D") == And((Word("C++"), Word("C#"), Word(".NET"), Word("R&D")))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("python AND (java OR go", 11),
        ("python)", 6),
        ('title:"data engineer', 6),
        ("python AND", 7),
        ("python OR OR java", 10),
        ("AND python", 0),
        ("python AND ()", 12),
        ("en*gineer", 2),
        ("a*", 0),
        ("colour:red", 0),
        ("python NOT", 7),
        ("python && java", 7),
    ],
)
def test_an_error_points_at_the_character(text: str, at: int) -> None:
    assert _caret(text) == at
    assert _refusal(text).field == "expression"
    assert f"(character {at + 1})" in _refusal(text).message


def test_a_fault_far_right_in_a_long_expression_is_still_pointed_at() -> None:
    text = " OR ".join(f"word{i}" for i in range(40)) + " AND )"
    assert _caret(text) == len(text) - 1


def test_a_misspelt_field_is_answered_with_the_nearest_one() -> None:
    assert "title:" in (_refusal("titel:nurse").fix or "")


@pytest.mark.parametrize(
    "field", ["age", "gender", "nationality", "religion", "photo", "name", "graduation_year"]
)
def test_protected_attributes_are_no_fields_and_the_reason_is_said(field: str) -> None:
    assert "no ground for selection" in _refusal(f"python AND {field}:x").message


def test_endless_brackets_are_refused() -> None:
    assert "deeper" in _refusal("(" * 30 + "a1" + ")" * 30).message


def test_an_endless_expression_is_refused() -> None:
    assert "characters" in _refusal("word " * 1000).message


def test_an_empty_expression_is_refused() -> None:
    assert "empty" in _refusal("   ").message
