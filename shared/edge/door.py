"""The door of a unit: who are you, may you, and a line in the audit log either way.

The ASGI half refuses requests without a good bearer token (RFC 6750) and tells MCP clients where to get
one (RFC 9728). The call half asks the policy engine before a skill runs. An answer leaves only after the
decision is on record: a door that cannot write its log does not open.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.audit.entry import AuditEntry, Outcome
from shared.edge.errors import error_body, wire_of
from shared.edge.policy import Decision, PolicyEngine
from shared.kernel.errors import (
    Denied,
    HiremeshError,
    InvalidInput,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from shared.kernel.principal import Principal, acting_as
from shared.wire.planning import Risk

_PUBLIC = frozenset({"/healthz", "/readyz"})
_WELL_KNOWN = "/.well-known/"
_RESOURCE_METADATA = "/.well-known/oauth-protected-resource"
_REFUSALS_A_MINUTE = 120
_FIELD = re.compile(r"[a-z_]{1,40}(?:\.(?:\d{1,6}|[a-z_]{1,40})){0,6}")
"""A path of field names and places, such as ``people.3.resume``."""


class Verifier(Protocol):
    """Checks bearer tokens; ``shared.edge.tokens.TokenVerifier`` is the real one."""

    @property
    def issuer_url(self) -> str:
        """Where a client gets a token."""
        ...

    async def verify(self, token: str) -> Principal:
        """Return the token's principal. Raises Unauthenticated or Unavailable."""
        ...


class Audit(Protocol):
    """Takes decisions for the record; ``shared.audit.log.AuditLog`` is the real one."""

    async def record(self, entry: AuditEntry) -> None:
        """Return once the entry is durable. Raises Unavailable when it cannot be written."""
        ...


