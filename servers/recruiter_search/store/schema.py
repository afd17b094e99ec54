"""The index's fields, and what a profile puts into them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, get_args

from pydantic_core import from_json
from tantivy import Document, Index, Schema, SchemaBuilder, TextAnalyzer

from servers.recruiter_search.core.criteria import Keyword, Number, PositionField, TextField
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.results import FacetName, ProfileView
from servers.recruiter_search.store.counting import COMPANY_FACET
from servers.recruiter_search.store.cutting import analyzer, spelt
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


def to_index(document: ProfileDocument, words: TextAnalyzer) -> Document:
    """Return the document to put for one profile; ``words`` cuts its titles and companies."""
    hair = hair_of(document.candidate_id)
    years = document.numbers.get("years")
    fields: dict[str, Any] = {
        KIND: PERSON,
        **document.keywords,
        **{name: [spelt(text) for text in texts] for name, texts in document.texts.items()},
        **document.numbers,
        POSITIONS: _position_terms(document, words),
        "candidate_id": document.candidate_id,
        "shown_skills": [s for s, times in document.shown_skills.items() for _ in range(min(times, 8))],
        COMPANY_FACET: document.texts.get("current_company", []),
        KEY: key_of(document.candidate_id),
        MARK: mark_of(document.meant),
        TIE: hair,
        # People whose years are unknown come last in either order.
        FALLING: hair - 1 if years is None else years + hair,
        RISING: 1000 + hair if years is None else years + hair,
        STORED: document.model_dump_json(
            exclude={"texts": True, "positions": True, "view": True, "keywords": {"times"}}
        ).encode(),
        VIEW: document.view.model_dump_json().encode(),
    }
    return Document.from_dict(fields, schema())


def position_term(field: PositionField, value: str, number: int) -> str:
    """Return the term that says that the position of this number has ``value``."""
    return f"{field}:{value}#{number}"


def grams(words: Sequence[str]) -> list[str]:
    """Return the runs of words whose terms together say that ``words`` stand side by side."""
    size = min(GRAM, len(words))
    return [" ".join(words[i : i + size]) for i in range(len(words) - size + 1)]


def _position_terms(document: ProfileDocument, words: TextAnalyzer) -> list[str]:
    terms: list[str] = []
    for number, position in enumerate(document.positions[:MOST_POSITIONS]):
        for field, values in position.items():
            if field in ANALYSED:
                values = [run for value in values for run in _runs(words.analyze(spelt(value)))]
            terms.extend(position_term(field, value, number) for value in values)
    return terms


def _runs(words: Sequence[str]) -> list[str]:
    sizes = range(1, min(GRAM, len(words)) + 1)
    found = (" ".join(words[i : i + size]) for size in sizes for i in range(len(words) - size + 1))
    return list(dict.fromkeys(found))


def state_document(seq: int) -> Document:
    """Return the document that remembers how far the index is."""
    return Document.from_dict({KIND: STATE, STORED: str(seq).encode()}, schema())


def view_of(stored: Document) -> ProfileView:
    """Return what a hit shows of a profile."""
    return ProfileView.model_validate_json(stored.get_first(VIEW) or b"")


def from_index(stored: Document) -> ProfileDocument:
    """Return the profile that ``to_index`` stored; its texts are not kept."""
    rest = from_json(stored.get_first(STORED) or b"")
    return ProfileDocument.model_validate({**rest, "view": view_of(stored)})
