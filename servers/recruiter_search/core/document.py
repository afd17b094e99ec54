"""What is searchable of a profile, derived once when it is indexed.

Names, contact data, photos and dates of study are left out: nobody is found or ranked by them. A résumé's
text is searched with the person's name, addresses and numbers blotted out.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import chain

from pydantic import BaseModel, Field

from servers.recruiter_search.core.models import EducationView, PositionView, ProfileView
from servers.recruiter_search.core.periods import years_worked
from shared.taxonomy import Taxonomy
from shared.taxonomy.degrees import degree_of, degree_rank, field_of_study, find_fields_of_study
from shared.taxonomy.languages import find_languages, resolve_language
from shared.taxonomy.named import find_certificates, find_industries
from shared.taxonomy.places import Place, find_places, place, resolve_place, with_label
from shared.taxonomy.seniority import seniority_of
from shared.wire.profile import Dossier, Profile, Work
from shared.wire.requirements import DegreeLevel, Seniority

FORMAT = 4  # raise it when what is derived changes: indexes of another format are rebuilt
UNKNOWN_COUNTRY = "ZZ"  # as in CLDR: many profiles do not say where somebody lives
TOP_SKILLS = 10
DEGREES: tuple[DegreeLevel, ...] = ("secondary", "associate", "bachelor", "master", "doctorate")
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
UNSTATED_LEVEL = "B2"
DO_NOT_CONTACT = "do_not_contact"
_CONTACT = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|(?<!\w)\+?\d[\d ()/.-]{6,}\d")


class ProfileDocument(BaseModel):
    """One profile as it is indexed: keyword fields by taxonomy id, text fields, and what a hit shows."""

    candidate_id: str
    keywords: dict[str, list[str]]
    texts: dict[str, list[str]] = Field(default_factory=dict, description="not kept by an index")
    years: float | None = None
    shown_skills: dict[str, int] = Field(description="skill id → how often it is shown")
    view: ProfileView


class Deriver:
    """Derives documents with one taxonomy. Keeps what it learnt of titles and places, bounded."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._occupation = lru_cache(8192)(self._occupation_of)
        self._place = lru_cache(4096)(_place_of)
        self._industries = lru_cache(2048)(_industries_of)
        self._degree = lru_cache(4096)(_degree_of)
        self._language = lru_cache(2048)(_language_of)
        self._certificates = lru_cache(4096)(_certificates_of)
        self._named = lru_cache(16384)(self._skills_named)
        self._seniority = lru_cache(8192)(seniority_of)

    def derive(self, dossier: Dossier, today: date) -> ProfileDocument:
        """Return the document of ``dossier``; ``today`` ends the positions that last."""
        profile = dossier.profile
        resumes = [_blotted(source.text, profile) for source in dossier.sources]
        shown = self._shown_skills(profile, resumes)
        years = years_worked(profile.work, today)
        view = self._view(dossier, shown, years)
        return ProfileDocument(
            candidate_id=dossier.candidate_id,
            keywords=self._keywords(dossier, shown, view),
            texts=self._texts(profile, resumes, view),
            years=years,
            shown_skills=shown,
            view=view,
        )

    def _shown_skills(self, profile: Profile, resumes: list[str]) -> dict[str, int]:
        """Count how often each skill is shown: listed, or spoken of without a "no" before it."""
        named = [self._named(name) for item in profile.skills for name in (item.name, *item.keywords)]
        named += [self._named(item.position) for item in profile.work if item.position]
        spoken = self._mentioned("\n".join([*_sentences(profile), *resumes]))
        shown = Counter(chain(chain.from_iterable(named), spoken))
        return dict(shown.most_common())

    def _skills_named(self, name: str) -> tuple[str, ...]:
        found = self._taxonomy.resolve_skill(name)
        return (found,) if found else tuple(self._mentioned(name))

    def _mentioned(self, text: str) -> Iterable[str]:
        return (mention.skill for mention in self._taxonomy.find_skills(text) if not mention.negated)

    def _keywords(self, dossier: Dossier, shown: dict[str, int], view: ProfileView) -> dict[str, list[str]]:
        profile, newest = dossier.profile, _newest(dossier.profile.work)
        occupations = self._occupations(profile.work)
        home = self._home(profile)
        degrees = [self._degree(e.study_type or "", e.area or "") for e in profile.education]
        highest = max((degree_rank(level) for level, _ in degrees if level), default=None)
        return {
            "skills": sorted({proven for skill in shown for proven in self._taxonomy.covered_by(skill)}),
            "occupations": occupations,
            "current_occupations": [
                o for o in occupations if newest and o == self._occupation(newest.position or "")
            ],
            "places": [p for p in (home.id, _region_id(home), home.country_code) if p] if home else [],
            "countries": [view.country_code or UNKNOWN_COUNTRY],
            "seniority": [view.seniority] if view.seniority else [],
            "languages": sorted(
                {token for item in profile.languages for token in self._spoken(item.language, item.fluency)}
            ),
            "degree": list(DEGREES[: highest + 1]) if highest is not None else [],
            "fields_of_study": sorted({f for _, fields in degrees for f in fields}),
            "certificates": sorted(
                {c for item in profile.certificates for c in self._certificates(item.name)}
            ),
            "industries": sorted({i for work in profile.work for i in self._industries(work.industry or "")}),
            "flags": sorted(set(dossier.flags)),
        }

    def _occupations(self, work: list[Work]) -> list[str]:
        found = (self._occupation(item.position) for item in work if item.position)
        return list(dict.fromkeys(o for o in found if o))

    def _occupation_of(self, title: str) -> str | None:
        entry = self._taxonomy.resolve_occupation(title)
        return entry.id if entry else None

    def _spoken(self, name: str, fluency: str | None) -> list[str]:
        code, level = self._language(name, fluency or "")
        if code is None:
            return []
        known = LEVELS.index(level or UNSTATED_LEVEL)
        return [code, *(f"{code}:{step}" for step in LEVELS[: known + 1])]

    def _home(self, profile: Profile) -> Place | None:
        home = profile.basics.location
        if home is None:
            return None
        named = ", ".join(
            part for part in (home.city or home.address, home.region, home.country_code) if part
        )
        return self._place(named, home.country_code or "")

    def _texts(self, profile: Profile, resumes: list[str], view: ProfileView) -> dict[str, list[str]]:
        newest = _newest(profile.work)
        titles = [item.position for item in profile.work if item.position]
        companies = [item.name for item in profile.work if item.name]
        past = [item.name for item in profile.work if item.name and item is not newest]
        schools = [item.institution for item in profile.education if item.institution]
        skills = [name for item in profile.skills for name in (item.name, *item.keywords)]
        studied = [f"{e.study_type or ''} {e.area or ''}".strip() for e in profile.education]
        other = [*view.certificates, *view.languages, *studied, view.place or ""]
        everything = [
            view.headline,
            *titles,
            *companies,
            *schools,
            *skills,
            *_sentences(profile),
            *other,
            *resumes,
        ]
        return {
            "title": [view.headline, *titles],
            "current_title": [newest.position] if newest and newest.position else [view.headline],
            "company": companies,
            "current_company": [newest.name] if newest and newest.name else [],
            "past_company": past,
            "school": schools,
            "skill_names": [*skills, *view.skills],
            "everything": [text for text in everything if text],
        }

    def _view(self, dossier: Dossier, shown: dict[str, int], years: float | None) -> ProfileView:
        profile, home = dossier.profile, self._home(dossier.profile)
        newest = _newest(profile.work)
        labels = [self._taxonomy.skill(skill).label for skill in shown]
        headline = profile.basics.label or (newest.position if newest else None) or "No title given"
        country = profile.basics.location.country_code if profile.basics.location else None
        return ProfileView(
            candidate_id=dossier.candidate_id,
            revision=dossier.revision,
            headline=headline,
            summary=profile.basics.summary,
            place=with_label(home) if home and home.kind == "city" else _written(profile),
            country_code=country or (home.country_code if home else None),
            years=years,
            seniority=self._level(newest, years),
            top_skills=labels[:TOP_SKILLS],
            skills=labels,
            positions=[_position(item) for item in profile.work],
            education=[
                EducationView(institution=e.institution, degree=e.study_type, area=e.area)
                for e in profile.education
            ],
            certificates=[item.name for item in profile.certificates],
            languages=[f"{i.language} ({i.fluency})" if i.fluency else i.language for i in profile.languages],
            do_not_contact=DO_NOT_CONTACT in dossier.flags,
        )

    def _level(self, newest: Work | None, years: float | None) -> Seniority | None:
        stated = self._seniority(newest.position) if newest and newest.position else None
        if stated or newest is None:
            return stated
        return "junior" if years is not None and years < 2 else "mid"


