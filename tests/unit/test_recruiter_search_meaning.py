"""What meaning is made of: titles without what says nothing of the work, and texts that are embedded once."""

from pathlib import Path

import pytest

from servers.recruiter_search.core.entities import plain_title
from servers.recruiter_search.core.models import SearchQuery
from tests.support.described_pool import TENANT, DescribedPool, Topics
from tests.support.talent import person


async def test_vectors_are_there_after_a_restart_and_no_text_is_embedded_twice(tmp_path: Path) -> None:
    pool = DescribedPool(tmp_path, Topics())
    pool.feed.put(TENANT, person("nurse", title="Registered Nurse", skills=["Wound care"]))
    pool.feed.put(TENANT, person("other", title="Registered Nurse", skills=["Bedside care"]))
    await pool.settle()
    described = pool.vectors
    assert len(pool.encoder.asked) == len(set(pool.encoder.asked))
    await pool.aclose()
    again = DescribedPool(tmp_path, Topics())
    await again.describing.catch_up(TENANT)
    assert (again.vectors, again.encoder.asked) == (described, [])
    assert len((await again.search.search(TENANT, SearchQuery(text="patients ward"))).hits) == 2
    await again.aclose()


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Senior Data Engineer at Cobalt Works", "senior data engineer"),
        ("Saleswoman, Berlin", "salesperson"),
        ("Verkäuferin (m/w/d)", "verkäufer"),
        ("Store Manager Paris", "store manager"),
        ("Human Resources Manager", "human resources manager"),
        ("Waitress", "waiter"),
        ("2021", ""),
    ],
)
def test_titles_carry_meaning_without_employer_place_and_gender(title: str, plain: str) -> None:
    assert plain_title(title) == plain
