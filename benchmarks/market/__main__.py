"""The invented market: ``make bench NAME=market``, or ``python -m benchmarks.market --people 1000000``.

Says how fast it is made, as lives, dossiers, search documents and flat rows, and shows its shape.
``--scratch FOLDER`` keeps the rows there for other benchmarks.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.market.careers import live
from benchmarks.market.documents import documents_of
from benchmarks.market.dossiers import change_lines
from benchmarks.market.rows import rows_in
from benchmarks.market.world import NOW, World, world_of
from benchmarks.report import Cell, json_line, table

SAMPLE = 2_000


def _lives(world: World, numbers: range) -> list[object]:
    return [live(world, number) for number in numbers]


def made(seed: int, make: Callable[[World, range], list[object]], numbers: range) -> tuple[int, float]:
    """Return how many were made and the CPU seconds it took, after as many others."""
    world = world_of(seed)
    make(world, range(numbers.stop, numbers.stop + len(numbers)))
    began = time.process_time()
    return len(make(world, numbers)), time.process_time() - began


def shape(world: World) -> list[dict[str, Cell]]:
    """Return what a sample shows of the market's truth."""
    people = [live(world, number) for number in range(SAMPLE)]
    employers = Counter(job.company for one in people for job in one.positions)
    skills = Counter(skill for one in people for skill in one.skills)
    (largest, times), *_ = employers.most_common(1)
    (common, known), *_ = skills.most_common(1)
    layoffs = sorted(
        (c.layoff[0], c.name) for c in world.companies[:400] if c.layoff and c.layoff[0] > NOW - 24
    )
    emerging = max(world.emerging.items(), key=lambda pair: pair[1][1])
    return [
        {"what": "positions a person", "value": round(employers.total() / SAMPLE, 2)},
        {"what": "skills a person", "value": round(skills.total() / SAMPLE, 2)},
        {"what": f"positions at {world.companies[largest].name}", "value": times},
        {"what": f"people with {common}", "value": known},
        {"what": "companies that let people go in the last two years, of the 400 largest",
         "value": len(layoffs)},
        {"what": f"newest emerging skill, {emerging[0]}: months ago", "value": NOW - emerging[1][1]},
    ]  # fmt: skip


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="The invented labour market")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--scratch", type=Path, help="keep the rows here; a folder that is thrown away if omitted"
    )
    arguments = parser.parse_args()
    sample = range(min(SAMPLE, arguments.people))
    rates: list[dict[str, Cell]] = []
    for name, make in (
        ("lives", _lives),
        ("dossiers, as the feed's lines", change_lines),
        ("search documents, no sentence read twice", documents_of),
    ):
        count, seconds = made(arguments.seed, make, sample)
        rates.append({"made": name, "CPU µs a person": seconds / count * 1e6})
    with tempfile.TemporaryDirectory() as passing:
        began = time.perf_counter()
        rows = rows_in(arguments.scratch or Path(passing), arguments.seed, arguments.people)
        took = time.perf_counter() - began
        size = sum(path.stat().st_size for path in Path(rows.folder).iterdir())
    table(rates, title="Made by one process")
    table(shape(world_of(arguments.seed)), title=f"{SAMPLE:,} people")
    json_line(
        {
            "benchmark": "market",
            "people": arguments.people,
            "rows_s": round(took, 1),
            "rows_mb": round(size / 1e6, 1),
            "positions": rows.positions,
            "skills": rows.skills,
            "rates": rates,
        }
    )


if __name__ == "__main__":
    main()
