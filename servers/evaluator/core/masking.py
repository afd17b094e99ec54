"""Hides, before anything is judged, who somebody is and what must not count.

Masking keeps length and line ends, so every place in the masked text is the same place in the source.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from servers.evaluator.core.addressing import addresses, titles_before
from servers.evaluator.core.word_lists import word_list

MASK = "*"

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>()\[\]]+|\b(?:linkedin|github|gitlab|facebook|twitter|instagram|xing)\.com/[^\s<>()]+",
    re.I,
)
_PHONE = re.compile(r"(?<![\w/-])\+?\(?\d[\d \t().-]{6,}\d(?![\w/])")
_DATES = re.compile(r"(?:19|20)\d\d[ \t]*[-.][ \t]*(?:(?:19|20)\d\d|\d\d?\b)|\b\d\d?[-.](?:19|20)\d\d")
_PHONE_LABEL = re.compile(
    r"\b(?:phone|tel(?:ephone)?|mobile|cell|fax|whatsapp)\b[ \t]*(?:no\.?|number)?[ \t]*[:.]?[ \t]*"
    r"([+(\dx][\d \t()./x-]{5,})",
    re.I,
)
_STREET = re.compile(
    r"\b\d{1,5}[a-z]?,?[ \t]+(?:[A-Z][\w.']*[ \t]+){1,4}"
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|square|way|place|pl|terrace)\b\.?"
    r"(?:,?[ \t]*(?:apt|apartment|suite|unit|flat|#)\.?[ \t]*\w+)?"
    r"|\b[A-ZÄÖÜ][\wäöüß.-]+(?:straße|strasse|str\.|weg|platz|allee|gasse)[ \t]+\d{1,4}[a-z]?\b"
    r"|\bP\.?[ \t]?O\.?[ \t]?Box[ \t]+\d+",
    re.I,
)
_POSTCODE = re.compile(
    r"\b[A-Z]{2}[ \t]+(\d{5}(?:-\d{4})?)\b"
    r"|\b(\d{5})[ \t]+(?=[A-ZÄÖÜ][a-zäöüß]+\b)"
    r"|\b([A-Z]{1,2}\d[A-Z\d]?[ \t]\d[A-Z]{2})\b"
    r"|\b(?:[Zz]ip|[Pp]ostal|[Pp]ost|[Pp]in|ZIP|PIN)[ \t-]?(?:[Cc]ode|CODE)?[ \t]*[:.–-]?[ \t]*"
    r"([A-Z]{0,2}\d[A-Z\d]{1,7}(?:[ \t]\d[A-Z]{2}|[ \t]\d{3}|-\d{3,4})?)\b"
)
_LABELLED = re.compile(
    r"(?:^|(?<=[\n|;,•]))[ \t]*(?:name|full name|father'?s?'? name|mother'?s?'? name|spouse(?:'s name)?|"
    r"date of birth|birth ?date|d\.?o\.?b\.?|birthday|place of birth|age|gender|sex|pronouns?|"
    r"marital status|civil status|family status|children|dependents|nationality|citizenship|"
    r"religion|caste|race|ethnicity|blood group|photo(?:graph)?|passport(?: no\.?| number)?|"
    r"(?:permanent |current |home |postal |mailing )?address|disability)"
    r"[ \t]*(?::|[ \t][-–][ \t]|–|\t)[ \t]*([^\n|;•]{1,120}\w*)",
    re.I,
)
_AGE = re.compile(
    r"\b(?:aged?[ \t]+\d{2}\b|\d{2}[ -]years?[ -]old\b|\d{2}[ -]?y/?o\b"
    r"|born(?:[ \t]+(?:in|on))?[ \t]+(?:\w+[ \t]+){0,3}(?:19|20)\d\d)",
    re.I,
)
_PRONOUNS = word_list("pronouns")
_FAMILY = re.compile(
    r"\b(?:married|unmarried|divorced|widowed|single (?:mother|father|parent)|husband|wife|spouse)\b"
    r"|\b(?:mother|father|parent) of \w+(?: (?:children|kids|boys|girls))?"
    r"|\b(?:maternity|paternity|parental) leave\b"
    r"|\b(?:christian|muslim|hindu|jewish|sikh|buddhist|catholic|atheist)\b",
    re.I,
)
_FAMILY_WORDS = word_list("family")
_AGE_WORDS = word_list("age")
_PHONE_WORDS = word_list("phone")
_STREET_WORDS = word_list("street")
_STREET_ENDINGS = ("straße", "strasse", "str.", "weg", "platz", "allee", "gasse")
_LABELS = word_list("labels")
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)|data:image/[\w+;,=/-]+", re.I)
_GAP = re.compile(r"[\s,.]+")
_PLAIN_WORD = re.compile(r"[a-z]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text of the same length, and the ranges that were hidden, in order and apart."""

    text: str
    hidden: tuple[tuple[int, int], ...]


