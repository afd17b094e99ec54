"""How a work section is laid out: its periods, and where the heading of each job begins."""

import re
from dataclasses import dataclass

from shared.resume.dates import DateRange, find_dates, find_ranges
from shared.resume.lines import Line
from shared.resume.roles import read_sentence, without
from shared.resume.titles import is_employer, is_title

_MOST_HEAD_WORDS = 16
_MOST_ABOVE = 3
FURNITURE = re.compile(
    r"^https?://\S+$|^page \d+|^\W*$|^(?:duties|responsibilities|tasks|projects?)\s*:?$", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"\b(?:birth|born|dob|marital|nationality|passport|visa|father|mother)\b", re.IGNORECASE
)
_PROSE = re.compile(
    r"[a-z]{2,}[.!]$|^[a-z]|\b(?:was|were|is|are|which|that|the|responsible|using|including)\b"
)


@dataclass(slots=True)
class Anchor:
    """A period and the lines it stands on."""

    period: DateRange
    first: int
    last: int


def find_anchors(lines: list[Line], lone: bool) -> list[Anchor]:
    """Return the periods that can belong to a job's heading, at most one a line."""
    text = "\n".join(line.text for line in lines)
    offsets: list[int] = []
    position = 0
    for line in lines:
        offsets.append(position)
        position += len(line.text) + 1
    found: list[Anchor] = []
    ranges = find_ranges(text)
    dates = _lone_dates(text, alone=bool(ranges)) if lone else []
    for period in sorted([*ranges, *dates], key=lambda p: (p.at, -p.until)):
        first = _line_at(offsets, period.at)
        last = _line_at(offsets, period.until - 1)
        line = lines[first]
        outside = without(text[offsets[first] : offsets[last] + len(lines[last].text)], [
            (period.at - offsets[first], period.until - offsets[first])
        ])  # fmt: skip
        is_sentence = read_sentence(around(lines, first, last)) is not None
        if found and found[-1].last >= first:
            continue
        if _PERSONAL.search(line.text) or (line.bullet and period.start == period.end):
            continue
        if not is_sentence and (
            len(outside.split()) > _MOST_HEAD_WORDS or (line.bullet and is_prose(outside))
        ):
            continue
        found.append(Anchor(period, first, last))
    return found


def _lone_dates(text: str, *, alone: bool) -> list[DateRange]:
    """Return dates that stand for a job without a period: on a line of their own, or, where no period is
    written out anywhere, at the end of a short line."""
    found: list[DateRange] = []
    for date in find_dates(text):
        line_end = text.find("\n", date.until)
        rest = text[date.until : line_end if line_end >= 0 else len(text)]
        begin = text.rfind("\n", 0, date.at) + 1
        before = text[begin : date.at].strip(" (")
        if not rest.strip(" .)") and len(before.split()) <= (0 if alone else 8):
            found.append(DateRange(date.start, date.end, False, date.at, date.until))
    return found


def _line_at(offsets: list[int], position: int) -> int:
    index = 0
    for index, offset in enumerate(offsets):
        if offset > position:
            return index - 1
    return index


def around(lines: list[Line], first: int, last: int) -> str:
    return " ".join(line.body for line in lines[max(0, first - 1) : last + 1])


def is_prose(text: str) -> bool:
    return bool(_PROSE.search(text.strip())) and len(text.split()) > 5


def is_head(line: Line) -> bool:
    """Tell whether a line can be part of a heading rather than of a description."""
    if line.bullet or len(line.text.split()) > 11 or FURNITURE.match(line.text):
        return False
    if line.text.endswith(":") and len(line.text.split()) <= 5 and is_title(line.text):
        return True
    if line.text.endswith(".") and "," in line.text and is_title(line.text.split(",")[0]):
        return True
    if line.text.endswith((".", ";", ":")) and not re.search(
        r"\b(?:ltd|inc|co|corp|pvt|llc)\.$", line.text, re.I
    ):
        return False
    return not re.match(r"[a-z(]", line.text) and not re.search(
        r"\b(?:was|were|which|responsible)\b", line.text
    )


def _usual_above(lines: list[Line], anchors: list[Anchor]) -> int:
    """Return how many lines of heading stand above the dates: what the first job does, the others do."""
    if not anchors or _dates_lead(lines, anchors):
        return 0
    count = 0
    for line in reversed(lines[max(0, anchors[0].first - _MOST_ABOVE) : anchors[0].first]):
        if not is_head(line):
            break
        count += 1
    return count


def _dates_lead(lines: list[Line], anchors: list[Anchor]) -> bool:
    """Tell whether dates on lines of their own stand above titles and employers, by what most of them do."""
    votes = 0
    for anchor in anchors:
        own = lines[anchor.first].text if anchor.first == anchor.last else ""
        if len(own) > anchor.period.until - anchor.period.at + 4:
            continue
        above = (
            anchor.first > 0
            and _names_something(lines, anchor.first - 1)
            and is_head(lines[anchor.first - 1])
        )
        below = anchor.last + 1 < len(lines) and _opens(lines[anchor.last + 1])
        votes += below - 2 * above
    return votes > 0


def _opens(line: Line) -> bool:
    return is_head(line) and (is_title(line.text) or is_employer(line.text))


def find_starts(lines: list[Line], anchors: list[Anchor]) -> list[int]:
    """Return at which line each job's heading begins."""
    above = _usual_above(lines, anchors)
    starts: list[int] = []
    floor = 0
    for anchor in anchors:
        start = anchor.first
        taken = 0
        while taken < above and start - 1 >= floor and is_head(lines[start - 1]):
            start -= 1
            taken += 1
        # A line in mid-paragraph is what the job before left over, unless it names a job or an employer.
        while start < anchor.first and not _names_something(lines, start):
            start += 1
        starts.append(start)
        floor = anchor.last + 1
    return starts


def _names_something(lines: list[Line], index: int) -> bool:
    """Tell a line that can open a heading from what the description before has left over."""
    line = lines[index]
    if line.gap or index == 0 or is_title(line.text) or is_employer(line.text):
        return True
    words = line.text.split()
    capitals = sum(1 for word in words if word[0].isupper() or not word[0].isalpha())
    return len(words) <= 7 and capitals >= len(words) * 0.7
