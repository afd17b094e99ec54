"""Insights beside PostgreSQL: ``make bench NAME=insights``, or ``python -m benchmarks.insights --people N``.

Every named question is asked of both, in turns, and both must answer the same before a figure is printed; what is
hidden for privacy is hidden later, from either's rows. Times are ms of one client, p50 / p95; CPU is the ms of all
threads. Who took three seconds for a question is asked it three times only, and PostgreSQL is stopped after 20 seconds:
its answer is then not compared, and its time shown as 20 s. A change is 500 people whose rows are
replaced, until a question counts them. ``--alone`` leaves PostgreSQL and the comparison out, for more people than a
machine holds twice; ``--copies N`` then takes everybody N times, under other numbers. ``--keep FOLDER`` keeps what was
built there for another run. Fifty thousand people take two minutes on two quiet cores, a million half an hour, and a
third of it where they are built already.
"""

import argparse
import asyncio
import math
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter

from benchmarks.insights.ours import Ours, build_ours, copy_ours
from benchmarks.insights.people import Rows, Writing, Written, rows_in
from benchmarks.insights.postgres import LIMIT_SECONDS, Postgres, build_postgres
from benchmarks.insights.questions import Asked, questions_on
from benchmarks.market.careers import live
from benchmarks.market.world import world_of
from benchmarks.report import Cell, json_line, percentile, table
from benchmarks.search.people import Built
from shared.engines import EmbeddedPostgres

SEED = 7
CHANGED = 500
AIM_MS = 300.0
PATIENCE_MS = 3000.0
LEAST_ROUNDS = 3
"""Who took longer than the patience for a question is asked no more often."""
Builds = dict[str, Built]
Answer = list[dict[str, Any]]


class System(Protocol):
    """What is asked and changed."""

    name: str

    async def ask(self, question: str, parameters: dict[str, Any]) -> Answer: ...

    async def replace(self, changed: Sequence[tuple[str, Rows]]) -> None: ...

    def cpu(self) -> float: ...


@dataclass
class Taken:
    """Milliseconds that answers took, and the CPU milliseconds of all of them."""

    ms: list[float] = field(default_factory=list[float])
    cpu_ms: float = 0.0

    @property
    def p50(self) -> float:
        return percentile(self.ms, 0.5)

    @property
    def p95(self) -> float:
        return percentile(self.ms, 0.95)

    @property
    def tired(self) -> bool:
        """Whether answers took so long that a few have to do."""
        return len(self.ms) >= LEAST_ROUNDS and sum(self.ms) >= PATIENCE_MS

    @property
    def cpu(self) -> float:
        """CPU milliseconds an answer."""
        return self.cpu_ms / max(1, len(self.ms))


Figures = dict[tuple[str, str], dict[str, Taken]]


async def measure(systems: Sequence[System], asked: Sequence[Asked], rounds: int) -> Figures:
    """Ask each question of all systems, one after the other, once to warm up and to compare.

    Raises AssertionError where they answer differently.
    """
    figures: Figures = {}
    for number, one in enumerate(asked):
        say(f"question {number + 1} of {len(asked)}: {one.name} of {one.about}")
        taken = figures.setdefault((one.name, one.about), {system.name: Taken() for system in systems})
        answers: list[list[str]] = []
        for system in systems:
            try:
                answers.append(plain(await system.ask(one.question, one.parameters)))
            except TimeoutError:
                say(f"{system.name} was stopped after {LIMIT_SECONDS} s")
                taken[system.name].ms = [LIMIT_SECONDS * 1e3] * LEAST_ROUNDS
        if any(answer != answers[0] for answer in answers):
            raise AssertionError(f"{one.name} of {one.about}: {answers[0][:3]} … {answers[1][:3]} …")
        for _ in range(rounds):
            for system in systems:
                if not taken[system.name].tired:
                    await _timed(system, one, taken[system.name])
    return figures


def say(step: str) -> None:
    """Say on stderr what is being done, and since when."""
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


