"""The NATS servers that a URL names, and how to sign in to them."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from nats.aio.client import Client

from shared.kernel.errors import InvalidInput

REPLICAS = 3
FORM = (
    "Give nats://token@host:4222 or nats://user:password@host:4222, several of a cluster separated by commas."
)


@dataclass(frozen=True)
class Servers:
    """Servers of one cluster, or the only one.

    Attributes:
        urls: where to connect, in any order.
        user, password, token: how to sign in, to servers that the cluster tells of as well: their addresses
            come without credentials.
    """

    urls: list[str]
    user: str | None
    password: str | None
    token: str | None

    @classmethod
    def of(cls, setting: str) -> Self:
        """Read ``HIREMESH_NATS_URL``. Raises InvalidInput without quoting it: it holds a secret."""
        urls = [url.strip() for url in setting.split(",") if url.strip()]
        try:
            hosts = [(parts.hostname, parts.port) for parts in map(urlsplit, urls)]
        except ValueError:  # a port that is no number
            hosts = []
        if not hosts or not all(host for host, _ in hosts):
            raise InvalidInput("this is no URL of a NATS server.", field="HIREMESH_NATS_URL", fix=FORM)
        parts = urlsplit(urls[0])
        if parts.password is None:
            return cls(urls, None, None, parts.username)
        return cls(urls, parts.username, parts.password, None)

    def replicas(self, client: Client) -> int:
        """Return on how many servers a stream should lie: three of a cluster that has as many, else one."""
        return REPLICAS if max(len(self.urls), len(client.discovered_servers)) >= REPLICAS else 1
