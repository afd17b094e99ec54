"""A posting as an importer hands it over."""

from dataclasses import dataclass, field
from typing import Any, cast

from servers.jobs.core.models import PostingOrigin
from shared.documents import read_document
from shared.kernel.errors import InvalidInput


@dataclass(slots=True)
class Draft:
    """What an importer found in one record."""

    title: str
    text: str
    origin: PostingOrigin = "text"
    employer: str | None = None
    location: str | None = None
    employment_type: str | None = None
    salary: str | None = None
    url: str | None = None
    valid_through: str | None = None
    ref: str = ""
    flags: list[str] = field(default_factory=list[str])


def words(value: Any) -> str | None:
    """Return a value as trimmed text; None for nothing."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip() or None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def listed(value: Any) -> list[Any]:
    """Return a list; a lone value is a list of one, nothing an empty one."""
    if value is None:
        return []
    return cast(list[Any], value) if isinstance(value, list) else [value]


def record(value: Any) -> dict[str, Any]:
    """Return a value if it is an object, else an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def from_html(markup: str | None, field_name: str) -> tuple[str, list[str]]:
    """Return the visible text of a description and the flags it calls for. Raises InvalidInput if empty."""
    if not markup:
        raise InvalidInput("the posting has no description.", field=field_name, fix="Add one.")
    if "<" not in markup:
        return markup, []
    document = read_document("description.html", markup.encode("utf-8", "ignore"))
    return document.text, ["hidden_text"] if document.hidden else []
