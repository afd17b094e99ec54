"""An index of more people than it takes patience to derive: the same lives several times.

Tantivy's segments never change once they are written, so a segment's files under another name are a segment of as
many people more. Copies share their ids, so what is asked by id is not asked of them.
"""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from benchmarks.market.world import world_of
from benchmarks.report import table
from benchmarks.search.bare import Bare
from benchmarks.search.measuring import SEED, Builds, Figures, Plan, build, measure_bare, measure_ours, seq_of
from benchmarks.search.people import Built, Watch, megabytes
from benchmarks.search.questions import Questions
from benchmarks.search.served import PlayedFeed, Served, index_folder, serve
from benchmarks.search.tables import latency_rows, other_rows
from supervisor.launch import DataFolder

META, MANAGED = "meta.json", ".managed.json"


def copy_index(lives: Path, copied: Path, copies: int) -> Built:
    """Write an index to ``copied`` in which every segment of the one in ``lives``, closed, is there so many times."""
    copied.mkdir(parents=True)
    watch = Watch()
    meta: dict[str, Any] = json.loads((lives / META).read_bytes())
    segments = [_copied(lives, copied, segment) for segment in meta["segments"] for _ in range(copies)]
    (copied / META).write_text(json.dumps(meta | {"segments": segments}), encoding="utf-8")
    managed = sorted(file.name for file in copied.iterdir())
    (copied / MANAGED).write_text(json.dumps(managed), encoding="utf-8")
    return watch.built(megabytes(copied))


def _copied(lives: Path, copied: Path, segment: dict[str, Any]) -> dict[str, Any]:
    name, other = UUID(segment["segment_id"]), uuid4()
    for file in lives.glob(f"{name.hex}.*"):
        shutil.copyfile(file, copied / file.name.replace(name.hex, other.hex))
    return segment | {"segment_id": str(other)}


def copy_all(folder: Path, copied: Path, copies: int) -> Builds:
    """Copy ours and bare below ``folder`` to ``copied``, or return what copying to what lies there took."""
    said, kept = copied / "built.json", TypeAdapter(Builds)
    if not said.exists():
        shutil.rmtree(copied, ignore_errors=True)  # what a run that was stopped left
        ours, there = (index_folder(DataFolder(where / "data")) for where in (folder, copied))
        [lives] = (meta.parent for meta in ours.rglob(META))
        builds = {
            Served.name: copy_index(lives, there / lives.relative_to(ours), copies),
            Bare.name: copy_index(folder / "bare", copied / "bare", copies),
        }
        said.write_bytes(kept.dump_json(builds))
    return kept.validate_json(said.read_bytes())


async def run_copies(folder: Path, plan: Plan, copies: int) -> dict[str, Any]:
    """Ask ours and bare of the lives once and of so many copies; print the table and return the JSON line."""
    copied = folder.with_name(f"{folder.name}x{copies}")
    builds = [await build(folder, plan.people), copy_all(folder, copied, copies)]
    systems, sizes = (Served.name, Bare.name), (plan.people, plan.people * copies)
    figures, built = dict[str, Figures](), Builds()
    for people, where, took in zip(sizes, (folder, copied), builds, strict=True):
        figures[_of(Served.name, people)] = await _measure_ours(where, plan)
        figures[_of(Bare.name, people)] = await measure_bare(where, plan)
        built |= {_of(name, people): took[name] for name in systems}
    once, often = (figures[_of(Served.name, people)].latency for people in sizes)
    grown = {kind: round(often[kind].p95 / once[kind].p95, 1) for kind in once}
    columns = [_of(name, people) for name in systems for people in sizes]
    rows = latency_rows(figures, columns) + other_rows(figures, built, columns)
    table(
        [row | {"ours grew, p95": grown[kind]} for row, kind in zip(rows, grown, strict=False)]
        + rows[len(grown) :],
        title=f"{copies} of each of {plan.people:,} lives; load average {os.getloadavg()[0]:.1f}",
    )
    return {
        "benchmark": "search",
        "people": plan.people * copies,
        "lives": plan.people,
        "load_average": round(os.getloadavg()[0], 1),
        "systems": {name: asdict(one) | {"build": asdict(built[name])} for name, one in figures.items()},
        "ours_grew_p95": grown,
        "expected": {"grows_less_than_people": max(grown.values()) < copies},
    }


def _of(system: str, people: int) -> str:
    return f"{system}, {people:,}"


async def _measure_ours(folder: Path, plan: Plan) -> Figures:
    data, feed = DataFolder(folder / "data"), PlayedFeed()
    feed.base = await seq_of(data)
    async with serve(data, feed) as (served, _):
        return await measure_ours(served, Questions(world_of(SEED), plan.people), plan)
