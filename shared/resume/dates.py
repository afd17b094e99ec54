"""Dates as people write them in careers, read as ISO 8601 prefixes."""

import re
from dataclasses import dataclass
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero",
            "feb february februar fevrier février febrero",
            "mar march märz maerz mars marzo",
            "apr april avril abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august août aout agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember décembre decembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
# A season is read as its first month in the northern academic year.
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SEASON = "|".join(_SEASONS)
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_SHORT_YEAR = r"['’‘`]\s?\d\d"
_POINT = (
    rf"(?:(?P<{{n}}day>\d{{{{1,2}}}})(?:st|nd|rd|th)?[\s.]+)?"
    rf"(?P<{{n}}month>{_MONTH}|{_SEASON})\b\.?"
    rf"(?:\s+\d{{{{1,2}}}}(?:st|nd|rd|th)?(?:,|(?=\s+{_YEAR})))?[\s,'’‘`/.-]{{{{0,3}}}}(?P<{{n}}my>{_YEAR}|\d\d(?!\d))"
    rf"|(?P<{{n}}iso>{_YEAR}-\d\d(?:-\d\d)?)(?![\d-])"
    rf"|(?:(?P<{{n}}dd>\d{{{{1,2}}}})(?P<{{n}}sep>[/.-]))?(?P<{{n}}mm>\d{{{{1,2}}}})"
    rf"(?:\s?[/.-]\s?(?P<{{n}}mmy>{_YEAR})|/(?P<{{n}}mms>\d\d)(?![\d/]))"
    rf"|(?P<{{n}}year>{_YEAR})(?!(?!(?:19|20)\d\d)[\d,]\d)"
    rf"|(?P<{{n}}short>{_SHORT_YEAR})"
)
NOW = (
    r"present|current(?:ly)?|now|today|to[- ]?date|till[- ]?(?:date|now|today)|until now|ongoing|on[- ]?going"
    r"|heute|aujourd'hui|actuel|date"
)
_DASH = r"\s*(?:-|–|—|―|−|~|\x96|to|till|until:?|through|thru|bis|au|[/&](?=\s))\s*"


def _point(prefix: str) -> str:
    return _POINT.format(n=prefix)


