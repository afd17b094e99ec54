"""Filters whose data another unit has: it is asked on behalf of the caller before a query is compiled.

The index is asked for nothing but employers as they are written, or people by id. Pages of one result go on with
the answers of its first page: nobody twice, nobody left out, whatever the other unit says meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from pydantic import BaseModel

from servers.recruiter_search.core.answers import Answers, Asked, question
from servers.recruiter_search.core.document import BARRING
from servers.recruiter_search.core.expression import leaves, parse_expression
from servers.recruiter_search.core.models import SearchQuery, rules
from servers.recruiter_search.core.ports import IndexQuery, ProfileIndex
from servers.recruiter_search.core.rules.elsewhere import KnownElsewhere
from servers.recruiter_search.core.values import InStage, KnownGrowth, KnownHeadcount
from shared.kernel.errors import Conflict, InvalidInput, Unavailable
from shared.kernel.principal import Principal, current_principal
from shared.taxonomy.employers import employer_key

FRESH_SECONDS = 60.0
"""How long an answer stands for whoever asked, so that a page and its counts tell of the same people."""
HELD_SECONDS = 600.0
"""How long pages go on with it after its last use, as with the index's own states."""
MOST_HELD = 32
MOST_WRITTEN = 60_000
"""Names of employers, as profiles write them, that a pool is searched by figures of employers with."""
MOST_PEOPLE = 60_000
"""People of a stage; engines take little more values at once."""


class Basis(BaseModel):
    """What figures stand on."""

    as_of: str
    n: int | None = None
    k: int
    noise: int = 0
    complete: bool


class EmployersWithin(BaseModel):
    """Employers whose figures lie within limits, by ``employer_key``; ``told`` is how many have figures at all."""

    basis: Basis
    employers: list[str]
    told: int


class Sources(Protocol):
    """The other units, asked as the current principal. Raise Unavailable, Denied, NotFound."""

    async def employers(self, limits: dict[str, float]) -> EmployersWithin:
        """Return the employers within ``limits``: ``min_`` and ``max_`` of ``headcount`` and ``growth``."""
        ...

    async def in_stage(self, asked: InStage) -> list[str]:
        """Return the ids of those who stand in a project's stages now."""
        ...


@dataclass
class _Held:
    caller: Principal
    questions: tuple[str, ...]
    answers: Answers
    since: float
    used: float


