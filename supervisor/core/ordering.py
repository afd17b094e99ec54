"""What a person says about their agent as a whole, and about which of their roles goes first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from supervisor.core.times import MOMENT, SPAN, read_moment, read_span

LONGEST = 160
_ALL = (
    r"(?:everything|all(?: (?:of )?(?:my |the |your )?(?:work|roles|projects|sweeps|runs|searches))?"
    r"|(?:my |the |your )agent|yourself)"
)
_PAUSE = re.compile(
    rf"(?:(?:pause|stop|halt|hold|suspend|freeze) {_ALL}|take a break|go to sleep|sleep)(?: (?P<until>(?:until|till|for) .+))?"
    r"|(?:pause|stop|hold on|wait|halt) (?P<then>(?:until|till|for) .+)"
)
_RESUME = re.compile(
    rf"(?:resume|continue|restart|start|unpause|wake up|go on|carry on)(?: with)? {_ALL}(?: again)?|wake up|unpause"
    r"|(?:start|go back to) work(?:ing)?(?: again)?"
)
_GO_ON = re.compile(r"(?:resume|continue|go on|carry on)(?: now)?")
_FIRST = re.compile(
    r"(?:do|work on|finish|judge|evaluate|take|handle|put|go on with) (.+?) first"
    r"|(.+?) (?:goes|comes|has to go|must go|should go) first|(?:start|begin) with (.+)"
    r"|first,? (?:do|take|work on|finish) (.+)|prioriti[sz]e (.+)|give (.+?) priority"
)
_EQUAL = re.compile(
    r"(?:do|work on|judge|evaluate|go on with) (?:both|all|everything|all of them|both of them|them)(?: of them)?"
    r"(?: (?:roles|projects))?(?: at once| at the same time| in parallel| together| equally| alike)"
    r"|no priorit(?:y|ies)|in any order|(?:the )?order does(?:n't| not) matter|nothing goes first"
)
_THIS = re.compile(
    r"(?:this|it|that)(?: one| role| project| here)?|this (?:search|sweep|shortlist|conversation)"
)
_AROUND = re.compile(
    r"^(?:the |my |our )|(?:'s)? (?:role|project|one|sweep|evaluation|search|shortlist|posting|position|job)s?$"
)
_UNSAID = re.compile(r"^(?:please|ok(?:ay)?|can you|could you|would you)\b[\s,:]*|[\s,]*\bplease$")


@dataclass(frozen=True)
class Rest:
    """Pause the whole agent, until a moment, or until somebody resumes it; ``when`` is a moment that was not understood."""

    until: datetime | None = None
    unclear: str | None = None


@dataclass(frozen=True)
class Wake:
    """Resume the whole agent."""


@dataclass(frozen=True)
class First:
    """Have a role go before the others, by words of its title; ``this`` one where there are none, or None for no order."""

    what: str | None


def read_rest(message: str, now: datetime, place: ZoneInfo) -> Rest | Wake | None:
    """Return what a message says to the agent as a whole, or None."""
    text = _plain(message)
    if len(text) > LONGEST or "\n" in message.strip():
        return None
    if _RESUME.fullmatch(text):
        return Wake()
    match = _PAUSE.fullmatch(text)
    if match is None:
        return None
    if match["then"]:
        rest = _until(match["then"], now, place)
        return rest if rest.until else None  # "wait for me" is none
    return _until(match["until"], now, place) if match["until"] else Rest()


def goes_on(message: str) -> bool:
    """Return whether a message says to go on and nothing else: with what, follows from what is paused."""
    return _GO_ON.fullmatch(_plain(message)) is not None


def read_first(message: str) -> First | None:
    """Return which role a message wants to go first, or None where it speaks of something else."""
    text = _plain(message)
    if len(text) > LONGEST or "\n" in message.strip():
        return None
    if _EQUAL.fullmatch(text):
        return First(None)
    match = _FIRST.fullmatch(text)
    what = next((one for one in match.groups() if one), "") if match else ""
    if not what:
        return None
    if _THIS.fullmatch(what):
        return First("")
    while (shorter := _AROUND.sub("", what)) != what:
        what = shorter
    return First(what)


def meant(what: str, titles: Mapping[str, str]) -> list[str]:
    """Return the keys of the titles that hold all words of ``what``; a title that ends with it goes before others."""
    words = set(re.findall(r"\w+", what.casefold()))
    found = {
        key: re.findall(r"\w+", title.casefold())
        for key, title in titles.items()
        if words and words <= set(re.findall(r"\w+", title.casefold()))
    }
    exact = [
        key
        for key, said in found.items()
        if " ".join(said).endswith(" ".join(re.findall(r"\w+", what.casefold())))
    ]
    return exact if len(exact) == 1 else [*found]


def _until(said: str, now: datetime, place: ZoneInfo) -> Rest:
    if match := re.fullmatch(rf"(?:until|till) {MOMENT}", said):
        until = read_moment(match, now, place)
        return Rest(until) if until else Rest(unclear=said)
    if match := re.fullmatch(rf"for {SPAN}", said):
        return Rest(now + read_span(match))
    return Rest(unclear=said)


def _plain(text: str) -> str:
    said = " ".join(text.replace("’", "'").casefold().split()).strip(" .!?,")
    while (shorter := _UNSAID.sub("", said)) != said:
        said = shorter
    return said
