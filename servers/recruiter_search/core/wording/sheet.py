"""The sheet that a query is filled in on: its parts, and what is told of how each word was taken."""

from collections.abc import Sequence
from typing import Any, get_origin

from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.wording.asked import Asked
from servers.recruiter_search.core.wording.languages import InEnglish
from servers.recruiter_search.core.wording.models import Doubt, ReadWords
from servers.recruiter_search.core.wording.sides import Placed


class Sheet:
    """One query in the making.

    Args:
        told: the words.
        placed: what they name, by place.
        asked: what each of those asks by itself, by its place; joined and timed on the way.
    """

    def __init__(self, told: InEnglish, placed: Sequence[Placed], asked: dict[int, Asked]) -> None:
        self.text = told.text
        self._told = told
        self.placed = [*placed]
        self.asked = asked
        self.used: set[int] = set()
        self.read: list[ReadWords] = []
        self.doubts: list[Doubt] = []
        self._parts: dict[str, dict[str, Any]] = {"filters": {}, "exclude": {}, "prefer": {}}
        self._terms: list[str] = []

    def query(self) -> SearchQuery:
        """Return the query as it is filled in."""
        return SearchQuery(
            expression=" AND ".join(self._terms) or None,
            filters=Filters.model_validate(self._parts["filters"]),
            exclude=Filters.model_validate(self._parts["exclude"]),
            prefer=Filters.model_validate(self._parts["prefer"]),
        )

    def held(self, side: str, name: str) -> list[Any]:
        """Return what is asked of a filter already, where it takes a list."""
        held = self._parts[side].get(name)
        return held if isinstance(held, list) else []

    def put(self, one: Asked, side: str) -> None:
        """Add a condition to a part of the query."""
        if (one.studies or one.most is not None) and side == "exclude":
            self.term(one.places, f"NOT {one.term}")
            return
        name = "skills" if one.filter == "skills_all" and side != "filters" else one.filter
        if get_origin(Filters.model_fields[name].annotation) is list:
            self.add(side, name, one.value)
        elif self._parts[side].setdefault(name, one.value) != one.value:
            self.leave(one.places, "only the first of them is asked", "ask for them one after the other")
            return
        for study in one.studies:
            self.add(side, "fields_of_study", study)
        if one.most is not None:
            self.put(Asked(one.places, "max_years", one.most), side)
        self.tell(one.places, side, name, f"{name.replace('_', ' ')}: {said(one.value)}")
        self.doubted(one)

    def add(self, side: str, name: str, value: Any) -> None:
        """Add a value to a filter's list."""
        values = self._parts[side].setdefault(name, [])
        if value not in values:
            values.append(value)

    def term(self, places: list[int], term: str) -> None:
        """Add a condition in the boolean language."""
        self._terms.append(term)
        self.tell(places, "expression", "", term)

    def tell(self, places: list[int], part: str, name: str, says: str) -> None:
        """Tell what the words in some places were taken for."""
        start, end = self._told.span(*self._span(places))
        by = "model" if any(self.placed[at].mention.by == "model" for at in places) else "rules"
        told = {
            "words": self._told.typed[start:end],
            "start": start,
            "end": end,
            "part": part,
            "filter": name,
            "by": by,
        }
        self.read.append(ReadWords.model_validate({**told, "says": says}))

    def doubted(self, one: Asked) -> None:
        """Tell a condition's doubt, if it has one."""
        if one.doubt:
            self.doubt(one.places, *one.doubt)

    def doubt(self, places: list[int], taken: str, otherwise: str) -> None:
        """Tell that words may mean something else."""
        words = self._told.words(*self._span(places))
        self.doubts.append(Doubt(words=words, taken=taken, otherwise=otherwise))

    def leave(self, places: list[int], taken: str, otherwise: str) -> None:
        """Tell that words set no condition, and why."""
        self.tell(places, "nothing", "", taken)
        self.doubt(places, taken, otherwise)

    def _span(self, places: list[int]) -> tuple[int, int]:
        mentions = [self.placed[at].mention for at in places]
        return min(one.start for one in mentions), max(one.end for one in mentions)


def said(value: Any) -> str:
    """Return a filter's value as people would say it."""
    if isinstance(value, list):
        return " or ".join(said(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {said(one)}" for key, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
