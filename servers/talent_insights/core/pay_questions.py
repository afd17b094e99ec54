"""What postings pay."""

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.models import Pay, PayDimension, PayGroup, PlaceLevel
from servers.talent_insights.core.segments import Segment
from shared.kernel.months import month_written


class PayQuestions:
    """Questions about postings alone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pay(self, tenant: str, segment: Segment, by: PayDimension | PlaceLevel, limit: int) -> Pay:
        """Return the middle half of what postings state, a year, by currency."""
        desk = self._desk
        conditions = desk.reading.conditions(segment)
        rows = await desk.ask(tenant, "pay", conditions.of_postings(), by=by, limit=limit)
        groups = [
            PayGroup(
                **desk.group(by, row["value"] or "", "not stated").model_dump(),
                currency=row["currency"],
                postings=row["n"],
                lower=round(row["lower"]),
                median=round(row["middle"]),
                upper=round(row["upper"]),
                since=month_written(row["since"]),
                until=month_written(row["until"]),
            )
            for row in rows
        ]
        how = (
            "Postings of the last 24 months that state pay, the middle of the range each; an hour is 2,080 to the "
            f"year, a month 12. Groups of fewer than {desk.k} postings are left out."
        )
        return Pay(
            basis=desk.basis(tenant, conditions, how, n=sum(row["n"] for row in rows) or None), groups=groups
        )
