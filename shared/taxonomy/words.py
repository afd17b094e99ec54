"""What widens a taxonomy, as it is stored and sent: JSON values, light enough for worker processes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.taxonomy.serial import occupation_from_json, skill_from_json
from shared.taxonomy.taxonomy import Taxonomy


@dataclass(frozen=True)
class Words:
    """Skills and occupations that one organisation added to the packaged ones.

    ``seq`` grows with every change, 0 means that nothing was added; equal tenant and ``seq``, equal words.
    """

    tenant: str = ""
    seq: int = 0
    skills: Sequence[dict[str, Any]] = field(default=(), compare=False, repr=False)
    occupations: Sequence[dict[str, Any]] = field(default=(), compare=False, repr=False)

    def widen(self) -> Taxonomy:
        """Return the packaged taxonomy with these words. Takes a second for large ones."""
        if not self.seq:
            return Taxonomy.compact()
        return Taxonomy.compact().widened(
            map(skill_from_json, self.skills), map(occupation_from_json, self.occupations)
        )
