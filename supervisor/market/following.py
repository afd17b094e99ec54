"""The question about the market that was asked last, asked again with one thing changed."""

from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from shared.kernel.errors import InvalidInput
from shared.kernel.months import month_of
from supervisor.core.market import Change, Insight, MarketQuestion, Span
from supervisor.market.segment import MOST_SKILLS, OF_PEOPLE, OF_WORK, Whom, listed
from supervisor.market.views import VIEWS

WORK: frozenset[Insight] = frozenset({"supply_over_time", "talent_flows", "workforce_trends"})
"""Which ask about ``work``; the others that ask about somebody ask about people, as ``segment``."""
NOBODY: frozenset[Insight] = frozenset({"adjacent_skills", "market_signals"})
"""Which ask about nobody in particular."""
FOCUSED: frozenset[Insight] = frozenset({"talent_flows", "workforce_trends"})
"""Which ask about one employer or city, if one is named."""
COMPARED: dict[Insight, tuple[str, str]] = {
    "talent_supply": ("by", "skill occupation function seniority country region place company work_mode"),
    "best_places": ("level", "place region country"),
    "remote_share": ("by", "occupation function seniority country company"),
    "talent_flows": ("kind", "company place"),
    "workforce_trends": ("by", "company function occupation seniority country place"),
    "market_signals": ("by", "company function occupation seniority country place"),
    "posted_pay": ("by", "occupation function seniority country place"),
}
"""What an insight calls what it compares by, and what that may be."""
WITHIN: dict[Insight, tuple[int, ...]] = {
    "talent_flows": (12, 24, 36),
    "supply_over_time": tuple(range(1, 37)),
}
"""How many months back an insight can look."""
_ONE_OF = {"occupation": "function", "function": "occupation"}
_SAID = {"company": "at {}", "min_years": "{} years of work", "function": "work in {}"}


class Asked(BaseModel):
    """A question as it was asked, with whom it counted and what of the words it could not count by."""

    question: MarketQuestion
    segment: dict[str, Any] = Field(default_factory=dict)
    unsaid: list[tuple[str, str]] = Field(default_factory=list)
    others: list[tuple[str, str]] = Field(default_factory=list)

    @classmethod
    def of(cls, question: MarketQuestion, whom: Whom) -> "Asked":
        """Return a question as it is asked about somebody."""
        return cls(question=question, segment=whom.segment, unsaid=whom.unsaid, others=whom.others)

    @property
    def whom(self) -> Whom:
        """Whom it is about."""
        return Whom(dict(self.segment), [*self.unsaid], [*self.others])

    def but(self, **other: Any) -> "Asked":
        """Return it with other fields of the question."""
        return self.model_copy(update={"question": replace(self.question, **other)})


def takes(insight: Insight) -> frozenset[str]:
    """Return by which arguments of a segment an insight counts."""
    return frozenset() if insight in NOBODY else OF_WORK if insight in WORK else OF_PEOPLE


def months_back(insight: Insight, span: Span, today: date) -> int:
    """Return how many months back an insight looks for a span, the fewest that hold it. Raises InvalidInput."""
    if insight not in WITHIN:
        raise InvalidInput(f"“{VIEWS[insight].title}” cannot be told of another time")
    if span.year:
        raise InvalidInput("one year alone is not counted", fix="Say “since …” or “in the last two years”.")
    months = span.months or month_of(today) - span.since * 12
    known = WITHIN[insight]
    if not 0 < months <= known[-1]:
        raise InvalidInput(f"“{VIEWS[insight].title}” looks back {known[-1]} months at most")
    return next(step for step in known if step >= months)


def changed(asked: Asked, change: Change, other: Whom, today: date) -> tuple[Asked, list[str]]:
    """Return a question with one thing changed, and what changed, in words. Raises InvalidInput where it cannot be.

    Args:
        other: whom the words of the change are about.
    """
    match change.how:
        case "by":
            return _compared(asked, change.by)
        case "span" if change.span:
            months = months_back(asked.question.insight, change.span, today)
            return asked.but(span=change.span), [f"Over the last {months} months"]
        case "without":
            return _without(asked, change.words, other)
        case _:
            return _refocused(asked, change, other) or _about(asked, change, other)


