"""Dated positions: each period in a work section is an anchor, the lines around it the heading."""

import re
from dataclasses import dataclass

from shared.resume.dates import DateRange, find_dates, find_ranges
from shared.resume.lines import Line
from shared.resume.roles import (
    Role,
    is_employer,
    is_labelled,
    is_title,
    read_role,
    read_sentence,
    without,
)
from shared.taxonomy import Taxonomy
from shared.wire.profile import Span, Work

_MOST_HEAD_WORDS = 16
_MOST_ABOVE = 3
_MOST_BELOW = 3
_FURNITURE = re.compile(
    r"^https?://\S+$|^page \d+|^\W*$|^(?:duties|responsibilities|tasks|projects?)\s*:?$", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"\b(?:birth|born|dob|marital|nationality|passport|visa|father|mother)\b", re.IGNORECASE
)
_PROSE = re.compile(
    r"[a-z]{2,}[.!]$|^[a-z]|\b(?:was|were|is|are|which|that|the|responsible|using|including)\b"
)


@dataclass(slots=True)
class _Anchor:
    """A period and the lines it stands on."""

    period: DateRange
    first: int
    last: int


def read_work(lines: list[Line], source_id: str, *, lone: bool = True) -> list[Work]:
    """Return the jobs that the lines of a work section describe, in their order.

    ``lone`` also takes single dates for a job's date; outside work sections they are anything.
    """
    lines = [line for line in lines if not re.match(r"^https?://\S+$", line.text)]
    anchors = _anchors(lines, lone)
    above = _usual_above(lines, anchors)
    starts = _starts(lines, anchors, above)
    jobs: list[Work] = []
    for index, anchor in enumerate(anchors):
        end = starts[index + 1] if index + 1 < len(anchors) else len(lines)
        job = _job(lines, anchor, starts[index], end, source_id)
        if job is not None:
            jobs.append(job)
    _inherit_employers(jobs)
    return jobs if jobs or not lone else _undated(lines, source_id)


def _undated(lines: list[Line], source_id: str) -> list[Work]:
    """Return the one job of a work section that names title and employer and no date at all."""
    head: list[str] = []
    for count, line in enumerate(lines[:5], start=1):
        if not (is_labelled(line.text) or _is_head(line)):
            break
        head.append(line.body)
        role = read_role(head)
        if role.complete and not re.search(r"\s[a-z]+$", role.employer or ""):
            summary, highlights = _description(lines[count:])
            span = Span(source=source_id, start=lines[0].start, end=lines[-1].end)
            return [
                Work(
                    name=role.employer,
                    position=role.title,
                    location=role.place,
                    summary=summary,
                    highlights=highlights,
                    span=span,
                )
            ]
    return []


def _inherit_employers(jobs: list[Work]) -> None:
    """Give titles that are listed under one employer's heading that employer."""
    for index, job in enumerate(jobs):
        if job.name or not job.position:
            continue
        for before in reversed(jobs[:index]):
            if before.name and not before.position and _within(job, before):
                job.name, job.location = before.name, job.location or before.location
                break


def _within(inner: Work, outer: Work) -> bool:
    if not inner.start_date or not outer.start_date or inner.start_date[:4] < outer.start_date[:4]:
        return False
    return outer.current or (inner.end_date or "9999")[:4] <= (outer.end_date or "0")[:4]


def _anchors(lines: list[Line], lone: bool) -> list[_Anchor]:
    """Return the periods that can belong to a job's heading, at most one a line."""
    text = "\n".join(line.text for line in lines)
    offsets: list[int] = []
    position = 0
    for line in lines:
        offsets.append(position)
        position += len(line.text) + 1
    found: list[_Anchor] = []
    ranges = find_ranges(text)
    dates = _lone_dates(text, alone=bool(ranges)) if lone else []
    for period in sorted([*ranges, *dates], key=lambda p: (p.at, -p.until)):
        first = _line_at(offsets, period.at)
        last = _line_at(offsets, period.until - 1)
        line = lines[first]
        outside = without(text[offsets[first] : offsets[last] + len(lines[last].text)], [
            (period.at - offsets[first], period.until - offsets[first])
        ])  # fmt: skip
        is_sentence = read_sentence(_around(lines, first, last), period) is not None
        if found and found[-1].last >= first:
            continue
        if _PERSONAL.search(line.text) or (line.bullet and period.start == period.end):
            continue
        if not is_sentence and (
            len(outside.split()) > _MOST_HEAD_WORDS or (line.bullet and _is_prose(outside))
        ):
            continue
        found.append(_Anchor(period, first, last))
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


def _around(lines: list[Line], first: int, last: int) -> str:
    return " ".join(line.body for line in lines[max(0, first - 1) : last + 1])


def _is_prose(text: str) -> bool:
    return bool(_PROSE.search(text.strip())) and len(text.split()) > 5


