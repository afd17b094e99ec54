"""The best people by each part of a ranking, fused: the beginning of a result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from servers.recruiter_search.core.fusion import Floats, Part
from servers.recruiter_search.core.ports import IndexQuery
from servers.recruiter_search.store.heads import DEPTH, NEAR, Head, Legs, Told, head_of
from servers.recruiter_search.store.opensearch.dsl import Dsl, Query, order
from servers.recruiter_search.store.opensearch.layout import KEY, hexadecimal
from servers.recruiter_search.store.opensearch.meaning import Meaning, in_bytes, likeness
from servers.recruiter_search.store.opensearch.points import State
from servers.recruiter_search.store.opensearch.reading import Answer, Reader, total_of
from servers.recruiter_search.store.vectors import Keys

CHANGED_ON = "changed_on"


@dataclass(frozen=True)
class _Scored:
    """Whom one part found, by key: their scores, and on which day their records changed."""

    scores: Mapping[int, float]
    changed_on: Mapping[int, float]
    total: int


class Beginning:
    """Makes heads: all parts are asked at once for their best, then all of them for everybody who was found."""

    def __init__(self, reader: Reader, dsl: Dsl, meaning: Meaning) -> None:
        self._reader = reader
        self._dsl = dsl
        self._meaning = meaning

    async def head(self, state: State, point: str | None, query: IndexQuery) -> Head:
        """Find the best by each part, score them all by every part, and order them. Raises LetGo."""
        legs = Legs(query)
        near = await self._nearest(state.tenant, legs)
        parts = self._parts(state.tenant, query, legs)
        first = dict(parts)
        if near:
            first["meaning"] = near(DEPTH)
        best = await self._scored(state, point, first)
        changed_on = _chosen(best, legs)
        people = np.fromiter(changed_on, np.uint64, len(changed_on))
        chosen = keyed(people)
        among: dict[Part, Query] = {
            part: {"bool": {"must": [asked], "filter": [chosen]}} for part, asked in parts.items()
        }
        if near:  # of no more than are asked for, all are compared
            among["meaning"] = near(len(people), chosen)
        every = await self._scored(state, point, among, len(people))
        told = Told(
            people=people,
            places=np.zeros((len(people), 0), np.uint32),  # they are found by key
            total=best["words"].total,
            said=_above_conditions(every["words"]),
            classed=_above_conditions(every["taxonomy"]) if "taxonomy" in every else None,
            liked=_likenesses(every["meaning"], people) if "meaning" in every else None,
            changed_on=np.fromiter(changed_on.values(), np.float32, len(changed_on)),
        )
        return head_of(query, told)

    def _parts(self, tenant: str, query: IndexQuery, legs: Legs) -> dict[Part, Query]:
        parts: dict[Part, Query] = {"words": self._dsl.scored(tenant, query, legs.words)}
        if legs.classes:
            parts["taxonomy"] = self._dsl.scored(tenant, legs.hard, legs.classes, least=1)
        return parts

    async def _nearest(self, tenant: str, legs: Legs) -> "_Near | None":
        if legs.vector is None:
            return None
        field = await self._meaning.ready(len(legs.vector))
        if field is None:
            return None
        return _Near(
            self._dsl, field, in_bytes(legs.vector[None])[0], self._dsl.conditions(tenant, legs.hard)
        )

    async def _scored(
        self, state: State, point: str | None, parts: Mapping[Part, Query], size: int = DEPTH
    ) -> dict[Part, _Scored]:
        bodies = [
            {
                "query": query,
                "size": max(1, size),
                "track_total_hits": True,
                "_source": False,
                "docvalue_fields": [KEY, CHANGED_ON],
                # The nearest come in no order but their own.
                **({} if part == "meaning" else {"sort": order("relevance")}),
            }
            for part, query in parts.items()
        ]
        answers = await self._reader.all(state, bodies, point)
        return {part: _read(answer) for part, answer in zip(parts, answers, strict=True)}


@dataclass(frozen=True)
class _Near:
    """Asks for the nearest to ``vector`` of all of whom ``conditions`` hold."""

    dsl: Dsl
    field: str
    vector: list[int]
    conditions: Query

    def __call__(self, count: int, *chosen: Query) -> Query:
        return self.dsl.nearest(self.field, self.vector, max(1, count), [self.conditions, *chosen])


def keyed(keys: Keys) -> Query:
    """Return the query for people by their keys."""
    return {"terms": {KEY: [hexadecimal(key) for key in keys.tolist()]}}


def _read(answer: Answer) -> _Scored:
    scores: dict[int, float] = {}
    changed_on: dict[int, float] = {}
    for hit in answer["hits"]["hits"]:
        key = int(hit["fields"][KEY][0], 16)
        scores[key] = float(hit["_score"])
        changed_on[key] = float(hit["fields"].get(CHANGED_ON, [np.nan])[0])
    return _Scored(scores, changed_on, total_of(answer))


def _chosen(best: Mapping[Part, _Scored], legs: Legs) -> dict[int, float]:
    """Return who is fused, with the days on which their records changed."""
    found: dict[int, float] = {}
    for part, one in best.items():
        found |= {key: one.changed_on[key] for key in _enough(part, one, legs)}
    return found


def _enough(part: Part, best: _Scored, legs: Legs) -> Iterable[int]:
    if part == "meaning":
        return (key for key, score in best.scores.items() if likeness(score) >= NEAR)
    return list(best.scores)[: DEPTH if part == "taxonomy" or legs.ranks_words else 1]


def _above_conditions(scored: _Scored) -> dict[int, float]:
    """Return scores without the 1 that conditions are worth."""
    return {key: max(0.0, score - 1) for key, score in scored.scores.items()}


def _likenesses(scored: _Scored, people: Keys) -> Floats:
    return np.array([likeness(scored.scores.get(key, 0.0)) for key in people.tolist()], np.float32)
