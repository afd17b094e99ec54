"""What is no filter, and the reason that is given: protected attributes, and what is known otherwise."""

from collections.abc import Mapping
from typing import Any, cast

from shared.kernel.errors import InvalidInput

REFUSED = {
    **dict.fromkeys(
        (
            "age",
            "ages",
            "min_age",
            "max_age",
            "birthday",
            "birth_date",
            "birth_year",
            "date_of_birth",
            "born",
            "graduation_year",
            "graduated",
            "year_of_graduation",
            "generation",
        ),
        "age, and what gives it away,",
    ),
    **dict.fromkeys(("gender", "sex", "pronouns"), "gender"),
    **dict.fromkeys(
        (
            "nationality",
            "nationalities",
            "citizenship",
            "ethnicity",
            "race",
            "origin",
            "birthplace",
            "native_language",
        ),
        "origin",
    ),
    **dict.fromkeys(("religion", "faith"), "religion"),
    **dict.fromkeys(("politics", "party", "union", "union_member"), "political or union membership"),
    **dict.fromkeys(
        ("marital_status", "married", "children", "family", "pregnant", "pregnancy", "parental_leave"),
        "family",
    ),
    **dict.fromkeys(("disability", "disabled", "health"), "health"),
    **dict.fromkeys(("sexual_orientation", "orientation"), "sexual orientation"),
    **dict.fromkeys(("photo", "picture", "looks"), "a photo"),
    **dict.fromkeys(("name", "first_name", "last_name", "surname", "full_name"), "a name"),
}
"""Protected attributes and their proxies → what they are called in the refusal."""

FIX = "Search for what the work needs."

_SIZE = (
    "nobody here knows how large an employer is",
    "Use known_headcount: how many of the people known here work there.",
)
_GROWTH = (
    "nobody here knows how an employer grows",
    "Use known_growth: by how much the people known here who work there grew in twelve months; talent_insights' "
    "market_signals tells of layoffs.",
)
_STAGE = (
    "a stage is one project's",
    "Use stage with the project_id and at, such as interview; engagement and engaged_in_projects say what ever "
    "happened with somebody.",
)
ELSEWHERE = {
    **dict.fromkeys(
        ("company_size", "company_sizes", "company_headcount", "headcount", "employees", "employee_count"),
        _SIZE,
    ),
    **dict.fromkeys(("company_growth", "headcount_growth", "growth", "growing", "layoffs"), _GROWTH),
    **dict.fromkeys(("stages", "pipeline_stage", "pipeline", "shortlist", "shortlisted"), _STAGE),
}
"""What is asked for and known otherwise → why it is no filter, and which one is meant."""


def reason(field: str) -> str | None:
    """Return why nobody may be searched by ``field``, or None where nothing speaks against it."""
    attribute = REFUSED.get(field.lower())
    return f"{attribute} is no ground for selection and cannot be searched" if attribute else None


def refusal(field: str) -> tuple[str, str] | None:
    """Return why ``field`` is no filter and what to do instead; None of what may be one."""
    why = reason(field)
    return (why, FIX) if why else ELSEWHERE.get(field.lower())


def refuse(given: Any) -> None:
    """Raise InvalidInput where a mapping has a key that is no filter, for a reason."""
    if not isinstance(given, Mapping):
        return
    for key in cast(Mapping[object, object], given):
        if told := refusal(str(key)):
            raise InvalidInput(told[0], field=str(key), fix=told[1])
