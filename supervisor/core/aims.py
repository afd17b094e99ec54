"""What a recruiter would rather have, in their words: few people who surely match, or many of whom some do."""

import re
from collections.abc import Mapping
from typing import Literal

from supervisor.core.models import Fact

AIM = "sourcing.aim"
"""The fact that says how soon sourcing stops."""
Aim = Literal["precise", "balanced", "broad"]

LONGEST = 200
_FEW = r"(?:best|strongest|top|surest)"
_WANT = (
    r"(?:(?:i|we) (?:only |just |really )?(?:need|want|would like|prefer)|"
    r"(?:give|bring|show|find|send) (?:me|us)|look for)\s+"
)
_SAID: Mapping[Aim, re.Pattern[str]] = {
    "precise": re.compile(
        rf"(?:{_WANT})?(?:only|just|no more than)\s+(?:the\s+)?(?:very\s+)?(?:few\s+)?{_FEW}"
        r"(?:\s+(?:few|ones?|people|candidates|matches|handful))?"
        rf"|(?:{_WANT})?(?:the\s+{_FEW}\s+few|only a (?:few|handful)|a handful|few but (?:good|excellent|sure|strong)(?: ones)?)"
        r"(?:\s+(?:people|candidates|matches))?"
        r"|quality (?:over|before|rather than) (?:quantity|number)|be (?:very )?(?:picky|choosy|selective|strict)"
        rf"|(?:{_WANT})?only (?:sure|certain|strong) (?:matches|candidates|people)"
    ),
    "broad": re.compile(
        rf"(?:{_WANT})?(?:as many (?:people |candidates )?as (?:you can|possible|there are)|"
        r"(?:very )?many(?: people| candidates| of them)?"
        r"|lots(?: of (?:people|candidates))?|a (?:long|big|large) (?:list|pool)|a (?:wide|broad) choice)"
        r"|(?:quantity|number) (?:over|before|rather than) quality|cast a wide net|be generous|"
        r"leave nobody out|look (?:widely|broadly)"
    ),
    "balanced": re.compile(
        r"(?:balance both|(?:strike |keep )?(?:a |the )?balance|back to (?:normal|balanced|the usual)|balanced(?: again)?|"
        r"neither too (?:many|few) nor too (?:few|many))"
    ),
}
WORDS: Mapping[Aim, str] = {
    "precise": "few people who surely match, so I stop early",
    "balanced": "neither too few nor too many people",
    "broad": "many people, so I go on while a few of them match",
}
_CHANGE: Mapping[Aim, str] = {
    "precise": "“I need many”",
    "balanced": "“only the best few” or “I need many”",
    "broad": "“only the best few”",
}
_UNSAID = re.compile(
    r"^(?:please|ok(?:ay)?|and|but|also|then|now|actually)\b[\s,:]*|[\s,]*\b(?:please|this time|now|for this(?: role| one)?)$"
)
_ENDING = re.compile(r"^(?P<brief>.*\S)\s*(?:[,;.:–]|\s-)\s+(?P<said>[^,;.:–]+)[.!\s]*$", re.S)


def read_aim(text: str) -> Aim | None:
    """Return what a message that says nothing else wants, or None."""
    if len(text) > LONGEST:
        return None
    said = " ".join(text.replace("’", "'").casefold().split()).strip(" .!,")
    while (shorter := _UNSAID.sub("", said)) != said:
        said = shorter
    return next((aim for aim, pattern in _SAID.items() if pattern.fullmatch(said)), None)


def split_aim(brief: str) -> tuple[str, Aim | None]:
    """Return a sentence about a role without what it says of that at its end, and that."""
    match = _ENDING.match(brief)
    if match and (aim := read_aim(match["said"])):
        return match["brief"], aim
    return brief, None


def aim_in(facts: Mapping[str, Fact]) -> Aim | None:
    """Return what a run aims at; None where nobody said."""
    fact = facts.get(AIM)
    return fact.value if fact else None


def told(aim: Aim) -> str:
    """Return how an aim is said back, with how to change it."""
    return f"I look for {WORDS[aim]}. Say {_CHANGE[aim]} to change that."
