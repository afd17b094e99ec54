"""Connections that leave the installation: to public addresses only, and never more than a bounded answer."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import httpx
import httpx2

from shared.kernel.errors import Denied, InvalidInput, Unavailable

MAX_ANSWER_BYTES = 8 * 1024 * 1024
RESOLVE_SECONDS = 5.0


class OutsideTransport(httpx.AsyncBaseTransport, httpx2.AsyncBaseTransport):
    """A transport for both HTTP libraries that looks at where each request really goes.

    A name is resolved once, its addresses are judged, and the connection goes to the judged address: a
    name that changes its mind in between gains nothing. Each host has its own pool, since a connection
    was verified for one host only.

    Args:
        pool: makes the transport of one host (of ``httpx`` or ``httpx2``, like the client above).
        allow_private: whether loopback and private networks may be reached, then also by plain HTTP.
    """

    def __init__(self, pool: Callable[[], Any], *, allow_private: bool = False) -> None:
        self._pool = pool
        self._allow_private = allow_private
        self._pools: dict[str, Any] = {}

    async def handle_async_request(self, request: Any) -> Any:
        """Send to a judged address. Raises Denied, Unavailable, InvalidInput for an answer that is too large."""
        host, scheme = request.url.host, request.url.scheme
        port = request.url.port or (443 if scheme == "https" else 80)
        address = await self._address(host, port, scheme)
        request.url = request.url.copy_with(host=address)  # the Host header stays
        request.headers["Accept-Encoding"] = "identity"  # what is counted is what is read
        request.extensions = {**request.extensions, "sni_hostname": host}
        if host not in self._pools:
            self._pools[host] = self._pool()
        response = await self._pools[host].handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise InvalidInput("the other side sends compressed answers unasked")
        response.stream = _Counted(response.stream)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()

    async def _address(self, host: str, port: int, scheme: str) -> str:
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError):
            raise Unavailable(f"{host} cannot be resolved", retry_after=5.0) from None
        addresses = [ip_address(entry[4][0]) for entry in found]
        for address in addresses:
            self._judge(host, address, scheme)
        return str(addresses[0])

    def _judge(self, host: str, address: IPv4Address | IPv6Address, scheme: str) -> None:
        inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        judged = inner or address
        public = judged.is_global and not judged.is_multicast
        if not public and (judged.is_link_local or not self._allow_private):
            raise Denied(
                f"{host} is not a public address",
                fix="Partners on private networks need HIREMESH_PARTNERS_ON_PRIVATE_NETWORKS=true.",
            )
        if public and scheme != "https":
            raise Denied(f"{host} is reached by https only")


class _Counted(httpx.AsyncByteStream, httpx2.AsyncByteStream):
    """A response's body that ends with an error once it is too long."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        read = 0
        async for chunk in self._stream:
            read += len(chunk)
            if read > MAX_ANSWER_BYTES:
                raise InvalidInput(f"the other side answers with more than {MAX_ANSWER_BYTES >> 20} MB")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
