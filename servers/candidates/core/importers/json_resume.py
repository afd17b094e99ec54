"""JSON Resume 1.0.0 documents (https://jsonresume.org/schema), as strict or as sloppy as they come."""

from typing import Any, cast

from pydantic import ValidationError

from servers.candidates.core.incoming import Incoming, structured
from servers.candidates.core.models import JsonObject
from shared.kernel.errors import InvalidInput
from shared.resume import is_now, iso_date
from shared.wire.profile import (
    Basics,
    Certificate,
    Education,
    LanguageItem,
    Place,
    Profile,
    Project,
    SkillItem,
    SocialProfile,
    Work,
)

KNOWN_FIELDS = frozenset(
    {
        "basics",
        "work",
        "education",
        "skills",
        "certificates",
        "languages",
        "projects",
        "meta",
        "$schema",
        "id",
    }
)


def is_json_resume(record: JsonObject) -> bool:
    """Tell whether a JSON object has the shape of a JSON Resume."""
    return isinstance(record.get("basics"), dict) or (
        isinstance(record.get("work"), list) and ("education" in record or "skills" in record)
    )


def read_json_resume(record: JsonObject, source: str, hashed: str) -> Incoming:
    """Return the person of one JSON Resume. Raises InvalidInput when nobody is named in it."""
    if not is_json_resume(record):
        raise InvalidInput("this is not a JSON Resume.", fix="It needs at least a basics object with a name.")
    ref = text(record.get("id")) or text(as_dict(record.get("meta")).get("id")) or ""
    profile = _as_written(record) or _mended(record)
    return structured(profile, kind="json_resume", name=source, hashed=hashed, ref=ref)


def _as_written(record: JsonObject) -> Profile | None:
    """Return the profile of a record that follows the standard, validated in one go; None for others."""
    try:
        profile = Profile.model_validate(record)
    except ValidationError:
        return None
    if any(not job.name and not job.position for job in profile.work):
        return None
    for job in profile.work:
        end = job.end_date
        _read_dates(job)
        if is_now(end):
            job.current = True
    for item in (*profile.education, *profile.projects):
        _read_dates(item)
    for paper in profile.certificates:
        paper.date = iso_date(paper.date)
    _note_current(profile.work)
    return profile


def _read_dates(item: Work | Education | Project) -> None:
    """Bring an item's dates into ISO form; nearly all are already, and setting a field costs more."""
    for name in ("start_date", "end_date"):
        written: str | None = getattr(item, name)
        if (iso := iso_date(written)) != written:
            setattr(item, name, iso)


def _mended(record: JsonObject) -> Profile:
    """Return the profile of a record that bends the standard: older names, nulls, numbers, lone texts."""
    return Profile(
        basics=_basics(as_dict(record.get("basics"))),
        work=_work(objects(record.get("work"))),
        education=[_study(item) for item in objects(record.get("education"))],
        skills=_skills(record.get("skills")),
        certificates=[
            Certificate(
                name=text(item["name"]) or "",
                issuer=text(item.get("issuer")),
                date=iso_date(text(item.get("date"))),
                url=text(item.get("url")),
            )
            for item in objects(record.get("certificates"))
            if text(item.get("name"))
        ],
        languages=[
            LanguageItem(language=text(item["language"]) or "", fluency=text(item.get("fluency")))
            for item in objects(record.get("languages"))
            if text(item.get("language"))
        ],
        projects=[_project(item) for item in objects(record.get("projects"))],
    )


def ignored_fields(record: JsonObject) -> list[str]:
    """Return the top-level parts of a JSON Resume that have no place in a profile."""
    return [key for key, value in record.items() if key not in KNOWN_FIELDS and value]


def text(value: Any) -> str | None:
    """Return a value as trimmed text; None for nothing, and for what is no text or number."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def texts(value: Any) -> list[str]:
    """Return the texts of a list; a lone text counts as a list of one."""
    items = cast(list[Any], value) if isinstance(value, list) else [value]
    return [found for item in items if (found := text(item))]


def as_dict(value: Any) -> JsonObject:
    """Return a value if it is an object, else an empty one."""
    return cast(JsonObject, value) if isinstance(value, dict) else {}


def objects(value: Any) -> list[JsonObject]:
    """Return the objects of a list."""
    items = cast(list[Any], value) if isinstance(value, list) else []
    return [cast(JsonObject, item) for item in items if isinstance(item, dict)]


def _basics(item: JsonObject) -> Basics:
    place = as_dict(item.get("location"))
    return Basics(
        name=text(item.get("name")),
        label=text(item.get("label")),
        email=text(item.get("email")),
        phone=text(item.get("phone")),
        url=text(item.get("url")) or text(item.get("website")),
        summary=text(item.get("summary")),
        location=Place(
            address=text(place.get("address")),
            city=text(place.get("city")),
            region=text(place.get("region")),
            country_code=text(place.get("countryCode")),
            postal_code=text(place.get("postalCode")),
        )
        if place
        else None,
        profiles=[
            SocialProfile(
                network=text(page.get("network")),
                username=text(page.get("username")),
                url=text(page.get("url")),
            )
            for page in objects(item.get("profiles"))
        ],
    )


def _work(items: list[JsonObject]) -> list[Work]:
    jobs = [_job(item) for item in items]
    _note_current(jobs)
    return jobs


def _note_current(jobs: list[Work]) -> None:
    """The standard has no word for "ongoing": a job without an end is one only if none began later."""
    latest = max((job.start_date for job in jobs if job.start_date), default=None)
    for job in jobs:
        if job.end_date is None and job.start_date and job.start_date == latest:
            job.current = True


def _job(item: JsonObject) -> Work:
    end = text(item.get("endDate"))
    return Work(
        name=text(item.get("name")) or text(item.get("company")),
        position=text(item.get("position")),
        location=text(item.get("location")),
        industry=text(item.get("industry")),
        start_date=iso_date(text(item.get("startDate"))),
        end_date=iso_date(end),
        current=is_now(end) or item.get("current") is True,
        summary=text(item.get("summary")) or text(item.get("description")),
        highlights=texts(item.get("highlights")),
    )


def _study(item: JsonObject) -> Education:
    return Education(
        institution=text(item.get("institution")),
        area=text(item.get("area")),
        study_type=text(item.get("studyType")),
        start_date=iso_date(text(item.get("startDate"))),
        end_date=iso_date(text(item.get("endDate"))),
        score=text(item.get("score")) or text(item.get("gpa")),
        courses=texts(item.get("courses")),
    )


def _skills(value: Any) -> list[SkillItem]:
    skills = [SkillItem(name=name) for name in texts(value)]
    for item in objects(value):
        if name := text(item.get("name")):
            skills.append(
                SkillItem(name=name, level=text(item.get("level")), keywords=texts(item.get("keywords")))
            )
    return skills


def _project(item: JsonObject) -> Project:
    return Project(
        name=text(item.get("name")),
        description=text(item.get("description")) or text(item.get("summary")),
        highlights=texts(item.get("highlights")),
        keywords=texts(item.get("keywords")),
        start_date=iso_date(text(item.get("startDate"))),
        end_date=iso_date(text(item.get("endDate"))),
    )