def _compared(asked: Asked, by: str) -> tuple[Asked, list[str]]:
    _, known = COMPARED.get(asked.question.insight, ("", ""))
    if by not in known.split():
        title, names = VIEWS[asked.question.insight].title, ", ".join(known.split()).replace("_", " ")
        fix = f"It can by {names}." if known else "It compares nothing else."
        raise InvalidInput(f"“{title}” does not compare by {by.replace('_', ' ')}", fix=fix)
    return asked.but(by=by), [f"By {by.replace('_', ' ')}"]


def _without(asked: Asked, words: str, other: Whom) -> tuple[Asked, list[str]]:
    if asked.question.insight == "pool_what_if":
        return asked.but(change=words), []
    left, others = dict(asked.segment), [one for one in asked.others if one not in other.segment.items()]
    for name, value in other.segment.items():
        if name == "skills":
            left[name] = [one for one in left.get(name, []) if one not in value]
        elif left.get(name) == value:
            del left[name]
            if instead := next((one for one in others if one[0] == name), None):
                others.remove(instead)
                left[name] = instead[1]
    left = {name: value for name, value in left.items() if value != []}
    if left == asked.segment and others == asked.others:
        counted = ", ".join(said(name, value) for name, value in asked.segment.items())
        raise InvalidInput(f"“{words}” was not asked for", fix=f"What was: {counted or 'everybody'}.")
    gone = [said(name, value) for name, value in other.segment.items() if name in asked.segment]
    unsaid = [one for one in asked.unsaid if one[0] not in other.segment]
    unsaid += [(name, f"{name}: {value}") for name, value in others if name in other.segment]
    return Asked.of(asked.question, Whom(left, unsaid, others)), [f"Without {one}" for one in gone]


def _refocused(asked: Asked, change: Change, other: Whom) -> tuple[Asked, list[str]] | None:
    """Return the question about another employer, city, skill or demand; None where it is about none or stays with it."""
    question = asked.question
    if change.how != "instead":
        return None
    if question.insight == "pool_what_if" and question.change and _asked_already(asked, other):
        return asked.but(change=change.words), [f"{change.words} instead of {question.change}"]
    if not question.focus:
        return None
    named = "place" if question.by == "place" else "company"
    if question.insight == "adjacent_skills":
        focus = listed(other.segment["skills"][:1]) if [*other.segment] == ["skills"] else ""
    else:
        focus = str(other.segment.get(named, ""))
    if not focus and (not other.segment or (other.left and named == "company")):
        focus = change.words  # a name that only talent_insights may know
    return (asked.but(focus=focus), [f"{focus} instead of {question.focus}"]) if focus else None


def _asked_already(asked: Asked, other: Whom) -> bool:
    meant = _values(other.segment)
    return bool(meant) and meant <= _values(asked.segment)


def _values(segment: dict[str, Any]) -> set[Any]:
    return {one for value in segment.values() for one in (value if isinstance(value, list) else [value])}


def _about(asked: Asked, change: Change, other: Whom) -> tuple[Asked, list[str]]:
    title, known = VIEWS[asked.question.insight].title, takes(asked.question.insight)
    if not other.segment:
        raise InvalidInput(f"nobody is counted by “{change.words}”")
    if not other.segment.keys() & known:
        names = ", ".join(name.replace("_", " ") for name in sorted(known))
        fix = f"It can by {names}." if known else "It is about all."
        raise InvalidInput(f"“{title}” does not count by “{change.words}”", fix=fix)
    segment, told = dict(asked.segment), list[str]()
    for name, value in other.segment.items():
        before = segment.pop(_ONE_OF.get(name, ""), segment.get(name))
        if name == "skills" and change.how == "only":
            value = [*dict.fromkeys([*(before or []), *value])][:MOST_SKILLS]
        segment[name] = value
        if before != value and before and change.how == "instead":
            told.append(f"{said(name, value)} instead of {listed(before)}")
        elif before != value:
            told.append(f"Now {said(name, value)}")
    if not told:
        raise InvalidInput(f"“{change.words}” was asked already")
    unsaid = [*(one for one in asked.unsaid if one[0] not in other.segment), *other.unsaid]
    others = [*(one for one in asked.others if one[0] not in other.segment), *other.others]
    return Asked.of(asked.question, Whom(segment, unsaid, others)), told


def said(name: str, value: Any) -> str:
    """Return one argument of a segment as people would say it."""
    return "remote" if name == "remote" else _SAID.get(name, "{}").format(listed(value))
