"""Occupations in a text, and the occupation that a job title names."""

import re
from collections.abc import Iterable

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import OccupationEntry, OccupationMention
from shared.taxonomy.seniority import seniority_of
from shared.taxonomy.skill_data import data_lines, names
from shared.taxonomy.text import slug, tokenise

_ASIDE = re.compile(
    r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|\b(?:gs|gs-)\s?-?\d{1,2}\b.*$|\b[mwfdx](?:\s*/\s*[mwfdx*]){1,3}\b", re.I
)
_PARTS = re.compile(r"[,;:|]|\s[-–—/]\s")
# A trade before these is what they deal with: a nurse recruiter is no nurse.
_OTHER_TRADE = re.compile(
    r"\s+(?:recruiter|manager|director|coordinator|trainer|instructor|teacher|buyer|supervisor|advocate|"
    r"sales\w*|representative|relations)\b",
    re.I,
)
_LEVELS = ("intern", "junior", "mid", "senior")
# Imported titles of one word that every trade has.
_ANY_TRADE = frozenset(
    word
    for line in (
        "director manager supervisor lead leader head chief officer specialist coordinator associate assistant",
        "analyst engineer technician advisor adviser agent operator representative worker owner partner",
        "executive inspector planner expert member staff fellow intern trainee apprentice superintendent",
    )
    for word in line.split()
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
    """Finds occupations by their titles; better none than a wrong one.

    A name marked ``?`` counts only where it is the whole title: "consultant" may be any trade's. A name that
    several imported occupations share, and none of the packaged ones has, names none of them.
    """

    def __init__(self, entries: Iterable[OccupationEntry]) -> None:
        self._matcher = PhraseMatcher(
            [
                (name.lstrip("?"), (entry.id, name.startswith("?")))
                for entry in entries
                for name in (entry.label, *entry.aliases)
                if name.lower() not in _ANY_TRADE
            ]
        )

    def find(self, text: str) -> list[OccupationMention]:
        """Return the mentions in ``text``, left to right, without overlaps."""
        tokens = tokenise(text)
        mentions: list[OccupationMention] = []
        for first, after, ids in self._matcher.longest(tokens):
            start, end = tokens.starts[first], tokens.ends[after - 1]
            occupation = _meant(ids, whole=start == 0 and end == len(text))
            if occupation:
                mentions.append(OccupationMention(start, end, text[start:end], occupation))
        return mentions

    def resolve(self, title: str) -> str | None:
        """Return the occupation a title names: the whole of it, or else the longest name inside it."""
        for whole in (title, _without_level(_ASIDE.sub(" ", title))):
            if exact := _meant(self._matcher.lookup(whole), whole=True):
                return exact
        mentions = [
            (part, mention)
            for text in (_ASIDE.sub(" ", title), re.sub(r"[()]", " ", title))
            for part, words in enumerate(_PARTS.split(text))
            for mention in self.find(words)
            if not _OTHER_TRADE.match(words, mention.end)
        ]
        if not mentions:
            return None
        # "Engineering Manager, Data Platform": what comes first says more than what follows a comma;
        # within a part the last noun is the trade: "Device Driver Developer".
        best = max(mentions, key=lambda one: (len(one[1].text.split()), -one[0], one[1].start))
        return best[1].occupation


def _meant(ids: list[tuple[str, bool]], *, whole: bool) -> str | None:
    """Choose among the occupations of a name: (id, whether it must be the whole title)."""
    meant = [occupation for occupation, weak in ids if whole or not weak]
    own = next((one for one in meant if ":" not in one), None)
    return own or (meant[0] if len(set(meant)) == 1 else None)


def _without_level(title: str) -> str:
    return " ".join(word for word in title.split() if seniority_of(word) not in _LEVELS)
