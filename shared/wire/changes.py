"""What the feeds of records say, as units that follow them read it."""

from pydantic import BaseModel

from shared.wire.profile import Dossier


class CandidateChange(BaseModel):
    """The latest state of a candidate that changed; ``dossier`` is null when it was deleted."""

    seq: int
    candidate_id: str
    dossier: Dossier | None = None
