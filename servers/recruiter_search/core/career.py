"""A career as it is searched: what each position says, how long and how recently everything was done."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from servers.recruiter_search.core.criteria import Number, PositionField
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.periods import Span, months_in, span_of
from servers.recruiter_search.core.rules.skills import last_done, lasting
from servers.recruiter_search.core.values import MOST_YEARS
from shared.taxonomy.employers import without_legal_form
from shared.taxonomy.places import Place, place
from shared.wire.profile import Work, newest_of
from shared.wire.requirements import Seniority, WorkMode

_MODES: tuple[tuple[WorkMode, re.Pattern[str]], ...] = (
    ("remote", re.compile(r"\b(?:remote|home[- ]?office|work from home|wfh|telework\w*)\b", re.I)),
    ("hybrid", re.compile(r"\bhybrid\b", re.I)),
    ("on_site", re.compile(r"\b(?:on[- ]?site|in[- ]office|in[- ]person)\b", re.I)),
)


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
    jobs: list[Job] = []
    for item, shown in zip(work, skills, strict=True):
        occupations = names.ids("occupation", item.position) if item.position else ()
        functions = (names.function_of(occupation) for occupation in occupations)
        where = names.ids("place", item.location) if item.location else ()
        jobs.append(
            Job(
                work=item,
                newest=item is newest,
                occupations=occupations,
                functions=tuple(f for f in functions if f),
                industries=names.ids("industry", item.industry) if item.industry else (),
                seniority=level(item.position) if item.position else None,
                places=tuple(token for found in where for token in place_tokens(place(found))),
                work_modes=_modes(item),
                skills=frozenset(proved for one in shown for proved in names.taxonomy.covered_by(one)),
                span=span_of(item, now),
            )
        )
    return jobs


def _modes(item: Work) -> tuple[WorkMode, ...]:
    """How a position is worked, as its place or title says; a sentence may speak of others' ways."""
    said = f"{item.location or ''}\n{item.position or ''}"
    return tuple(mode for mode, pattern in _MODES if pattern.search(said))


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


def times(jobs: Iterable[Job]) -> list[str]:
    """Return tokens of how many full years each skill, occupation, function and industry was done, and when
    last. What is shown in no dated position has none."""
    spans: dict[tuple[Kind, str], list[Span]] = defaultdict(list)
    lasts: set[tuple[Kind, str]] = set()
    for job in jobs:
        done: tuple[tuple[Kind, Iterable[str]], ...] = (
            ("skill", job.skills),
            ("occupation", job.occupations),
            ("function", job.functions),
            ("industry", job.industries),
        )
        keys: list[tuple[Kind, str]] = [(kind, one) for kind, ids in done for one in ids]
        if job.work.current:
            lasts.update(keys)
        if job.span:
            for key in keys:
                spans[key].append(job.span)
    tokens = [last_done(*key, "now") for key in lasts]
    years: dict[tuple[Span, ...], int] = {}  # most things were done in the same few positions
    for key, held in spans.items():
        together = tuple(held)
        if together not in years:
            years[together] = _full_years(together)
        if full := years[together]:
            tokens.append(lasting(*key, full))
        if key not in lasts:
            tokens.append(last_done(*key, max(last for _, last in held) // 12))
    return sorted(tokens)


def _full_years(spans: Iterable[Span]) -> int:
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


def _employer(name: str) -> str:
    return without_legal_form(name).casefold()


def _unbroken(spans: Iterable[Span], present: Span) -> int:
    """Return the month since which ``spans`` follow each other without a gap up to the present one."""
    since = present[0]
    for first, last in sorted(spans, reverse=True):
        if last >= since - 1:
            since = min(since, first)
    return since
