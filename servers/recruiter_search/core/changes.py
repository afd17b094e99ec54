"""What the candidates unit's feed says, and what becomes of it in the index."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from pydantic import BaseModel

from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.wire.profile import Dossier


class Change(BaseModel):
    """The latest state of a candidate that changed; ``dossier`` is null when it was deleted."""

    seq: int
    candidate_id: str
    dossier: Dossier | None = None


@dataclass(slots=True)
class Derived:
    """Documents to put and candidates to remove, by candidate id; later changes replace earlier ones."""

    documents: dict[str, ProfileDocument] = field(default_factory=dict[str, ProfileDocument])
    removed: set[str] = field(default_factory=set[str])

    def __len__(self) -> int:
        return len(self.documents) + len(self.removed)

    def put(self, document: ProfileDocument) -> None:
        """Note a candidate's latest document."""
        self.removed.discard(document.candidate_id)
        self.documents[document.candidate_id] = document

    def remove(self, candidate_id: str) -> None:
        """Note that a candidate is no longer there."""
        self.documents.pop(candidate_id, None)
        self.removed.add(candidate_id)

    def add(self, later: "Derived") -> None:
        """Note what came after."""
        for document in later.documents.values():
            self.put(document)
        for candidate_id in later.removed:
            self.remove(candidate_id)


def derive_changes(deriver: Deriver, lines: Iterable[str], today: date) -> Derived:
    """Return what changes, each a JSON object on a line, mean for the index. Raises ValidationError."""
    derived = Derived()
    for line in lines:
        change = Change.model_validate_json(line)
        if change.dossier is None:
            derived.remove(change.candidate_id)
        else:
            derived.put(deriver.derive(change.dossier, today))
    return derived
