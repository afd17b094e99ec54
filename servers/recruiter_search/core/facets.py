"""What facet values are called."""

from collections.abc import Sequence

from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.results import Facet, FacetName, FacetValue
from servers.recruiter_search.core.rules.plain import UNKNOWN_COUNTRY
from shared.taxonomy.degrees import field_of_study
from shared.taxonomy.languages import language_label
from shared.taxonomy.named import certificate, industry
from shared.taxonomy.places import place, with_label


def labelled(names: Names, name: FacetName, counts: Sequence[tuple[str, int]]) -> Facet:
    """Return a facet with its values as people write them."""
    values = [
        FacetValue(value=value, label=_label(names, name, value), count=count) for value, count in counts
    ]
    return Facet(name=name, values=values)


def _label(names: Names, name: FacetName, value: str) -> str:
    match name:
        case "skills" if names.taxonomy.has_skill(value):
            return names.taxonomy.skill(value).label
        case "occupations":
            return names.taxonomy.occupation(value).label
        case "functions":
            return names.label(value)
        case "countries" if value == UNKNOWN_COUNTRY:
            return "no place named"
        case "places" | "countries":
            found = place(value)
            return with_label(found) if found else value
        case "languages":
            code, _, level = value.partition(":")
            return f"{language_label(code) or code}{f' {level} or better' if level else ''}"
        case "industries" | "certificates" | "fields_of_study":
            entries = {"industries": industry, "certificates": certificate, "fields_of_study": field_of_study}
            entry = entries[name](value)
            return entry.label if entry else value
        case _:
            return value
