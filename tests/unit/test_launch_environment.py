"""What a deployment tells its units about where they listen and how others reach them."""

import json
from pathlib import Path

import pytest

from shared.edge.manifest import catalogue
from shared.kernel.errors import NotFound
from supervisor.launch import DataFolder, RunRecord
from supervisor.launch.environment import public_url, unit_environment

RUN = RunRecord(
    host="0.0.0.0",
    postgres_url="postgresql://admin:pass@db:5432/hiremesh",
    issuer_url="http://127.0.0.1:8100",
    units={name: manifest.base_url for name, manifest in catalogue().items()},
)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def test_the_public_url_is_the_supervisors_alone(folder: DataFolder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HIREMESH_PUBLIC_URL", "https://hiring.example.org/")
    supervisor = unit_environment(folder, RUN, catalogue()["supervisor"])
    evaluator = unit_environment(folder, RUN, catalogue()["evaluator"])
    assert supervisor["HIREMESH_PUBLIC_URL"] == "https://hiring.example.org"
    assert evaluator["HIREMESH_PUBLIC_URL"] == RUN.units["evaluator"]


def test_each_unit_may_have_a_public_url_whose_host_it_then_answers_to(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HIREMESH_PUBLIC_URL_EVALUATOR", "https://evaluator.example.org:8443")
    monkeypatch.setenv("HIREMESH_ALLOWED_HOSTS", '["proxy:*"]')
    evaluator = unit_environment(folder, RUN, catalogue()["evaluator"])
    assert evaluator["HIREMESH_PUBLIC_URL"] == "https://evaluator.example.org:8443"
    assert json.loads(evaluator["HIREMESH_ALLOWED_HOSTS"]) == [
        "proxy:*",
        "evaluator.example.org",
        "evaluator.example.org:*",
    ]


def test_units_listen_where_the_deployment_does_and_call_each_other_over_loopback(folder: DataFolder):
    jobs = unit_environment(folder, RUN, catalogue()["jobs"])
    assert (jobs["HIREMESH_HOST"], jobs["HIREMESH_PORT"]) == ("0.0.0.0", str(catalogue()["jobs"].port))
    assert json.loads(jobs["HIREMESH_UNITS"]) == RUN.units
    assert public_url(RUN, "jobs") == RUN.units["jobs"]


def test_commands_find_a_deployment_elsewhere_by_its_issuer(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(NotFound, match="hiremesh up"):
        folder.running()
    monkeypatch.setenv("HIREMESH_ISSUER_URL", "https://issuer.example.org")
    monkeypatch.setenv("HIREMESH_UNITS", '{"jobs": "https://jobs.example.org/"}')
    elsewhere = folder.running()
    assert elsewhere.launcher is None
    assert elsewhere.issuer_url == "https://issuer.example.org"
    assert elsewhere.units["jobs"] == "https://jobs.example.org"
    assert elsewhere.units["supervisor"] == catalogue()["supervisor"].base_url


def test_units_are_told_of_the_models_that_the_deployment_serves_and_who_asks_one_its_key(folder: DataFolder):
    settings = {"HIREMESH_JUDGE_URL": "http://127.0.0.1:9000", "HIREMESH_JUDGE_API_KEY": "jk-fictional"}
    run = RUN.model_copy(update={"settings": settings})
    evaluator = unit_environment(folder, run, catalogue()["evaluator"])
    jobs = unit_environment(folder, run, catalogue()["jobs"])
    assert settings.items() <= evaluator.items()
    assert "HIREMESH_JUDGE_API_KEY" not in jobs


def test_only_the_unit_that_searches_is_told_of_the_engine_and_what_one_signs_in_with_there(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HIREMESH_SEARCH_URL", "https://search:fictional@search.example.org")
    told = {
        unit
        for unit, found in catalogue().items()
        if "HIREMESH_SEARCH_URL" in unit_environment(folder, RUN, found)
    }
    assert told == {"recruiter_search"}


def test_a_judge_that_others_run_is_one_to_ask_how_it_is(folder: DataFolder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HIREMESH_ISSUER_URL", "https://issuer.example.org")
    monkeypatch.setenv("HIREMESH_JUDGE_URL", "http://judge:8000/")
    assert folder.running().models == {"vllm judge": "http://judge:8000"}
