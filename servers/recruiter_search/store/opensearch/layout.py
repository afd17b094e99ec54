"""How OpenSearch holds profiles: names of its indices, the template, and what a profile puts into it.

An index belongs to one format, so another format is another index, filled beside the one that is searched.
Every tenant is searched through an alias of its own, which filters and routes by the tenant; once a newer
index has caught up for a tenant, its alias is moved there.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, get_args
from urllib.parse import quote

from pydantic_core import from_json, to_json
from tantivy import TextAnalyzer

from servers.recruiter_search.core.criteria import Keyword, Number, PositionField, TextField
from servers.recruiter_search.core.document import FORMAT, ProfileDocument
from servers.recruiter_search.core.results import FacetName
from servers.recruiter_search.store.counting import COMPANY_FACET
from servers.recruiter_search.store.cutting import spelt
from servers.recruiter_search.store.ties import hair_of
from servers.recruiter_search.store.vectors import key_of, mark_of

LAYOUT = 2  # raise it when the template changes
TENANT, KIND, PERSON, STATE = "tenant", "kind", "person", "state"
VIEW, STORED, TIE, POSITIONS = "view", "stored", "tie", "positions"
KEY, MARK, DESCRIBED = "key", "mark", "described"
"""A person as a number, what a vector of theirs is made of as one (both in hexadecimal digits), and the field that it
is in."""
NOTHING, NOT_YET = "nothing", "not yet"
"""Instead of that field: there is nothing to describe them by, or it has not been done."""
ANALYSED: frozenset[PositionField] = frozenset({"title", "company"})
_WITH_VALUES = frozenset((*get_args(FacetName), "candidate_id", COMPANY_FACET, TENANT, KEY))
_LONGEST = 1000  # what is longer is no id; Lucene refuses 32,766 bytes
_MOST_SHOWN = 8


@dataclass(frozen=True)
class Layout:
    """Names below one ``prefix``, and over how many shards profiles are spread.

    Args:
        shards: of an index.
        tenant_shards: those of them that one tenant's profiles are on.
        number: the format of what is derived, and that of the template.
    """

    prefix: str = "hiremesh"
    shards: int = 1
    tenant_shards: int = 1
    number: str = f"{FORMAT}.{LAYOUT}"

    @property
    def index(self) -> str:
        """The index of this format."""
        return f"{self.prefix}-people-{self.number}"

    @property
    def all_indices(self) -> str:
        return f"{self.prefix}-people-*"

    @property
    def all_aliases(self) -> str:
        return f"{self.prefix}-tenant-*"

    def alias(self, tenant: str) -> str:
        """Return what a tenant is searched through."""
        return f"{self.prefix}-tenant-{routing(tenant)}"

    def aliased(self, tenant: str) -> dict[str, Any]:
        """Return what makes this format's index the one that a tenant is searched in."""
        own = {"index": self.index, "alias": self.alias(tenant), "routing": routing(tenant)}
        return {"add": {**own, "filter": {"term": {TENANT: tenant}}}}

    def template(self, vectors: Mapping[str, Any]) -> dict[str, Any]:
        """Return the template of this format's index, so that even one that is lost comes back as it was.

        ``vectors`` maps the field that people's vectors are in, where it is known already.
        """
        settings: dict[str, Any] = {
            "knn": True,
            "number_of_shards": self.shards,
            "auto_expand_replicas": "0-1",
            "gc_deletes": "1h",  # a removal outlives older changes that come late
        }
        if self.tenant_shards > 1:
            settings["routing_partition_size"] = self.tenant_shards
        made = {"settings": {"index": settings}, "mappings": _mappings(vectors)}
        return {"index_patterns": [self.index], "priority": 500, "template": made}


def order_of(index: str) -> tuple[int, int]:
    """Return the format and the layout that an index's name carries, by which they follow each other."""
    found = re.search(r"-people-(\d+)\.(\d+)$", index)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def routing(tenant: str) -> str:
    """Return what a tenant's documents are routed by; the tenant itself may hold signs that no name can."""
    return blake2b(tenant.encode(), digest_size=16).hexdigest()


