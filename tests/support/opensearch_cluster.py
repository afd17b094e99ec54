"""An OpenSearch behind a door, and replicas that share it."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from opensearchpy import AsyncOpenSearch

from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.store.opensearch import OpenSearchIndex
from servers.recruiter_search.store.opensearch.layout import Layout
from shared.kernel.ids import new_id
from shared.taxonomy import Taxonomy
from tests.support.refusing_door import RefusingDoor
from tests.support.search_engines import door_before, dropped, opensearch_url
from tests.support.talent import TODAY, person

DERIVER = Deriver(Taxonomy.compact())


def document(candidate_id: str, title: str = "Data Engineer", *, seq: int = 0) -> ProfileDocument:
    """What is indexed of somebody, as of the change ``seq``."""
    return replace(DERIVER.derive(person(candidate_id, title=title), TODAY), seq=seq)


class Cluster:
    """An OpenSearch behind a door, and the indices that replicas of several releases open in it."""

    def __init__(self, door: RefusingDoor, client: AsyncOpenSearch, closing: AsyncExitStack) -> None:
        self.door = door
        self.client = client
        self.layout = Layout(prefix=new_id("test"))
        self._closing = closing

    async def replica(self, number: str | None = None, model: str | None = None) -> OpenSearchIndex:
        index = await OpenSearchIndex.open(self.door.url, self.numbered(number), model)
        self._closing.push_async_callback(index.aclose)
        return index

    def numbered(self, number: str | None) -> Layout:
        return Layout(self.layout.prefix, number=number or self.layout.number)

    async def indices(self) -> list[str]:
        return sorted(await self.client.indices.get_alias(index=self.layout.all_indices))


@asynccontextmanager
async def cluster_of(request: pytest.FixtureRequest) -> AsyncGenerator[Cluster]:
    """A cluster without any index of ours; what replicas make there is gone afterwards."""
    async with (
        opensearch_url(request) as url,
        door_before(url) as door,
        AsyncOpenSearch(hosts=[url]) as client,
        AsyncExitStack() as closing,
    ):
        made = Cluster(door, client, closing)
        yield made
        await dropped(url, made.layout)
