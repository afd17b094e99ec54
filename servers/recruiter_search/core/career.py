"""A career as it is searched: what each position says, how long and how recently everything was done."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from servers.recruiter_search.core.criteria import Number, PositionField
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.periods import Span, months_in, span_of
from servers.recruiter_search.core.rules.times import last_done, lasting
from servers.recruiter_search.core.values import MOST_YEARS
from shared.taxonomy.employers import without_legal_form
from shared.taxonomy.places import Place, place
from shared.taxonomy.work_modes import find_work_modes
from shared.wire.profile import Work, newest_of
from shared.wire.requirements import Seniority, WorkMode


@dataclass(frozen=True)
class Job:
    """One position as it is searched; ``span`` is None where it is not dated."""

    work: Work
    newest: bool
    occupations: tuple[str, ...]
    functions: tuple[str, ...]
    industries: tuple[str, ...]
    seniority: Seniority | None
    places: tuple[str, ...]
    work_modes: tuple[WorkMode, ...]
    skills: frozenset[str]
    span: Span | None


def jobs_of(
    work: Sequence[Work],
    skills: Sequence[Iterable[str]],
    names: Names,
    level: Callable[[str], Seniority | None],
    now: int,
) -> list[Job]:
    """Return the positions of ``work``; ``skills[i]`` are those shown in the i-th, ``now`` is this month."""
    newest = newest_of(work)
    return [
        _job(item, shown, names, level, span_of(item, now), newest=item is newest)
        for item, shown in zip(work, skills, strict=True)
    ]


def _job(
    item: Work,
    shown: Iterable[str],
    names: Names,
    level: Callable[[str], Seniority | None],
    span: Span | None,
    *,
    newest: bool,
) -> Job:
    title, where = item.position, names.ids("place", item.location) if item.location else ()
    occupations = names.ids("occupation", title) if title else ()
    return Job(
        work=item,
        newest=newest,
        occupations=occupations,
        functions=tuple(f for one in occupations if (f := names.function_of(one))),
        industries=names.ids("industry", item.industry) if item.industry else (),
        seniority=level(title) if title else None,
        places=tuple(chain.from_iterable(map(_lies_in, where))),
        work_modes=_modes(item),
        skills=frozenset(chain.from_iterable(map(names.taxonomy.covered_by, shown))),
        span=span,
    )


def _modes(item: Work) -> tuple[WorkMode, ...]:
    """How a position is worked, as its place or title says; a sentence may speak of others' ways."""
    return tuple(dict.fromkeys((*_modes_in(item.location or ""), *_modes_in(item.position or ""))))


@lru_cache(16384)
def _modes_in(text: str) -> tuple[WorkMode, ...]:
    return tuple(dict.fromkeys(found.mode for found in find_work_modes(text)))


@lru_cache(8192)
def _lies_in(place_id: str) -> tuple[str, ...]:
    return tuple(place_tokens(place(place_id)))


def place_tokens(found: Place | None) -> list[str]:
    """Return a place with all that it lies in."""
    if found is None:
        return []
    region = found.id.rpartition("/")[0]
    wider = [region] if region.partition("/")[2].strip("/") else []
    return list(dict.fromkeys((found.id, *wider, found.country_code)))


def position_fields(job: Job) -> dict[PositionField, list[str]]:
    """Return what may be asked of one position, each with its values."""
    fields: dict[PositionField, list[str]] = {
        "title": [job.work.position] if job.work.position else [],
        "company": [job.work.name] if job.work.name else [],
        "occupations": list(job.occupations),
        "functions": list(job.functions),
        "industries": list(job.industries),
        "seniority": [job.seniority] if job.seniority else [],
        "places": list(job.places),
        "work_modes": list(job.work_modes),
        "skills": sorted(job.skills),
        "held": ["now" if job.work.current else "past"],
        "active": ["now"] if job.work.current else [],
    }
    if job.span:
        first, last = job.span
        fields["years"] = [str(full)] if (full := _full_years([job.span])) else []
        fields["active"] += [str(year) for year in range(first // 12, last // 12 + 1)]
    return {name: values for name, values in fields.items() if values}


def times(jobs: Sequence[Job]) -> list[str]:
    """Return tokens of how many full years each skill, occupation, function and industry was done, and when
    last. What is shown in no dated position has none."""
    done: dict[Kind, list[Iterable[str]]] = {
        "skill": [job.skills for job in jobs],
        "occupation": [job.occupations for job in jobs],
        "function": [job.functions for job in jobs],
        "industry": [job.industries for job in jobs],
    }
    known: dict[int, tuple[int, int | str | None]] = {}  # most things were done in the same few positions
    tokens: list[str] = []
    for kind, each in done.items():
        for one, positions in _positions_of(each).items():
            if positions not in known:
                known[positions] = _time_in([job for n, job in enumerate(jobs) if positions >> n & 1])
            full, last = known[positions]
            if full:
                tokens.append(lasting(kind, one, full))
            if last is not None:
                tokens.append(last_done(kind, one, last))
    return sorted(tokens)


def _positions_of(each: Iterable[Iterable[str]]) -> dict[str, int]:
    """Return in which positions each thing was done, a bit for each of them."""
    found: dict[str, int] = {}
    for number, things in enumerate(each):
        for one in things:
            found[one] = found.get(one, 0) | 1 << number
    return found


def _time_in(jobs: Sequence[Job]) -> tuple[int, int | str | None]:
    """Return how many full years were spent in ``jobs``, and the last year; ``now``, or None if undated."""
    spans = [job.span for job in jobs if job.span]
    if any(job.work.current for job in jobs):
        return _full_years(spans), "now"
    return _full_years(spans), max(last for _, last in spans) // 12 if spans else None


def _full_years(spans: Sequence[Span]) -> int:
    return min(months_in(spans) // 12, MOST_YEARS)


def numbers(jobs: Sequence[Job]) -> dict[Number, float]:
    """Return since when the present position and employer, and how long employers are stayed with."""
    found: dict[Number, float] = {}
    employers: dict[str, list[Span]] = defaultdict(list)
    for job in jobs:
        if job.span and job.work.name:
            employers[_employer(job.work.name)].append(job.span)
    present = next((job for job in jobs if job.newest and job.work.current and job.span), None)
    if present and present.span:
        found["role_since"] = present.span[0]
        at_home = employers[_employer(present.work.name)] if present.work.name else [present.span]
        found["company_since"] = _unbroken(at_home, present.span)
    if employers:
        found["months_per_company"] = sum(map(months_in, employers.values())) / len(employers)
    return found


@lru_cache(16384)
def _employer(name: str) -> str:
    return without_legal_form(name).casefold()


def _unbroken(spans: Iterable[Span], present: Span) -> int:
    """Return the month since which ``spans`` follow each other without a gap up to the present one."""
    since = present[0]
    for first, last in sorted(spans, reverse=True):
        if last >= since - 1:
            since = min(since, first)
    return since
