"""Identifiers: a short prefix that says what it is, and a time-ordered UUIDv7."""

from uuid_utils import uuid7


def new_id(prefix: str) -> str:
    """Return a new identifier such as ``cand_0197c3…``; ids of one prefix sort by creation time."""
    return f"{prefix}_{uuid7().hex}"
