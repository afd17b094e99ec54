"""A deployment starts together, is kept running, and stops together."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from shared.edge.manifest import Manifest
from shared.engines.process import lives
from shared.kernel.errors import Conflict, NotFound, Unavailable
from supervisor.launch import DataFolder, Deployment, running_deployment


def fake(name: str, package: str = "tests.support.fake_unit") -> Manifest:
    return Manifest(
        name=name, package=package, kind="mcp", port=8104, engines=("postgres", "nats"), summary="a fake"
    )


UNITS = {"projects": fake("projects"), "evaluator": fake("evaluator")}


@pytest.fixture(scope="module")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Two fake units on real engines."""
    async with running_deployment(tmp_path_factory.mktemp("deployment"), units=UNITS) as up:
        yield up


async def environment(deployment: Deployment, unit: str) -> dict[str, str]:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(f"{deployment.url(unit)}/environment")).json()


async def test_each_unit_is_told_where_the_others_are_and_its_own_secrets_only(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await environment(deployment, "projects"), await environment(deployment, "evaluator")
    assert one["HIREMESH_UNITS"] == other["HIREMESH_UNITS"]
    assert one["HIREMESH_ISSUER_URL"] == deployment.url("issuer")
    assert one["HIREMESH_CLIENT_SECRET"] != other["HIREMESH_CLIENT_SECRET"]
    assert one["HIREMESH_DATA_DIR"] != other["HIREMESH_DATA_DIR"]
    assert deployment.folder.deployment_secret not in str(one)
    assert deployment.run.postgres_url not in str(one)


async def test_a_unit_signs_in_to_the_database_as_itself(deployment: Deployment) -> None:
    url = (await environment(deployment, "projects"))["HIREMESH_DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute("select current_user, current_schema")).fetchone()
    assert row == ("hiremesh_projects", "projects")


async def test_the_issuer_answers(deployment: Deployment) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{deployment.url('issuer')}/.well-known/openid-configuration")
    assert answer.json()["issuer"] == deployment.url("issuer")


async def test_a_killed_unit_comes_back_on_its_address(deployment: Deployment) -> None:
    before = deployment.pid("projects")
    await deployment.kill("projects")
    await deployment.ready("projects")
    assert deployment.pid("projects") not in (None, before)


async def test_units_come_back_after_the_process_that_forks_them_was_killed(deployment: Deployment) -> None:
    before = [psutil.Process(deployment.run.processes[name].pid) for name in UNITS]
    os.kill(deployment.run.processes["nursery"].pid, signal.SIGKILL)
    gone, _ = await asyncio.to_thread(psutil.wait_procs, before, timeout=30)
    assert len(gone) == len(UNITS)
    for name in UNITS:
        await deployment.ready(name)
        assert (await environment(deployment, name))["HIREMESH_NATS_URL"] == deployment.run.nats_url


async def test_a_halted_unit_stays_down_until_it_is_restarted(deployment: Deployment) -> None:
    await deployment.halt("evaluator")
    assert deployment.pid("evaluator") is None
    with pytest.raises(httpx.ConnectError):
        await environment(deployment, "evaluator")
    await deployment.restart("evaluator")
    assert deployment.pid("evaluator") is not None


async def test_other_commands_find_the_running_deployment(deployment: Deployment) -> None:
    found = DataFolder(deployment.folder.path).running()
    assert found == deployment.run
    assert found.units == {name: deployment.url(name) for name in UNITS}


async def test_a_second_start_on_the_same_folder_is_told_who_holds_it(deployment: Deployment) -> None:
    second = Deployment(DataFolder(deployment.folder.path), port_base=None, units=UNITS)
    with pytest.raises(Conflict, match=rf"already up: .* in use by process {os.getpid()}\."):
        await second.start()
    assert deployment.pid("projects") is not None


async def test_a_taken_port_is_named(deployment: Deployment, tmp_path: Path) -> None:
    taken = int(deployment.url("projects").rpartition(":")[2])
    offset = taken - UNITS["projects"].port
    second = Deployment(DataFolder(tmp_path), port_base=8100 + offset, units={"projects": fake("projects")})
    with pytest.raises(Conflict, match=rf"port {taken} \(projects\) is taken"):
        await second.start()


async def test_nothing_is_left_after_the_block(tmp_path: Path) -> None:
    async with running_deployment(tmp_path, units=UNITS) as up:
        processes = [psutil.Process(mark.pid) for mark in up.run.processes.values()]
        assert len(processes) == 6
    assert [process for process in processes if lives(process)] == []
    with pytest.raises(NotFound, match="hiremesh up"):
        DataFolder(tmp_path).running()


async def test_a_unit_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    units: dict[str, Any] = {"projects": fake("projects", package="tests.support.no_such_unit")}
    with pytest.raises(Unavailable, match=r"projects is not ready: .*no_such_unit"):
        async with running_deployment(tmp_path, units=units):
            pass


async def test_what_a_killed_launcher_left_is_ended_by_the_next_start(tmp_path: Path) -> None:
    launcher = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ORPHANING, str(tmp_path)), stdout=asyncio.subprocess.PIPE
    )
    assert launcher.stdout is not None
    assert await launcher.stdout.readline() == b"up\n"
    left = DataFolder(tmp_path).last_run()
    assert left is not None
    os.kill(left.processes["nursery"].pid, signal.SIGSTOP)  # cannot notice that its launcher is gone
    launcher.kill()
    await launcher.wait()
    orphans = [psutil.Process(mark.pid) for mark in left.processes.values()]
    assert [orphan for orphan in orphans if not lives(orphan)] == []
    async with running_deployment(tmp_path, units=UNITS):
        assert [orphan for orphan in orphans if lives(orphan)] == []


ORPHANING = """
import asyncio, sys
from pathlib import Path
import shared.engines.postgres, shared.engines.nats, supervisor.launch.spawning
from supervisor.launch import running_deployment
from tests.integration.test_launch_deployment import UNITS
for module in (shared.engines.postgres, shared.engines.nats, supervisor.launch.spawning):
    module.ending_with_parent = lambda signal: []
async def main():
    async with running_deployment(Path(sys.argv[1]), units=UNITS):
        print("up", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""
