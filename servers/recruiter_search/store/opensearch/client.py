"""The connection to OpenSearch, and what its failures are to callers."""

import logging
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError

from shared.kernel.errors import HiremeshError, InvalidInput, Unavailable

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
VARIABLE = "HIREMESH_SEARCH_URL"


def connected(url: str) -> AsyncOpenSearch:
    """Return a client of the nodes that ``url`` names, separated by commas; it reconnects by itself.

    Raises InvalidInput where ``url`` is none.
    """
    nodes = [node.strip() for node in url.split(",")]
    for node in nodes:
        parts = urlsplit(node)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput("this is no http or https address of OpenSearch", field=VARIABLE)
    # The system's own trust, so that SSL_CERT_FILE can name a private authority.
    trust = ssl.create_default_context() if any(node.startswith("https:") for node in nodes) else None
    return AsyncOpenSearch(
        hosts=nodes, timeout=TIMEOUT_SECONDS, max_retries=1, http_compress=True, ssl_context=trust
    )


def shown(url: str) -> str:
    """Return the addresses without what one signs in with."""
    parts = (urlsplit(node.strip()) for node in url.split(","))
    return ", ".join(f"{part.scheme}://{part.netloc.rpartition('@')[2]}{part.path}" for part in parts)


@contextmanager
def speaking_to(where: str) -> Generator[None]:
    """Turn the client's errors into ours; ``where`` is safe to show. What is not found is left to callers."""
    try:
        yield
    except NotFoundError:
        raise
    except OpenSearchException as error:
        raise _failure(error, where) from error


def _failure(error: OpenSearchException, where: str) -> HiremeshError:
    if isinstance(error, NoConnection):
        return Unavailable(f"OpenSearch at {where} does not answer", fix=f"Check {VARIABLE}.")
    status = error.status_code if isinstance(error, TransportError) else "?"
    if status in (401, 403):
        return Unavailable(f"OpenSearch at {where} refuses who we are", fix=f"Check {VARIABLE}.")
    if status == 429:
        return Unavailable(f"OpenSearch at {where} has too much to do", retry_after=1.0)
    kind = error.error if isinstance(error, TransportError) else type(error).__name__
    log.error("OpenSearch answered %s %s", status, kind)  # its reason may quote a query
    return Unavailable(f"OpenSearch at {where} failed ({status} {kind})")
