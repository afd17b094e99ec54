"""The invented labour market: the same each time, true to its own tables, and read as the unit reads."""

import csv
from functools import partial
from pathlib import Path

import pytest

from benchmarks.market.careers import Person, live
from benchmarks.market.documents import TODAY, documents_of
from benchmarks.market.dossiers import change_lines, dossier_of
from benchmarks.market.rows import COLUMNS, rows_in
from benchmarks.market.spreading import in_order
from benchmarks.market.world import FOLLOW, NOW, World, world_of
from servers.recruiter_search.core.document import Deriver
from shared.taxonomy import Taxonomy
from shared.wire.changes import CandidateChange

SEED = 11


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(SEED)


@pytest.fixture(scope="module")
def people(world: World) -> list[Person]:
    return [live(world, number) for number in range(2_500)]


def test_a_person_depends_on_the_seed_and_their_number_only(world: World) -> None:
    assert dossier_of(World(SEED), 17) == dossier_of(world, 17)
    assert dossier_of(world_of(SEED + 1), 17) != dossier_of(world, 17)


def test_other_processes_make_the_same_people_in_order() -> None:
    make = partial(_ids, SEED)
    assert list(in_order(make, 50, share=20, processes=2)) == [
        make(range(20)),
        make(range(20, 40)),
        make(range(40, 50)),
    ]


def _ids(seed: int, numbers: range) -> list[str]:
    return change_lines(world_of(seed), numbers)


def test_the_feeds_lines_are_the_candidates_units(world: World) -> None:
    change = CandidateChange.model_validate_json(change_lines(world, range(5, 6))[0])
    assert change.seq == 6
    assert change.dossier == dossier_of(world, 5)


def test_quick_documents_are_those_that_reading_every_text_gives(world: World) -> None:
    deriver = Deriver(Taxonomy.compact())
    quick = documents_of(world, range(200))
    full = [deriver.derive(dossier_of(world, number), TODAY) for number in range(200)]
    # A few titles name a trade that counts as a skill only beside certain words, which another line may hold.
    assert sum(one != other for one, other in zip(quick, full, strict=True)) <= 4


def test_positions_follow_each_other_and_the_last_lasts_or_ended_lately(people: list[Person]) -> None:
    for person in people:
        ends = [job.end or NOW for job in person.positions]
        starts = [job.start for job in person.positions]
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
        assert all(start < end for start, end in zip(starts, ends, strict=True))


def test_leavers_go_where_their_colleagues_went_as_often_as_the_world_says(
    world: World, people: list[Person]
) -> None:
    moves = [
        (before.company, after.company)
        for person in people
        for before, after in zip(person.positions, person.positions[1:], strict=False)
        if before.company != after.company
    ]
    followed = sum(after in world.companies[before].destinations for before, after in moves)
    assert FOLLOW * 0.7 < followed / len(moves) < FOLLOW * 1.3


def test_a_layoff_ends_jobs_in_its_month(world: World, people: list[Person]) -> None:
    layoffs = {company.number: company.layoff for company in world.companies if company.layoff}
    there = [
        (job, layoffs[job.company])
        for person in people
        for job in person.positions
        if job.company in layoffs and job.start < layoffs[job.company][0] <= (job.end or NOW)
    ]
    let_go = sum(job.end == month for job, (month, _) in there)
    expected = sum(share for _, (_, share) in there)
    assert expected * 0.7 < let_go < expected * 1.4


def test_an_emerging_skill_is_used_by_nobody_before_its_month(world: World, people: list[Person]) -> None:
    used = [
        (first, world.emerging[skill][1])
        for person in people
        for skill, (first, _) in person.skills.items()
        if skill in world.emerging
    ]
    assert used
    assert all(first >= since for first, since in used)


def test_rows_are_written_once_and_found_again(tmp_path: Path, people: list[Person]) -> None:
    written = rows_in(tmp_path, SEED, 40, processes=1)
    before = {path: path.stat().st_mtime_ns for table in COLUMNS for path in written.files(table)}
    assert rows_in(tmp_path, SEED, 40, processes=1) == written
    assert {path: path.stat().st_mtime_ns for path in before} == before
    rows = {
        table: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for table in COLUMNS
        for path in written.files(table)
    }
    assert [len(rows[table]) for table in COLUMNS] == [written.persons, written.positions, written.skills]
    assert written.positions == sum(len(person.positions) for person in people[:40])
