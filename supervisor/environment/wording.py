"""From what a recruiter says about being told things to rules. It reads whole messages and nothing inside postings."""

import re
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from supervisor.core.times import TIME, read_time, read_zone
from supervisor.environment.nightly import NOT, TELL, Nightly, read_nightly, read_unchanged
from supervisor.environment.rules import TOPICS, How, Quiet, Rules, Topic

LONGEST = 200
_NIGHT = Quiet(begins=time(20), ends=time(8))
_DISTURB = rf"{NOT} (?:disturb|bother|interrupt|message|notify|ping|tell) me"
_NOW = r"(?:at once|immediately|right away|straight ?away|as soon as|instantly|the moment)"
_WORDS: dict[Topic, str] = {
    "applicants": r"appl(?:icants?|ications?|ies|y|ied)",
    "replies": r"repl(?:y|ies|ied)|answers?|responses?|responds?|withdraw(?:s|n|als?)?",
    "stages": r"stages?|moves?|moved|pipeline",
    "approvals": r"approvals?|decisions?",
    "postings": r"(?:closed )?postings?|closes|adverts?",
    "profiles": r"profiles?|r[eé]sum[eé]s?|cvs?",
    "matches": r"match(?:es)?|saved search(?:es)?",
}
_TOPICS = {topic: re.compile(rf"\b(?:{words})\b") for topic, words in _WORDS.items()}
_ALL = re.compile(r"\b(?:everything|anything|all (?:of it|news|events)|all)\b")
_NEWS = re.compile(r"\b(?:new|any|every|all|each|changes?|changed|when(?:ever)?|if|as soon as)\b")
_ONE = re.compile(
    r"\b(?:candidate|number|no\.?|#)\s*\d|\b(?:first|second|third|last|this|that|his|her|their)\b"
)

