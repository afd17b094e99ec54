"""Child processes that end with their parent, and the folder each of them owns."""

import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from shared.kernel.errors import Conflict, Unavailable

POLL_SECONDS = 0.01


class OwnedFolder:
    """A folder (mode 0700) that one process at a time may work in.

    The lock is an ``flock``: it goes with its holder, also after kill -9, and no child inherits it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    def claim(self) -> None:
        """Take the lock. Raises Conflict, with the holder's pid, when another launcher has it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 32).decode().strip() or "unknown"
            os.close(lock)
            raise Conflict(
                f"{self.path} is in use by process {holder}.",
                fix="Stop that process first, or choose another data folder.",
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    def is_ours(self) -> bool:
        """Say whether we hold the lock and the folder is still the one we locked."""
        try:
            found = (self.path / "lock").stat()
        except FileNotFoundError:
            return False
        return self._lock is not None and os.path.samestat(found, os.fstat(self._lock))

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remembered(self, name: str, make: Callable[[], str]) -> str:
        """Return the text kept in file ``name`` (mode 0600), making and keeping it the first time."""
        path = self.path / name
        if not path.exists():
            self.remember(name, make())
        return path.read_text().strip()

    def remember(self, name: str, text: str) -> None:
        """Keep ``text`` in file ``name`` (mode 0600), whole or not at all."""
        fresh = self.path / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / name)

    def secret(self, name: str) -> str:
        """Return the random secret kept in file ``name``."""
        return self.remembered(name, lambda: secrets.token_urlsafe(24))

    def port(self) -> int:
        """Return the port this folder uses: the same each time as long as nobody else took it."""
        port = int(self.remembered("port", lambda: str(free_port())))
        if not is_free(port):
            port = free_port()
            self.remember("port", str(port))
        return port


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that nobody listens on now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return so many different ports on 127.0.0.1 that nobody listens on now.

    Each has carried a connection, which the kernel remembers for a minute: so long it gives the port to nobody who
    asks for any, another caller of this among them, but to who asks for this one.
    """
    with ExitStack() as probes:
        held = [probes.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        for probe in held:
            with socket.create_connection(probe.getsockname()):
                probe.accept()[0].close()  # who closes first is who has to remember
        return [probe.getsockname()[1] for probe in held]


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether ``port`` can be listened on. Raises OSError for a ``host`` that is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return False
        raise
    return True


def ending_with_parent(sig: signal.Signals) -> list[str]:
    """Return the command prefix that has the kernel send ``sig`` when the parent dies.

    Empty where ``setpriv`` (util-linux) is missing; the next start then ends the orphan.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", sig.name.removeprefix("SIG")] if setpriv else []


def spawn(
    command: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, so that a terminal's Ctrl-C reaches only the launcher.

    Output is appended to ``log`` (mode 0600). Call it from the main thread: a parent-death signal
    is sent when the *thread* that started the child ends.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=env,
            cwd=cwd,
        )
    finally:
        os.close(descriptor)


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path, seconds: float
) -> None:
    """Return once ``ready()``. Raises Unavailable with the log's last lines if the process ends or stalls."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise Unavailable(f"{name} ended while starting (exit {process.returncode}): {tail(log)}")
        if time.monotonic() > deadline:
            raise Unavailable(f"{name} was not ready within {seconds:.0f} s: {tail(log)}")
        time.sleep(POLL_SECONDS)


def tail(log: Path, lines: int = 5) -> str:
    """Return the last lines of a log on one line."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return " | ".join(text.splitlines()[-lines:]) or "its log is empty"


def lives(process: psutil.Process) -> bool:
    """Say whether a process still runs. One that only waits to be reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(processes: Iterable[psutil.Process], sig: signal.Signals, grace: float) -> None:
    """Ask with ``sig``, wait ``grace`` seconds, then SIGKILL what is left. Reused pids are left alone."""
    alive = [process for process in processes if lives(process)]
    for each in (sig, signal.SIGKILL):
        for process in alive:
            _send(process, each)
        deadline = time.monotonic() + grace
        while alive and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            alive = [process for process in alive if lives(process)]


def end_child(process: subprocess.Popen[bytes], sig: signal.Signals, grace: float) -> None:
    """The same for a child of this process, which is also reaped."""
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _send(process: psutil.Process, sig: signal.Signals) -> None:
    try:
        process.send_signal(sig)
    except psutil.NoSuchProcess:
        return  # it ended by itself meanwhile
