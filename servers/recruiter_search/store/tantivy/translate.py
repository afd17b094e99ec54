"""Criteria to Tantivy queries. Tantivy's own parser is not used: it misreads ``a AND NOT b`` and C++."""

from collections.abc import Sequence

from tantivy import FieldType, Occur, Query, TextAnalyzer

from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Between,
    Criterion,
    InOnePosition,
    NoneOf,
    OneOf,
    Part,
    Weighted,
    Words,
)
from servers.recruiter_search.core.document import BARRING
from servers.recruiter_search.core.ports import IndexQuery
from servers.recruiter_search.store.cutting import analyzer, spelt
from servers.recruiter_search.store.tantivy.schema import (
    ANALYSED,
    KIND,
    MOST_POSITIONS,
    PERSON,
    POSITIONS,
    STATE,
    grams,
    position_term,
    schema,
)

MOST_LISTS = 64
"""Values that are read from a list each, side by side; a set of more is read as a whole beforehand."""


class Translator:
    """Builds queries; one per index, since it cuts words the way the index does."""

    def __init__(self) -> None:
        self._analyzer: TextAnalyzer = analyzer()

    def query(self, query: IndexQuery) -> Query:
        """Return the whole query: conditions score 1 in all, preferences what they weigh.

        What is both wanted and liked is read once, as a condition that scores; one other at least scores the 1.
        """
        if query.alike:
            return self._alike(query)
        must = _flat(query.must)
        wanted: list[Criterion] = [one for one in must if not isinstance(one, NoneOf)]
        both = {one.criterion: one for one in query.should if not one.flat and one.criterion in wanted}
        if both and len(both) == len(wanted):
            both.popitem()
        first, *others = [self.criterion(one) for one in wanted if one not in both] or [_everybody()]
        parts = [(Occur.Must, Query.const_score_query(first, 1.0)), *barred(query.admits)]
        parts += [(Occur.Must, Query.const_score_query(other, 0.0)) for other in others]
        parts += self._unwanted(must)
        liked = [(both.get(one.criterion) is one, one) for one in query.should]
        parts += [(Occur.Must if held else Occur.Should, self.weighted(one)) for held, one in liked]
        return Query.boolean_query(parts)

    def _alike(self, query: IndexQuery) -> Query:
        """Return the query of whoever something liked holds of, scored the same."""
        must = _flat(query.must)
        liked = _any([self.weighted(one) for one in query.should])
        held = [self.criterion(one) for one in must if not isinstance(one, NoneOf)]
        parts = [(Occur.Must, liked), *barred(query.admits), *self._unwanted(must)]
        parts += [(Occur.Must, Query.const_score_query(one, 0.0)) for one in held]
        return Query.boolean_query([*parts, (Occur.Should, Query.const_score_query(Query.all_query(), 1.0))])

    def conditions(self, query: IndexQuery) -> Query:
        """Return the conditions of the query alone, for counting."""
        return Query.const_score_query(self._all(query.must, barred(query.admits)), 0.0)

    def apart(self, query: IndexQuery) -> Query:
        """Return who is not among everybody that may be found: the index's own document, and who is barred."""
        own = Query.term_query(schema(), KIND, STATE, "basic")
        return _any([own, *(mark for _, mark in barred(query.admits))])

    def criterion(self, criterion: Criterion) -> Query:
        """Return the query of one criterion."""
        match criterion:
            case OneOf(field, values):
                return _one_of(field, values)
            case Between(field, least, most):
                return Query.range_query(schema(), field, FieldType.Float, least, most)
            case Words(field, text, prefix):
                return self._words(field, text, prefix)
            case InOnePosition(parts):
                return _any([self._position(parts, number) for number in range(MOST_POSITIONS)])
            case AllOf(parts):
                return self._all(parts)
            case AnyOf(parts, least):
                built = [(Occur.Should, self.criterion(part)) for part in parts]
                return Query.boolean_query(built, least) if built else Query.empty_query()
            case NoneOf():
                return self._all((criterion,))

    def _all(self, criteria: Sequence[Criterion], barring: Sequence[tuple[Occur, Query]] = ()) -> Query:
        """Return that all hold. Who is unwanted is taken from who is wanted, and from everybody only where
        nothing is wanted."""
        flat = _flat(criteria)
        wanted = [(Occur.Must, one) for one in self._wanted(flat)]
        unwanted = [*barring, *self._unwanted(flat)]
        return Query.boolean_query([*wanted, *unwanted]) if unwanted or len(wanted) > 1 else wanted[0][1]

    def _wanted(self, criteria: Sequence[Criterion]) -> list[Query]:
        found = [self.criterion(one) for one in criteria if not isinstance(one, NoneOf)]
        return found or [_everybody()]

    def _unwanted(self, criteria: Sequence[Criterion]) -> list[tuple[Occur, Query]]:
        parts = [part for one in criteria if isinstance(one, NoneOf) for part in one.parts]
        return [(Occur.MustNot, self.criterion(part)) for part in parts]

    def weighted(self, liked: Weighted) -> Query:
        """Return the query that scores as much as what is liked."""
        if liked.flat:
            return Query.const_score_query(self.criterion(liked.criterion), liked.weight)
        scored = self._scored(liked.criterion)
        return scored if liked.weight == 1 else Query.boost_query(scored, liked.weight)

    def _scored(self, criterion: Criterion) -> Query:
        """A set query scores all alike; terms of their own score by rarity and frequency."""
        if isinstance(criterion, OneOf) and criterion.values:
            terms = [Query.term_query(schema(), criterion.field, value, "freq") for value in criterion.values]
            return terms[0] if len(terms) == 1 else Query.disjunction_max_query(terms)
        return self.criterion(criterion)

    def _words(self, field: str, text: str, prefix: bool) -> Query:
        words = self._analyzer.analyze(spelt(text))
        if not words:
            return Query.empty_query()
        if prefix:
            return self._prefix(field, words)
        if len(words) == 1:
            return Query.term_query(schema(), field, words[0])
        return Query.phrase_query(schema(), field, list(words))

    def _prefix(self, field: str, words: Sequence[str]) -> Query:
        if len(words) == 1:
            return Query.regex_query(schema(), field, f"{words[0]}.*")  # a word is letters and digits
        return Query.phrase_prefix_query(schema(), field, list(words))

    def _position(self, parts: Sequence[Part], number: int) -> Query:
        """Return that the position of this number has all parts: terms that carry its number."""
        return _combined(Occur.Must, [self._part(part, number) for part in parts])

    def _part(self, part: Part, number: int) -> Query:
        if part.field not in ANALYSED:
            return _any([_position_query(position_term(part.field, value, number)) for value in part.values])
        return _any([self._worded(part, value, number) for value in part.values])

    def _worded(self, part: Part, value: str, number: int) -> Query:
        words = self._analyzer.analyze(spelt(value))
        if not words:
            return Query.empty_query()
        runs = grams(words)
        whole = runs[:-1] if part.prefix else runs
        queries = [_position_query(position_term(part.field, run, number)) for run in whole]
        if part.prefix:  # a word is letters and digits, so it needs no escaping
            begun = f"{part.field}:{runs[-1]}[^ #]*#{number}"
            queries.append(Query.regex_query(schema(), POSITIONS, begun))
        return _combined(Occur.Must, queries)


