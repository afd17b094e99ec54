"""Reads the dated positions out of a résumé that came as plain text, so that its years can be counted.

It reads no more than the matchers need: titles, employers, dates and where each position stands.
"""

import re
from dataclasses import dataclass

from shared.taxonomy import Taxonomy, find_degrees
from shared.wire.profile import Profile, Span, Work

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"),
        1,
    )
    for name in names.split()
}
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*\.?"
_POINT = (
    rf"(?:(?:{_MONTH}[ \t,'’]*|(?:0?[1-9]|1[0-2])[ \t]*[/.-][ \t]*)?(?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2]))"
)
_NOW = r"present|current(?:ly)?|now|today|ongoing|to[ -]date|till[ -]date|date|heute|till now"
_RANGE = re.compile(
    rf"(?<![\w/-])(?P<first>{_POINT})[ \t]*(?:[-–—]+|to|until|till|bis|through|[ \t])[ \t]*"
    rf"(?P<last>{_POINT}|{_NOW})(?![\w/])"
    rf"|\b(?:since|seit)[ \t]+(?P<since>{_POINT})",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADING = re.compile(
    r"(?:^|(?<=\n)|(?<=  ))[ \t]*(?P<title>[A-Za-z][A-Za-z &/'-]{3,40}?)[ \t]*:?[ \t]*(?=\n|  |$)", re.M
)
_STUDY = re.compile(
    r"\b(?:education|academic|qualifications?|schooling|training|courses|certificat\w+)\b", re.I
)
_WORK = re.compile(
    r"\b(?:experience|employment|work history|career|professional background|job history)\b", re.I
)
_OTHER = re.compile(
    r"\b(?:skills?|summary|objective|profile|projects?|languages?|interests?|hobbies|references?|awards?|publications?|"
    r"personal|achievements?|strengths?|declaration|additional information|links)\b",
    re.I,
)
_SCHOOL = re.compile(r"\b(?:university|college|school|institute|academy|hochschule|universität)\b", re.I)
_BULLET = re.compile(r"[ \t]*[-*•·▪●◦‣]\s")
_PARTS = re.compile(r"\s*(?:\n|\t|,|\||\s[-–—@]\s|\s{2,}|\bat\b|:)\s*")
_HEADER_LINES = 3
_SHORT = 90


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    end: int
    first: str
    last: str | None
    current: bool


def read_plain_resume(text: str, source_id: str, taxonomy: Taxonomy) -> Profile:
    """Return a profile with the positions of a résumé's text, newest first as they stand there."""
    sections = _sections(text)
    ranges = [one for one in _ranges(text) if _is_work(text, one, sections)]
    starts = [
        _header_start(text, one, ranges[index - 1].end if index else 0) for index, one in enumerate(ranges)
    ]
    work: list[Work] = []
    for index, one in enumerate(ranges):
        limit = starts[index + 1] if index + 1 < len(ranges) else len(text)
        end = min([limit, *(begin for begin, _ in sections if begin > one.end)])
        title, employer = _title(text, starts[index], one, end, taxonomy)
        span = Span(source=source_id, start=starts[index], end=max(end, one.end))
        work.append(
            Work(
                position=title,
                name=employer,
                start_date=one.first,
                end_date=one.last,
                current=one.current,
                span=span,
            )
        )
    return Profile(work=work)


def _ranges(text: str) -> list[_Range]:
    found: list[_Range] = []
    for match in _RANGE.finditer(text):
        first, last = match["first"] or match["since"], match["last"]
        begin = _iso(first)
        end = _iso(last) if last and _YEAR.search(last) else None
        if end is None or begin[:4] <= end[:4]:
            found.append(_Range(match.start(), match.end(), begin, end, end is None))
    return found


def _iso(point: str) -> str:
    year = _YEAR.search(point)
    assert year is not None  # the pattern that found the point demands a year
    rest = point.replace(year.group(), " ").lower()
    word = re.search(r"[a-zä]{3}", rest)
    number = re.search(r"\d{1,2}", rest)
    month = _MONTHS.get(word.group()) if word else int(number.group()) if number else None
    return f"{year.group()}-{month:02d}" if month else year.group()


def _sections(text: str) -> list[tuple[int, str]]:
    """Return where headings begin, and what they announce."""
    found: list[tuple[int, str]] = []
    for match in _HEADING.finditer(text):
        title = match["title"]
        if len(title.split()) > 4:
            continue
        kind = next(
            (
                name
                for name, known in (("work", _WORK), ("study", _STUDY), ("other", _OTHER))
                if known.search(title)
            ),
            None,
        )
        if kind:
            found.append((match.start("title"), kind))
    return found


def _is_work(text: str, one: _Range, sections: list[tuple[int, str]]) -> bool:
    kinds = [kind for start, kind in sections if start <= one.start]
    if kinds and kinds[-1] == "study":
        return False
    if kinds and kinds[-1] == "work":
        return True
    around = text[max(text.rfind("\n", 0, one.start) + 1, one.start - 100) : one.end + 100]
    return not (_SCHOOL.search(around) or find_degrees(around))


def _header_start(text: str, one: _Range, floor: int) -> int:
    """Go back from the dates over the short lines above them that belong to the same header."""
    start = max(text.rfind("\n", 0, one.start) + 1, text.rfind("  ", floor, one.start) + 2, floor)
    own = text[start : one.start]
    for _ in range(0 if re.search(r"[A-Za-z]{3}.*[A-Za-z]{3}", own) else _HEADER_LINES):
        above = text[floor : max(start - 1, floor)].rstrip()
        line_start = max(above.rfind("\n") + 1, above.rfind("  ") + 2 if "  " in above else 0)
        line = above[line_start:]
        too_much = len(line) > _SHORT or line.rstrip().endswith((".", ";")) or _BULLET.match(line)
        is_heading = bool(_HEADING.fullmatch(line)) and bool(_WORK.search(line) or _OTHER.search(line))
        if not line.strip() or too_much or is_heading:
            break
        start = floor + line_start
    return start


def _title(text: str, start: int, one: _Range, end: int, taxonomy: Taxonomy) -> tuple[str | None, str | None]:
    """Return title and employer: of the header's parts, the one that names an occupation is the title."""
    after = text.find("\n", one.end)
    after = text.find("\n", after + 1) if after >= 0 else -1
    header = (
        text[start : one.start] + "\n" + text[one.end : min(after if after >= 0 else end, one.end + 160, end)]
    )
    parts = [part.strip(" .-–—()") for part in _PARTS.split(header) if part]
    parts = [part for part in parts if 2 < len(part) <= 80 and not _RANGE.search(part)]
    title = next((part for part in parts if taxonomy.resolve_occupation(part)), parts[0] if parts else None)
    employer = next((part for part in parts if part != title), None)
    return title, employer
