"""How people move between employers and places, and how these grow and shrink."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Literal

from servers.talent_insights.core.figures import WIDEST, Desk
from servers.talent_insights.core.models import (
    EmployersWithin,
    Exchange,
    Flow,
    FlowKind,
    Flows,
    Group,
    Layoff,
    Signals,
    Within,
    WorkDimension,
    Workforce,
    WorkforceTrends,
)
from servers.talent_insights.core.naming import named
from servers.talent_insights.core.ports import Row
from servers.talent_insights.core.privacy import balanced, gathered, publishable, told
from servers.talent_insights.core.segments import FULL, WITHIN_BITS, Conditions, WorkSegment
from shared.kernel.errors import InvalidInput
from shared.kernel.months import month_written
from shared.taxonomy.places import resolve_place

SPANS = "Dated positions, one employer after the other; of two at once, the longer one counts. "
HEADCOUNTS = "Now and twelve months before."
GROWING = 0.2
MOST_EMPLOYERS = 10_000
"""Employers that are named at once."""
MEASURES = ("headcount", "before", "hired", "departed")


class WorkQuestions:
    """Questions about work over time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def flows(
        self, tenant: str, kind: FlowKind, focus: str | None, segment: WorkSegment, months: Within, limit: int
    ) -> Flows:
        """Return the largest moves, or what ``focus`` wins from and loses to each other side."""
        desk = self._desk
        conditions = desk.reading.conditions(segment)
        within = sum(bit for span, bit in WITHIN_BITS.items() if months <= span)
        parameters = conditions.with_(kind=kind, months=months)
        parameters["unasked"] &= ~within
        key = self._key(kind, focus) if focus else None
        rows = await desk.ask(
            tenant, "flows", parameters, focus=key, limit=limit if key is None else 4 * limit
        )
        cells = gathered(rows, "origin", "target")
        names = {r["origin"]: r["origin_name"] for r in rows} | {r["target"]: r["target_name"] for r in rows}
        people = {
            (str(origin), str(target)): desk.told(
                tenant, masks[FULL], kind, str(origin), str(target), str(months), conditions.cell()
            )
            for (origin, target), masks in cells.items()
            if publishable(masks, desk.k)
        }
        groups = {value: desk.group(kind, value, label) for value, label in names.items()}
        how = f"{SPANS}A move is the beginning of work elsewhere, of each pair a person's latest, in {months} months."
        basis = desk.basis(
            tenant, conditions, how, n=sum(people.values()) or None, hidden=len(cells) - len(people)
        )
        if key is not None:
            return Flows(basis=basis, exchanges=_exchanges(key, people, groups)[:limit])
        largest = sorted(people.items(), key=lambda item: (-item[1], item[0]))
        return Flows(
            basis=basis, flows=[Flow(origin=groups[o], target=groups[t], people=n) for (o, t), n in largest]
        )

    async def trends(
        self,
        tenant: str,
        by: WorkDimension,
        focus: str | None,
        segment: WorkSegment,
        sort: Literal["headcount", "growth"],
        limit: int,
    ) -> WorkforceTrends:
        """Return headcount, growth, hiring, attrition and tenure of each employer, function or place."""
        conditions = self._desk.reading.conditions(segment)
        key = self._value(by, focus) if focus else None
        rows = await self._desk.ask(
            tenant, "workforce", conditions.with_(), by=by, focus=key, sort=sort, limit=limit
        )
        groups = self._workforces(tenant, conditions, by, rows)
        how = (
            f"{SPANS}{HEADCOUNTS} Hired and departed are people between. Rates are by the mean of both headcounts, "
            "tenure in the present span."
        )
        hidden = len({row["value"] for row in rows}) - len(groups)
        ranked = sorted(
            groups, key=lambda group: -((group.growth or 0) if sort == "growth" else group.headcount)
        )
        return WorkforceTrends(
            basis=self._desk.basis(
                tenant, conditions, how, n=sum(group.headcount for group in groups) or None, hidden=hidden
            ),
            groups=ranked,
        )

    async def employers(self, tenant: str, fits: Callable[[Workforce], bool]) -> EmployersWithin:
        """Return the employers that ``fits`` takes, by what is told of them. Raises InvalidInput for too many.

        The figures are those that anybody is told, with their noise: limits moved step by step tell no more.
        """
        conditions = self._desk.reading.conditions(WorkSegment())
        rows = await self._desk.ask(
            tenant, "workforce", conditions.with_(), by="company", focus=None, sort="headcount", limit=WIDEST
        )
        known = await asyncio.to_thread(self._workforces, tenant, conditions, "company", rows)
        found = sorted(one.value for one in known if fits(one))
        if len(found) > MOST_EMPLOYERS:
            raise InvalidInput(
                f"{len(found):,} employers lie within these limits, more than the {MOST_EMPLOYERS:,} that are named",
                fix="Set narrower limits.",
            )
        n = sum(one.headcount for one in known) or None
        basis = self._desk.basis(tenant, conditions, SPANS + HEADCOUNTS, n=n)
        return EmployersWithin(basis=basis, employers=found, told=len(known))

    async def signals(self, tenant: str, by: WorkDimension, limit: int) -> Signals:
        """Return employers, functions or places where many people's work ended at once, and that grow fast."""
        desk = self._desk
        rows = await desk.ask(tenant, "layoffs", {}, by=by, limit=limit)
        apart = (r for r in rows if r["staff"] == r["n"] or r["staff"] - r["n"] >= desk.k)
        layoffs = [self._layoff(tenant, by, row) for row in apart]
        growing = await self.trends(tenant, by, None, WorkSegment(), "growth", limit)
        how = (
            f"{SPANS}Layoffs: in one of the last six months at least a twentieth of the people left their employer, and "
            "three standard deviations more than in a month of the thirty before. Fast growth: a fifth more people "
            "than twelve months before."
        )
        about = "all employers" if by == "company" else f"all work by {by}"
        return Signals(
            basis=desk.basis(tenant, about, how, hidden=len(rows) - len(layoffs)),
            layoffs=layoffs,
            fast_growth=[g for g in growing.groups if g.growth is not None and g.growth >= GROWING],
        )

    def _layoff(self, tenant: str, by: WorkDimension, row: Row) -> Layoff:
        desk, when = self._desk, (by, row["value"], str(row["month"]))
        departed = desk.told(tenant, row["n"], "left", *when)
        staff = desk.told(tenant, row["staff"], "staff", *when)
        return Layoff(
            **desk.group(by, row["value"], row["label"]).model_dump(),
            month=month_written(row["month"]),
            departed=departed,
            share=min(1.0, round(departed / staff, 4)),
            usual=round(row["usual_total"] / 30, 1) if row["usual_total"] >= desk.k else None,
        )

    def _workforces(
        self, tenant: str, conditions: Conditions, by: str, rows: list[dict[str, Any]]
    ) -> list[Workforce]:
        desk, k = self._desk, self._desk.k
        counted = {measure: gathered(rows, "value", count=measure) for measure in MEASURES}
        asked = {row["value"]: row for row in rows if row["mask"] == FULL}
        found: list[Workforce] = []
        for value, row in asked.items():
            masks = {measure: counted[measure][value,] for measure in MEASURES}
            if publishable(masks["headcount"], k):
                parts = {measure: told(masks[measure], k) for measure in MEASURES}
                cell = conditions.cell({by: value})
                shown = {m: None if n is None else desk.told(tenant, n, m, cell) for m, n in parts.items()}
                group = desk.group(by, value, row["label"])
                found.append(_workforce(group, shown, row["tenure"]))
        return found

    def _key(self, kind: FlowKind, focus: str) -> str:
        return self._value("company" if kind == "company" else "place", focus)

    def _value(self, by: WorkDimension, focus: str) -> str:
        """Return what rows hold for a name that somebody asks about. Raises InvalidInput."""
        reading = self._desk.reading
        match by:
            case "company":
                found = named(focus)
                return found[0] if found else focus
            case "place" | "country":
                where = resolve_place(focus)
                if where is None or where.kind != {"place": "city", "country": "country"}[by]:
                    raise InvalidInput(f"{focus!r} is no known {by}", field="focus", fix=f"Name a {by}.")
                return where.id
            case "occupation" | "function" | "seniority":
                segment = WorkSegment.model_validate({by: focus})
                return reading.conditions(segment).parameters[by]


