"""Reads the packaged skill files: one line a skill, sections set defaults."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import get_args

from shared.kernel.errors import InvalidInput
from shared.taxonomy.model import SkillEntry, SkillKind
from shared.taxonomy.text import slug

_KINDS: dict[str, SkillKind] = {kind: kind for kind in get_args(SkillKind)}


def data_folder() -> Traversable:
    """Return the packaged data folder."""
    return files("shared.taxonomy") / "data"


def data_lines(name: str) -> Iterator[str]:
    """Yield the lines of a packaged file that are neither blank nor comments."""
    for line in (data_folder() / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip()


def names(text: str) -> tuple[str, ...]:
    """Return the comma-separated names in ``text``."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read_skills(lines: Iterable[str]) -> list[SkillEntry]:
    """Parse skill lines: ``label; aliases; > broader; => implies; ~ related`` under ``[kind > broader]``."""
    entries: list[SkillEntry] = []
    kind: SkillKind = "technology"
    default: tuple[str, ...] = ()
    for line in lines:
        if line.startswith("["):
            name, _, broader = line.strip("[] ").partition(">")
            kind, default = _kind(name.strip()), names(broader)
        else:
            entries.append(_entry(line, kind, default))
    return entries


def _kind(name: str) -> SkillKind:
    if name not in _KINDS:
        raise InvalidInput(f"{name!r} is not a kind of skill", field="kind")
    return _KINDS[name]


def _entry(line: str, kind: SkillKind, default: tuple[str, ...]) -> SkillEntry:
    label, *parts = (part.strip() for part in line.split(";"))
    fields: dict[str, tuple[str, ...]] = {"": (), ">": (), "=>": (), "~": ()}
    for part in parts:
        mark = next((mark for mark in ("=>", ">", "~") if part.startswith(mark + " ")), "")
        fields[mark] = fields[mark] + names(part[len(mark) :])
    return SkillEntry(
        id=slug(label),
        label=label,
        aliases=fields[""],
        kind=kind,
        broader=tuple(slug(name) for name in (fields[">"] or default)),
        implies=tuple(slug(name) for name in fields["=>"]),
        related=tuple(slug(name) for name in fields["~"]),
    )


def packaged_skills() -> list[SkillEntry]:
    """Return every packaged skill; one that several files name is merged, the first label wins."""
    merged: dict[str, SkillEntry] = {}
    for path in sorted((data_folder() / "skills").iterdir(), key=lambda path: path.name):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for entry in read_skills(line for line in lines if not line.startswith("#")):
            known = merged.get(entry.id)
            merged[entry.id] = entry if known is None else merge(known, entry)
    return list(merged.values())


def merge(first: SkillEntry, second: SkillEntry) -> SkillEntry:
    """Return ``first`` with the aliases and relations of ``second`` added."""
    return SkillEntry(
        id=first.id,
        label=first.label,
        aliases=tuple(dict.fromkeys((*first.aliases, *second.aliases))),
        kind=first.kind,
        broader=tuple(dict.fromkeys((*first.broader, *second.broader))),
        implies=tuple(dict.fromkeys((*first.implies, *second.implies))),
        related=tuple(dict.fromkeys((*first.related, *second.related))),
    )
