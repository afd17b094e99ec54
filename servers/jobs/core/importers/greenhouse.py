"""Greenhouse Job Board API: the answers of ``GET /jobs?content=true`` and ``GET /jobs/{id}``."""

import html

from servers.jobs.core.importers.drafts import Draft, from_html, listed, record, words
from servers.jobs.core.models import JsonObject
from shared.kernel.errors import InvalidInput

KNOWN_FIELDS = frozenset(
    {
        "id", "internal_job_id", "title", "updated_at", "first_published", "requisition_id", "location",
        "absolute_url", "language", "content", "departments", "offices", "metadata", "pay_input_ranges",
        "company_name",
    }
)  # fmt: skip


def is_greenhouse_job(item: JsonObject) -> bool:
    """Tell whether a JSON object has the shape of a Job Board post."""
    return "title" in item and "absolute_url" in item and "id" in item


def read_greenhouse(item: JsonObject) -> Draft:
    """Return the posting of one Job Board post. Raises InvalidInput without title or content."""
    title = words(item.get("title"))
    if title is None:
        raise InvalidInput("the posting has no title.", field="title", fix="Add one.")
    content = words(item.get("content"))
    if content is None:
        raise InvalidInput(
            "the posting has no content.", field="content", fix="Fetch the board with content=true."
        )
    # The API gives HTML with its markup escaped, sometimes twice.
    markup = html.unescape(content)
    markup = html.unescape(markup) if "&lt;" in markup else markup
    text, flags = from_html(markup, "content")
    return Draft(
        title=title,
        text="\n\n".join([text, *_facts(item)]),
        origin="greenhouse",
        employer=words(item.get("company_name")),
        location=words(record(item.get("location")).get("name")) or _offices(item),
        salary=_salary(item),
        url=words(item.get("absolute_url")),
        ref=words(item.get("id")) or "",
        flags=flags,
    )


def _offices(item: JsonObject) -> str | None:
    names = [
        words(record(o).get("location")) or words(record(o).get("name")) for o in listed(item.get("offices"))
    ]
    return "; ".join(dict.fromkeys(filter(None, names))) or None


def _facts(item: JsonObject) -> list[str]:
    """Return departments and custom fields as lines; they may hold what the role asks for."""
    lines: list[str] = []
    departments = [words(record(d).get("name")) for d in listed(item.get("departments"))]
    if any(departments):
        lines.append(f"Department: {', '.join(filter(None, departments))}")
    for entry in map(record, listed(item.get("metadata"))):
        name = words(entry.get("name"))
        values = filter(None, map(words, listed(entry.get("value"))))
        if name and (value := ", ".join(values)):
            lines.append(f"{name}: {value}")
    return ["\n".join(lines)] if lines else []


def _salary(item: JsonObject) -> str | None:
    for entry in map(record, listed(item.get("pay_input_ranges"))):
        low, high = entry.get("min_cents"), entry.get("max_cents")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)):
            currency = words(entry.get("currency_type")) or ""
            return f"{currency} {low / 100:,.0f}–{high / 100:,.0f}".strip()
    return None