async def _timed(system: System, one: Asked, taken: Taken) -> None:
    cpu, began = system.cpu(), time.perf_counter()
    with suppress(TimeoutError):  # it then took as long as it may
        await system.ask(one.question, one.parameters)
    taken.ms.append((time.perf_counter() - began) * 1e3)
    taken.cpu_ms += (system.cpu() - cpu) * 1e3


def plain(answer: Answer) -> list[str]:
    """Return an answer's rows as all engines would write them, in one order."""
    rows = ({name: _number(value) for name, value in row.items()} for row in answer)
    return sorted(repr(sorted(row.items())) for row in rows)


def _number(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(f"{float(value):.9g}") if not math.isnan(float(value)) else None
    return value


def changed_people(people: int) -> list[tuple[str, Rows]]:
    """Return other lives for the first people."""
    world = world_of(SEED)
    writing, changed = Writing(world), list[tuple[str, Rows]]()
    for number in range(min(CHANGED, people)):
        other = live(world, people + number)
        other.number = number
        changed.append((other.candidate_id, writing.person_rows(other)))
    return changed


async def change(system: System, changed: Sequence[tuple[str, Rows]], asked: Asked) -> Taken:
    """Return what replacing people took until a question counted them."""
    taken, cpu, began = Taken(), system.cpu(), time.perf_counter()
    await system.replace(changed)
    await system.ask(asked.question, asked.parameters)
    taken.ms.append((time.perf_counter() - began) * 1e3)
    taken.cpu_ms = (system.cpu() - cpu) * 1e3
    return taken


async def build(folder: Path, people: int, names: Sequence[str]) -> Builds:
    """Build the systems of these names below ``folder``, but for what lies there; return what each took."""
    said, kept = folder / "built.json", TypeAdapter(Builds)
    builds = kept.validate_json(said.read_bytes()) if said.exists() else Builds()
    lacking = [name for name in names if name not in builds]
    if lacking:
        say(f"writing the rows of {people:,} people")
        rows = rows_in(folder, SEED, people)
        for name in lacking:
            say(f"building {name}")
            builds[name] = BUILDERS[name](folder, rows)
            said.write_bytes(kept.dump_json(builds))
        shutil.rmtree(rows.folder)
    return {name: builds[name] for name in names}


def _build_peer(folder: Path, rows: Written) -> Built:
    with EmbeddedPostgres(folder / "postgres") as server:
        return build_postgres(server, rows)


BUILDERS: dict[str, Callable[[Path, Written], Built]] = {
    Ours.name: lambda folder, rows: build_ours(folder / "ours", rows),
    Postgres.name: _build_peer,
}


async def copy(folder: Path, people: int, copies: int) -> tuple[Path, Builds]:
    """Build a market of so many copies of one beside ``folder``; return where it lies and what copying took."""
    await build(folder, people, [Ours.name])
    copied = folder.with_name(f"{folder.name}x{copies}")
    said, kept = copied / "built.json", TypeAdapter(Builds)
    if not said.exists():
        say(f"writing {people * copies:,} people, {copies} for each life")
        shutil.rmtree(copied, ignore_errors=True)  # what a run that was stopped left
        builds = {Ours.name: copy_ours(copied / "ours", folder / "ours", copies)}
        said.write_bytes(kept.dump_json(builds))
    return copied, kept.validate_json(said.read_bytes())


async def run(scratch: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Build, compare, measure, and print the tables; return what the JSON line says."""
    people, alone, copies = given.people, given.alone, given.copies
    folder = scratch / f"insights-{people}"
    folder.mkdir(parents=True, exist_ok=True)
    if copies > 1:
        folder, builds = await copy(folder, people, copies)
    else:
        builds = await build(folder, people, [Ours.name] if alone else [Ours.name, Postgres.name])
    asked, changed = questions_on(world_of(SEED), given.roles), changed_people(people)
    async with AsyncExitStack() as closing:
        ours = Ours(folder / "ours")
        closing.push_async_callback(ours.aclose)
        systems: list[System] = [ours]
        if not alone:
            peer = Postgres(closing.enter_context(EmbeddedPostgres(folder / "postgres")))
            closing.callback(peer.close)
            systems.append(peer)
        figures = await measure(systems, asked, given.rounds)
        pool = next(one for one in asked if one.about == "a role")
        changes = {system.name: await change(system, changed, pool) for system in systems}
        await measure(systems, asked, 0)
    of = f"{people * copies:,} people" + (f", {copies} for each of {people:,} lives" if copies > 1 else "")
    equal = "compared with nobody's answers" if alone else "answers equal before and after changes"
    table(_rows(figures), title=f"{of}; ms, p50 / p95; {equal}")
    table(_other_rows(builds, changes))
    return {"people": people * copies, "lives": people, "answers_equal": None if alone else True} | _said(
        figures, builds, changes
    )


def _rows(figures: Figures) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    for (name, about), each in figures.items():
        row: dict[str, Cell] = {"question": name, "of": about}
        row |= {system: f"{taken.p50:,.1f} / {taken.p95:,.1f}" for system, taken in each.items()}
        row["CPU ms"] = " · ".join(f"{taken.cpu:,.0f}" for taken in each.values())
        if peer := each.get(Postgres.name):
            ours = each[Ours.name]
            row["p50 ahead"] = round(peer.p50 / ours.p50, 1)
            row["CPU ahead"] = round(peer.cpu / max(0.1, ours.cpu), 1)
        rows.append(row)
    return rows


def _other_rows(builds: Builds, changes: dict[str, Taken]) -> list[dict[str, Cell]]:
    return [
        {"system": name, "built in s": round(built.seconds, 1), "CPU s": round(built.cpu_seconds, 1)}
        | {"MB": round(built.mb), f"{CHANGED} people changed, ms": round(changes[name].p50)}
        | {"of it CPU ms": round(changes[name].cpu)}
        for name, built in builds.items()
    ]


def _said(figures: Figures, builds: Builds, changes: dict[str, Taken]) -> dict[str, Any]:
    """Return all figures, and what is expected of them at a million people."""
    told = [
        {"question": name, "of": about}
        | {
            system: {"p50": round(one.p50, 2), "p95": round(one.p95, 2), "cpu": round(one.cpu, 2)}
            for system, one in each.items()
        }
        for (name, about), each in figures.items()
    ]
    slowest = max(each[Ours.name].p95 for each in figures.values())
    behind = [f"{name} of {about}" for (name, about), each in figures.items()
              if Postgres.name in each and each[Ours.name].p50 > each[Postgres.name].p50]  # fmt: skip
    return {
        "benchmark": "insights",
        "load_average": round(os.getloadavg()[0], 1),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "questions": told,
        "builds": {name: asdict(built) for name, built in builds.items()},
        "changed_ms": {name: round(taken.p50, 1) for name, taken in changes.items()},
        "expected": {
            "p95_within_300_ms": slowest <= AIM_MS,
            "slowest_p95": round(slowest, 1),
            "behind": behind,
        },
    }


async def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="Talent insights on an invented market")
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=10, help="times that each question is asked")
    parser.add_argument("--roles", type=int, default=3, help="of so many roles, each plain and narrow")
    parser.add_argument("--keep", type=Path, help="keep what is built below this folder, and take it again")
    parser.add_argument("--alone", action="store_true", help="without PostgreSQL: answers are not compared")
    parser.add_argument("--copies", type=int, default=1, help="with --alone: everybody so many times")
    given = parser.parse_args()
    if given.copies > 1 and not given.alone:
        parser.error("--copies needs --alone: PostgreSQL's rows are not copied")
    async with AsyncExitStack() as closing:
        scratch = given.keep or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        json_line(await run(scratch, given))


if __name__ == "__main__":
    asyncio.run(main())
