"""The model's settings reach the units that ask one, and a deployment says what answers in them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.edge.manifest import catalogue
from supervisor.launch import DataFolder, RunRecord, running_deployment
from supervisor.launch.environment import unit_environment
from supervisor.launch.health import check
from tests.support.openai_server import FakeOpenAI, fake_openai

UNITS = {name: catalogue()[name] for name in ("intake", "jobs")}


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


async def notes(data: Path) -> dict[str, str]:
    async with running_deployment(data, units=UNITS):
        return {each.name: each.note for each in await check(DataFolder(data).running())}


async def test_a_unit_says_which_model_it_asks(
    tmp_path: Path, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIREMESH_LLM_BASE_URL", server.url)
    monkeypatch.setenv("HIREMESH_LLM_MODEL", "small")

    said = await notes(tmp_path)

    assert said["intake"] == "works by small"
    assert said["jobs"] == ""


async def test_a_unit_says_that_it_works_by_rules_where_no_model_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HIREMESH_LLM_BASE_URL", raising=False)

    assert (await notes(tmp_path))["intake"] == "works by rules"


def test_the_models_key_reaches_only_units_that_ask_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIREMESH_LLM_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("HIREMESH_LLM_API_KEY", "sk-fictional")
    run = RunRecord(units={name: f"http://127.0.0.1:{port}" for port, name in enumerate(UNITS, 8001)})
    run.postgres_url = "postgresql://postgres@127.0.0.1:1/postgres"

    intake, jobs = (unit_environment(DataFolder(tmp_path), run, UNITS[name]) for name in ("intake", "jobs"))

    assert intake["HIREMESH_LLM_API_KEY"] == "sk-fictional"
    assert "HIREMESH_LLM_API_KEY" not in jobs
