"""What the core needs from outside: the market's rows, kept and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.following.model import Derivation

Row = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What is there of one organisation. ``because`` says why it was begun, empty for the first time."""

    people_seq: int
    postings_seq: int
    people: int
    postings: int
    open_postings: int
    because: str = ""


class Market(Protocol):
    """Every organisation's rows, apart from each other: a question sees those of one alone.

    ``people`` and ``postings`` take documents as JSON, ``PersonRows`` and ``PostingRows``.
    """

    @property
    def people(self) -> Derivation[str]: ...

    @property
    def postings(self) -> Derivation[str]: ...

    async def ask(self, tenant: str, question: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Return the answer to a named question; parameters it does not take are left out.

        Raises Unavailable.
        """
        ...

    async def kept(self, tenant: str, day: int) -> Kept:
        """Return what is there; ``day`` is the ordinal of today, by which postings are open."""
        ...