_ASKS = re.compile(
    r"(?:what|when|how(?: often)?) (?:will|do|would|are) you (?:going to )?(?:tell|notify|update|disturb|inform)(?:ing)? me"
    r"(?: about| of)?"
    r"|(?:what are|show(?: me)?|list) (?:my|the) (?:notifications?|digest|quiet) ?(?:rules|settings|hours)?"
)
_RESET = re.compile(r"(?:reset|forget|clear) (?:my|the|all) (?:notification|digest) ?(?:rules|settings)?")
_ZONE = re.compile(
    r"(?:my time ?zone is|(?:use|set) (?:(?:the|my) )?time ?zone(?: to)?|i(?:'m| am) (?:now )?in (?:the )?(?=.+ time ?zone))"
    r"\s*(?P<zone>(?:(?!\b(?:and|but)\b)[^,;]){1,40}?)(?: time ?zone)?"
)
_BETWEEN = re.compile(
    rf"(?:{_DISTURB}|(?:set )?(?:my )?quiet hours?(?: are| is)?|be quiet|no messages?)"
    rf"\s*(?:anything )?(?:from|between|:)?\s*(?P<begins>{TIME})\s*(?:-|–|to|until|till|and)\s*(?P<ends>{TIME})"
)
_AFTER = re.compile(
    rf"(?:{_DISTURB}|be quiet|no messages?)\s*(?:anything )?"
    rf"(?:after\s+(?P<begins>{TIME}))?(?:\s*(?:and|or)?\s*(?:before|until|till)\s+(?P<ends>{TIME}))?"
    r"(?P<night>at night|overnight)?"
)
_WEEKENDS = re.compile(
    rf"(?:{NOT} (?:disturb|bother|message|notify|tell) me|nothing|no messages?) (?:on|at|over) (?:the )?weekends?"
)
_WEEKENDS_TOO = re.compile(
    rf"(?:you (?:can|may) )?(?:disturb|{TELL}) (?:me )?(?:on|at) weekends too|weekends are fine"
)
_LOUD = re.compile(
    r"no (?:more )?quiet hours?|(?:you (?:can|may) )?disturb me (?:at )?any ?time|you (?:can|may) always (?:disturb|tell) me"
    r"|(?:drop|remove|cancel|forget) (?:my |the )?quiet hours?"
)
_DIGEST = re.compile(
    r"(?:(?:send|give|bring|make) )?(?:me )?(?:a |the |my )?(?:daily )?(?:digest|summary)(?: is)?"
    rf"(?: daily| every (?:day|morning|evening))?"
    rf" (?:at|for) (?P<at>{TIME})(?: (?:daily|every (?:day|morning|evening)))?"
)
_TELL_AT = re.compile(
    rf"{TELL}(?: (?:about )?everything)?(?: (?:daily|once a day|every (?:day|morning|evening)))? at (?P<at>{TIME})"
    r"(?: (?:daily|every (?:day|morning|evening)))?"
)
_NEVER = re.compile(
    rf"{NOT} (?:tell|telling|notify|notifying|inform|informing|alert|message|update|ping)\s*me (?:about|of|when|if) .+"
)
_ABOUT = re.compile(rf"(?:always )?{TELL}\b.*")
_KEEP = re.compile(
    r"(?:keep|put|save|leave) .+ (?:for|in|into|to) (?:the|my) (?:digest|summary)|.+ in the (?:digest|summary)"
)
_EVALUATE = re.compile(
    rf"(?P<no>{NOT} )?evaluat(?:e|ing) (?:the |all |every )?(?:new )?appl(?:icants?|ications?)"
    r"(?: yourself| automatically| as they come| at once)*"
)
_WATCH = re.compile(r"(?P<no>stop watching|stop following|unwatch|unfollow|watch|follow) (?P<what>.+)")
_ROLE = re.compile(r"(?:the |our )?(?P<title>.{2,80}?) (?:roles?|projects?)")
_EVERYBODY = re.compile(r"(?:all|every)(?: of)?(?: the| our)? (?:roles?|projects?|postings?)|everything")
_EVERYWHERE = re.compile(r"\b(?:for|in|to|of) (?:all|every) (?:roles?|projects?)\b")
_SPLIT = re.compile(r"\s*(?:[,;]|\.\s|\band\b|\bbut\b)\s*")
_UNSAID = re.compile(r"^(?:please|from now on|always|ok(?:ay)?|and|also|then)\b[\s,:]*|[\s,]*\bplease$")


@dataclass(frozen=True)
class Watch:
    """What to hear of: ``*``, an id, or words of a title."""

    what: str
    stop: bool = False


@dataclass(frozen=True)
class Said:
    """What a message says about being told things. ``zone`` is a time zone that there is none of.

    ``unchanged``: whether to tell of a refresh that found nothing changed.
    """

    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    topics: dict[Topic, How] = field(default_factory=dict[Topic, How])
    watch: Watch | None = None
    nightly: Nightly | None = None
    unchanged: bool | None = None
    asks: bool = False
    reset: bool = False
    unknown_zone: str | None = None

    def __or__(self, other: "Said") -> "Said":
        return Said(
            self.changes | other.changes,
            self.topics | other.topics,
            other.watch or self.watch,
            other.nightly or self.nightly,
            self.unchanged if other.unchanged is None else other.unchanged,
            self.asks or other.asks,
            self.reset or other.reset,
            other.unknown_zone or self.unknown_zone,
        )

    def applied(self, rules: Rules) -> Rules:
        """Return the rules with what was said."""
        base = Rules() if self.reset else rules
        how = base.how | self.topics
        return base.model_copy(update={**self.changes, "how": how})


def read_said(message: str) -> Said | None:
    """Return what a message says about being told things, or None where it speaks of something else."""
    if len(message) > LONGEST or "\n" in message.strip():
        return None
    text = _plain(message)
    if (whole := _one(text)) is not None:
        return whole
    parts = [part for part in _SPLIT.split(text) if part]
    read = [_one(_plain(part)) for part in parts]
    if len(parts) < 2 or any(one is None for one in read):
        return None
    said = Said()
    for one in read:
        said = said | one if one else said
    return said


