"""Invented lives as flat rows, for analytics: persons, positions and skills as CSV files.

Written straight from the lives, past every reader of texts. Dates are the first day of a month; ``ended`` is
the first month after a position and empty while it lasts.
"""

import csv
import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from benchmarks.market.careers import LEVELS, Person, live
from benchmarks.market.dossiers import month
from benchmarks.market.spreading import in_order
from benchmarks.market.world import World, world_of

VERSION = 1
"""Raise it when the same seed makes other people: what was written before is then not taken again."""
PART = 50_000
COLUMNS = {
    "persons": "candidate_id,country,region,city,school,degree,subject,graduated,do_not_contact",
    "positions": "candidate_id,number,company,industry,title,occupation,field,level,country,city,remote,"
    "started,ended",
    "skills": "candidate_id,skill,first_used,last_used",
}


@dataclass(frozen=True)
class Written:
    """Where rows lie, as ``<table>-<part>.csv`` with a header, and how many there are of each."""

    folder: str
    persons: int
    positions: int
    skills: int

    def files(self, table: str) -> list[Path]:
        """Return a table's files in order."""
        return sorted(Path(self.folder).glob(f"{table}-*.csv"))


def rows_in(scratch: Path, seed: int, people: int, *, processes: int | None = None) -> Written:
    """Write the rows of a market below ``scratch``, or return those that lie there already."""
    folder = scratch / f"market-{VERSION}-{seed}-{people}"
    done = folder / "written.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        counts = [0, 0, 0]
        make = partial(_write_part, seed, folder)
        for part in in_order(make, people, share=PART, processes=processes):
            counts = [total + count for total, count in zip(counts, part, strict=True)]
        written = Written(str(folder), *counts)
        done.write_text(json.dumps(asdict(written)), encoding="utf-8")
    return Written(**json.loads(done.read_text(encoding="utf-8")))


def _write_part(seed: int, folder: Path, numbers: range) -> tuple[int, int, int]:
    world = world_of(seed)
    files: list[TextIO] = []
    counts = [0, 0, 0]
    try:
        for table in COLUMNS:
            path = folder / f"{table}-{numbers.start // PART:05d}.csv"
            files.append(path.open("w", encoding="utf-8", newline=""))
            files[-1].write(COLUMNS[table] + "\n")
        writers = [csv.writer(file, lineterminator="\n") for file in files]
        for number in numbers:
            for nth, rows in enumerate(person_rows(world, live(world, number))):
                writers[nth].writerows(rows)
                counts[nth] += len(rows)
    finally:
        for file in files:
            file.close()
    return counts[0], counts[1], counts[2]


def person_rows(world: World, person: Person) -> tuple[list[tuple[object, ...]], ...]:
    """Return one person's rows for each table of ``COLUMNS``."""
    who, home = person.candidate_id, world.places[person.place]
    head = (
        *(who, home.country_code, home.region, home.name, world.schools[person.school]),
        *(person.degree, person.subject, _day(person.graduated), int(person.do_not_contact)),
    )
    positions: list[tuple[object, ...]] = []
    for nth, job in enumerate(person.positions):
        company, place = world.companies[job.company], world.places[job.place]
        positions.append(
            (
                *(who, nth, company.name, company.industry, job.title, job.trade.id, job.trade.field),
                *(LEVELS[job.level], place.country_code, place.name, int(job.remote)),
                *(_day(job.start), "" if job.end is None else _day(job.end)),
            )
        )
    skills = [(who, skill, _day(first), _day(last)) for skill, (first, last) in person.skills.items()]
    return [head], positions, skills


def _day(number: int) -> str:
    return f"{month(number)}-01"