class Door:
    """Authenticates requests, decides about calls and records both.

    Args:
        unit: the unit's name, which is also the token audience.
        verifier: turns bearer tokens into principals.
        policy: decides.
        audit: records.
        public_url: how clients reach this unit; the resource identifier in the published metadata.
    """

    def __init__(
        self, unit: str, verifier: Verifier, policy: PolicyEngine, audit: Audit, *, public_url: str
    ) -> None:
        self.unit = unit
        self.public_url = public_url.rstrip("/")
        self._verifier = verifier
        self._policy = policy
        self._audit = audit
        self._unknown_callers = _Meter(_REFUSALS_A_MINUTE)

    def guard(self, app: ASGIApp) -> ASGIApp:
        """Wrap ``app``: requests need a good token, except for health and public cards.

        The caller is in ``scope["state"]["principal"]`` and is ``current_principal()`` inside.
        """

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                await app(scope, receive, send)
            elif scope["type"] != "http":
                await _close_websocket(scope, send)
            elif scope["path"].startswith(_RESOURCE_METADATA):
                await JSONResponse(self.resource_metadata())(scope, receive, send)
            elif scope["path"] in _PUBLIC or scope["path"].startswith(_WELL_KNOWN):
                await app(scope, receive, send)
            else:
                await self._enter(app, scope, receive, send)

        return guarded

    def resource_metadata(self) -> dict[str, object]:
        """Return the protected resource metadata of RFC 9728 for this unit."""
        return {
            "resource": self.public_url,
            "authorization_servers": [self._verifier.issuer_url],
            "bearer_methods_supported": ["header"],
            "scopes_supported": [f"{self.unit}.{risk}" for risk in ("read", "write", "contact", "decide")],
        }

    async def authorise(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, approved: bool = False
    ) -> None:
        """Return if ``principal`` may use ``skill``; the decision is on record by then.

        ``approved``: the call carries an approval, which the skill itself checks and uses up. Raises
        Denied with the policy's reason, Unavailable when the audit log cannot be written.
        """
        async with self.admitted(principal, unit=unit, skill=skill, risk=risk, approved=approved):
            pass

    @asynccontextmanager
    async def admitted(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, approved: bool = False
    ) -> AsyncGenerator[None]:
        """Like ``authorise``, around the call: when it is left the decision is on record.

        What only reads begins while that is written, since nothing of it is out before; anything else
        begins after it.
        """
        decision = self._policy.decide(principal, unit, skill, risk, approved=approved)
        recorded = asyncio.ensure_future(self._audit.record(_entry(principal, unit, skill, risk, decision)))
        if risk != "read" or not decision.allowed:
            await recorded
        if not decision.allowed:
            raise Denied(decision.reason, fix=decision.fix)
        try:
            yield
        finally:
            await recorded

    async def refused(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, error: NotFound | InvalidInput
    ) -> None:
        """Record that a permitted call named something that is not in the caller's tenant, or sent what cannot work.

        Of what was sent nothing is on record but the name of the field at fault.
        """
        missing = isinstance(error, NotFound)
        field = error.field or ""
        await self._audit.record(
            AuditEntry(
                tenant=principal.tenant,
                subject=principal.subject,
                actor=principal.actor,
                unit=unit,
                skill=skill,
                risk=risk,
                outcome="not_found" if missing else "invalid_input",
                reason="not in the caller's tenant" if missing else "what was sent cannot work",
                detail={"field": field} if _FIELD.fullmatch(field) else {},
            )
        )

    async def _enter(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            principal = await self._verifier.verify(_bearer(request))
        except Unauthenticated as error:
            response = await self._turn_away(request, error)
            await response(scope, receive, send)
            return
        except Unavailable as error:
            await _problem(error)(scope, receive, send)
            return
        scope.setdefault("state", {})["principal"] = principal
        with acting_as(principal):
            await app(scope, receive, send)

    async def _turn_away(self, request: Request, error: Unauthenticated) -> Response:
        """Record a refusal and word it. A flood of them is counted, not written line by line."""
        if not self._unknown_callers.take():
            return _problem(RateLimited("too many calls without a good token", retry_after=60.0))
        detail: dict[str, str | int] = {"path": request.url.path[:200]}
        if self._unknown_callers.left_out:
            detail["left_out"] = self._unknown_callers.counted()
        outcome: Outcome = "unauthenticated"
        try:
            await self._audit.record(
                AuditEntry(unit=self.unit, outcome=outcome, reason=error.message, detail=detail)
            )
        except Unavailable as unavailable:
            return _problem(unavailable)
        challenge = f'Bearer resource_metadata="{self.public_url}{_RESOURCE_METADATA}"'
        if "authorization" in request.headers:  # a call without any token has made no error yet
            said = error.message.replace('"', "'")
            challenge += f', error="invalid_token", error_description="{said}"'
        return _problem(error, {"WWW-Authenticate": challenge})


class _Meter:
    """Lets a bounded number through per minute and counts the rest."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._since = time.monotonic()
        self._taken = 0
        self.left_out = 0

    def take(self) -> bool:
        now = time.monotonic()
        if now - self._since >= 60.0:
            self._since, self._taken = now, 0
        if self._taken >= self._a_minute:
            self.left_out += 1
            return False
        self._taken += 1
        return True

    def counted(self) -> int:
        counted, self.left_out = self.left_out, 0
        return counted


def _entry(principal: Principal, unit: str, skill: str, risk: Risk, decision: Decision) -> AuditEntry:
    return AuditEntry(
        tenant=principal.tenant,
        subject=principal.subject,
        actor=principal.actor,
        unit=unit,
        skill=skill,
        risk=risk,
        outcome="allowed" if decision.allowed else "denied",
        reason=decision.reason,
        policies=decision.policies,
    )


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("no bearer token was sent", fix="Send Authorization: Bearer <token>.")
    return token.strip()


def _problem(error: HiremeshError, headers: dict[str, str] | None = None) -> JSONResponse:
    if error.retry_after is not None:
        headers = {**(headers or {}), "Retry-After": str(int(error.retry_after))}
    return JSONResponse({"error": error_body(error)}, wire_of(error).http, headers)


async def _close_websocket(scope: Scope, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008, "reason": f"{scope['type']} is not served here"})
