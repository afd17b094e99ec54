"""Hides, before anything is judged, who somebody is and what must not count.

Masking keeps length and line ends, so every place in the masked text is the same place in the source.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
    r"|\b(?:zip|postal|post|pin)[ \t-]?code[ \t]*[:.]?[ \t]*([A-Z]?\d[\w -]{3,7})"
)
_LABELLED = re.compile(
    r"(?:^|(?<=[\n|;,•]))[ \t]*(?:name|full name|father'?s?'? name|mother'?s?'? name|spouse(?:'s name)?|"
    r"date of birth|birth ?date|d\.?o\.?b\.?|birthday|place of birth|age|gender|sex|pronouns?|"
    r"marital status|civil status|family status|children|dependents|nationality|citizenship|"
    r"religion|caste|race|ethnicity|blood group|photo(?:graph)?|passport(?: no\.?| number)?|"
    r"(?:permanent |current |home |postal |mailing )?address|disability)"
    r"[ \t]*(?::|[ \t][-–][ \t]|–|\t)[ \t]*([^\n|;•]{1,120})",
    re.I,
)
_AGE = re.compile(
    r"\b(?:aged?[ \t]+\d{2}\b|\d{2}[ -]years?[ -]old\b|\d{2}[ -]?y/?o\b"
    r"|born(?:[ \t]+(?:in|on))?[ \t]+(?:\w+[ \t]+){0,3}(?:19|20)\d\d)",
    re.I,
)
_PERSONAL = re.compile(
    r"\b(?:he|she|him|her|his|hers|himself|herself|they|them|their|theirs|themselves)\b"
    r"|\b(?:mr|mrs|ms|miss|mx)\b\.?"
    r"|\b(?:married|unmarried|divorced|widowed|single (?:mother|father|parent)|husband|wife|spouse)\b"
    r"|\b(?:mother|father|parent) of (?:\w+)(?: (?:children|kids|boys|girls))?"
    r"|\b(?:maternity|paternity|parental) leave\b"
    r"|\b(?:christian|muslim|hindu|jewish|sikh|buddhist|catholic|atheist)\b",
    re.I,
)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)|data:image/[\w+;,=/-]+", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text of the same length, and the ranges that were hidden, in order and apart."""

    text: str
    hidden: tuple[tuple[int, int], ...]


def mask_text(text: str, names: Iterable[str] = (), *, blanked: Iterable[tuple[int, int]] = ()) -> Masked:
    """Hide identity and protected attributes in ``text``, and the ranges in ``blanked``.

    ``names`` are full names and single names that stand for the person; a full name is found in any
    letter case, a single one only where it is capitalised.
    """
    ranges = [*blanked, *_identity(text), *_names(text, names)]
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
    for pattern in (_EMAIL, _URL, _STREET, _AGE, _PERSONAL, _IMAGE):
        for match in pattern.finditer(text):
            yield match.span()
    for match in _PHONE.finditer(text):
        digits = sum(c.isdigit() for c in match.group())
        if 9 <= digits <= 15 and not _DATES.search(match.group()):
            yield match.span()
    for pattern in (_PHONE_LABEL, _POSTCODE, _LABELLED):
        for match in pattern.finditer(text):
            yield match.span(match.lastindex or 0)


def _names(text: str, names: Iterable[str]) -> Iterable[tuple[int, int]]:
    for name in names:
        parts = name.split()
        if not parts:
            continue
        body = r"[\s,.]+".join(re.escape(part) for part in parts)
        flags = re.I if len(parts) > 1 else 0
        forms = (body,) if len(parts) > 1 else (body, re.escape(name.upper()))
        for match in re.finditer(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", text, flags):
            yield match.span()


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
