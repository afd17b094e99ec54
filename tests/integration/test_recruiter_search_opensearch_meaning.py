"""What only vectors in OpenSearch have to prove: changes meanwhile, replicas, other models, lost indices."""

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from servers.recruiter_search.core.criteria import Words
from servers.recruiter_search.core.ports import Batch, Blend, IndexQuery
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.store.opensearch import OpenSearchIndex
from servers.recruiter_search.store.vectors import Floats
from tests.support.described_pool import Topics
from tests.support.opensearch_cluster import Cluster, cluster_of, document
from tests.support.search_engines import OPENSEARCH

TENANT = "acme"


@pytest.fixture(params=[OPENSEARCH])
async def cluster(request: pytest.FixtureRequest) -> AsyncIterator[Cluster]:
    async with cluster_of(request) as made:
        yield made


async def _means(meant: Sequence[Mapping[str, int]]) -> Floats:
    return await Topics().encode([" ".join(one) for one in meant], seconds=1)


async def _near(text: str) -> IndexQuery:
    vector = (await Topics().encode([text], seconds=1)).tobytes()
    said = Words("everything", text)
    return IndexQuery((said,), blend=Blend(Ranking(), (said,), vector))


async def _nearest(index: OpenSearchIndex, text: str) -> list[str]:
    page = await index.search(TENANT, await _near(text), limit=50)
    return sorted(hit.candidate_id for hit in page.hits)


async def test_a_vector_never_replaces_a_profile_that_changed_while_it_was_made(cluster: Cluster) -> None:
    index = await cluster.replica(model=Topics.model)
    await index.apply(TENANT, Batch([document("c1", seq=1), document("c2", seq=2)], [], 2))
    meanwhile = deque([Batch([document("c1", "Head Chef", seq=3)], ["c2"], 4, after=2)])

    async def means(meant: Sequence[Mapping[str, int]]) -> Floats:
        while meanwhile:
            await index.apply(TENANT, meanwhile.popleft())
        return await _means(meant)

    await index.describe(TENANT, means)
    chefs = await index.search(TENANT, IndexQuery((Words("title", "chef"),)), limit=5)
    assert ([hit.candidate_id for hit in chefs.hits], await index.count(TENANT)) == (["c1"], 1)
    assert await index.coverage(TENANT) == 1.0
    assert await _nearest(index, "kitchen") == ["c1"]
    assert await _nearest(index, "spark") == []
    await index.apply(TENANT, Batch([document("c1", "Ward Nurse", seq=5)], [], 5, after=4))
    assert (await index.coverage(TENANT), await _nearest(index, "kitchen")) == (0.0, [])


async def test_a_fused_page_goes_on_in_another_replica_and_vectors_of_another_model_are_apart(
    cluster: Cluster,
) -> None:
    one, other = await cluster.replica(model=Topics.model), await cluster.replica(model=Topics.model)
    people = [document(f"c{i}", "Ward Nurse" if i % 2 else "Clinic Nurse", seq=i) for i in range(1, 10)]
    await one.apply(TENANT, Batch(people, [], 9))
    await one.describe(TENANT, _means)
    asked = await _near("bedside")
    seen: list[str] = []
    mark = None
    for index in (one, other, one):
        page = await index.search(TENANT, asked, limit=3, after=mark)
        seen += [hit.candidate_id for hit in page.hits]
        mark = page.mark
    assert (sorted(seen), mark) == ([f"c{i}" for i in range(1, 10)], None)

    another = await cluster.replica(model="another")
    assert (await other.coverage(TENANT), await another.coverage(TENANT)) == (1.0, 0.0)
    assert await _nearest(another, "bedside") == []


async def test_a_lost_index_is_searched_and_described_again(cluster: Cluster) -> None:
    index = await cluster.replica(model=Topics.model)
    await index.apply(TENANT, Batch([document("c1", "Head Chef")], [], 1))
    await index.describe(TENANT, _means)
    await cluster.client.indices.delete(index=cluster.layout.index)
    await index.apply(TENANT, Batch([document("c1", "Head Chef")], [], 1))
    assert (await index.coverage(TENANT), await _nearest(index, "kitchen")) == (0.0, [])
    await index.describe(TENANT, _means)
    assert (await index.coverage(TENANT), await _nearest(index, "kitchen")) == (1.0, ["c1"])
