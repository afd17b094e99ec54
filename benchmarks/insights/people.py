"""The market's people and postings as the rows that insights count, written straight from their lives.

No text is written and read again: what a person's dossier would be read as is known. Only when work first shows
a skill differs a little: lives know every job that a skill was used in, dossiers tell of three skills a job.
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks.market.careers import Person, Position, live
from benchmarks.market.spreading import in_order
from benchmarks.market.world import NOW, World, draw, world_of
from servers.talent_insights.core.naming import Naming, named
from servers.talent_insights.core.rows import Facts
from shared.taxonomy import Taxonomy

VERSION = 1
"""Raise it when the same seed makes other rows: what was written before is then not taken again."""
PART = 50_000
POSTINGS = 50
"""One posting for so many people."""
FACTS = "country,region,place,function,occupation,seniority,company,company_name,remote"
COLUMNS = {
    "person": f"person,candidate_id,{FACTS},worked,working_since",
    "span": f"person,{FACTS},began,ended",
    "move": f"person,{FACTS},kind,origin,origin_name,target,target_name,month",
    "skill": "person,skill,shown,first",
    "study": "person,school,school_name",
    "posting": f"posting_id,{FACTS},posted,open,last_day,pay_low,pay_high,currency",
    "posting_skill": "posting_id,skill",
}
Cells = tuple[object, ...]
Rows = dict[str, list[Cells]]


@dataclass(frozen=True)
class Written:
    """Where rows lie, as ``<table>-<part>.csv`` with a header, and how many there are of each table."""

    folder: str
    counts: dict[str, int]

    def files(self, table: str) -> list[Path]:
        """Return a table's files in order."""
        return sorted(Path(self.folder).glob(f"{table}-*.csv"))


def rows_in(scratch: Path, seed: int, people: int) -> Written:
    """Write a market's rows below ``scratch``, or return those that lie there already."""
    folder = scratch / f"insights-{VERSION}-{seed}-{people}"
    done = folder / "written.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        counts = dict.fromkeys(COLUMNS, 0)
        for part in in_order(partial(_write_part, seed, folder), people, share=PART):
            counts = {table: total + part[table] for table, total in counts.items()}
        done.write_text(json.dumps(asdict(Written(str(folder), counts))), encoding="utf-8")
    return Written(**json.loads(done.read_text(encoding="utf-8")))


def _write_part(seed: int, folder: Path, numbers: range) -> dict[str, int]:
    world = world_of(seed)
    writing = Writing(world)
    rows: Rows = {table: [] for table in COLUMNS}
    for number in numbers:
        for table, more in writing.person_rows(live(world, number)).items():
            rows[table] += more
        if number % POSTINGS == 0:
            for table, more in writing.posting_rows(number).items():
                rows[table] += more
    for table, columns in COLUMNS.items():
        path = folder / f"{table}-{numbers.start // PART:05d}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(columns + "\n")
            csv.writer(file, lineterminator="\n").writerows(rows[table])
    return {table: len(own) for table, own in rows.items()}


