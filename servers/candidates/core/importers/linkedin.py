"""LinkedIn data exports: the ZIP (or a folder, zipped) of CSV files that a member downloads."""

import csv
import io
import zipfile

from servers.candidates.core.importers.fields import dates_of, page_of, place_of
from servers.candidates.core.incoming import Incoming, content_hash, structured
from shared.kernel.errors import InvalidInput
from shared.wire.profile import (
    Basics,
    Certificate,
    Education,
    LanguageItem,
    Profile,
    Project,
    SkillItem,
    Work,
)

_READ = {
    "profile": "Profile.csv",
    "positions": "Positions.csv",
    "education": "Education.csv",
    "skills": "Skills.csv",
    "certifications": "Certifications.csv",
    "languages": "Languages.csv",
    "email addresses": "Email Addresses.csv",
    "phonenumbers": "PhoneNumbers.csv",
    "projects": "Projects.csv",
}
# Age and messengers are none of a recruiter's business.
_NEVER_READ = ("Birth Date", "Maiden Name", "Instant Messengers")
_LARGEST_FILE = 5_000_000

Rows = list[dict[str, str]]


def is_linkedin_export(names: list[str]) -> bool:
    """Tell whether file names are those of a LinkedIn export."""
    stems = {_stem(name) for name in names}
    return "profile" in stems and bool(stems & {"positions", "education", "skills"})


def read_linkedin(name: str, data: bytes) -> tuple[Incoming, set[str]]:
    """Return the member an export describes, and the files in it that were not read.

    Raises InvalidInput for a damaged archive or an export without a name.
    """
    tables: dict[str, Rows] = {}
    ignored: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                stem = _stem(entry.filename)
                if stem in _READ and stem not in tables:
                    tables[stem] = _rows(name, archive, entry)
                elif not entry.is_dir():
                    ignored.add(entry.filename.rsplit("/", 1)[-1])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InvalidInput(
            f"{name}: the archive is damaged or protected.", fix="Download it again."
        ) from error
    person = _first(tables, "profile")
    ignored.update(f"Profile.csv: {column}" for column in _NEVER_READ if person.get(column))
    hashed = content_hash(repr(sorted((stem, rows) for stem, rows in tables.items())))
    profile = Profile(
        basics=_basics(tables, person),
        work=[_job(row) for row in tables.get("positions", [])],
        education=[_study(row) for row in tables.get("education", [])],
        skills=[SkillItem(name=row["Name"]) for row in tables.get("skills", []) if row.get("Name")],
        certificates=[_certificate(row) for row in tables.get("certifications", []) if row.get("Name")],
        languages=[
            LanguageItem(language=row["Name"], fluency=row.get("Proficiency"))
            for row in tables.get("languages", [])
            if row.get("Name")
        ],
        projects=[_project(row) for row in tables.get("projects", [])],
    )
    incoming = structured(profile, kind="linkedin_export", name=name, hashed=hashed, ref=name)
    return incoming, ignored


def _stem(filename: str) -> str:
    return filename.rsplit("/", 1)[-1].casefold().removesuffix(".csv") if filename.endswith(".csv") else ""


def _rows(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Rows:
    if entry.file_size > _LARGEST_FILE:
        raise InvalidInput(
            f"{name}: {entry.filename} is far larger than a profile.", fix="Download it again."
        )
    text = archive.read(entry).decode("utf-8-sig", errors="replace").replace("\x00", "")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [
        {header.strip(): cell.strip() for header, cell in row.items() if header and cell and cell.strip()}
        for row in rows
    ]


def _first(tables: dict[str, Rows], stem: str) -> dict[str, str]:
    rows = tables.get(stem) or [{}]
    return rows[0]


def _basics(tables: dict[str, Rows], person: dict[str, str]) -> Basics:
    emails = sorted(tables.get("email addresses", []), key=lambda row: row.get("Primary", "No") != "Yes")
    websites = [
        part.split(":", 1)[-1] if "://" not in part.split(":", 1)[0] else part
        for part in person.get("Websites", "").strip("[]").split(",")
        if "." in part
    ]
    return Basics(
        name=" ".join(filter(None, (person.get("First Name"), person.get("Last Name")))) or None,
        label=person.get("Headline"),
        email=next((row["Email Address"] for row in emails if row.get("Email Address")), None),
        phone=next((row["Number"] for row in tables.get("phonenumbers", []) if row.get("Number")), None),
        summary=person.get("Summary"),
        location=place_of(person.get("Geo Location") or person.get("Address")),
        profiles=[page_of(site.strip()) for site in websites],
    )


def _job(row: dict[str, str]) -> Work:
    start, end, _ = dates_of(row.get("Started On"), row.get("Finished On"))
    return Work(
        name=row.get("Company Name"),
        position=row.get("Title"),
        location=row.get("Location"),
        start_date=start,
        end_date=end,
        # LinkedIn leaves the end empty for what a member does now.
        current=bool(start) and not row.get("Finished On"),
        summary=row.get("Description"),
    )


def _study(row: dict[str, str]) -> Education:
    start, end, _ = dates_of(row.get("Start Date"), row.get("End Date"))
    degree, _, area = (row.get("Degree Name") or "").partition(",")
    return Education(
        institution=row.get("School Name"),
        study_type=degree.strip() or None,
        area=area.strip() or None,
        start_date=start,
        end_date=end,
        courses=[row["Notes"]] if row.get("Notes") else [],
    )


def _certificate(row: dict[str, str]) -> Certificate:
    start, _, _ = dates_of(row.get("Started On"), None)
    return Certificate(name=row["Name"], issuer=row.get("Authority"), date=start, url=row.get("Url"))


def _project(row: dict[str, str]) -> Project:
    start, end, _ = dates_of(row.get("Started On"), row.get("Finished On"))
    return Project(name=row.get("Title"), description=row.get("Description"), start_date=start, end_date=end)