def person_id(tenant: str, candidate_id: str) -> str:
    """Return a document's id; no two tenants share any."""
    return f"{PERSON}:{quote(tenant, safe='')}:{candidate_id}"


def state_id(tenant: str) -> str:
    return f"{STATE}:{quote(tenant, safe='')}"


def vectors_id(tenant: str) -> str:
    """Return the id of what is written again whenever a tenant's people were given vectors."""
    return f"{DESCRIBED}:{quote(tenant, safe='')}"


def _mappings(vectors: Mapping[str, Any]) -> dict[str, Any]:
    text = {"type": "text", "analyzer": "whitespace"}  # it comes cut into words
    fields: dict[str, Any] = {TENANT: _keyword(TENANT), KIND: _keyword(KIND), TIE: {"type": "double"}}
    fields |= {name: _keyword(name) for name in (*get_args(Keyword), COMPANY_FACET, KEY, DESCRIBED)}
    fields[MARK] = {"type": "keyword", "index": False, "doc_values": False}
    fields |= dict.fromkeys(get_args(TextField), text)
    fields |= {name: {"type": "double"} for name in get_args(Number)}
    fields |= {name: {"type": "object", "enabled": False} for name in (VIEW, STORED)}
    fields[POSITIONS] = {
        "type": "nested",
        "properties": {
            name: text if name in ANALYSED else _keyword(f"{POSITIONS}.{name}")
            for name in get_args(PositionField)
        },
    }
    # The source is whole: OpenSearch gives a document its vector by writing all of it again.
    return {"dynamic": "strict", "_routing": {"required": True}, "properties": {**fields, **vectors}}


def _keyword(name: str) -> dict[str, Any]:
    field: dict[str, Any] = {"type": "keyword", "ignore_above": _LONGEST}
    if name == "shown_skills":
        return field | {"index_options": "freqs", "doc_values": False}
    return field if name in _WITH_VALUES else field | {"doc_values": False}


def cut(words: TextAnalyzer, text: str) -> list[str]:
    """Return the words of ``text``, the same ones for whoever indexes or asks."""
    return list(words.analyze(spelt(text)))


def hexadecimal(number: int) -> str:
    """Return a key or mark as it is written."""
    return f"{number:016x}"


def written(document: ProfileDocument, tenant: str, words: TextAnalyzer, described: Mapping[str, Any]) -> str:
    """Return what is put for one profile, as JSON; ``described`` is what is known of its vector, if anything."""
    positions = [
        {name: _cut(words, values) if name in ANALYSED else values for name, values in position.items()}
        for position in document.positions
    ]
    fields: dict[str, Any] = {
        **document.keywords,
        **{name: _cut(words, texts) for name, texts in document.texts.items()},
        **document.numbers,
        KIND: PERSON,
        TENANT: tenant,
        TIE: hair_of(document.candidate_id),
        POSITIONS: positions,
        "candidate_id": document.candidate_id,
        "shown_skills": [s for s, n in document.shown_skills.items() for _ in range(min(n, _MOST_SHOWN))],
        COMPANY_FACET: document.texts.get("current_company", []),
        VIEW: from_json(document.shown),
        STORED: document.kept(),
        KEY: hexadecimal(key_of(document.candidate_id)),
        MARK: hexadecimal(mark_of(document.meant)),
        DESCRIBED: NOT_YET if document.meant else NOTHING,
        **described,
    }
    return to_json(fields).decode()


def read(source: dict[str, Any]) -> ProfileDocument:
    """Return the profile that ``written`` stored; its texts and positions are not kept."""
    return ProfileDocument(**source[STORED], shown=to_json(source[VIEW]))


def _cut(words: TextAnalyzer, texts: Iterable[str]) -> list[str]:
    return [" ".join(cut(words, text)) for text in texts]
