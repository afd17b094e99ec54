"""Searches on a real database."""

import asyncio

import pytest

from servers.sourcing.core.explaining import explain
from servers.sourcing.core.finding import Finding
from servers.sourcing.core.models import (
    ExplainSearchRequest,
    FindCandidatesRequest,
    FindCandidatesResult,
    GetFoundRequest,
)
from servers.sourcing.store import PostgresShelf
from shared.kernel.errors import Conflict, HiremeshError, NotFound
from shared.kernel.principal import Principal
from shared.taxonomy import Taxonomy
from tests.support.engines import OpenUnitDatabase
from tests.support.sourcing import REF, FakeSources, Watcher, role, shortlist, skill
from tests.support.units import ADA, BOB

ROLE = role(skill("q1", "python"), skill("q2", "apache-spark"))


def _pool(count: int) -> FakeSources:
    return FakeSources(ROLE, lambda _: [f"c{i:03d}" for i in range(count)], ["Python"])


async def _find(
    shelf: PostgresShelf, last: FindCandidatesResult | None = None, caller: Principal = ADA, **fields: object
) -> FindCandidatesResult:
    finding = Finding(shelf, _pool(35), Taxonomy.compact())
    request = FindCandidatesRequest.model_validate(
        {"requirements": REF, "state": last.state if last else None, "batch": 10, **fields}
    )
    return await finding.find(caller, request, Watcher())


async def test_a_search_goes_on_where_it_was_in_another_process(unit_database: OpenUnitDatabase) -> None:
    database = await unit_database("sourcing")
    first = await _find(PostgresShelf(database))
    second = await _find(PostgresShelf(database), first)
    assert second.state.round == 2
    assert not set(first.found.candidate_ids) & set(second.found.candidate_ids)


async def test_a_repeated_request_has_no_second_effect(unit_database: OpenUnitDatabase) -> None:
    shelf = PostgresShelf(await unit_database("sourcing"))
    assert await _find(shelf) == await _find(shelf)
    told = await explain(shelf, ADA, ExplainSearchRequest(project_id="proj_1"))
    assert (told.shown, len(told.rounds)) == (10, 1)


async def test_the_plan_its_changes_and_their_reasons_are_kept(unit_database: OpenUnitDatabase) -> None:
    shelf = PostgresShelf(await unit_database("sourcing"))
    first = await _find(shelf)
    feedback = shortlist(2, first.found.candidate_ids[:2], weak=["q2"])
    await _find(shelf, first, feedback=feedback)
    told = await explain(shelf, ADA, ExplainSearchRequest(search_id=first.state.search_id))
    assert "insist:q2" in [query.id for query in told.queries]
    assert any("Added" in change for change in told.rounds[1].changes)


async def test_verdicts_are_kept_and_who_is_left_out_stays_out_of_what_is_read(
    unit_database: OpenUnitDatabase,
) -> None:
    shelf = PostgresShelf(await unit_database("sourcing"))
    sources = _pool(35)
    finding = Finding(shelf, sources, Taxonomy.compact())
    first = await _find(shelf)
    good = first.found.candidate_ids[:2]
    second = await _find(shelf, first, feedback=shortlist(2, good))
    async with shelf.begin(ADA.tenant) as book:
        kept = await book.brought(first.state.search_id)
    assert [one.candidate_id for one in kept if one.good] == good
    assert [one.good for one in kept if one.round == second.state.round] == [None] * 10
    assert all(one.query_id in one.found_by for one in kept)
    assert [one.shows for one in kept] == [["Python"]] * 20
    sources.rejected = set(good)
    revised = {"requirements": {"project_id": "proj_1", "revision": 2}, "batch": 10}
    third = await finding.find(ADA, FindCandidatesRequest.model_validate(revised), Watcher())
    asked = GetFoundRequest(search_id=third.found.search_id, round=1)
    assert (await finding.found(ADA, asked)).candidate_ids == third.found.candidate_ids
    assert not set(good) & set(third.found.candidate_ids)


async def test_of_two_rounds_at_once_one_is_kept(unit_database: OpenUnitDatabase) -> None:
    shelf = PostgresShelf(await unit_database("sourcing"))
    first = await _find(shelf)
    feedback = shortlist(1, ["c001"])
    outcomes = await asyncio.gather(
        _find(shelf, first), _find(shelf, first, feedback=feedback), return_exceptions=True
    )
    kept = [o for o in outcomes if isinstance(o, FindCandidatesResult)]
    lost = [o for o in outcomes if isinstance(o, HiremeshError)]
    told = await explain(shelf, ADA, ExplainSearchRequest(project_id="proj_1"))
    assert len(kept) + len(lost) == 2
    assert all(isinstance(o, Conflict) for o in lost)
    assert told.shown == 10 + 10 * len(kept)


async def test_another_tenant_finds_neither_search_nor_answer(unit_database: OpenUnitDatabase) -> None:
    shelf = PostgresShelf(await unit_database("sourcing"))
    first = await _find(shelf)
    with pytest.raises(NotFound):
        await explain(shelf, BOB, ExplainSearchRequest(search_id=first.state.search_id))
    other = await _find(shelf, caller=BOB)
    assert other.state.search_id != first.state.search_id


async def test_the_first_round_for_changed_requirements_brings_everybody_found_before_along(
    unit_database: OpenUnitDatabase,
) -> None:
    shelf = PostgresShelf(await unit_database("sourcing"))
    first = await _find(shelf)
    second = await _find(shelf, first)
    revised = await _find(shelf, second, requirements={"project_id": "proj_1", "revision": 2})
    before = [*first.found.candidate_ids, *second.found.candidate_ids]
    assert revised.found.candidate_ids[:20] == before
    finding = Finding(shelf, _pool(35), Taxonomy.compact())

    async def of_round(search: str, number: int) -> list[str]:
        asked = GetFoundRequest(search_id=search, round=number)
        return (await finding.found(ADA, asked)).candidate_ids

    assert await of_round(revised.found.search_id, 1) == revised.found.candidate_ids
    assert await of_round(first.found.search_id, 2) == second.found.candidate_ids
