"""The field that people's vectors are in.

Vectors of another model, or of another number of dimensions, are in a field of another name, so they
never mix. Components are bytes, a quarter of the memory that floats take; their cosine needs no common scale. Lucene's
graph is searched under a filter, and where that leaves few, all of those are compared instead.
"""

from hashlib import blake2b
from typing import Any

import numpy as np
from opensearchpy import AsyncOpenSearch

from servers.recruiter_search.store.opensearch.layout import Layout
from servers.recruiter_search.store.vectors import Floats

PREFIX = "vector_"


class Meaning:
    """Names and maps the field for one ``model``; None: people get no vectors here.

    Attributes:
        field: None until the model's dimensions are known.
    """

    def __init__(self, client: AsyncOpenSearch, layout: Layout, model: str | None) -> None:
        self.field: str | None = None
        self._client = client
        self._layout = layout
        self._model = model
        self._is_sure = False

    async def find(self) -> None:
        """See which field others have already made for this model."""
        if self._model is None:
            return
        answer = await self._client.indices.get_mapping(index=self._layout.index)
        known = answer[self._layout.index]["mappings"]["properties"]
        self.field = next((name for name in known if name.startswith(self._named)), None)
        self._is_sure = self.field is not None

    async def ready(self, dimensions: int) -> str | None:
        """Return the field to search vectors of so many dimensions in; None without a model."""
        if self._model is None:
            return None
        is_there = self._is_sure and self.field == f"{self._named}{dimensions}"
        return self.field if is_there else await self.mapped(dimensions)

    def doubt(self) -> None:
        """No longer be sure that the index has the field: it may have been lost."""
        self._is_sure = False

    async def mapped(self, dimensions: int) -> str:
        """Return the field for vectors of so many dimensions, which the index has from now on."""
        name = f"{self._named}{dimensions}"
        properties = {name: _vector_of(dimensions)}
        await self._client.indices.put_mapping(index=self._layout.index, body={"properties": properties})
        self.field, self._is_sure = name, True
        return name

    def mapping(self) -> dict[str, Any]:
        """Return the field's mapping; nothing where it is not known."""
        return {self.field: _vector_of(int(self.field.rpartition("_")[2]))} if self.field else {}

    @property
    def _named(self) -> str:
        return f"{PREFIX}{blake2b((self._model or '').encode(), digest_size=6).hexdigest()}_"


def in_bytes(vectors: Floats) -> list[list[int]]:
    """Return vectors, (vectors, dimensions), each scaled to its largest component, from -127 to 127."""
    most = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return np.rint(vectors * (127 / most)).astype(np.int8).tolist()


def likeness(score: float) -> float:
    """Return the cosine, from -1 to 1, that OpenSearch gave this score."""
    return 2 * score - 1


def _vector_of(dimensions: int) -> dict[str, Any]:
    method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
    return {"type": "knn_vector", "dimension": dimensions, "data_type": "byte", "method": method}
