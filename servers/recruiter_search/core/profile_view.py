"""What a hit shows of a profile: a career without name, contact data, photo and dates of study."""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json

from servers.recruiter_search.core.results import EducationView, PositionView, ProfileView
from shared.taxonomy.places import Place, with_label
from shared.wire.profile import Dossier, Profile, Work
from shared.wire.requirements import Seniority

TOP_SKILLS = 10
_JSON = TypeAdapter(ProfileView)


def view_of(
    dossier: Dossier,
    newest: Work | None,
    skills: list[str],
    home: Place | None,
    years: float | None,
    seniority: Seniority | None,
    *,
    do_not_contact: bool,
) -> ProfileView:
    """Return the view of a dossier; ``skills`` are labels, those shown most often first."""
    profile = dossier.profile
    country = profile.basics.location.country_code if profile.basics.location else None
    return ProfileView(
        candidate_id=dossier.candidate_id,
        revision=dossier.revision,
        headline=profile.basics.label or (newest.position if newest else None) or "No title given",
        summary=profile.basics.summary,
        place=with_label(home) if home and home.kind == "city" else _written(profile),
        country_code=country or (home.country_code if home else None),
        years=years,
        seniority=seniority,
        top_skills=skills[:TOP_SKILLS],
        skills=skills,
        positions=[_position(item) for item in profile.work],
        education=[
            EducationView(institution=e.institution, degree=e.study_type, area=e.area)
            for e in profile.education
        ],
        certificates=[item.name for item in profile.certificates],
        languages=[f"{i.language} ({i.fluency})" if i.fluency else i.language for i in profile.languages],
        do_not_contact=do_not_contact,
    )


def written(view: ProfileView) -> bytes:
    """Return a view as JSON; what is as usual takes no room."""
    return _JSON.dump_json(view, exclude_defaults=True)


def read(shown: bytes) -> ProfileView:
    """Return the view that was written so."""
    return of_fields(from_json(shown))


def of_fields(fields: dict[str, Any]) -> ProfileView:
    """Return the view with these fields, as they were written and need no checking."""
    positions = [PositionView(**position) for position in fields.get("positions", ())]
    education = [EducationView(**study) for study in fields.get("education", ())]
    whole: dict[str, Any] = {**fields, "positions": positions, "education": education}
    return ProfileView(**whole)


def _position(item: Work) -> PositionView:
    return PositionView(
        title=item.position,
        company=item.name,
        location=item.location,
        industry=item.industry,
        start=item.start_date,
        end=item.end_date,
        current=item.current,
        summary=item.summary,
        highlights=item.highlights,
    )


def _written(profile: Profile) -> str | None:
    home = profile.basics.location
    parts = [p for p in (home.city, home.region, home.country_code) if p] if home else []
    return ", ".join(parts) or None
