"""What a recruiter says about being told things, as rules."""

from datetime import time
from typing import Any

import pytest

from supervisor.core.times import read_time, read_zone
from supervisor.environment.nightly import Nightly
from supervisor.environment.offering import closest, picked, speaks_of_telling
from supervisor.environment.rules import TOPICS, Quiet, Rules, Topic
from supervisor.environment.wording import Said, Watch, read_said


def quiet(begins: int, ends: int) -> Quiet:
    return Quiet(begins=time(begins), ends=time(ends))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("tell me at 9:00", Said({"digest": time(9)}, dict.fromkeys(TOPICS, "digest"))),
        (
            "Please tell me everything every day at 9 am.",
            Said({"digest": time(9)}, dict.fromkeys(TOPICS, "digest")),
        ),
        ("don't disturb me after 18:00", Said({"quiet": quiet(18, 8)})),
        ("Don’t disturb me after 6 pm and before 7", Said({"quiet": quiet(18, 7)})),
        ("quiet hours 22:00 to 7:00", Said({"quiet": quiet(22, 7)})),
        ("do not bother me between 12 and 13", Said({"quiet": quiet(12, 13)})),
        ("don't message me at night", Said({"quiet": quiet(20, 8)})),
        ("no quiet hours", Said({"quiet": None})),
        ("don't disturb me on weekends", Said({"weekdays_only": True})),
        ("daily digest at 8", Said({"digest": time(8)})),
        ("send me a digest every morning at 7:30", Said({"digest": time(7, 30)})),
        ("tell me at once about new applicants", Said(topics={"applicants": "at_once"})),
        ("Let me know immediately when a candidate replies!", Said(topics={"replies": "at_once"})),
        ("from now on tell me about new applicants right away", Said(topics={"applicants": "at_once"})),
        ("don't tell me about moved candidates", Said(topics={"stages": "never"})),
        ("keep replies for the digest", Said(topics={"replies": "digest"})),
        ("tell me at once about new matches of my saved searches", Said(topics={"matches": "at_once"})),
        (
            "tell me about every application for all roles",
            Said(topics={"applicants": "at_once"}, watch=Watch("*")),
        ),
        ("what will you tell me about?", Said(asks=True)),
        ("my time zone is Europe/Berlin", Said({"zone": "Europe/Berlin"})),
        ("my time zone is new york", Said({"zone": "America/New_York"})),
        ("my timezone is Atlantis", Said(unknown_zone="atlantis")),
        (
            "My time zone is Lisbon and tell me at once about new applicants",
            Said({"zone": "Europe/Lisbon"}, {"applicants": "at_once"}),
        ),
        ("i'm in the Tokyo time zone", Said({"zone": "Asia/Tokyo"})),
        ("don't evaluate new applicants", Said({"evaluates": False})),
        ("follow the night nurse role", Said(watch=Watch("night nurse"))),
        ("watch all projects", Said(watch=Watch("*"))),
        ("stop watching proj_0a1", Said(watch=Watch("proj_0a1", stop=True))),
        ("reset my notification rules", Said(reset=True)),
        ("refresh the pipeline every night", Said(nightly=Nightly())),
        ("Please refresh all my roles every night at 3:00.", Said(nightly=Nightly("*", time(3)))),
        ("nightly refresh for the nurse role at 1 am", Said(nightly=Nightly("nurse", time(1)))),
        ("refresh it at 4:30 instead", Said(nightly=Nightly(at=time(4, 30)))),
        ("stop refreshing the nurse role", Said(nightly=Nightly("nurse", stop=True))),
        ("no more nightly refresh", Said(nightly=Nightly(stop=True))),
        ("tell me even if nothing changed", Said(unchanged=True)),
        ("don't tell me when nothing changed", Said(unchanged=False)),
        (
            "Don't disturb me after 18:00, daily digest at 8 and my time zone is Lisbon",
            Said({"quiet": quiet(18, 8), "digest": time(8), "zone": "Europe/Lisbon"}),
        ),
    ],
)
def test_what_a_recruiter_says_about_being_told_things_becomes_rules(message: str, said: Said) -> None:
    assert read_said(message) == said


@pytest.mark.parametrize(
    "message",
    [
        "tell me about candidate 3",
        "tell me about her profile",
        "tell me about the posting",
        "tell me why candidate 2 is not a match",
        "hire a nurse in Oslo",
        "stop",
        "pause",
        "no",
        "what are you doing?",
        "what will you do next?",
        "always remote",
        "from now on look in Berlin",
        "don't disturb me after 25:00",
        "Find a night nurse, who tells us at once about new symptoms",
        "daily digest at 8, and hire a nurse",
        "Data engineer\nquiet hours 9 to 17",
        "add: evaluates new applications of machine learning",
        "refresh my memory",
    ],
)
def test_what_speaks_of_something_else_is_left_to_others(message: str) -> None:
    assert read_said(message) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9", time(9)),
        ("9:05", time(9, 5)),
        ("12 am", time(0)),
        ("12pm", time(12)),
        ("6 p.m.", time(18)),
        ("24:00", time(0)),
        ("noon", time(12)),
        ("25", None),
        ("9:75", None),
        ("13 pm", None),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, at: time | None) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("name", "zone"),
    [("Berlin", "Europe/Berlin"), ("utc", "UTC"), ("europe/paris", "Europe/Paris"), ("x", None)],
)
def test_a_zone_is_known_by_its_name_or_its_city(name: str, zone: str | None) -> None:
    assert read_zone(name) == zone


def test_later_words_go_before_earlier_ones_and_a_reset_before_all() -> None:
    def said(message: str, rules: Rules) -> Rules:
        heard = read_said(message)
        assert heard is not None
        return heard.applied(rules)

    rules: Any = Rules()
    for message in (
        "don't tell me about replies",
        "tell me at once when somebody replies",
        "daily digest at 9",
    ):
        rules = said(message, rules)

    assert (rules.of("replies"), rules.digest) == ("at_once", time(9))
    assert said("reset my notification rules", rules) == Rules()


@pytest.mark.parametrize(
    ("message", "speaks"),
    [
        ("please don't bug me about that stuff", True),
        ("too many notifications", True),
        ("fewer notifications please", True),
        ("keep me posted", True),
        ("stop messaging me all the time", True),
        ("find a nurse who keeps patients informed", False),
        ("tell me about candidate 3", False),
    ],
)
def test_what_is_about_being_told_things_is_noticed_in_whatever_words(message: str, speaks: bool) -> None:
    assert speaks_of_telling(message) is speaks


def test_every_rule_that_is_offered_can_be_said() -> None:
    offered: list[list[Topic]] = [[], ["approvals"], ["postings"], ["profiles"], ["applicants"], ["matches"]]
    for message in ("don't bug me", "keep me posted", "stop messaging me about replies"):
        for lately in offered:
            sentences = closest(message, lately)
            assert all(read_said(sentence) for sentence in sentences)
            assert picked("the second one", sentences) == sentences[1]
            assert picked("7", sentences) is None