def named_topics(text: str) -> list[Topic]:
    """Return the topics that words in a text stand for."""
    said = _plain(text)
    return [topic for topic in TOPICS if _TOPICS[topic].search(said)]


def _plain(text: str) -> str:
    said = " ".join(text.replace("’", "'").casefold().split()).strip(" .!?,")
    while (shorter := _UNSAID.sub("", said)) != said:
        said = shorter
    return said


def _one(text: str) -> Said | None:
    """Return what one clause says."""
    for read in (_settings, _refreshing, _hours, _topics, _watching):
        if (said := read(text)) is not None:
            return said
    return None


def _settings(text: str) -> Said | None:
    if _ASKS.fullmatch(text):
        return Said(asks=True)
    if _RESET.fullmatch(text):
        return Said(reset=True)
    if match := _EVALUATE.fullmatch(text):
        return Said({"evaluates": not match["no"]})
    if match := _ZONE.fullmatch(text):
        zone = read_zone(match["zone"])
        return Said({"zone": zone}) if zone else Said(unknown_zone=match["zone"])
    return None


def _refreshing(text: str) -> Said | None:
    if (unchanged := read_unchanged(text)) is not None:
        return Said(unchanged=unchanged)
    nightly = read_nightly(text)
    return Said(nightly=nightly) if nightly else None


def _hours(text: str) -> Said | None:
    if _LOUD.fullmatch(text):
        return Said({"quiet": None})
    if _WEEKENDS.fullmatch(text):
        return Said({"weekdays_only": True})
    if _WEEKENDS_TOO.fullmatch(text):
        return Said({"weekdays_only": False})
    if match := _BETWEEN.fullmatch(text) or _AFTER.fullmatch(text):
        return _quiet(match.groupdict())
    if match := _DIGEST.fullmatch(text):
        return _at(match["at"], {})
    if match := _TELL_AT.fullmatch(text):
        return _at(match["at"], dict.fromkeys(TOPICS, "digest"))
    return None


def _quiet(said: dict[str, str | None]) -> Said | None:
    begins = read_time(said["begins"]) if said["begins"] else None
    ends = read_time(said["ends"]) if said["ends"] else None
    if begins is None and ends is None and not said.get("night"):
        return None
    quiet = Quiet(begins=begins or _NIGHT.begins, ends=ends or _NIGHT.ends)
    return Said({"quiet": quiet}) if quiet.begins != quiet.ends else None


def _at(said: str, topics: dict[Topic, How]) -> Said | None:
    at = read_time(said)
    return Said({"digest": at}, topics) if at else None


def _topics(text: str) -> Said | None:
    how: How | None = None
    if _NEVER.fullmatch(text):
        how = "never"
    elif _KEEP.fullmatch(text):
        how = "digest"
    elif _ABOUT.fullmatch(text) and (re.search(_NOW, text) or _NEWS.search(text)):
        how = "at_once"
    if how is None or _ONE.search(text):
        return None
    named = named_topics(text)
    if not named and _ALL.search(text):
        named = list(TOPICS)
    told: dict[Topic, How] = dict.fromkeys(named, how)
    everywhere = Watch("*") if how != "never" and _EVERYWHERE.search(text) else None
    return Said(topics=told, watch=everywhere) if told else None


def _watching(text: str) -> Said | None:
    match = _WATCH.fullmatch(text)
    if match is None:
        return None
    what, stop = match["what"], match["no"] not in {"watch", "follow"}
    if _EVERYBODY.fullmatch(what):
        return Said(watch=Watch("*", stop))
    if match := re.fullmatch(r"(?:project |posting )?(?P<id>(?:proj|post)_[0-9a-z_]+)", what):
        return Said(watch=Watch(match["id"], stop))
    if match := _ROLE.fullmatch(what):
        return Said(watch=Watch(match["title"], stop))
    return None
