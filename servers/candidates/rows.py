"""Between the database's rows and the core's models; a batch travels as one array a column."""

import hashlib
from collections.abc import Iterable
from typing import Any

from servers.candidates.core.identity import IdentityDigest
from servers.candidates.core.models import Candidate, Source
from shared.wire.profile import Profile


def candidate_from(row: dict[str, Any]) -> Candidate:
    """Return the candidate of a row, whose profile comes as JSON text: parsed and checked in one go."""
    return Candidate.model_validate({**row, "profile": Profile.model_validate_json(row["profile"])})


def source_from(row: dict[str, Any]) -> Source:
    """Return the source of a row."""
    return Source.model_validate({**row, "profile": Profile.model_validate_json(row["profile"])})


def candidate_row(
    candidate: Candidate, identity: tuple[str, IdentityDigest], written: dict[int, str]
) -> dict[str, Any]:
    """Return a candidate's columns; ``written`` remembers profiles as JSON, see ``_profile_json``."""
    name, digest = identity
    return {
        "id": candidate.id,
        "revision": candidate.revision,
        "seq": candidate.seq,
        "profile": _profile_json(candidate.profile, written),
        "flags": ",".join(candidate.flags),
        "name_key": name,
        "digest": digest.model_dump_json(),
        "created_at": candidate.created_at,
        "updated_at": candidate.updated_at,
    }


def source_row(source: Source, written: dict[int, str]) -> dict[str, Any]:
    """Return a source's columns."""
    return {
        "id": source.id,
        "candidate_id": source.candidate_id,
        "kind": source.kind,
        "name": source.name,
        "ref": source.ref,
        "content_hash": source.content_hash,
        "text": source.text,
        "profile": _profile_json(source.profile, written),
        "flags": ",".join(source.flags),
        "first_seen": source.first_seen,
    }


def columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return rows, at least one and all of the same keys, as a list a column."""
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in listed[0]}


def _profile_json(profile: Profile, written: dict[int, str]) -> str:
    """Return a profile as JSON; ``written`` remembers it by identity for as long as the caller holds it."""
    if id(profile) not in written:
        written[id(profile)] = profile.model_dump_json(exclude_defaults=True)
    return written[id(profile)]


def key_hash(key: str) -> str:
    """Return what remains of an identifier after erasure."""
    return hashlib.sha256(key.encode()).hexdigest()
