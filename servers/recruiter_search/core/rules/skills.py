"""Rules about what people can do, with how long and how recently, and what they speak."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Criterion,
    OneOf,
    Weighted,
    Words,
)
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.reading import holds_words
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from servers.recruiter_search.core.values import MOST_YEARS, Experience, LanguageFilter
from shared.kernel.errors import InvalidInput
from shared.taxonomy.languages import language_label, resolve_language
from shared.wire.requirements import LanguageLevel

Asked = str | Experience
LEVELS: tuple[LanguageLevel, ...] = get_args(LanguageLevel)


def lasting(kind: Kind, id: str, years: int) -> str:
    """Return the token of having done something for exactly so many full years, the most counted at most."""
    return f"{kind}:{id}@{years}"


def last_done(kind: Kind, id: str, when: int | str) -> str:
    """Return the token of the year in which something was last done; ``now``: it still is."""
    return f"{kind}:{id}~{when}"


def timed(kind: Kind, ids: tuple[str, ...], asked: Experience, reading: Reading) -> Criterion:
    """Return the condition that one of ``ids`` was done so long and so recently. Raises InvalidInput."""
    if asked.min_years is None and asked.within_years is None:
        raise InvalidInput(
            f"no time is asked for {asked.of}", field=f"{kind}_years", fix="Give min_years or within_years."
        )
    built = tuple(_timed(kind, one, asked, reading) for one in ids)
    return built[0] if len(built) == 1 else AnyOf(built)


def _timed(kind: Kind, id: str, asked: Experience, reading: Reading) -> Criterion:
    parts: list[Criterion] = []
    if asked.min_years:
        enough = range(asked.min_years, MOST_YEARS + 1)
        parts.append(OneOf("times", tuple(lasting(kind, id, years) for years in enough)))
    if asked.within_years is not None:
        first = reading.today.year - asked.within_years
        when = ("now", *range(first, reading.today.year + 1))
        parts.append(OneOf("times", tuple(last_done(kind, id, w) for w in when)))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _named(asked: Asked) -> str:
    return asked if isinstance(asked, str) else asked.of


def _has_time(asked: Asked) -> bool:
    return isinstance(asked, Experience) and (asked.min_years is not None or asked.within_years is not None)


@dataclass(frozen=True, kw_only=True)
class Skilled(Rule):
    """Skills, themselves or proved by something shown; one is enough unless ``every`` is asked for."""

    every: bool = False

    def each(self, value: list[Asked]) -> list[Any]:
        return [[one] for one in value] if self.every else [value]

    def criterion(self, value: Sequence[Asked], reading: Reading) -> Criterion:
        parts = tuple(self._one(asked, reading) for asked in value)
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def _one(self, asked: Asked, reading: Reading) -> Criterion:
        ids = reading.ids("skill", [_named(asked)])
        if isinstance(asked, Experience) and _has_time(asked):
            return timed("skill", ids, asked, reading)  # nobody, where nothing is known for the name
        return OneOf("skills", ids) if ids else Words("everything", _named(asked))

    def liked(self, value: list[Asked], reading: Reading) -> list[Weighted]:
        return [self._liked(asked, reading) for asked in value]

    def _liked(self, asked: Asked, reading: Reading) -> Weighted:
        criterion = self._one(asked, reading)
        if _has_time(asked) or not isinstance(criterion, OneOf):
            return Weighted(criterion, self.weight, flat=_has_time(asked))
        return Weighted(OneOf("shown_skills", criterion.values), self.weight)

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion:
        return Words("skill_names", text, prefix) if prefix else self._one(text, reading)

    def terms(self, value: Sequence[Asked], names: Names) -> list[str]:
        named = [_named(asked) for asked in value]
        known = (skill for name in named for skill in names.ids("skill", name))
        return [*named, *(spelling for skill in known for spelling in names.spellings(skill))]

    def shows(self, value: Sequence[Asked], view: ProfileView, reading: Reading) -> list[str]:
        """Return the skills of the profile that are asked for or prove it."""
        names = reading.names
        wanted = {found for asked in value for found in names.ids("skill", _named(asked))}
        return [s for s in view.skills if wanted & names.proves(s)]


@dataclass(frozen=True, kw_only=True)
class SkillGroups(Rule):
    """Of each group at least one skill."""

    of_one: Skilled

    def each(self, value: list[list[str]]) -> list[Any]:
        return [[group] for group in value if group]

    def criterion(self, value: list[list[str]], reading: Reading) -> Criterion:
        parts = tuple(self.of_one.criterion(group, reading) for group in value)
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def liked(self, value: list[list[str]], reading: Reading) -> list[Weighted]:
        return [Weighted(self.of_one.criterion(group, reading), self.weight, flat=True) for group in value]

    def terms(self, value: list[list[str]], names: Names) -> list[str]:
        return [term for group in value for term in self.of_one.terms(group, names)]

    def shows(self, value: list[list[str]], view: ProfileView, reading: Reading) -> list[str]:
        return [text for group in value for text in self.of_one.shows(group, view, reading)]


@dataclass(frozen=True, kw_only=True)
class Timed(Rule):
    """Occupations, functions or industries by how long and how recently; one is enough."""

    kind: Kind

    def criterion(self, value: list[Experience], reading: Reading) -> Criterion:
        return AnyOf(
            tuple(timed(self.kind, reading.ids(self.kind, [asked.of]), asked, reading) for asked in value)
        )

    def shows(self, value: list[Experience], view: ProfileView, reading: Reading) -> list[str]:
        ids = reading.names.ids
        wanted = {found for asked in value for found in ids(self.kind, asked.of)}
        read = [(p, p.industry if self.kind == "industry" else p.title) for p in view.positions]
        held = [p for p, text in read if text and wanted & set(ids(self.kind, text))]
        return [f"{p.title or p.company}, {p.start or '?'} to {p.end or 'now'}" for p in held]


@dataclass(frozen=True, kw_only=True)
class Spoken(Rule):
    """Languages, every one."""

    def each(self, value: list[LanguageFilter]) -> list[Any]:
        return [[one] for one in value]

    def criterion(self, value: list[LanguageFilter], reading: Reading) -> Criterion:
        tokens = [(one.code.lower(), one.at_least) for one in value]
        parts = tuple(OneOf("languages", (f"{c}:{level}" if level else c,)) for c, level in tokens)
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion:
        name, level = _leveled(text)
        code = name.lower() if language_label(name.lower()) else resolve_language(name)
        if code is None:
            reading.unresolved.append(text)
            return Words("everything", text, prefix)
        return OneOf("languages", (f"{code}:{level}" if level else code,))

    def shows(self, value: list[LanguageFilter | str], view: ProfileView, reading: Reading) -> list[str]:
        named = (_leveled(one)[0] if isinstance(one, str) else one.code for one in value)
        labels = [language_label(name.lower()) or name for name in named]
        return [text for text in view.languages if any(holds_words(text, label) for label in labels)]


def _leveled(text: str) -> tuple[str, str]:
    """Return a language as the boolean language writes it without the level after it, and that, if any."""
    name, _, last = text.rpartition(" ")
    level = next((level for level in LEVELS if level.lower() == last.lower()), "")
    return (name.strip(), level) if name and level else (text, "")
