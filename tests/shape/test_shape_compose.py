"""compose.yaml against the Compose specification's rules and against the manifests."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from servers.evaluator.judges.opening import JudgeSettings
from servers.recruiter_search.settings import SearchSettings
from servers.talent_insights.settings import InsightSettings
from shared.edge.issuer.__main__ import IssuerSettings
from shared.edge.manifest import catalogue
from shared.edge.settings import UnitSettings
from shared.edge.tokens import client_secret
from shared.engines.vllm_options import chat_arguments, judge_arguments
from shared.storage.roles import unit_url
from supervisor.cli.compose_env import compose_environment

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
GPU: dict[str, Any] = yaml.safe_load((ROOT / "compose.gpu.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
MODELS = ["judge", "vllm"]
UNITS = sorted(catalogue())
JUDGE_FIELDS = {f"judge_{name}" for name in JudgeSettings.model_fields}
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
REQUIRED = re.compile(r"\$\{(\w+):\?")
INTERPOLATED = re.compile(r"\$\{(\w+)")


def test_compose_file_fits_the_schema():
    schema = json.loads((Path(__file__).parent / "compose.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(COMPOSE)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_every_unit_is_a_service_and_every_service_of_ours_is_a_unit_the_issuer_or_the_migration():
    assert sorted(OURS) == sorted([*UNITS, "issuer", "migrate"])


@pytest.mark.parametrize("unit", UNITS)
def test_a_units_service_has_the_port_of_its_manifest(unit):
    port = catalogue()[unit].port
    service = SERVICES[unit]
    assert service["command"] == ["serve", unit]
    assert service["environment"]["HIREMESH_PORT"] == str(port)
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_knows_where_every_other_unit_is(unit):
    addresses = json.loads(SERVICES[unit]["environment"]["HIREMESH_UNITS"])
    assert addresses == {name: f"http://{name}:{manifest.port}" for name, manifest in catalogue().items()}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_gets_its_own_secrets_and_nobody_elses(unit):
    used = set(INTERPOLATED.findall(json.dumps(SERVICES[unit])))
    secrets = {name for name in used if "SECRET" in name or "PASSWORD" in name}
    assert secrets == {f"HIREMESH_CLIENT_SECRET_{unit.upper()}", f"HIREMESH_DATABASE_PASSWORD_{unit.upper()}"}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_reaches_the_engines_of_its_manifest_and_waits_for_them(unit):
    service = SERVICES[unit]
    variables = {"postgres": "HIREMESH_DATABASE_URL", "nats": "HIREMESH_NATS_URL"}
    for engine in catalogue()[unit].engines:
        assert f"@{engine}:" in service["environment"][variables[engine]]
    assert set(service["networks"]) >= {"engines"}
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert service["depends_on"]["issuer"] == {"condition": "service_healthy"}


def interpolated(value: str, env: dict[str, str]) -> str:
    """Fill in ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}`` as Compose does."""
    return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: env.get(found[1]) or found[2] or "", value)


@pytest.mark.parametrize("unit", UNITS)
def test_a_units_environment_is_what_its_settings_read(unit, monkeypatch):
    secrets = compose_environment("a deployment secret", UNITS)
    given = {
        name: interpolated(value, secrets)
        for name, value in SERVICES[unit]["environment"].items()
        if value is not None
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = UnitSettings()
    known = set(UnitSettings.model_fields) | JUDGE_FIELDS
    known |= set(SearchSettings.model_fields) | set(InsightSettings.model_fields)
    unknown = {name.removeprefix("HIREMESH_").lower() for name in SERVICES[unit]["environment"]} - known
    assert unknown == set()
    assert settings.client_secret.get_secret_value() == client_secret("a deployment secret", unit)
    assert unit_url("postgresql://any@postgres:5432/hiremesh", unit, "a deployment secret") == (
        settings.database_url
    )
    assert settings.allowed_hosts == [f"{unit}:*"]
    assert settings.unit_urls()[unit] == settings.public_url


def test_the_issuers_environment_is_what_its_settings_read():
    names = {name.removeprefix("HIREMESH_").lower() for name in SERVICES["issuer"]["environment"]}
    assert names <= set(IssuerSettings.model_fields)


def test_only_the_issuer_and_the_migration_hold_the_deployment_secret():
    holders = [name for name, service in SERVICES.items() if "DEPLOYMENT_SECRET" in json.dumps(service)]
    assert sorted(holders) == ["issuer", "migrate"]


def test_the_engines_and_models_are_not_published():
    assert COMPOSE["networks"]["engines"] == {"internal": True}
    assert [name for name in ("postgres", "nats", "opensearch", *MODELS) if "ports" in SERVICES[name]] == []


@pytest.mark.parametrize("name", ["judge", "opensearch"])
def test_what_answers_without_a_key_is_on_the_internal_network_alone(name):
    assert SERVICES[name]["networks"] == ["engines"]


def test_the_judges_address_and_key_reach_the_evaluator_alone():
    told = {name for name, service in OURS.items() if "JUDGE" in json.dumps(service)}
    assert told == {name for name, manifest in catalogue().items() if manifest.judge}
    assert (
        SERVICES["evaluator"]["environment"]["HIREMESH_JUDGE_API_KEY"]
        == SERVICES["judge"]["environment"]["VLLM_API_KEY"]
    )


def test_the_evaluator_reads_the_folder_that_the_judge_serves_and_neither_can_write_it():
    assert SERVICES["evaluator"]["volumes"] == SERVICES["judge"]["volumes"]
    assert SERVICES["judge"]["volumes"][0].endswith(":/judge:ro")


@pytest.mark.parametrize(
    ("name", "arguments"), [("judge", judge_arguments()), ("vllm", chat_arguments())], ids=MODELS
)
def test_a_model_is_served_as_hiremesh_up_serves_it(name, arguments):
    [script] = SERVICES[name]["command"]
    served = shlex.split(script)
    assert set(arguments) - set(served) == set()


@pytest.mark.parametrize("name", MODELS)
def test_models_are_asked_for_by_profile_and_run_without_a_gpu_unless_the_other_file_gives_them_one(name):
    assert SERVICES[name]["profiles"]
    assert "reservations" not in SERVICES[name]["deploy"]["resources"]
    assert set(GPU["services"]) == set(MODELS)
    reserved = GPU["services"][name]["deploy"]["resources"]["reservations"]
    assert reserved["devices"][0]["capabilities"] == ["gpu"]


def test_every_secret_that_is_required_is_one_that_compose_env_prints():
    required = set(REQUIRED.findall((ROOT / "compose.yaml").read_text()))
    assert required == set(compose_environment("a deployment secret", UNITS))


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_run_without_root_without_capabilities_and_on_a_read_only_file_system(name):
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


# The migration ends by itself; the collector's image has nothing in it that could ask.
@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "otel-collector"}))
def test_services_are_checked_for_health(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_a_service_names_is_defined(name):
    service = SERVICES[name]
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    volumes = [interpolated(volume, {}) for volume in service.get("volumes", [])]
    assert {volume.partition(":")[0] for volume in volumes} <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert {config["source"] for config in service.get("configs", [])} <= set(COMPOSE["configs"])


def test_images_are_pinned_to_a_version():
    services = [*SERVICES.values(), *GPU["services"].values()]
    foreign = {interpolated(service["image"], {}) for service in services if "build" not in service}
    assert [image for image in foreign if not re.search(r":[\w.-]*\d", image)] == []


def test_the_collectors_configuration_is_yaml_whose_pipelines_name_what_is_there():
    config = yaml.safe_load(COMPOSE["configs"]["otel-collector"]["content"])
    pipeline = config["service"]["pipelines"]["traces"]
    for part in ("receivers", "processors", "exporters"):
        assert set(pipeline[part]) <= set(config[part])


def test_the_image_holds_every_package_and_runs_without_root():
    text = (ROOT / "Dockerfile").read_text()
    for package in ("shared", "servers", "supervisor", "agent_cards"):
        assert f"COPY {package} {package}" in text
        assert f"!{package}" in (ROOT / ".dockerignore").read_text().splitlines()
    assert text.rindex("USER 10001:10001") < text.rindex("ENTRYPOINT")
