"""What an expression of the boolean language means: the tree as conditions."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product

from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Criterion,
    InOnePosition,
    NoneOf,
    OneOf,
    Part,
    PositionField,
    Words,
)
from servers.recruiter_search.core.durations import read_time, time_at, time_meant, without_time
from servers.recruiter_search.core.expression import (
    And,
    InField,
    Node,
    Not,
    Or,
    Phrase,
    Word,
    fault,
)
from servers.recruiter_search.core.highlight import Highlighter
from servers.recruiter_search.core.limits import read_limits, whole
from servers.recruiter_search.core.models import language_fields
from servers.recruiter_search.core.names import Kind
from servers.recruiter_search.core.reading import holds_words, nothing
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule, offer
from servers.recruiter_search.core.rules.positions import fits, lasting_part, told
from servers.recruiter_search.core.rules.times import held_still
from servers.recruiter_search.core.values import MOST_YEARS
from shared.kernel.errors import InvalidInput

MOST_WAYS = 64
_BY_WORDS: dict[str, PositionField] = {"title": "title", "company": "company"}
_BY_ID: dict[str, tuple[PositionField, Kind]] = {
    "occupation": ("occupations", "occupation"),
    "function": ("functions", "function"),
    "industry": ("industries", "industry"),
    "location": ("places", "place"),
    "worked_in": ("places", "place"),
    "skill": ("skills", "skill"),
}
_BY_CHOICE: dict[str, PositionField] = {"seniority": "seniority", "work_mode": "work_modes"}
_HELD = {"now": "now", "current": "now", "past": "past"}
IN_POSITION = (*_BY_WORDS, *_BY_ID, *_BY_CHOICE, "held", "years")
"""Fields that may stand within ``position:( )``."""

Leaf = Word | Phrase


class ExpressionConditions:
    """One expression as conditions; ``text`` is what was typed, which refusals point into."""

    def __init__(self, text: str, reading: Reading) -> None:
        self._text = text
        self._reading = reading

    def criterion(self, node: Node, within: str = "") -> Criterion:
        """Return the condition of ``node``, a word of it looked for in the field ``within``."""
        match node:
            case And(nodes):
                return AllOf(tuple(self.criterion(part, within) for part in nodes))
            case Or(nodes):
                return AnyOf(tuple(self.criterion(part, within) for part in nodes))
            case Not(inner):
                return NoneOf((self.criterion(inner, within),))
            case InField("position", inner):
                ways = tuple(InOnePosition(way) for way in self._ways(inner, ""))
                return ways[0] if len(ways) == 1 else AnyOf(ways)
            case InField("held", _, at):
                raise self._fault(at, "held: works within position:( ) only", "Write position:(… held:now).")
            case InField(name, inner):
                return self.criterion(inner, name)
            case Word() | Phrase():
                return self._leaf(node, within)

    def terms(self, node: Node) -> list[str]:
        """Return the words that are wanted, for picking sentences."""
        found: list[str] = []
        for name, leaf in _wanted(node):
            rule = _rule(name)
            text = without_time(leaf.text)
            found += rule.terms([text], self._reading.names) if rule else self._spelt(leaf)
        return found

    def shows(self, node: Node) -> Callable[[ProfileView], list[str]]:
        """Return what picks the texts of a hit that show what is wanted."""
        pick = [*(self._picking(name, leaf) for name, leaf in _wanted(node)), *self._positions(node)]

        def shown(view: ProfileView) -> list[str]:
            return list(dict.fromkeys(text for one in pick for text in one(view)))

        return shown

    def _picking(self, name: str, leaf: Leaf) -> Callable[[ProfileView], Iterable[str]]:
        rule, text = _rule(name), without_time(leaf.text)
        if name == "position":
            return nothing
        if rule is None:
            return Highlighter(self._spelt(leaf)).pick
        if isinstance(leaf, Word) and leaf.prefix:
            return lambda view: [t for t in rule.reads(view) if holds_words(t, text, prefix=True)]
        return lambda view: rule.shows([text], view, self._reading)

    def _positions(self, node: Node) -> Iterator[Callable[[ProfileView], Iterable[str]]]:
        match node:
            case And(nodes) | Or(nodes):
                for part in nodes:
                    yield from self._positions(part)
            case InField("position", inner):
                ways, names = self._ways(inner, ""), self._reading.names
                yield lambda view: [
                    told(p) for p in view.positions if any(fits(way, p, names) for way in ways)
                ]
            case _:
                return

    def _leaf(self, leaf: Leaf, within: str) -> Criterion:
        prefix = isinstance(leaf, Word) and leaf.prefix
        rule = _rule(within)
        if rule is None:
            self._check_untimed(leaf)
            words = Words("everything", leaf.text, prefix)
            skill = () if prefix else self._reading.names.ids("skill", leaf.text)
            return AnyOf((words, OneOf("shown_skills", skill))) if skill else words
        found = rule.leaf(leaf.text, prefix, self._reading)
        if found is None:
            raise self._unknown(leaf, within, rule.meant(leaf.text), rule.wrong_at(leaf.text))
        return found

    def _check_untimed(self, leaf: Leaf) -> None:
        """Refuse a word alone that says how long or when: python>=3y."""
        at = time_at(leaf.text) if isinstance(leaf, Word) else None
        if at and read_time(leaf.text, self._reading.today):
            fix = time_meant("skill", leaf.text)
            raise self._fault(leaf.at + at, "a time needs a field before its name, such as skill:", fix)

    def _spelt(self, leaf: Leaf) -> list[str]:
        names = self._reading.names
        return [leaf.text, *(s for skill in names.ids("skill", leaf.text) for s in names.spellings(skill))]

    # One position: its parts, in all the ways that OR leaves open.

    def _ways(self, node: Node, within: str) -> list[tuple[Part, ...]]:
        match node:
            case And(nodes):
                found = [self._ways(part, within) for part in nodes]
                if _count(found) > MOST_WAYS:
                    raise self._fault(0, "position:( ) holds too many alternatives", "Ask for fewer at once.")
                return [tuple(part for way in ways for part in way) for ways in product(*found)]
            case Or(nodes):
                return _joined([way for part in nodes for way in self._ways(part, within)])
            case Not(inner):
                at = next((leaf.at for _, leaf in _wanted(inner)), 0)
                fix = "Write NOT position:( ) beside it, which excludes people who held such a position."
                raise self._fault(at, "NOT cannot stand within position:( )", fix)
            case InField(name, inner, at):
                if name not in IN_POSITION:
                    raise self._fault(at, f"{name}: is nothing of one position", offer(name, IN_POSITION))
                return self._ways(inner, name)
            case Word() | Phrase():
                return self._parts(node, within)

    def _parts(self, leaf: Leaf, within: str) -> list[tuple[Part, ...]]:
        prefix = isinstance(leaf, Word) and leaf.prefix
        if not within:
            return [(Part("title", (leaf.text,), prefix),), (Part("company", (leaf.text,), prefix),)]
        if within in _BY_WORDS:
            return [(Part(_BY_WORDS[within], (leaf.text,), prefix),)]
        if within == "years":
            limits = None if prefix else read_limits(leaf.text)
            least = whole(limits)[0] if limits and limits.most is None else None
            if least is None or not 1 <= least <= MOST_YEARS:
                fix = f"Write years:>=3: full years in one position, 1 to {MOST_YEARS}."
                raise self._unknown(leaf, within, fix)
            return [(lasting_part(least),)]
        if within == "held" and time_at(leaf.text) is not None:
            still = None if prefix else read_time(leaf.text, self._reading.today)
            if still is None or still.of or still.min_years or still.within_years is None:
                raise self._unknown(leaf, within, "Write held:now, held:past, held:@2y or held:@2023.")
            return [(Part("active", held_still(still.within_years, self._reading.today)),)]
        if within in _BY_ID:
            at = time_at(leaf.text)
            if at is not None:
                fix = "Write years:>=3 or held:@2y beside it: the time is the position's."
                raise self._unknown(leaf, within, fix, at)
            where, kind = _BY_ID[within]
            # A name that nothing is known for is a value that no position has.
            return [(Part(where, self._reading.ids(kind, [leaf.text]) or ("",)),)]
        known = _HELD if within == "held" else dict.fromkeys(_choices(within))
        if leaf.text.lower() not in known:
            choices = (*known, "@2y") if within == "held" else tuple(known)
            raise self._unknown(leaf, within, offer(leaf.text, choices))
        value = _HELD[leaf.text.lower()] if within == "held" else leaf.text.lower()
        return [(Part("held" if within == "held" else _BY_CHOICE[within], (value,)),)]

    def _unknown(self, leaf: Leaf, field: str, fix: str, wrong: int = 0) -> InvalidInput:
        """Return the refusal of a value, which is wrong from its place ``wrong`` on."""
        at = leaf.at + wrong + (1 if wrong and isinstance(leaf, Phrase) else 0)
        return self._fault(at, f"{field}: has no value {leaf.text}", fix)

    def _fault(self, at: int, problem: str, fix: str) -> InvalidInput:
        return fault(self._text, at, problem, fix)


def _rule(name: str) -> Rule | None:
    return language_fields()[name][1] if name in language_fields() else None


def _choices(name: str) -> tuple[str, ...]:
    rule = _rule(name)
    return rule.choices() if rule else ()


def _wanted(node: Node, within: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield the words that are not excluded, each with the field that it is looked for in."""
    match node:
        case And(nodes) | Or(nodes):
            for part in nodes:
                yield from _wanted(part, within)
        case InField(name, inner):
            yield from _wanted(inner, "position" if within == "position" else name)
        case Word() | Phrase():
            yield within, node
        case Not():
            return


def _count(found: list[list[tuple[Part, ...]]]) -> int:
    total = 1
    for ways in found:
        total *= len(ways)
    return total


def _joined(ways: list[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """Join alternatives of one part into its values: fewer ways to try."""
    first = ways[0][0]
    alike = all(
        len(way) == 1 and way[0].field == first.field and way[0].prefix == first.prefix for way in ways
    )
    return [(replace(first, values=tuple(v for way in ways for v in way[0].values)),)] if alike else ways
