"""Reading an ESCO download (CSV) into entries. Layout: ESCO v1.1, https://esco.ec.europa.eu/en/use-esco/download.

``skills_en.csv`` has at least preferredLabel, altLabels and skillType; ``occupations.csv`` has preferred and
alternative labels in capitals or camel case; ``skill_skill_relations.csv`` links skills by id. A download
whose skills carry no id cannot be joined with the relations; they are then left out, and counted.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.kernel.errors import InvalidInput
from shared.taxonomy.model import OccupationEntry, SkillEntry, SkillKind
from shared.taxonomy.text import slug

SKILLS_FILE = "skills_en.csv"
OCCUPATIONS_FILE = "occupations.csv"
RELATIONS_FILE = "skill_skill_relations.csv"
_KINDS: dict[str, SkillKind] = {"knowledge": "knowledge", "skill/competence": "competence"}


@dataclass(slots=True)
class ImportedTaxonomy:
    """Entries read from a foreign taxonomy, and what could not be used."""

    skills: list[SkillEntry] = field(default_factory=list[SkillEntry])
    occupations: list[OccupationEntry] = field(default_factory=list[OccupationEntry])
    skipped: dict[str, int] = field(default_factory=dict[str, int])


def read_esco(files: dict[str, str]) -> ImportedTaxonomy:
    """Read the texts of an ESCO folder, keyed by file name. Raises InvalidInput without skills."""
    if SKILLS_FILE not in files:
        raise InvalidInput(
            "this folder holds no ESCO skills", field=SKILLS_FILE, fix=f"It needs {SKILLS_FILE}."
        )
    imported = ImportedTaxonomy()
    by_key: dict[str, str] = {}
    entries: dict[str, SkillEntry] = {}
    for row in _rows(files[SKILLS_FILE], SKILLS_FILE, "preferredlabel"):
        entry = _skill(row)
        entries.setdefault(entry.id, entry)
        for column in ("id", "concepturi", "originuri"):
            if row.get(column):
                by_key[row[column]] = entry.id
    _relate(files.get(RELATIONS_FILE), by_key, entries, imported)
    imported.skills = list(entries.values())
    if OCCUPATIONS_FILE in files:
        for row in _rows(files[OCCUPATIONS_FILE], OCCUPATIONS_FILE, "preferredlabel"):
            imported.occupations.append(_occupation(row))
    return imported


def _rows(text: str, name: str, needed: str) -> Iterator[dict[str, str]]:
    reader = csv.reader(io.StringIO(text))
    header = [column.strip().lower().lstrip("\ufeff") for column in next(reader, [])]
    if needed not in header:
        raise InvalidInput(f"{name} has no column {needed}", field=name, fix="Is it an ESCO CSV file?")
    for values in reader:
        row = dict(zip(header, values, strict=False))
        if row[needed].strip():
            yield row


def _labels(row: dict[str, str]) -> tuple[str, ...]:
    own = row["preferredlabel"].strip().lower()
    names = (line.strip() for line in row.get("altlabels", "").splitlines())
    return tuple(dict.fromkeys(name for name in names if name and name.lower() != own))


def _skill(row: dict[str, str]) -> SkillEntry:
    label = row["preferredlabel"].strip()
    kind = _KINDS.get(row.get("skilltype", "").strip().lower(), "competence")
    aliases = _labels(row)
    # One plain word says too little by itself: it counts only where a text speaks of skills.
    guarded = (f"?{label}",) if " " not in label else ()
    return SkillEntry(f"esco:{slug(label)}", label, (*guarded, *(_alias(name) for name in aliases)), kind)


def _alias(name: str) -> str:
    return name if " " in name else f"?{name}"


def _occupation(row: dict[str, str]) -> OccupationEntry:
    label = row["preferredlabel"].strip()
    return OccupationEntry(f"esco:{slug(label)}", label, _labels(row), "esco")


def _relate(
    text: str | None, by_key: dict[str, str], entries: dict[str, SkillEntry], imported: ImportedTaxonomy
) -> None:
    if text is None:
        return
    related: dict[str, set[str]] = {}
    unknown = 0
    for row in _rows(text, RELATIONS_FILE, "requiringid"):
        first, second = by_key.get(row["requiringid"]), by_key.get(row["requiredid"])
        if first and second:
            related.setdefault(first, set()).add(second)
        else:
            unknown += 1
    for skill_id, others in related.items():
        known = entries[skill_id]
        entries[skill_id] = SkillEntry(
            known.id,
            known.label,
            known.aliases,
            known.kind,
            known.broader,
            known.implies,
            tuple(sorted(others)),
        )
    if unknown:
        imported.skipped["relations between skills that this download does not identify"] = unknown