class Elsewhere:
    """Asks other units, and holds what they answered for whoever asked.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, sources: Sources, index: ProfileIndex, clock: Callable[[], float] = monotonic) -> None:
        self._sources = sources
        self._index = index
        self._clock = clock
        self._held: list[_Held] = []

    async def answers(self, tenant: str, query: SearchQuery, digest: str = "") -> Answers:
        """Return the answers that a query needs; for a page after the first those that it began with.

        Raises Conflict where ``digest`` is of answers that are neither held nor given again, and whatever the units
        raise: a query is never searched without what it asks.
        """
        asked = {question(one): one for one in asked_elsewhere(query)}
        if not asked:
            return Answers()
        caller = current_principal().model_copy(update={"token": ""})
        held = self._known(caller, tuple(asked), digest)
        if held:
            return held.answers
        found = {said: await self._ask(tenant, one) for said, one in asked.items()}
        named = {said: names for said, (names, _) in found.items()}
        answers = Answers(named, tuple(says for _, says in found.values()))
        if digest and answers.digest != digest:
            raise Conflict(
                "what other units know of this query has changed since its first page",
                field="cursor",
                fix="Search again from the first page.",
            )
        now = self._clock()
        self._held = [*self._held[1 - MOST_HELD :], _Held(caller, tuple(asked), answers, now, now)]
        return answers

    def _known(self, caller: Principal, questions: tuple[str, ...], digest: str) -> _Held | None:
        now = self._clock()
        self._held = [one for one in self._held if now - one.used <= HELD_SECONDS]
        for one in reversed(self._held):
            same = one.caller == caller and one.questions == questions
            if same and (one.answers.digest == digest if digest else now - one.since <= FRESH_SECONDS):
                one.used = now
                return one
        return None

    async def _ask(self, tenant: str, asked: Asked) -> tuple[tuple[str, ...], str]:
        match asked:
            case KnownHeadcount():
                return await self._headcount(tenant, asked)
            case KnownGrowth():
                given = {"min_growth": asked.at_least, "max_growth": asked.at_most}
                told = await self._sources.employers(_set(given))
                return await self._told(tenant, f"known_growth {_growth(asked)}", told)
            case InStage():
                people = await self._sources.in_stage(asked)
                if len(people) > MOST_PEOPLE:
                    raise InvalidInput(
                        f"{len(people):,} people are there, more than can be searched at once", field="stage"
                    )
                stand = "1 person stands" if len(people) == 1 else f"{len(people):,} people stand"
                says = f"stage {' or '.join(asked.at)}: {stand} there now, by projects."
                return tuple(sorted(people)), says

    async def _headcount(self, tenant: str, asked: KnownHeadcount) -> tuple[tuple[str, ...], str]:
        least, most = asked.at_least, asked.at_most
        label = "known_headcount " + _sides(least, most)
        if most is None or (least or 0) > 1:
            given = {"min_headcount": least, "max_headcount": most}
            return await self._told(tenant, label, await self._sources.employers(_set(given)))
        larger = await self._sources.employers({"min_headcount": most + 1})
        k = larger.basis.k
        if most < k:
            raise InvalidInput(
                f"no figure tells of fewer than {k} people, so it is not known who works for an employer this small",
                field="known_headcount",
                fix=f"Ask for at_most {k} or more.",
            )
        return await self._told(tenant, label, larger, others=True)

    async def _told(
        self, tenant: str, label: str, told: EmployersWithin, *, others: bool = False
    ) -> tuple[tuple[str, ...], str]:
        """Return the named employers as profiles write them, or all ``others``; and what that stands on."""
        if not told.told and not told.basis.complete:
            raise Unavailable("talent_insights is still reading the pool", fix="Try again in a while.")
        keys = set(told.employers)
        everybody = IndexQuery(admits=frozenset(BARRING))
        counted = await self._index.facets(tenant, everybody, ["current_company"], MOST_WRITTEN)
        written = [name for name, _ in counted.facets["current_company"]]
        if len(written) >= MOST_WRITTEN:
            raise InvalidInput(
                "this pool names more employers than can be searched by their figures",
                fix="Ask talent_insights' workforce_trends, and give the employers as current_companies.",
            )
        found = sorted(name for name in written if (employer_key(name) in keys) != others)
        number = len({employer_key(name) for name in found})
        return tuple(
            found
        ), f"{label}: {number:,} employer{'s' * (number != 1)}, {_stands_on(told, others=others)}"


def asks_elsewhere(query: SearchQuery) -> bool:
    """Return whether another unit has to be asked before a query can be compiled. Raises InvalidInput."""
    return any(True for _ in asked_elsewhere(query))


def asked_elsewhere(query: SearchQuery) -> Iterator[Asked]:
    """Yield what a query asks of other units, by its filters and in its expression. Raises InvalidInput."""
    known = {name: rule for name, rule in rules().items() if isinstance(rule, KnownElsewhere)}
    for part in (query.filters, query.exclude, query.prefer):
        yield from (value for name in known if (value := getattr(part, name)) is not None)
    text, fields = query.expression or "", {rule.word: rule for rule in known.values()}
    if any(f"{word}:" in text.lower() for word in fields):  # most expressions need no second parse
        for name, leaf in leaves(parse_expression(text)):
            rule = fields.get(name)
            if rule and (value := rule.asked(leaf.text)) is not None:
                yield value


def _stands_on(told: EmployersWithin, *, others: bool) -> str:
    basis = told.basis
    off = f", figures off by up to {basis.noise} on purpose" if basis.noise else ""
    few = "count as that small" if others else "are left out"
    return (
        f"by talent_insights on {basis.as_of}. Figures are told of {told.told:,} (n = {basis.n or 0:,} people known here "
        f"who work there{off}); employers with fewer than {basis.k} people known here have none and {few}."
        + ("" if basis.complete else " The pool is still being read: figures are too low.")
    )


def _set(given: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in given.items() if value is not None}


def _growth(asked: KnownGrowth) -> str:
    return _sides(*(None if side is None else f"{side:+.0%}" for side in (asked.at_least, asked.at_most)))


def _sides(least: object | None, most: object | None) -> str:
    sides = {"at least": least, "at most": most}
    return ", ".join(f"{word} {value}" for word, value in sides.items() if value is not None)
