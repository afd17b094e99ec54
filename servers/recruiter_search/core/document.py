"""What is searchable of a profile, derived once when it is indexed.

Names, contact data, photos and dates of study are left out: nobody is found or ranked by them. A résumé's
text is searched with the person's name, addresses and numbers blotted out.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from typing import Any

from servers.recruiter_search.core.career import (
    Job,
    jobs_of,
    newest_of,
    numbers,
    place_tokens,
    position_fields,
    times,
)
from servers.recruiter_search.core.criteria import Keyword, Number, PositionField, TextField
from servers.recruiter_search.core.entities import Entities
from servers.recruiter_search.core.models import DEGREES, OPEN_TO_WORK
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.periods import years_worked
from servers.recruiter_search.core.profile_view import read, view_of, written
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.plain import UNKNOWN_COUNTRY
from servers.recruiter_search.core.rules.skills import LEVELS
from servers.recruiter_search.core.texts import blotted, sentences, texts_of, told
from shared.kernel.months import month_of
from shared.taxonomy import Taxonomy
from shared.taxonomy.degrees import degree_of, degree_rank, field_of_study, find_fields_of_study
from shared.taxonomy.languages import find_languages, resolve_language
from shared.taxonomy.places import Place, find_places, place, resolve_place
from shared.taxonomy.seniority import seniority_of
from shared.wire.profile import Dossier, Profile, Work
from shared.wire.requirements import DegreeLevel, Seniority
from shared.wire.standing import Standing

FORMAT = 7  # raise it when what is derived changes: indexes of another format are rebuilt
UNSTATED_LEVEL = "B2"
DO_NOT_CONTACT = "do_not_contact"
PRIVATE = "private"
BARRING = (DO_NOT_CONTACT, PRIVATE)
"""Marks of people who are not found unless a query admits them."""
_COMPARED: tuple[Keyword, ...] = ("occupations", "seniority")
"""What people are compared by, beside the skills that they show."""
_APART = "\n.....\n"  # so that no word vouches for one in another text
_OPEN_TO_WORK = re.compile(
    r"#?\bopen ?to ?(?:work|new (?:work|roles?|opportunit)|opportunit|offers)|\bavailable (?:immediately|from|for hire)"
    r"|\b(?:actively )?(?:looking for|seeking) (?:an? )?(?:new |next )?(?:role|position|job|challenge|opportunit)",
    re.I,
)


@dataclass
class ProfileDocument:
    """One profile as it is indexed: keyword fields by taxonomy id, text fields, numbers, and each position
    for itself. An index keeps ``kept`` and ``shown``.

    A plain record, since every person crosses from the processes that derive to the one that indexes.

    Args:
        shown: the ``ProfileView`` as JSON: what a hit shows.
        shown_skills: skill id → how often it is shown.
        seq: the change of the pool that it is derived from; 0: not told.
        meant: texts that carry its meaning → weight.
    """

    candidate_id: str
    keywords: dict[Keyword, list[str]]
    shown_skills: dict[str, int]
    shown: bytes
    seq: int = 0
    texts: dict[TextField, list[str]] = field(default_factory=dict[TextField, list[str]])
    positions: list[dict[PositionField, list[str]]] = field(
        default_factory=list[dict[PositionField, list[str]]]
    )
    numbers: dict[Number, float] = field(default_factory=dict[Number, float])
    meant: dict[str, int] = field(default_factory=dict[str, int])

    @cached_property
    def view(self) -> ProfileView:
        """What a hit shows of it."""
        return read(self.shown)

    def kept(self) -> dict[str, Any]:
        """Return what an index keeps beside ``shown``: arguments that make a document without texts."""
        return {
            "candidate_id": self.candidate_id,
            "seq": self.seq,
            "keywords": {name: self.keywords[name] for name in _COMPARED},
            "shown_skills": self.shown_skills,
            "meant": self.meant,
        }

    @property
    def years(self) -> float | None:
        """Years of work, overlaps counted once."""
        return self.numbers.get("years")


class Deriver:
    """Derives documents with one taxonomy. Keeps what it learnt of titles and places, bounded."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._names = Names(taxonomy)
        self._entities = Entities(self._names)
        self._place = lru_cache(4096)(_place_of)
        self._degree = lru_cache(4096)(_degree_of)
        self._language = lru_cache(2048)(_language_of)
        self._named = lru_cache(16384)(self._skills_named)
        self._seniority = lru_cache(8192)(seniority_of)

    def derive(self, dossier: Dossier, today: date, standing: Standing | None = None) -> ProfileDocument:
        """Return the document of ``dossier``; ``today`` ends the positions that last."""
        profile = dossier.profile
        resumes = [blotted(source.text, profile) for source in dossier.sources]
        in_position, shown = self._shown_skills(profile, resumes)
        now = month_of(today)
        jobs = jobs_of(profile.work, in_position, self._names, self._seniority, now)
        newest, years, home = newest_of(profile.work), years_worked(profile.work, today), self._home(profile)
        labels = [self._taxonomy.skill(skill).label for skill in shown]
        seniority, barred = self._level(newest, years), DO_NOT_CONTACT in dossier.flags
        view = view_of(dossier, newest, labels, home, years, seniority, do_not_contact=barred)
        return ProfileDocument(
            candidate_id=dossier.candidate_id,
            keywords=self._of_career(jobs, shown, view)
            | self._of_person(dossier, home, view)
            | _of_record(dossier, standing or Standing()),
            texts=texts_of(profile, newest, resumes, view),
            positions=[position_fields(job) for job in jobs],
            numbers=numbers(jobs) | _numbers(years, standing or Standing()),
            shown_skills=shown,
            shown=written(view),
            meant=self._entities.of(jobs, in_position, shown, now),
        )

    def _shown_skills(self, profile: Profile, resumes: list[str]) -> tuple[list[set[str]], dict[str, int]]:
        """Return the skills shown in each position, and how often each is shown in all: listed, or spoken of
        without a "no" before it."""
        listed = [self._named(name) for item in profile.skills for name in (item.name, *item.keywords)]
        shown = Counter(chain.from_iterable(listed))
        titled = [self._named(item.position) if item.position else () for item in profile.work]
        shown.update(chain.from_iterable(titled))
        in_position = [set(skills) for skills in titled]
        texts = ["\n".join(told(item)) for item in profile.work]
        texts += ["\n".join(sentences(profile)), *resumes]
        # All is read in one go, and each mention goes to whose text it stands in.
        ends = list(accumulate(len(text) + len(_APART) for text in texts))
        for mention in self._taxonomy.find_skills(_APART.join(texts)):
            if not mention.negated:
                shown[mention.skill] += 1
                if (place := bisect(ends, mention.start)) < len(in_position):
                    in_position[place].add(mention.skill)
        return in_position, dict(shown.most_common())

    def _skills_named(self, name: str) -> tuple[str, ...]:
        found = self._taxonomy.resolve_skill(name)
        mentions = () if found else self._taxonomy.find_skills(name)
        return (found,) if found else tuple(mention.skill for mention in mentions if not mention.negated)

    def _of_career(
        self, jobs: list[Job], shown: dict[str, int], view: ProfileView
    ) -> dict[Keyword, list[str]]:
        newest, past = [job for job in jobs if job.newest], [job for job in jobs if not job.newest]
        return {
            "skills": sorted({proven for skill in shown for proven in self._taxonomy.covered_by(skill)}),
            "times": times(jobs),
            "occupations": _all(job.occupations for job in jobs),
            "current_occupations": _all(job.occupations for job in newest),
            "past_occupations": _all(job.occupations for job in past),
            "functions": _all(job.functions for job in jobs),
            "current_functions": _all(job.functions for job in newest),
            "industries": _all(job.industries for job in jobs),
            "current_industries": _all(job.industries for job in newest),
            "worked_in": _all(job.places for job in jobs),
            "work_modes": _all(job.work_modes for job in jobs),
            "seniority": [view.seniority] if view.seniority else [],
        }

    def _of_person(self, dossier: Dossier, home: Place | None, view: ProfileView) -> dict[Keyword, list[str]]:
        profile = dossier.profile
        degrees = [self._degree(e.study_type or "", e.area or "") for e in profile.education]
        highest = max((degree_rank(level) for level, _ in degrees if level), default=None)
        return {
            "places": place_tokens(home),
            "countries": [view.country_code or UNKNOWN_COUNTRY],
            "languages": _all(self._spoken(item.language, item.fluency) for item in profile.languages),
            "degree": list(DEGREES[: highest + 1]) if highest is not None else [],
            "fields_of_study": _all(fields for _, fields in degrees),
            "certificates": _all(self._names.ids("certificate", item.name) for item in profile.certificates),
        }

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
        named = (home.city or home.address, home.region, home.country_code)
        return self._place(", ".join(part for part in named if part), home.country_code or "")

    def _level(self, newest: Work | None, years: float | None) -> Seniority | None:
        stated = self._seniority(newest.position) if newest and newest.position else None
        if stated or newest is None:
            return stated
        return "junior" if years is not None and years < 2 else "mid"


