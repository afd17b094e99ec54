"""The texts of a profile that are searched by their words: names and contact data are none of them."""

import re
from collections.abc import Iterable

from servers.recruiter_search.core.criteria import TextField
from servers.recruiter_search.core.results import ProfileView
from shared.wire.profile import Profile, Work

_FOUND_AT = r"https?://\S+|www\.\S+|(?<!\w)\+?\d[\d ()/.-]{6,}\d"
_CONTACT, _MAILED = re.compile(_FOUND_AT), re.compile(rf"\S+@\S+|{_FOUND_AT}")
_LIKE_ASCII = re.compile("[ſıİ]")
"""Other letters that a pattern takes for s and i where it ignores case."""


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
    text = _without(text, {word for word in re.split(r"[\s,]+", profile.basics.name or "") if len(word) > 1})
    # Whether a word is an address is asked of each of its letters, so only where there is one.
    return "\n".join((_MAILED if "@" in line else _CONTACT).sub(" ", line) for line in text.split("\n"))


def _without(text: str, names: set[str]) -> str:
    """Return ``text`` with each of ``names`` blotted out wherever it stands as a word, in capitals or not."""
    if not names:
        return text
    plain = all(name.isascii() and name.isalnum() for name in names) and not _LIKE_ASCII.search(text)
    if not plain:
        pattern = "|".join(re.escape(word) for word in sorted(names, key=len, reverse=True))
        return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", " ", text, flags=re.IGNORECASE)
    # A pattern for one person costs more to compile than it saves.
    lowered = text.lower()
    places = sorted(place for name in {name.lower() for name in names} for place in _words_at(lowered, name))
    ends = [0, *(end for _, end in places)]
    starts = [*(start for start, _ in places), len(text)]
    return " ".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _words_at(text: str, word: str) -> Iterable[tuple[int, int]]:
    """Yield where ``word``, of letters and digits, stands for itself: its start and end."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        if not any(sign.isalnum() or sign == "_" for sign in around):
            yield start, end
        start = text.find(word, end)
