"""Deriving rows in other processes: what crosses to them and back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import lru_cache

from servers.talent_insights.core.careers import Careers
from servers.talent_insights.core.demand import Demand
from shared.following.deriving import DerivingPool
from shared.following.follower import Derive
from shared.following.model import Derived
from shared.taxonomy import Words
from shared.wire.changes import CandidateChange, PostingChange

Packed = dict[str, str | None]
"""Rows as JSON by the id of their person or posting, as the store takes them; None: removed."""
BACKGROUND = 10
"""Niceness: who searches or waits for an evaluation goes before figures of the market."""
WordsOf = Callable[[str], Awaitable[Words]]


def people_pool(words: WordsOf | None = None) -> DerivingPool[Packed, str]:
    """Return worker processes that derive people's rows; ``words`` tells what widens a tenant's taxonomy."""
    return DerivingPool(derive_people, joined, words, niceness=BACKGROUND)


def postings_derive(words: WordsOf) -> Derive[str]:
    """Return what derives postings' rows in a thread: there are far fewer of them than people."""

    async def derive(tenant: str, changes: Sequence[str], today: date) -> Derived[str]:
        known = await words(tenant)
        return joined([await asyncio.to_thread(derive_postings, list(changes), today, known)])

    return derive


def derive_people(lines: list[str], today: date, words: Words) -> Packed:
    """Return the rows of candidates' changes, each a JSON object on a line. Raises ValidationError."""
    packed: Packed = {}
    for line in lines:
        change = CandidateChange.model_validate_json(line)
        rows = _careers(words).rows(change.dossier) if change.dossier else None
        packed[change.candidate_id] = rows.model_dump_json() if rows else None
    return packed


def derive_postings(lines: list[str], today: date, words: Words) -> Packed:
    """Return the rows of postings' changes, each a JSON object on a line. Raises ValidationError."""
    changes = [PostingChange.model_validate_json(line) for line in lines]
    return {change.posting_id: _demand(words).rows(change).model_dump_json() for change in changes}


def joined(parts: list[Packed]) -> Derived[str]:
    """Read what workers sent, part after part."""
    derived = Derived[str]()
    for packed in parts:
        for key, rows in packed.items():
            if rows is None:
                derived.remove(key)
            else:
                derived.put(key, rows)
    return derived


@lru_cache(maxsize=4)
def _careers(words: Words) -> Careers:
    return Careers(words.widen())


@lru_cache(maxsize=4)
def _demand(words: Words) -> Demand:
    return Demand(words.widen())
