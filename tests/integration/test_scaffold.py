"""``hiremesh new`` in a copy of the repository, and what it wrote, served: nothing else is touched by hand."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from servers.registry.core.reading import read_skills
from shared.edge.errors import InputRequired
from shared.edge.issuer.__main__ import IssuerSettings, build_issuer
from shared.edge.issuer.grants import MINT
from shared.edge.manifest import package_folder
from shared.edge.tokens import client_secret
from shared.edge.units import Units
from shared.engines import EmbeddedNats
from shared.kernel.call import idempotent_call
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Conflict, InvalidInput, Unavailable
from shared.kernel.principal import Principal, acting_as
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url
from supervisor.core.models import Fact, Goal
from supervisor.core.planner import Planner
from supervisor.scaffold import ROOT, write_unit
from tests.support.engines import SECRET, UnitDatabases
from tests.support.identity import SECRET as ISSUER_SECRET
from tests.support.units import listening

COPIED = ("shared", "servers", "supervisor", "agent_cards", "tests")
AGENT, GRAPH, TOOLS = "word_counts", "word_memory", "word_tools"
NEW = (("agent", AGENT), ("agent", GRAPH, "--langgraph"), ("tool-server", TOOLS))
CARDS = (f"{AGENT}.a2a", f"{GRAPH}.a2a", f"{TOOLS}.mcp")
COMMANDS = """
import json, sys
from supervisor.cli import build_app
for arguments in json.loads(sys.argv[1]):
    build_app(["new"])(["new", *arguments], standalone_mode=False)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, without what tests and tools leave behind, with a new unit of each kind."""
    folder = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__", ".*", "sample_pool")
    for name in COPIED:
        shutil.copytree(package_folder("shared").parent / name, folder / name, ignore=ignore)
    for name in ("pyproject.toml", "compose.yaml"):
        shutil.copy(package_folder("shared").parent / name, folder)
    run(folder, "-c", COMMANDS, json.dumps(NEW))
    return folder


def run(copy: Path, *arguments: str) -> str:
    """Run Python within the copy; fails with what it said."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment(copy), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(copy: Path) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("HIREMESH_")}
    return others | {"PYTHONPATH": str(copy)}


def test_new_units_pass_every_test_that_holds_for_all_units(copy: Path) -> None:
    names = (AGENT, GRAPH, TOOLS)
    written = [
        *(f"servers/{name}" for name in names),
        *(str(path) for path in copy.glob("tests/unit/test_word_*")),
    ]
    run(copy, "-m", "ruff", "check", *written)
    run(copy, "-m", "ruff", "format", "--check", *written)
    tests = [
        "tests/conformance",
        "tests/shape/test_cards_and_manifests.py",
        "tests/shape/test_shape_compose.py",
        "tests/shape/test_shape_layout.py",
        *(str(path) for path in copy.glob("tests/unit/test_word_*")),
    ]
    passed = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", " or ".join(names))
    assert "passed" in passed


@pytest.mark.parametrize("name", ["Words", "2words", "wo rds", "", "../words", "x" * 41])
def test_a_name_that_cannot_be_a_package_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        write_unit("agent", name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["registry", "issuer", "shared", "mailbox"])
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    with pytest.raises(Conflict):
        write_unit("tool_server", name, ROOT)


class Served:
    """The LangGraph agent in a process of its own, between real engines and a real issuer."""

    def __init__(self, copy: Path, settings: dict[str, str], admin_url: str) -> None:
        self._copy = copy
        self._settings = {f"HIREMESH_{name.upper()}": value for name, value in settings.items()}
        self._admin_url = admin_url
        self.url = f"http://127.0.0.1:{settings['port']}"
        self.issuer = settings["issuer_url"]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", f"servers.{GRAPH}"),
            cwd=self._copy,
            env=environment(self._copy) | self._settings,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            assert b"listens on" in await process.stdout.readline()
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    @asynccontextmanager
    async def called_by(self, person: str, tenant: str) -> AsyncIterator[Units]:
        """Units as somebody reaches them with a token of the issuer."""
        form = {"subject": person, "tenant": tenant, "scope": f"{GRAPH}.write", "audience": GRAPH}
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(
                f"{self.issuer}/token",
                data={"grant_type": MINT, "lifetime": str(int(timedelta(minutes=5).total_seconds())), **form},
                auth=("admin", client_secret(ISSUER_SECRET, "admin")),
            )
        async with Units({GRAPH: self.url}, Token(answer.json()["access_token"])) as units:
            with acting_as(Principal(subject=person, kind="person", tenant=tenant)):
                yield units

    def pass_time(self) -> None:
        """Let the leases of the dead run out."""
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(
                "update mailbox.mailbox set ready_at = clock_timestamp() where owner is not null"
            )


