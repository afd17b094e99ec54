"""Dated positions, and where in the texts each one stands."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from servers.evaluator.core.dates import Months, date_range, years_covered
from servers.evaluator.core.findings import Hit
from servers.evaluator.core.texts import Text
from shared.wire.profile import Profile, Work

_PROSE = re.compile(r"\s*[-*•·▪●◦‣]\s|.*[a-z]{2}\.\s*$")
# A flattened layout has runs of blanks where the page had line ends.
_LINE = re.compile(r"\S(?:[^\n]*?\S)??(?=[ \t]*(?:\n|\Z)|[ \t]{2,})")
# A name above a first position was taken for part of it: what is masked shows nothing.
_HIDDEN_LINES = re.compile(r"[*\s]*\n(?=[^\n])")
_HEADER_LENGTH = 160
_HEADER_LINES = 4
_LONG_LINE = 90
_LOST = 4000


@dataclass(frozen=True, slots=True)
class Position:
    """One job: its masked title, employer and industry, its months where dated, its place in a source."""

    index: int
    title: str
    employer: str
    industry: str
    months: Months | None
    current: bool
    source: str | None
    start: int
    end: int
    header_end: int

    @property
    def hit(self) -> Hit | None:
        """The header lines: what shows title, employer and dates."""
        if self.source is None or self.header_end <= self.start:
            return None
        return Hit(self.source, self.start, self.header_end, whole=True)


def read_positions(profile: Profile, texts: Mapping[str, Text], as_of: date) -> list[Position]:
    """Return the positions in the order of the profile."""
    places = _places(profile.work, texts)
    return [
        _position(index, work, place, texts, as_of)
        for index, (work, place) in enumerate(zip(profile.work, places, strict=True))
    ]


def _position(
    index: int, work: Work, place: tuple[str, int, int] | None, texts: Mapping[str, Text], as_of: date
) -> Position:
    source, start, end = place or (None, 0, 0)
    text = texts[source] if source else None
    if text and (hidden := _HIDDEN_LINES.match(text.masked, start, end)):
        start = hidden.end()
    return Position(
        index=index,
        title=work.position or "",
        employer=work.name or "",
        industry=work.industry or "",
        months=date_range(work.start_date, work.end_date, current=work.current, as_of=as_of),
        current=work.current,
        source=source,
        start=start,
        end=end,
        header_end=_header_end(text.masked, start, end) if text else start,
    )


def _places(work: Sequence[Work], texts: Mapping[str, Text]) -> list[tuple[str, int, int] | None]:
    """Return each job's range: as the parser recorded it, else from its title to the next job."""
    found: list[tuple[str, int, int] | None] = []
    reached: dict[str, int] = {}
    for job in work:
        span = job.span
        if (
            span
            and span.source in texts
            and span.end <= len(texts[span.source].masked)
            and span.start < span.end
        ):
            found.append((span.source, span.start, span.end))
            reached[span.source] = span.start + 1
        else:
            found.append(_search(job, texts, reached))
    starts = sorted((place[0], place[1]) for place in found if place)
    closed: list[tuple[str, int, int] | None] = []
    for job, place in zip(work, found, strict=True):
        if place and place[2] < 0:
            after = bisect_right(starts, (place[0], place[1]))
            follows = starts[after] if after < len(starts) else None
            limit = follows[1] if follows and follows[0] == place[0] else place[1] + _LOST
            end = min(limit, _extent(job, texts[place[0]].masked, place[1]))
            closed.append((place[0], place[1], end))
        else:
            closed.append(place)
    return closed


def _search(job: Work, texts: Mapping[str, Text], reached: dict[str, int]) -> tuple[str, int, int] | None:
    for text in texts.values():
        for needle in (job.position, job.name):
            if needle and (start := text.masked.find(needle, reached.get(text.id, 0))) >= 0:
                reached[text.id] = start + len(needle)
                return text.id, start, -1
    return None


def _extent(job: Work, masked: str, start: int) -> int:
    """Return the end of the last piece of the job that stands in the text after ``start``."""
    end = start + len(job.position or job.name or "")
    for piece in (job.name, job.summary, *job.highlights):
        if piece:
            at = masked.find(piece, start)
            if 0 <= at < start + _LOST:
                end = max(end, at + len(piece))
    return max(end, masked.find("\n", end) if masked.find("\n", end) >= 0 else len(masked))


def _header_end(masked: str, start: int, end: int) -> int:
    """Return where a position's header ends: its first short lines, before bullets and prose."""
    reached = start
    for count, match in enumerate(_LINE.finditer(masked, start, end)):
        line = match.group()
        too_long = len(line.strip()) > _LONG_LINE or match.end() - start > _HEADER_LENGTH
        if count and (count == _HEADER_LINES or too_long or _PROSE.match(line)):
            break
        reached = min(match.end(), start + _HEADER_LENGTH * 2)
    return reached


class History:
    """All positions of one person."""

    def __init__(self, positions: Sequence[Position]) -> None:
        self.positions = tuple(positions)
        self.dated = tuple(one for one in positions if one.months)
        self.total_years = years_covered(one.months for one in self.dated if one.months)
        self.complete = bool(positions) and len(self.dated) == len(positions)
        ranges = sorted(
            ((one.source or "", one.start, one.end, one.index) for one in positions if one.source),
        )
        self._keys = [(source, start) for source, start, _, _ in ranges]
        self._ranges = ranges

    def at(self, source: str, place: int) -> Position | None:
        """Return the position whose text holds the character at ``place``."""
        index = bisect_right(self._keys, (source, place)) - 1
        if index < 0:
            return None
        owner, start, end, number = self._ranges[index]
        return self.positions[number] if owner == source and start <= place < end else None

    @property
    def latest(self) -> Position | None:
        """The current or last-ended position; where nothing is dated, the first one listed."""
        if not self.dated:
            return self.positions[0] if self.positions else None
        return max(self.dated, key=lambda one: (one.current, one.months.end if one.months else 0, -one.index))

    def years_in(self, positions: Sequence[Position]) -> float:
        """Return the years that these positions cover together."""
        return years_covered(one.months for one in positions if one.months)

    def hits_for(self, positions: Sequence[Position]) -> tuple[Hit, ...]:
        """Return the headers of positions, the longest first."""
        ordered = sorted(positions, key=lambda one: -(one.months.length if one.months else 0))
        hits: list[Hit] = []
        for place, one in enumerate(ordered):
            if hit := one.hit:
                hits.append(Hit(hit.source, hit.start, hit.end, 1.0 - 0.01 * min(place, 50), whole=True))
        return tuple(hits)
