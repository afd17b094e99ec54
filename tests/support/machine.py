"""Engines on a small disk of their own, kept up as the launcher keeps them, to be killed and filled."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

SIZE = "320m"
NAMESPACES = (["unshare", "--user", "--map-root-user", "--mount"], ["unshare", "--mount"])


class Machine:
    """The engines' URLs, and what can be done to them. ``means`` says what a full disk is here."""

    def __init__(self, folder: Path) -> None:
        prefix = mounting(folder)
        how = f"a file system of {SIZE} that is full" if prefix else "no file grows beyond 18 MB"
        self.means = f"A full disk was shown by: {how}."
        module = "tests.support.machine_engines"
        engines = [sys.executable, "-m", module, str(folder)]
        command = [*prefix, *engines, SIZE] if prefix else engines
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url, self.nats_url = json.loads(self._answer())

    def url_for(self, database: str) -> str:
        """Return the superuser's URL of another database."""
        return f"{self.url.rpartition('/')[0]}/{database}"

    def kill(self, engine: str) -> None:
        """SIGKILL an engine, and return once the launcher says that it runs again, or that it cannot."""
        self._tell(f"kill {engine}")

    def fill(self) -> None:
        """Leave no space."""
        self._tell("fill")

    def end_log(self) -> None:
        """Have PostgreSQL's log need another file while there is no space for it: the server ends."""
        self._tell("end_log")

    def free(self) -> None:
        """Make space again."""
        self._tell("free")

    def stop(self) -> None:
        self._process.communicate()

    def _tell(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._answer() == "done\n"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def mounting(folder: Path) -> list[str] | None:
    """Return the command prefix under which a file system may be mounted, None where it may not be at all."""
    for prefix in NAMESPACES:
        probe = [*prefix, "mount", "-t", "tmpfs", "none", str(folder)]
        if shutil.which(prefix[0]) and subprocess.run(probe, capture_output=True).returncode == 0:
            return prefix
    return None
