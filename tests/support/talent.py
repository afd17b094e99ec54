"""A talent pool for tests: dossiers of invented people, and a change feed that serves them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from shared.following.model import Changes
from shared.kernel.errors import Unavailable
from shared.wire.changes import CandidateChange
from shared.wire.profile import (
    Basics,
    Certificate,
    Dossier,
    Education,
    LanguageItem,
    Place,
    Profile,
    SkillItem,
    SourceText,
    Work,
)

TODAY = date(2026, 6, 1)


def person(
    candidate_id: str,
    *,
    title: str = "Data Engineer",
    skills: Iterable[str] = (),
    city: str = "Berlin",
    country: str = "DE",
    start: str = "2020-01",
    company: str = "Cobalt Works",
    industry: str | None = None,
    highlights: Iterable[str] = (),
    earlier: Iterable[Work] = (),
    languages: Iterable[tuple[str, str]] = (),
    degree: tuple[str, str] | None = None,
    certificates: Iterable[str] = (),
    name: str = "Mara Voss",
    resume: str | None = None,
    flags: Iterable[str] = (),
) -> Dossier:
    """Return the dossier of somebody who holds ``title`` since ``start``."""
    now = Work(
        name=company,
        position=title,
        industry=industry,
        start_date=start,
        current=True,
        highlights=list(highlights),
    )
    profile = Profile(
        basics=Basics(name=name, label=title, location=Place(city=city, country_code=country)),
        work=[now, *earlier],
        education=[Education(institution="Ashford University", study_type=degree[0], area=degree[1])]
        if degree
        else [],
        skills=[SkillItem(name=skill) for skill in skills],
        languages=[LanguageItem(language=code, fluency=level) for code, level in languages],
        certificates=[Certificate(name=c) for c in certificates],
    )
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    sources = (
        [SourceText(id="s1", kind="resume", name="cv.txt", text=resume, first_seen=seen)] if resume else []
    )
    return Dossier(candidate_id=candidate_id, profile=profile, sources=sources, flags=list(flags))


def dossier_of(profile: Profile, candidate_id: str) -> Dossier:
    """Return a dossier without sources."""
    return Dossier(candidate_id=candidate_id, profile=profile, sources=[])


class FakeFeed:
    """The candidates unit's changes, per tenant, in memory. ``down`` makes it unavailable."""

    def __init__(self) -> None:
        self.down = False
        self.merged: dict[str, str] = {}
        self.asked: list[tuple[str, int]] = []
        self._log: dict[str, list[CandidateChange]] = {}

    def put(self, tenant: str, *dossiers: Dossier) -> int:
        log = self._log.setdefault(tenant, [])
        for dossier in dossiers:
            log.append(CandidateChange(seq=len(log) + 1, candidate_id=dossier.candidate_id, dossier=dossier))
        return len(log)

    def tell(self, tenant: str, *changes: CandidateChange) -> None:
        """Add changes as they are."""
        self._log.setdefault(tenant, []).extend(changes)

    def delete(self, tenant: str, candidate_id: str) -> int:
        log = self._log.setdefault(tenant, [])
        log.append(CandidateChange(seq=len(log) + 1, candidate_id=candidate_id))
        return len(log)

    def merge(self, tenant: str, gone: str, kept: Dossier) -> int:
        """Tell that somebody was merged into another, and then of who remains."""
        self.merged[gone] = kept.candidate_id
        self.delete(tenant, gone)
        return self.put(tenant, kept)

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        self.asked.append((tenant, seq))
        if self.down:
            raise Unavailable("candidates does not answer")
        found = [change for change in self._log.get(tenant, []) if change.seq > seq][:limit]
        last = max((change.seq for change in self._log.get(tenant, [])), default=0)
        return Changes([change.model_dump_json() for change in found], found[-1].seq if found else seq, last)
