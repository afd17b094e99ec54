"""From what a person wrote to what they want: by rules, and by a model's choice where they are not sure.

The rules look at how a message opens and at what is pending; they never act on text inside a posting.
A model only chooses among what is known here, and what is done is made of the person's own words. It can
neither approve, deny nor stop anything: that takes plain words, which the rules read.
"""

import re
from dataclasses import dataclass
from typing import Literal

from supervisor.core.aims import Aim, read_aim
from supervisor.core.goals import GOALS, POSTING_LENGTH, GoalKind, requirements_goal, shortlist_goal
from supervisor.core.limiting import sets_limits
from supervisor.core.market import MarketQuestion, is_question, read_market
from supervisor.core.models import Goal
from supervisor.core.searching import asks_to_search


@dataclass(frozen=True)
class StartGoal:
    """Begin something new."""

    goal: Goal


@dataclass(frozen=True)
class Search:
    """Look up who is in the pool, without beginning a role."""

    said: str


@dataclass(frozen=True)
class AskMarket:
    """Tell figures of the talent market."""

    question: MarketQuestion


@dataclass(frozen=True)
class Decide:
    """Answer the pending approval; ``limits`` are words about them that came with a yes."""

    approved: bool
    reason: str
    limits: str = ""


@dataclass(frozen=True)
class Explain:
    """Say what is being done and why; ``about`` narrows it to a candidate or a step."""

    about: str


@dataclass(frozen=True)
class Refine:
    """Change the requirements of the running work."""

    change: str


@dataclass(frozen=True)
class Control:
    """Pause, resume or cancel the running work."""

    verb: str


@dataclass(frozen=True)
class Limit:
    """Set or lift limits of the running work: until when, how many people, at which hours."""

    said: str


@dataclass(frozen=True)
class SetAim:
    """Have few people who surely match, or many of whom some do."""

    aim: Aim


@dataclass(frozen=True)
class AskForHelp:
    """Nothing recognisable: say what can be asked; ``unread``: it is a question, which is not understood."""

    unread: bool = False


@dataclass(frozen=True)
class AskToConfirm:
    """It may be meant as a decision, or as the end of the work: only plain words do that."""


Intent = (
    StartGoal
    | Search
    | AskMarket
    | Decide
    | Explain
    | Refine
    | Control
    | Limit
    | SetAim
    | AskForHelp
    | AskToConfirm
)


@dataclass(frozen=True)
class Reading:
    """What the rules make of a message, and whether its words leave no doubt."""

    intent: Intent
    sure: bool = True


Choice = (
    GoalKind
    | Literal["search", "market", "refine", "limits", "explain", "pause", "resume", "decision", "help"]
)
"""What a model may say a message asks for."""
_CHOICES_OF_WORK: frozenset[Choice] = frozenset(
    {"refine", "limits", "explain", "pause", "resume", "decision"}
)

_APPROVE = re.compile(r"^\s*(yes|yep|ok(ay)?|approved?|go ahead|looks good|lgtm|do it|confirm(ed)?)\b", re.I)
_DENY = re.compile(
    r"^\s*(no|nope|den(y|ied)|rejected?|refused?|don'?t|do not)\b[\s,.:;-]*(because|since)?\s*", re.I
)
_EXPLAIN = re.compile(
    r"^\s*(why|explain|what('s| is| are) (happening|going|you|the (plan|status))|status|how far|where are)\b",
    re.I,
)
_PLEASE = r"^\s*(?:(?:please|ok(?:ay)?)\b[\s,]*)?"
_CANCEL = re.compile(rf"{_PLEASE}(stop|cancel|abort)\b", re.I)
_PAUSE = re.compile(rf"{_PLEASE}(pause|hold on|wait)\b", re.I)
_RESUME = re.compile(rf"{_PLEASE}(resume|continue|go on|carry on)\b", re.I)
_REQUIREMENTS_ONLY = re.compile(
    r"^\s*(draft|structure|extract|write)\b.{0,30}\brequirements?\b\s*(for|of|from)?\s*:?\s*", re.I
)
_START = re.compile(
    r"^\s*(please\s+)?(hire|find|source|search|look(ing)? for|need|recruit|shortlist|"
    r"(we|i)('re| are| am|'m)? (need|want|hiring|looking))\b",
    re.I,
)
_REFINE = re.compile(
    r"^\s*(make|change|add|drop|remove|also|actually|instead|set|it'?s|the location|location|remote|hybrid|on-?site|answer)\b",
    re.I,
)
_HEDGED = re.compile(
    r"\b(but|except|however|unless|if|once|after|instead|without|make|change|set|add|drop|remove|not|don'?t)\b",
    re.I,
)
_BARE_NO = re.compile(r"^\s*(no|don'?t|do not)\s+(?!(because|since|way|thanks?|thank you|please)\b)\w", re.I)
_ASKING = re.compile(
    r"^\s*(can|could|would|will|do|does|did|is|are|am|was|how|what|who|which|when|where|tell|show|give|i|my|this|"
    r"that|it|there|you)\b|\?\s*$",
    re.I,
)
_REQUEST = re.compile(rf"{_PLEASE}(can|could|would|will)\b", re.I)
"""What is asked for in the form of a question: "could you get us a nurse?"."""
_COMMAND_WORDS = 3
_HELP = re.compile(r"^\s*(help|hi|hello|hey|thanks?|thank you|\?)\W*$", re.I)