def mask_text(text: str, names: Iterable[str] = ()) -> Masked:
    """Hide identity and protected attributes in ``text``.

    ``names`` are full names and single names that stand for the person; a full name is found in any
    letter case, a single one only where it is capitalised.
    """
    called = list(_names(text, names))
    ranges = [*_identity(text), *called, *titles_before(text, called)]
    merged = _merge(ranges)
    pieces: list[str] = []
    reached = 0
    for start, end in merged:
        pieces.append(text[reached:start])
        pieces.append("".join(c if c == "\n" else MASK for c in text[start:end]))
        reached = end
    pieces.append(text[reached:])
    return Masked("".join(pieces), tuple(merged))


def _identity(text: str) -> Iterable[tuple[int, int]]:
    """Yield what identifies a person. Most patterns can only match beside words that are rare: look first."""
    lowered = text.lower()
    words = frozenset(_PLAIN_WORD.findall(lowered))
    for pattern, possible in (
        (_EMAIL, "@" in text),
        (_URL, "http" in lowered or "www." in lowered or ".com/" in lowered),
        (_STREET, bool(words & _STREET_WORDS) or any(end in lowered for end in _STREET_ENDINGS)),
        (_AGE, bool(words & _AGE_WORDS)),
        (_FAMILY, bool(words & _FAMILY_WORDS)),
        (_IMAGE, "![" in text or "data:image" in lowered),
    ):
        if possible:
            for match in pattern.finditer(text):
                yield match.span()
    if pronouns := words & _PRONOUNS:
        for match in _one_of(pronouns).finditer(text):
            if addresses(text, match):
                yield match.span()
    yield from _numbers(text, words)
    if words & _LABELS:
        for match in _LABELLED.finditer(text):
            yield match.span(1)


def _numbers(text: str, words: frozenset[str]) -> Iterable[tuple[int, int]]:
    """Yield telephone numbers and postcodes."""
    for match in _PHONE.finditer(text):
        digits = sum(c.isdigit() for c in match.group())
        if 9 <= digits <= 15 and not _DATES.search(match.group()):
            yield match.span()
    if words & _PHONE_WORDS:
        for match in _PHONE_LABEL.finditer(text):
            yield match.span(1)
    for match in _POSTCODE.finditer(text):
        yield match.span(match.lastindex or 0)


@lru_cache(maxsize=256)
def _one_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(words))})\b\.?", re.I)


def _names(text: str, names: Iterable[str]) -> Iterable[tuple[int, int]]:
    lowered = _lowered(text)
    for name in names:
        parts = _lowered(name).split()
        for start in _word_starts(lowered, parts[0]) if parts else ():
            end = _end_of(lowered, parts, start)
            if end and (len(parts) > 1 or text[start].isupper()):
                yield start, end


def _lowered(text: str) -> str:
    """Return the text in lower case, of the same length: a letter that would become two stays as it is."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _word_starts(lowered: str, word: str) -> Iterable[int]:
    at = lowered.find(word)
    while at >= 0:
        if at == 0 or not (lowered[at - 1].isalnum() or lowered[at - 1] == "_"):
            yield at
        at = lowered.find(word, at + 1)


def _end_of(lowered: str, parts: list[str], start: int) -> int | None:
    """Return where the parts end that begin at ``start`` one after another, or None."""
    at = start
    for number, part in enumerate(parts):
        if number:
            gap = _GAP.match(lowered, at)
            if gap is None:
                return None
            at = gap.end()
        if not lowered.startswith(part, at):
            return None
        at += len(part)
    ends_word = at == len(lowered) or not (lowered[at].isalnum() or lowered[at] == "_")
    return at if ends_word else None


def _merge(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def guess_name(text: str) -> str | None:
    """Return the first line where it looks like a person's name: two to four capitalised words, no more."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    words = first.split()
    if not 2 <= len(words) <= 4:
        return None
    plain = all(_WORD.fullmatch(word.rstrip(".,")) and word[0].isupper() for word in words)
    return first if plain else None
