"""Reading the parameters of a token request: each is well formed, or the request is refused."""

import re
from collections.abc import Mapping
from datetime import timedelta

from shared.edge.issuer.records import MintOrder
from shared.edge.issuer.scopes import covers, parse_scopes
from shared.edge.tokens import TENANTLESS

LONGEST = timedelta(days=30)
_UNIT = re.compile(r"[a-z][a-z0-9_]{0,40}")
_SUBJECT = re.compile(r"(person|partner):[^\s:]{1,120}")
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class GrantRefused(Exception):
    """An OAuth error answer: ``code`` is one of RFC 6749's or RFC 8693's."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def audience_of(form: Mapping[str, str]) -> str:
    """Return the unit a token is for. Raises GrantRefused."""
    audience = form.get("audience", "")
    if not _UNIT.fullmatch(audience):
        raise GrantRefused("invalid_target", "audience must name a unit")
    return audience


def tenant_of(tenant: str) -> str:
    """Return a well-formed tenant. Raises GrantRefused."""
    if tenant != TENANTLESS and not _TENANT.fullmatch(tenant):
        raise GrantRefused("invalid_request", "tenant must be letters, digits, - and _")
    return tenant


def scopes_of(text: str) -> frozenset[str]:
    """Return the scopes of a request. Raises GrantRefused."""
    try:
        return parse_scopes(text)
    except ValueError as error:
        raise GrantRefused("invalid_scope", str(error)) from error


def scopes_within(most: frozenset[str], asked: str | None) -> frozenset[str]:
    """Return the scopes asked for, all of ``most`` where none are named. Raises GrantRefused above it."""
    if not asked:
        return most
    wanted = scopes_of(asked)
    beyond = sorted(scope for scope in wanted if not covers(most, scope))
    if beyond:
        raise GrantRefused("invalid_scope", f"{beyond[0]} is more than may be granted here")
    return wanted


def _seconds(text: str) -> int:
    longest = int(LONGEST.total_seconds())
    if not text.isdecimal() or not 1 <= int(text) <= longest:
        raise GrantRefused("invalid_request", f"lifetime must be between 1 and {longest} seconds")
    return int(text)


def is_unit(name: str) -> bool:
    """Return whether ``name`` is one that a unit may have."""
    return _UNIT.fullmatch(name) is not None


def order_of(form: Mapping[str, str]) -> MintOrder:
    """Return what token the operator asks for. Raises GrantRefused."""
    subject = form.get("subject", "")
    if not _SUBJECT.fullmatch(subject):
        raise GrantRefused("invalid_request", "subject must look like person:ada or partner:acme")
    audiences = form.get("audience", "").split()
    if not audiences or not all(is_unit(audience) for audience in audiences):
        raise GrantRefused("invalid_target", "audience must name one or more units")
    scopes = scopes_of(form.get("scope", ""))
    if not scopes:
        raise GrantRefused("invalid_scope", "scope is missing")
    tenant = tenant_of(form.get("tenant", ""))
    if tenant == TENANTLESS:
        raise GrantRefused("invalid_request", "tenant is missing")
    seconds = _seconds(form.get("lifetime", "3600"))
    return MintOrder(
        subject=subject, tenant=tenant, scopes=sorted(scopes), audiences=audiences, seconds=seconds
    )
