"""Plainly fictional people, as dossiers."""

from datetime import UTC, datetime

from shared.wire.profile import Dossier, Profile, SourceText

SEEN = datetime(2026, 1, 5, tzinfo=UTC)


def dossier(
    candidate_id: str = "cand_tilda", *, profile: Profile | None = None, text: str | None = None
) -> Dossier:
    """Return a dossier with the given profile and one text; without a text the profile stands alone."""
    sources = (
        [SourceText(id="src_1", kind="resume", name="resume.txt", text=text, first_seen=SEEN)]
        if text is not None
        else []
    )
    return Dossier(candidate_id=candidate_id, profile=profile or Profile(), sources=sources)
