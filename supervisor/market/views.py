"""How each insight is shown: which figures of its answer are columns, and the sentence above them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supervisor.core.market import Insight
from supervisor.market.card import Table

Answer = Mapping[str, Any]
FEW = "too few to tell"


def _number(value: Any) -> str:
    return FEW if value is None else f"{value:,}"


def _change(value: Any) -> str:
    return FEW if value is None else f"{value:+,}"


def _share(value: Any) -> str:
    return "" if value is None else f"{value:.0%}"


def _times(value: Any) -> str:
    return "" if value is None else f"{value:,.1f}"


def _growth(value: Any) -> str:
    return "" if value is None else f"{value:+.0%}"


def _years(value: Any) -> str:
    return "" if value is None else f"{value / 12:.1f} years"


def _money(value: Any) -> str:
    return f"{value:,.0f}"


def _words(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Column:
    """One figure of each row: where it is found, and how it is written."""

    heading: str
    at: str
    written: Callable[[Any], str] = _number

    def of(self, row: Answer) -> str:
        """Return it of one row."""
        value: Any = row
        for name in self.at.split("."):
            value = value[name]
        return self.written(value)


@dataclass(frozen=True)
class Rows:
    """A list in an answer, and its columns."""

    at: str
    columns: tuple[Column, ...]
    heading: str = ""

    def table(self, answer: Answer) -> Table | None:
        """Return it as a table; None where there are none."""
        rows: Sequence[Answer] = answer.get(self.at) or []
        if not rows:
            return None
        written = [[column.of(row) for column in self.columns] for row in rows]
        return Table(heading=self.heading, columns=[c.heading for c in self.columns], rows=written)


@dataclass(frozen=True)
class View:
    """How one insight is shown: what it is called, its lists, and what is said where all are empty or not."""

    title: str
    lists: tuple[Rows, ...]
    told: Callable[[Answer], str] = lambda answer: ""
    empty: str = "There is nothing that could be told without telling of too few."

    def tables(self, answer: Answer) -> list[Table]:
        """Return what there is to show."""
        return [table for rows in self.lists if (table := rows.table(answer))]


_LABEL = Column("", "label", _words)
_PEOPLE, _OPEN = Column("People", "people"), Column("Open postings", "open_postings")
_PER_POSTING = Column("People per posting", "people_per_posting", _times)
_SHARE = Column("Share", "share", _share)
_CHANGES = (Column("", "change", _words), _PEOPLE, Column("Gained", "gained", _change))
_PAY = (
    _LABEL,
    Column("Currency", "currency", _words),
    Column("Lower quarter", "lower", _money),
    Column("Median", "median", _money),
    Column("Upper quarter", "upper", _money),
    Column("Postings", "postings"),
)
_WORKFORCE = (
    _LABEL,
    Column("People", "headcount"),
    Column("Growth in a year", "growth", _growth),
    Column("Hired", "hired"),
    Column("Left", "departed"),
    Column("Attrition", "attrition_rate", _share),
    Column("Median stay so far", "median_tenure_months", _years),
)
_PLACES = Rows("places", (_LABEL, _PEOPLE, _SHARE, _OPEN, _PER_POSTING))


def _people(answer: Answer) -> str:
    people = answer["people"]
    return "too few people to tell how many" if people is None else f"{people:,} people"


def _supply(answer: Answer) -> str:
    per = answer["people_per_posting"]
    ratio = f", {per:,.1f} people for each" if per is not None else ""
    return f"{_people(answer)}; {answer['open_postings']:,} open postings ask for such work{ratio}."


def _remote(answer: Answer) -> str:
    if answer["share"] is None:
        return f"{_people(answer)}; how many work remotely is too few to tell."
    posted = answer["posted_share"]
    offered = f" {posted:.0%} of open postings offer it." if posted is not None else ""
    return f"{answer['share']:.0%} of {_people(answer)} work remotely.{offered}"


VIEWS: dict[Insight, View] = {
    "pool_what_if": View(
        "The pool",
        (
            Rows("relax", _CHANGES, "With one demand less or wider"),
            Rows("relax_two", _CHANGES, "With two demands less"),
            Rows("tighten", _CHANGES, "With one demand more"),
        ),
        lambda answer: f"{_people(answer)} meet all of it.",
    ),
    "talent_supply": View(
        "Supply and demand", (Rows("groups", (_LABEL, _PEOPLE, _SHARE, _OPEN, _PER_POSTING)),), _supply
    ),
    "supply_over_time": View(
        "Supply over time",
        (
            Rows(
                "points",
                (Column("", "month", _words), _PEOPLE, Column("Postings of the half-year", "posted")),
            ),
        ),
    ),
    "best_places": View("Where to look", (_PLACES,)),
    "remote_share": View(
        "Remote work",
        (
            Rows(
                "groups",
                (
                    _LABEL,
                    _PEOPLE,
                    Column("Remote", "remote"),
                    _SHARE,
                    Column("Offered so", "posted_share", _share),
                ),
            ),
        ),
        _remote,
    ),
    "talent_flows": View(
        "Who moves where",
        (
            Rows(
                "flows",
                (Column("From", "origin.label", _words), Column("To", "target.label", _words), _PEOPLE),
            ),
            Rows(
                "exchanges",
                (
                    Column("", "other.label", _words),
                    Column("Won from there", "won"),
                    Column("Lost to there", "lost"),
                    Column("Net", "net", _change),
                ),
            ),
        ),
    ),
    "workforce_trends": View("Workforce", (Rows("groups", _WORKFORCE),)),
    "market_signals": View(
        "Signals",
        (
            Rows(
                "layoffs",
                (
                    _LABEL,
                    Column("Month", "month", _words),
                    Column("Left", "departed"),
                    Column("Of all there", "share", _share),
                    Column("In other months", "usual", _times),
                ),
                "Many left at once",
            ),
            Rows("fast_growth", _WORKFORCE, "Growing fast"),
        ),
        empty="No layoffs and no fast growth stand out.",
    ),
    "adjacent_skills": View(
        "Skills that go with it",
        (Rows("skills", (_LABEL, _PEOPLE, _SHARE, Column("Times as often as in the pool", "lift", _times))),),
    ),
    "emerging_skills": View(
        "Emerging skills",
        (
            Rows(
                "skills",
                (
                    _LABEL,
                    Column("First shown this year", "lately"),
                    Column("The year before", "earlier"),
                    Column("Times", "times", _times),
                ),
            ),
        ),
        empty="No skill is shown for the first time by clearly more people than the year before.",
    ),
    "school_pipelines": View(
        "Schools",
        (
            Rows(
                "pipelines",
                (
                    Column("", "school.label", _words),
                    Column("Now", "occupation.label", _words),
                    _PEOPLE,
                    _SHARE,
                ),
            ),
        ),
    ),
    "posted_pay": View(
        "What postings pay a year",
        (Rows("groups", _PAY),),
        empty="Too few postings for such work state what they pay.",
    ),
    "role_market": View(
        "The market for this role",
        (
            Rows("relax", _CHANGES, "With one demand less or wider"),
            Rows("places", (_LABEL, _PEOPLE, _OPEN, _PER_POSTING), "Where they are, wherever the role is"),
            Rows("pay", _PAY, "What postings pay a year"),
        ),
        lambda answer: (
            f"{_people(answer)} meet what can be counted; {answer['open_postings']:,} open postings ask for "
            "such work."
        ),
    ),
}
"""By the tool that answers; its answer's fields are named as talent_insights describes them."""
