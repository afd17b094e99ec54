"""The headers that every call between units carries."""

from shared.kernel.call import IDEMPOTENCY_HEADER, outgoing_idempotency_key
from shared.telemetry import inject_headers


def call_headers(token: str) -> dict[str, str]:
    """Return the headers of an onward call: who calls, in which trace, and which call it is."""
    headers = {"Authorization": f"Bearer {token}"}
    inject_headers(headers)
    if key := outgoing_idempotency_key():
        headers[IDEMPOTENCY_HEADER] = key
    return headers
