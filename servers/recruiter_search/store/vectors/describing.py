"""Giving everybody a vector, in the background: texts are embedded once, people are the means of theirs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from servers.recruiter_search.core.ports import Encoder
from servers.recruiter_search.store.vectors import Floats, Vectors, keys_of
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.kernel.errors import HiremeshError

log = logging.getLogger(__name__)

TEXTS_AT_ONCE = 256
SECONDS = 120.0
"""How long the encoder may take for a portion of texts: people's queries wait nowhere behind them."""
LOOK_SECONDS = 1.0
RETRY_SECONDS = 15.0

Means = Callable[[Sequence[Mapping[str, int]]], Awaitable[Floats]]
"""Makes a unit vector of each person's texts and their weights, (people, dimensions)."""


class Described(Protocol):
    """Where people's vectors are, beside what they are made of."""

    async def tenants(self) -> list[str]:
        """Return whose people there are."""
        ...

    async def describe(self, tenant: str, means: Means) -> None:
        """Give every person of a tenant a vector who has none that fits; nobody who is gone or changed meanwhile.

        Raises HiremeshError, OSError.
        """
        ...


class Describing:
    """Looks for people without a vector that fits, and has it made, as long as it is open.

    ``meanings`` keeps the texts' vectors.
    """

    def __init__(self, people: Described, meanings: Meanings, encoder: Encoder) -> None:
        self._people = people
        self._meanings = meanings
        self._encoder = encoder
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="describe people")

    async def aclose(self) -> None:
        """Stop; what is missing is made after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._meanings.close()

    async def catch_up(self, tenant: str) -> None:
        """Give every person of a tenant a vector who has none that fits. Raises HiremeshError, OSError."""
        await self._people.describe(tenant, self._means)

    async def _run(self) -> None:
        while True:
            wait = LOOK_SECONDS
            try:
                for tenant in await self._people.tenants():
                    await self.catch_up(tenant)
            except HiremeshError as error:
                log.warning("people get no vectors for now: %s", error.message)
                wait = error.retry_after or RETRY_SECONDS
            except Exception:  # such as a full disk; search goes on without
                log.exception("people get no vectors for now")
                wait = RETRY_SECONDS
            await asyncio.sleep(wait)

    async def _means(self, meant: Sequence[Mapping[str, int]]) -> Floats:
        texts = await self._embedded(sorted({text for one in meant for text in one}))
        return await asyncio.to_thread(_means_of, texts, meant)

    async def _embedded(self, texts: Sequence[str]) -> Vectors:
        """Return where all of ``texts`` have vectors."""
        known = await asyncio.to_thread(self._meanings.texts)
        missing = texts
        if known is not None:
            there = known.marks(keys_of(texts)) != 0
            missing = [text for text, is_there in zip(texts, there, strict=True) if not is_there]
        for at in range(0, len(missing), TEXTS_AT_ONCE):
            part = missing[at : at + TEXTS_AT_ONCE]
            vectors = await self._encoder.encode(part, seconds=SECONDS)
            known = self._meanings.texts(vectors.shape[1])
            assert known is not None
            keys = keys_of(part)
            await asyncio.to_thread(known.put, keys, np.ones_like(keys), vectors)
        assert known is not None
        return known


def _means_of(texts: Vectors, meant: Sequence[Mapping[str, int]]) -> Floats:
    """Return the weighted mean of each person's texts."""
    counts = [len(one) for one in meant]
    names = [text for one in meant for text in one]
    weights = np.fromiter((w for one in meant for w in one.values()), np.float32, len(names))
    distinct = {text: number for number, text in enumerate(dict.fromkeys(names))}
    known, _ = texts.get(keys_of(list(distinct)))
    rows = known[[distinct[name] for name in names]] * weights[:, None]
    means = np.add.reduceat(rows, np.cumsum([0, *counts[:-1]]), axis=0)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return means.astype(np.float32)
