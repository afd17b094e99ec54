"""How well search ranks: ``make bench NAME=relevance``, or ``python -m benchmarks.relevance [--data FOLDER]``.

Two thousand invented people whose fit is known, mostly told in other words than the queries', and real résumés
that were read and graded for queries from real postings (LABELLING.md). Both are asked through the unit's own
search core over an index of its own. Figures on the invented people are of the half of occupations on which no
weight was chosen. ``--fit`` chooses weights anew on the other half. Vectors are of the server that
``HIREMESH_EMBEDDINGS_URL`` names, else of MiniLM in vLLM's environment (``make vllm``); without either their rows
are left out.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.evaluation.real_cases import RealData
from benchmarks.relevance.encoding import MiniLm
from benchmarks.relevance.fitting import fitted
from benchmarks.relevance.measuring import (
    BM25,
    BM25_ANY,
    RANKERS,
    WHOLE,
    Asked,
    Ranker,
    Reached,
    found_among,
    measured,
    row,
)
from benchmarks.relevance.people import PEOPLE, WAYS, Person, people
from benchmarks.relevance.questions import Question, grade, questions
from benchmarks.relevance.real import DATA, by_query, read_grades, read_queries, read_twice
from benchmarks.relevance.scoring import lead, mean, weighted_kappa
from benchmarks.relevance.searching import Pool, pool_of
from benchmarks.report import Cell, json_line, table
from servers.recruiter_search.core.ports import Encoder
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.embeddings import open_encoder
from shared.engines.vllm import vllm_python
from shared.kernel.errors import Unavailable

EXPECTED_LEAD = 0.15


def made(crowd: Sequence[Person], all_questions: Sequence[Question]) -> list[Asked]:
    """Return questions with everybody's grade; who has grade 0 is left out."""
    found: list[Asked] = []
    for question in all_questions:
        grades = {one.id: grade(question, one) for one in crowd}
        found.append(Asked(question.text, {id: n for id, n in grades.items() if n}, question.group))
    return found


async def compared(rankers: Sequence[Ranker], pool: Pool, asked: Sequence[Asked]) -> dict[str, Reached]:
    """Return each ranking's figures over the same questions."""
    return {ranker.name: await measured(ranker, pool, asked) for ranker in rankers}


def stronger(reached: dict[str, Reached]) -> str:
    """Return which of the two ways to ask BM25 alone does better: the others are measured by that."""
    return max((BM25.name, BM25_ANY.name), key=lambda name: mean(reached[name].ndcg))


def show(reached: dict[str, Reached], asked: Sequence[Asked], title: str) -> list[dict[str, Cell]]:
    """Print a line for each ranking and return them."""
    base = reached[stronger(reached)]
    rows = [row(name, one, base, asked) for name, one in reached.items()]
    table(rows, title=title)
    return rows


async def on_made(folder: Path, encoder: Encoder | None, count: int, fit: bool) -> dict[str, Any]:
    """Measure on invented people of the half on which nothing was chosen, after choosing weights where asked."""
    crowd, every = people(count), questions()
    chosen, kept = (made(crowd, [one for one in every if one.fitting is half]) for half in (True, False))
    rankers = usable(encoder)
    async with pool_of(folder, [one.dossier for one in crowd], encoder, [one.text for one in every]) as pool:
        if fit:
            ranking, reached = await fitted(pool, chosen, Ranking())
            changed = ranking.model_dump(exclude={"recency"})
            table([{"weight": name, "fitted": value} for name, value in changed.items()], title="Weights")
            print(f"nDCG@10 on the half they were chosen on: {reached:.3f}")
            rankers = [*rankers, Ranker("fitted", ranking)]
        reached = await compared(rankers, pool, kept)
        title = f"{count:,} invented people, {len(kept)} questions for work on which no weight was chosen"
        rows = show(reached, kept, title)
    told = by_way(crowd, reached, kept)
    table(told, title="Share of who fits among the first 100, by how people tell of their work")
    return {"rows": rows, "by_way": told, "expected": {"whole_leads_bm25_by_15_%": ahead(reached, kept)}}


def ahead(reached: dict[str, Reached], asked: Sequence[Asked]) -> bool | None:
    """Say whether all parts together lead BM25 alone by as much as is expected; None where not all could be."""
    if WHOLE.name not in reached:
        return None
    base = reached[stronger(reached)]
    return lead(reached[WHOLE.name].ndcg, base.ndcg, [one.group for one in asked])[0] >= EXPECTED_LEAD


def by_way(
    crowd: Sequence[Person], reached: dict[str, Reached], asked: Sequence[Asked]
) -> list[dict[str, Cell]]:
    """Return what share of each kind of people every ranking finds."""
    ways = {way: {one.id for one in crowd if one.way == way} for way in dict.fromkeys(WAYS)}
    return [
        {"ranking": name, **{way: round(found_among(ids, one, asked), 3) for way, ids in ways.items()}}
        for name, one in reached.items()
    ]


async def on_real(folder: Path, encoder: Encoder | None, source: Path) -> dict[str, Any]:
    """Measure on real résumés; those that nobody graded for a query are passed over."""
    data, queries, grades = RealData(source), read_queries(), read_grades()
    said, twice = by_query(grades), read_twice(grades)
    asked = [Asked(one.text(data), said[one.id], one.id, graded_only=True) for one in queries]
    dossiers = [data.dossier(resume) for resume in sorted(data.resumes)]
    async with pool_of(folder, dossiers, encoder, [one.text for one in asked]) as pool:
        reached = await compared(usable(encoder), pool, asked)
    kappa = weighted_kappa(twice)
    title = (
        f"{len(dossiers)} real résumés, {len(asked)} queries, {len(grades)} grades by a language model; "
        f"{len(twice)} read twice by it, weighted κ {kappa:.2f}"
    )
    return {"rows": show(reached, asked, title), "grades": len(grades), "kappa": round(kappa, 3)}


def usable(encoder: Encoder | None) -> list[Ranker]:
    """Return the rankings that can be measured here."""
    return [one for one in RANKERS if encoder or not one.needs_meaning]


async def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="How well search ranks")
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many are invented")
    parser.add_argument("--data", type=Path, default=DATA, help="where real résumés and postings lie")
    parser.add_argument("--fit", action="store_true", help="choose weights anew, and measure them too")
    parser.add_argument("--words-only", action="store_true", help="leave MiniLM aside")
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    encoder = None if given.words_only else opened()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        said = await on_made(folder / "made", encoder, given.people, given.fit)
        if given.data.is_dir():
            said |= {"real": await on_real(folder / "real", encoder, given.data)}
        else:
            print(f"The real set is left out: {given.data} is not there; give the folder with --data.")
    json_line({"benchmark": "relevance", "meaning": encoder.model if encoder else None} | said)


def opened() -> Encoder | None:
    """Return the encoder that the environment names, else MiniLM where it is installed; say so where none is."""
    try:
        return open_encoder() or MiniLm(vllm_python())
    except Unavailable as missing:
        print(f"Vectors are left out: {missing}")
        return None


if __name__ == "__main__":
    asyncio.run(main())
