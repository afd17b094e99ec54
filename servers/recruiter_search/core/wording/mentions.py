"""What a text names that can be searched for, each with its place in the text; nothing overlaps but a skill in a
job's name that says more than the job does (``Java developers``)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.employers import find_companies, find_schools
from servers.recruiter_search.core.wording.known import find_known
from servers.recruiter_search.core.wording.lexicon import vocabulary
from servers.recruiter_search.core.wording.records import find_records
from shared.taxonomy import (
    Taxonomy,
    find_certificates,
    find_degrees,
    find_industries,
    find_languages,
    find_places,
    resolve_language,
    seniority_of,
)
from shared.taxonomy.degrees import find_fields_of_study
from shared.taxonomy.text import normal_form
from shared.taxonomy.work_modes import find_work_modes
from shared.taxonomy.years import years_asked

Kind = Literal[
    "skill", "occupation", "trade", "seniority", "company", "industry", "place", "mode", "language",
    "degree", "study", "certificate", "school", "years", "record", "phrase", "function", "headcount", "growth",
    "stage", "project",
]  # fmt: skip
UNSURE = "unsure"
"""Said of a name that may be an ordinary word as well."""
JOB: frozenset[Kind] = frozenset(("occupation", "trade", "seniority"))
"""Kinds that name what somebody is; in a list they belong together."""


@dataclass(frozen=True)
class Mention:
    """Characters ``[start, end)`` that name something.

    Args:
        value: what is named: an id, a name as it is written, a number of years.
        extra: what else is said of it: a level, the fields of a degree, an upper bound.
        by: who says so.
    """

    start: int
    end: int
    kind: Kind
    value: str
    extra: tuple[str, ...] = field(default=())
    by: Literal["rules", "model"] = "rules"


_TRADES = vocabulary(
    "engineer analyst technician consultant specialist coordinator associate assistant operator",
    "representative officer planner inspector advisor adviser architect designer scientist",
    "researcher administrator",
)
_LEVEL = re.compile(
    r"\b(?:seniors?|sr\.?|juniors?|jr\.?|mid[ -]?level|medior|entry[ -]level|principal|staff(?= [a-z]*(?:engineer|"
    r"developer|scientist|designer))|lead(?= [a-z])|interns?|internship|managers?|directors?|executives?|vps?|"
    r"c[etfo]o|c[ -]level|head of)\b(?! to\b)",
    re.I,
)
_QUOTED = re.compile(r"[\"“„]([^\"“”„]{2,100})[\"”“]")
_INDUSTRY_BEFORE = re.compile(
    r"\b(?:worked|works|working|employed|experience|experienced|background|career|years?|roles?)\s+"
    r"(?:at|in|for|with|within|from|of)\s+(?:an?\s+|the\s+)?$|\b(?:at|for)\s+(?:an?\s+)$|\bfrom (?:an? |the )?$",
    re.I,
)
_INDUSTRY_AFTER = re.compile(r"^\s+(?:industry|sector|companies|background|experience|firms?|domain)\b", re.I)
_STUDIED = re.compile(r"\b(?:degree in|studied|graduate[sd]? in|background in|major in|majored in)\s+$", re.I)
_BOUND = re.compile(
    r"\b(?:(?P<most>under|below|less than|fewer than|up to|at most|no more than|max(?:imum)?\.?(?: of)?)"
    r"|at least|minimum(?: of)?|min\.?|more than|over|between)\s+$",
    re.I,
)
_LOWER_PLACE = re.compile(
    r"\b(?:in|near|around|from|to|of|or|and|based in|living in)\s+((?:[^\W\d_][\w'’.-]*)(?:\s+[^\W\d_][\w'’.-]*){0,2})"
)
_BARE_LANGUAGE = re.compile(r"(?:^|[,;(+/&]|\b(?:and|or|with|plus|like|need|knows?)\b)\s*$", re.I)
_BILINGUAL = re.compile(r"\b(?:bi|multi)lingual\b", re.I)
"""It says that somebody speaks both, not that either is native."""
_OR_FLUENT = re.compile(
    r"\bnative\s*(?:or|/)\s*(?:near[ -]native|fluent)\b|\bfluent\s*(?:or|/)\s*native\b", re.I
)
_CAPITALISED = re.compile(r"\b[A-Z][a-z]{3,}\b")
_AFTER_LANGUAGE = re.compile(r"^\s*(?:$|[,;.)+/&]|(?:and|or)\b)", re.I)


def find_mentions(text: str, taxonomy: Taxonomy) -> list[Mention]:
    """Return what ``text`` names, left to right; of readings that overlap the one listed first here."""
    taken: list[Mention] = []
    _take(taken, (Mention(f.start, f.end, f.kind, "", f.said) for f in find_known(text)))
    _take(taken, (Mention(r.start, r.end, "record", r.filter, (r.value,)) for r in find_records(text)))
    _take(taken, (Mention(m.start(), m.end(), "phrase", m[1]) for m in _QUOTED.finditer(text)))
    _take(taken, (Mention(start, end, "school", name) for start, end, name in find_schools(text)))
    _take(taken, (Mention(c.start, c.end, "certificate", c.certificate) for c in find_certificates(text)))
    _take(taken, _degrees(text))
    _take(taken, _years(text))
    _take(taken, _languages(text))
    _take(taken, _industries(text, taxonomy))
    _take(
        taken, (Mention(o.start, o.end, "occupation", o.occupation) for o in taxonomy.find_occupations(text))
    )
    _take(taken, _modes(text))
    _take(taken, _places(text))
    _take(taken, _skills(text, taxonomy, taken), inside="occupation")
    _take(taken, (Mention(i.start, i.end, "industry", i.industry) for i in find_industries(text)))
    _take(taken, _levels(text))
    _take(taken, _trades(text))
    known = [(one.start, one.end) for one in taken]
    companies = [Mention(c.start, c.end, "company", c.name, (c.held,)) for c in find_companies(text, known)]
    apart = [one for one in taken if not any(c.start <= one.start and one.end <= c.end for c in companies)]
    return sorted([*apart, *companies], key=lambda one: (one.start, one.end))


def named(text: str, start: int, end: int, names: Names) -> Mention | None:
    """Return what unread words are the whole name of, though no word beside them says that it is meant: Go."""
    words = text[start:end]
    if skill := names.taxonomy.resolve_skill(words):
        return Mention(start, end, "skill", skill, (UNSURE,))
    if names.ids("function", words):
        return Mention(start, end, "function", words.lower(), (UNSURE,))
    return None


def _take(taken: list[Mention], found: Iterable[Mention], inside: Kind | None = None) -> None:
    """Add what overlaps nothing that is taken; ``inside``: it may lie in a mention of that kind."""
    for one in found:
        beside = [other for other in taken if one.start < other.end and other.start < one.end]
        if all(
            other.kind == inside and other.start <= one.start and one.end <= other.end for other in beside
        ):
            taken.append(one)


def _degrees(text: str) -> Iterator[Mention]:
    for found in find_degrees(text):
        before = re.search(r"((?:[\w-]+\s+){1,3})$", text[max(0, found.start - 60) : found.start])
        fields = found.fields or tuple(find_fields_of_study(before[1]) if before else ())
        start = found.start
        if before and fields and not found.fields:
            start -= len(_naming(before[1], fields))
        yield Mention(start, found.end, "degree", found.level, fields)
    for found in _STUDIED.finditer(text):
        yield from _studied(text, found.end())
    for match in re.finditer(r"\bstudied\s+|\bmajor(?:ed)? in\s+", text, re.I):
        yield from _studied(text, match.end())


def _naming(words: str, fields: tuple[str, ...]) -> str:
    """Return the last of ``words`` that name ``fields``: without the "no" before them."""
    ends = [found.start() for found in re.finditer(r"\S+", words)]
    return next(
        (words[at:] for at in reversed(ends) if tuple(find_fields_of_study(words[at:])) == fields), ""
    )


def _studied(text: str, start: int) -> Iterator[Mention]:
    named = re.match(r"[\w&-]+(?:\s[\w&-]+){0,3}", text[start:])
    words = named[0].split(" ") if named else []
    for count in range(len(words), 0, -1):
        tried = " ".join(words[:count])
        if fields := find_fields_of_study(tried):
            yield Mention(start, start + len(tried), "study", fields[0])
            return


def _years(text: str) -> Iterator[Mention]:
    for span in years_asked(f"{text} experience"):  # what else would a search ask years of
        most = (f"{span.most:g}",) if span.most else ()
        bound = _BOUND.search(text[: span.start])
        start = bound.start() if bound else span.start
        if bound and bound["most"]:
            yield Mention(start, span.end, "years", "0", (f"{span.years:g}",))
        else:
            yield Mention(start, span.end, "years", f"{span.years:g}", most)


def _languages(text: str) -> Iterator[Mention]:
    for found in find_languages(text):
        level = found.level
        if level == "native" and _BILINGUAL.search(text):
            level = None
        elif level == "native" and _OR_FLUENT.search(text):
            level = "C1"
        yield Mention(found.start, found.end, "language", found.language, (level,) if level else ())
    for word in _CAPITALISED.finditer(text):
        code = resolve_language(word[0])
        if code and _BARE_LANGUAGE.search(text[: word.start()]) and _AFTER_LANGUAGE.match(text[word.end() :]):
            yield Mention(word.start(), word.end(), "language", code)


def _industries(text: str, taxonomy: Taxonomy) -> Iterator[Mention]:
    """Yield the industries whose place says that they are meant and not a skill of the same name."""
    jobs = [(one.start, one.end) for one in taxonomy.find_occupations(text)]
    for found in find_industries(text):
        in_job = any(start <= found.start < end for start, end in jobs)
        meant = _INDUSTRY_BEFORE.search(text[: found.start]) or _INDUSTRY_AFTER.match(text[found.end :])
        if meant and not in_job:
            yield Mention(found.start, found.end, "industry", found.industry)


def _modes(text: str) -> Iterator[Mention]:
    yield from (Mention(m.start, m.end, "mode", m.mode) for m in find_work_modes(text))


def _places(text: str) -> Iterator[Mention]:
    found = find_places(text)
    yield from (Mention(m.start, m.end, "place", m.place.id) for m in found)
    for match in _LOWER_PLACE.finditer(text):
        words = match[1].split(" ")
        for count in range(len(words), 0, -1):
            tried = " ".join(words[:count]).rstrip(".,")
            named = find_places(tried.title()) if tried == tried.lower() else []
            if named and named[0].start == 0 and named[0].end == len(tried):
                yield Mention(match.start(1), match.start(1) + len(tried), "place", named[0].place.id)
                break


def _skills(text: str, taxonomy: Taxonomy, taken: list[Mention]) -> Iterator[Mention]:
    """Yield the skills; one in a job's name only where the job is not called so."""
    jobs = [one for one in taken if one.kind == "occupation"]
    for found in taxonomy.find_skills(text):
        around = next((job for job in jobs if job.start <= found.start and found.end <= job.end), None)
        plain = re.sub(r"\W", "", found.text.lower())
        if around is None or plain not in re.sub(r"\W", "", around.value):
            yield Mention(found.start, found.end, "skill", found.skill)


def _levels(text: str) -> Iterator[Mention]:
    for found in _LEVEL.finditer(text):
        high = found[0].lower().startswith(("exec", "c-l", "c l"))
        level = "executive" if high else seniority_of(found[0]) or seniority_of(found[0].rstrip("s"))
        if level:
            yield Mention(found.start(), found.end(), "seniority", level)


def _trades(text: str) -> Iterator[Mention]:
    for found in re.finditer(r"[^\W\d_]{4,}", text):
        form = normal_form(found[0])
        if form in _TRADES:
            yield Mention(found.start(), found.end(), "trade", form)
