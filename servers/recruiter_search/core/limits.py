"""Limits of a number as the boolean language writes them: >=5, >5, <=10, <10, 5..10, each with % or without."""

import math
import re
from typing import NamedTuple

_NUMBER = r"[+-]?\d{1,9}(?:\.\d{1,9})?%?"
_LIMITS = re.compile(rf"(?P<sign>[<>]=?)(?P<one>{_NUMBER})|(?P<least>{_NUMBER})\.\.(?P<most>{_NUMBER})")
_MEANT = re.compile(r"\d+(?:\.\d+)?%?")


class Limits(NamedTuple):
    """Both inclusive; None leaves a side open."""

    least: float | None
    most: float | None


def read_limits(text: str) -> Limits | None:
    """Return the limits that ``text`` writes; None where it writes none, or the lower above the upper one."""
    match = _LIMITS.fullmatch(text.strip())
    if match is None:
        return None
    if match["sign"]:
        one = _number(match["one"])
        if match["sign"].startswith(">"):
            return Limits(one if match["sign"] == ">=" else math.nextafter(one, math.inf), None)
        return Limits(None, one if match["sign"] == "<=" else math.nextafter(one, -math.inf))
    limits = Limits(_number(match["least"]), _number(match["most"]))
    return limits if (limits.least or 0) <= (limits.most or 0) else None


def whole(limits: Limits) -> tuple[int | None, int | None]:
    """Return the limits of a number that has no fractions."""
    least, most = limits
    return None if least is None else math.ceil(least), None if most is None else math.floor(most)


def written_limits(least: float | None, most: float | None, *, percent: bool = False) -> str:
    """Return limits, at least one of which is given, as ``read_limits`` reads them."""
    low, high = (
        None if one is None else f"{100 * one:g}%" if percent else f"{one:g}" for one in (least, most)
    )
    if low is None:
        return f"<={high}"
    return f">={low}" if high is None else f"{low}..{high}"


def limits_meant(word: str, text: str) -> str:
    """Return what to write for ``text``, which writes no limits."""
    found = _MEANT.findall(text)
    if len(found) == 2 and float(found[0].rstrip("%")) <= float(found[1].rstrip("%")):
        return f"Write {word}:{found[0]}..{found[1]}."
    at = found[0] if len(found) == 1 else "5"
    if len(found) == 1 and "+" in text:
        return f"Write {word}:>={at}."
    return f"Write {word}:>={at} for at least, {word}:<={at} for at most, or both as {word}:{at}..…."


def _number(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)
