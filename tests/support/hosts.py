"""Two hosts with addresses of their own, from which the engines are reached, and which can be cut off."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from tests.support.hosts_hub import HOSTS
from tests.support.lines import Line

OWN_NETWORK = ["unshare", "--user", "--map-root-user", "--net"]
ADDRESSES = [f"127.0.0.{n + 2}" for n in range(HOSTS)]


class Host(Protocol):
    """Where processes may run. ``urls`` are the engines' as they read there, ``prefix`` starts a command there."""

    urls: list[str]
    prefix: list[str]

    def cut(self) -> None:
        """Let nothing pass either way, and hang up on nobody."""
        ...

    def mend(self) -> None:
        """Let it pass again."""
        ...


@dataclass
class AddressOnly:
    """A host that is no more than an address of this one, and the relays there."""

    lines: list[Line]
    urls: list[str]
    prefix: list[str]

    def cut(self) -> None:
        for line in self.lines:
            line.cut()

    def mend(self) -> None:
        for line in self.lines:
            line.mend()


@dataclass
class Namespace:
    """A network namespace, joined by a cable to that of the hub, where relays listen."""

    hub: socket.socket
    number: int
    urls: list[str]
    prefix: list[str]

    def cut(self) -> None:
        self._set("down")

    def mend(self) -> None:
        self._set("up")

    def _set(self, state: str) -> None:
        self.hub.send(f"{self.number} {state}".encode())
        assert self.hub.recv(4) == b"done"


def namespaces_are_permitted() -> bool:
    """Say whether this user may make a network with cables here."""
    probe = [*OWN_NETWORK, "ip", "link", "add", "cable", "type", "veth", "peer", "name", "end"]
    needed = ("unshare", "nsenter", "setpriv", "ip")
    return all(map(shutil.which, needed)) and subprocess.run(probe, capture_output=True).returncode == 0


@contextmanager
def hub(listeners: int) -> Generator[tuple[socket.socket, list[int], list[socket.socket]]]:
    """Start a network with two hosts; yields who takes orders, a process on each host, and what listens to each."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    module = [sys.executable, "-m", "tests.support.hosts_hub", str(there.fileno()), str(listeners)]
    with subprocess.Popen([*OWN_NETWORK, *module], pass_fds=[there.fileno()]), here:
        there.close()
        told, descriptors, _, _ = socket.recv_fds(here, 1_000, HOSTS * listeners)
        yield here, json.loads(told), [socket.socket(fileno=each) for each in descriptors]


@asynccontextmanager
async def two_hosts(targets: Sequence[str], *, namespaces: bool) -> AsyncGenerator[list[Host]]:
    """Lend two hosts from which the engines at ``targets`` can be reached."""
    async with AsyncExitStack() as stack:
        if namespaces:
            yield await in_namespaces(targets, stack)
        else:
            yield await at_addresses(targets, stack)


async def at_addresses(targets: Sequence[str], stack: AsyncExitStack) -> list[Host]:
    hosts: list[Host] = []
    for address in ADDRESSES:
        lines = [Line(target, socket.create_server((address, 0))) for target in targets]
        hosts.append(AddressOnly(lines, [await stack.enter_async_context(line) for line in lines], []))
    return hosts


async def in_namespaces(targets: Sequence[str], stack: AsyncExitStack) -> list[Host]:
    told, pids, sockets = stack.enter_context(hub(len(targets)))
    hosts: list[Host] = []
    for number, pid in enumerate(pids):
        mine = sockets[number * len(targets) :]
        lines = [Line(target, listening) for target, listening in zip(targets, mine, strict=False)]
        urls = [await stack.enter_async_context(line) for line in lines]
        enter = ["nsenter", f"--target={pid}", "--user", "--preserve-credentials", "--net"]
        hosts.append(Namespace(told, number, urls, enter))
    return hosts
