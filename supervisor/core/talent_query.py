"""A search as a conversation changes it: conditions in the boolean language, and what that cannot say beside them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from pydantic import BaseModel, Field

from supervisor.core.alternatives import alternatives, either

Part = Literal["filters", "exclude", "prefer"]
PARTS: tuple[Part, ...] = ("filters", "exclude", "prefer")
EXPRESSION = "expression"
TEXT = "text"
_SAID = {"exclude": "not ", "prefer": "liked: "}
_LEAST = 4
"""Letters that two forms of a word share: bank, banking."""
_PASSING = frozenset(
    re.findall(
        r"\w+",
        """
    a an and any are as at be by condition demand filter for from have in is it of on or part people requirement that
    the thing those to who with work worked works
        """,
    )
)
_LIMITED = re.compile(r'\b(?P<field>[a-z_]+):"?(?P<limits>[<>]=?[^\s()"]+|[^\s()"]+\.\.[^\s()"]+)')
"""Limits of a number, which say nothing without their field."""
_LIVES_IN = frozenset({"location"})
"""What everybody has one of: "also in Hamburg" can only mean another one."""


class Beside(NamedTuple):
    """One thing that the boolean language cannot say: where it stands in the query, and what it is in words.

    ``at`` is its place where the entries of a list are named one by one.
    """

    part: str
    name: str
    at: int | None
    says: str


class TalentQuery(BaseModel):
    """What is looked for.

    ``terms`` are conditions in the boolean language, all of which hold; ``filters``, ``exclude`` and ``prefer``
    hold what it cannot say, ``text`` the free words.
    """

    terms: list[str] = Field(default_factory=list)
    filters: dict[str, Any] = Field(default_factory=dict)
    exclude: dict[str, Any] = Field(default_factory=dict)
    prefer: dict[str, Any] = Field(default_factory=dict)
    text: str | None = None

    @classmethod
    def read(cls, query: Mapping[str, Any], expression: str | None, left: Sequence[str]) -> "TalentQuery":
        """Return a query as ``query_from_words`` gives it: ``left`` are the parts that ``expression`` lacks."""
        kept: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
        for path in left:
            part, _, name = path.partition(".")
            if name:
                kept[part][name] = query[part][name]
        text = query.get(TEXT) if TEXT in left else None
        return cls.model_validate({"terms": [expression] if expression else [], "text": text, **kept})

    @property
    def expression(self) -> str:
        """All conditions that the boolean language can say, as one text."""
        return " AND ".join(self.terms)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is asked."""
        return not (self.terms or self.filters or self.exclude or self.prefer or self.text)

    @property
    def conditions(self) -> dict[str, Any]:
        """What must hold, as arguments of recruiter_search's tools."""
        given = {
            EXPRESSION: self.expression,
            "filters": self.filters,
            "exclude": self.exclude,
            TEXT: self.text,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def whole(self) -> dict[str, Any]:
        """The whole query, as recruiter_search takes it."""
        return self.conditions | ({"prefer": self.prefer} if self.prefer else {})

    def beside(self) -> list[Beside]:
        """Return what the boolean language cannot say, one by one."""
        found = [Beside(TEXT, "", None, f"in words: {self.text}")] if self.text else []
        for part in PARTS:
            held: dict[str, Any] = getattr(self, part)
            for name, value in held.items():
                entries = cast(list[Any], value) if isinstance(value, list) else [value]
                for at, one in enumerate(entries):
                    says = f"{_SAID.get(part, '')}{name.replace('_', ' ')}: {in_words(one)}"
                    found.append(Beside(part, name, at if isinstance(value, list) else None, says))
        return found

    def brief(self) -> str:
        """Return whom it looks for as a few words, then whom not, for whoever is to be told of a role."""
        said = [_worded(term) for term in self.terms]
        for one in self.beside():
            if one.part in ("filters", "exclude"):
                value = one.says.partition(": ")[2]
                said.append(f"{_SAID.get(one.part, '')}{one.name.replace('_', ' ')} {value}")
        if self.text:
            said.append(self.text)
        return ", ".join(sorted(said, key=lambda words: words.startswith(_SAID["exclude"])))

    def unwanted(self) -> list[str]:
        """Return whom it does not look for, in words."""
        terms = [_worded(term) for term in self.terms if term.startswith("NOT ")]
        return [*terms, *(one.says for one in self.beside() if one.part == "exclude")]

    def with_typed(self, expression: str) -> "TalentQuery":
        """Return the query with other conditions in the boolean language; what stands beside them stays."""
        return self.model_copy(update={"terms": [expression]})

    def narrowed(self, other: "TalentQuery") -> tuple["TalentQuery", list[str]]:
        """Return the query with the conditions of another one too, and what changed, in words."""
        told = [f"Added: {term}" for term in other.terms if term not in self.terms]
        merged = self.model_copy(deep=True)
        merged.terms += [term for term in other.terms if term not in self.terms]
        for part in PARTS:
            held: dict[str, Any] = getattr(merged, part)
            given: dict[str, Any] = getattr(other, part)
            for name, value in given.items():
                told += _put(held, name, value, _SAID.get(part, ""))
        if other.text:
            told.append(f"Added in words: {other.text}")
            merged.text = f"{self.text} {other.text}" if self.text else other.text
        return merged, told

    def widened(self, other: "TalentQuery") -> tuple["TalentQuery", list[str]] | None:
        """Return the query with each condition of another one as an alternative to one of its kind.

        None where there is none of that kind, or the boolean language cannot say it.
        """
        if other.filters or other.exclude or other.prefer or other.text or not other.terms:
            return None
        terms, told = list(self.terms), list[str]()
        for new in other.terms:
            at = next(
                (n for n, old in enumerate(terms) if new != old and _kind(old) == _kind(new) != ""), None
            )
            if at is None:
                return None
            told.append(f"Or {new}, beside {terms[at]}")
            terms[at] = f"({_unbracketed(terms[at])} OR {_unbracketed(new)})"
        return self.model_copy(update={"terms": terms}), told

    def only_places(self) -> bool:
        """Return whether all that it asks is where somebody lives."""
        rest = self.filters or self.exclude or self.prefer or self.text
        return bool(self.terms) and not rest and all(_kind(term) in _LIVES_IN for term in self.terms)

    def without(self, words: str, same: "TalentQuery") -> tuple["TalentQuery", list[str]]:
        """Return the query without what ``words`` name, and what went; nothing went where they name nothing.

        Args:
            same: the words as a query of their own: what is in both is meant before what only sounds alike.
        """
        alike = {_bare(part) for term in same.terms for part in (term, *alternatives(term))}
        terms, gone = _parted(self.terms, lambda part: _bare(part) in alike)
        if not gone:
            terms, gone = _parted(
                self.terms, lambda part: _names(words, part), lambda p: _names(words, p, any)
            )
        left = self.model_copy(deep=True, update={"terms": terms})
        named = {(part, name) for part in PARTS for name in getattr(same, part)}
        beside = [one for one in self.beside() if (one.part, one.name) in named] if not gone else []
        if not gone and not beside:
            beside = [one for one in self.beside() if _names(words, one.says)]
        for one in reversed(beside):
            left._drop(one)
        return left, [f"Dropped: {says}" for says in [*gone, *(one.says for one in beside)]]

    def _drop(self, one: Beside) -> None:
        if one.part == TEXT:
            self.text = None
            return
        held: dict[str, Any] = getattr(self, one.part)
        if one.at is not None:
            del held[one.name][one.at]
        if one.at is None or not held[one.name]:
            del held[one.name]


def in_words(value: Any) -> str:
    """Return a filter's value as people would say it."""
    if isinstance(value, Mapping):
        given: Mapping[str, Any] = value
        return ", ".join(
            f"{key.replace('_', ' ')} {in_words(one)}" for key, one in given.items() if one is not None
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _put(held: dict[str, Any], name: str, value: Any, said: str) -> Iterator[str]:
    """Add a filter to those there are and say so: lists grow, anything else takes the place of what was there."""
    label = f"{said}{name.replace('_', ' ')}"
    if isinstance(value, list):
        entries: list[Any] = value
        new = [one for one in entries if one not in held.get(name, [])]
        held[name] = [*held.get(name, []), *new]
        yield from (f"Added: {label}: {in_words(one)}" for one in new)
    elif name not in held:
        held[name] = value
        yield f"Added: {label}: {in_words(value)}"
    elif held[name] != value:
        yield f"Now {label}: {in_words(value)}, instead of {in_words(held[name])}"
        held[name] = value


def _worded(term: str) -> str:
    """Return a condition of the boolean language as people would say it."""
    numbered = _LIMITED.sub(lambda said: f"{said['field'].replace('_', ' ')} {said['limits']}", term)
    bare = re.sub(r"\b[a-z_]+:|[()\"]", "", numbered)
    return re.sub(r"\b(?:AND|OR|NOT)\b", lambda operator: operator[0].lower(), bare)


def _parted(
    terms: Sequence[str], named: Callable[[str], bool], touched: Callable[[str], bool] = lambda part: True
) -> tuple[list[str], list[str]]:
    """Return the conditions that are left without those that are named, and what went.

    Of alternatives only those go that are named; where none is by itself but all of them together are
    ("Berlin and Porto"), those that are ``touched``.
    """
    left, gone = list[str](), list[str]()
    for term in terms:
        parts = alternatives(term) or [term]
        kept = [part for part in parts if not named(part)]
        if named(term) and len(kept) == len(parts):
            kept = [part for part in parts if not touched(part)]
        gone += [term] if not kept else [part for part in parts if part not in kept]
        left += [term] if len(kept) == len(parts) else [either(kept)] if kept else []
    return left, gone


def _unbracketed(term: str) -> str:
    """Return alternatives without the brackets around all of them."""
    inner = term[1:-1]
    whole = term.startswith("(") and term.endswith(")") and ")" not in inner and "(" not in inner
    return inner if whole and " AND " not in inner else term


def _kind(term: str) -> str:
    """Return the field that a condition looks in; empty where it is not one field alone, or is unwanted."""
    found = {field.casefold() for field in re.findall(r"([a-z_]+):", re.sub(r'"[^"]*"', "", term))}
    return found.pop() if len(found) == 1 and not term.startswith("NOT ") else ""


def _bare(term: str) -> str:
    """Return a condition whether it is wanted or not, and at whatever time: "drop Acme" says none of that."""
    return re.sub(r"\b(?:current|past)_", "", term.removeprefix("NOT ")).casefold()


def _names(words: str, says: str, enough: Callable[[Iterable[bool]], bool] = all) -> bool:
    """Return whether every word that carries meaning stands in what a condition says, in some form.

    ``enough`` is how many of them must; ``any``: one does.
    """
    said = _words(says)
    meant = [word for word in _words(words) if word not in _PASSING]
    return bool(meant) and enough(any(_alike(word, other) for other in said) for word in meant)


def _alike(word: str, other: str) -> bool:
    shorter = min(len(word), len(other))
    stem = max(_LEAST, shorter - 1)
    return word == other or (shorter >= _LEAST and word[:stem] == other[:stem])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+[+#]*", text.casefold())
