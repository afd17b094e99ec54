"""Subjects and their tokens. Whatever an id contains, it stays one token of a subject."""

from urllib.parse import quote, unquote

from shared.kernel.errors import InvalidInput

UI = "ui"
LIVE = "live"
UNIT = "unit"
MAX_TOKEN = 200


def token(text: str) -> str:
    """Return ``text`` as one subject token: dots, wildcards, spaces and the like become ``%XX``.

    Raises InvalidInput for an empty text or one of more than 200 characters.
    """
    if not text or len(text) > MAX_TOKEN:
        raise InvalidInput(f"a name in a subject has 1 to {MAX_TOKEN} characters.", field="subject")
    return quote(text, safe="").replace(".", "%2E")


def untoken(part: str) -> str:
    """Return what ``token`` was given."""
    return unquote(part)


def ui_subject(tenant: str, agent: str) -> str:
    """Subject of what one agent shows."""
    return f"{UI}.{token(tenant)}.{token(agent)}"


def unit_subject(tenant: str, unit: str, what: str) -> str:
    """Subject of one kind of event of a unit."""
    return f"{UNIT}.{token(tenant)}.{token(unit)}.{token(what)}"


def unit_filter(tenant: str | None, unit: str | None, what: str | None) -> str:
    """Subject that matches the unit events asked for; None matches all."""
    return ".".join([UNIT, *("*" if part is None else token(part) for part in (tenant, unit, what))])
