"""Degrees and the fields of study named with them."""

import re
from functools import cache

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import DegreeLevel, DegreeMention, NamedEntry
from shared.taxonomy.skill_data import data_lines, names
from shared.taxonomy.text import slug, tokenise

_LEVELS: tuple[tuple[DegreeLevel, str], ...] = (
    (
        "doctorate",
        r"ph\.?\s?d\b\.?|doctorates?|doctoral(?: degree)?|d\.phil\.?|dphil|doctor of [a-z]+|pharm\.?d\.?|"
        r"juris doctor|j\.d\.|ed\.d\.?|postdoc(?:toral)?",
    ),
    (
        "master",
        r"master['’]?s?(?: degrees?| of (?:science|arts|engineering|business administration|"
        r"public administration|"
        r"public health|education|laws|technology|computer applications|philosophy|commerce|social work|"
        r"fine arts))|master['’]s|masters\b(?= in| degree| or|,|$)|master (?=in\b)|m\.?b\.?a\b\.?|"
        r"m\.?sc\b\.?|"
        r"m\.s\.|MS(?= in\b| degree|/PhD|,? or PhD| or Ph\.D|\.? Computer)|m\.a\.|MA(?= in\b| degree)|"
        r"m\.?eng\b\.?|"
        r"m\.?\s?tech\b\.?|m\.?phil\b\.?|m\.?com\b\.?|MCA\b|M\.?P\.?A\b\.?(?= |,|$)|MPH\b|m\.?ed\b\.?|"
        r"LL\.M\b\.?|LLM(?= in (?:\w+ ){0,3}law\b| degree| from\b|\s?[(,-]\s?(?:\w+ ){0,4}(?:law|universit))|"
        r"MFA\b|MSW\b|MSN\b|post-?graduate(?: degree| diploma| qualification)?|graduate degree|"
        r"advanced degree|magister",
    ),
    (
        "bachelor",
        r"bachelor['’]?s?(?:/master['’]?s)?(?: degrees?| of (?:science|arts|engineering|"
        r"business administration|"
        r"technology|laws|education|commerce|computer applications|fine arts|nursing|architecture|"
        r"business|social work|arts in \w+))?|b\.?sc\b\.?|b\.s\.|B\.?S\b(?= in\b| degree|/MS| MS| or M|"
        r" and M|, |"
        r"\s?/\s?B)|b\.a\.|"
        r"BA(?= in\b| degree|/BS|, |\s?/\s?B)|b\.?eng\b\.?|b\.?\s?tech\b\.?|b\.?com\b\.?|BBA\b|BCA\b|BSN\b|"
        r"BFA\b|b\.\s?e\b\.?|(?-i:B ?E(?= in [A-Z][a-z]))|B\.?Ed\b\.?|"
        r"LL\.?B\b\.?|MBBS\b|undergraduate degree|university degree|college degree|4[- ]year degree|"
        r"four[- ]year degree|university education|degree in|degree(?! of )|academic degree|honou?rs degree",
    ),
    (
        "associate",
        r"associate['’]?s?(?:['’])? degrees?|associate['’]?s? (?:of|in) (?:applied )?(?:science|arts)|"
        r"a\.a\.s?\.?|"
        r"AAS\b|two[- ]year degree|2[- ]year degree|foundation degree|HND\b|HNC\b|higher national diploma|"
        r"advanced diploma|associates in|A\.S\.|diploma in(?! high)",
    ),
    (
        "secondary",
        r"high school(?: diploma| degree| graduate| education| or equivalent)?|ged\b|g\.e\.d\.?|"
        r"secondary school(?: certificate| diploma| education)?|a[- ]levels?|gcses?|abitur|baccalaur[eé]at|"
        r"matriculation|secondary education|HSC\b|SSC\b|O[- ]levels?",
    ),
)
_ORDER: dict[DegreeLevel, int] = {"secondary": 0, "associate": 1, "bachelor": 2, "master": 3, "doctorate": 4}
# Abbreviations that are everyday words in lower case must stand in capitals as written in the pattern.
_PATTERNS: list[tuple[DegreeLevel, re.Pattern[str]]] = [
    (level, re.compile(r"(?<![\w.-])(?:" + pattern + r")(?![\w])", re.I)) for level, pattern in _LEVELS
]
_CAPITALS = frozenset({"MS", "MA", "BS", "BA", "BCA", "BBA", "MCA", "GED", "HND", "HNC", "AAS", "HSC", "SSC"})
_NOT_DEGREES = re.compile(
    r"(?:high|great|large|some|certain|360|180|\d|any|varying|lesser|small|strong) degree|"
    r"degrees? (?:of|celsius|fahrenheit)"
    r"|master(?:ed|ing|y)|scrum master",
    re.I,
)
_BARE = re.compile(r"degree", re.I)
_FIELD_REACH = 140
_STOP = re.compile(
    r"[.;\n•]|\b(?:with|from|at|university|college|institute|school|plus|minimum|years?|experience)\b", re.I
)


