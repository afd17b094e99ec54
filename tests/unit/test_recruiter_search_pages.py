"""Pages of a result while the index changes: nobody twice, nobody left out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.criteria import OneOf, Weighted, Words
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ports import Batch, IndexQuery, ProfileIndex
from servers.recruiter_search.store import TantivyIndex
from servers.recruiter_search.store.tantivy import pins as pins_module
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.search_engines import ENGINES, opened
from tests.support.talent import TODAY, person

TENANT = "acme"
DERIVER = Deriver(Taxonomy.compact())
NAMES = [f"p{number}" for number in range(12)]
TITLES = ("Data Engineer", "Java Developer", "Head Chef")


def _document(name: str, title: str = TITLES[0], *flags: str) -> ProfileDocument:
    start = f"20{10 + sum(name.encode()) % 10}-01"  # a few share their years
    return DERIVER.derive(person(name, title=title, start=start, flags=flags), TODAY)


changed = st.tuples(st.sampled_from([*NAMES, "new1", "new2"]), st.sampled_from([*TITLES, ""]))
meanwhile = st.lists(st.lists(changed, max_size=3), min_size=1, max_size=6)
sorts = st.sampled_from(["relevance", "years_desc", "years_asc"])


@pytest.fixture(params=ENGINES)
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ProfileIndex]:
    async with opened(request.param, request, tmp_path) as index:
        await index.apply(TENANT, Batch([_document(name) for name in NAMES], [], 1))
        yield index


async def _read(
    index: ProfileIndex, sort: Sort, size: int, meanwhile: list[list[tuple[str, str]]]
) -> tuple[list[str], set[str]]:
    """Return whom the pages showed, changes made while each is read, and whom a change touched."""
    engineer = Words("everything", "engineer")
    query = IndexQuery((engineer,), (Weighted(engineer, 1.3),), sort=sort)
    seen: list[str] = []
    touched: set[str] = set()
    todo: Iterator[list[tuple[str, str]]] = iter(meanwhile)
    page, seq = await index.search(TENANT, query, limit=size), 1
    while True:
        seen += [hit.candidate_id for hit in page.hits]
        if page.mark is None:
            return seen, touched
        latest = dict(next(todo, []))
        touched |= set(latest)
        put = [_document(name, title) for name, title in latest.items() if title]
        seq += 1
        removed = [name for name, title in latest.items() if not title]
        page, _ = await asyncio.gather(
            index.search(TENANT, query, limit=size, after=page.mark),
            index.apply(TENANT, Batch(put, removed, seq)),
        )


@pytest.mark.parametrize("engine", ENGINES)
@given(sort=sorts, size=st.integers(1, 5), meanwhile=meanwhile)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_pages_neither_repeat_nor_skip_while_the_index_changes(
    sort: Sort,
    size: int,
    meanwhile: list[list[tuple[str, str]]],
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    with TemporaryDirectory() as folder:
        async with opened(engine, request, Path(folder)) as index:
            await index.apply(TENANT, Batch([_document(name) for name in NAMES], [], 1))
            seen, touched = await _read(index, sort, size, meanwhile)
    assert len(seen) == len(set(seen))
    assert set(NAMES) - touched <= set(seen) <= set(NAMES)


async def test_who_is_removed_or_barred_meanwhile_is_on_no_later_page(index: ProfileIndex) -> None:
    first = await index.search(TENANT, IndexQuery(), limit=4)
    later = [name for name in NAMES if name not in {hit.candidate_id for hit in first.hits}]
    barred = _document(later[1], TITLES[0], "do_not_contact")
    await index.apply(TENANT, Batch([barred], [later[0]], 2))

    second = await index.search(TENANT, IndexQuery(), limit=20, after=first.mark)

    assert {hit.candidate_id for hit in second.hits} == set(later[2:])
    assert (second.total, second.mark) == (len(NAMES), None)


async def test_a_later_page_shows_people_as_they_are_now(index: ProfileIndex) -> None:
    first = await index.search(TENANT, IndexQuery(), limit=11)
    [last] = set(NAMES) - {hit.candidate_id for hit in first.hits}
    await index.apply(TENANT, Batch([_document(last, "Head Chef")], [], 2))
    second = await index.search(TENANT, IndexQuery(), limit=5, after=first.mark)
    assert [hit.view.headline for hit in second.hits] == ["Head Chef"]


@pytest.mark.parametrize("sort", ["relevance", "years_desc", "years_asc"])
async def test_a_page_of_a_state_that_was_let_go_goes_on_after_the_last_hit(
    tmp_path: Path, sort: Sort
) -> None:
    index = TantivyIndex(tmp_path / "one")
    people = [_document(name) for name in NAMES]
    await index.apply(TENANT, Batch(people, [], 1))
    other = TantivyIndex(tmp_path / "other")  # a replica, which never saw the first page
    for seq, one in enumerate(reversed(people), 1):
        await other.apply(TENANT, Batch([one], [], seq))
    query = IndexQuery((OneOf("countries", ("DE",)),), sort=sort)

    first = await index.search(TENANT, query, limit=5)
    second = await other.search(TENANT, query, limit=5, after=first.mark)
    third = await index.search(TENANT, query, limit=5, after=second.mark)

    seen = [hit.candidate_id for page in (first, second, third) for hit in page.hits]
    assert sorted(seen) == sorted(NAMES)
    await index.aclose()
    await other.aclose()


def test_a_state_is_let_go_when_nobody_read_from_it_for_a_while_or_too_many_are_held(tmp_path: Path) -> None:
    at = [0.0]
    held = pins_module.Pins(lambda: at[0])
    first = held.hold(object())  # type: ignore[arg-type]
    at[0] = pins_module.SECONDS - 1
    assert held.get(first.name) is first
    at[0] += pins_module.SECONDS + 1
    assert held.get(first.name) is None
    kept = [held.hold(object()) for _ in range(pins_module.MOST + 1)]  # type: ignore[arg-type]
    assert [held.get(pin.name) is not None for pin in (kept[0], kept[1], kept[-1])] == [False, True, True]


@pytest.mark.parametrize("mark", ["", "[]", "{}", '["pin", "x", 1, "id"]', "no"])
async def test_a_mark_that_is_none_is_refused(index: ProfileIndex, mark: str) -> None:
    with pytest.raises(InvalidInput, match="no mark"):
        await index.search(TENANT, IndexQuery(), limit=5, after=mark)