class Token:
    """One token for all."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def for_unit(self, unit: str, principal: Principal) -> str:
        return self._token


@pytest.fixture
async def served(
    copy: Path, unit_databases: UnitDatabases, nats: EmbeddedNats, tmp_path: Path, unused_tcp_port: int
) -> AsyncIterator[Served]:
    admin_url = unit_databases.create("intake")
    migrate(admin_url, SECRET, only={GRAPH}, root=copy)

    def issuer_at(url: str) -> Any:
        settings = IssuerSettings(
            deployment_secret=SecretStr(ISSUER_SECRET), data_dir=tmp_path, issuer_url=url
        )
        return build_issuer(settings, SystemClock())

    async with listening(issuer_at) as issuer:
        settings = {
            "database_url": unit_url(admin_url, GRAPH, SECRET),
            "nats_url": nats.url,
            "issuer_url": issuer,
            "client_secret": client_secret(ISSUER_SECRET, GRAPH),
            "port": str(unused_tcp_port),
        }
        yield Served(copy, settings, admin_url)
    unit_databases.drop(admin_url)


async def test_a_langgraph_agent_survives_being_killed_between_two_nodes_asks_and_remembers(
    copy: Path, served: Served, tmp_path: Path
) -> None:
    counted, died = tmp_path / "counted", tmp_path / "died"
    graph = copy / "servers" / GRAPH / "graph.py"
    whole = graph.read_text()
    mortal = whole.replace(
        "    async def count(state: State) -> State:\n",
        f"    async def count(state: State) -> State:\n        open({str(counted)!r}, 'a').write('x')\n",
    ).replace(
        "    async def remember(state: State, *, store: BaseStore) -> State:\n",
        "    async def remember(state: State, *, store: BaseStore) -> State:\n"
        f"        import os, pathlib\n        if not pathlib.Path({str(died)!r}).exists():\n"
        f"            pathlib.Path({str(died)!r}).touch()\n            os.kill(os.getpid(), 9)\n",
    )
    graph.write_text(mortal)

    async def count(units: Units, text: str, **answered: str) -> dict[str, Any]:
        fields = {"text": text}
        return await units.send(GRAPH, "count_words", fields, dict[str, Any], timeout=60, **answered)

    async with served.called_by("person:ada.l@acme.example", "acme") as units:
        async with served.running() as first:
            with idempotent_call("step 1"), pytest.raises(Unavailable):
                await count(units, "two words")
            killed = await first.wait()
        served.pass_time()
        async with served.running():
            with idempotent_call(
                "step 1"
            ):  # who calls again under this name gets what became of the first call
                again = await count(units, "two words")
            with pytest.raises(InputRequired, match="Which text") as asked:
                await count(units, "")
            task = {"task_id": asked.value.task_id, "context_id": asked.value.context_id}
            answered = await count(units, "three more words", **task)
            async with served.called_by("person:bob", "bolt") as others:
                other = await count(others, "one")

    assert killed == -9
    assert (again["words"], again["total"]) == (2, 2)
    assert (answered["words"], answered["total"]) == (3, 5)
    assert (other["words"], other["total"]) == (1, 1)
    assert counted.read_text() == "xxx"  # once for each text, the killed one too


def test_the_planner_plans_with_what_the_registry_reads_of_new_units(copy: Path) -> None:
    cards = {name: json.loads((copy / "agent_cards" / f"{name}.json").read_text()) for name in CARDS}
    skills = [
        skill
        for name, card in cards.items()
        for unit, _, kind in [name.partition(".")]
        for skill in read_skills(unit, "mcp" if kind == "mcp" else "a2a", card)
    ]
    goals = {unit: f"{unit}.words" for unit in (AGENT, GRAPH, TOOLS)}
    given = {f"{unit}.text": Fact.of(f"{unit}.text", "two words") for unit in goals}
    for unit, fact in goals.items():
        plan = Planner([*skills]).plan(Goal(kind="count", title="Count", wants=[fact]), given, [])
        assert [step.skill for step in plan.ready()] == [f"{unit}.count_words"]
