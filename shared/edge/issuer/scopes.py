"""Scopes are ``<unit>.<risk>``; ``*.<risk>`` stands for every unit."""

import re
from collections.abc import Iterable

_SCOPE = re.compile(r"(\*|[a-z][a-z0-9_]*)\.(read|write|contact|decide)")
_BINDING = frozenset({"contact", "decide"})
SERVICE_SCOPES = frozenset({"*.read", "*.write"})


def parse_scopes(text: str) -> frozenset[str]:
    """Return the scopes in a space-separated list. Raises ValueError naming the first that is none."""
    scopes = frozenset(text.split())
    for scope in sorted(scopes):
        if not _SCOPE.fullmatch(scope):
            raise ValueError(f"{scope[:60]!r} is not a scope; scopes look like candidates.read or *.read")
    return scopes


def covers(held: Iterable[str], scope: str) -> bool:
    """Whether ``held`` contains ``scope`` itself or its risk for every unit."""
    held = frozenset(held)
    return scope in held or f"*.{scope.partition('.')[2]}" in held


def for_audience(held: Iterable[str], audience: str) -> frozenset[str]:
    """Return what of ``held`` travels to ``audience`` on somebody's behalf.

    Reading and writing travel whole, since the unit may have to call others in turn. The right to decide
    or to contact goes to that unit alone: it must not wander on down the chain.
    """
    kept: set[str] = set()
    for scope in held:
        unit, _, risk = scope.partition(".")
        if risk not in _BINDING:
            kept.add(scope)
        elif unit in ("*", audience):
            kept.add(f"{audience}.{risk}")
    return frozenset(kept)
