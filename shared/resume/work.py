"""Dated positions: each period in a work section is an anchor, the lines around it the heading."""

import re

from shared.resume.dates import find_dates, find_ranges
from shared.resume.layout import FURNITURE, Anchor, around, find_anchors, find_starts, is_head, is_prose
from shared.resume.lines import Line
from shared.resume.roles import Role, is_labelled, read_role, read_sentence, without
from shared.resume.titles import is_title
from shared.taxonomy import Taxonomy
from shared.wire.profile import Span, Work

_MOST_BELOW = 3


def read_work(lines: list[Line], source_id: str, *, lone: bool = True) -> list[Work]:
    """Return the jobs that the lines of a work section describe, in their order.

    ``lone`` also takes single dates for a job's date; outside work sections they are anything.
    """
    lines = [line for line in lines if not re.match(r"^https?://\S+$", line.text)]
    anchors = find_anchors(lines, lone)
    starts = find_starts(lines, anchors)
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
        if not (is_labelled(line.text) or is_head(line)):
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


def _job(lines: list[Line], anchor: Anchor, start: int, end: int, source_id: str) -> Work | None:
    head, body = _heading(lines, anchor, start, end)
    spoken = read_sentence(around(lines, anchor.first, anchor.last))
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


def _heading(lines: list[Line], anchor: Anchor, start: int, end: int) -> tuple[list[str], int]:
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
        if role.complete or body >= end or not (is_labelled(lines[body].text) or is_head(lines[body])):
            break
        text = lines[body].text
        if is_labelled(text):
            head.append(text)
            body += 1
            continue
        if not (role.title or is_title(text)) and (role.employer or is_prose(text) or above > 1):
            break
        if role.title and (is_prose(text) or above > 1):
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
        if is_head(line) and words <= 6 and Taxonomy.compact().resolve_occupation(line.text):
            return [line.text]
    return []


def _description(lines: list[Line]) -> tuple[str | None, list[str]]:
    """Return running text and bullet points; a line after a bullet that has none continues it."""
    texts: list[str] = []
    points: list[str] = []
    for line in lines:
        if FURNITURE.match(line.text):
            continue
        if line.bullet and line.body:
            points.append(line.body)
        elif points and not line.gap:
            points[-1] += f" {line.text}"
        else:
            texts.append(line.text)
    return "\n".join(texts) or None, points
