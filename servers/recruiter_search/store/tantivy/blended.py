"""A result in an order that is fused of words, taxonomy, meaning and recency."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from tantivy import DocAddress, Occur, Query, Searcher

from servers.recruiter_search.core.criteria import Weighted
from servers.recruiter_search.core.ports import Found, IndexQuery
from servers.recruiter_search.store.heads import DEPTH, NEAR, Head, Legs, Told, head_of, liked_by
from servers.recruiter_search.store.tantivy.ranked import Ranked, by_score
from servers.recruiter_search.store.tantivy.schema import KEY, view_of
from servers.recruiter_search.store.tantivy.translate import Translator
from servers.recruiter_search.store.vectors import Floats, Keys, Vectors
from servers.recruiter_search.store.vectors.nearest import Addressed, among, keyed, nearest


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
        wanted, first = self.head.rest(limit, offset)
        if wanted and self._others:
            later, others, _ = self._tail.page(wanted, first)
            keys += later
            hits += [self.head.later(hit) for hit in others]
        return keys, hits, self.head.total

    def end(self, total: int) -> int:
        """Return how many hits there are in this order."""
        return len(self.head.keys) + self._others

    @property
    def _others(self) -> int:
        """How many come after the head."""
        return self._tail.count if len(self.head.before) else self.head.others

    @cached_property
    def _tail(self) -> Ranked:
        """Those of whom everything holds, without the head, by words."""
        query = self.head.query
        liked = liked_by(query, "words")
        words = _scored(self._translator, query, liked)
        others = Query.boolean_query([(Occur.Must, words), (Occur.MustNot, keyed(self.head.apart.tolist()))])
        return Ranked(self._searcher, others, "relevance", scored=bool(liked))

    def _hit(self, number: int) -> Found:
        segment, document = self.head.places[number].tolist()
        return self.head.hit(number, view_of(self._searcher.doc(DocAddress(segment, document))))


def begun(searcher: Searcher, translator: Translator, query: IndexQuery, vectors: Vectors | None) -> Head:
    """Return the head of a result: the best by each part that the query's blend asks for, fused."""
    return _Beginning(searcher, translator, query, vectors).head()


class _Beginning:
    """One result's head in the making."""

    def __init__(
        self, searcher: Searcher, translator: Translator, query: IndexQuery, vectors: Vectors | None
    ) -> None:
        self._searcher, self._query, self._vectors = searcher, query, vectors
        self._legs = legs = Legs(query)
        self._conditions = translator.conditions(legs.hard)
        self._spoken = _scored(translator, query, legs.words)
        self._classed = _scored(translator, legs.hard, legs.classes, least=1) if legs.classes else None

    def head(self) -> Head:
        """Find the best by each part, score them all by every part, and order them."""
        legs = self._legs
        most = DEPTH if legs.ranks_words else 1
        addressed, said, total = _top(self._searcher, self._spoken, most, scored=bool(legs.words))
        addressed |= self._classed_best() | self._nearest()
        people, places = np.fromiter(addressed, np.uint64, len(addressed)), list(addressed.values())
        if total > len(said):
            said = self._scores(self._spoken, people)
        changed = self._searcher.fast_field_values("changed_on", places)
        told = Told(
            people=people,
            places=np.array([(at.segment_ord, at.doc) for at in places], np.uint32).reshape(-1, 2),
            total=total,
            said=said,
            classed=self._scores(self._classed, people) if self._classed else None,
            liked=self._likeness(people),
            changed_on=np.array(changed, np.float32),
        )
        return head_of(self._query, told)

    def _classed_best(self) -> Addressed:
        return _top(self._searcher, self._classed, DEPTH)[0] if self._classed else {}

    def _nearest(self) -> Addressed:
        if self._vectors is None or self._legs.vector is None:
            return {}
        keys, liked, at = nearest(self._searcher, self._conditions, self._vectors, self._legs.vector, DEPTH)
        return {key: at[key] for key in keys[liked >= NEAR].tolist()}

    def _likeness(self, people: Keys) -> Floats | None:
        if self._vectors is None or self._legs.vector is None:
            return None
        return self._vectors.likeness(self._legs.vector, people)

    def _scores(self, query: Query, people: Keys) -> dict[int, float]:
        """Return the scores of those of ``people`` whom the query finds."""
        return _top(self._searcher, among(query, people.tolist()), len(people))[1]


def _scored(translator: Translator, query: IndexQuery, liked: Sequence[Weighted], least: int = 0) -> Query:
    """Return those of whom the conditions hold, scored by what is liked alone, of which ``least`` must hold."""
    parts = [(Occur.Must, Query.const_score_query(translator.conditions(query), 1.0))]
    if liked:
        any_of = Query.boolean_query([(Occur.Should, translator.weighted(one)) for one in liked])
        parts.append((Occur.Must if least else Occur.Should, any_of))
    return Query.boolean_query(parts)


def _top(
    searcher: Searcher, query: Query, most: int, *, scored: bool = True
) -> tuple[Addressed, dict[int, float], int]:
    """Return where the best documents are and their scores, by key, and how many there are in all."""
    hits, total = by_score(searcher, query, max(1, most), scored=scored)
    places = [address for _, address in hits]
    keys = [int(key or 0) for key in searcher.fast_field_values(KEY, places)]
    # Conditions score 1, since the order of equals is a share of the score; it is no part of it.
    scores = {key: max(0.0, round(score - 1, 2)) for key, (score, _) in zip(keys, hits, strict=True)}
    return dict(zip(keys, places, strict=True)), scores, total