def read(text: str, *, approval_pending: bool, work_pending: bool, searching: bool = False) -> Reading:
    """Return what a message asks for.

    Args:
        text: the message.
        approval_pending: something waits for this person's decision.
        work_pending: a run of theirs in this conversation has not ended.
        searching: a search was last talked about, so that people who are described are looked up as well.
    """
    if len(text) >= POSTING_LENGTH:
        return Reading(StartGoal(shortlist_goal(text)))
    if approval_pending and (decision := _decision(text)):
        return decision
    if _HELP.match(text) or not text.strip():
        return Reading(AskForHelp())
    if sets_limits(text):
        return Reading(Limit(text.strip()))
    if aim := read_aim(text):
        return Reading(SetAim(aim))
    if question := read_market(text):
        return Reading(AskMarket(question))
    if _EXPLAIN.match(text):
        return Reading(Explain(about=text.strip()))
    if asks_to_search(text) and not (work_pending and _REFINE.match(text)):
        return Reading(Search(text.strip()))
    if work_pending and (control := _control(text)):
        return Reading(control, sure=len(text.split()) <= _COMMAND_WORDS)
    if match := _REQUIREMENTS_ONLY.match(text):
        return Reading(StartGoal(requirements_goal(text[match.end() :] or text)))
    if work_pending and not _START.match(text):
        changes = _REFINE.match(text) is not None
        refines = approval_pending or changes
        return Reading(Refine(text.strip()) if refines else Explain(about=text.strip()), sure=changes)
    if _START.match(text):
        return Reading(StartGoal(shortlist_goal(text)), sure=not work_pending)
    if searching and not work_pending:
        return Reading(Search(text.strip()), sure=not _ASKING.search(text))
    if is_question(text) or (text.rstrip().endswith("?") and not _REQUEST.match(text)):
        return Reading(AskForHelp(unread=True), sure=False)
    if len(text.split()) >= 3:
        return Reading(StartGoal(shortlist_goal(text)), sure=not _ASKING.search(text))
    return Reading(AskForHelp(), sure=False)


def chosen(choice: Choice, text: str, *, work_pending: bool) -> Intent | None:
    """Return what a model's choice comes to, made of the person's words; None where it does not apply."""
    if choice in _CHOICES_OF_WORK and not work_pending:
        return None
    match choice:
        case "refine":
            return Refine(text.strip())
        case "limits":
            return Limit(text.strip()) if sets_limits(text, loose=True) else AskForHelp()
        case "explain":
            return Explain(about=text.strip())
        case "pause" | "resume":
            return Control(choice)
        case "decision":
            return AskToConfirm()
        case "help":
            return AskForHelp()
        case "search":
            return Search(text.strip())
        case "market":
            question = read_market(text)
            return AskMarket(question) if question else AskForHelp(unread=True)
        case _:
            return StartGoal(GOALS[choice](text))


def decides(text: str) -> bool:
    """Return whether a message answers an approval that waits."""
    return _decision(text) is not None


def _decision(text: str) -> Reading | None:
    if match := _APPROVE.match(text):
        further = text[match.end() :].strip(" ,.;:!-")
        if sets_limits(further):
            return Reading(Decide(approved=True, reason="", limits=further))
        if _HEDGED.search(further):  # a yes that is tied to something is none
            return Reading(Refine(re.sub(r"^but\s+", "", further, flags=re.I)), sure=False)
        return Reading(Decide(approved=True, reason=""))
    if match := _DENY.match(text):
        said = Decide(approved=False, reason=text[match.end() :].strip())
        return Reading(said, sure=not _BARE_NO.match(text))
    return None


def _control(text: str) -> Control | None:
    for verb, pattern in (("cancel", _CANCEL), ("pause", _PAUSE), ("resume", _RESUME)):
        if pattern.match(text):
            return Control(verb)
    return None
