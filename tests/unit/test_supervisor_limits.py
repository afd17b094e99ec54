"""Deadlines, how many people to look at, hours to work in, what goes first and pauses of all work: in words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from supervisor.core.intents import Decide, Limit, read
from supervisor.core.limiting import read_limits, split_limits
from supervisor.core.limits import BUDGET, FOUND, LIMITS, LOOKED, Limits, bounded, changed, confirmation, over
from supervisor.core.models import Fact
from supervisor.core.ordering import First, Rest, Wake, meant, read_first, read_rest

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)  # a Saturday
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        ("be done by 17:00", {"deadline": at(21, 17)}),
        ("Please be done by 5 pm.", {"deadline": at(21, 17)}),
        ("finish before noon", {"deadline": at(22, 12)}),
        ("you have half an hour", {"deadline": NOW + timedelta(minutes=30)}),
        ("I need it by Friday", {"deadline": at(27, 9)}),
        ("be done by the end of the week", {"deadline": at(27, 18)}),
        ("stop at 18:30", {"deadline": at(21, 18, 30)}),
        ("look at no more than 500 people", {"people": 500}),
        ("don’t look at more than 1,200", {"people": 1200}),
        ("do it tonight", {"window": "20:00-06:00 Europe/Berlin"}),
        ("only at night", {"window": "20:00-06:00 Europe/Berlin"}),
        ("not during office hours", {"window": "18:00-08:00 Europe/Berlin"}),
        ("judge only between 22:00 and 6:00", {"window": "22:00-06:00 Europe/Berlin"}),
        ("be done by 17:00, at most 500 people", {"deadline": at(21, 17), "people": 500}),
        ("take your time", {"deadline": None}),
        ("do it now", {"window": None}),
        ("stop", None),
        ("finish it by 25:00", None),
        ("at most 5 years of experience", None),
        ("make Python a nice-to-have", None),
        ("hire a nurse by 17:00", None),
    ],
)
def test_limits_are_read_from_messages_that_say_nothing_else(
    said: str, limits: dict[str, Any] | None
) -> None:
    assert read_limits(said, NOW, BERLIN) == limits


def test_what_is_known_to_be_about_limits_is_read_more_freely() -> None:
    assert read_limits("better let it run at night, when nobody works", NOW, BERLIN, loose=True) == {
        "window": "20:00-06:00 Europe/Berlin"
    }


@pytest.mark.parametrize(
    ("brief", "rest", "said"),
    [
        ("hire a nurse in Oslo, be done by 17:00", "hire a nurse in Oslo", {"deadline": at(21, 17)}),
        ("Evaluate 9 people by 17:00 for:\nCook", "Evaluate 9 people for:\nCook", {"deadline": at(21, 17)}),
        ("hire a night nurse, only at night", "hire a night nurse, only at night", {}),
    ],
)
def test_a_role_may_be_begun_with_its_limits(brief: str, rest: str, said: dict[str, Any]) -> None:
    assert split_limits(brief, NOW, BERLIN) == (rest, said)


def test_what_was_understood_is_said_back_with_its_time_zone() -> None:
    said = {"deadline": at(23, 9), "people": 500, "window": "20:00-06:00 Europe/Berlin"}
    limits = changed(Limits(), said, "Europe/Berlin")

    assert confirmation(limits, said, NOW) == (
        "I will be done by 09:00 on Monday, 23 November (Europe/Berlin) and hand over what there is by then. "
        "I will look at no more than 500 people. "
        "I will judge only from 20:00 to 06:00 (Europe/Berlin); the next of these hours begin at 20:00 today."
    )
    assert limits.words(NOW) == (
        "until 09:00 on Monday, 23 November, only from 20:00 to 06:00, at most 500 people (Europe/Berlin)"
    )


def test_hours_that_begin_after_the_deadline_are_pointed_out() -> None:
    said = {"deadline": at(21, 17), "window": "20:00-06:00 Europe/Berlin"}

    assert "nobody would be judged" in confirmation(changed(Limits(), said, "Europe/Berlin"), said, NOW)


def test_people_are_counted_over_all_rounds() -> None:
    facts = {
        LIMITS: Fact.of(LIMITS, Limits(people=120).model_dump(mode="json")),
        FOUND: Fact.of(FOUND, {"total": 50, "round": 2}),
        LOOKED: Fact.of(LOOKED, 100),
    }

    assert bounded(facts, 50)[BUDGET].value == {"candidates": 70}
    assert bounded(facts, 50)["sourcing.batch"].value == 20
    assert over(facts, NOW) is None
    assert over(facts | {LOOKED: Fact.of(LOOKED, 120)}, NOW)


def test_a_yes_may_come_with_limits() -> None:
    assert read("yes, be done by 17:00", approval_pending=True, work_pending=True).intent == Decide(
        approved=True, reason="", limits="be done by 17:00"
    )
    assert read("only at night", approval_pending=True, work_pending=True).intent == Limit("only at night")


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("pause my agent", Rest()),
        ("stop everything until Monday 9:00", Rest(at(23, 9))),
        ("pause everything for 2 hours", Rest(NOW + timedelta(hours=2))),
        ("take a break until next week", Rest(at(23, 9))),
        ("stop everything until the cows come home", Rest(unclear="until the cows come home")),
        ("resume everything", Wake()),
        ("pause", None),
        ("stop", None),
        ("wait for me", None),
    ],
)
def test_a_pause_of_all_work_is_told_from_one_of_a_run(said: str, meaning: Any) -> None:
    assert read_rest(said, NOW, BERLIN) == meaning


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("do the nurse role first", First("nurse")),
        ("do this first", First("")),
        ("the data engineer goes first", First("data engineer")),
        ("do both at once", First(None)),
        ("the first one", None),
        ("make Python first", None),
    ],
)
def test_which_role_goes_first_is_read_by_its_title(said: str, first: First | None) -> None:
    assert read_first(said) == first


def test_a_title_that_is_named_whole_goes_before_one_that_holds_the_words() -> None:
    assert meant("nurse", {"a": "Shortlist for: nurse", "b": "Shortlist for: nurse in Oslo"}) == ["a"]
