"""CONTRIBUTING's agent in ten minutes, command by command, in a copy of the repository: nothing is touched by hand."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NEW, CHECK, _, SERVE = re.findall(r"```bash\n((?:hiremesh|pytest) .*?)\n```", PAGE, re.DOTALL)[0].splitlines()
[BODY] = re.findall(r"-d '(\{.*?\})'\n", PAGE, re.DOTALL)
[PORT] = re.findall(r"127\.0\.0\.1:(\d+)/a2a", PAGE)
AGENT, GRAPH, TOOLS = "word_counts", NEW.split()[3], "word_tools"
CARDS = (f"{AGENT}.a2a", f"{GRAPH}.a2a", f"{TOOLS}.mcp")
KILLED_ONCE = """
        import os
        try:
            os.close(os.open({died!r}, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), 9)
"""
NOTED = """
        with open({counted!r}, "a") as file:
            file.write("x")
"""
PROGRAMS = {
    "hiremesh": ["-c", "from supervisor.cli import main; main()"],
    "pytest": ["-m", "pytest", "-p", "no:cacheprovider"],
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, without what tests and tools leave behind, with a new unit of each kind."""
    folder = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__", ".*", "sample_pool")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in (
        *("pyproject.toml", "compose.yaml", "compose.gpu.yaml", "README.md", "CONTRIBUTING.md", "Makefile"),
        "Dockerfile",
    ):
        shutil.copy(ROOT / name, folder)
    said(folder, NEW)
    for command in (f"hiremesh new agent {AGENT}", f"hiremesh new tool-server {TOOLS}"):
        said(folder, command)
    return folder


def started(command: str) -> list[str]:
    """Return how this interpreter runs a command of the page."""
    program, *arguments = shlex.split(command, comments=True)
    return [sys.executable, *PROGRAMS[program], *arguments]


def said(copy: Path, command: str) -> str:
    """Run a command within the copy and return what it says; fails with that."""
    done = subprocess.run(started(command), cwd=copy, env=environment(copy), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(copy: Path) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("HIREMESH_")}
    return others | {"PYTHONPATH": str(copy)}


def test_new_units_pass_every_test_that_holds_for_all_units(copy: Path) -> None:
    names = (GRAPH, AGENT, TOOLS)
    units = [f"servers/{name}" for name in names]
    tests = [str(path.relative_to(copy)) for path in sorted(copy.glob("tests/unit/test_word_*"))]
    ruff = [sys.executable, "-m", "ruff"]
    for check in (["check"], ["format", "--check"]):
        subprocess.run([*ruff, *check, *units, *tests], cwd=copy, check=True)
    *page, wanted = CHECK.split(" -k ")
    assert wanted == GRAPH
    assert f"port = {PORT}\n" in (copy / "servers" / GRAPH / "manifest.toml").read_text()
    assert "passed" in said(copy, f"{page[0]} {' '.join(tests)} -k '{' or '.join(names)}'")


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
            *started(SERVE),
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
        async with Units({GRAPH: self.url}, Token(await self.token(person, tenant))) as units:
            with acting_as(Principal(subject=person, kind="person", tenant=tenant)):
                yield units

    async def posted(self, body: str, person: str, tenant: str) -> dict[str, Any]:
        """Post a body to the agent as somebody, and return the result in the answer."""
        headers = {"Authorization": f"Bearer {await self.token(person, tenant)}", "A2A-Version": "1.0"}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            answer = await http.post(f"{self.url}/a2a", json=json.loads(body), headers=headers)
        return answer.json()["result"]["task"]["artifacts"][0]["parts"][0]["data"]

    async def token(self, person: str, tenant: str) -> str:
        form = {
            "grant_type": MINT,
            "subject": person,
            "tenant": tenant,
            "scope": f"{GRAPH}.write",
            "audience": GRAPH,
            "lifetime": "300",
        }
        operator = ("admin", client_secret(ISSUER_SECRET, "admin"))
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{self.issuer}/token", data=form, auth=operator)
        return answer.json()["access_token"]

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
    counted = tmp_path / "counted"
    graph = copy / "servers" / GRAPH / "graph.py"
    added = {
        "count": NOTED.format(counted=str(counted)),
        "remember": KILLED_ONCE.format(died=str(tmp_path / "died")),
    }
    graph.write_text(
        re.sub(r"( async def (count|remember)\(.*\n)", lambda at: at[1] + added[at[2]], graph.read_text())
    )

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
            with idempotent_call("step 1"):  # under this name it is still the first call
                again = await count(units, "two words")
            with pytest.raises(InputRequired, match="Which text") as asked:
                await count(units, "")
            task = {"task_id": asked.value.task_id, "context_id": asked.value.context_id}
            answered = await count(units, "three more words", **task)
            shown = await served.posted(BODY, "person:bob", "bolt")

    assert killed == -9
    assert (again["words"], again["total"]) == (2, 2)
    assert (answered["words"], answered["total"]) == (3, 5)
    assert (shown["words"], shown["total"]) == (2, 2)
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