def barred(admits: frozenset[str]) -> list[tuple[Occur, Query]]:
    """Return what keeps people out who must not be found, but for the marks that are admitted."""
    marks = [mark for mark in BARRING if mark not in admits]
    return [(Occur.MustNot, Query.term_query(schema(), "flags", mark, "basic")) for mark in marks]


def _flat(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return all conditions that must hold, those too that stand in one of which every part must."""
    found: list[Criterion] = []
    for one in criteria:
        match one:
            case AllOf(parts):
                found += _flat(parts)
            case AnyOf(parts, least) if parts and least == len(parts):
                found += _flat(parts)
            case _:
                found.append(one)
    return found


def _one_of(field: str, values: Sequence[str]) -> Query:
    """Return that a keyword field has one of ``values``; all score alike, however rare they are."""
    if len(values) > MOST_LISTS:
        return Query.term_set_query(schema(), field, list(values))
    lists = [Query.term_query(schema(), field, value, "basic") for value in values]
    return Query.const_score_query(_any(lists), 1.0)


def _position_query(term: str) -> Query:
    return Query.term_query(schema(), POSITIONS, term, "basic")


def _any(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return (
        Query.boolean_query([(Occur.Should, query) for query in queries]) if queries else Query.empty_query()
    )


def _everybody() -> Query:
    return Query.term_query(schema(), KIND, PERSON, "basic")


def _combined(occur: Occur, queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(occur, query) for query in queries]) if queries else _everybody()
