"""One person as an importer hands it over, before anybody knows whether the person is known already."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic_core import PydanticSerializationError, to_json

from servers.candidates.core.flags import flags_of
from servers.candidates.core.identity import IdentityDigest, digest_of, keys_of, name_key
from servers.candidates.core.models import FLAG_NAMELESS, JsonObject
from servers.candidates.core.render import render
from shared.kernel.errors import InvalidInput
from shared.kernel.ids import new_id
from shared.wire.profile import Profile, SourceKind

_NUL = rb"\u0000"


@dataclass(slots=True)
class Incoming:
    """A person read from one source.

    Attributes:
        ref: what the source itself calls the record (its id there); a later record with the same ref
            replaces this one. Empty where the source has no ids.
        keys: normalised identifiers such as ``email:nova@example.org``.
        contact_refused: why the person must not be contacted, or None.
    """

    kind: SourceKind
    name: str
    content_hash: str
    source_id: str
    text: str
    profile: Profile
    ref: str = ""
    label: str = ""
    flags: list[str] = field(default_factory=list[str])
    keys: list[str] = field(default_factory=list[str])
    name_key: str = ""
    digest: IdentityDigest = field(default_factory=IdentityDigest)
    contact_refused: str | None = None


def content_hash(content: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(content.encode()).hexdigest()


def hashed_record(record: JsonObject) -> tuple[JsonObject, str]:
    """Return a record with the SHA-256 of its content, equal for equal content in the same order.

    Characters that no database text can hold (NUL, half of a surrogate pair) are dropped from it.
    """
    try:
        content = to_json(record)
    except PydanticSerializationError:
        content = _NUL
    if _NUL in content:
        record = cast(JsonObject, _storable(record))
        content = to_json(record)
    return record, hashlib.sha256(content).hexdigest()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [_storable(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in cast(JsonObject, value).items()}
    return value


def structured(
    profile: Profile,
    *,
    kind: SourceKind,
    name: str,
    hashed: str,
    ref: str = "",
    flags: list[str] | None = None,
    contact_refused: str | None = None,
    further: list[str | None] | None = None,
) -> Incoming:
    """Make an incoming person from structured data: the text that evidence quotes is rendered from it.

    ``further`` are identifiers beyond those in the profile, such as a second e-mail address.
    """
    source_id = new_id("src")
    text = render(profile, source_id)
    person = assemble(
        profile,
        text,
        source_id,
        kind=kind,
        name=name,
        hashed=hashed,
        ref=ref,
        flags=flags,
    )
    person.contact_refused = contact_refused
    person.keys = list(dict.fromkeys([*person.keys, *filter(None, further or [])]))
    return person


def assemble(
    profile: Profile,
    text: str,
    source_id: str,
    *,
    kind: SourceKind,
    name: str,
    hashed: str,
    ref: str = "",
    flags: list[str] | None = None,
) -> Incoming:
    """Make an incoming person from a profile whose spans already point into ``text``.

    Raises InvalidInput when neither a name nor any contact data is there: such a record could never be
    found again, and inventing a name is out of the question. A résumé document stands for somebody even
    without them, as long as it tells of a career.
    """
    keys = keys_of(profile)
    who = profile.basics.name
    tells = kind == "resume" and (profile.work or profile.education or profile.skills)
    if not who and not keys and not tells:
        raise InvalidInput(
            "it names nobody and has no e-mail address, phone number or profile link.",
            fix="Add at least a name or a contact to it.",
        )
    return Incoming(
        kind=kind,
        name=name,
        content_hash=hashed,
        source_id=source_id,
        text=text,
        profile=profile,
        ref=ref,
        label=who or "",
        flags=sorted({*(flags or []), *flags_of(text), *([] if who else [FLAG_NAMELESS])}),
        keys=keys,
        name_key=name_key(who),
        digest=digest_of(profile),
    )
