"""The model's settings reach the units that ask one, and a deployment says what answers in them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.edge.manifest import catalogue
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import DataFolder, RunRecord, running_deployment
from supervisor.launch.environment import unit_environment
from supervisor.launch.health import check
from tests.support.openai_server import FakeOpenAI, fake_openai

UNITS = {name: catalogue()[name] for name in ("intake", "jobs")}

BRIEF = "We look for a data engineer in Berlin with 5 years of Python."
PYTHON = {
    "line": 1,
    "quote": "5 years of Python",
    "statement": "At least 5 years of experience with Python",
    "kind": "experience",
    "importance": "must_have",
}


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


async def test_a_deployments_intake_writes_with_the_configured_model_and_status_names_it(
    tmp_path: Path, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIREMESH_LLM_BASE_URL", server.url)
    monkeypatch.setenv("HIREMESH_LLM_MODEL", "small")

    server.say(json.dumps({"title": "", "demands": [PYTHON]}))
    async with running_deployment(tmp_path, units=UNITS) as up, operator(tmp_path) as issuer:
        async with signed_in_units(issuer, up.run.units, "acme", "person:ada") as units:
            draft = await units.send("intake", "draft_requirements", {"text": BRIEF}, dict[str, Any])
        said = {each.name: each.note for each in await check(DataFolder(tmp_path).running())}

    assert draft["requirements"]["engine"] == "small + rules-2"
    assert said["intake"] == "works by small"
    assert said["jobs"] == ""


async def test_a_unit_says_that_it_works_by_rules_where_no_model_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HIREMESH_LLM_BASE_URL", raising=False)

    async with running_deployment(tmp_path, units=UNITS):
        said = {each.name: each.note for each in await check(DataFolder(tmp_path).running())}

    assert said["intake"] == "works by rules"


def test_each_models_key_reaches_only_units_that_ask_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIREMESH_LLM_BASE_URL", "http://127.0.0.1:1/v1")
    keys = {"HIREMESH_LLM_API_KEY": "sk-fictional", "HIREMESH_JUDGE_API_KEY": "jk-fictional"}
    for name, key in keys.items():
        monkeypatch.setenv(name, key)
    names = ("intake", "jobs", "evaluator")
    run = RunRecord(units={name: f"http://127.0.0.1:{port}" for port, name in enumerate(names, 8001)})
    run.postgres_url = "postgresql://postgres@127.0.0.1:1/postgres"

    given = [unit_environment(DataFolder(tmp_path), run, catalogue()[name]) for name in names]

    assert [{key for key in keys if key in one} for one in given] == [
        {"HIREMESH_LLM_API_KEY"},
        set(),
        {"HIREMESH_LLM_API_KEY", "HIREMESH_JUDGE_API_KEY"},
    ]
