"""What nobody may be searched by, and the reason that is given."""

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


def reason(field: str) -> str | None:
    """Return why ``field`` cannot be searched, or None where nothing speaks against it."""
    attribute = REFUSED.get(field.lower())
    return f"{attribute} is no ground for selection and cannot be searched" if attribute else None


def refuse_protected(given: Any) -> None:
    """Raise InvalidInput where a mapping has a key that nobody may be searched by."""
    if not isinstance(given, Mapping):
        return
    for key in cast(Mapping[object, object], given):
        if why := reason(str(key)):
            raise InvalidInput(why, field=str(key), fix=FIX)
