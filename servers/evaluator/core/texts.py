"""A source's text as the engine reads it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from servers.evaluator.core.masking import MASK, Masked, mask_text
from servers.evaluator.core.passages import Passages, split_passages


@dataclass(frozen=True)
class Text:
    """One source: as stored, and masked. Only quotes are ever taken from ``original``."""

    id: str
    original: str
    masked: str
    hidden: tuple[tuple[int, int], ...]
    planted: tuple[tuple[int, int], ...] = ()
    """Of what is hidden, that which somebody wrote for the judge: it is read as if it were not there."""

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

    def planted_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the planted ranges that touch ``[start, end)``, each as far as it lies there."""
        return [(max(low, start), min(high, end)) for low, high in self.planted if low < end and start < high]


def read_text(
    source_id: str, original: str, names: Iterable[str], planted: Sequence[tuple[int, int]] = ()
) -> Text:
    """Mask a source; a line that something planted tore into several is one line again."""
    masked: Masked = mask_text(original, names, blanked=planted)
    text = masked.text
    for start, end in planted:
        text = text[:start] + MASK * (end - start) + text[end:]
    return Text(source_id, original, text, masked.hidden, tuple(planted))
