"""How much work is done from anywhere, and how much of it is on offer."""

from servers.talent_insights.core.figures import WIDEST, Desk, withheld
from servers.talent_insights.core.models import RemoteDimension, RemoteGroup, RemoteShare
from servers.talent_insights.core.privacy import Cell, gathered, parts_of, publishable, without
from servers.talent_insights.core.segments import FACTS, FULL, Conditions, Segment

REMOTE = FACTS["remote"]
HOW = (
    "People whose home or present work names itself remote, by all people asked about; open postings alike. "
    "Who does not say so counts as on site: shares are the least there is."
)


class RemoteQuestions:
    """Questions about remote work."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def share(self, tenant: str, segment: Segment, by: RemoteDimension, limit: int) -> RemoteShare:
        """Return remote people and postings, by all of them, in all and by one dimension."""
        desk, k = self._desk, self._desk.k
        anywhere = desk.reading.conditions(segment.model_copy(update={"remote": None}))
        remote = desk.reading.conditions(segment.model_copy(update={"remote": True}))
        masks = await desk.pool(tenant, remote)
        wide = without(masks, REMOTE)
        told = publishable(masks, k) and publishable(wide, k)
        groups, hidden = list[RemoteGroup](), 0
        posted, offered = [await self._posted(tenant, part, by) for part in (anywhere, remote)]
        if told:
            rows = await desk.ask(tenant, "people_by", remote.with_(), by=by, limit=limit)
            names = {str(row["value"]): row["label"] for row in rows}
            cells = [Cell(str(value), of) for (value,), of in gathered(rows, "value").items()]
            shown = {cell.what: cell.n for cell in parts_of(cells, masks[FULL], k)}
            whole = (Cell(cell.what, without(cell.masks, REMOTE)) for cell in cells if cell.what in shown)
            for cell in parts_of(whole, wide[FULL], k):
                people = desk.told(tenant, cell.n, "people", anywhere.cell({by: cell.what}))
                there = desk.told(tenant, shown[cell.what], "people", remote.cell({by: cell.what}))
                asked, free = posted.get(cell.what, 0), offered.get(cell.what, 0)
                groups.append(
                    RemoteGroup(
                        **desk.group(by, cell.what, names[cell.what]).model_dump(),
                        people=people,
                        remote=there,
                        share=min(1.0, round(there / people, 4)),
                        open_postings=asked,
                        remote_postings=free,
                        posted_share=_share(free, asked),
                    )
                )
            hidden = len(cells) - len(groups)
        people = desk.told(tenant, wide[FULL], "people", anywhere.cell()) if told else None
        there = desk.told(tenant, masks[FULL], "people", remote.cell()) if told else None
        asked, free = [await self._open(tenant, part) for part in (anywhere, remote)]
        return RemoteShare(
            basis=desk.basis(
                tenant, anywhere, HOW, n=people, hidden=hidden, note="" if told else withheld(masks, k)
            ),
            people=people,
            remote=there,
            share=_share(there, people),
            open_postings=asked,
            remote_postings=free,
            posted_share=_share(free, asked),
            groups=sorted(groups, key=lambda group: (-group.share, group.value)),
        )

    async def _open(self, tenant: str, conditions: Conditions) -> int:
        return (await self._desk.ask(tenant, "demand", conditions.of_postings()))[0]["open"]

    async def _posted(self, tenant: str, conditions: Conditions, by: str) -> dict[str, int]:
        rows = await self._desk.ask(tenant, "demand_by", conditions.of_postings(), by=by, limit=WIDEST)
        return {row["value"]: row["n"] for row in rows}


def _share(part: int | None, whole: int | None) -> float | None:
    return min(1.0, round(part / whole, 4)) if part is not None and whole else None
