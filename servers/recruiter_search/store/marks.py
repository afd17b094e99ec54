"""Where in a result a page ended."""

import json
from dataclasses import dataclass

from shared.kernel.errors import InvalidInput


@dataclass(frozen=True)
class Mark:
    """The end of a page: the state it was read from, how many hits came before, and the last of them.

    ``head`` names the beginning of a fused result; it is empty of others.
    """

    pin: str
    offset: int
    key: float
    candidate_id: str
    head: str = ""

    def written(self) -> str:
        return json.dumps(
            [self.pin, self.offset, self.key, self.candidate_id, *([self.head] if self.head else [])]
        )

    @classmethod
    def read(cls, written: str) -> "Mark":
        """Return the mark that was written so. Raises InvalidInput."""
        try:
            pin, offset, key, candidate_id, *head = json.loads(written)
            return cls(str(pin), int(offset), float(key), str(candidate_id), *map(str, head))
        except (ValueError, TypeError):
            raise InvalidInput(
                "this is no mark of a page", field="cursor", fix="Pass next_cursor as it came."
            ) from None
