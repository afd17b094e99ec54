"""From what a caller asks to what an index can run: names resolved, rules applied, clause by clause."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, cast

from pydantic import BaseModel

from servers.recruiter_search.core.answers import Answers
from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Criterion,
    NoneOf,
    OneOf,
    Weighted,
    Words,
)
from servers.recruiter_search.core.expression import And, Not, hints, parse_expression, written
from servers.recruiter_search.core.expression_conditions import ExpressionConditions
from servers.recruiter_search.core.free_text import FreeText
from servers.recruiter_search.core.models import Filters, SearchQuery, rules
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import IndexQuery
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from shared.kernel.errors import InvalidInput

SAID = 120
TITLE_WEIGHT = 3.0
TEXT = "text"
"""The clause that is a query's free text."""


@dataclass(frozen=True)
class Clause:
    """One condition of a query as its caller knows it.

    Args:
        path: where it stands in the query, such as ``filters.titles``.
        says: what it asks, in words.
        shows: the texts of a hit that show that it holds.
        term: the whole of it as it is typed, of an expression.
    """

    path: str
    says: str
    criterion: Criterion
    shows: Callable[[ProfileView], list[str]]
    term: str = ""


@dataclass
class Compiled:
    """A query for the index.

    Args:
        clauses: what must hold, the query's conditions in the same order.
        said: those of the conditions that its free text sets.
        liked: what is liked, as clauses that need not hold.
        terms: words by which a hit's sentences are picked.
        unresolved: names that nothing is known for.
        hints: what probably was meant otherwise.
        answers: what other units said of it.
    """

    query: IndexQuery
    clauses: list[Clause]
    liked: list[Clause]
    terms: list[str] = field(default_factory=list[str])
    unresolved: list[str] = field(default_factory=list[str])
    hints: list[str] = field(default_factory=list[str])
    said: tuple[Criterion, ...] = ()
    answers: Answers = field(default_factory=Answers)


class Compiler:
    """Compiles queries with the names of one taxonomy."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def compile(self, query: SearchQuery, today: date, answers: Answers | None = None) -> Compiled:
        """Return ``query`` in the index's terms, by what other units answered of it.

        Raises InvalidInput naming the field at fault.
        """
        return _Compilation(Reading(self._names, today, answers or Answers())).compile(query)


class _Compilation:
    """One compilation, gathering what ranks and what is noted on the way."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._should: list[Weighted] = []
        self._terms: list[str] = []
        self._hints: list[str] = []

    def compile(self, query: SearchQuery) -> Compiled:
        _contradictions(query.filters)
        clauses = [
            *self._filters(query.filters),
            *self._excluded(query.exclude, query.filters.exclude_candidate_ids),
            *self._expression(query.expression or ""),
            *self._text(query.text or "", query.ranking or Ranking()),
        ]
        liked = list(self._liked(query.prefer))
        said = tuple(clause.criterion for clause in clauses if clause.path == TEXT)
        built = IndexQuery(
            must=tuple(clause.criterion for clause in clauses),
            should=tuple(self._should),
            sort=query.sort,
            admits=frozenset(query.include),
        )
        unresolved = list(dict.fromkeys(self._reading.unresolved))
        terms = list(dict.fromkeys(self._terms))
        return Compiled(built, clauses, liked, terms, unresolved, self._hints, said, self._reading.answers)

    def _filters(self, filters: Filters) -> Iterator[Clause]:
        for name, rule, value in _given(filters):
            for one in rule.each(value):
                self._terms += rule.terms(one, self._reading.names)
                yield self._clause("filters", name, rule, one, rule.criterion(one, self._reading))

    def _excluded(self, unwanted: Filters, ids: list[str]) -> Iterator[Clause]:
        for name, rule, value in _given(unwanted):
            for one in rule.each(value):
                without = NoneOf((rule.criterion(one, self._reading),))
                yield Clause(f"exclude.{name}", f"not {_label(name, one)}", without, _nothing)
        if ids:
            says = f"not {len(ids)} people by id"
            without = NoneOf((OneOf("candidate_id", tuple(ids)),))
            yield Clause("filters.exclude_candidate_ids", says, without, _nothing)

    def _liked(self, liked: Filters) -> Iterator[Clause]:
        for name, rule, value in _given(liked):
            self._terms += rule.terms(value, self._reading.names)
            weighted = rule.liked(value, self._reading)
            self._should += weighted
            yield self._clause("prefer", name, rule, value, AnyOf(tuple(one.criterion for one in weighted)))

    def _clause(self, part: str, name: str, rule: Rule, value: Any, criterion: Criterion) -> Clause:
        shows = partial(rule.shows, value, reading=self._reading)
        return Clause(f"{part}.{name}", _label(name, value), criterion, lambda view: shows(view=view))

    def _expression(self, text: str) -> Iterator[Clause]:
        if not text.strip():
            return
        tree, conditions = parse_expression(text), ExpressionConditions(text, self._reading)
        self._terms += conditions.terms(tree)
        self._hints += hints(text)
        for node in tree.nodes if isinstance(tree, And) else (tree,):
            criterion = conditions.criterion(node)
            self._should += _scoring(criterion)
            shows = _nothing if isinstance(node, Not) else conditions.shows(node)
            term = written(And((node,)))
            yield Clause("expression", _short(written(node)), criterion, shows, term)

    def _text(self, text: str, ranking: Ranking) -> Iterator[Clause]:
        if not text.strip():
            return
        read = FreeText(text, self._reading.names, ranking)
        self._terms += read.terms()
        self._should += read.liked()
        criterion = read.criterion()
        if criterion is not None:
            yield Clause(TEXT, _short(text), criterion, _nothing)


def _given(filters: Filters) -> Iterator[tuple[str, Rule, Any]]:
    """Yield the filters that are set, in the order of the table."""
    for name, rule in rules().items():
        value = getattr(filters, name)
        if value is not None and value != []:
            yield name, rule, value


def _contradictions(filters: Filters) -> None:
    """Raise InvalidInput where a lower bound is above the upper one."""
    for name in rules():
        if name.startswith("min_"):
            least, most = getattr(filters, name), getattr(filters, f"max_{name[4:]}", None)
            if least is not None and most is not None and least > most:
                raise InvalidInput(f"{name} is above max_{name[4:]}", field=f"filters.{name}")


def _nothing(view: ProfileView) -> list[str]:
    return []


def _label(name: str, value: Any) -> str:
    return _short(f"{name.replace('_', ' ')}: {_said(value)}")


def _said(value: Any) -> str:
    """Return a filter's value as people would say it."""
    if isinstance(value, list):
        return " or ".join(_said(one) for one in cast(list[Any], value))
    if isinstance(value, BaseModel):
        given = value.model_dump(exclude_defaults=True)
        return ", ".join(f"{key.replace('_', ' ')} {_said(one)}" for key, one in given.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SAID else f"{line[:SAID].rstrip()}…"


def _scoring(wanted: Criterion) -> list[Weighted]:
    """Score by the words of an expression that are wanted, not by those that are excluded."""
    match wanted:
        case Words(where, text, prefix):
            titled = [Weighted(Words("title", text, prefix), TITLE_WEIGHT)] if where == "everything" else []
            return [Weighted(wanted, 1.0), *titled]
        case OneOf("candidate_id" | "company_facet"):
            return []  # whom another unit named ranks nobody
        case OneOf():
            return [Weighted(wanted, 1.0)]
        case AllOf(parts) | AnyOf(parts):
            return [scored for part in parts for scored in _scoring(part)]
        case _:
            return []
