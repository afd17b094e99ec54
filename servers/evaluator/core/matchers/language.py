"""Human languages with levels. Where somebody worked, or what their résumé is written in, says nothing of them."""

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
_DONE = (
    r"\b(?:teach(?:es|ing|er of)?|taught|tutor(?:ed|ing)?|instructor(?: of|,)?|lectur\w+ in|studied|degree in|major(?:ed)? "
    r"in|translat\w+ (?:[\w ]{{1,20}} )?(?:from|into)|interpret\w+ (?:from|into)) (?:the )?{name}\b"
    r"|\b{name} (?:as a (?:second|foreign) language|(?:language )?(?:teacher|tutor|instructor|lecturer|translator|"
    r"interpreter|lessons|philology))\b"
)
"""What is done with a language itself, by somebody who has it."""
_EXAMS = {
    "en": "TOEFL|IELTS|TOEIC|TESOL|CELTA|EFL|ESL",
    "de": "TestDaF|Goethe-Zertifikat",
    "fr": "DELF|DALF",
    "es": "DELE",
    "it": "CILS|CELI",
    "ja": "JLPT",
    "zh": "HSK",
}
"""Papers and subjects that bear the name of no language, by the language that they are of."""
_OF_OTHERS = re.compile(r"\s+(?:language\s+)?(?:learners?|pupils?|students?|arts)\b", re.I)
_EXACT = re.compile(r"\b[ABC][12]\b|\b(?:native|mother[- ]tongue|bilingual)\b", re.I)


def match_language(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge a language and its level."""
    language, level = _wanted(qualification)
    if language is None:
        return match_statement(qualification, record, role)
    label = language_label(language) or language
    exact = _is_exact(qualification)
    said, done = _said(language, record), _done_with(language, label, record)
    found = _by_level(label, level, *said, exact=exact) if said else None
    if done and (found is None or found.verdict is not Verdict.MEETS):
        # "Taught elementary English": that level is the pupils'.
        found = _by_level(label, level, None, done, exact=exact)
    if found:
        return found
    # What is written in a language may be written by somebody else.
    return no_evidence(f"the profile does not mention {label}", 0.65)


def _is_exact(qualification: Qualification) -> bool:
    """Tell whether a level is asked for as one, and not in a word such as "fluent", which does not raise the bar."""
    in_words = any(one.level for one in find_languages(qualification.statement))
    return not in_words or bool(_EXACT.search(qualification.statement))


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
        if _OF_OTHERS.match(text.masked, one.end):
            continue
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
        if _OF_OTHERS.match(record.texts[span.source].masked, span.end):
            continue
        if not any(hit.source == span.source and span.start <= hit.start < span.end for hit in hits):
            said = find_languages(f"{item.language} language, {item.fluency or ''}")
            level = said[0].level if said else None
            if level and (best is None or RANK[level] > RANK[best]):
                best = level
            hits.append(Hit(span.source, span.start, max(span.end, span.start + 1), 0.6))
    return (best, tuple(hits)) if hits else None


def _by_level(
    label: str,
    wanted: LanguageLevel | None,
    have: LanguageLevel | None,
    hits: tuple[Hit, ...],
    *,
    exact: bool,
) -> Finding:
    """Compare levels; where only words such as "fluent" or "good" ask for one, naming the language is enough."""
    if wanted is None:
        return Finding(Verdict.MEETS, f"names {label}" + (f" at {have} level" if have else ""), 0.85, hits)
    if have is None:
        if RANK[wanted] <= RANK["B1"] or not exact:
            return Finding(Verdict.MEETS, f"names {label}, no level said", 0.6, hits)
        return Finding(Verdict.PARTIAL, f"names {label}, but no level; {wanted} asked", 0.6, hits)
    if RANK[have] >= RANK[wanted] or (wanted == "native" and have == "C2"):
        return Finding(Verdict.MEETS, f"{label} at {have} level", 0.9, hits)
    if RANK[wanted] - RANK[have] == 1 or (wanted in ("C2", "native") and have == "C1"):
        return Finding(Verdict.PARTIAL, f"{label} at {have} level, {wanted} asked", 0.7, hits)
    return Finding(Verdict.NOT_MET, f"{label} at {have} level, {wanted} asked", 0.75, hits)


def _done_with(language: str, label: str, record: Record) -> tuple[Hit, ...]:
    """Return where the language itself was taught, studied, translated or examined."""
    pattern = _DONE.format(name=re.escape(label))
    done = re.compile(pattern, re.I)
    exams = re.compile(rf"\b(?:{_EXAMS[language]})\b") if language in _EXAMS else None
    hits: list[Hit] = []
    for text in record.texts.values():
        for found in (one for each in (done, exams) if each for one in each.finditer(text.masked)):
            passage = text.passages.around(found.start())
            if passage and not _DENIED.search(
                text.masked, max(passage[0], found.start() - 40), found.start()
            ):
                hits.append(Hit(text.id, found.start(), found.end(), 0.6))
    return tuple(hits)
