"""The index's fields, and what a profile puts into them."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, get_args

from pydantic_core import from_json, to_json
from tantivy import Document, Index, Schema, SchemaBuilder

from servers.recruiter_search.core.criteria import Keyword, Number, PositionField, TextField
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.profile_view import read
from servers.recruiter_search.core.results import FacetName, ProfileView
from servers.recruiter_search.store.counting import COMPANY_FACET
from servers.recruiter_search.store.cutting import analyzer, has_signs, spelt
from servers.recruiter_search.store.ties import hair_of
from servers.recruiter_search.store.vectors import key_of, mark_of

KEYWORDS: tuple[Keyword, ...] = get_args(Keyword)
TEXTS: tuple[TextField, ...] = get_args(TextField)
NUMBERS: tuple[Number, ...] = get_args(Number)
KIND, PERSON, STATE = "kind", "person", "state"
STORED, VIEW = "stored", "view"
KEY, MARK = "key", "mark"
"""A person as a number, and what a vector of theirs is made of, as one."""
FALLING, RISING, TIE = "years_falling", "years_rising", "tie"
POSITIONS = "positions"
MOST_POSITIONS = 20
"""Positions of one person that are searched one by one, as the profile lists them."""
GRAM = 3
"""Words side by side that are indexed as one in a position."""
ANALYSED: tuple[PositionField, ...] = ("title", "company")
FACETED = frozenset(get_args(FacetName))


@cache
def schema() -> Schema:
    """Return the schema. The document of kind ``state`` holds the sequence, so both commit as one."""
    builder = SchemaBuilder()
    builder.add_text_field(KIND, tokenizer_name="raw", index_option="basic")
    for name in KEYWORDS:
        option = "freq" if name == "shown_skills" else "basic"
        builder.add_text_field(name, tokenizer_name="raw", index_option=option, fast=name in FACETED)
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="words", index_option="position")
    builder.add_text_field(COMPANY_FACET, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field(POSITIONS, tokenizer_name="raw", index_option="basic")
    for name in (*NUMBERS, FALLING, RISING, TIE):
        builder.add_float_field(name, fast=True)
    builder.add_unsigned_field(KEY, indexed=True, fast=True)
    builder.add_unsigned_field(MARK, fast=True)
    for name in (STORED, VIEW):
        builder.add_bytes_field(name, stored=True)
    return builder.build()


def register(index: Index) -> Index:
    """Give an opened index its analyzer."""
    index.register_tokenizer("words", analyzer())
    return index


def to_index(document: ProfileDocument, positions: "PositionTerms") -> Document:
    """Return the document to put for one profile."""
    hair = hair_of(document.candidate_id)
    years = document.numbers.get("years")
    fields: dict[str, Any] = {
        KIND: PERSON,
        **document.keywords,
        **_spelt(document.texts),
        **document.numbers,
        POSITIONS: positions.of(document.positions),
        "candidate_id": document.candidate_id,
        "shown_skills": [s for s, times in document.shown_skills.items() for _ in range(min(times, 8))],
        COMPANY_FACET: document.texts.get("current_company", []),
        KEY: key_of(document.candidate_id),
        MARK: mark_of(document.meant),
        TIE: hair,
        # People whose years are unknown come last in either order.
        FALLING: hair - 1 if years is None else years + hair,
        RISING: 1000 + hair if years is None else years + hair,
        STORED: to_json(document.kept()),
        VIEW: document.shown,
    }
    return Document.from_dict(fields, schema())


def _spelt(texts: Mapping[TextField, list[str]]) -> Mapping[TextField, list[str]]:
    """Return texts as they are cut: few have a sign, and one look at all of them tells."""
    if not has_signs("\n".join(chain.from_iterable(texts.values()))):
        return texts
    return {name: [spelt(text) for text in each] for name, each in texts.items()}


def position_term(field: PositionField, value: str, number: int) -> str:
    """Return the term that says that the position of this number has ``value``."""
    return f"{field}:{value}#{number}"


def grams(words: Sequence[str]) -> list[str]:
    """Return the runs of words whose terms together say that ``words`` stand side by side."""
    size = min(GRAM, len(words))
    return [" ".join(words[i : i + size]) for i in range(len(words) - size + 1)]


class PositionTerms:
    """Cuts positions into terms. Keeps how it cut titles and employers, bounded, since they repeat."""

    def __init__(self) -> None:
        self._words = analyzer()
        self._runs = lru_cache(32_768)(self._cut)

    def of(self, positions: Sequence[Mapping[PositionField, Sequence[str]]]) -> list[str]:
        """Return the terms of the positions that are searched one by one."""
        terms: list[str] = []
        for number, position in enumerate(positions[:MOST_POSITIONS]):
            mark = f"#{number}"  # as ``position_term`` writes it, without a call for each of so many
            for field, values in position.items():
                if field in ANALYSED:
                    values = chain.from_iterable(map(self._runs, values))
                terms += [f"{field}:{value}{mark}" for value in values]
        return terms

    def _cut(self, text: str) -> tuple[str, ...]:
        words = self._words.analyze(spelt(text))
        sizes = range(1, min(GRAM, len(words)) + 1)
        runs = (" ".join(words[i : i + size]) for size in sizes for i in range(len(words) - size + 1))
        return tuple(dict.fromkeys(runs))


def state_document(seq: int) -> Document:
    """Return the document that remembers how far the index is."""
    return Document.from_dict({KIND: STATE, STORED: str(seq).encode()}, schema())


def view_of(stored: Document) -> ProfileView:
    """Return what a hit shows of a profile."""
    return read(stored.get_first(VIEW) or b"")


def from_index(stored: Document) -> ProfileDocument:
    """Return the profile that ``to_index`` stored; its texts are not kept."""
    return ProfileDocument(**from_json(stored.get_first(STORED) or b""), shown=stored.get_first(VIEW) or b"")