def _is_head(line: Line) -> bool:
    """Tell whether a line can be part of a heading rather than of a description."""
    if line.bullet or len(line.text.split()) > 11 or _FURNITURE.match(line.text):
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


def _usual_above(lines: list[Line], anchors: list[_Anchor]) -> int:
    """Return how many lines of heading stand above the dates: what the first job does, the others do."""
    if not anchors or _dates_lead(lines, anchors):
        return 0
    count = 0
    for line in reversed(lines[max(0, anchors[0].first - _MOST_ABOVE) : anchors[0].first]):
        if not _is_head(line):
            break
        count += 1
    return count


def _dates_lead(lines: list[Line], anchors: list[_Anchor]) -> bool:
    """Tell whether dates on lines of their own stand above titles and employers, by what most of them do."""
    votes = 0
    for anchor in anchors:
        own = lines[anchor.first].text if anchor.first == anchor.last else ""
        if len(own) > anchor.period.until - anchor.period.at + 4:
            continue
        above = (
            anchor.first > 0
            and _names_something(lines, anchor.first - 1)
            and _is_head(lines[anchor.first - 1])
        )
        below = anchor.last + 1 < len(lines) and _opens(lines[anchor.last + 1])
        votes += below - 2 * above
    return votes > 0


def _opens(line: Line) -> bool:
    return _is_head(line) and (is_title(line.text) or is_employer(line.text))


def _starts(lines: list[Line], anchors: list[_Anchor], above: int) -> list[int]:
    """Return at which line each job's heading begins."""
    starts: list[int] = []
    floor = 0
    for anchor in anchors:
        start = anchor.first
        taken = 0
        while taken < above and start - 1 >= floor and _is_head(lines[start - 1]):
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


def _job(lines: list[Line], anchor: _Anchor, start: int, end: int, source_id: str) -> Work | None:
    head, body = _heading(lines, anchor, start, end)
    spoken = read_sentence(_around(lines, anchor.first, anchor.last), anchor.period)
    role = spoken or read_role(head)
    lone = anchor.period.start == anchor.period.end
    if not role.complete and (lone or not (role.title or role.employer)):
        return None
    summary, highlights = _description(lines[body:end])
    period = anchor.period
    last = max(body, anchor.last + 1, start + 1)
    return Work(
        name=role.employer,
        position=role.title,
        location=role.place,
        start_date=period.start,
        end_date=period.end,
        current=period.current,
        summary=summary,
        highlights=highlights,
        span=Span(source=source_id, start=lines[start].start, end=lines[max(end, last) - 1].end),
    )


def _heading(lines: list[Line], anchor: _Anchor, start: int, end: int) -> tuple[list[str], int]:
    """Return the heading's lines without the dates, and at which line the description begins."""
    head: list[str] = []
    above = anchor.first - start
    for index in range(start, anchor.last + 1):
        text = lines[index].body
        for period in find_ranges(text):
            text = without(text, [(period.at, period.until)])
        if anchor.first <= index <= anchor.last and not find_ranges(lines[index].body):
            for date in reversed(find_dates(text)):
                text = without(text, [(date.at, date.until)])
            text = re.sub(
                r"^\s*(?:to|till|present|current)\b|\b(?:from|since|to)\s*$", "", text, flags=re.IGNORECASE
            )
        if text.strip(" -–—|,;:.()[]{}"):
            head.append(text)
    body = anchor.last + 1
    # Titles and employers may follow the dates; how many lines is told by what is still missing.
    for _ in range(_MOST_BELOW):
        role: Role = read_role(head)
        if role.complete or body >= end or not (is_labelled(lines[body].text) or _is_head(lines[body])):
            break
        text = lines[body].text
        if is_labelled(text):
            head.append(text)
            body += 1
            continue
        if not (role.title or is_title(text)) and (role.employer or _is_prose(text) or above > 1):
            break
        if role.title and (_is_prose(text) or above > 1):
            break
        head.append(text)
        body += 1
    if not read_role(head).title:
        head += _late_title(lines[body : min(end, body + 3)])
    return head, body


def _late_title(lines: list[Line]) -> list[str]:
    """Return the title that stands below a sentence about the employer, if one does."""
    for line in lines:
        words = len(line.text.split())
        if _is_head(line) and words <= 6 and Taxonomy.compact().resolve_occupation(line.text):
            return [line.text]
    return []


def _description(lines: list[Line]) -> tuple[str | None, list[str]]:
    """Return running text and bullet points; a line after a bullet that has none continues it."""
    texts: list[str] = []
    points: list[str] = []
    for line in lines:
        if _FURNITURE.match(line.text):
            continue
        if line.bullet and line.body:
            points.append(line.body)
        elif points and not line.gap:
            points[-1] += f" {line.text}"
        else:
            texts.append(line.text)
    return "\n".join(texts) or None, points
