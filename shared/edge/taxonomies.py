"""Each organisation's taxonomy: the packaged one, widened by the words that the jobs unit keeps for it."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError
from shared.kernel.principal import Principal, acting_as, current_principal
from shared.taxonomy import Taxonomy, Words

log = logging.getLogger(__name__)

PAGE = 2000
CALL_SECONDS = 5.0
RETRY_SECONDS = 30.0
Entry = dict[str, Any]


class _Page(BaseModel):
    skills: list[Entry] = Field(default_factory=list[Entry])
    occupations: list[Entry] = Field(default_factory=list[Entry])
    next: int


@dataclass
class _Known:
    words: Words = field(default_factory=Words)
    taxonomy: Taxonomy = field(default_factory=Taxonomy.compact)
    good_until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Taxonomies:
    """Follows the words of every organisation that is worked for.

    Args:
        itself: this unit's name, as which the jobs unit is asked: everybody's work reads by these words.
        max_age: seconds for which they are not asked for again.
    """

    def __init__(self, units: UnitCalls, itself: str, *, max_age: float = 0.0) -> None:
        self._units = units
        self._itself = itself
        self._max_age = max_age
        self._known: dict[str, _Known] = {}

    async def current(self) -> Taxonomy:
        """Return the taxonomy of the current principal's organisation."""
        return await self.of(current_principal().tenant)

    async def of(self, tenant: str) -> Taxonomy:
        """Return an organisation's taxonomy; what is known of it while the jobs unit does not answer."""
        return (await self._asked(tenant)).taxonomy

    async def words(self, tenant: str) -> Words:
        """Return what widens an organisation's taxonomy."""
        return (await self._asked(tenant)).words

    def expire(self, tenant: str) -> None:
        """Ask again at the next use."""
        if tenant in self._known:
            self._known[tenant].good_until = 0.0

    async def _asked(self, tenant: str) -> _Known:
        known = self._known.setdefault(tenant, _Known())
        async with known.lock:
            if time.monotonic() >= known.good_until:
                await self._ask(tenant, known)
        return known

    async def _ask(self, tenant: str, known: _Known) -> None:
        try:
            words = await self._following(tenant, known.words)
        except HiremeshError as error:
            log.warning("the jobs unit does not say what widens the taxonomy: %s", error.code)
            known.good_until = time.monotonic() + RETRY_SECONDS
            return
        if words.seq != known.words.seq:
            known.taxonomy = await asyncio.to_thread(words.widen)
            known.words = words
        known.good_until = time.monotonic() + self._max_age

    async def _following(self, tenant: str, known: Words) -> Words:
        """Return the words as they are now; an entry that changed replaces the one before."""
        itself = Principal(subject=f"service:{self._itself}", kind="service", tenant=tenant)
        skills = {str(one["id"]): one for one in known.skills}
        occupations = {str(one["id"]): one for one in known.occupations}
        seq = known.seq
        with acting_as(itself):
            while True:
                arguments = {"after": seq, "limit": PAGE}
                page = await self._units.call_tool(
                    "jobs", "get_taxonomy_extension", arguments, _Page, timeout=CALL_SECONDS
                )
                if page.next == seq:
                    return Words(tenant, seq, tuple(skills.values()), tuple(occupations.values()))
                skills |= {str(one["id"]): one for one in page.skills}
                occupations |= {str(one["id"]): one for one in page.occupations}
                seq = page.next
