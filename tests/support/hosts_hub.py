"""A network of its own with two hosts on it: ``python -m tests.support.hosts_hub SOCKET LISTENERS``.

Run in a network namespace, it makes one more for each host, joined to this one by a cable, and listens for
each so many times at this end of the cable. It sends over the inherited ``SOCKET`` where the hosts are, and
the listening sockets with it; then it pulls a cable out or puts it back in as it is told, until the other
end hangs up.
"""

import json
import socket
import subprocess
import sys
from contextlib import ExitStack

HOSTS = 2
# Addresses for documentation: they exist nowhere but on these cables.
HUB, HOST, WIDTH = "192.0.2.{}", "192.0.2.{}", 30


def ip(*words: str, inside: int | None = None) -> None:
    """Run ``ip`` in this network, or in that of a process."""
    where = ["nsenter", f"--target={inside}", "--net"] if inside else []
    subprocess.run([*where, "ip", *words], check=True)


def make_host(number: int, stack: ExitStack) -> int:
    """Return a process in whose network the host is."""
    command = ["setpriv", "--pdeathsig=KILL", "unshare", "--net", "sh", "-c", "echo; exec sleep infinity"]
    process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
    stack.callback(process.kill)
    assert process.stdout is not None
    process.stdout.readline()
    ip("link", "add", f"cable{number}", "type", "veth", "peer", "name", "eth0", "netns", str(process.pid))
    ip("address", "add", f"{HUB.format(4 * number + 1)}/{WIDTH}", "dev", f"cable{number}")
    ip("link", "set", f"cable{number}", "up")
    ip("address", "add", f"{HOST.format(4 * number + 2)}/{WIDTH}", "dev", "eth0", inside=process.pid)
    for device in ("lo", "eth0"):
        ip("link", "set", device, "up", inside=process.pid)
    return process.pid


def main(descriptor: int, listeners: int) -> None:
    """Serve until the other end of the socket is closed."""
    with ExitStack() as stack, socket.socket(fileno=descriptor) as told:
        pids = [make_host(number, stack) for number in range(HOSTS)]
        listening = [
            stack.enter_context(socket.create_server((HUB.format(4 * number + 1), 0)))
            for number in range(HOSTS)
            for _ in range(listeners)
        ]
        socket.send_fds(told, [json.dumps(pids).encode()], [each.fileno() for each in listening])
        while words := told.recv(100).decode().split():
            number, state = words
            ip("link", "set", f"cable{number}", state)
            told.send(b"done")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
