"""Rules about how long and how recently something was done."""

from dataclasses import dataclass
from datetime import date

from servers.recruiter_search.core.criteria import AllOf, AnyOf, Criterion, OneOf
from servers.recruiter_search.core.names import Kind
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from servers.recruiter_search.core.values import MOST_YEARS, Experience
from shared.kernel.errors import InvalidInput


def lasting(kind: Kind, id: str, years: int) -> str:
    """Return the token of having done something for exactly so many full years, the most counted at most."""
    return f"{kind}:{id}@{years}"


def last_done(kind: Kind, id: str, when: int | str) -> str:
    """Return the token of the year in which something was last done; ``now``: it still is."""
    return f"{kind}:{id}~{when}"


def timed(kind: Kind, ids: tuple[str, ...], asked: Experience, reading: Reading) -> Criterion:
    """Return the condition that one of ``ids`` was done so long and so recently. Raises InvalidInput."""
    if asked.min_years is None and asked.within_years is None:
        raise InvalidInput(
            f"no time is asked for {asked.of}", field=f"{kind}_years", fix="Give min_years or within_years."
        )
    built = tuple(_timed(kind, one, asked, reading) for one in ids)
    return built[0] if len(built) == 1 else AnyOf(built)


def _timed(kind: Kind, id: str, asked: Experience, reading: Reading) -> Criterion:
    parts: list[Criterion] = []
    if asked.min_years:
        enough = range(asked.min_years, MOST_YEARS + 1)
        parts.append(OneOf("times", tuple(lasting(kind, id, years) for years in enough)))
    if asked.within_years is not None:
        when = held_still(asked.within_years, reading.today)
        parts.append(OneOf("times", tuple(last_done(kind, id, one) for one in when)))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def held_still(within: int, today: date) -> tuple[str, ...]:
    """Return the tokens of what lasts, or lasted in any of the latest years, this one and ``within`` before it."""
    return ("now", *(str(year) for year in range(today.year - within, today.year + 1)))


@dataclass(frozen=True, kw_only=True)
class Timed(Rule):
    """Occupations, functions or industries by how long and how recently; one is enough."""

    kind: Kind

    def criterion(self, value: list[Experience], reading: Reading) -> Criterion:
        return AnyOf(
            tuple(timed(self.kind, reading.ids(self.kind, [asked.of]), asked, reading) for asked in value)
        )

    def shows(self, value: list[Experience], view: ProfileView, reading: Reading) -> list[str]:
        ids = reading.names.ids
        wanted = {found for asked in value for found in ids(self.kind, asked.of)}
        read = [(p, p.industry if self.kind == "industry" else p.title) for p in view.positions]
        held = [p for p, text in read if text and wanted & set(ids(self.kind, text))]
        return [f"{p.title or p.company}, {p.start or '?'} to {p.end or 'now'}" for p in held]