def _all(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(lists)))


def _of_record(dossier: Dossier, standing: Standing) -> dict[Keyword, list[str]]:
    basics = dossier.profile.basics
    open_to_work = _OPEN_TO_WORK.search(f"{basics.label or ''}\n{basics.summary or ''}")
    happened = [name for one in standing.engagement for name in (one.kind, one.project_id) if name]
    return {
        "flags": sorted({*dossier.flags, *([OPEN_TO_WORK] if open_to_work else [])}),
        "sources": sorted({*standing.sources, *(source.kind for source in dossier.sources)}),
        "engagement": sorted(set(happened)),
    }


def _numbers(years: float | None, standing: Standing) -> dict[Number, float]:
    contacted = [one.at.date().toordinal() for one in standing.engagement if one.kind == "contacted"]
    known: dict[Number, float | None] = {
        "years": years,
        "changed_on": standing.changed_at.date().toordinal() if standing.changed_at else None,
        "contacted_on": max(contacted, default=None),
    }
    return {name: value for name, value in known.items() if value is not None}


def _place_of(text: str, country: str) -> Place | None:
    found = resolve_place(text)
    if found is None or (country and found.country_code != country):
        inside = (m.place for m in find_places(text) if not country or m.place.country_code == country)
        found = next(inside, None) or (place(country) if country else None)
    return found


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
