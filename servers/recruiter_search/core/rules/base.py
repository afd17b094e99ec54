"""How a filter becomes a condition, and how a hit shows that it satisfies it.

Each field of ``Conditions`` carries one of these rules: the table of filters is that class.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from servers.recruiter_search.core.answers import Answers
from servers.recruiter_search.core.criteria import Criterion, Weighted
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.reading import Reads, nothing
from servers.recruiter_search.core.results import ProfileView
from shared.kernel.months import month_of


@dataclass
class Reading:
    """One reading of a query: the names it is read by, the day, and what is noted on the way."""

    names: Names
    today: date
    answers: Answers = field(default_factory=Answers)
    unresolved: list[str] = field(default_factory=list[str])

    @property
    def month(self) -> int:
        return month_of(self.today)

    def ids(self, kind: Kind, given: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of names, noting those that nothing is known for."""
        found: list[str] = []
        for name in given:
            ids = self.names.ids(kind, name)
            found.extend(ids)
            if not ids:
                self.unresolved.append(name)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What all filters can do.

    Args:
        word: the filter's field in the boolean language; empty: it has none.
        weight: what a hit that satisfies it gains where it is only liked.
        reads: the texts of a profile that may show why it is satisfied.
    """

    word: str = ""
    weight: float = 1.0
    reads: Reads = nothing

    def criterion(self, value: Any, reading: Reading) -> Criterion:
        """Return the condition that ``value`` sets."""
        raise NotImplementedError

    def each(self, value: Any) -> list[Any]:
        """Return the values that are conditions of their own; a list's entries are alternatives."""
        return [value]

    def liked(self, value: Any, reading: Reading) -> list[Weighted]:
        """Return what ranks a hit higher; each entry of a list counts for itself."""
        values = [[one] for one in value] if isinstance(value, list) else [value]
        return [Weighted(self.criterion(one, reading), self.weight, flat=True) for one in values]

    def terms(self, value: Any, names: Names) -> list[str]:
        """Return the words by which sentences of a hit are picked."""
        return []

    def shows(self, value: Any, view: ProfileView, reading: Reading) -> list[str]:
        """Return the texts of a hit that show that it satisfies ``value``; those that are read, where any
        would do."""
        return list(self.reads(view))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        """Return the condition of a word in the boolean language; None where it can mean nothing."""
        return self.criterion([text], reading)

    def choices(self) -> tuple[str, ...]:
        """Return the only words there are, for a rule that knows them all."""
        return ()

    def meant(self, text: str) -> str:
        """Return what to write in the boolean language instead of ``text``, which can mean nothing."""
        return offer(text, self.choices())

    def wrong_at(self, text: str) -> int:
        """Return the place in ``text``, which can mean nothing, from which on it is wrong."""
        return 0


def offer(given: str, choices: tuple[str, ...]) -> str:
    """Return the choice that ``given`` is nearest to, or all there are."""
    near = get_close_matches(given.lower(), choices, 1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(choices)}."
