"""Reading an O*NET database folder (tab-separated text). Layout: O*NET 27, https://www.onetcenter.org/database.html.

``Technology Skills.txt`` gives technology skills with the kind of software they are an example of,
``Occupation Data.txt`` occupations, and ``Alternate Titles.txt`` their other titles.
"""

import csv
import io
from collections.abc import Iterator

from shared.kernel.errors import InvalidInput
from shared.taxonomy.esco import ImportedTaxonomy
from shared.taxonomy.model import OccupationEntry, SkillEntry
from shared.taxonomy.text import slug

SKILLS_FILE = "Technology Skills.txt"
OCCUPATIONS_FILE = "Occupation Data.txt"
TITLES_FILE = "Alternate Titles.txt"
_TYPICAL = 12
_SHORT = 3


def read_onet(files: dict[str, str]) -> ImportedTaxonomy:
    """Read the texts of an O*NET folder, keyed by file name. Raises InvalidInput without occupations."""
    if OCCUPATIONS_FILE not in files:
        raise InvalidInput(
            "this folder holds no O*NET occupations",
            field=OCCUPATIONS_FILE,
            fix=f"It needs {OCCUPATIONS_FILE}.",
        )
    imported = ImportedTaxonomy()
    entries: dict[str, SkillEntry] = {}
    used: dict[str, list[str]] = {}
    for row in _rows(files.get(SKILLS_FILE), SKILLS_FILE, ("O*NET-SOC Code", "Example", "Commodity Title")):
        group = _group(row["Commodity Title"])
        entries.setdefault(group.id, group)
        entry = _skill(row["Example"].strip(), group.id)
        entries.setdefault(entry.id, entry)
        skills = used.setdefault(row["O*NET-SOC Code"], [])
        skills.insert(0, entry.id) if row.get("Hot Technology") == "Y" else skills.append(entry.id)
    titles: dict[str, list[str]] = {}
    for row in _rows(files.get(TITLES_FILE), TITLES_FILE, ("O*NET-SOC Code", "Alternate Title")):
        titles.setdefault(row["O*NET-SOC Code"], []).append(row["Alternate Title"].strip())
    for row in _rows(files[OCCUPATIONS_FILE], OCCUPATIONS_FILE, ("O*NET-SOC Code", "Title")):
        code, label = row["O*NET-SOC Code"], row["Title"].strip()
        skills = tuple(dict.fromkeys(used.get(code, [])))[:_TYPICAL]
        imported.occupations.append(
            OccupationEntry(f"onet:{code}", label, (_singular(label), *titles.get(code, [])), "onet", skills)
        )
    imported.skills = list(entries.values())
    return imported


def _rows(text: str | None, name: str, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if text is None:
        return
    reader = csv.DictReader(io.StringIO(text), delimiter="\t")
    missing = [column for column in needed if column not in (reader.fieldnames or [])]
    if missing:
        raise InvalidInput(f"{name} has no column {missing[0]}", field=name, fix="Is it an O*NET text file?")
    for row in reader:
        if all(row.get(column) for column in needed):
            yield row


def _group(title: str) -> SkillEntry:
    label = title.strip()
    return SkillEntry(f"onet:{slug(label)}", label, (), "technology")


def _skill(label: str, group: str) -> SkillEntry:
    short = len(label) <= _SHORT or " " not in label
    return SkillEntry(f"onet:{slug(label)}", label, (f"=?{label}",) if short else (), "technology", (group,))


def _singular(label: str) -> str:
    return label[:-1] if label.endswith("s") and not label.endswith("ss") else label
