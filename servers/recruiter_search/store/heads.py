"""The fused beginning of a result, from whichever engine it was read."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from servers.recruiter_search.core.criteria import RankedBy, Weighted
from servers.recruiter_search.core.fusion import Floats, Part, freshness, fused, share_of_best
from servers.recruiter_search.core.ports import Blend, Found, IndexQuery
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.store.vectors import Keys
from shared.kernel.ids import new_id

DEPTH = 200
"""So many of the best by each part are fused; whoever comes later follows in the order of words."""
NEAR = 0.25
"""Less like than this is not near in meaning. On half of benchmarks/relevance's occupations 0.35 loses a tenth of who
fits among the first 100 and orders the first ten no better; below 0.25 next to nothing is gained."""
HELD = 256


class Legs:
    """What a query asks of each part of its ranking.

    Attributes:
        hard: the query without the conditions that its free text sets.
        words: what is liked by words.
        ranks_words: whether that ranks.
        classes: what is liked by taxonomy, where that ranks.
        vector: what the query means, (dimensions,), where that ranks.
    """

    def __init__(self, query: IndexQuery) -> None:
        blend = query.blend or Blend(Ranking())
        said = set(blend.said)
        self.hard = replace(query, must=tuple(one for one in query.must if one not in said))
        self.words = liked_by(query, "words")
        self.ranks_words = bool(self.words and blend.ranking.words)
        self.classes = liked_by(query, "taxonomy") if blend.ranking.taxonomy else ()
        vector = blend.vector if blend.ranking.meaning else None
        self.vector = np.frombuffer(vector, np.float32) if vector else None


@dataclass(frozen=True)
class Told:
    """What an engine tells of the people who are to be fused.

    Args:
        people: their keys.
        places: where each is in the state that was read, in the engine's own terms, (people, any).
        total: of how many everything holds, told of or not.
        said: scores by words, by key, of those of whom everything holds.
        classed: scores by taxonomy, by key; None: it does not rank.
        liked: how like the vectors of ``people`` are, -1 where there is none; None: meaning does not rank.
        changed_on: days on which the records of ``people`` changed; NaN: not known.
    """

    people: Keys
    places: NDArray[np.uint32]
    total: int
    said: Mapping[int, float]
    classed: Mapping[int, float] | None
    liked: Floats | None
    changed_on: Floats


@dataclass(frozen=True)
class Head:
    """The fused beginning of a result, best first: people, their scores and whether the free text holds.

    Args:
        query: whose beginning it is.
        places: where each is in the state that it was read from, in the engine's own terms, (people, any).
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

    @property
    def others(self) -> int:
        """How many come after it where nobody was shown before it."""
        return self.total - int(np.count_nonzero(self.said))

    @property
    def apart(self) -> Keys:
        """Who does not come after it."""
        return np.concatenate([self.before, self.keys])

    def rest(self, limit: int, offset: int) -> tuple[int, int]:
        """Return how many hits of ``[offset, offset + limit)`` come after it, and after how many others."""
        size = len(self.keys)
        return max(0, offset + limit - max(offset, size)), max(0, offset - size)

    def hit(self, number: int, view: ProfileView) -> Found:
        """Return one of its hits."""
        parts = {part: round(float(added[number]), 4) for part, added in self.parts.items()}
        score = round(float(self.scores[number]), 6)
        return Found(view.candidate_id, score, view, parts, bool(self.said[number]))

    def later(self, hit: Found) -> Found:
        """Return a hit that comes after it with its score among the head's; by words alone it scored 1 more."""
        score = round(self.least * min(1.0, (hit.score - 1) / (self.best_words or 1.0)), 6)
        return replace(hit, score=score, parts={"words": score})


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


def head_of(query: IndexQuery, told: Told) -> Head:
    """Return people scored by every part that the query's blend asks for, and ordered."""
    people, made = told.people, fused(_parts(query, told), (query.blend or Blend(Ranking())).ranking)
    holds = np.array([key in told.said for key in people.tolist()], bool)
    order = np.lexsort((people, -made.scores))
    return Head(
        query=query,
        keys=people[order],
        places=told.places[order],
        scores=made.scores[order],
        parts={part: added[order] for part, added in made.parts.items()},
        said=holds[order],
        total=told.total,
        best_words=max(told.said.values(), default=0.0),
        least=float(made.scores.min(initial=1.0)),
        beside=int(np.count_nonzero(~holds)),
        before=np.zeros(0, np.uint64),
    )


def liked_by(query: IndexQuery, by: RankedBy) -> tuple[Weighted, ...]:
    """Return what a query likes that counts for one part of its score."""
    return tuple(one for one in query.should if one.by == by)


def _parts(query: IndexQuery, told: Told) -> dict[Part, Floats]:
    blend = query.blend or Blend(Ranking())
    parts: dict[Part, Floats] = {}
    if Legs(query).ranks_words:
        parts["words"] = share_of_best(_values(told.said, told.people))
    if told.classed is not None:
        parts["taxonomy"] = share_of_best(_values(told.classed, told.people))
    if told.liked is not None:
        parts["meaning"] = share_of_best(told.liked)
    if blend.ranking.recency or not parts:
        parts["recency"] = freshness(told.changed_on, blend.today)
    return parts


def _values(scores: Mapping[int, float], people: Keys) -> Floats:
    return np.fromiter((scores.get(key, 0.0) for key in people.tolist()), np.float32, len(people))