class Writing:
    """Writes lives of one world down. The same few titles, places and employers recur, and are read once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._taxonomy = Taxonomy.compact()
        self._naming = Naming(self._taxonomy)
        self._titled, self._where, self._employer = map(cache, (self._title, self._place, self._company))
        self._proven = cache(self._skills_of)
        self._schools = [named(school) or ("", "") for school in world.schools]

    def person_rows(self, person: Person) -> Rows:
        """Return what the unit derives of this person's dossier."""
        number = person.number + 1
        spans = self._spans(person.positions)
        school = self._schools[person.school]
        return {
            "person": [(number, person.candidate_id, *self._now(person))],
            "span": [(number, *facts, began, _cell(ended)) for facts, began, ended in spans],
            "move": [(number, *move) for move in _moves(spans)],
            "skill": [(number, *skill) for skill in self._skills(person)],
            "study": [(number, *school)],
        }

    def posting_rows(self, number: int) -> Rows:
        """Return a posting: the hiring of one employer, at times with its pay."""
        rng, world = Random(f"posting:{number}"), self._world
        trade = world.trades[draw(world.trade_shares, rng.random())]
        hiring, weights = world.hiring(trade.field, NOW // 12)
        company = hiring[draw(weights, rng.random())] if weights else 0
        place = draw(world.place_shares, rng.random())
        level = 2 if rng.random() < 0.4 else 1
        title = f"Senior {trade.titles[0]}" if level == 2 else trade.titles[0]
        facts = self._facts(title, place, company, rng.random() < 0.2)
        posted = NOW - int(36 * rng.random() ** 2)
        low = 1000 * int(35 + 20 * level + 30 * rng.random())
        pay = (low, low + 12_000, "EUR") if rng.random() < 0.6 else ("", "", "")
        identity = f"post_{number:09d}"
        asked = {wide for skill in trade.core[:4] for wide in self._taxonomy.covered_by(skill)}
        return {
            "posting": [(identity, *facts, posted, int(posted > NOW - 4), "", *pay)],
            "posting_skill": [(identity, skill) for skill in sorted(asked)],
        }

    def _facts(self, title: str, place: int, company: int, remote: bool) -> Cells:
        facts, function = self._where(place, remote), self._titled(title)
        return (*facts[:3], *function, *self._employer(company), int(remote))

    def _title(self, title: str) -> Cells:
        return _cells(self._naming.facts(title, None, None))[3:6]

    def _place(self, place: int, remote: bool) -> Cells:
        where = self._world.places[place]
        return _cells(self._naming.facts(None, f"Remote, {where.country}" if remote else where.label, None))

    def _company(self, company: int) -> Cells:
        return _cells(self._naming.facts(None, None, self._world.companies[company].name))[6:8]

    def _skills_of(self, title: str) -> list[str]:
        return [mention.skill for mention in self._taxonomy.find_skills(title)]

    def _now(self, person: Person) -> Cells:
        newest = person.positions[-1]
        held = newest.end is None
        home = self._facts(newest.title, person.place, newest.company, False)
        work = self._facts(newest.title, newest.place, newest.company, newest.remote)
        employer = work[6:8] if held else ("", "")
        earlier = sum(job.end - job.start for job in person.positions if job.end is not None)
        return (*home[:6], *employer, work[8] if held else 0, earlier, newest.start if held else "")

    def _spans(self, positions: Iterable[Position]) -> list[tuple[Cells, int, int | None]]:
        """Return one span an employer; of two positions in a row there, the later one's facts."""
        spans: list[tuple[Cells, int, int | None]] = []
        for job in positions:
            facts = self._facts(job.title, job.place, job.company, job.remote)
            began, ended = job.start, None if job.end is None else job.end - 1
            if spans and spans[-1][0][6] == facts[6] and spans[-1][2] == began - 1:
                began = spans.pop()[1]
            spans.append((facts, began, ended))
        return spans

    def _skills(self, person: Person) -> list[Cells]:
        titled = [(skill, job.start) for job in person.positions for skill in self._proven(job.title)]
        used = [(skill, since) for skill, (since, _) in person.skills.items()]
        shown = {skill for skill, _ in (*used, *titled)}
        first: dict[str, int] = {}
        for skill, since in (*used, *titled):
            for proven in self._taxonomy.covered_by(skill):
                first[proven] = min(since, first.get(proven, since))
        return [(skill, int(skill in shown), since) for skill, since in sorted(first.items())]


def _moves(spans: list[tuple[Cells, int, int | None]]) -> list[Cells]:
    moves: dict[Cells, Cells] = {}
    for (before, _, _), (after, began, _) in pairwise(spans):
        if before[6] != after[6]:
            key = ("company", before[6], after[6])
            moves[key] = (*after, "company", *before[6:8], *after[6:8], began)
        if before[2] and after[2] and before[2] != after[2]:
            key = ("place", before[2], after[2])
            moves[key] = (*after, "place", before[2], before[2], after[2], after[2], began)
    return list(moves.values())


def _cells(facts: Facts) -> Cells:
    return tuple(map(_cell, facts.model_dump().values()))


def _cell(value: object) -> object:
    """Return a value as CSV holds it: nothing as an empty cell, yes and no as digits."""
    return "" if value is None else int(value) if isinstance(value, bool) else value
