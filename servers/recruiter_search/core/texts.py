"""The texts of a profile that are searched by their words: names and contact data are none of them."""

import re
from collections.abc import Iterable

from servers.recruiter_search.core.criteria import TextField
from servers.recruiter_search.core.results import ProfileView
from shared.wire.profile import Profile, Work

_CONTACT = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|(?<!\w)\+?\d[\d ()/.-]{6,}\d")


def texts_of(
    profile: Profile, newest: Work | None, resumes: list[str], view: ProfileView
) -> dict[TextField, list[str]]:
    """Return what each text field holds; ``resumes`` are blotted."""
    past = [item for item in profile.work if item is not newest]
    titles, companies = _titles(profile.work), _companies(profile.work)
    schools = [item.institution for item in profile.education if item.institution]
    skills = [name for item in profile.skills for name in (item.name, *item.keywords)]
    studied = [f"{e.study_type or ''} {e.area or ''}".strip() for e in profile.education]
    issuers = [item.issuer for item in profile.certificates if item.issuer]
    other = [*view.certificates, *issuers, *view.languages, *studied, view.place or ""]
    said = [*(text for item in profile.work for text in told(item)), *sentences(profile)]
    everything = [view.headline, *titles, *companies, *schools, *skills, *said, *other, *resumes]
    return {
        "headline": [view.headline],
        "title": [view.headline, *titles],
        "current_title": (_titles([newest]) if newest else []) or [view.headline],
        "past_title": _titles(past),
        "company": companies,
        "current_company": _companies([newest]) if newest else [],
        "past_company": _companies(past),
        "school": schools,
        "issuer": issuers,
        "skill_names": [*skills, *view.skills],
        "everything": [text for text in everything if text],
    }


def _titles(work: Iterable[Work]) -> list[str]:
    return [item.position for item in work if item.position]


def _companies(work: Iterable[Work]) -> list[str]:
    return [item.name for item in work if item.name]


def told(item: Work) -> list[str]:
    """Return what a position says beside its title, employer and place."""
    return [text for text in (item.summary or "", *item.highlights) if text]


def sentences(profile: Profile) -> list[str]:
    """Return what is said outside positions."""
    found = [profile.basics.label or "", profile.basics.summary or ""]
    for project in profile.projects:
        found += [project.name or "", project.description or "", *project.highlights, *project.keywords]
    for item in profile.education:
        found += item.courses
    return [text for text in found if text]


def blotted(text: str, profile: Profile) -> str:
    """Return a résumé's text without the person's name and contact data."""
    names = [word for word in re.split(r"[\s,]+", profile.basics.name or "") if len(word) > 1]
    if names:
        pattern = "|".join(re.escape(word) for word in sorted(names, key=len, reverse=True))
        text = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", " ", text, flags=re.IGNORECASE)
    return _CONTACT.sub(" ", text)
