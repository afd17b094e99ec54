"""The taxonomy: skills and occupations with their spellings and relations, compact or widened."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Self

from shared.kernel.errors import NotFound
from shared.taxonomy.model import OccupationEntry, OccupationMention, SkillEntry, SkillMention
from shared.taxonomy.occupations import OccupationFinder, packaged_occupations
from shared.taxonomy.skill_data import merge, packaged_skills
from shared.taxonomy.skills import SkillFinder

_ONE_TRADE = "software"
_SHARED = 2
_LICENSED = ("healthcare", "legal", "education")
"""Fields in which one trade may not do the other's work."""


class Taxonomy:
    """An immutable set of skills and occupations; ``compact()`` is the packaged one, loaded once."""

    def __init__(self, skills: Iterable[SkillEntry], occupations: Iterable[OccupationEntry]) -> None:
        self._skills = {entry.id: entry for entry in skills}
        self._occupations = {entry.id: entry for entry in occupations}
        self._finder = SkillFinder(self._skills)
        self._occupation_finder = OccupationFinder(self._occupations.values())
        self._covers: dict[str, frozenset[str]] = {}
        self._neighbours: dict[str, frozenset[str]] = {}
        spellings = sum(
            1 + len(entry.aliases) for entry in (*self._skills.values(), *self._occupations.values())
        )
        self.extent = (len(self._skills), len(self._occupations), spellings)
        """How many skills, occupations and spellings it knows; it differs where one was widened."""
        self._related = _symmetric(self._skills)

    @classmethod
    @cache
    def compact(cls) -> Self:
        """Return the packaged taxonomy."""
        return cls(packaged_skills(), packaged_occupations())

    def widened(
        self, skills: Iterable[SkillEntry] = (), occupations: Iterable[OccupationEntry] = ()
    ) -> "Taxonomy":
        """Return a taxonomy that also knows the given entries.

        An entry whose label or id is known already lends its aliases and relations to the known one; an
        alias that is known keeps its known meaning.
        """
        merged = dict(self._skills)
        renamed: dict[str, str] = {}
        for entry in skills:
            known = entry.id if entry.id in merged else self.resolve_skill(entry.label)
            renamed[entry.id] = known or entry.id
            merged[known or entry.id] = _lent(merged[known], entry) if known else entry
        linked = (_renamed(entry, renamed) for entry in merged.values())
        own = {entry.id: entry for entry in self._occupations.values()}
        for occupation in occupations:
            own.setdefault(occupation.id, occupation)
        return Taxonomy(linked, own.values())

    @property
    def skills(self) -> tuple[SkillEntry, ...]:
        """All skills."""
        return tuple(self._skills.values())

    @property
    def occupations(self) -> tuple[OccupationEntry, ...]:
        """All occupations."""
        return tuple(self._occupations.values())

    def has_skill(self, skill_id: str) -> bool:
        """Return whether the id is known."""
        return skill_id in self._skills

    def skill(self, skill_id: str) -> SkillEntry:
        """Return the skill with this id. Raises NotFound."""
        if skill_id not in self._skills:
            raise NotFound(f"no skill has the id {skill_id!r}", field="skill")
        return self._skills[skill_id]

    def occupation(self, occupation_id: str) -> OccupationEntry:
        """Return the occupation with this id. Raises NotFound."""
        if occupation_id not in self._occupations:
            raise NotFound(f"no occupation has the id {occupation_id!r}", field="occupation")
        return self._occupations[occupation_id]

    def find_skills(self, text: str, *, acts: bool = False) -> list[SkillMention]:
        """Return the skills that ``text`` mentions, left to right, without overlaps.

        ``acts`` also counts trades that are done without being named: "led a team of five".
        """
        return self._finder.find(text, acts=acts)

    def resolve_skill(self, name: str) -> str | None:
        """Return the id of the skill written exactly so (``k8s`` is ``kubernetes``), or None."""
        return name if name in self._skills else self._finder.resolve(name)

    def covered_by(self, skill_id: str) -> frozenset[str]:
        """Return the ids of everything that having this skill proves, itself included."""
        if skill_id not in self._covers:
            seen: set[str] = set()
            pending = [skill_id]
            while pending:
                current = pending.pop()
                if current in seen:
                    continue
                seen.add(current)
                entry = self._skills.get(current)
                if entry:
                    pending.extend((*entry.broader, *entry.implies))
            self._covers[skill_id] = frozenset(seen)
        return self._covers[skill_id]

    def touched_by(self, spellings: Iterable[str]) -> frozenset[str]:
        """Return what may be read otherwise since entries have, or had, these spellings: they themselves, and the
        spellings of every skill that proves one of theirs. Takes a second for large ones."""
        names = {spelling.lstrip("=?") for spelling in spellings}
        changed = set[str]().union(*map(self._finder.spelt, names))
        proving = (one for one in self._skills.values() if not changed.isdisjoint(self.covered_by(one.id)))
        return frozenset(names).union(
            name.lstrip("=?") for one in proving for name in (one.label, *one.aliases)
        )

    def satisfies(self, have: str, want: str) -> bool:
        """Return whether somebody who has ``have`` thereby has ``want`` (Django proves Python)."""
        return want in self.covered_by(have)

    def related(self, skill_id: str) -> list[tuple[str, float]]:
        """Return near skills with a weight in (0, 1], nearest first. Near proves nothing."""
        weights = dict.fromkeys(self._related.get(skill_id, ()), 0.6)
        entry = self._skills.get(skill_id)
        if entry:
            for other in (*entry.implies, *entry.broader):
                weights[other] = max(weights.get(other, 0.0), 0.5)
        weights.pop(skill_id, None)
        return sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))

    def find_occupations(self, text: str) -> list[OccupationMention]:
        """Return the occupations that ``text`` mentions, left to right, without overlaps."""
        return self._occupation_finder.find(text)

    def neighbours(self, occupation_id: str) -> frozenset[str]:
        """Return the occupations of the same field that share two typical skills; all who write software do.

        Near proves nothing, and where trades are licensed there is none.
        """
        if occupation_id not in self._neighbours:
            entry = self._occupations.get(occupation_id)
            self._neighbours[occupation_id] = frozenset(
                other.id
                for other in self._occupations.values()
                if entry
                and other.id != entry.id
                and other.field == entry.field not in _LICENSED
                and (entry.field == _ONE_TRADE or len(set(entry.skills) & set(other.skills)) >= _SHARED)
            )
        return self._neighbours[occupation_id]

    def resolve_occupation(self, title: str) -> OccupationEntry | None:
        """Return the occupation that a job title names (``Sr. Java Developer (m/f/d)``), or None."""
        found = self._occupation_finder.resolve(title)
        return self._occupations[found] if found else None


def _symmetric(skills: dict[str, SkillEntry]) -> dict[str, set[str]]:
    related: dict[str, set[str]] = {}
    for entry in skills.values():
        for other in entry.related:
            related.setdefault(entry.id, set()).add(other)
            related.setdefault(other, set()).add(entry.id)
    return related


def _lent(known: SkillEntry, entry: SkillEntry) -> SkillEntry:
    """Add what ``entry`` knows more of; spellings that are known keep the rules they are matched by."""
    spelt = {name.lstrip("=?").lower() for name in (known.label, *known.aliases)}
    further = tuple(name for name in (entry.label, *entry.aliases) if name.lstrip("=?").lower() not in spelt)
    return merge(known, replace(entry, aliases=further))


def _renamed(entry: SkillEntry, renamed: dict[str, str]) -> SkillEntry:
    if not any(other in renamed for other in (*entry.broader, *entry.implies, *entry.related)):
        return entry

    def mapped(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(renamed.get(i, i) for i in ids if renamed.get(i, i) != entry.id))

    return SkillEntry(
        entry.id, entry.label, entry.aliases, entry.kind,
        mapped(entry.broader), mapped(entry.implies), mapped(entry.related),
    )  # fmt: skip
