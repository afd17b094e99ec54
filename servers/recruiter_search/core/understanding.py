"""What a query means, as a vector; and why, where nobody can say."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from servers.recruiter_search.core.entities import sought
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import Encoder
from shared.kernel.errors import HiremeshError, ModelOutputInvalid

OFF = "off: words and taxonomy rank; HIREMESH_EMBEDDINGS_URL switches it on, naming a server of embeddings"
NOTHING = "not asked: the query names nothing whose meaning could be compared"
SECONDS = 2.0
"""How long a search waits for its query's vector before it goes without."""
KEPT = 512


def told(coverage: float) -> str:
    """Return what is said of meaning where it is known of this share of people."""
    if coverage >= 1:
        return "on"
    return f"on for {int(coverage * 100)} % of the people: it is being worked out for the others"


class Understanding:
    """Turns queries into vectors with an encoder. Keeps the latest texts' vectors."""

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    async def of(self, query: SearchQuery, names: Names) -> tuple[bytes | None, str]:
        """Return the unit vector of what ``query`` means, as float32 bytes, or None; and what to say of it."""
        if self._encoder is None:
            return None, OFF
        texts = sought(query, names)
        if not texts or query.sort != "relevance":
            return None, NOTHING
        try:
            vectors = await self._vectors(self._encoder, list(texts))
        except HiremeshError as error:
            return None, f"off for now: {error.message}"
        mean = np.asarray(list(texts.values()), np.float32) @ vectors
        length = float(np.linalg.norm(mean))
        return ((mean / length).astype(np.float32).tobytes(), "on") if length else (None, NOTHING)

    async def _vectors(self, encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
        unknown = [text for text in texts if text not in self._known]
        if unknown:
            made = await encoder.encode(unknown, seconds=SECONDS)
            if len(made) != len(unknown):
                raise ModelOutputInvalid("the server of embeddings left texts out.")
            self._known.update(zip(unknown, made, strict=True))
        vectors = np.stack([self._known[text] for text in texts])
        for text in texts:
            self._known.move_to_end(text)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return vectors
