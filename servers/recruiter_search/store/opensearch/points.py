"""States of the index that result pages are still read from: OpenSearch's points in time."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError, TransportError

from servers.recruiter_search.store.opensearch.layout import routing

log = logging.getLogger(__name__)

MOST = 32
"""States held at once by one process; a node of OpenSearch holds 300 unless told otherwise."""
SECONDS = 600
KEEP_ALIVE = f"{SECONDS}s"


@dataclass(frozen=True)
class State:
    """One tenant's profiles as they are found now, through ``alias`` in ``index``; told from others by when
    it was last written how far they are, as OpenSearch counts, and when people were last given vectors."""

    alias: str
    tenant: str
    index: str
    term: int
    number: int
    described: int


@dataclass
class _Point:
    id: str
    used: float


class Points:
    """One point in time for each state that results were begun in, let go a while after its last use."""

    def __init__(self, client: AsyncOpenSearch, clock: Callable[[], float] = monotonic) -> None:
        self._client = client
        self._clock = clock
        self._held: dict[State, _Point] = {}
        self._opening = asyncio.Lock()

    async def at(self, state: State) -> str | None:
        """Return the state's point in time; None where the engine gives none, which costs pages their rest.

        Raises TransportError.
        """
        async with self._opening:
            held = self._held.get(state)
            if held is None or self._clock() - held.used > SECONDS - 30:
                opened = await self._open(state)
                if opened is None:
                    return None
                held = self._held[state] = _Point(opened, 0.0)
            held.used = self._clock()
            await self._let_go()
        return held.id

    def names(self, state: State, point: str) -> bool:
        """Tell whether ``point`` is this state's."""
        held = self._held.get(state)
        return held is not None and held.id == point

    def forget(self, state: State) -> None:
        """Let go of a state whose point the engine no longer knows."""
        self._held.pop(state, None)

    async def _open(self, state: State) -> str | None:
        asked = {
            "keep_alive": KEEP_ALIVE,
            "routing": routing(state.tenant),
            "allow_partial_pit_creation": "false",
        }
        try:
            answer = await self._client.create_pit(index=state.alias, params=asked)
        except NotFoundError:
            raise
        except TransportError as error:
            if not isinstance(error.status_code, int):
                raise
            log.warning("no point in time (%s %s): pages follow what changes", error.status_code, error.error)
            return None
        return str(answer["pit_id"])

    async def _let_go(self) -> None:
        now = self._clock()
        expired = [state for state, point in self._held.items() if now - point.used > SECONDS]
        for state in expired:  # the engine has let them go by itself
            del self._held[state]
        while len(self._held) > MOST:
            oldest = min(self._held, key=lambda state: self._held[state].used)
            point = self._held.pop(oldest)
            try:
                await self._client.delete_pit(body={"pit_id": [point.id]})
            except TransportError as error:  # it ends by itself
                log.warning("a point in time could not be let go: %s", error.error)
