"""PostgreSQL and NATS as the launcher keeps them: ``python -m tests.support.machine_engines FOLDER SIZE``.

The folder becomes a file system of that size; without one, something else stands in for a full disk. Prints the
engines' URLs, then does what standard input says, a word a line, and answers ``done``.
"""

import asyncio
import json
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from supervisor.launch import engines
from supervisor.launch.folder import DataFolder

LARGEST_FILE = 18_000_000  # more than a file of PostgreSQL's log, which is written whole at once
WATCH_SECONDS = 0.1


class OwnDisk:
    """A file system that only this process and its children see, and that ends with them."""

    def __init__(self, folder: Path, size: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", folder], check=True)
        self._ballast = folder / "ballast"

    def fill(self, postgres: int) -> None:
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 12))

    def free(self, postgres: int) -> None:
        self._ballast.unlink()

    def end_log(self, postgres: int, url: str) -> None:
        """Have it begin files until there is no space for the next, which ends the server."""
        with suppress(psutil.NoSuchProcess):
            while psutil.Process(postgres).status() != psutil.STATUS_ZOMBIE:
                with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
                    connection.execute("select pg_switch_wal(), pg_current_xact_id()")


class LimitedFiles:
    """What stands in for a full disk where none may be mounted: no file of PostgreSQL's grows any more."""

    def fill(self, postgres: int) -> None:
        self._limit(postgres, LARGEST_FILE)

    def free(self, postgres: int) -> None:
        self._limit(postgres, resource.RLIM_INFINITY)

    def end_log(self, postgres: int, url: str) -> None:
        psutil.Process(postgres).kill()

    def _limit(self, postgres: int, size: int) -> None:
        with suppress(psutil.NoSuchProcess):  # one that ended has no limit, and what comes after it neither
            for process in (server := psutil.Process(postgres), *server.children()):
                with suppress(psutil.NoSuchProcess):
                    process.rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Keeper:
    """The launcher's watch over the engines, and the disk that they are on."""

    def __init__(self, folder: Path, disk: OwnDisk | LimitedFiles) -> None:
        engines.WATCH_SECONDS = WATCH_SECONDS
        data = DataFolder(folder)
        data.owned.claim()
        self._disk = disk
        self._pids: dict[str, int] = {}
        self._said: asyncio.Queue[str] = asyncio.Queue()
        self.engines = engines.Engines(data, self._pids.__setitem__, self._said.put_nowait)

    async def kill(self, engine: str) -> None:
        while not self._said.empty():
            self._said.get_nowait()
        psutil.Process(self._pids[engine]).kill()
        while not (await self._said.get()).startswith(engine):
            continue

    async def fill(self) -> None:
        await asyncio.to_thread(self._disk.fill, self._pids["postgres"])

    async def free(self) -> None:
        self._disk.free(self._pids["postgres"])

    async def end_log(self) -> None:
        await asyncio.to_thread(self._disk.end_log, self._pids["postgres"], self.engines.postgres_url)


async def main(folder: str, size: str = "") -> None:
    """Serve until standard input ends."""
    keeper = Keeper(Path(folder), OwnDisk(Path(folder), size) if size else LimitedFiles())
    keeper.engines.start()
    print(json.dumps([keeper.engines.postgres_url, keeper.engines.nats_url]), flush=True)
    told = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    async for line in told:
        what, *names = line.decode().split()
        await getattr(keeper, what)(*names)
        print("done", flush=True)
    keeper.engines.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