@cache
def _fields() -> tuple[dict[str, NamedEntry], PhraseMatcher[str]]:
    entries: dict[str, NamedEntry] = {}
    for line in data_lines("fields_of_study.txt"):
        label, aliases, group = (part.strip() for part in line.split(";"))
        entries[slug(label)] = NamedEntry(slug(label), label, names(aliases), group)
    return entries, PhraseMatcher(
        [(name, entry.id) for entry in entries.values() for name in (entry.label, *entry.aliases)]
    )


def field_of_study(field_id: str) -> NamedEntry | None:
    """Return the field of study with this id; its ``group`` is the wider area, or None."""
    return _fields()[0].get(field_id)


def find_fields_of_study(text: str) -> list[str]:
    """Return the ids of the fields of study that ``text`` names, in order, once each."""
    tokens = tokenise(text)
    return list(dict.fromkeys(ids[0] for _, _, ids in _fields()[1].longest(tokens)))


def fields_match(have: str, want: str) -> bool:
    """Return whether a degree in ``have`` counts as one in ``want``: the same, or within a wide ``want``."""
    if have == want:
        return True
    known = _fields()[0]
    wide = {
        "engineering": ("engineering", "computing"),
        "science": ("science",),
        "liberal-arts": ("humanities",),
    }
    return have in known and known[have].group in wide.get(want, ())


def degree_rank(level: DegreeLevel) -> int:
    """Return 0 (secondary) to 4 (doctorate)."""
    return _ORDER[level]


def find_degrees(text: str) -> list[DegreeMention]:
    """Return the degrees that ``text`` mentions, left to right, each with the fields named beside it."""
    found: list[tuple[int, int, DegreeLevel]] = []
    for level, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            written = match.group()
            if written.upper() in _CAPITALS and not written.isupper():
                continue
            around = text[max(0, match.start() - 9) : match.end() + 12]
            if not _NOT_DEGREES.search(around):
                found.append((match.start(), match.end(), level))
    found = _apart(text, sorted(found, key=lambda item: (item[0], -item[1])))
    mentions: list[DegreeMention] = []
    for index, (start, end, level) in enumerate(found):
        reach = min(end + _FIELD_REACH, found[index + 1][0] if index + 1 < len(found) else len(text))
        fields, stop = _named_fields(text, end, reach)
        stop = max(stop, end)
        mentions.append(DegreeMention(start, stop, text[start:stop], level, fields))
    return mentions


def _apart(text: str, found: list[tuple[int, int, DegreeLevel]]) -> list[tuple[int, int, DegreeLevel]]:
    """Return those that do not overlap; in "Master of Science degree" the last word names no second one."""
    kept: list[tuple[int, int, DegreeLevel]] = []
    for start, end, level in found:
        if kept and start < kept[-1][1]:
            continue
        if kept and _BARE.match(text, start, end) and not text[kept[-1][1] : start].strip(" "):
            kept[-1] = kept[-1][0], end, kept[-1][2]
        else:
            kept.append((start, end, level))
    return kept


def _named_fields(text: str, start: int, reach: int) -> tuple[tuple[str, ...], int]:
    tail = text[start:reach]
    stop = _STOP.search(tail)
    tail = tail[: stop.start()] if stop else tail
    tokens = tokenise(tail)
    fields: list[str] = []
    end = start
    for _, after, ids in _fields()[1].longest(tokens):
        fields.append(ids[0])
        end = start + tokens.ends[after - 1]
    return tuple(dict.fromkeys(fields)), end


def degree_of(text: str) -> tuple[DegreeLevel, str | None] | None:
    """Return the highest degree in ``text`` with its first field of study id, or None."""
    mentions = find_degrees(text)
    if not mentions:
        return None
    best = max(mentions, key=lambda mention: (_ORDER[mention.level], -mention.start))
    return best.level, best.fields[0] if best.fields else None
