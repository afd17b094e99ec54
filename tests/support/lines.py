"""Lines between processes and the engines, which can be cut."""

import asyncio
import socket
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit


class Line:
    """A relay from a socket that listens to a server. Cut, it carries nothing either way and hangs up on nobody."""

    def __init__(self, target: str, listening: socket.socket) -> None:
        self._target = urlsplit(target)
        self._listening = listening
        self._open = asyncio.Event()
        self._open.set()
        self._pumps: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> str:
        """Listen; returns the target's URL as it reads at the socket's address."""
        self._server = await asyncio.start_server(self._connected, sock=self._listening)
        host, port = self._listening.getsockname()
        sign_in = self._target.netloc.rpartition("@")[0]
        return urlunsplit(self._target._replace(netloc=f"{sign_in}@{host}:{port}"))

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def cut(self) -> None:
        """Carry nothing from now on."""
        self._open.clear()

    def mend(self) -> None:
        """Carry on, with what was sent meanwhile first."""
        self._open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(self._target.hostname, self._target.port)
        for source, sink in ((reader, there[1]), (there[0], writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while data := await source.read(65_536):
                    await self._open.wait()
                    sink.write(data)
                    await sink.drain()
        finally:
            sink.close()
