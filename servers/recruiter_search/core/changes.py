"""What becomes of the candidates unit's changes in the index."""

from collections.abc import Iterable
from datetime import date

from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.following.model import Derived
from shared.wire.changes import CandidateChange


def derive_changes(deriver: Deriver, lines: Iterable[str], today: date) -> Derived[ProfileDocument]:
    """Return what changes, each a JSON object on a line, mean for the index. Raises ValidationError."""
    derived = Derived[ProfileDocument]()
    for line in lines:
        change = CandidateChange.model_validate_json(line)
        if change.dossier is None:
            derived.remove(change.candidate_id)
        else:
            document = deriver.derive(change.dossier, today, change.standing)
            document.seq = change.seq
            derived.put(change.candidate_id, document)
    return derived
