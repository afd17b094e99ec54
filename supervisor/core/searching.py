"""What a message says of a search in the pool: begin one, change it, go on in it, save it, make a role of it.

Changes are read only while a search is on the table: its hits are what was last talked about.
"""

import re
from dataclasses import dataclass
from typing import Literal

from supervisor.core.aims import read_aim

LONGEST = 1_000
"""Characters of a message that may be words of a search; the boolean language may have twice as many."""

_PLEASE = r"^\s*(?:please\s+|now\s+|ok(?:ay)?[,\s]+|and\s+|but\s+)*"
_ASK = r"(?:(?:can|could|would) you\s+)?"
_OTHER = (
    r"(?!(?:the |my |your |our |a )?(?:plan|status|progress|shortlist|requirements?|settings|rules|digest|summary|"
    r"notifications?|"
    r"(?:the )?(?:market|supply|pay|salar(?:y|ies)|wages|figures|numbers|trends|attrition)\b|"
    r"candidate \d|number \d|why|how|what|that|it\b|this\b|more\b|details?|evidence|reasons?|help))"
)
_SEARCH = re.compile(
    rf"{_PLEASE}{_ASK}(?:"
    rf"(?:find|get|show|give|list)\s+(?:me|us)\s+{_OTHER}\S"
    r"|(?:find|list|show)\s+(?:all|every|everybody|everyone|anybody|anyone|people|candidates|those|whoever)\b"
    r"|search(?:\s+(?:for\b|the pool\b|our pool\b|people\b|candidates\b)|\s*:)"
    r"|(?:how many|which|what)\s+.{0,80}\b(?:do we have|are there)\b|(?:do we have|are there any)\s"
    r")",
    re.I,
)
_LEAD = re.compile(
    rf"{_PLEASE}{_ASK}(?:search(?:\s+(?:the|our) pool)?\s*(?:for\s+|:\s*)?|(?:find|get|show|give|list)\s+(?:me|us)?\s*)",
    re.I,
)
_COUNT = re.compile(
    r"^\s*(?:and\s+|but\s+)?(?:how many|which|what)\s+(?P<whom>.{1,80}?)\s+(?:do we have|have we got|are there)\b(?P<rest>.*)$",
    re.I | re.S,
)
_OPERATOR = re.compile(r"(?<![^\s(])(?:AND|OR|NOT)(?=[\s(])")
_FIELD = re.compile(r"(?<![^\s(])(?!https?:)[a-z_]{3,}:(?=[\"(\w<>])")
_EDIT = re.compile(r"^\s*query\s*:\s*(?P<query>\S.*)$", re.I | re.S)

_MORE = re.compile(
    rf"{_PLEASE}(?:(?:show|give|list)\s+(?:me\s+|us\s+)?)?(?:more|the next(?: ones| page| \d+)?|next(?: page)?|further)"
    r"(?:\s+(?:of them|people|hits|results|candidates))?[\s.!?]*$",
    re.I,
)
_ONLY = re.compile(
    rf"{_PLEASE}(?:only|just|keep only|narrow (?:it|this) (?:down )?to)\s+(?P<words>\S.*)$", re.I | re.S
)
_OR = re.compile(rf"{_PLEASE}(?:or(?:\s+also)?|alternatively)\s+(?P<words>\S.*)$", re.I | re.S)
_ALSO = re.compile(rf"{_PLEASE}also\s+(?P<words>\S.*)$", re.I | re.S)
_DROP = re.compile(
    rf"{_PLEASE}(?:drop|remove|forget(?: about)?|leave out the condition|without the condition|ignore|relax|lift)\s+"
    r"(?:the\s+)?(?P<words>\S.*)$",
    re.I | re.S,
)
_FURTHER = re.compile(
    rf"{_PLEASE}(?P<words>(?:not|no|nobody|without|with|who|whose|at least|at most|from|near|"
    r"exclud(?:e|ing)|except|add|must|ideally|preferably|prefer)\b.+)$",
    re.I | re.S,
)
_ADD = re.compile(r"^(?:add|must)\s+", re.I)
_TELL = re.compile(
    rf"{_PLEASE}{_ASK}(?:(?:tell|alert|notify|ping|inform)\s+me|let me know|keep me posted)\b.{{0,30}}\b"
    r"(?:new (?:ones?|people|hits|candidates)|(?:somebody|someone|anybody) new|"
    r"(?:more|others?|new ones) (?:come|match|appear))\b",
    re.I,
)
_SAVE = re.compile(
    rf"{_PLEASE}(?:save|keep|store)\s+(?:this|the|that|it|my)(?:\s+(?:search|query))?"
    r"(?:\s+(?:as|under)\s+[\"“]?(?P<name>[^\"”]{1,100}?)[\"”]?)?(?P<quiet>[,\s]+(?:without|no)\s+alerts?)?[\s.!]*$",
    re.I,
)
_SILENCE = re.compile(
    rf"{_PLEASE}(?:stop|no more|turn off|end|cancel)\s+(?:the |my |these )?alerts?"
    r"(?:\s+(?:for|of|on)\s+(?:this|it|the search).*)?[\s.!]*$",
    re.I,
)
_NEWS = re.compile(
    rf"{_PLEASE}(?:who(?:'s| is| are)\s+(?:the\s+)?new(?:\s+(?:ones|people))?|"
    r"(?:show|list|give)\s+(?:me\s+)?(?:the|who is|what is)\s+new"
    r"(?:\s+(?:ones|people|matches))?|anybody new|any news(?: there)?)[\s.!?]*$",
    re.I,
)
_ROLE = re.compile(
    rf"{_PLEASE}(?:make|open|begin|start)\s+(?:it|this|that|them|these)?\s*(?:(?:in)?to\s+)?(?:a |the )?"
    r"(?:role|project|shortlist|job)(?:\s+(?:of|from|with|for)\s+(?:it|this|that|them|these|the search))?[\s.!]*$"
    rf"|{_PLEASE}(?:shortlist|evaluate|judge)\s+(?:them|these|those|the hits)[\s.!]*$",
    re.I,
)
_SAID_OF_PEOPLE = re.compile(
    r"^(?:those|the ones|people|candidates|whoever)\b\s*(?:that|who(?:\s+are)?)?\s*", re.I
)


