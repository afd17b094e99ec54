"""Greenhouse Harvest candidates: the objects of ``GET /v1/candidates``."""

import re

from servers.candidates.core.identity import email_key, employer_key, phone_key
from servers.candidates.core.importers.fields import page_of, place_of
from servers.candidates.core.importers.json_resume import as_dict, objects, text, texts
from servers.candidates.core.incoming import Incoming, structured
from servers.candidates.core.models import FLAG_PRIVATE, JsonObject
from shared.resume import iso_date
from shared.taxonomy import Taxonomy
from shared.wire.profile import Basics, Education, Profile, SkillItem, Work

# Whether somebody may be written to is often kept as a tag.
_DO_NOT_CONTACT = re.compile(
    r"\b(?:do[ _-]*not|don'?t|never|no)[ _-]*(?:contact|email|e-mail|call|reach)|\bdnc\b", re.I
)
_UNREAD = ("attachments", "applications", "application_ids", "coordinator", "recruiter", "linked_user_ids")


def is_greenhouse(record: JsonObject) -> bool:
    """Tell whether a JSON object has the shape of a Harvest candidate."""
    return "first_name" in record and ("email_addresses" in record or "employments" in record)


def read_greenhouse(record: JsonObject, source: str, hashed: str) -> Incoming:
    """Return the person of one Harvest candidate. Raises InvalidInput when nobody is named in it."""
    tags = texts(record.get("tags"))
    barred = next((tag for tag in tags if _DO_NOT_CONTACT.search(tag)), None)
    reason = f"tagged {barred!r} in Greenhouse" if barred else None
    if reason is None and record.get("can_email") is False:
        reason = "e-mail is switched off in Greenhouse"
    return structured(
        Profile(
            basics=_basics(record),
            work=_work(record),
            education=[_study(item) for item in objects(record.get("educations"))],
            skills=[SkillItem(name=tag) for tag in tags if Taxonomy.compact().resolve_skill(tag)],
        ),
        kind="greenhouse",
        name=source,
        hashed=hashed,
        ref=text(record.get("id")) or "",
        flags=[FLAG_PRIVATE] if record.get("is_private") is True else [],
        contact_refused=reason,
        further=[
            *map(email_key, _values(record, "email_addresses")),
            *map(phone_key, _values(record, "phone_numbers")),
        ],
    )


def ignored_fields(record: JsonObject) -> list[str]:
    """Return what a candidate holds that has no place in a profile: files, custom fields, other tags."""
    ignored = [name for name in _UNREAD if record.get(name)]
    ignored += [
        f"custom_fields.{name}" for name, value in as_dict(record.get("custom_fields")).items() if value
    ]
    known = Taxonomy.compact().resolve_skill
    if any(not known(tag) and not _DO_NOT_CONTACT.search(tag) for tag in texts(record.get("tags"))):
        ignored.append("tags that name no skill")
    return ignored


def _basics(record: JsonObject) -> Basics:
    name = " ".join(filter(None, (text(record.get("first_name")), text(record.get("last_name")))))
    emails = _values(record, "email_addresses", first="personal")
    phones = _values(record, "phone_numbers", first="mobile")
    pages = [*_values(record, "social_media_addresses"), *_values(record, "website_addresses")]
    addresses = _values(record, "addresses", first="home")
    return Basics(
        name=name or None,
        label=text(record.get("title")),
        email=emails[0] if emails else None,
        phone=phones[0] if phones else None,
        location=place_of(addresses[0].replace("\n", ", ")) if addresses else None,
        profiles=[page_of(page) for page in pages],
    )


def _values(record: JsonObject, field: str, first: str = "") -> list[str]:
    """Return the values of a typed list, those of type ``first`` first."""
    items = sorted(objects(record.get(field)), key=lambda item: item.get("type") != first)
    return [value for item in items if (value := text(item.get("value")))]


def _work(record: JsonObject) -> list[Work]:
    jobs = [
        Work(
            name=text(item.get("company_name")),
            position=text(item.get("title")),
            start_date=iso_date(text(item.get("start_date"))),
            end_date=iso_date(text(item.get("end_date"))),
            current=bool(text(item.get("start_date"))) and not text(item.get("end_date")),
        )
        for item in objects(record.get("employments"))
    ]
    company, title = text(record.get("company")), text(record.get("title"))
    if company and not any(employer_key(job.name) == employer_key(company) for job in jobs):
        # The fields on the candidate itself say what they do now.
        jobs.insert(0, Work(name=company, position=title, current=True))
    return jobs


def _study(item: JsonObject) -> Education:
    return Education(
        institution=text(item.get("school_name")),
        area=text(item.get("discipline")),
        study_type=text(item.get("degree")),
        start_date=iso_date(text(item.get("start_date"))),
        end_date=iso_date(text(item.get("end_date"))),
    )
