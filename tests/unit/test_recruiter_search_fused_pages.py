"""Pages of a fused result while vectors fill, people change, and what it was read from is let go."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.store.heads import Heads
from servers.recruiter_search.store.tantivy import blended
from tests.support.described_pool import TENANT, DescribedPool, Topics
from tests.support.talent import person

NAMES = [f"c{number:02}" for number in range(18)]
TITLES = ("Ward Nurse", "Bedside Assistant", "Clinic Nurse")
ASKED = SearchQuery(text="nurse")
DEPTH = 4

changes = st.tuples(st.sampled_from([*NAMES, "new1", "new2"]), st.sampled_from([*TITLES, "Head Chef", ""]))
events = st.one_of(st.sampled_from(["describe", "forget states", "forget heads", "down", "up"]), changes)
meanwhile = st.lists(st.lists(events, max_size=3), min_size=1, max_size=6)


class Reader:
    """Reads pages, and lets things happen between them."""

    def __init__(self, folder: Path) -> None:
        self.pool = DescribedPool(folder, Topics())
        self.touched: set[str] = set()

    async def read(
        self, described: int, size: int, meanwhile: list[list[str | tuple[str, str]]]
    ) -> list[str]:
        """Return whom the pages showed when so many had vectors at first."""
        for number, name in enumerate(NAMES):
            if number == described:
                await self.pool.settle()
            self.pool.feed.put(TENANT, person(name, title=TITLES[number % 3]))
        await self.pool.follower.catch_up(TENANT)
        seen: list[str] = []
        todo, cursor = iter(meanwhile), None
        while True:
            page = await self.pool.search.search(TENANT, ASKED, limit=size, cursor=cursor)
            seen += [hit.candidate_id for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                return seen
            for event in next(todo, []):
                await self._happens(event)

    async def _happens(self, event: str | tuple[str, str]) -> None:
        opened = self.pool.index._open[TENANT]  # pyright: ignore[reportPrivateUsage]
        match event:
            case "describe":
                self.pool.encoder.down = False
                await self.pool.describing.catch_up(TENANT)
            case "forget states":
                opened.pins.clear()
            case "forget heads":
                opened.heads = Heads()
            case "down" | "up":
                self.pool.encoder.down = event == "down"
            case name, title:
                self.touched.add(name)
                if title:
                    self.pool.feed.put(TENANT, person(name, title=title))
                else:
                    self.pool.feed.delete(TENANT, name)
                await self.pool.follower.catch_up(TENANT)


@given(described=st.integers(1, len(NAMES)), size=st.integers(1, 5), meanwhile=meanwhile)
@settings(max_examples=8, deadline=None)
async def test_nobody_is_repeated_or_skipped_whatever_happens_between_the_pages(
    described: int, size: int, meanwhile: list[list[str | tuple[str, str]]]
) -> None:
    with TemporaryDirectory() as folder, patch.object(blended, "DEPTH", DEPTH):
        reader = Reader(Path(folder))
        seen = await reader.read(described, size, meanwhile)
        await reader.pool.aclose()
    said = {name for number, name in enumerate(NAMES) if "Nurse" in TITLES[number % 3]}
    assert len(seen) == len(set(seen))
    assert said - reader.touched <= set(seen)