def _newest(work: list[Work]) -> Work | None:
    """Return the position held now, else the one that began last; profiles list the newest first."""
    current = next((item for item in work if item.current), None)
    return current or max(work, key=lambda item: item.start_date or "", default=None)


def _sentences(profile: Profile) -> list[str]:
    found = [profile.basics.label or "", profile.basics.summary or ""]
    for item in profile.work:
        found += [item.summary or "", *item.highlights]
    for project in profile.projects:
        found += [project.name or "", project.description or "", *project.highlights, *project.keywords]
    for item in profile.education:
        found += item.courses
    return [text for text in found if text]


def _blotted(text: str, profile: Profile) -> str:
    """Return a résumé's text without the person's name and contact data."""
    names = [word for word in re.split(r"[\s,]+", profile.basics.name or "") if len(word) > 1]
    if names:
        pattern = "|".join(re.escape(word) for word in sorted(names, key=len, reverse=True))
        text = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", " ", text, flags=re.IGNORECASE)
    return _CONTACT.sub(" ", text)


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


def _place_of(text: str, country: str) -> Place | None:
    found = resolve_place(text)
    if found is None or (country and found.country_code != country):
        inside = (m.place for m in find_places(text) if not country or m.place.country_code == country)
        found = next(inside, None) or (place(country) if country else None)
    return found


def _region_id(home: Place) -> str | None:
    region = home.id.rpartition("/")[0]
    return region if region.partition("/")[2].strip("/") else None


def _industries_of(text: str) -> tuple[str, ...]:
    return tuple(mention.industry for mention in find_industries(text)) if text else ()


def _degree_of(study_type: str, area: str) -> tuple[DegreeLevel | None, tuple[str, ...]]:
    found = degree_of(f"{study_type} {area}")
    fields = find_fields_of_study(area or study_type)
    wide = [entry.group for f in fields if (entry := field_of_study(f)) and entry.group]
    return (found[0] if found else None), (*fields, *wide)


def _language_of(name: str, fluency: str) -> tuple[str | None, str | None]:
    mentions = find_languages(f"{name}: {fluency}")
    if mentions:
        return mentions[0].language, mentions[0].level
    return resolve_language(name), None


def _certificates_of(name: str) -> tuple[str, ...]:
    return tuple(mention.certificate for mention in find_certificates(name))
