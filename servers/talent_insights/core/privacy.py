"""No figure about fewer than k people, and none that another figure makes one of.

A count is published where it is k or more and where every wider set, by any of its conditions left out,
differs by nobody or by k or more. A group is hidden too where the others and the total would tell it. What could be
worked out from several answers is for ``noise``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from servers.talent_insights.core.segments import FULL

C = TypeVar("C")
Masks = Mapping[int, int]
"""People by mask: which of the conditions they meet."""


@dataclass(frozen=True)
class Cell(Generic[C]):
    """One group of people, counted by mask."""

    what: C
    masks: Masks

    @property
    def n(self) -> int:
        """Those who meet all conditions."""
        return self.masks.get(FULL, 0)


def publishable(masks: Masks, k: int) -> bool:
    """Return whether the number of people with all conditions may be told."""
    if masks.get(FULL, 0) < k:
        return False
    lacking: Counter[int] = Counter()
    for mask, n in masks.items():
        if mask != FULL and n:
            lacking[FULL & ~mask] += n
    # Leaving out some conditions adds who lacks no others: fewest are added where all lack just these.
    fewest_first = sorted(lacking.items(), key=lambda item: item[0].bit_count())
    return all(n >= k or _reaches(k, dropped, fewest_first) for dropped, n in lacking.items())


def _reaches(k: int, dropped: int, lacking: Sequence[tuple[int, int]]) -> bool:
    """Return whether k people or more lack nothing but some of the dropped conditions."""
    added = 0
    for lacked, n in lacking:
        added += 0 if lacked & ~dropped else n
        if added >= k:
            return True
    return False


def without(masks: Masks, dropped: int) -> Masks:
    """Return the people by mask of a question that does not ask for the ``dropped`` bits."""
    wider: Counter[int] = Counter()
    for mask, n in masks.items():
        wider[mask | dropped] += n
    return wider


def parts_of(cells: Iterable[Cell[C]], total: int, k: int) -> list[Cell[C]]:
    """Return the groups that may be told of a total that is told, where each person is in one at most."""
    shown = sorted((c for c in cells if publishable(c.masks, k)), key=lambda cell: -cell.n)
    while shown and 0 < total - sum(cell.n for cell in shown) < k:
        shown.pop()
    return shown


def overlapping(cells: Iterable[Cell[C]], total: int, k: int) -> list[Cell[C]]:
    """Return the groups that may be told of a total that is told, where people may be in several."""
    return [c for c in cells if publishable(c.masks, k) and (total == c.n or total - c.n >= k)]


def told(masks: Masks, k: int) -> int | None:
    """Return the number of people with all conditions where it may be told; nobody may be."""
    n = masks.get(FULL, 0)
    return n if n == 0 or publishable(masks, k) else None


def balanced(parts: Sequence[int | None]) -> bool:
    """Return whether no hidden part follows from the others of a sum that is told."""
    return sum(part is None for part in parts) != 1


def gathered(
    rows: Iterable[Mapping[str, object]], *by: str, count: str = "n"
) -> dict[tuple[object, ...], dict[int, int]]:
    """Return rows of ``by``, mask and a count as people by mask for each group."""
    groups: dict[tuple[object, ...], dict[int, int]] = {}
    for row in rows:
        masks = groups.setdefault(tuple(row[name] for name in by), {})
        masks[int(str(row["mask"]))] = int(str(row[count]))
    return groups
