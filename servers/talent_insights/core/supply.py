"""Supply, demand, their ratio, what each condition costs, and where to open a role."""

from collections.abc import Iterable, Mapping
from itertools import combinations

from servers.talent_insights.core.figures import WIDEST, Desk, ratio, withheld
from servers.talent_insights.core.models import (
    BestPlaces,
    Change,
    PayGroup,
    PeopleDimension,
    PlaceLevel,
    PlaceToHire,
    Supply,
    SupplyGroup,
    SupplyOverTime,
    TimePoint,
    WhatIf,
)
from servers.talent_insights.core.pay_questions import PayQuestions
from servers.talent_insights.core.privacy import (
    Cell,
    Masks,
    gathered,
    overlapping,
    parts_of,
    publishable,
    without,
)
from servers.talent_insights.core.segments import FULL, Condition, Conditions, Segment, WorkSegment
from shared.kernel.months import month_written

PEOPLE = "People by what they do now, where they live and what they show; "
OPEN = "postings that are open today and ask for the same."
SUGGESTED = 10
PAIRS = 5


class SupplyQuestions:
    """Questions about people now."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def supply(self, tenant: str, segment: Segment, by: PeopleDimension | None, limit: int) -> Supply:
        """Return people and open postings, in all and by one dimension."""
        conditions = self._desk.reading.conditions(segment)
        masks = await self._desk.pool(tenant, conditions)
        demand = (await self._desk.ask(tenant, "demand", conditions.of_postings()))[0]
        n = masks[FULL] if publishable(masks, self._desk.k) else None
        groups, hidden = list[SupplyGroup](), 0
        if by is not None and n is not None:
            cells, hidden = await self._cells(tenant, conditions, by, n, limit)
            wanted = await self._wanted(tenant, conditions, by)
            groups = self._groups(tenant, conditions, by, n, cells, wanted)
        told = self._told(tenant, n, conditions)
        return Supply(
            basis=self._desk.basis(
                tenant,
                conditions,
                PEOPLE + OPEN,
                n=told,
                hidden=hidden,
                note="" if n is not None else withheld(masks, self._desk.k),
            ),
            people=told,
            open_postings=demand["open"],
            posted_last_year=demand["posted"],
            people_per_posting=ratio(told, demand["open"]),
            groups=groups,
        )

    async def over_time(self, tenant: str, segment: WorkSegment) -> SupplyOverTime:
        """Return people at work of a kind and postings for it, each half-year of the last three years."""
        conditions, now = self._desk.reading.conditions(segment), self._desk.now
        changes = await self._desk.ask(tenant, "occupancy", conditions.with_())
        posted = await self._desk.ask(tenant, "demand_over_time", conditions.of_postings())
        points: list[TimePoint] = []
        for month in range(now - 36, now + 1, 6):
            masks: dict[int, int] = {}
            for row in changes:
                if row["month"] <= month:
                    masks[row["mask"]] = masks.get(row["mask"], 0) + row["joined"] - row["gone"]
            n = masks[FULL] if publishable(masks, self._desk.k) else None
            people = self._told(tenant, n, conditions, "at work", str(month))
            asked = sum(row["n"] for row in posted if month - 6 < row["month"] <= month)
            points.append(TimePoint(month=month_written(month), people=people, posted=asked))
        how = (
            "Dated positions: who held such work in that month, each person once, in the longest of several."
        )
        return SupplyOverTime(
            basis=self._desk.basis(tenant, conditions, how, n=points[-1].people), points=points
        )

    async def what_if(self, tenant: str, segment: Segment) -> WhatIf:
        """Return what leaving out, widening or adding a condition does to the number of people."""
        desk, k = self._desk, self._desk.k
        conditions = desk.reading.conditions(segment)
        masks = await desk.pool(tenant, conditions)
        n = masks[FULL] if publishable(masks, k) else None
        told = self._told(tenant, n, conditions)
        relax = [
            self._relaxed(tenant, conditions, masks, words, dropped)
            for condition in conditions.asked
            for words, dropped in _wider(condition)
        ]
        tighten: list[Change] = []
        if n is not None:
            cells, _ = await self._cells(tenant, conditions, "skill", n, 4 * SUGGESTED)
            asked = {condition.name for condition in conditions.asked}
            fewer = [c for c in cells if f"skill:{c.what[0]}" not in asked and c.n < n][:SUGGESTED]
            tighten = [
                _change(f"also ask for {group.label}", group.people, told)
                for group in self._groups(tenant, conditions, "skill", n, fewer, {})
            ]
        return WhatIf(
            basis=desk.basis(
                tenant,
                conditions,
                "The people now, counted again with one condition left out, widened or added.",
                n=told,
                note="" if n is not None else withheld(masks, k),
            ),
            people=told,
            relax=relax,
            relax_two=self._relaxed_in_pairs(tenant, conditions, masks),
            tighten=tighten,
        )

    async def best_places(self, tenant: str, segment: Segment, level: PlaceLevel, limit: int) -> BestPlaces:
        """Return where many such people are for few postings."""
        desk = self._desk
        conditions = desk.reading.conditions(segment)
        masks = await desk.pool(tenant, conditions)
        n = masks[FULL] if publishable(masks, desk.k) else None
        places, hidden = list[PlaceToHire](), 0
        if n is not None:
            cells, hidden = await self._cells(tenant, conditions, level, n, WIDEST)
            wanted = await self._wanted(tenant, conditions, level)
            pay = (await PayQuestions(desk).pay(tenant, segment, level, WIDEST)).groups
            groups = self._groups(tenant, conditions, level, n, cells, wanted)
            places = [_place(group, [p for p in pay if p.value == group.value]) for group in groups]
        return BestPlaces(
            basis=desk.basis(
                tenant,
                conditions,
                PEOPLE + OPEN,
                n=self._told(tenant, n, conditions),
                hidden=hidden,
                note="" if n is not None else withheld(masks, desk.k),
            ),
            places=sorted(places, key=lambda place: (-place.score, place.value))[:limit],
        )

    async def _cells(
        self, tenant: str, conditions: Conditions, by: PeopleDimension, n: int, limit: int
    ) -> tuple[list[Cell[tuple[str, str | None]]], int]:
        """Return the groups that may be told, largest first, and how many were hidden."""
        k = self._desk.k
        by_skill = "people_by_skill" if conditions.asked else "skills"
        question = by_skill if by == "skill" else "people_by"
        rows = await self._desk.ask(tenant, question, conditions.with_(), by=by, limit=limit)
        labels: dict[str, str | None] = {row["value"]: row.get("label") for row in rows}
        cells = [
            Cell((str(value), labels[str(value)]), masks)
            for (value,), masks in gathered(rows, "value").items()
        ]
        shown = overlapping(cells, n, k) if by == "skill" else parts_of(cells, n, k)
        return sorted(shown, key=lambda cell: (-cell.n, cell.what[0])), len(cells) - len(shown)

    async def _wanted(self, tenant: str, conditions: Conditions, by: PeopleDimension) -> dict[str, int]:
        question = "demand_by_skill" if by == "skill" else "demand_by"
        rows = await self._desk.ask(tenant, question, conditions.of_postings(), by=by, limit=WIDEST)
        return {row["value"]: row["n"] for row in rows}

    def _told(
        self, tenant: str, n: int | None, conditions: Conditions, *more: str, dropped: int = 0
    ) -> int | None:
        if n is None:
            return None
        return self._desk.told(tenant, n, *(more or ("people",)), conditions.cell(dropped=dropped))

    def _groups(
        self,
        tenant: str,
        conditions: Conditions,
        by: PeopleDimension,
        n: int,
        cells: Iterable[Cell[tuple[str, str | None]]],
        wanted: Mapping[str, int],
    ) -> list[SupplyGroup]:
        """Return groups as they are told: the largest first, with their share of ``n`` and the demand for them."""
        desk, total = self._desk, self._desk.told(tenant, n, "people", conditions.cell())
        groups: list[SupplyGroup] = []
        for cell in cells:
            value, label = cell.what
            people = desk.told(tenant, cell.n, "people", conditions.cell({by: value}))
            groups.append(
                SupplyGroup(
                    **desk.group(by, value, label).model_dump(),
                    people=people,
                    share=min(1.0, round(people / total, 4)),
                    open_postings=wanted.get(value, 0),
                    people_per_posting=ratio(people, wanted.get(value, 0)),
                )
            )
        return sorted(groups, key=lambda group: (-group.people, group.value))

    def _relaxed(self, tenant: str, conditions: Conditions, masks: Masks, words: str, dropped: int) -> Change:
        k, wider = self._desk.k, without(masks, dropped)
        now = self._told(tenant, masks[FULL] if publishable(masks, k) else None, conditions)
        told = self._told(tenant, wider[FULL] if publishable(wider, k) else None, conditions, dropped=dropped)
        if now is not None and told is not None:
            # Asking less never finds fewer, and where nobody is gained noise must not say so.
            told = now if wider[FULL] == masks[FULL] else max(now, told)
        return _change(words, told, now)

    def _relaxed_in_pairs(self, tenant: str, conditions: Conditions, masks: Masks) -> list[Change]:
        """Return pairs of conditions that keep more people out together than one by one, most gained first.

        Only what is told is compared: which pairs are named says nothing that their figures do not.
        """
        now = self._told(tenant, masks[FULL] if publishable(masks, self._desk.k) else 0, conditions) or 0

        def gain(change: Change) -> int:
            return max(0, (change.people or 0) - now)

        alone = {
            c.bits: gain(self._relaxed(tenant, conditions, masks, c.words, c.bits)) for c in conditions.asked
        }
        worth: list[Change] = []
        for a, b in combinations(conditions.asked, 2):
            words = f"drop {a.words} and {b.words}"
            both = self._relaxed(tenant, conditions, masks, words, a.bits | b.bits)
            if gain(both) >= alone[a.bits] + alone[b.bits] + self._desk.k:
                worth.append(both)
        return sorted(worth, key=lambda change: -gain(change))[:PAIRS]


def _change(words: str, people: int | None, now: int | None) -> Change:
    gained = people - now if people is not None and now is not None else None
    return Change(change=words, people=people, gained=gained)


def _wider(condition: Condition) -> Iterable[tuple[str, int]]:
    """Yield each way to ask for less: in words, and the bits that are no longer asked for."""
    for words, kept in condition.wider:
        yield f"{condition.words} → {words}", condition.bits & ~kept
    yield f"drop {condition.words}", condition.bits


def _place(group: SupplyGroup, pay: list[PayGroup]) -> PlaceToHire:
    score = group.people**2 / (group.people + 10 * group.open_postings)
    return PlaceToHire(**group.model_dump(), score=round(score, 1), pay=pay)
