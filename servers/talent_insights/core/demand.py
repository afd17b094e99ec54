"""What a posting means for the market."""

from datetime import date

from servers.talent_insights.core.naming import Naming
from servers.talent_insights.core.pay import read_pay
from servers.talent_insights.core.rows import PostingRow, PostingRows
from shared.kernel.months import month_of
from shared.taxonomy import Taxonomy
from shared.wire.changes import PostingChange


class Demand:
    """Derives a posting's rows with one taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._naming = Naming(taxonomy)

    def rows(self, posting: PostingChange) -> PostingRows:
        """Return the rows of ``posting``; they say the same on any day."""
        facts = self._naming.facts(posting.title, posting.location, posting.employer)
        pay = read_pay(posting.salary)
        mentions = self._taxonomy.find_skills(f"{posting.title}\n{posting.text}")
        asked = {m.skill for m in mentions if not m.negated}
        return PostingRows(
            posting_id=posting.posting_id,
            facts=PostingRow(
                **facts.model_dump(),
                posted=month_of(posting.created_at.date()),
                open=posting.status == "open",
                last_day=_ordinal(posting.valid_through),
                pay_low=pay.low if pay else None,
                pay_high=pay.high if pay else None,
                currency=pay.currency if pay else None,
            ),
            skills=sorted({wide for skill in asked for wide in self._taxonomy.covered_by(skill)}),
        )


def _ordinal(day: str | None) -> int | None:
    try:
        return date.fromisoformat((day or "")[:10]).toordinal()
    except ValueError:  # sources write what they like there
        return None
