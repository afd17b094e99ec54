"""A result in an order that is fused of words, taxonomy, meaning and recency."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from tantivy import DocAddress, Occur, Query, Searcher

from servers.recruiter_search.core.criteria import Weighted
from servers.recruiter_search.core.fusion import Floats, Part, freshness, fused, share_of_best
from servers.recruiter_search.core.ports import Blend, Found, IndexQuery
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.store.tantivy.ranked import Ranked, total_of
from servers.recruiter_search.store.tantivy.schema import KEY, TIE, schema, view_of
from servers.recruiter_search.store.tantivy.translate import Translator
from servers.recruiter_search.store.vectors import Keys, Vectors
from servers.recruiter_search.store.vectors.nearest import Addressed, among, nearest
from shared.kernel.ids import new_id

DEPTH = 200
"""So many of the best by each part are fused; whoever comes later follows in the order of words."""
NEAR = 0.25
"""Less like than this is not near in meaning. On half of benchmarks/relevance's occupations 0.35 loses a tenth of who
fits among the first 100 and orders the first ten no better; below 0.25 next to nothing is gained."""
HELD = 256


@dataclass(frozen=True)
class Head:
    """The fused beginning of a result, best first: people, their scores and whether the free text holds.

    Args:
        query: whose beginning it is.
        places: segment and document in the state that it was read from, (people, 2).
        parts: what each part adds to the scores.
        best_words: the best score by words alone.
        least: the last score of those that were fused, which the others' lie below.
        beside: how many were fused of whom the free text does not hold.
        before: who was shown before it, and comes after it neither.
    """

    query: IndexQuery
    keys: Keys
    places: NDArray[np.uint32]
    scores: Floats
    parts: Mapping[Part, Floats]
    said: NDArray[np.bool_]
    total: int
    best_words: float
    least: float
    beside: int
    before: Keys

    def without(self, shown: Keys) -> "Head":
        """Return the head of what is left once others were shown."""
        left = ~np.isin(self.keys, shown)
        return replace(
            self,
            keys=self.keys[left],
            places=self.places[left],
            scores=self.scores[left],
            parts={part: added[left] for part, added in self.parts.items()},
            said=self.said[left],
            before=shown,
        )


class Heads:
    """The beginnings of results that are being read, the latest ones. Any thread may ask."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Head] = OrderedDict()
        self._holding = Lock()

    def hold(self, head: Head) -> str:
        """Return a name for ``head``."""
        name = new_id("head")
        with self._holding:
            self._held[name] = head
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return name

    def get(self, name: str) -> Head | None:
        """Return the head of this name, or None when it was let go."""
        with self._holding:
            return self._held.get(name)


class Blended:
    """One query's hits in one state of the index, as ``Ranked``: a fused head, and the others by words."""

    def __init__(self, searcher: Searcher, translator: Translator, head: Head) -> None:
        self._searcher = searcher
        self._translator = translator
        self.head = head

    @property
    def beside(self) -> int:
        """How many were found of whom the free text does not hold."""
        return self.head.beside

    def page(self, limit: int, offset: int) -> tuple[list[float], list[Found], int]:
        """Return the keys that hits ``[offset, offset + limit)`` are ordered by, the hits, and the total."""
        size = len(self.head.keys)
        hits = [self._hit(number) for number in range(offset, min(offset + limit, size))]
        keys = [hit.score for hit in hits]
        if offset + limit > size and self._others:
            first = max(0, offset - size)
            later, others, _ = self._tail.page(offset + limit - size - first, first)
            keys += later
            hits += [self._later(hit) for hit in others]
        return keys, hits, self.head.total

    def end(self, total: int) -> int:
        """Return how many hits there are in this order."""
        return len(self.head.keys) + self._others

    @property
    def _others(self) -> int:
        """How many come after the head."""
        if len(self.head.before):
            return self._tail.count
        return self.head.total - int(np.count_nonzero(self.head.said))

    @cached_property
    def _tail(self) -> Ranked:
        """Those of whom everything holds, without the head, by words."""
        query, head = self.head.query, self.head
        words = _scored(self._translator, query, _by(query, "words"))
        people = Query.term_set_query(schema(), KEY, np.concatenate([head.before, head.keys]).tolist())
        others = Query.boolean_query([(Occur.Must, words), (Occur.MustNot, people)])
        return Ranked(self._searcher, others, "relevance")

    def _hit(self, number: int) -> Found:
        head = self.head
        segment, document = head.places[number].tolist()
        view = view_of(self._searcher.doc(DocAddress(segment, document)))
        parts = {part: round(float(added[number]), 4) for part, added in head.parts.items()}
        score = round(float(head.scores[number]), 6)
        return Found(view.candidate_id, score, view, parts, bool(head.said[number]))

    def _later(self, hit: Found) -> Found:
        """Return a hit of the tail with its score among the head's."""
        score = round(self.head.least * min(1.0, (hit.score - 1) / (self.head.best_words or 1.0)), 6)
        return replace(hit, score=score, parts={"words": score})


