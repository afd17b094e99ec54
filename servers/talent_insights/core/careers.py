"""What a dossier means for the market: where somebody is, worked, moved, studied, and what they show."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from servers.talent_insights.core.naming import Naming, named
from servers.talent_insights.core.rows import (
    Facts,
    MoveRow,
    PersonRow,
    PersonRows,
    SkillRow,
    SpanRow,
    StudyRow,
)
from shared.kernel.months import month_read
from shared.taxonomy import Taxonomy
from shared.wire.profile import Dossier, Profile, Work, newest_of

_Named = tuple[str | None, str | None]
ENDLESS = 1_000_000
"""Later than any month: the end of work that lasts."""


class Careers:
    """Derives a person's rows with one taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._naming = Naming(taxonomy)
        self._listed = lru_cache(16384)(taxonomy.resolve_skill)

    def rows(self, dossier: Dossier) -> PersonRows:
        """Return all rows of ``dossier``; they say the same on any day."""
        profile = dossier.profile
        spans = list(self._spans(profile.work))
        return PersonRows(
            candidate_id=dossier.candidate_id,
            facts=self._person(profile),
            spans=spans,
            moves=_moves(spans),
            skills=self._skills(dossier),
            studies=_studies(profile),
        )

    def _person(self, profile: Profile) -> PersonRow:
        newest = newest_of(profile.work)
        held = newest is not None and newest.current
        home = profile.basics.location
        where = (
            ", ".join(p for p in (home.city or home.address, home.region, home.country_code) if p)
            if home
            else ""
        )
        title = (newest.position if newest else None) or profile.basics.label
        country = (home.country_code if home else None) or ""
        facts = self._naming.facts(title, where or (newest.location if newest else None), None, country)
        work = self._naming.facts(None, newest.location, newest.name) if newest and held else Facts()
        worked, since = _experience(profile.work)
        facts.company, facts.company_name = work.company, work.company_name
        facts.remote = facts.remote or work.remote
        return PersonRow(**facts.model_dump(), worked=worked, working_since=since)

    def _spans(self, work: Iterable[Work]) -> Iterator[SpanRow]:
        """Yield one span an employer, one after the other: of two at once, the one that lasts longer."""
        open_span: SpanRow | None = None
        for began, ended, item in _dated(work):
            facts = self._naming.facts(item.position, item.location, item.name)
            if facts.company is None:
                continue
            span = SpanRow(**facts.model_dump(), began=began, ended=ended)
            if open_span is None:
                open_span = span
            elif span.company == open_span.company and began <= _end(open_span) + 1:
                ended_last = max(_end(open_span), _end(span))
                span.began, span.ended = open_span.began, None if ended_last == ENDLESS else ended_last
                open_span = span
            elif _end(span) > _end(open_span):
                open_span.ended = min(_end(open_span), began - 1)
                if open_span.ended >= open_span.began:
                    yield open_span
                open_span = span
        if open_span is not None:
            yield open_span

    def _skills(self, dossier: Dossier) -> list[SkillRow]:
        """Return each skill with the first month that dated work shows it, and what follows from it."""
        profile = dossier.profile
        first: dict[str, int | None] = {}
        shown: set[str] = set()
        for month, skills in self._shown(dossier, profile):
            for skill in skills:
                shown.add(skill)
                for proven in self._taxonomy.covered_by(skill):
                    known = first.get(proven)
                    first[proven] = month if known is None else known if month is None else min(known, month)
        return [SkillRow(skill=s, shown=s in shown, first=first[s]) for s in sorted(first)]

    def _shown(self, dossier: Dossier, profile: Profile) -> Iterator[tuple[int | None, list[str]]]:
        dated = _dated(profile.work)
        for began, _, item in dated:
            yield began, self._mentioned([item.position, item.summary, *item.highlights])
        told = {id(item) for _, _, item in dated}
        listed = [name for item in profile.skills for name in (item.name, *item.keywords)]
        resolved = {name: self._listed(name) for name in listed}
        yield None, [skill for skill in resolved.values() if skill]
        yield (
            None,
            self._mentioned(
                [
                    *(name for name, skill in resolved.items() if skill is None),
                    profile.basics.label,
                    profile.basics.summary,
                    *(
                        t
                        for p in profile.projects
                        for t in (p.name, p.description, *p.highlights, *p.keywords)
                    ),
                    *(
                        t
                        for i in profile.work
                        if id(i) not in told
                        for t in (i.position, i.summary, *i.highlights)
                    ),
                    *(course for item in profile.education for course in item.courses),
                    *(source.text for source in dossier.sources),
                ]
            ),
        )

    def _mentioned(self, texts: Iterable[str | None]) -> list[str]:
        found = self._taxonomy.find_skills("\n".join(text for text in texts if text))
        return [mention.skill for mention in found if not mention.negated]


def _dated(work: Iterable[Work]) -> list[tuple[int, int | None, Work]]:
    """Return positions whose months are known, in order of their beginning; an end of None lasts."""
    found: list[tuple[int, int | None, Work]] = []
    for item in work:
        began = month_read(item.start_date, first=True)
        ended = None if item.current else month_read(item.end_date, first=False)
        if began is not None and (item.current or (ended is not None and ended >= began)):
            found.append((began, ended, item))
    return sorted(found, key=lambda entry: (entry[0], entry[1] or ENDLESS))


def _end(span: SpanRow) -> int:
    return ENDLESS if span.ended is None else span.ended


def _experience(work: list[Work]) -> tuple[int, int | None]:
    """Return months of work before the present one, those held twice counted once, and since when it lasts."""
    dated = _dated(work)
    since = min((began for began, ended, _ in dated if ended is None), default=None)
    months, reached = 0, -1
    for began, ended, _ in dated:
        last = ENDLESS if ended is None else ended
        last = last if since is None else min(last, since - 1)
        months += max(0, last - max(began, reached + 1) + 1)
        reached = max(reached, last)
    return months, since


def _moves(spans: list[SpanRow]) -> list[MoveRow]:
    """Return the moves between employers and between places, the latest of each pair."""
    moves: dict[tuple[str, str, str], MoveRow] = {}
    for before, after in pairwise(spans):
        facts = Facts.model_validate(after, from_attributes=True).model_dump()
        ends: tuple[tuple[Literal["company", "place"], _Named, _Named], ...] = (
            ("company", (before.company, before.company_name), (after.company, after.company_name)),
            ("place", (before.place, before.place), (after.place, after.place)),
        )
        for kind, origin, target in ends:
            if origin[0] and target[0] and origin[0] != target[0]:
                moves[kind, origin[0], target[0]] = MoveRow(
                    **facts,
                    kind=kind,
                    origin=origin[0],
                    origin_name=origin[1] or origin[0],
                    target=target[0],
                    target_name=target[1] or target[0],
                    month=after.began,
                )
    return list(moves.values())


def _studies(profile: Profile) -> list[StudyRow]:
    schools = dict(found for item in profile.education if (found := named(item.institution)))
    return [StudyRow(school=key, school_name=name) for key, name in sorted(schools.items())]
