"""A source's text as the engine reads it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from servers.evaluator.core.cuts import Cuts
from servers.evaluator.core.masking import Masked, mask_text
from servers.evaluator.core.passages import Passages, split_passages


@dataclass(frozen=True)
class Text:
    """One source: as stored, as it is read, and masked. Only quotes are ever taken from ``original``.

    All places are those in ``original``, which is what is stored without the cuts.
    """

    id: str
    original: str
    masked: str
    hidden: tuple[tuple[int, int], ...]
    stored: str
    cuts: Cuts

    @cached_property
    def passages(self) -> Passages:
        return split_passages(self.masked)

    @cached_property
    def _hidden_starts(self) -> list[int]:
        return [start for start, _ in self.hidden]

    @cached_property
    def _hidden_ends(self) -> list[int]:
        return [end for _, end in self.hidden]

    def hidden_within(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Return the masked ranges that touch ``[start, end)``."""
        first = bisect_right(self._hidden_ends, start)
        after = bisect_left(self._hidden_starts, end)
        return self.hidden[first:after]


def read_text(source_id: str, stored: str, names: Iterable[str], cuts: Cuts | None = None) -> Text:
    """Mask what is left of a source."""
    cuts = cuts or Cuts()
    original = cuts.read(stored)
    masked: Masked = mask_text(original, names)
    return Text(source_id, original, masked.text, tuple(sorted([*masked.hidden, *cuts.seams])), stored, cuts)
