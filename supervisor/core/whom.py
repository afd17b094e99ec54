"""Which candidates a message speaks of: by their place on the shortlist, or by name."""

import re
import unicodedata
from collections.abc import Mapping

from supervisor.core.aims import read_aim
from supervisor.core.limiting import sets_limits

LONGEST_QUESTION = 300
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_PLACE = re.compile(
    r"(?:\b(?:candidates?|number|no\.?|nr\.?|rank|place|person|people|position)\s*#?\s*|#\s*)"
    rf"(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})\b"
    r"|\b(?P<nth>\d{1,3})(?:st|nd|rd|th)\b"
    rf"|\b(?:the\s+)?(?P<ordinal>{'|'.join(_ORDINALS)}|last|best|top)\s+"
    r"(?:one|candidate|person|match|place|on the (?:short)?list)\b",
    re.I,
)
_ALSO = re.compile(
    r"\s*(?:,|and|or|than|vs\.?|versus)\s+#?(?P<number>\d{1,3})\b(?!\s*(?:years?|months?|%))", re.I
)
_STEERS = re.compile(
    r"^\s*(?:(?:please|ok(?:ay)?)\b[\s,]*)?"
    r"(?:(?:stop|cancel|abort|pause|hold on|wait|resume|continue|carry on|go on|status|help)"
    r"(?:\s+(?:it|this|that|everything|all of it|(?:the|this|my|your) (?:work|search|role|run|job)))?"
    r"(?:\s+(?:for now|for a (?:moment|while)|a (?:moment|minute|second)|now|please|until|till)\b.{0,40})?)\W*$",
    re.I,
)
_LEAD = r"^\s*(?:(?:please|ok(?:ay)?|now|and|but|also|actually)\b[\s,]*)*"
_AIMS = re.compile(
    rf"{_LEAD}(?:(?:i|we)\s+(?:only |just |really )?(?:need|want|would like|prefer)|"
    r"(?:give|bring|show|find|send|look|cast|be|leave|only|just|as many|quality|quantity)\b)",
    re.I,
)
_LIMITS = re.compile(rf"{_LEAD}(?:stop|finish|evaluate|judge|search|don'?t|do not)\b", re.I)
"""How orders of aim and limits open. "Many", "at most 20 people", "only nights" may be what was asked for."""
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    a an and any are as at be by candidate candidates did do does each evidence experience explain for from good has
    have he her his how in is it its knowledge least listed match matches me meet meets more no not number of on one
    only or person place qualification rank ranked required requirement role she show shortlist so strong tell than
    that the their them they this to verdict was were what which who why with work working year years you
        """,
    )
)
_ASKS = re.compile(
    r"^\s*(?:and\s+|but\s+|so\s+|please\s+)?(?:why|explain|what|who|how|where|which|is|isn'?t|are|does|doesn'?t|do|has|"
    r"hasn'?t|can|could|did|tell|show|give|describe|compare|more)\b|\?\s*$",
    re.I,
)


def asks(text: str) -> bool:
    """Return whether a message asks something, rather than telling or deciding."""
    return len(text) <= LONGEST_QUESTION and bool(_ASKS.search(text))


def is_answer(text: str) -> bool:
    """Return whether a message answers what was asked, rather than asking back or steering the work.

    What only sets an aim or limits is an answer, unless it is plainly worded as an order.
    """
    aims = read_aim(text) is not None and _AIMS.match(text)
    orders = aims or (sets_limits(text) and _LIMITS.match(text))
    return bool(text.strip()) and not _STEERS.match(text) and not orders and not asks(text)


def places_in(text: str, last: int) -> list[int]:
    """Return the places on the list that a message names, in its order; ``last`` is the list's length."""
    found: list[int] = []
    for match in _PLACE.finditer(text):
        found.append(_place(match, last))
        at = match.end()
        while also := _ALSO.match(text, at):
            found.append(int(also["number"]))
            at = also.end()
    return [place for place in dict.fromkeys(found) if place > 0]


def named_in(text: str, names: Mapping[int, str]) -> list[int]:
    """Return whose names stand in a message, by their key; a full name beats a part that several share."""
    said = set(_words(text))
    parts = {key: set(_words(name)) for key, name in names.items()}
    whole = [key for key, words in parts.items() if words and words <= said]
    if whole:
        return whole
    return [key for key, words in parts.items() if any(len(word) > 2 and word in said for word in words)]


def about(text: str, statements: Mapping[str, str]) -> list[str]:
    """Return the keys of the statements that a message speaks of; empty where it speaks of none."""
    said = {word for word in _words(text) if word not in _COMMON and not word.isdigit()}
    return [key for key, statement in statements.items() if said & (set(_words(statement)) - _COMMON)]


def _place(match: re.Match[str], last: int) -> int:
    if nth := match["nth"]:
        return int(nth)
    if number := match["number"]:
        return int(number) if number.isdigit() else _NUMBERS.index(number.lower()) + 1
    ordinal = match["ordinal"].lower()
    return last if ordinal == "last" else 1 if ordinal in {"best", "top"} else _ORDINALS.index(ordinal) + 1


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_][\w+#'-]*", plain.replace("'s", " "))
