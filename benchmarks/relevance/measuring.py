"""Every ranking over every question, through the unit's own search."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.relevance.questions import FITS
from benchmarks.relevance.scoring import DEEP, lead, mean, ndcg, recall
from benchmarks.relevance.searching import Pool
from benchmarks.report import Cell
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.ranking import Ranking

WORDS_ALONE = Ranking(taxonomy=0, meaning=0, recency=0)


@dataclass(frozen=True)
class Asked:
    """A query's words, and how well people fit it; ``group`` is what questions have in common.

    Args:
        graded_only: who has no grade is passed over; else nobody without a grade fits.
    """

    text: str
    grades: Mapping[str, int]
    group: str
    graded_only: bool = False


@dataclass(frozen=True)
class Ranker:
    """A way to rank: with which weights, and whether the pool is read and indexed without any taxonomy.

    ``any_word`` asks for people who have any of the words instead of most of them.
    """

    name: str
    ranking: Ranking
    bare: bool = False
    any_word: bool = False

    @property
    def needs_meaning(self) -> bool:
        return self.ranking.meaning > 0

    def query(self, text: str) -> SearchQuery:
        """Return the query as callers of the unit write it."""
        if self.any_word:
            words = dict.fromkeys("".join(c if c.isalnum() else " " for c in text).split())
            return SearchQuery(expression=" OR ".join(f'"{word}"' for word in words))
        return SearchQuery(text=text, ranking=self.ranking)


BM25 = Ranker("BM25, most words", WORDS_ALONE, bare=True)
BM25_ANY = Ranker("BM25, any word", WORDS_ALONE, bare=True, any_word=True)
VECTORS = Ranker("vectors", Ranking(words=0, taxonomy=0, recency=0))
FUSED = Ranker("fused", Ranking(taxonomy=0, recency=0))
WHOLE = Ranker("fused with taxonomy", Ranking())
WORDS_AND_TAXONOMY = Ranker("words with taxonomy", Ranking(meaning=0))
RANKERS = (BM25, BM25_ANY, WORDS_AND_TAXONOMY, VECTORS, FUSED, WHOLE)


@dataclass(frozen=True)
class Reached:
    """A ranking's figures question by question, and whom it put first."""

    ndcg: list[float]
    recall: list[float]
    ranked: list[list[str]]


async def measured(ranker: Ranker, pool: Pool, asked: Sequence[Asked], deep: int = DEEP) -> Reached:
    """Ask everything, and look at the first ``deep`` hits."""
    reached = Reached([], [], [])
    for one in asked:
        ranked = await pool.ranked(ranker.query(one.text), bare=ranker.bare, limit=deep)
        if one.graded_only:
            ranked = [each for each in ranked if each in one.grades]
        reached.ndcg.append(ndcg(ranked, one.grades))
        reached.recall.append(recall(ranked, one.grades, FITS, deep))
        reached.ranked.append(ranked)
    return reached


def found_among(ids: Container[str], reached: Reached, asked: Sequence[Asked]) -> float:
    """Return the mean share of those who fit, of ``ids`` alone, that are among the first hits."""
    shares: list[float] = []
    for one, ranked in zip(asked, reached.ranked, strict=True):
        grades = {id: grade for id, grade in one.grades.items() if id in ids and grade >= FITS}
        if grades:
            shares.append(recall(ranked, grades, FITS))
    return mean(shares)


def row(name: str, reached: Reached, base: Reached, asked: Sequence[Asked]) -> dict[str, Cell]:
    """Return a ranking's line of the table: its means, and its lead over ``base`` with its interval."""
    line: dict[str, Cell] = {
        "ranking": name,
        "nDCG@10": round(mean(reached.ndcg), 3),
        "recall@100": round(mean(reached.recall), 3),
    }
    if reached is base:
        return line
    ahead, low, high = lead(reached.ndcg, base.ndcg, [one.group for one in asked])
    return line | {"nDCG@10 against BM25": f"{ahead:+.1%} ({low:+.1%} to {high:+.1%})"}
