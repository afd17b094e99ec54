"""What a message asks of the talent market: which figures, and about whom.

Rules read how a question is put, in each language that has a table; whom it is about stays in the person's words, which
recruiter_search reads as it reads the words of a search.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from supervisor.core import searching
from supervisor.core.aims import read_aim
from supervisor.core.limiting import sets_limits
from supervisor.core.phrasing import Phrases, first, plain

Insight = Literal[
    "pool_what_if",
    "talent_supply",
    "supply_over_time",
    "best_places",
    "remote_share",
    "talent_flows",
    "workforce_trends",
    "market_signals",
    "adjacent_skills",
    "emerging_skills",
    "school_pipelines",
    "posted_pay",
    "role_market",
]
"""Named as the tools that answer them."""
LANGUAGES = ("en", "de", "fr", "es")
"""Those that have a table, in the order in which they are tried."""
LONGEST = 300
"""Characters of a message that may be a question."""


@dataclass(frozen=True)
class Span:
    """How far back a question looks: so many months, since a year began, or one year alone."""

    months: int = 0
    since: int = 0
    year: int = 0


@dataclass(frozen=True)
class MarketQuestion:
    """A question about the market.

    Attributes:
        whom: the words that say whom it is about; empty: everybody, or whoever is talked about.
        by: what to compare, in talent_insights' words; empty: what the insight compares by itself.
        focus: one employer, city or skill that it asks about.
        change: the demand whose absence it asks about.
        talked_of: it is about the role, search or employer that is talked about.
        growth: what grows most comes first.
        span: how far back it looks; None: as far as the insight does by itself.
    """

    insight: Insight
    whom: str = ""
    by: str = ""
    focus: str = ""
    change: str = ""
    talked_of: bool = False
    growth: bool = False
    span: Span | None = None


How = Literal["by", "span", "without", "only", "instead"]
HOW: tuple[How, ...] = get_args(How)
"""What says most comes first: "in the last two years" is a time before it is a place."""


@dataclass(frozen=True)
class Change:
    """The same question again, with one thing changed.

    ``instead``: these words take the place of what is of their kind; ``only``: they are asked as well; ``without``: they
    are not asked any more; ``by``: another comparison; ``span``: another time.
    """

    how: How
    words: str = ""
    by: str = ""
    span: Span | None = None


def read_market(text: str) -> MarketQuestion | None:
    """Return what a message asks of the market; None where it asks for something else."""
    return next((read for tongue in _tongues() if (read := tongue.question(text))), None)


def read_change(text: str) -> Change | None:
    """Return what a message changes in the question that was asked last; None where it says something else.

    What only a search can be told, such as "drop SQL" or "more", is said of the people that were asked about.
    """
    meant = searching.read_follow_up(text, on_table=True)
    edits = meant is not None and not (isinstance(meant, searching.Change) and meant.how == "and")
    if edits or sets_limits(text) or read_aim(text):
        return None
    read = [change for tongue in _tongues() if (change := tongue.change(text))]
    if not read and _BARE.fullmatch(text) and not is_question(text):
        return Change("instead", words=text.strip(_AROUND))
    return min(read, key=lambda change: HOW.index(change.how), default=None)


def is_question(text: str) -> bool:
    """Return whether a message is one question, or asks to be shown something, whatever that is."""
    line = _line(text)
    return line is not None and any(tongue.asks.match(plain(line)) for tongue in _tongues())


_BARE = re.compile(r"\s*(?!(?:and|but|so|or|ok|really|sure)\b)\S+(?:\s+\S+){0,2}?\s*\?\s*", re.I)
"""Few words and a question mark: "Rust?"."""
_AROUND = " ?.!¿¡\n\u00a0\u202f"


class _Tongue:
    """Reads one language."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._questions = [
            (insight, phrases.ways("questions", insight)) for insight in phrases.names("questions")
        ]
        self._changes = [(how, phrases.ways("changes", how)) for how in phrases.names("changes")]
        self._counted = phrases.ways("counted")
        self._opening, self._growing = phrases.way("{opening}"), phrases.way("{growing}")
        self._nobody, self._everybody = phrases.way("{nobody}"), phrases.way("{everybody}")
        self._talked_of, self._ourselves = phrases.way("{talked_of}"), phrases.way("{ourselves}")
        self._endings = [phrases.way(f"(?<=\\S) {one}$") for one in ("{per}", "{span}", "{lately}")]
        self.asks = phrases.way(r"{opening}{question}(?!\w)|{show}(?!\w)")

    def question(self, text: str) -> MarketQuestion | None:
        """Return what a message asks; None where it asks nothing of the market."""
        if (asked := _line(text)) is None:
            return None
        opening = self._opening.match(plain(asked))
        asked = asked[opening.end() if opening else 0 :]
        by, span = "", None
        for ending in self._endings * 2:
            if found := ending.search(plain(asked)):
                by, span = self._dimension(found) or by, self._span(found) or span
                asked = asked[: found.start()]
        for insight, ways in self._questions:
            if match := first(ways, plain(asked)):
                return self._asked(cast(Insight, insight), asked, match, by, span)
        if by and (match := first(self._counted, plain(asked))):
            return self._asked("talent_supply", asked, match, by, span)
        return None

    def change(self, text: str) -> Change | None:
        """Return what a message changes; None where it changes nothing."""
        if (asked := _line(text)) is None:
            return None
        for how, ways in self._changes:
            if match := first(ways, plain(asked)):
                words = self._phrases.english(_slot(asked, match, "words"))
                by, span = self._dimension(match), self._span(match)
                return Change(cast(How, how), words=words, by=by, span=span)
        return None

    def _asked(
        self, insight: Insight, asked: str, match: re.Match[str], by: str, span: Span | None
    ) -> MarketQuestion | None:
        whom = f"{_slot(asked, match, 'whom')} {_slot(asked, match, 'rest')}".strip()
        named = _slot(asked, match, "focus")
        ours = self._ourselves.fullmatch(plain(named)) is not None
        if self._nobody.fullmatch(plain(whom)) or (not ours and self._nobody.fullmatch(plain(named))):
            return None
        they, there = (self._talked_of.fullmatch(plain(said)) is not None for said in (whom, named))
        alone = not whom and insight in ("pool_what_if", "role_market")
        focus = self._phrases.english(named) if insight == "adjacent_skills" else named
        return MarketQuestion(
            insight,
            whom="" if they or self._everybody.fullmatch(plain(whom)) else self._phrases.english(whom),
            by=by or self._dimension(match),
            focus="" if ours or there else focus,
            change=self._phrases.english(_slot(asked, match, "change")),
            talked_of=they or alone or (there and not ours),
            growth=self._growing.search(match[0]) is not None,
            span=span,
        )

    def _dimension(self, match: re.Match[str]) -> str:
        said = match.groupdict().get("by")
        ways = self._phrases.dimensions.items()
        return next(name for name, way in ways if way.fullmatch(said)) if said else ""

    def _span(self, match: re.Match[str]) -> Span | None:
        said = match.groupdict()
        if said.get("since") or said.get("year"):
            return Span(since=int(said["since"] or 0), year=int(said["year"] or 0))
        if not said.get("unit"):
            return None
        number = self._phrases.number(said["count"]) if said["count"] else 1
        return Span(months=number * (1 if self._phrases.way("{months}").fullmatch(said["unit"]) else 12))


def _line(text: str) -> str | None:
    """Return a message as it may be a question: one short line without the marks around it."""
    line = text.strip(_AROUND)
    return line if line and len(line) <= LONGEST and "\n" not in line else None


def _slot(text: str, match: re.Match[str], name: str) -> str:
    """Return what a match took, as it was written; empty where it took nothing."""
    if match.groupdict().get(name) is None:
        return ""
    start, end = match.span(name)
    return text[start:end].strip()


@cache
def _tongues() -> tuple[_Tongue, ...]:
    return tuple(_Tongue(Phrases.of(language)) for language in LANGUAGES)
