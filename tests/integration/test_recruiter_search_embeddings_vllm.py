"""Likeness in meaning by MiniLM on a real vLLM: whom it finds beyond words, and how search does without it for a while."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from servers.recruiter_search import embeddings
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.embeddings import ServedEncoder
from shared.engines import EmbeddedVllm
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy
from supervisor.launch.models import Model, embedding_model
from tests.support.described_pool import TENANT, DescribedPool
from tests.support.fixed_clock import FixedClock
from tests.support.relay import Relay
from tests.support.talent import TODAY, person

pytestmark = pytest.mark.timeout(600)  # vLLM starts slowly on a busy machine

CARERS = ("Registered Nurse", "Ward Nurse", "Caregiver", "Nurse Practitioner")
OTHERS = (
    "Java Developer",
    "Tax Accountant",
    "Truck Driver",
    "Head Chef",
    "Data Engineer",
    "Welder",
    "Art Teacher",
    "Notary",
)
LATER = ("Hospice Nurse", "Nursing Assistant", "Roofer", "Bank Teller")
EACH = 3
ASKED = SearchQuery(text="someone looking after the ill at a hospital")

Pool = DescribedPool[ServedEncoder]


def _put(pool: Pool, titles: tuple[str, ...]) -> None:
    people = (person(f"{title} {number}", title=title) for title in titles for number in range(EACH))
    pool.feed.put(TENANT, *people)


def _named(titles: tuple[str, ...]) -> set[str]:
    return {f"{title} {number}" for title in titles for number in range(EACH)}


@pytest.fixture(scope="module")
def model() -> Model:
    """The model of embeddings that vLLM's environment carries."""
    found = embedding_model()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def vllm(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedVllm]:
    """vLLM, serving it as ``hiremesh up --vllm`` does."""
    folder = tmp_path_factory.mktemp("vllm")
    with EmbeddedVllm(folder, model.weights, model.served_as, arguments=model.arguments) as server:
        yield server


@pytest.fixture
async def way(vllm: EmbeddedVllm) -> AsyncIterator[Relay]:
    """The way to the server."""
    relay = Relay(vllm.url)
    await relay.mend()
    yield relay
    await relay.cut()


@pytest.fixture
async def pool(
    model: Model, vllm: EmbeddedVllm, way: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pool]:
    """Some dozens of people with vectors."""
    monkeypatch.setattr(embeddings, "DOWN_SECONDS", 0.0)  # asked again at once
    encoder = ServedEncoder(way.url, model.served_as, vllm.api_key)
    opened = DescribedPool(tmp_path, encoder)
    _put(opened, CARERS + OTHERS)
    await opened.settle()
    yield opened
    await opened.aclose()
    await encoder.aclose()


async def test_people_whom_words_miss_are_found_by_what_their_work_means(pool: Pool) -> None:
    by_words = TalentSearch(pool.index, pool.follower, Taxonomy.compact(), FixedClock(TODAY))
    assert (await by_words.search(TENANT, ASKED)).hits == []
    page = await pool.search.search(TENANT, ASKED, limit=EACH * len(CARERS))
    assert (page.total, page.meaning, page.coverage) == (0, "on", 1.0)
    assert {hit.candidate_id for hit in page.hits} == _named(CARERS)


async def test_search_goes_on_by_words_while_vllm_is_away_and_vectors_fill_up_when_it_is_back(
    pool: Pool, way: Relay
) -> None:
    await pool.search.search(TENANT, ASKED)
    await way.cut()
    _put(pool, LATER)
    await pool.follower.catch_up(TENANT)
    with pytest.raises(Unavailable, match="does not answer"):
        await pool.describing.catch_up(TENANT)
    page = await pool.search.search(TENANT, SearchQuery(text="nursing assistant"))
    assert page.meaning == "off for now: the server of embeddings does not answer."
    assert {hit.candidate_id for hit in page.hits} == _named(LATER[1:2])
    page = await pool.search.search(TENANT, ASKED)  # whose vector is known
    assert page.meaning == "on for 75 % of the people: it is being worked out for the others"
    assert page.coverage == 0.75

    await way.mend()
    await pool.describing.catch_up(TENANT)
    page = await pool.search.search(TENANT, ASKED, limit=EACH * 6)
    assert (page.meaning, page.coverage) == ("on", 1.0)
    assert {hit.candidate_id for hit in page.hits} == _named(CARERS + LATER[:2])
