"""Which engine the settings name."""

from pathlib import Path

import pytest

from servers.recruiter_search.engine import open_index
from servers.recruiter_search.store import TantivyIndex
from shared.engines.process import free_port
from shared.kernel.errors import InvalidInput, Unavailable


async def test_profiles_are_indexed_in_this_process_unless_an_engine_is_named(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    assert isinstance(index, TantivyIndex)
    await index.aclose()


async def test_an_engine_that_is_named_and_does_not_answer_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIREMESH_SEARCH_URL", f"http://ada:fictional@127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:\d+ does not answer") as told:
        await open_index(tmp_path)
    assert "fictional" not in str(told.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SEARCH_URL", "search.example.org"), ("SEARCH_PREFIX", "Hire Mesh"), ("SEARCH_TENANT_SHARDS", "4")],
)
async def test_a_setting_that_cannot_be_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("HIREMESH_SEARCH_SHARDS", "4")
    monkeypatch.setenv(f"HIREMESH_{variable}", value)
    with pytest.raises(InvalidInput, match=f"HIREMESH_{variable}"):
        await open_index(tmp_path)
