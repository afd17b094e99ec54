"""From what a person wrote to what they want, by rules.

The rules look at how a message opens and at what is pending; they never act on text inside a posting.
A model may be put in front of them; whatever it returns is one of these types.
"""

import re
from dataclasses import dataclass

from supervisor.core.goals import POSTING_LENGTH, requirements_goal, shortlist_goal
from supervisor.core.models import Goal


@dataclass(frozen=True)
class StartGoal:
    """Begin something new."""

    goal: Goal


@dataclass(frozen=True)
class Decide:
    """Answer the pending approval."""

    approved: bool
    reason: str


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
class AskForHelp:
    """Nothing recognisable: say what can be asked."""


Intent = StartGoal | Decide | Explain | Refine | Control | AskForHelp

_APPROVE = re.compile(r"^\s*(yes|yep|ok(ay)?|approved?|go ahead|looks good|lgtm|do it|confirm(ed)?)\b", re.I)
_DENY = re.compile(
    r"^\s*(no|nope|den(y|ied)|rejected?|refused?|don'?t|do not)\b[\s,.:;-]*(because|since)?\s*", re.I
)
_EXPLAIN = re.compile(
    r"^\s*(why|explain|what('s| is| are) (happening|going|you|the (plan|status))|status|how far|where are)\b",
    re.I,
)
_CANCEL = re.compile(r"^\s*(stop|cancel|abort)\b", re.I)
_PAUSE = re.compile(r"^\s*(pause|hold on|wait)\b", re.I)
_RESUME = re.compile(r"^\s*(resume|continue|go on|carry on)\b", re.I)
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
_HELP = re.compile(r"^\s*(help|hi|hello|hey|thanks?|thank you|\?)\W*$", re.I)


def interpret(text: str, *, approval_pending: bool, work_pending: bool) -> Intent:
    """Return what a message asks for.

    Args:
        text: the message.
        approval_pending: something waits for this person's decision.
        work_pending: a run of theirs in this conversation has not ended.
    """
    if len(text) >= POSTING_LENGTH:
        return StartGoal(shortlist_goal(text))
    if approval_pending and (decision := _decision(text)):
        return decision
    if _HELP.match(text) or not text.strip():
        return AskForHelp()
    if _EXPLAIN.match(text):
        return Explain(about=text.strip())
    if work_pending and (control := _control(text)):
        return control
    if match := _REQUIREMENTS_ONLY.match(text):
        return StartGoal(requirements_goal(text[match.end() :] or text))
    if work_pending and not _START.match(text):
        return (
            Refine(text.strip()) if approval_pending or _REFINE.match(text) else Explain(about=text.strip())
        )
    if _START.match(text) or len(text.split()) >= 3:
        return StartGoal(shortlist_goal(text))
    return AskForHelp()


def _decision(text: str) -> Decide | None:
    if _APPROVE.match(text):
        return Decide(approved=True, reason="")
    if match := _DENY.match(text):
        return Decide(approved=False, reason=text[match.end() :].strip())
    return None


def _control(text: str) -> Control | None:
    for verb, pattern in (("cancel", _CANCEL), ("pause", _PAUSE), ("resume", _RESUME)):
        if pattern.match(text):
            return Control(verb)
    return None
