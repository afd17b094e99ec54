"""Where a call goes, and the headers that every call carries."""

import hashlib
from dataclasses import dataclass

from shared.kernel.call import IDEMPOTENCY_HEADER, outgoing_idempotency_key
from shared.telemetry import inject_headers

MCP_PATH = "/mcp"
RPC_PATH = "/a2a"


@dataclass(frozen=True)
class Endpoint:
    """Where one unit's protocol is spoken, and with which token.

    Attributes:
        unit: what messages call it.
        url: of the protocol endpoint itself.
        token: the bearer token for it, or None.
        own: one of our units, whose protocol revision is known; another one's is negotiated.
        protocol_version, streaming: what an agent's card says of it.
    """

    unit: str
    url: str
    token: str | None
    own: bool = True
    protocol_version: str = ""
    streaming: bool = True


def call_headers(token: str | None, *, own: bool = True) -> dict[str, str]:
    """Return the headers of an onward call: who calls, in which trace, and which call it is.

    The call's name is made of identifiers that outsiders have no use for; they get its hash.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    inject_headers(headers)
    if key := outgoing_idempotency_key():
        headers[IDEMPOTENCY_HEADER] = key if own else hashlib.sha256(key.encode()).hexdigest()
    return headers
