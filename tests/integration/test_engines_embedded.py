"""The embedded engines survive what people and kernels do to them."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nats as client
import psutil
import psycopg
import pytest

from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.engines.process import OwnedFolder, lives
from shared.kernel.errors import Conflict

LAUNCHER = """
import sys, signal
from pathlib import Path
from shared.engines import {engine}
server = {engine}(Path(sys.argv[1]))
{patch}
server.start()
print(server.process.pid, server.url, flush=True)
signal.pause()
"""
ORPHANING = "import shared.engines.{module} as engine; engine.ending_with_parent = lambda signal: []"


def launch(engine: str, folder: Path, *, patch: str = "") -> tuple[subprocess.Popen[str], int, str]:
    """Run an engine under another launcher; returns the launcher, the engine's pid and its URL."""
    source = LAUNCHER.format(engine=engine, patch=patch)
    command = [sys.executable, "-c", source, str(folder)]
    launcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    pid, url = launcher.stdout.readline().split()
    return launcher, int(pid), url


def kill(launcher: subprocess.Popen[str]) -> None:
    launcher.kill()
    launcher.communicate()


def write_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (what text)")
        connection.execute("insert into kept values ('committed')")


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        [count] = connection.execute("select count(*) from kept").fetchone() or (0,)
        return count


def test_postgres_serves_with_a_password_on_loopback_only(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        shown = connection.execute(
            "select current_setting('fsync'), current_setting('synchronous_commit'), "
            "current_setting('listen_addresses'), current_setting('unix_socket_directories')"
        ).fetchone()
    assert shown == ("on", "on", "127.0.0.1", "")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://hiremesh:wrong@127.0.0.1:{postgres.port}/postgres")


def test_postgres_keeps_port_password_and_data_across_restarts(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as first:
        write_row(first.url)
    with EmbeddedPostgres(tmp_path) as second:
        assert second.url == first.url
        assert rows(second.url) == 1


def test_postgres_works_below_a_folder_that_only_its_owner_may_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "data") as server:
        write_row(server.url)
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("engine", [EmbeddedPostgres, EmbeddedNats])
def test_a_second_launcher_on_the_same_folder_is_told_who_holds_it(
    engine: type[EmbeddedPostgres] | type[EmbeddedNats], tmp_path: Path
) -> None:
    with engine(tmp_path), pytest.raises(Conflict, match=f"in use by process {os.getpid()}"):
        engine(tmp_path).start()


@pytest.mark.parametrize("engine", ["EmbeddedPostgres", "EmbeddedNats"])
def test_an_engine_ends_with_its_killed_launcher(engine: str, tmp_path: Path) -> None:
    launcher, pid, _ = launch(engine, tmp_path)
    server = psutil.Process(pid)
    kill(launcher)
    server.wait(timeout=30)
    assert not lives(server)


def test_an_orphaned_postgres_is_ended_and_its_data_kept(tmp_path: Path) -> None:
    launcher, pid, url = launch("EmbeddedPostgres", tmp_path, patch=ORPHANING.format(module="postgres"))
    write_row(url)
    kill(launcher)
    orphan = psutil.Process(pid)
    assert lives(orphan)
    with EmbeddedPostgres(tmp_path) as server:
        assert not lives(orphan)
        assert rows(server.url) == 1


def test_an_orphaned_nats_is_ended(tmp_path: Path) -> None:
    launcher, pid, _ = launch("EmbeddedNats", tmp_path, patch=ORPHANING.format(module="nats"))
    kill(launcher)
    orphan = psutil.Process(pid)
    assert lives(orphan)
    with EmbeddedNats(tmp_path):
        assert not lives(orphan)


def test_postgres_recovers_from_a_killed_postmaster_with_backends_left(tmp_path: Path) -> None:
    launcher, pid, url = launch("EmbeddedPostgres", tmp_path)
    write_row(url)
    backends = psutil.Process(pid).children()
    frozen = backends[0]
    frozen.send_signal(signal.SIGSTOP)  # cannot notice that its postmaster is gone
    os.kill(pid, signal.SIGKILL)
    kill(launcher)
    with EmbeddedPostgres(tmp_path) as server:
        assert rows(server.url) == 1
        assert not lives(frozen)


def test_a_stale_pid_file_naming_an_unrelated_process_is_no_obstacle(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as first:
        write_row(first.url)
        stale = (tmp_path / "cluster" / "postmaster.pid").read_text()
    stale = stale.replace(stale.split("\n", 1)[0], str(os.getppid()), 1)
    (tmp_path / "cluster" / "postmaster.pid").write_text(stale)
    with EmbeddedPostgres(tmp_path) as second:
        assert rows(second.url) == 1
    assert psutil.pid_exists(os.getppid())


def test_a_folder_removed_and_made_anew_is_not_ours_any_more(tmp_path: Path) -> None:
    folder, successor = OwnedFolder(tmp_path / "data"), OwnedFolder(tmp_path / "data")
    folder.claim()
    assert folder.is_ours()
    shutil.rmtree(tmp_path / "data")
    assert not folder.is_ours()
    successor.claim()
    assert successor.is_ours()
    assert not folder.is_ours()
    folder.release()
    successor.release()


def test_an_interrupted_initdb_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "cluster.new").mkdir()
    (tmp_path / "cluster.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path) as server:
        write_row(server.url)


def test_a_port_taken_meanwhile_is_replaced(tmp_path: Path, nats: EmbeddedNats) -> None:
    taken = nats.url.rsplit(":", 1)[1]
    (tmp_path / "port").write_text(taken)
    with EmbeddedPostgres(tmp_path) as server:
        assert str(server.port) != taken
        write_row(server.url)


async def test_nats_keeps_streams(nats: EmbeddedNats) -> None:
    async with await client.connect(nats.url) as connection:
        account = await connection.jetstream().account_info()
    assert account.limits.max_storage != 0


async def test_nats_refuses_a_wrong_token(nats: EmbeddedNats) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(nats.url.rpartition(":")[2]))
    writer.write(b'CONNECT {"auth_token": "wrong"}\r\nPING\r\n')
    assert (await reader.readline()).startswith(b"INFO ")
    assert await reader.readline() == b"-ERR 'Authorization Violation'\r\n"
    writer.close()
    await writer.wait_closed()
