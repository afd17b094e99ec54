"""What all questions share: who asks, as of when, and what a figure stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from servers.talent_insights.core.models import Basis, Group
from servers.talent_insights.core.noise import Noise
from servers.talent_insights.core.ports import Market, Row
from servers.talent_insights.core.privacy import Masks
from servers.talent_insights.core.segments import FULL, Conditions, Reading
from shared.following.follower import Follower
from shared.kernel.clock import Clock
from shared.kernel.months import month_of
from shared.taxonomy import Taxonomy
from shared.taxonomy.places import place, with_label

WIDEST = 1_000_000
"""More groups than any question has: for those that are counted whole."""


@dataclass(frozen=True)
class Desk:
    """What questions are answered with.

    Attributes:
        k: no figure tells of fewer people.
        noise: what figures of people are told with.
        people, postings: keep the market up with what changes.
    """

    market: Market
    people: Follower[str]
    postings: Follower[str]
    clock: Clock
    taxonomy: Taxonomy
    k: int
    noise: Noise

    @property
    def reading(self) -> Reading:
        """What reads segments."""
        return Reading(self.taxonomy)

    @property
    def now(self) -> int:
        """The present month."""
        return month_of(self.clock.today())

    async def ask(self, tenant: str, question: str, parameters: Mapping[str, Any], **more: Any) -> list[Row]:
        """Return the answer to a named question as of now."""
        self.people.follow(tenant)
        self.postings.follow(tenant)
        today = self.clock.today()
        times = {"now": month_of(today), "day": today.toordinal(), "k": self.k}
        return await self.market.ask(tenant, question, {**times, **parameters, **more})

    async def pool(self, tenant: str, conditions: Conditions) -> Masks:
        """Return the people by mask."""
        return masks_of(await self.ask(tenant, "pool", conditions.with_()))

    def lost(self, tenant: str) -> None:
        """Read everything again, since the rows are gone; answers say so until that is done."""
        self.people.lost(tenant)
        self.postings.lost(tenant)

    def told(self, tenant: str, n: int, *cell: str) -> int:
        """Return what is told of a count that may be told."""
        return self.noise.on(n, tenant, *cell)

    def basis(
        self,
        tenant: str,
        about: Conditions | str,
        how: str,
        *,
        n: int | None = None,
        hidden: int = 0,
        note: str = "",
    ) -> Basis:
        """Return what a figure stands on."""
        return Basis(
            as_of=self.clock.today().isoformat(),
            about=about if isinstance(about, str) else about.words,
            n=n,
            how=how,
            k=self.k,
            noise=self.noise.most,
            hidden=hidden,
            complete=self.people.level(tenant) and self.postings.level(tenant),
            note=note,
        )

    def group(self, by: str, value: str, label: str | None = None) -> Group:
        """Return a value with what to show for it."""
        match by:
            case "skill" if self.taxonomy.has_skill(value):
                shown = self.taxonomy.skill(value).label
            case "occupation":
                shown = self.taxonomy.occupation(value).label
            case "country" | "region" | "place":
                found = place(value)
                shown = with_label(found) if found else value
            case _:
                shown = label or value
        return Group(value=value, label=shown)


def masks_of(rows: list[Row], count: str = "n") -> Masks:
    """Return rows of mask and a count as a mapping."""
    return {int(row["mask"]): int(row[count]) for row in rows}


def withheld(masks: Masks, k: int) -> str:
    """Return why the number of people who meet all conditions is not told."""
    few = masks.get(FULL, 0) < k
    return (
        f"Fewer than {k} people meet all conditions."
        if few
        else f"Withheld: without one of the conditions it would be nearly the same people, fewer than {k} more."
    )


def ratio(people: int | None, postings: int) -> float | None:
    """Return people per posting."""
    return round(people / postings, 1) if people is not None and postings else None