_ONE = re.compile(rf"(?<![\w/.-])(?:{_point('a_')})(?![\w])", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\w/.])(?:"
    rf"(?:from:?\s+|since:?\s+)?(?:{_point('a_')})\s*:?(?:{_DASH}|[^\S\n]{{2,}}|(?<=\d\d\d\d)(?={_YEAR}|present|current))"
    rf"(?:(?:the\s+)?(?P<now>{NOW})|(?:{_point('b_')}))(?!\w)"
    rf"|(?:since|depuis|seit|from)\s+(?:{_point('c_')})(?!\w)"
    rf"|(?:{_point('d_')})\s*[-–—](?=\s*(?:$|\n|\)))"
    rf"|(?P<y1>{_YEAR})\s?[-–/]\s?(?P<y2>\d\d)(?![\w/-])"
    rf"|(?P<m1>{_MONTH})\.?(?:{_DASH}|[^\S\n]{{2,}})(?P<m2>{_MONTH})\.?,?\s+(?P<both>{_YEAR})(?!\w)"
    rf")",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"(?:(\d{1,2}(?:\.\d)?)\s*\+?\s*(?:years?|yrs?)\b\.?)?(?:\s*(?:and|,|&)?\s*(\d{1,2})\s*(?:months?|mos?|mths?)\b\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A period found in a text: ISO prefixes, whether it lasts, and the characters it stands at."""

    start: str | None
    end: str | None
    current: bool
    at: int
    until: int


def find_ranges(text: str) -> list[DateRange]:
    """Return the periods a text names, in order: ``July 2013 to October 2015``, ``2016-present``,
    ``01/2014 – 12/2016``, ``Jan'14 - Mar'15``, ``20132015`` (a lost dash), ``since 2018``.
    """
    found: list[DateRange] = []
    for match in _RANGE.finditer(text):
        both = match["both"]
        if both:
            start, end, now = f"{both}-{_month(match['m1']):02}", f"{both}-{_month(match['m2']):02}", False
        elif match["y1"]:
            start, end, now = match["y1"], _next_year(match["y1"], match["y2"]), False
        else:
            start = _iso(match, "a_") or _iso(match, "c_") or _iso(match, "d_")
            end = _iso(match, "b_")
            now = end is None
        if start is None or (end is None and not now) or (end and end[: len(start)] < start[: len(end)]):
            continue
        found.append(DateRange(start, end, now, match.start(), match.end()))
    return found


def find_dates(text: str) -> list[DateRange]:
    """Return the single dates a text names, in order; ``start`` and ``end`` are the same."""
    found: list[DateRange] = []
    for match in _ONE.finditer(text):
        if iso := _iso(match, "a_"):
            found.append(DateRange(iso, iso, False, match.start(), match.end()))
    return found


@lru_cache(maxsize=20_000)
def iso_date(value: str | None) -> str | None:
    """Return the one date that a field holds as ISO prefix, or None where it holds none."""
    text = (value or "").strip()
    if not text:
        return None
    if match := re.match(rf"({_YEAR})(?:-(\d\d)(?:-(\d\d))?)?(?=$|T| \d)", text):
        parts = [part for part in match.groups() if part and part != "00"]
        return "-".join(parts) if len(parts) < 2 or 1 <= int(parts[1]) <= 12 else parts[0]
    if match := re.fullmatch(rf"({_YEAR})[/.](\d{{1,2}})(?:[/.](\d{{1,2}}))?", text):
        parts = [match[1], *(f"{int(part):02}" for part in match.groups()[1:] if part)]
        return "-".join(parts) if 1 <= int(parts[1]) <= 12 else parts[0]
    found = find_dates(text)
    return found[0].start if found else None


def is_now(value: str | None) -> bool:
    """Tell whether a field says "to the present"."""
    return bool(value) and re.fullmatch(NOW, (value or "").strip().rstrip("."), re.IGNORECASE) is not None


def find_duration(text: str) -> float | None:
    """Return the years of ``2 years 4 months`` or ``18 months`` in a text, or None."""
    for match in _DURATION.finditer(text):
        years, months = match.groups()
        if years or months:
            return round(float(years or 0) + int(months or 0) / 12, 2)
    return None


def _month(name: str) -> int:
    lowered = name.casefold()
    return _MONTHS.get(lowered) or _SEASONS[lowered]


def _iso(match: re.Match[str], prefix: str) -> str | None:
    groups = match.groupdict()
    if name := groups.get(f"{prefix}month"):
        return f"{_full_year(groups[f'{prefix}my'])}-{_month(name):02}"
    if iso := groups.get(f"{prefix}iso"):
        return iso if 1 <= int(iso[5:7]) <= 12 else None
    if number := groups.get(f"{prefix}mm"):
        month = _month_of(groups.get(f"{prefix}dd"), groups.get(f"{prefix}sep"), number)
        year = groups[f"{prefix}mmy"] or groups[f"{prefix}mms"]
        return f"{_full_year(year)}-{month:02}" if 1 <= month <= 12 else None
    if year := groups.get(f"{prefix}year"):
        return year
    if short := groups.get(f"{prefix}short"):
        return _full_year(short[-2:])
    return None


def _month_of(first: str | None, separator: str | None, second: str) -> int:
    """Return the month of ``first/second/year``: Americans put it first, most others second.

    A slash and a second number that cannot be a month, or that is the first of one, speak for America.
    """
    if first is None:
        return int(second)
    american = int(second) > 12 or (separator == "/" and int(second) == 1)
    return int(first) if american else int(second)


def _next_year(first: str, digits: str) -> str | None:
    """Return the second year of ``2005-06``, None where it would lie before the first."""
    year = int(first[:2] + digits)
    if year < int(first):
        year += 100
    return str(year) if 0 < year - int(first) <= 40 else None


def _full_year(text: str) -> str:
    """Return four digits; two digits are read as a year between 1945 and 2044."""
    if len(text) == 4:
        return text
    return f"19{text}" if int(text) >= 45 else f"20{text}"
