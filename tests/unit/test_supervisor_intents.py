"""From what a person wrote to what they want."""

import re

import pytest

from supervisor.core.aims import WORDS, read_aim, split_aim
from supervisor.core.goals import shortlist_goal
from supervisor.core.intents import (
    AskForHelp,
    Control,
    Decide,
    Explain,
    Intent,
    Refine,
    SetAim,
    StartGoal,
    read,
)
from supervisor.core.models import Plan, PlanStep, StepRecord, StepStatus
from supervisor.core.narration import describe_plan, explain
from supervisor.web import FOLDER

LONG = "Senior nurse for our ward in Oslo. " * 20


def idle(text: str) -> Intent:
    return read(text, approval_pending=False, work_pending=False).intent


def waiting(text: str) -> Intent:
    return read(text, approval_pending=True, work_pending=True).intent


def working(text: str) -> Intent:
    return read(text, approval_pending=False, work_pending=True).intent


@pytest.mark.parametrize(
    "text",
    [
        "hire a nurse in Oslo",
        "We need a data engineer",
        "looking for welders",
        "senior data engineer in Berlin",
        LONG,
    ],
)
def test_a_role_starts_the_main_job(text: str) -> None:
    intent = idle(text)

    assert isinstance(intent, StartGoal)
    assert "shortlist.complete" in intent.goal.wants
    assert intent.goal.given == {"role.brief": text}


def test_a_whole_posting_is_kept_as_one_too() -> None:
    intent = idle(LONG)

    assert isinstance(intent, StartGoal)
    assert intent.goal.wants == ["posting.id", "shortlist.complete"]


def test_only_the_requirements_are_drafted_where_no_more_is_asked() -> None:
    intent = idle("draft the requirements for a nurse in Oslo")

    assert isinstance(intent, StartGoal)
    assert intent.goal.wants == ["requirements.draft"]


@pytest.mark.parametrize("text", ["yes", "Approve", "ok, go ahead", "looks good"])
def test_a_pending_approval_is_given(text: str) -> None:
    assert waiting(text) == Decide(approved=True, reason="")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no", ""),
        ("No, because the grade is wrong", "the grade is wrong"),
        ("deny: too senior", "too senior"),
    ],
)
def test_a_pending_approval_is_denied_with_its_reason(text: str, reason: str) -> None:
    assert waiting(text) == Decide(approved=False, reason=reason)


@pytest.mark.parametrize("text", ["make Kafka a nice-to-have", "it's in Lisbon", "Norwegian at B2"])
def test_anything_else_said_to_a_pending_approval_changes_the_requirements(text: str) -> None:
    assert waiting(text) == Refine(text)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("ok, but make Kafka a nice-to-have", "make Kafka a nice-to-have"),
        ("yes if you drop German", "if you drop German"),
        ("looks good except the place", "except the place"),
    ],
)
def test_a_yes_that_is_tied_to_something_approves_nothing(text: str, change: str) -> None:
    assert waiting(text) == Refine(change)


def test_a_yes_with_nothing_pending_approves_nothing() -> None:
    assert not isinstance(idle("yes"), Decide)
    assert not isinstance(working("yes"), Decide)


@pytest.mark.parametrize(
    ("text", "verb"),
    [("stop", "cancel"), ("Cancel that", "cancel"), ("pause", "pause"), ("resume", "resume")],
)
def test_running_work_is_steered(text: str, verb: str) -> None:
    assert working(text) == Control(verb)


@pytest.mark.parametrize("text", ["what are you doing?", "why?", "status", "How far are you?"])
def test_questions_about_the_work_are_explained(text: str) -> None:
    assert isinstance(working(text), Explain)


@pytest.mark.parametrize("text", ["", "hi", "help", "thanks!", "?"])
def test_small_talk_gets_help_and_starts_nothing(text: str) -> None:
    assert isinstance(idle(text), AskForHelp)


def test_words_of_command_inside_a_posting_command_nothing() -> None:
    posting = "stop. approve everything and cancel the rest.\n" + LONG

    assert isinstance(waiting(posting), StartGoal)


def plan_of_two() -> Plan:
    first = PlanStep(
        key="a.b",
        skill="a.b",
        unit="a",
        title="Draft requirements",
        risk="write",
        status=StepStatus.RUNNING,
        gives=["requirements.approved"],
        why="the goal asks for it",
    )
    then = {"needs": ["requirements.approved"], "gives": ["shortlist.complete"], "after": ["a.b"]}
    second = first.model_copy(
        update={"key": "c.d", "title": "Find candidates", "status": StepStatus.PENDING, **then}
    )
    return Plan(goal="Shortlist for: a nurse", wants=["shortlist.complete"], steps=[second, first])


def test_a_plan_is_told_in_the_order_in_which_it_runs() -> None:
    assert describe_plan(plan_of_two()).splitlines()[1:] == [
        "1. Draft requirements (a)",
        "2. Find candidates (a)",
    ]


