"""Where the next evaluation is worth most: a bandit over the queries of a search.

Each query has a Beta belief about how likely the next unseen person it finds matches well. Its prior comes
from the kind of query, its evidence from the evaluator's verdicts. A verdict counts for every query that had
the person among its next ones: in full for the query that handed them on, in part for the others, whose
next people are the ones that this query left. Earlier evidence fades, since lists get worse further down
(discounted Thompson sampling: Raj and Kalyani 2017; Thompson 1933). Of the next people of all queries the one comes
first who promises most: by the best of the queries that find them, and by how their like came out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from servers.sourcing.core.models import Aim, Brought, RunningQuery

PRIORS = {
    "core": 0.40,
    "same_skills": 0.30,
    "any_level": 0.30,
    "past_projects": 0.30,
    "insist": 0.30,
    "similar": 0.35,
    "without": 0.25,
    "companion_skills": 0.25,
    "related_skills": 0.20,
    "mover": 0.20,
    "place": 0.20,
    "feeder": 0.15,
    "adjacent": 0.15,
    "words": 0.15,
    "broad": 0.12,
    "net": 0.10,
    "unsaid": 0.10,
}
"""What is expected of a kind of query before anybody was judged: guesses, in the order of how much they insist on."""
STRENGTH = 4.0
"""A prior weighs as much as so many verdicts."""
LAX = 0.5
"""What is left of a prior where the query does not insist on what few could show."""
SHARED = 0.5
"""What a verdict weighs for a query that found the person, too, but did not hand them on."""
LEAST_DRAWN = 0.02
"""Is added to what is drawn and to what is expected of people's like, so that neither alone rules a person out."""
FADE = 0.97
"""What is left of all earlier evidence, the prior too, after one more verdict: some 33 count."""


@dataclass(frozen=True)
class Policy:
    """How a search balances certainty and number.

    Attributes:
        least: it goes on with a query while at least this share of its next people is expected to match well.
        tried: so many of a query's people are judged before it is given up.
        floor: of so many people one comes from the query that was tried least, while some were tried too little.
    """

    least: float
    tried: int
    floor: int


POLICIES: Mapping[Aim, Policy] = {
    "precise": Policy(least=0.12, tried=3, floor=12),
    "balanced": Policy(least=0.05, tried=5, floor=8),
    "broad": Policy(least=0.02, tried=10, floor=5),
}


@dataclass(frozen=True)
class Belief:
    """What is believed of a query: a Beta distribution, and the plain counts behind it."""

    alpha: float
    beta: float
    judged: int = 0
    matched: int = 0

    @property
    def expected(self) -> float:
        """How likely its next person is to match well."""
        return self.alpha / (self.alpha + self.beta)


def prior(query: RunningQuery) -> Belief:
    """Return what is expected of a query of this kind before anybody was judged."""
    mean = PRIORS[query.planned.id.partition(":")[0]] * (LAX if query.lax else 1.0)
    return Belief(STRENGTH * mean, STRENGTH * (1 - mean))


def beliefs(queries: Iterable[RunningQuery], brought: Sequence[Brought]) -> dict[str, Belief]:
    """Return the belief of each query by id, from everybody brought so far, in order."""
    return {query.planned.id: _belief(query, brought) for query in queries}


def _belief(query: RunningQuery, brought: Sequence[Brought]) -> Belief:
    at_first, own = prior(query), query.planned.id
    alpha, beta, judged, matched = at_first.alpha, at_first.beta, 0, 0
    for one in brought:
        if one.good is None or own not in one.finders:
            continue
        weight = 1.0 if one.query_id == own else SHARED
        left = FADE**weight
        alpha, beta = alpha * left + weight * one.good, beta * left + weight * (not one.good)
        judged, matched = judged + 1, matched + one.good
    return Belief(alpha, beta, judged, matched)


class Bandit:
    """Tells what each next person of one round promises; the same seed and round tell alike."""

    def __init__(self, policy: Policy, known: Mapping[str, Belief], seed: int, round: int) -> None:
        self._policy = policy
        self._known = known
        self._random = Random(f"{seed}:{round}")  # noqa: S311 - it draws what to try, and must repeat
        self._tried = {query_id: belief.judged for query_id, belief in known.items()}
        self._drawn: dict[str, float] = {}
        self._draws = 0

    def draw(self, query_ids: Sequence[str]) -> Sequence[str]:
        """Draw anew what each query yields, and return which of these are looked at for the next person.

        That is all of them, but now and then only the one that was tried least, while some were tried too little.
        """
        self._draws += 1
        draw = self._random.betavariate
        self._drawn = {one: draw(belief.alpha, belief.beta) for one, belief in self._known.items()}
        starved = [one for one in query_ids if self._tried[one] < self._policy.tried]
        if starved and self._draws % self._policy.floor == 0:
            return [min(starved, key=lambda one: self._tried[one])]
        return query_ids

    def promise(self, finders: Iterable[str], alike: float) -> float:
        """Return what somebody promises by the last draw, to be compared with what others do.

        Args:
            finders: the queries that find them, one at least.
            alike: how many of those whose profiles show the same are expected to match well, 0 to 1.
        """
        return (max(self._drawn[one] for one in finders) + LEAST_DRAWN) * (alike + LEAST_DRAWN)

    def handed_on(self, finders: Iterable[str]) -> None:
        """Note that somebody whom these queries find is to be judged."""
        for one in finders:
            self._tried[one] += 1


def given_up(query: RunningQuery, belief: Belief, policy: Policy) -> bool:
    """Tell whether a query is expected to bring too few good matches, after enough of its people were judged."""
    return query.status != "dry" and belief.judged >= policy.tried and belief.expected < policy.least


def told(belief: Belief) -> str:
    """Return a belief in words."""
    if not belief.judged:
        return f"nobody of it judged yet, {belief.expected:.0%} expected of searches of its kind"
    return (
        f"{belief.matched} of {belief.judged} judged match well, {belief.expected:.0%} expected of the next"
    )
