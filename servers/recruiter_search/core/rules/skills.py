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
from servers.recruiter_search.core.durations import read_time, time_at, time_meant
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.reading import holds_words
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from servers.recruiter_search.core.rules.times import timed
from servers.recruiter_search.core.values import Experience, LanguageFilter
from shared.taxonomy.languages import language_label, resolve_language
from shared.wire.requirements import LanguageLevel

Asked = str | Experience
LEVELS: tuple[LanguageLevel, ...] = get_args(LanguageLevel)


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

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        if time_at(text) is not None:
            asked = None if prefix else read_time(text, reading.today)
            return self._one(asked, reading) if asked and asked.of else None
        return Words("skill_names", text, prefix) if prefix else self._one(text, reading)

    def meant(self, text: str) -> str:
        return time_meant(self.word, text)

    def wrong_at(self, text: str) -> int:
        return time_at(text) or 0

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
