"""Where in a result a page ended."""

import base64
import json
from dataclasses import dataclass

from servers.recruiter_search.core.ports import DEEPEST
from shared.kernel.errors import InvalidInput


@dataclass(frozen=True)
class Mark:
    """The end of a page: the state it was read from, how many hits came before, and the last of them.

    Of a fused result, whose order nobody can work out again once vectors or people have changed, it says more.

    Args:
        head: names the beginning of the result.
        shown: everybody on the pages up to here, their keys of 8 bytes one after the other.
    """

    pin: str
    offset: int
    key: float
    candidate_id: str
    head: str = ""
    shown: bytes = b""

    def written(self) -> str:
        ended = [self.pin, self.offset, self.key, self.candidate_id]
        shown = base64.b64encode(self.shown).decode()
        return json.dumps([*ended, self.head, shown] if self.head else ended)

    @classmethod
    def read(cls, written: str) -> "Mark":
        """Return the mark that was written so. Raises InvalidInput."""
        try:
            pin, offset, key, candidate_id, *fused = json.loads(written)
            mark = cls(str(pin), int(offset), float(key), str(candidate_id))
            if not fused:
                return mark
            head, shown = fused
            keys = base64.b64decode(shown, validate=True)
            if len(keys) % 8 or len(keys) > 8 * DEEPEST:
                raise ValueError
            return cls(mark.pin, mark.offset, mark.key, mark.candidate_id, str(head), keys)
        except (ValueError, TypeError):
            raise InvalidInput(
                "this is no mark of a page", field="cursor", fix="Pass next_cursor as it came."
            ) from None