@dataclass(frozen=True)
class Edit:
    """Other conditions in the boolean language, instead of those there are."""

    expression: str


@dataclass(frozen=True)
class Change:
    """Words that are a further condition, or an alternative to one of their kind.

    "also" is either: another place is an alternative, another skill a condition.
    """

    words: str
    how: Literal["and", "or", "also"] = "and"


@dataclass(frozen=True)
class Drop:
    """The condition that these words name is to go."""

    words: str


@dataclass(frozen=True)
class More:
    """The next page."""


@dataclass(frozen=True)
class Save:
    """Keep the search under a name, by default its words; with ``alerts`` new matches are told."""

    name: str = ""
    alerts: bool = True


@dataclass(frozen=True)
class Silence:
    """No more alerts of the saved search."""


@dataclass(frozen=True)
class News:
    """Who came to match since it was saved."""


@dataclass(frozen=True)
class MakeRole:
    """Begin the main job with what the search looks for."""


FollowUp = Edit | Change | Drop | More | Save | Silence | News | MakeRole


def asks_to_search(text: str) -> bool:
    """Return whether a message asks to look somebody up, rather than to begin a role."""
    if is_boolean(text):
        return True
    return len(text) <= LONGEST and (_EDIT.match(text) or _SEARCH.match(text)) is not None


def is_boolean(text: str) -> bool:
    """Return whether a message is in the boolean language: an upper-case operator, or ``field:value``."""
    line = text.strip()
    if "\n" in line or line.isupper() or len(line) > 2 * LONGEST:
        return False
    return bool(_OPERATOR.search(line) or _FIELD.search(line))


def looked_for(text: str) -> str:
    """Return whom a message looks for: it without the words that only ask to search, or to count."""
    if match := _COUNT.match(text):
        text = f"{match['whom']}{match['rest']}"
    return _LEAD.sub("", text, count=1).strip(" .!?\n") or text.strip()


def typed(text: str) -> str | None:
    """Return what of a message is the boolean language, or None where it is words."""
    if match := _EDIT.match(text):
        return match["query"].strip()
    bare = looked_for(text)
    return bare if is_boolean(bare) else None


def read_follow_up(text: str, *, on_table: bool) -> FollowUp | None:
    """Return what a message makes of a search; None where it says nothing of it.

    Args:
        on_table: whether the search is what was last talked about; else only what cannot mean anything else counts.
    """
    if match := _EDIT.match(text):
        return Edit(match["query"].strip())
    if _TELL.match(text):
        return Save()
    if match := _SAVE.match(text):
        return Save((match["name"] or "").strip(), not match["quiet"])
    if _NEWS.match(text):
        return News()
    if _SILENCE.match(text):
        return Silence()
    if not on_table or len(text) > LONGEST or is_boolean(text) or read_aim(text):
        return None
    if _MORE.match(text):
        return More()
    if _ROLE.match(text):
        return MakeRole()
    if match := _DROP.match(text):
        return Drop(match["words"].strip(" .!"))
    if match := _OR.match(text):
        return Change(match["words"].strip(), "or")
    if match := _ALSO.match(text):
        return Change(match["words"].strip(), "also")
    if match := _ONLY.match(text):
        return Change(_SAID_OF_PEOPLE.sub("", match["words"].strip()))
    if match := _FURTHER.match(text):
        return Change(_ADD.sub("", match["words"].strip()))
    return None
