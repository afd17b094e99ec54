"""Deriving documents in other processes: what crosses to them and back."""

import pickle
from collections.abc import Awaitable, Callable
from datetime import date
from functools import lru_cache

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.following.deriving import DerivingPool
from shared.following.model import Derived
from shared.taxonomy import Words

Packed = tuple[list[bytes], list[str]]
"""Documents, packed a few at a time so that reading them never holds other threads for long, and the removed."""
PACKED = 20


def deriving_pool(
    words: Callable[[str], Awaitable[Words]] | None = None,
) -> DerivingPool[Packed, ProfileDocument]:
    """Return worker processes that derive documents; ``words`` tells what widens a tenant's taxonomy."""
    return DerivingPool(_derive, _read, words)


@lru_cache(maxsize=4)
def _deriver(words: Words) -> Deriver:
    return Deriver(words.widen())


def _derive(lines: list[str], today: date, words: Words) -> Packed:
    derived = derive_changes(_deriver(words), lines, today)
    documents = list(derived.documents.values())
    few = (documents[at : at + PACKED] for at in range(0, len(documents), PACKED))
    return [pickle.dumps(one, -1) for one in few], list(derived.removed)


def _read(parts: list[Packed]) -> Derived[ProfileDocument]:
    derived = Derived[ProfileDocument]()
    for documents, removed in parts:
        for packed in documents:
            few: list[ProfileDocument] = pickle.loads(packed)  # noqa: S301 - of our own worker
            for document in few:
                derived.put(document.candidate_id, document)
        for candidate_id in removed:
            derived.remove(candidate_id)
    return derived
