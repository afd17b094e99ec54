"""What a person says about deadlines, how many people to look at, and hours to work in: read from whole messages."""

import re
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from shared.kernel.window import Window
from supervisor.core.times import MOMENT, SPAN, TIME, read_moment, read_span, read_time

LONGEST = 200
_ANY_DAY = datetime(2000, 1, 3, tzinfo=UTC)
"""Whether words set limits is the same on each day; until when, is not."""
NIGHT, OFF_PEAK = (time(20), time(6)), (time(18), time(8))

_IT = r"(?:it|this|that|them|everything|the (?:sweep|evaluation|judging|work|search|rest|list|shortlist|results?))"
_LOOK = r"(?:look at|judge|evaluate|screen|assess|go through|check|consider|read)"
_WHO = r"(?:people|candidates|profiles|persons|of them)"
_NUMBER = r"(?P<people>\d[\d,.]*)"
_NIGHTLY = (
    r"(?P<tonight>tonight)|(?P<night>(?:only )?(?:at|by|in the|during the) night|over ?night|nights)"
    r"|(?P<off>off-?peak|outside (?:of )?(?:the )?(?:office|business|working|work) hours|after hours"
    r"|not (?:during|in) (?:the day|(?:the )?(?:office|business|working|work) hours))"
    rf"|(?:between|from) (?P<opens>{TIME}) (?:and|to|until|till) (?P<closes>{TIME})"
)
_BY = r"(?:by|before|until|till|no later than|at the latest(?: by)?)"
_DONE = (
    rf"(?:be (?:done|ready|finished|through)|finish(?: {_IT})?|(?:get|have) {_IT} (?:done|ready|finished)"
    rf"|wrap {_IT} up|wrap up)"
)
_WHOLE = (
    re.compile(
        rf"(?:{_DONE}|i need {_IT}|stop(?: judging| looking| evaluating)? (?=by|before)|you have) {_BY} {MOMENT}"
    ),
    re.compile(rf"stop(?: judging| looking| evaluating)? (?:by|before|at) {MOMENT}"),
    re.compile(rf"(?:the |my |set (?:the |a )?)?deadline(?: is| to)?:? (?:at )?{MOMENT}"),
    re.compile(rf"(?:{_DONE}|stop) (?:in|within|after) {SPAN}"),
    re.compile(rf"(?:you have|take|spend|give {_IT})(?: no more than| at most| only)? {SPAN}"),
    re.compile(
        rf"(?:{_LOOK} )?(?:no more than|not more than|at most|up to|a maximum of|max(?:imum)?) {_NUMBER}(?: {_WHO})?"
    ),
    re.compile(rf"(?:{_LOOK} )?(?:only|just) (?:the (?:first|best) )?{_NUMBER} {_WHO}"),
    re.compile(rf"{_LOOK} {_NUMBER}(?: {_WHO})? at (?:the )?most"),
    re.compile(rf"(?:don't|do not|never) {_LOOK} more than {_NUMBER}(?: {_WHO})?"),
    re.compile(rf"(?:limit {_IT} to|keep {_IT} to|stop after) {_NUMBER} {_WHO}"),
    re.compile(
        rf"(?:(?:do|run|judge|evaluate|work on|work|keep|leave|make|finish)(?: {_IT})? )?(?:only |just )?(?:{_NIGHTLY})(?: only)?"
    ),
)
_NEVER_MIND = {
    "deadline": re.compile(
        r"(?:no|forget (?:the|about the)|drop the|remove the|without a) deadline|take your time"
        r"|(?:there(?:'s| is) )?no (?:hurry|rush)"
    ),
    "people": re.compile(
        r"no limit|(?:forget|drop|remove) the (?:limit|maximum)"
        rf"|{_LOOK} (?:everybody|everyone|all of them|as many as you (?:want|need|like))"
    ),
    "window": re.compile(
        rf"(?:do|run) {_IT} (?:now|right away|at once|by day(?: too)?|during the day(?: too)?)|(?:at )?any ?time(?: is fine)?"
        rf"|(?:don't|do not|no need to) wait(?: for the night| until (?:tonight|the night))?"
    ),
}
_SPLIT = re.compile(r"\s*(?:[,;]|\.\s|\band\b|\bbut\b)\s*")
_UNSAID = re.compile(
    r"^(?:please|ok(?:ay)?|and|also|then|but|can you|could you|would you|you (?:can|may|should|must))\b[\s,:]*|[\s,]*\bplease$"
)
_LOOSE = (
    re.compile(rf"\b{_BY} {MOMENT}"),
    re.compile(rf"\b(?:in|within) (?:the next )?{SPAN}"),
    re.compile(rf"{_NUMBER} {_WHO}"),
    re.compile(rf"\b(?:{_NIGHTLY})"),
)


