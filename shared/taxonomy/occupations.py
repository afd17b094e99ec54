"""Occupations in a text, and the occupation that a job title names."""

import re
from collections.abc import Iterable

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import OccupationEntry, OccupationMention
from shared.taxonomy.skill_data import data_lines, names
from shared.taxonomy.text import slug, tokenise

_ASIDE = re.compile(
    r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|\b(?:gs|gs-)\s?-?\d{1,2}\b.*$|\b[mwfdx](?:\s*/\s*[mwfdx*]){1,3}\b", re.I
)


def read_occupations(lines: Iterable[str]) -> list[OccupationEntry]:
    """Parse occupation lines: ``label; aliases; skills`` under ``[field]``."""
    entries: list[OccupationEntry] = []
    area = ""
    for line in lines:
        if line.startswith("["):
            area = line.strip("[] ")
            continue
        label, aliases, skills = (*(part.strip() for part in line.split(";")), "", "")[:3]
        ids = tuple(slug(name) for name in names(skills))
        entries.append(OccupationEntry(slug(label), label, names(aliases), area, ids))
    return entries


def packaged_occupations() -> list[OccupationEntry]:
    """Return every packaged occupation."""
    return read_occupations(data_lines("occupations.txt"))


class OccupationFinder:
    """Finds occupations by their titles."""

    def __init__(self, entries: Iterable[OccupationEntry]) -> None:
        self._matcher = PhraseMatcher(
            [(name, entry.id) for entry in entries for name in (entry.label, *entry.aliases)]
        )

    def find(self, text: str) -> list[OccupationMention]:
        """Return the mentions in ``text``, left to right, without overlaps."""
        tokens = tokenise(text)
        mentions: list[OccupationMention] = []
        for first, after, ids in self._matcher.longest(tokens):
            start, end = tokens.starts[first], tokens.ends[after - 1]
            mentions.append(OccupationMention(start, end, text[start:end], ids[0]))
        return mentions

    def resolve(self, title: str) -> str | None:
        """Return the occupation a title names: the whole of it, or else the longest name inside it."""
        exact = self._matcher.lookup(title)
        if exact:
            return exact[0]
        joined = self.find(re.sub(r"[()]", " ", title))
        mentions = [*self.find(_ASIDE.sub(" ", title)), *joined]
        if not mentions:
            return None
        # "Engineering Manager, Data Platform": what comes first says more than what follows a comma.
        best = max(mentions, key=lambda mention: (len(mention.text.split()), -mention.start))
        return best.occupation