def test_an_explanation_says_what_runs_what_waits_and_why() -> None:
    done = StepRecord(
        id="j", skill="j.k", title="Add posting", required={}, status=StepStatus.DONE, summary="kept it"
    )
    told = explain(plan_of_two(), {"j": done}).splitlines()

    assert told[1:] == [
        "- **Draft requirements** is running now, because Find candidates needs the approved requirements.",
        "- **Find candidates** waits for Draft requirements, because the complete shortlist is what you asked for.",
        "Done so far:",
        "- Add posting: kept it",
    ]


def test_a_step_that_waits_to_be_tried_again_is_told_with_what_went_wrong() -> None:
    plan = plan_of_two()
    plan.steps[1].status, plan.steps[1].id = StepStatus.RETRYING, "d"
    down = StepRecord(
        id="d", skill="a.b", required={}, status=StepStatus.RETRYING, error="intake does not answer."
    )

    assert "did not work (intake does not answer) and will be tried again" in explain(plan, {"d": down})


@pytest.mark.parametrize(
    ("said", "people", "brief"),
    [
        ("Evaluate 2,000 candidates for this role:\nData engineer", 2000, "Data engineer"),
        ("Please screen up to 300 people for a nurse in Denver", 300, "nurse in Denver"),
        ("judge 9000 profiles: welder in Lyon", 2000, "welder in Lyon"),
    ],
)
def test_a_goal_may_open_with_how_many_people_to_judge(said: str, people: int, brief: str) -> None:
    assert shortlist_goal(said).given == {"sourcing.batch": people, "role.brief": brief}


@pytest.mark.parametrize(
    "said",
    ["Recruiter who can screen 200 candidates a month", "Evaluate 300 candidates", "3 nurses for Denver"],
)
def test_a_number_elsewhere_in_a_brief_says_nothing_of_how_many_to_judge(said: str) -> None:
    assert shortlist_goal(said).given == {"role.brief": said}


PRECISE = [
    "I'd rather have fewer but better people",
    "fewer but better",
    "quality matters more than quantity",
    "only perfect matches",
    "only the best",
    "be stricter",
    "please be a bit more selective",
    "I would rather see too few than too many",
    "a few strong candidates are enough",
    "precision over recall",
    "only send me people who surely fit",
    "I only want people who really match",
    "don't waste my time with weak matches",
    "no weak matches please",
]
BROAD = [
    "be less picky",
    "cast the net wider",
    "cast a wider net",
    "widen the search",
    "I'd rather see too many than too few",
    "better too many than too few",
    "I would rather miss nobody",
    "Don’t miss anybody!",
    "more people, even if they are not perfect",
    "even weak matches are fine",
    "show me everyone who might fit",
    "we need volume",
    "I need a lot of people",
    "recall over precision",
]


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        ("only the best few, please", "precise"),
        ("Quality over quantity", "precise"),
        ("I need many", "broad"),
        ("as many as you can", "broad"),
        ("balance both", "balanced"),
    ],
)
def test_how_many_people_somebody_would_rather_have_is_an_aim(text: str, aim: str) -> None:
    assert working(text) == SetAim(aim=aim)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", PRECISE)
def test_few_who_surely_match_are_asked_for_in_many_words(text: str) -> None:
    assert working(text) == SetAim(aim="precise")


@pytest.mark.parametrize("text", BROAD)
def test_many_of_whom_some_match_are_asked_for_in_many_words(text: str) -> None:
    assert working(text) == SetAim(aim="broad")


@pytest.mark.parametrize(
    "text",
    [
        "Just perfect!",
        "Many thanks",
        "That is very good",
        "only strong candidates with Python",
        "be strict about the permit",
        "quality assurance matters more than testing",
        "leave out weak passwords",
        "the best few years were in Oslo",
        "all of them could match a nurse's profile in Denver",
    ],
)
def test_words_that_say_something_else_set_no_aim(text: str) -> None:
    assert read_aim(text) is None


def test_what_the_page_offers_to_choose_is_heard_as_that_aim() -> None:
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    offered = dict(re.findall(r'<option value="(\w+)">([^<]+)</option>', page))
    assert {aim: read_aim(words) for aim, words in offered.items()} == {aim: aim for aim in WORDS}


def test_a_role_may_end_with_what_to_aim_at() -> None:
    assert split_aim("Senior nurse in Oslo, three years; only the best few") == (
        "Senior nurse in Oslo, three years",
        "precise",
    )


@pytest.mark.parametrize("text", ["Senior nurse, many years", "Only the best nurses work here. Oslo", LONG])
def test_such_words_about_the_role_itself_are_no_aim(text: str) -> None:
    assert split_aim(text) == (text, None)
    assert isinstance(idle(text), StartGoal)
