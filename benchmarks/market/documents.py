"""Invented lives as the search index takes them, quickly.

The unit's own ``Deriver`` makes every document. Only the reading of texts is spared: a market says few
different sentences, and each is read by the taxonomy once and then remembered.
"""

from datetime import date
from functools import cache, lru_cache

from benchmarks.market.dossiers import dossier_of
from benchmarks.market.world import NOW, World
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.taxonomy import SkillMention, Taxonomy

TODAY = date(NOW // 12, NOW % 12 + 1, 1)
_REMEMBERED = 500_000


class ReadOnce(Taxonomy):
    """The packaged taxonomy, which reads each line of text once."""

    def __init__(self) -> None:
        packaged = Taxonomy.compact()
        super().__init__(packaged.skills, packaged.occupations)
        self._line = lru_cache(_REMEMBERED)(super().find_skills)

    def find_skills(self, text: str, *, acts: bool = False) -> list[SkillMention]:
        """Return the skills that ``text`` mentions, line by line."""
        found: list[SkillMention] = []
        begins = 0
        for line in text.split("\n"):
            for one in self._line(line, acts=acts):
                start, end = begins + one.start, begins + one.end
                found.append(SkillMention(start, end, one.text, one.skill, one.negated))
            begins += len(line) + 1
        return found


@cache
def quick_deriver() -> Deriver:
    """Return a deriver that reads no sentence twice, one for a process."""
    return Deriver(ReadOnce())


def documents_of(world: World, numbers: range) -> list[ProfileDocument]:
    """Return the documents of these people."""
    return [quick_deriver().derive(dossier_of(world, number), TODAY) for number in numbers]