def within(figure: float | None, least: float | None, most: float | None) -> bool:
    """Return whether a figure lies in ``[least, most]``; one that is not told only where nothing is asked of it."""
    if figure is None:
        return least is None and most is None
    return (least is None or figure >= least) and (most is None or figure <= most)


def _exchanges(
    key: str, people: Mapping[tuple[str, str], int], groups: Mapping[str, Group]
) -> list[Exchange]:
    """Return what ``key`` wins and loses with each other side, the busiest first."""
    others = {o if t == key else t for o, t in people}
    found: list[Exchange] = []
    for other in others:
        won, lost = people.get((other, key)), people.get((key, other))
        net = won - lost if won is not None and lost is not None else None
        found.append(Exchange(other=groups[other], won=won, lost=lost, net=net))
    return sorted(found, key=lambda e: (-(e.won or 0) - (e.lost or 0), e.other.value))


def _workforce(group: Group, parts: dict[str, int | None], tenure: float | None) -> Workforce:
    """Return one group's figures; of before + hired − departed = headcount no hidden part may follow."""
    if not balanced([*parts.values()]):
        parts["before" if parts["before"] is not None else "departed"] = None
    headcount, before, hired, departed = (parts[measure] for measure in MEASURES)
    mean = (headcount + before) / 2 if headcount is not None and before else None
    return Workforce(
        **group.model_dump(),
        headcount=headcount or 0,
        headcount_before=before,
        growth=round(headcount / before - 1, 4) if headcount is not None and before else None,
        hired=hired,
        departed=departed,
        hiring_rate=round(hired / mean, 4) if hired is not None and mean else None,
        attrition_rate=round(departed / mean, 4) if departed is not None and mean else None,
        median_tenure_months=tenure,
    )
