"""Criteria to OpenSearch's query language."""

from collections.abc import Sequence
from typing import Any

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
from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ports import IndexQuery
from servers.recruiter_search.store.cutting import analyzer
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.opensearch.layout import (
    ANALYSED,
    KIND,
    PERSON,
    POSITIONS,
    TENANT,
    TIE,
    cut,
)
from servers.recruiter_search.store.ties import hair_of

Query = dict[str, Any]
NOBODY: Query = {"match_none": {}}
MOST_BEGUN = 1024
"""Words that a prefix at the end of a phrase is completed to at most."""
_BY: dict[Sort, list[Query]] = {
    "relevance": [{"_score": {"order": "desc"}}, {TIE: {"order": "desc"}}],
    # People whose years are unknown come last in either order.
    "years_desc": [{"years": {"order": "desc", "missing": "_last"}}, {TIE: {"order": "desc"}}],
    "years_asc": [{"years": {"order": "asc", "missing": "_last"}}, {TIE: {"order": "asc"}}],
}


class Dsl:
    """Builds queries, every one of them within one tenant."""

    def __init__(self) -> None:
        self._words = analyzer()

    def query(self, tenant: str, query: IndexQuery) -> Query:
        """Return the whole query: conditions filter without scoring, preferences score."""
        return self.scored(tenant, query, query.should)

    def scored(self, tenant: str, query: IndexQuery, liked: Sequence[Weighted], *, least: int = 0) -> Query:
        """Return the query's conditions, which score 1, with what is liked, of which ``least`` must hold."""
        scoring: Query = {
            "must": [{"match_all": {}}],
            "should": [self._weighted(one) for one in liked],
        }
        if least:
            scoring["minimum_should_match"] = least
        return {"bool": {**self.conditions(tenant, query)["bool"], **scoring}}

    def nearest(self, field: str, vector: list[int], count: int, conditions: list[Query]) -> Query:
        """Return the query for the nearest to a vector of all of whom ``conditions`` hold.

        Of no more than ``count`` all are compared.
        """
        sought = {"vector": vector, "k": count, "filter": {"bool": {"filter": conditions}}}
        return {"knn": {field: sought}}

    def conditions(self, tenant: str, query: IndexQuery) -> Query:
        """Return the conditions of the query alone, for counting."""
        marks = [mark for mark in BARRING if mark not in query.admits]
        return {
            "bool": {
                "filter": [*_people_of(tenant), *(self.criterion(one) for one in query.must)],
                "must_not": [{"terms": {"flags": marks}}] if marks else [],
            }
        }

    def people(self, tenant: str, candidate_ids: list[str] | None = None) -> Query:
        """Return everybody of a tenant, barred or not, or those of ``candidate_ids``."""
        named = [] if candidate_ids is None else [{"terms": {"candidate_id": candidate_ids}}]
        return {"bool": {"filter": [*_people_of(tenant), *named]}}

    def criterion(self, criterion: Criterion) -> Query:
        """Return the query of one criterion."""
        match criterion:
            case OneOf(field, values):
                return {"terms": {field: list(values)}} if values else NOBODY
            case Between(field, least, most):
                sides = {"gte": least, "lte": most}
                return {"range": {field: {side: at for side, at in sides.items() if at is not None}}}
            case Words(field, text, prefix):
                return self._side_by_side(field, text, prefix)
            case InOnePosition(parts):
                held = {"bool": {"filter": [self._part(part) for part in parts]}}
                return {"nested": {"path": POSITIONS, "query": held}}
            case AllOf(parts):
                return {"bool": {"must": [self.criterion(part) for part in parts]}}
            case AnyOf(parts, least):
                built = [self.criterion(part) for part in parts]
                return {"bool": {"should": built, "minimum_should_match": least}} if built else NOBODY
            case NoneOf(parts):
                return {"bool": {"must_not": [self.criterion(part) for part in parts]}}

    def _weighted(self, liked: Weighted) -> Query:
        if liked.flat:
            return {"constant_score": {"filter": self.criterion(liked.criterion), "boost": liked.weight}}
        return {"bool": {"must": [self._scored(liked.criterion)], "boost": liked.weight}}

    def _scored(self, criterion: Criterion) -> Query:
        """A terms query scores all alike; terms of their own score by rarity and frequency."""
        if isinstance(criterion, OneOf) and criterion.values:
            return {
                "dis_max": {"queries": [{"term": {criterion.field: value}} for value in criterion.values]}
            }
        return self.criterion(criterion)

    def _side_by_side(self, field: str, text: str, prefix: bool) -> Query:
        words = cut(self._words, text)
        if not words:
            return NOBODY
        if len(words) == 1:
            return {"prefix" if prefix else "term": {field: {"value": words[0]}}}
        phrase: Query = {"query": " ".join(words)}
        if prefix:
            return {"match_phrase_prefix": {field: phrase | {"max_expansions": MOST_BEGUN}}}
        return {"match_phrase": {field: phrase}}

    def _part(self, part: Part) -> Query:
        field = f"{POSITIONS}.{part.field}"
        if part.field not in ANALYSED:
            return {"terms": {field: list(part.values)}}
        return {"bool": {"should": [self._side_by_side(field, text, part.prefix) for text in part.values]}}


def order(sort: Sort) -> list[Query]:
    """Return the order of a result, in which no two people are equal."""
    return [*_BY[sort], {"candidate_id": {"order": "asc"}}]


def beyond(mark: Mark) -> list[Any]:
    """Return the last hit before a page's end in the terms of any order."""
    # An infinity stands for years that are unknown; JSON has no number for it.
    key = mark.key if abs(mark.key) != float("inf") else f"{'-' * (mark.key < 0)}Infinity"
    return [key, hair_of(mark.candidate_id), mark.candidate_id]


def _people_of(tenant: str) -> list[Query]:
    return [{"term": {TENANT: tenant}}, {"term": {KIND: PERSON}}]
