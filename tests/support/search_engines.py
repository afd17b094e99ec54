"""The engines that profiles are indexed in, for tests that run on each of them.

OpenSearch is the one that ``HIREMESH_TEST_OPENSEARCH_URL`` names; without it osmem-server, a double that speaks
OpenSearch's wire, and tests' names say so. The double has no k-NN: a door in front of it finds the nearest.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from opensearchpy import AsyncOpenSearch

from servers.recruiter_search.store import TantivyIndex
from servers.recruiter_search.store.opensearch import OpenSearchIndex
from servers.recruiter_search.store.opensearch.layout import Layout
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.kernel.ids import new_id
from tests.support.nearest_door import NearestDoor
from tests.support.refusing_door import RefusingDoor

REAL_URL = os.environ.get("HIREMESH_TEST_OPENSEARCH_URL")
OPENSEARCH = "opensearch" if REAL_URL else "osmem-double-of-opensearch"
ENGINES = ("tantivy", OPENSEARCH)


@asynccontextmanager
async def opensearch_url(request: pytest.FixtureRequest) -> AsyncGenerator[str]:
    """The address of an OpenSearch; what is written there below ``test_`` is gone afterwards."""
    if REAL_URL is None:
        with request.getfixturevalue("osmem_server").clone() as clone:
            yield clone.url
        return
    yield REAL_URL


def door_before(url: str) -> AbstractAsyncContextManager[RefusingDoor]:
    """A door in front of an OpenSearch; in front of the double one that finds the nearest."""
    return (NearestDoor if REAL_URL is None else RefusingDoor).before(url)


@asynccontextmanager
async def opened(
    engine: str, request: pytest.FixtureRequest, folder: Path, meanings: Meanings | None = None
) -> AsyncGenerator[TantivyIndex | OpenSearchIndex]:
    """A profile index of this engine, empty; with ``meanings`` for people's vectors too."""
    if engine == "tantivy":
        index = TantivyIndex(folder, meanings)
        yield index
        await index.aclose()
        return
    async with opensearch_url(request) as url, door_before(url) as door:
        layout = Layout(prefix=new_id("test"))
        index = await OpenSearchIndex.open(
            door.url if meanings else url, layout, meanings.model if meanings else None
        )
        yield index
        await index.aclose()
        await dropped(url, layout)


async def dropped(url: str, layout: Layout) -> None:
    """Take away what a test has made below its prefix."""
    async with AsyncOpenSearch(hosts=[url]) as client:
        for name in await client.indices.get_alias(index=layout.all_indices):
            await client.indices.delete(index=name)
            await client.indices.delete_index_template(name=name, params={"ignore": 404})
