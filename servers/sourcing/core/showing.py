"""What profiles show of what is asked for, and how people who show the same came out.

A hit tells which of the skills asked for its profile names, whether a position is in an occupation asked for, and
years. Nothing else of a person is looked at: no employer, school, name or place. What a profile leaves out may be
true all the same: it costs nobody a place, it only lets others be judged first, and if those who leave it out match
well, they come first themselves.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from servers.sourcing.core.models import Brought
from servers.sourcing.core.needs import Needs
from servers.sourcing.core.ports import FoundPerson
from shared.taxonomy import Taxonomy

AT_FIRST = (0.40, 0.25, 0.12, 0.06, 0.03)
"""What is expected before any verdict of who shows everything asked for, all but one, and so on: guesses."""
STRENGTH = 4.0
"""What is expected of a larger group weighs as much for a smaller one as so many of its own verdicts."""
ENOUGH = 5
"""Of fewer judged people nothing is told."""

Group = frozenset[str] | int
"""Those who show exactly this of what is asked for, or so many things of it."""


class Asked:
    """What of a role a hit can show: one of the skills of each need, work in its occupations, and years of work."""

    def __init__(self, needs: Needs, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._skills = {need.label: frozenset(need.skills) for need in needs.skills}
        self._jobs = " or ".join(taxonomy.occupation(one).label for one in needs.occupations)
        self._years = needs.years
        self.count = len(self._skills) + bool(self._jobs) + (self._years is not None)
        self._proved = cache(self._proved_by)

    def shown_by(self, person: FoundPerson) -> list[str]:
        """Return what the hit shows of it, as a recruiter reads it."""
        has = frozenset[str]().union(*map(self._proved, person.skills))
        shown = [label for label, skills in self._skills.items() if skills & has]
        if self._jobs and person.in_occupation:
            shown.append(f"work as {self._jobs}")
        if self._years is not None and person.years is not None and person.years >= self._years:
            shown.append(f"{self._years:g} years of work")
        return shown

    def _proved_by(self, name: str) -> frozenset[str]:
        known = self._taxonomy.resolve_skill(name)
        return self._taxonomy.covered_by(known) if known else frozenset()


class Outcomes:
    """How the judged people came out, by what their profiles show of what is asked for.

    Args:
        count: how many things are asked for.
        brought: everybody brought so far; who was not judged, or was brought by an earlier release, counts for nothing.
    """

    def __init__(self, count: int, brought: Iterable[Brought]) -> None:
        self._count = count
        self._judged: Counter[Group] = Counter()
        self._matched: Counter[Group] = Counter()
        for one in brought:
            if one.good is not None and one.shows is not None:
                groups: tuple[Group, Group] = frozenset(one.shows), len(one.shows)
                self._judged.update(groups)
                self._matched.update(groups if one.good else ())

    def expected(self, shown: frozenset[str]) -> float:
        """Return how likely somebody who shows this is to match well, 0 to 1.

        Verdicts on who shows the same count most, then those on who shows as many things, then a guess.
        """
        missing = min(max(0, self._count - len(shown)), len(AT_FIRST) - 1)
        return self._after(self._after(AT_FIRST[missing], len(shown)), shown)

    def told(self) -> str:
        """Return in words who comes first within each search; empty while too few were judged to tell."""
        groups = [one for one in self._judged if not isinstance(one, int) and self._judged[one] >= ENOUGH]
        best = max(groups, key=lambda shown: (self.expected(shown), sorted(shown)), default=None)
        if best is None or len(groups) < 2 or not self._matched[best]:
            return ""
        matched, judged = self._matched[best], self._judged[best]
        all_matched, all_judged = (
            sum(n for one, n in counted.items() if isinstance(one, int))
            for counted in (self._matched, self._judged)
        )
        shows = " and ".join(sorted(best)) or "nothing of what is asked for"
        return (
            f"Those come first whose profiles show {shows}: {matched} of {judged} judged "
            f"match well, of the others {all_matched - matched} of {all_judged - judged}."
        )

    def _after(self, before: float, group: Group) -> float:
        """Return what is expected of a group after its verdicts."""
        return (STRENGTH * before + self._matched[group]) / (STRENGTH + self._judged[group])
