"""People in tables: which column means what, guessed from its header or told by a mapping."""

import re

from servers.candidates.core.importers.fields import country_of, dates_of, listed, page_of, place_of
from servers.candidates.core.importers.json_resume import text
from servers.candidates.core.incoming import Incoming, structured
from servers.candidates.core.models import JsonObject
from shared.kernel.errors import InvalidInput
from shared.wire.profile import (
    Basics,
    Certificate,
    Education,
    LanguageItem,
    Place,
    Profile,
    SkillItem,
    Work,
)

# Field → headers that mean it, as bare words. The first match of a column wins.
_HEADERS: dict[str, str] = {
    "id": "id, candidate id, external id, record id, applicant id, kandidaten id",
    "first_name": "first name, firstname, given name, forename, vorname, prenom, nombre",
    "last_name": "last name, lastname, surname, family name, nachname, nom de famille, apellidos",
    "name": "name, full name, fullname, candidate, candidate name, applicant, applicant name, contact name",
    "email": "email, e mail, email address, e mail address, mail, primary email, work email, personal email",
    "phone": "phone, phone number, telephone, tel, mobile, mobile phone, cell, cell phone, telefon, handy",
    "title": "title, job title, current title, headline, position, role, current position, designation",
    "company": "company, current company, employer, current employer, organisation, organization, firma",
    "company_start": "start date, started on, since, company start, employed since",
    "city": "city, town, location, current location, place, based in, ort, wohnort, stadt, ville",
    "region": "region, state, province, county, bundesland",
    "country": "country, country code, land, pays",
    "postal_code": "zip, zip code, postal code, postcode, plz",
    "summary": "summary, about, bio, profile, profile summary",
    "skills": "skills, skill set, key skills, technologies, competencies, tags, expertise, kenntnisse",
    "languages": "languages, spoken languages, sprachen",
    "certificates": "certificates, certifications, licenses",
    "degree": "degree, highest degree, education, qualification, abschluss",
    "school": "school, university, college, institution, alma mater, hochschule",
    "area": "field of study, major, discipline, studienfach",
    "linkedin": "linkedin, linkedin url, linkedin profile, profile url, public profile url",
    "github": "github, github url",
    "url": "url, website, web, homepage, portfolio",
}
FIELDS = tuple(_HEADERS)
_MEANING = {header.strip(): field for field, headers in _HEADERS.items() for header in headers.split(",")}
_NEEDED = {"name", "first_name", "last_name", "email", "phone", "linkedin"}


def column_mapping(headers: list[str], told: dict[str, str]) -> dict[str, str]:
    """Return field → column. What is told goes before what is guessed.

    Raises InvalidInput for an unknown field or column, and when no column names a person.
    """
    mapping: dict[str, str] = {}
    for field, column in told.items():
        if field not in _HEADERS:
            raise InvalidInput(
                f"there is no field {field!r}.", field="mapping", fix=f"Use one of: {', '.join(FIELDS)}."
            )
        found = next((header for header in headers if _bare(header) == _bare(column)), None)
        if found is None:
            raise InvalidInput(
                f"there is no column {column!r}.",
                field="mapping",
                fix=f"The columns are: {', '.join(headers)}.",
            )
        mapping[field] = found
    for header in headers:
        field = _MEANING.get(_bare(header))
        if field is not None and field not in mapping and header not in mapping.values():
            mapping[field] = header
    if not _NEEDED & mapping.keys():
        raise InvalidInput(
            "no column names a person.",
            field="mapping",
            fix=f"Say which one does, such as name={headers[0]}. The columns are: {', '.join(headers)}.",
        )
    return mapping


def read_row(row: JsonObject, mapping: dict[str, str], source: str, hashed: str) -> Incoming:
    """Return the person of one row. Raises InvalidInput when the row names nobody."""

    def cell(field: str) -> str | None:
        return text(row.get(mapping[field])) if field in mapping else None

    return structured(
        Profile(
            basics=_basics(row, mapping),
            work=_work(cell("title"), cell("company"), cell("company_start")),
            education=_education(cell("degree"), cell("school"), cell("area")),
            skills=[SkillItem(name=name) for name in listed(cell("skills"))],
            languages=[_language(item) for item in listed(cell("languages"))],
            certificates=[Certificate(name=name) for name in listed(cell("certificates"))],
        ),
        kind="csv",
        name=source,
        hashed=hashed,
        ref=cell("id") or "",
    )


def ignored_columns(rows: list[JsonObject], mapping: dict[str, str]) -> set[str]:
    """Return the columns that hold something and mean nothing here."""
    return {column for row in rows for column, cell in row.items() if cell} - set(mapping.values())


def _bare(header: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", header.casefold()))


def _basics(row: JsonObject, mapping: dict[str, str]) -> Basics:
    def cell(field: str) -> str | None:
        return text(row.get(mapping[field])) if field in mapping else None

    name = cell("name") or " ".join(filter(None, (cell("first_name"), cell("last_name"))))
    if "," in name and name.count(",") == 1 and "name" in mapping:
        family, given = name.split(",")
        name = f"{given.strip()} {family.strip()}".strip()
    pages = [cell("linkedin"), cell("github")]
    return Basics(
        name=name or None,
        label=cell("title"),
        email=cell("email"),
        phone=cell("phone"),
        url=cell("url"),
        summary=cell("summary"),
        location=_place(cell("city"), cell("region"), cell("country"), cell("postal_code")),
        profiles=[page_of(page) for page in pages if page],
    )


def _place(city: str | None, region: str | None, country: str | None, code: str | None) -> Place | None:
    if not (city or region or country):
        return None
    whole = ", ".join(filter(None, (city, region, country)))
    place = place_of(whole) or Place()
    place.country_code = country_of(country) or place.country_code
    place.postal_code = code
    return place


def _work(title: str | None, company: str | None, start: str | None) -> list[Work]:
    if not title and not company:
        return []
    began, _, _ = dates_of(start, None)
    return [Work(name=company, position=title, start_date=began, current=bool(company))]


def _education(degree: str | None, school: str | None, area: str | None) -> list[Education]:
    if not (degree or school):
        return []
    return [Education(study_type=degree, institution=school, area=area)]


def _language(item: str) -> LanguageItem:
    found = re.match(r"^(?P<name>[^(:–-]+?)\s*[(:–-]\s*(?P<level>[^)]+)\)?$", item)
    return (
        LanguageItem(language=found["name"], fluency=found["level"]) if found else LanguageItem(language=item)
    )
