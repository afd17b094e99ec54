"""Words that ask for what nobody may be selected by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servers.recruiter_search.core.refusals import FIX, reason
from servers.recruiter_search.core.wording.known import find_known
from servers.recruiter_search.core.wording.lexicon import vocabulary
from servers.recruiter_search.core.wording.models import RefusedWords
from shared.lawful import Check, SafetyCheck
from shared.taxonomy import Taxonomy, language_label, resolve_language

_PLAIN = re.compile(
    r"\b(age|ages|gender|sex|pronouns|nationality|citizenship|ethnicity|religion|married|unmarried|pregnant|pregnancy|"
    r"disabled|disability|healthy|able-bodied|sexual orientation|marital status|date of birth|birthday|"
    r"(?:no|without|with|has|have) (?:small |young )?kids|(?:no|without|has|have) (?:small |young )?children)\b",
    re.I,
)
"""Protected attributes by their names, those that are no other word."""
_AGE = re.compile(
    r"\b(?:over|under|above|below|older than|younger than)\s+(?:the age of\s+)?[2-6]\d\b(?!\s*[\w%+])"
    r"|\b(?:no ?one|nobody|any(?:one|body)|some(?:one|body)|every(?:one|body)|people|persons?|candidates?|applicants?|those)\s+"
    r"(?:who(?:'s| is| are)\s+)?(?:over|under|above|below)\s+[2-6]\d(?=\s+(?:at|in|from|near|with|who|and|or)\b)",
    re.I,
)
_CALLED = {"healthy": "health", "able-bodied": "disability"}
_ORIGINS = vocabulary(
    "indian american asian african european british irish scottish mexican brazilian argentinian",
    "canadian australian nigerian kenyan ghanaian pakistani bangladeshi egyptian syrian afghan",
    "iranian israeli jewish hispanic latino latina caucasian black white austrian swiss belgian",
)
_PEOPLE = re.compile(
    r"\s+(?:people|persons?|candidates?|nationals?|citizens?|guys|folks|applicants?)\b", re.I
)
_TAUGHT = re.compile(r"\w*\s*(?:teach|tutor|translat|interpret|lecturer|editor|trainer|professor)", re.I)
_WORD = re.compile(r"\b[^\W\d_]{4,}\b")


@dataclass(frozen=True)
class Protected:
    """Characters ``[start, end)`` that may not be searched for, and why."""

    start: int
    end: int
    why: RefusedWords


def find_protected(text: str, taxonomy: Taxonomy) -> list[Protected]:
    """Return what of ``text`` nobody may be selected by, left to right."""
    for size in find_known(text):
        if size.kind == "headcount":  # "start-ups of under 50" tells no age
            text = text[: size.start] + " " * (size.end - size.start) + text[size.end :]
    check = SafetyCheck()
    checks = [one for one in (*check.findings(text), *check.groups(text)) if not one.lawful]
    found = [_located(one, text) for one in checks]
    found += [*_plain(text), *_origins(text, taxonomy)]
    kept: list[Protected] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return kept


def _located(check: Check, text: str) -> Protected:
    """Return where the words of a refusal stand; the whole text where they are written in disguise."""
    words = re.findall(r"\w+", check.matched)
    place = re.search(r"\W+".join(re.escape(word) for word in words), text, re.I) if words else None
    start, end = place.span() if place else (0, len(text))
    why = RefusedWords(
        words=text[start:end],
        attribute=check.attribute or "",
        reason=check.reason,
        rewording=check.rewording,
    )
    return Protected(start, end, why)


def _plain(text: str) -> Iterator[Protected]:
    for found in _PLAIN.finditer(text):
        family = found[0].lower().endswith(("kids", "children"))
        name = (
            "family"
            if family
            else _CALLED.get(found[0].lower()) or found[0].lower().replace(" ", "_").removeprefix("un")
        )
        why = reason(name)
        if why:
            told = RefusedWords(words=found[0], attribute=name, reason=why, rewording=FIX)
            yield Protected(found.start(), found.end(), told)
    for found in _AGE.finditer(text):
        told = RefusedWords(words=found[0], attribute="age", reason=reason("age") or "", rewording=FIX)
        yield Protected(found.start(), found.end(), told)


def _origins(text: str, taxonomy: Taxonomy) -> Iterator[Protected]:
    """Yield adjectives of origin right before people: German engineers, not German-speaking ones."""
    for found in _WORD.finditer(text):
        word, after = found[0], text[found.end() : found.end() + 60]
        language = resolve_language(word) if word[0].isupper() else None
        if (
            not (language or word.lower() in _ORIGINS)
            or not after.startswith(" ")
            or _TAUGHT.match(after.lstrip())
        ):
            continue
        jobs = taxonomy.find_occupations(after)
        if _PEOPLE.match(after) or (jobs and not after[: jobs[0].start].strip()):
            rewording = f"Speaks {language_label(language)}" if language else FIX
            told = RefusedWords(
                words=word, attribute="origin", reason=reason("origin") or "", rewording=rewording
            )
            yield Protected(found.start(), found.end(), told)
