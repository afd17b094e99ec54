"""What a recruiter wants for every role: read from their words, applied where a role leaves room for it."""

import pytest

from supervisor.core.wishes import WishMessage, applying, read_wish


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("Always remote.", "remote"),
        ("From now on, add a driving licence", "add a driving licence"),
        ("Remember that Python is a must-have", "Python is a must-have"),
        ("I always hire in Berlin", "in Berlin"),
        ("by default: hybrid", "hybrid"),
        ("for all my roles, ask for German", "ask for German"),
    ],
)
def test_a_standing_wish_is_kept_as_one_would_say_it_of_one_role(said: str, wish: str) -> None:
    assert read_wish(said) == WishMessage("keep", wish)


@pytest.mark.parametrize(
    "said",
    [
        "make it remote",
        "Registered nurse in Denver, always on night shift",
        "forget about travel",
        "why is candidate 3 a match?",
        "always " + "very " * 60,
        "I only need a nurse",
    ],
)
def test_what_is_about_one_role_is_not_kept(said: str) -> None:
    assert read_wish(said) is None


def test_forgetting_names_one_wish_or_all() -> None:
    assert read_wish("forget that in Berlin") == WishMessage("forget", "in Berlin")
    assert read_wish("Forget everything.") == WishMessage("forget")


def test_what_a_role_says_of_its_place_goes_before_what_is_usual() -> None:
    wishes = ["in Berlin", "remote", "Python is a must-have"]

    assert applying(wishes, "A nurse for our ward") == wishes
    assert applying(wishes, "A nurse in Oslo") == ["remote", "Python is a must-have"]
    assert applying(wishes, "A nurse in Oslo, on-site") == ["Python is a must-have"]
