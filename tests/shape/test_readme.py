"""README's and CONTRIBUTING's commands exist as written: subcommands, options, make targets, paths, addresses, variables."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer

from servers.evaluator.judges.opening import JudgeSettings
from servers.recruiter_search.embeddings import EmbeddingSettings
from servers.recruiter_search.settings import SearchSettings
from servers.talent_insights.settings import InsightSettings
from shared.edge.manifest import catalogue
from shared.edge.settings import UnitSettings
from supervisor.cli import build_app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines()]
COMMANDS = [*LINES, *(ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()]
HIREMESH = sorted(
    {found[1].strip() for line in COMMANDS for found in re.finditer(r"(?:^|\$\()hiremesh ([^)>|]*)", line)}
)
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
ISSUER_PORT = 8100
COMMAND_LINE_VARIABLES = {
    "HIREMESH_HOME",
    "HIREMESH_TENANT",
    "HIREMESH_SUBJECT",
    "HIREMESH_VLLM_PYTHON",
    "HIREMESH_VLLM_SPECULATIVE",
}


def words(command: str) -> list[str]:
    return shlex.split(command, comments=True)


def resolved(command: str) -> tuple[typer.core.TyperCommand, list[str]]:
    """Return the command that README's words name, and the words behind its name."""
    rest = words(command)
    found = typer.main.get_command(build_app(rest))
    while rest and rest[0] in getattr(found, "commands", {}):
        found = found.commands[rest.pop(0)]
    return found, rest


def test_readme_shows_commands():
    assert len(HIREMESH) > 10


@pytest.mark.parametrize("command", HIREMESH)
def test_a_hiremesh_command_in_readme_exists_with_the_options_shown(command):
    found, rest = resolved(command)
    known = {name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert found.name in words(command)
    assert {word for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize("command", HIREMESH)
def test_a_hiremesh_command_in_readme_is_accepted_as_written(command):
    found, rest = resolved(command)
    with found.make_context(found.name or "", rest, resilient_parsing=False) as context:
        assert context.command is found


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"^make ([a-z]+)", "\n".join(COMMANDS), re.MULTILINE)))
)
def test_a_make_target_in_readme_exists(target):
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("name", re.findall(r"make bench NAME=(\w+)", README))
def test_a_benchmark_in_readme_exists(name):
    assert (ROOT / "benchmarks" / f"{name}.py").exists() or (ROOT / "benchmarks" / name).is_dir()


@pytest.mark.parametrize(
    "path",
    sorted(
        {
            word
            for line in LINES
            for word in re.findall(r"(?<![\w./~-])(?:supervisor|shared|servers)/[\w./-]+", line)
        }
        | set(re.findall(r"\]\(([\w./-]+)\)", README))
    ),
)
def test_a_path_in_readme_exists(path):
    assert (ROOT / path).exists()


def test_the_addresses_in_readme_are_those_of_the_manifests():
    ports = {manifest.port for manifest in catalogue().values()} | {ISSUER_PORT}
    assert {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", "\n".join(LINES))} <= ports


def test_the_variables_in_readme_are_the_settings_of_units():
    table = set(re.findall(r"`(HIREMESH_\w+)`", README)) - COMMAND_LINE_VARIABLES
    units = {f"HIREMESH_{name.upper()}" for name in UnitSettings.model_fields}
    judges = {f"HIREMESH_JUDGE_{name.upper()}" for name in JudgeSettings.model_fields}
    insights = {f"HIREMESH_{name.upper()}" for name in InsightSettings.model_fields}
    search = {f"HIREMESH_{name.upper()}" for name in SearchSettings.model_fields}
    embeddings = {f"HIREMESH_EMBEDDINGS_{name.upper()}" for name in EmbeddingSettings.model_fields}
    assert table == units | judges | insights | search | embeddings


@pytest.mark.parametrize("body", re.findall(r"-d '(\{.*?\})'\n", "\n".join(BLOCKS), re.DOTALL))
def test_a_request_body_in_readme_is_json(body):
    assert json.loads(body)
