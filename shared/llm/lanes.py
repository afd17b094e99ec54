"""Room for a few requests at once, in which people never wait behind the background."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from heapq import heappop, heappush
from itertools import count

from shared.kernel.errors import RateLimited

PEOPLE, BACKGROUND = 0, 10
"""Priorities as vLLM takes them too: the smaller goes first."""
RETRY_SECONDS = 2.0


class Lanes:
    """Lets ``slots`` requests through at once; the others wait, people's in front.

    One slot of several is left to people, so that theirs need not even wait for one of the background to end.

    Args:
        slots: so many at once.
        most: requests of one lane that may wait or be under way; a call beyond is sent away.
    """

    def __init__(self, slots: int, most: int) -> None:
        self._free = slots
        self._left = 1 if slots > 1 else 0
        self._most = most
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._here: Counter[int] = Counter()
        self._numbers = count()

    @contextmanager
    def admitted(self, priority: int, requests: int = 1) -> Generator[None]:
        """Be a call of so many requests for the block. Raises RateLimited where its lane is full before it."""
        if self._here[priority] >= self._most:
            raise RateLimited("the model has too much to do.", retry_after=RETRY_SECONDS)
        self._here[priority] += requests
        try:
            yield
        finally:
            self._here[priority] -= requests

    @asynccontextmanager
    async def slot(self, priority: int) -> AsyncGenerator[None]:
        """Wait for room, and keep it for the block."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._queue, (priority, next(self._numbers), turn))
        try:
            self._let_in()
            await turn
            yield
        finally:
            if turn.done() and not turn.cancelled():
                self._free += 1
            self._let_in()

    def _let_in(self) -> None:
        while self._queue:
            priority, _, turn = self._queue[0]
            if not turn.cancelled():
                if self._free <= (self._left if priority > PEOPLE else 0):
                    return
                turn.set_result(None)
                self._free -= 1
            heappop(self._queue)