def sets_limits(message: str, *, loose: bool = False) -> bool:
    """Return whether a message sets or lifts limits, and says nothing else."""
    return read_limits(message, _ANY_DAY, ZoneInfo("UTC"), loose=loose) is not None


def read_limits(
    message: str, now: datetime, place: ZoneInfo, *, loose: bool = False
) -> dict[str, Any] | None:
    """Return the fields of ``Limits`` that a message sets (None where it lifts one), or None where it speaks of more.

    ``loose`` takes what it finds anywhere in a message that is known to be about limits.
    """
    if len(message) > LONGEST or "\n" in message.strip():
        return None
    text = _plain(message)
    if (whole := _one(text, now, place)) is not None:
        return whole
    parts = [_plain(part) for part in _SPLIT.split(text) if part]
    read = [_one(part, now, place) for part in parts]
    if len(parts) > 1 and all(one is not None for one in read):
        return {name: value for one in read if one for name, value in one.items()}
    if not loose:
        return None
    found = [_taken(match, now, place) for pattern in _LOOSE if (match := pattern.search(text))]
    return {name: value for one in found if one for name, value in one.items()} or None


def split_limits(brief: str, now: datetime, place: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """Return a brief without the limits that it ends with, or has in a first line that only orders, and those."""
    if "\n" not in brief.strip():
        parts = re.split(r"(\s*[,;.]\s+(?:and\s+)?|\s+and\s+)", brief.strip())
        for start in range(2, len(parts), 2):
            ending = "".join(parts[start:])
            read = read_limits(ending, now, place)
            # Hours alone are hours of the job, not of the work on it.
            if read and ("window" not in read or re.match(r"(?:do|run|judge|evaluate)\b", ending, re.I)):
                return "".join(parts[: start - 1]), read
        return brief, {}
    first, rest = brief.strip().split("\n", 1)
    if order := re.match(
        rf"(\s*(?:please\s+)?{_LOOK}\b[^,:;]*?\d[^,:;]*?)[,]?\s+(by {MOMENT}|{_NIGHTLY})(?=[\s:.,])",
        first,
        re.I,
    ):
        end = order.end(1)
        if read := read_limits(f"finish {order[2]}".casefold(), now, place) or read_limits(
            order[2].casefold(), now, place
        ):
            return f"{first[:end]}{first[order.end() :]}\n{rest}", read
    return brief, {}


def _plain(text: str) -> str:
    said = " ".join(text.replace("’", "'").casefold().split()).strip(" .!?,")
    while (shorter := _UNSAID.sub("", said)) != said:
        said = shorter
    return said


def _one(text: str, now: datetime, place: ZoneInfo) -> dict[str, Any] | None:
    for name, pattern in _NEVER_MIND.items():
        if pattern.fullmatch(text):
            return {name: None}
    for pattern in _WHOLE:
        if (match := pattern.fullmatch(text)) and (read := _taken(match, now, place)):
            return read
    return None


def _taken(match: re.Match[str], now: datetime, place: ZoneInfo) -> dict[str, Any] | None:
    """Return what a match of one of the patterns sets."""
    said = match.groupdict()
    if said.get("people"):
        number = int(re.sub(r"\D", "", said["people"]))
        return {"people": number} if number else None
    if said.get("unit"):
        return {"deadline": now + read_span(match)}
    if "only" in said:
        moment = read_moment(match, now, place)
        return {"deadline": moment} if moment else None
    hours = NIGHT if said.get("tonight") or said.get("night") else OFF_PEAK if said.get("off") else None
    if hours is None:
        opens, closes = read_time(said["opens"] or ""), read_time(said["closes"] or "")
        if opens is None or closes is None:
            return None
        hours = (opens, closes)
    return {"window": str(Window(*hours, place.key))}
