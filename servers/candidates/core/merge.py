"""Several sources, one profile: merged field by field, the newest source first where they differ."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel

from servers.candidates.core.identity import employer_key, plain, url_key
from servers.candidates.core.models import FieldOrigin, Source
from shared.wire.profile import Basics, Education, Profile, SocialProfile, Work

Item = TypeVar("Item", bound=BaseModel)


def merge_profiles(profiles: Iterable[Profile]) -> Profile:
    """Merge profiles given oldest first.

    A single field takes the newest value, except the name, which stays as first given. Jobs, studies and
    the like are united; two entries that mean the same fill each other's gaps.
    """
    ordered = list(profiles)
    if len(ordered) == 1:
        return ordered[0]
    newest_first = ordered[::-1]
    return Profile(
        basics=_basics(ordered),
        work=sorted(
            _united((job for p in newest_first for job in p.work), _same_job),
            key=lambda job: (job.current, job.end_date or job.start_date or ""),
            reverse=True,
        ),
        education=_united((study for p in newest_first for study in p.education), _same_study),
        skills=_united(
            (s for p in newest_first for s in p.skills), lambda a, b: plain(a.name) == plain(b.name)
        ),
        certificates=_united(
            (c for p in newest_first for c in p.certificates), lambda a, b: plain(a.name) == plain(b.name)
        ),
        languages=_united(
            (language for p in newest_first for language in p.languages),
            lambda a, b: plain(a.language) == plain(b.language),
        ),
        projects=_united(
            (project for p in newest_first for project in p.projects),
            lambda a, b: bool(a.name) and plain(a.name or "") == plain(b.name or ""),
        ),
    )


def _basics(ordered: list[Profile]) -> Basics:
    merged = Basics()
    for profile in ordered:
        merged = _overlaid(merged, profile.basics)
    merged.name = next((p.basics.name for p in ordered if p.basics.name), None)
    merged.profiles = _united((page for p in ordered[::-1] for page in p.basics.profiles), _same_page)
    return merged


def _overlaid(below: Item, above: Item) -> Item:
    """Return ``below`` with every value that ``above`` has."""
    values = {name: value for name in type(above).model_fields if (value := getattr(above, name))}
    return below.model_copy(update=values)


def _filled(first: Item, second: Item) -> Item:
    """Return ``first`` with its gaps filled from ``second``; the span stays with the text it points into."""
    values = {
        name: value
        for name in type(first).model_fields
        if name != "span" and not getattr(first, name) and (value := getattr(second, name))
    }
    if "current" in values and getattr(first, "end_date", None):
        del values["current"]
    return first.model_copy(update=values)


def _united(items: Iterable[Item], same: Callable[[Item, Item], bool]) -> list[Item]:
    kept: list[Item] = []
    for item in items:
        index = next((i for i, known in enumerate(kept) if same(known, item)), None)
        if index is None:
            kept.append(item)
        else:
            kept[index] = _filled(kept[index], item)
    return kept


def _same_page(one: SocialProfile, other: SocialProfile) -> bool:
    if one.url and other.url:
        return (url_key(one.url) or one.url) == (url_key(other.url) or other.url)
    return (plain(one.network or ""), one.username) == (plain(other.network or ""), other.username)


def _same_job(one: Work, other: Work) -> bool:
    if one.name and other.name and employer_key(one.name) != employer_key(other.name):
        return False
    if one.position and other.position and plain(one.position) != plain(other.position):
        return False
    if not (one.name and other.name) and not (one.position and other.position):
        return False
    return _agree(one.start_date, other.start_date) and _agree(one.end_date, other.end_date)


def _same_study(one: Education, other: Education) -> bool:
    if plain(one.institution or "") != plain(other.institution or ""):
        return False
    if one.study_type and other.study_type and plain(one.study_type) != plain(other.study_type):
        return False
    return _agree(one.end_date, other.end_date)


def _agree(one: str | None, other: str | None) -> bool:
    """Tell whether two ISO prefixes can mean the same day; an unknown one can."""
    if not one or not other:
        return True
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def origins(sources: list[Source], field: str | None = None) -> list[FieldOrigin]:
    """Return where each value of each field came from first, oldest source first.

    Derived from the stored sources, replaced ones included, so that it can never disagree with them.
    ``field`` limits it to one field or one part (``basics.email``, ``work``).
    """
    found: dict[tuple[str, str], FieldOrigin] = {}
    for source in sorted(sources, key=lambda s: s.first_seen):
        for name, value in fields_of(source.profile):
            if field and name != field and not name.startswith(f"{field}."):
                continue
            known = found.get((name, plain(value)))
            if known is None:
                found[name, plain(value)] = FieldOrigin(
                    field=name,
                    value=value,
                    source_id=source.id,
                    source_kind=source.kind,
                    source_name=source.name,
                    first_seen=source.first_seen,
                    current=source.superseded_at is None,
                )
            else:
                known.confirmed_by.append(source.id)
                known.current = known.current or source.superseded_at is None
    return list(found.values())


def fields_of(profile: Profile) -> list[tuple[str, str]]:
    """Return the single values of a profile as ``(field, value)``; list entries as one readable value."""
    basics = profile.basics
    values: list[tuple[str, str | None]] = [
        (f"basics.{name}", getattr(basics, name))
        for name in ("name", "label", "email", "phone", "url", "summary")
    ]
    if basics.location:
        parts = basics.location
        values.append(
            ("basics.location", ", ".join(filter(None, (parts.city, parts.region, parts.country_code))))
        )
    values += [("basics.profiles", page.url or page.username) for page in basics.profiles]
    for job in profile.work:
        what = " at ".join(filter(None, (job.position, job.name)))
        until = "present" if job.current else job.end_date
        values.append(("work", " | ".join(filter(None, (what, job.start_date, until)))))
    for study in profile.education:
        values.append(
            (
                "education",
                " | ".join(filter(None, (study.study_type, study.area, study.institution, study.end_date))),
            )
        )
    values += [("skills", skill.name) for skill in profile.skills]
    values += [("certificates", paper.name) for paper in profile.certificates]
    values += [("languages", " ".join(filter(None, (i.language, i.fluency)))) for i in profile.languages]
    values += [("projects", project.name) for project in profile.projects]
    return [(name, value) for name, value in values if value]
