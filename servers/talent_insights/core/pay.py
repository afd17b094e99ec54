"""The pay that a posting states, as an amount a year."""

import re
from dataclasses import dataclass

_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP"}
_AMOUNT = r"(\d{1,3}(?:[,. ]\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)\s*(k)?"
_RANGE = re.compile(
    rf"(?P<before>[$€£]|\b[A-Z]{{3}}\b)\s*{_AMOUNT}(?:\s*(?:-|–|—|to)\s*(?:[$€£]|[A-Z]{{3}})?\s*{_AMOUNT})?"
)
_PER_YEAR = (
    (re.compile(r"hour|/\s*h(?:r|our)?\b", re.IGNORECASE), 2080),
    (re.compile(r"\bday|daily", re.IGNORECASE), 260),
    (re.compile(r"week", re.IGNORECASE), 52),
    (re.compile(r"month", re.IGNORECASE), 12),
    (re.compile(r"year|annual|annum|\bp\.?a\b", re.IGNORECASE), 1),
)
LEAST, MOST = 5_000, 5_000_000
"""Amounts a year outside these are misread, and count as not stated."""


@dataclass(frozen=True)
class Pay:
    """A range a year; both ends are equal where one amount is stated."""

    low: float
    high: float
    currency: str


def read_pay(text: str | None) -> Pay | None:
    """Return what a posting's salary says; None where no amount with a currency stands in it."""
    match = _RANGE.search(text or "")
    if match is None or text is None:
        return None
    times = next((factor for pattern, factor in _PER_YEAR if pattern.search(text)), 1)
    low = _number(match[2], match[3] or match[5]) * times
    high = _number(match[4], match[5]) * times if match[4] else low
    if not LEAST <= low <= high <= MOST:
        return None
    return Pay(low, high, _CURRENCIES.get(match["before"], match["before"]))


def _number(digits: str, thousands: str | None) -> float:
    plain = re.sub(r"[,. ](?=\d{3}(?:\D|$))", "", digits)
    return float(plain) * (1000 if thousands else 1)
