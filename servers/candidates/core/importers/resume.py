"""A résumé as a document: read, parsed, with what was hidden in it flagged."""

from servers.candidates.core.flags import talks_to_machines
from servers.candidates.core.incoming import Incoming, assemble, content_hash
from servers.candidates.core.models import FLAG_HIDDEN, FLAG_INSTRUCTIONS, FLAG_THIN
from shared.documents import DocumentText, read_document
from shared.kernel.errors import InvalidInput
from shared.kernel.ids import new_id
from shared.resume import parse_resume


def read_resume(name: str, data: bytes) -> Incoming:
    """Return the person a résumé document describes. Raises InvalidInput, naming the document."""
    return from_text(name, read_document(name, data))


def from_text(name: str, document: DocumentText) -> Incoming:
    """Return the person that a document's visible text describes."""
    source_id = new_id("src")
    profile = parse_resume(document.text, source_id)
    flags: list[str] = []
    if document.hidden:
        flags.append(FLAG_HIDDEN)
        if any(talks_to_machines(passage) for passage in document.hidden):
            flags.append(FLAG_INSTRUCTIONS)
    if not profile.work and not profile.education and not profile.skills:
        flags.append(FLAG_THIN)
    try:
        return assemble(
            profile,
            document.text,
            source_id,
            kind="resume",
            name=name,
            hashed=content_hash(document.text),
            ref=name,
            flags=flags,
        )
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.message}", field="document", fix=error.fix) from error
