"""Weights learned from questions whose answers are known."""

from collections.abc import Sequence

from benchmarks.relevance.measuring import Asked, Ranker, measured
from benchmarks.relevance.scoring import CUT, mean
from benchmarks.relevance.searching import Pool
from servers.recruiter_search.core.ranking import Ranking

FITTED = ("taxonomy", "meaning", "title", "skill_names")
"""``words`` and ``everything`` are the measure that the others are weighed by; ``recency`` is no matter of fit."""
TIMES = (0.5, 0.75, 1.5, 2.0)
LEAST_GAIN = 0.002
"""A weight that gains less nDCG stays as it is: so little is chance."""
MOST_ROUNDS = 2


async def fitted(pool: Pool, asked: Sequence[Asked], start: Ranking) -> tuple[Ranking, float]:
    """Return the weights with the best mean nDCG@10 that changing one at a time leads to, and that mean."""
    best, reached = start, await _reached(pool, asked, start)
    for _ in range(MOST_ROUNDS):
        before = reached
        for name in FITTED:
            for times in TIMES:
                tried = best.model_copy(update={name: round(getattr(best, name) * times, 3)})
                gained = await _reached(pool, asked, tried)
                if gained > reached + LEAST_GAIN:
                    best, reached = tried, gained
        if reached == before:
            break
    return best, reached


async def _reached(pool: Pool, asked: Sequence[Asked], ranking: Ranking) -> float:
    return mean((await measured(Ranker("tried", ranking), pool, asked, CUT)).ndcg)
