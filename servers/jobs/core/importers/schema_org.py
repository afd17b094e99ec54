"""schema.org JobPosting as JSON-LD (https://schema.org/JobPosting), alone, in a list or in a graph."""

from typing import Any

from servers.jobs.core.importers.drafts import Draft, from_html, listed, record, words
from servers.jobs.core.models import JsonObject
from shared.kernel.errors import InvalidInput

KNOWN_FIELDS = frozenset(
    {
        "@context", "@type", "@id", "title", "name", "description", "responsibilities", "qualifications",
        "skills", "educationRequirements", "experienceRequirements", "hiringOrganization", "jobLocation",
        "jobLocationType", "applicantLocationRequirements", "employmentType", "baseSalary",
        "estimatedSalary", "validThrough", "datePosted", "url", "identifier", "jobBenefits", "incentives",
        "workHours", "directApply", "industry", "occupationalCategory",
    }
)  # fmt: skip
_PARTS = {
    "responsibilities": "Responsibilities",
    "qualifications": "Qualifications",
    "skills": "Skills",
    "educationRequirements": "Education",
    "experienceRequirements": "Experience",
    "workHours": "Working hours",
    "jobBenefits": "Benefits",
    "incentives": "Incentives",
}


def postings_in(value: Any) -> list[JsonObject]:
    """Return the JobPosting objects of a JSON-LD value, however it is wrapped."""
    if isinstance(value, list):
        return [found for item in listed(value) for found in postings_in(item)]
    item = record(value)
    if "JobPosting" in listed(item.get("@type")):
        return [item]
    return [found for inner in listed(item.get("@graph")) for found in postings_in(inner)]


def read_schema_org(item: JsonObject) -> Draft:
    """Return the posting of one JobPosting. Raises InvalidInput without title or description."""
    title = words(item.get("title")) or words(item.get("name"))
    if title is None:
        raise InvalidInput("the posting has no title.", field="title", fix="Add one.")
    text, flags = from_html(words(item.get("description")), "description")
    return Draft(
        title=title,
        text="\n\n".join([text, *_parts(item, text)]),
        origin="schema_org",
        employer=_name(item.get("hiringOrganization")),
        location=_location(item),
        employment_type=", ".join(filter(None, map(words, listed(item.get("employmentType"))))) or None,
        salary=_salary(record(item.get("baseSalary") or item.get("estimatedSalary"))),
        url=words(item.get("url")),
        valid_through=(words(item.get("validThrough")) or "")[:10] or None,
        ref=_identifier(item),
        flags=flags,
    )


def _parts(item: JsonObject, description: str) -> list[str]:
    """Return what stands beside the description, unless the description says it already."""
    parts: list[str] = []
    for name, heading in _PARTS.items():
        texts = [words(value) or _said(record(value)) for value in listed(item.get(name))]
        said = [text for text in texts if text and text not in description]
        if said:
            markup = "\n".join(said)
            text, _ = from_html(markup, name)
            parts.append(f"{heading}:\n{text}")
    return parts


def _said(item: JsonObject) -> str | None:
    months = words(item.get("monthsOfExperience"))
    if months and months.replace(".", "").isdigit():
        years = float(months) / 12
        return f"{years:g} years of experience"
    return words(item.get("credentialCategory")) or words(item.get("description")) or words(item.get("name"))


def _name(value: Any) -> str | None:
    return words(value) or words(record(value).get("name"))


def _location(item: JsonObject) -> str | None:
    places: list[str] = []
    for place in listed(item.get("jobLocation")):
        address = record(place).get("address", place)
        parts = record(address)
        said = words(address) or ", ".join(
            filter(
                None,
                (
                    words(parts.get("addressLocality")),
                    words(parts.get("addressRegion")),
                    _name(parts.get("addressCountry")),
                ),
            )
        )
        if said:
            places.append(said)
    if words(item.get("jobLocationType")) == "TELECOMMUTE":
        where = [_name(place) for place in listed(item.get("applicantLocationRequirements"))]
        places.append(f"Remote ({', '.join(filter(None, where))})" if any(where) else "Remote")
    return "; ".join(dict.fromkeys(places)) or None


def _salary(item: JsonObject) -> str | None:
    value = record(item.get("value")) or item
    low, high = words(value.get("minValue")), words(value.get("maxValue"))
    amount = words(value.get("value")) or words(item.get("value")) or "–".join(filter(None, (low, high)))
    if not amount:
        return None
    unit = words(value.get("unitText"))
    parts = (words(item.get("currency")), amount, f"per {unit.lower()}" if unit else None)
    return " ".join(filter(None, parts))


def _identifier(item: JsonObject) -> str:
    identifier = item.get("identifier")
    found = words(identifier) or words(record(identifier).get("value"))
    return found or words(item.get("@id")) or words(item.get("url")) or ""
