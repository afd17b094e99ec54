"""Years of experience as postings and recruiters write them."""

import re
from dataclasses import dataclass

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "a": 1,
}  # fmt: skip
_NUMBER = r"(?:\d{1,2}(?:[.,]5)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
_YEARS = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:\(\s*\d{{1,2}}\s*\)\s*)?(?:\+|plus\b)?\s*"
    rf"(?:(?:-|–|—|to|or|and)\s*(?P<high>{_NUMBER})\s*(?:\(\d{{1,2}}\)\s*)?\+?\s*)?"
    r"(?:full |complete |solid |relevant |consecutive |calendar )?(?P<unit>years?|yrs?\.?|"
    r"months?)\b(?:['’]s?)?",
    re.I,
)
_NOT_EXPERIENCE = re.compile(
    r"^\s*(?:of age|old|contract|term|fixed|warranty|in business|ago|in a row|after (?:the )?hire|"
    r"from now|period|"
    r"appointment|not[- ]to[- ]exceed|limit|holiday|leave|growth|anniversary|plan|history of|fellowship|"
    r"extension|"
    r"probation|degree|program|course|diploma|(?:in )?total|maximum|at (?:the )?most|renewable)\b",
    re.I,
)
_NOT_BEFORE = re.compile(
    r"(?:over the (?:last|past|next)|in the (?:last|past|next)|for the (?:last|past|next)|within|every|"
    r"last|past|next|up to|contract (?:for|of)|term of|founded|since|aged?|after|once a|per|"
    r"(?:years?|months?|weeks)\s*\(|not[- ]to[- ]exceed|extended (?:by|for)|(?:an )?additional|maximum of|"
    r"first|we have|our|company (?:with|has)|more than a|in(?: just| only| under| less than)?|"
    r"(?:period|duration|course|total) of|duration (?:of [\w ]{1,30} )?is|during(?: the)?|"
    r"(?:last|offered|employed|funded|runs?)\w* for|(?:not|never)\b[^.;]{0,60}\b(?:more|longer) than)\s*$",
    re.I,
)
_REACH_BEFORE = 80


# A large number is as often the age of a company as the experience asked for.
_MANY = 10
_EXPERIENCE = re.compile(r"experien|track record|career|background|practice", re.I)


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Characters ``[start, end)`` that ask for at least ``years``, and at most ``most`` if said."""

    start: int
    end: int
    years: float
    most: float | None = None


def years_asked(text: str) -> list[YearSpan]:
    """Return the amounts of experience that ``text`` asks for."""
    found: list[YearSpan] = []
    for match in _YEARS.finditer(text):
        before, behind = (
            text[max(0, match.start() - _REACH_BEFORE) : match.start()],
            text[match.end() : match.end() + 60],
        )
        if _NOT_EXPERIENCE.match(behind) or _NOT_BEFORE.search(before):
            continue
        if _is_adjective(match) and not _EXPERIENCE.match(behind.lstrip()):
            continue
        if _number(match.group("low")) >= _MANY and not _EXPERIENCE.search(text):
            continue
        scale = 12.0 if match.group("unit").lower().startswith("month") else 1.0
        high = match.group("high")
        low = _number(match.group("low")) / scale
        found.append(
            YearSpan(match.start(), match.end(), round(low, 1), _number(high) / scale if high else None)
        )
    return found


def _is_adjective(match: re.Match[str]) -> bool:
    """Return whether the years describe something: "a two year cohort", "the 3 year plan"."""
    singular = match.group("unit").lower() in ("year", "month")
    return singular and match.group("high") is None and _number(match.group("low")) > 1


def _number(word: str) -> float:
    lowered = word.lower()
    return float(_WORDS[lowered]) if lowered in _WORDS else float(lowered.replace(",", "."))


def spoken_years(years: float) -> str:
    """Return ``1 year`` or ``2.5 years``."""
    amount = f"{years:g}"
    return f"{amount} year" if years == 1 else f"{amount} years"
