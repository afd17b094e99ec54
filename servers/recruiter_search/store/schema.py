"""The index's fields, and how its texts are cut into words."""

import re
from functools import cache
from hashlib import blake2b
from typing import Any, get_args

from pydantic_core import from_json
from tantivy import (
    Document,
    Filter,
    Index,
    Schema,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from servers.recruiter_search.core.criteria import Keyword, TextField
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import ProfileView

KEYWORDS: tuple[Keyword, ...] = get_args(Keyword)
TEXTS: tuple[TextField, ...] = get_args(TextField)
KIND, PERSON, STATE = "kind", "person", "state"
STORED, VIEW = "stored", "view"
YEARS, YEARS_ORDER, TIE = "years", "years_order", "tie"
COMPANY_FACET = "company_facet"
_SIGNS = (
    (re.compile(r"(?<=\w)\+\+"), "plusplus"),
    (re.compile(r"(?<=\w)#"), "sharp"),
    (re.compile(r"\.net\b", re.IGNORECASE), " dotnet"),
)


def spelt(text: str) -> str:
    """Return ``text`` with C++, C# and .NET spelt in letters, which keeps them other words than C and net.

    A regex tokenizer would do it too, at four times the indexing time.
    """
    if "+" in text or "#" in text or "." in text:
        for sign, letters in _SIGNS:
            text = sign.sub(letters, text)
    return text


def analyzer() -> TextAnalyzer:
    """Return the analyzer of all text fields: letters and digits, lower case, accents folded."""
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()


@cache
def schema() -> Schema:
    """Return the schema. The document of kind ``state`` holds the sequence, so both commit as one."""
    builder = SchemaBuilder()
    builder.add_text_field(KIND, tokenizer_name="raw", index_option="basic")
    for name in KEYWORDS:
        option = "freq" if name == "shown_skills" else "basic"
        fast = name not in ("shown_skills", "flags", "candidate_id")
        builder.add_text_field(name, tokenizer_name="raw", index_option=option, fast=fast)
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="words", index_option="position")
    builder.add_text_field(COMPANY_FACET, tokenizer_name="raw", index_option="basic", fast=True)
    for name in (YEARS, YEARS_ORDER, TIE):
        builder.add_float_field(name, indexed=name == YEARS, fast=True)
    for name in (STORED, VIEW):
        builder.add_bytes_field(name, stored=True)
    return builder.build()


def register(index: Index) -> Index:
    """Give an opened index its analyzer."""
    index.register_tokenizer("words", analyzer())
    return index


def to_index(document: ProfileDocument) -> Document:
    """Return the document to put for one profile."""
    # A hair's breadth by id, so that equal scores come in the same order from any copy of the index.
    hair = int.from_bytes(blake2b(document.candidate_id.encode(), digest_size=4).digest()) / 2**32 * 1e-3
    fields: dict[str, Any] = {
        KIND: PERSON,
        **document.keywords,
        **{name: [spelt(text) for text in texts] for name, texts in document.texts.items()},
        "candidate_id": document.candidate_id,
        "shown_skills": [s for s, times in document.shown_skills.items() for _ in range(min(times, 8))],
        COMPANY_FACET: document.texts["current_company"],
        TIE: hair,
        STORED: document.model_dump_json(exclude={"texts", "view"}).encode(),
        VIEW: document.view.model_dump_json().encode(),
    }
    if document.years is not None:
        fields |= {YEARS: document.years, YEARS_ORDER: document.years + hair}
    return Document.from_dict(fields, schema())


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
