"""Human languages with levels. Where somebody worked says nothing about what they speak."""

import re

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.matchers.statement import match_statement
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import find_languages, language_label, resolve_language
from shared.wire.evaluation import Verdict
from shared.wire.requirements import LanguageLevel, Qualification

RANK: dict[LanguageLevel, int] = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}

_DENIED = re.compile(r"\b(?:no|not|never|without|learning|want to learn|little)\b[^.;\n]{0,30}$", re.I)
_SAMPLE = 3000
_WRITTEN_WORDS = 120
"""A text shorter than this does not show that its writer has the language."""
_COMMON: dict[str, frozenset[str]] = {
    "en": frozenset(
        ["the", "and", "of", "to", "in", "for", "with", "on", "from", "by", "at", "as", "was", "is"]
    ),
    "de": frozenset(
        ["und", "der", "die", "das", "mit", "für", "von", "bei", "im", "zur", "zum", "auf", "eine", "als"]
    ),
    "fr": frozenset(
        ["et", "de", "la", "le", "les", "des", "en", "du", "pour", "dans", "avec", "sur", "une", "au"]
    ),
    "es": frozenset(["y", "de", "la", "el", "los", "las", "en", "con", "para", "por", "del", "una", "como"]),
    "it": frozenset(["e", "di", "la", "il", "per", "con", "del", "della", "dei", "in", "una", "nel", "alla"]),
    "pt": frozenset(["e", "de", "da", "do", "em", "com", "para", "os", "as", "dos", "uma", "na", "no"]),
    "nl": frozenset(["en", "de", "het", "van", "een", "voor", "met", "bij", "op", "als", "te", "aan"]),
}


def match_language(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge a language and its level."""
    language, level = _wanted(qualification)
    if language is None:
        return match_statement(qualification, record, role)
    label = language_label(language) or language
    said = _said(language, record)
    if said:
        best_level, hits = said
        return _by_level(label, level, best_level, hits)
    return _by_writing(language, label, level, record)


def _wanted(qualification: Qualification) -> tuple[str | None, LanguageLevel | None]:
    if qualification.language:
        code = qualification.language if language_label(qualification.language) else None
        return code or resolve_language(qualification.language), qualification.language_level
    named = find_languages(qualification.statement)
    if not named:
        return None, None
    return named[0].language, qualification.language_level or named[0].level


def _said(language: str, record: Record) -> tuple[LanguageLevel | None, tuple[Hit, ...]] | None:
    """Return the best level said of a language, and where; None when nothing is said."""
    best: LanguageLevel | None = None
    hits: list[Hit] = []
    for text, one in record.languages:
        passage = text.passages.around(one.start)
        if one.language != language or (
            passage and _DENIED.search(text.masked, max(passage[0], one.start - 40), one.start)
        ):
            continue
        if one.level and (best is None or RANK[one.level] > RANK[best]):
            best = one.level
        hits.append(Hit(text.id, one.start, one.end, 0.5 + 0.05 * RANK[one.level] if one.level else 0.4))
    for item in record.profile.languages:
        # A list of languages needs no cue beside each: the parser saw that it is one.
        span = item.span
        if span is None or resolve_language(item.language) != language or span.source not in record.texts:
            continue
        if record.texts[span.source].hidden_within(span.start, max(span.end, span.start + 1)):
            continue  # the parser read it in what is no evidence
        if not any(hit.source == span.source and span.start <= hit.start < span.end for hit in hits):
            said = find_languages(f"{item.language} language, {item.fluency or ''}")
            level = said[0].level if said else None
            if level and (best is None or RANK[level] > RANK[best]):
                best = level
            hits.append(Hit(span.source, span.start, max(span.end, span.start + 1), 0.6))
    return (best, tuple(hits)) if hits else None


def _by_level(
    label: str, wanted: LanguageLevel | None, have: LanguageLevel | None, hits: tuple[Hit, ...]
) -> Finding:
    if wanted is None:
        return Finding(Verdict.MEETS, f"names {label}" + (f" at {have} level" if have else ""), 0.85, hits)
    if have is None:
        if RANK[wanted] <= RANK["B1"]:
            return Finding(Verdict.MEETS, f"names {label}, no level said", 0.6, hits)
        return Finding(Verdict.PARTIAL, f"names {label}, but no level; {wanted} asked", 0.6, hits)
    if RANK[have] >= RANK[wanted] or (wanted == "native" and have == "C2"):
        return Finding(Verdict.MEETS, f"{label} at {have} level", 0.9, hits)
    if RANK[wanted] - RANK[have] == 1 or (wanted in ("C2", "native") and have == "C1"):
        return Finding(Verdict.PARTIAL, f"{label} at {have} level, {wanted} asked", 0.7, hits)
    return Finding(Verdict.NOT_MET, f"{label} at {have} level, {wanted} asked", 0.75, hits)


def _by_writing(language: str, label: str, wanted: LanguageLevel | None, record: Record) -> Finding:
    """A long text in the language is evidence of writing it, not of a level."""
    hit = _written_in(language, record)
    if hit is None:
        return no_evidence(f"the profile does not mention {label}", 0.65)
    if wanted is None or RANK[wanted] <= RANK["B2"]:
        return Finding(Verdict.MEETS, f"does not name {label}, but is written in it", 0.6, (hit,))
    return Finding(
        Verdict.PARTIAL, f"is written in {label}; its level is not said, {wanted} asked", 0.5, (hit,)
    )


def _written_in(language: str, record: Record) -> Hit | None:
    common = _COMMON.get(language)
    if common is None:
        return None
    for text in record.texts.values():
        words = re.findall(r"[^\W\d_]+", text.masked[:_SAMPLE].lower())
        share = sum(word in common for word in words) / max(len(words), 1)
        rivals = max(
            sum(word in other for word in words) / max(len(words), 1)
            for code, other in _COMMON.items()
            if code != language
        )
        if len(words) >= _WRITTEN_WORDS and share >= 0.08 and share > rivals * 1.5:
            # The passage that reads most like prose: the longest one is often a list of tools.
            start, _ = max(text.passages, key=lambda place: _prose(text.masked[slice(*place)], common))
            return Hit(text.id, start, start + 1, 0.4)
    return None


def _prose(passage: str, common: frozenset[str]) -> int:
    """Count the small words that only sentences have."""
    return sum(word in common for word in re.findall(r"[^\W\d_]+", passage.lower()))