def begun(searcher: Searcher, translator: Translator, query: IndexQuery, vectors: Vectors | None) -> Head:
    """Return the head of a result: the best by each part that the query's blend asks for, fused."""
    return _Beginning(searcher, translator, query, query.blend or Blend(Ranking()), vectors).head()


class _Beginning:
    """One result's head in the making."""

    def __init__(
        self,
        searcher: Searcher,
        translator: Translator,
        query: IndexQuery,
        blend: Blend,
        vectors: Vectors | None,
    ) -> None:
        self._searcher, self._query, self._blend = searcher, query, blend
        said = set(blend.said)
        hard = replace(query, must=tuple(one for one in query.must if one not in said))
        self._conditions = translator.conditions(hard)
        words, known, ranking = _by(query, "words"), _by(query, "taxonomy"), blend.ranking
        self._spoken = _scored(translator, query, words)
        self._ranks_words = bool(words and ranking.words)
        self._classed = _scored(translator, hard, known, least=1) if known and ranking.taxonomy else None
        self._vectors = vectors if blend.vector and ranking.meaning else None
        self._vector = np.frombuffer(blend.vector or b"", np.float32)

    def head(self) -> Head:
        """Find the best by each part, score them all by every part, and order them."""
        addressed, said, total = _top(self._searcher, self._spoken, DEPTH if self._ranks_words else 1)
        addressed |= self._classed_best() | self._nearest()
        people = np.fromiter(addressed, np.uint64, len(addressed))
        if total > len(said):
            said = self._scores(self._spoken, people)
        made = fused(self._parts(people, list(addressed.values()), said), self._blend.ranking)
        holds = np.array([key in said for key in addressed], bool)
        order = np.lexsort((people, -made.scores))
        places = np.array([(at.segment_ord, at.doc) for at in addressed.values()], np.uint32).reshape(-1, 2)
        return Head(
            query=self._query,
            keys=people[order],
            places=places[order],
            scores=made.scores[order],
            parts={part: added[order] for part, added in made.parts.items()},
            said=holds[order],
            total=total,
            best_words=max(said.values(), default=0.0),
            least=float(made.scores.min(initial=1.0)),
            beside=int(np.count_nonzero(~holds)),
            before=np.zeros(0, np.uint64),
        )

    def _classed_best(self) -> Addressed:
        return _top(self._searcher, self._classed, DEPTH)[0] if self._classed else {}

    def _nearest(self) -> Addressed:
        if self._vectors is None:
            return {}
        keys, liked, at = nearest(self._searcher, self._conditions, self._vectors, self._vector, DEPTH)
        return {key: at[key] for key in keys[liked >= NEAR].tolist()}

    def _parts(self, people: Keys, places: list[DocAddress], said: Mapping[int, float]) -> dict[Part, Floats]:
        parts: dict[Part, Floats] = {}
        if self._ranks_words:
            parts["words"] = share_of_best(_values(said, people))
        if self._classed:
            parts["taxonomy"] = share_of_best(_values(self._scores(self._classed, people), people))
        if self._vectors is not None:
            parts["meaning"] = share_of_best(self._vectors.likeness(self._vector, people))
        if self._blend.ranking.recency or not parts:
            changed = self._searcher.fast_field_values("changed_on", places)
            parts["recency"] = freshness(np.array(changed, np.float32), self._blend.today)
        return parts

    def _scores(self, query: Query, people: Keys) -> dict[int, float]:
        """Return the scores of those of ``people`` whom the query finds."""
        return _top(self._searcher, among(query, people.tolist()), len(people))[1]


def _by(query: IndexQuery, by: str) -> tuple[Weighted, ...]:
    return tuple(one for one in query.should if one.by == by)


def _scored(translator: Translator, query: IndexQuery, liked: Sequence[Weighted], least: int = 0) -> Query:
    """Return those of whom the conditions hold, scored by what is liked alone, of which ``least`` must hold."""
    parts = [(Occur.Must, Query.const_score_query(translator.conditions(query), 1.0))]
    if liked:
        any_of = Query.boolean_query([(Occur.Should, translator.weighted(one)) for one in liked])
        parts.append((Occur.Must if least else Occur.Should, any_of))
    return Query.boolean_query(parts)


def _top(searcher: Searcher, query: Query, most: int) -> tuple[Addressed, dict[int, float], int]:
    """Return where the best documents are and their scores, by key, and how many there are in all."""
    found = searcher.search(query, max(1, most), weight_by_field=TIE)
    places = [address for _, address in found.hits]
    keys = [int(key or 0) for key in searcher.fast_field_values(KEY, places)]
    # Conditions score 1, since the order of equals is a share of the score; it is no part of it.
    scores = {key: max(0.0, round(score - 1, 2)) for key, (score, _) in zip(keys, found.hits, strict=True)}
    return dict(zip(keys, places, strict=True)), scores, total_of(found)


def _values(scores: Mapping[int, float], people: Keys) -> Floats:
    return np.fromiter((scores.get(key, 0.0) for key in people.tolist()), np.float32, len(people))
