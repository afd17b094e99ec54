"""What a recruiter would rather have, in their words: few people who surely match, or many of whom some do."""

import re
from collections.abc import Mapping
from typing import Literal

from supervisor.core.models import Fact

AIM = "sourcing.aim"
"""The fact that says how soon sourcing stops."""
Aim = Literal["precise", "balanced", "broad"]

LONGEST = 200
_WANT = (
    r"(?:(?:(?:i|we)(?:'d)? (?:only |just |really |would |rather )*(?:need|want|like|prefer|see|have)|"
    r"(?:only |just )?(?:give|bring|show|find|send)(?: me| us)?|look for|better|rather)\s+)?"
)
_WHOM = r"(?:people|candidates|matches|ones|profiles)"
_GOOD = r"(?:(?:very |really )?(?:good|strong|excellent)|best|strongest|top|surest|perfect|sure|certain)"
_SURELY = r"(?:surely|certainly|really|clearly|fully|definitely)"
_WEAK = r"(?:weak|weaker|poor|partial|possible|imperfect|doubtful)"
_STRICT = r"(?:picky|choosy|selective|strict|demanding|rigorous)"
_GENEROUS = r"(?:generous|lenient|tolerant)"
_A_BIT = r"(?:a (?:bit|little) |much |very )?"
_MORE = r"(?:goes|counts|matters|is|comes)?\s*(?:more (?:important )?than|over|before|rather than|above)"
_NUMBER = r"(?:quantity|numbers?|volume|recall)"
_SAID: Mapping[Aim, tuple[str, ...]] = {
    "precise": (
        rf"{_WANT}(?:only|just|no more than) (?:the (?:very )?(?:few )?{_GOOD}(?: (?:few|handful|one|{_WHOM}))?|"
        rf"(?:few )?{_GOOD} (?:few|handful|{_WHOM}))",
        rf"{_WANT}(?:the\s+{_GOOD}\s+few|only a (?:few|handful)|a handful)(?:\s+{_WHOM})?",
        rf"{_WANT}the {_GOOD}(?:\s+{_WHOM})? only",
        rf"{_WANT}few(?:er)?(?:\s+{_WHOM})? but (?:good|better|excellent|sure|surer|strong|stronger)(?:\s+{_WHOM})?",
        rf"{_WANT}(?:only )?{_WHOM} who {_SURELY} (?:match|fit)",
        rf"(?:a few|a handful of) {_GOOD}(?:\s+{_WHOM})? (?:is|are|will be) enough",
        rf"(?:quality|precision) {_MORE} {_NUMBER}",
        rf"be {_A_BIT}(?:(?:more )?{_STRICT}|stricter|pickier|choosier)",
        rf"{_WANT}(?:no|without|leave out(?: the)?|spare (?:me|us)(?: the)?|don't waste my time (?:with|on)) {_WEAK} {_WHOM}",
        rf"{_WANT}too few than too many",
        r"(?:high(?:er)?|more|favou?r|prefer) precision",
    ),
    "broad": (
        rf"{_WANT}(?:as many (?:people |candidates )?as (?:you can|possible|there are)|"
        r"(?:very )?many(?: people| candidates| of them)?|volume|"
        r"(?:a lot|lots)(?: of (?:people|candidates))?|a (?:long|big|large) (?:list|pool)|a (?:wide|broad) choice)",
        rf"{_WANT}(?:every(?:body|one)|any(?:body|one)|all) (?:who )?(?:might|may|could) (?:match|fit)",
        rf"{_WANT}more(?:\s+{_WHOM})?,? even if (?:they are|they're|some are) "
        r"(?:weaker|less (?:sure|certain)|not (?:perfect|sure|as good))",
        rf"(?:even )?{_WEAK} {_WHOM} are (?:fine|ok(?:ay)?|welcome)(?: too)?",
        rf"{_NUMBER} {_MORE} (?:quality|precision)",
        rf"be {_A_BIT}(?:(?:more )?{_GENEROUS}|less {_STRICT})",
        r"cast (?:a|the) (?:wide|wider|broad|broader) net|cast (?:the|your) net wider?",
        r"(?:widen|broaden) (?:the|your) (?:net|search)",
        rf"{_WANT}too many than too few",
        r"(?:don't|do not) (?:miss|leave out|overlook) any(?:body|one)|(?:(?:i|we)(?:'d| would) rather )?(?:miss|leave out) nobody|"
        r"leave nobody out",
        r"look (?:more )?(?:widely|broadly)|(?:high(?:er)?|more|favou?r|prefer) recall",
    ),
    "balanced": (
        r"balance both|(?:strike |keep )?(?:a |the )?balance|(?:go )?back to (?:normal|balanced|the usual)",
        r"(?:keep it |stay )?balanced(?: again)?|neither too (?:many|few) nor too (?:few|many)",
    ),
}
_READ: Mapping[Aim, re.Pattern[str]] = {aim: re.compile("|".join(ways)) for aim, ways in _SAID.items()}
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
    return next((aim for aim, pattern in _READ.items() if pattern.fullmatch(said)), None)


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
