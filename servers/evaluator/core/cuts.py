"""What is left out of a text before it is read, and where the rest stands in the text as it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.resume.stuffing import Ranges
from shared.wire.profile import Profile, Span

ITEMS = ("work", "education", "skills", "certificates", "languages", "projects")
"""What a profile lists, each with its span."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Ranges of a stored text, in order and apart, that nobody reads."""

    ranges: tuple[tuple[int, int], ...] = ()

    def read(self, stored: str) -> str:
        """Return what is left of the stored text."""
        for start, end in reversed(self.ranges):
            stored = stored[:start] + stored[end:]
        return stored

    def place(self, stored: int) -> int:
        """Return where a place of the stored text is in what is left; one that was cut is where the cut is."""
        return stored - sum(min(stored, end) - start for start, end in self.ranges if start < stored)

    def stored(self, start: int, end: int) -> tuple[int, int]:
        """Return where a range of what is left stands in the stored text, from its first to its last character."""
        return self._stored(start), self._stored(end - 1) + 1 if end > start else self._stored(start)

    def _stored(self, place: int) -> int:
        for start, end in self.ranges:
            if start <= place:
                place += end - start
        return place

    @property
    def seams(self) -> Ranges:
        """Return the places in what is left where something was cut, as empty ranges: no quote goes across."""
        return [(self.place(start), self.place(start)) for start, _ in self.ranges]


def moved(profile: Profile, cuts: Mapping[str, Cuts]) -> Profile:
    """Return the profile with its spans where the same words are in what is left; what stood in a cut is gone."""
    if not cuts:
        return profile

    def there(span: Span | None) -> Span | None:
        if span is None or span.source not in cuts:
            return span
        place = cuts[span.source].place
        return span.model_copy(update={"start": place(span.start), "end": place(span.end)})

    items = {
        name: [
            one.model_copy(update={"span": span})
            for one in getattr(profile, name)
            if (span := there(one.span)) is None or span.start < span.end or span == one.span
        ]
        for name in ITEMS
    }
    return profile.model_copy(update=items)
