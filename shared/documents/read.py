"""Telling what a document is by its bytes, and handing it to the reader of that kind."""

import io
import zipfile

from shared.documents.docx import read_docx
from shared.documents.html import looks_like_html, read_html
from shared.documents.model import DocumentKind, DocumentText, Limits, Reading
from shared.documents.pdf import read_pdf
from shared.documents.text import decode_text, repair_text, strip_invisible

_REFUSED_MAGIC: list[tuple[bytes, str, str]] = [
    (b"\xd0\xcf\x11\xe0", "it is an old binary Office file", "Save it as DOCX or PDF and send that."),
    (b"{\\rtf", "it is rich text (RTF)", "Save it as DOCX or PDF and send that."),
    (b"\x89PNG", "it is a picture", "Send the document itself, not a picture of it."),
    (b"\xff\xd8\xff", "it is a picture", "Send the document itself, not a picture of it."),
    (b"GIF8", "it is a picture", "Send the document itself, not a picture of it."),
    (b"II*\x00", "it is a picture", "Send the document itself, not a picture of it."),
    (b"MM\x00*", "it is a picture", "Send the document itself, not a picture of it."),
    (b"MZ", "it is a program", "Send a TXT, Markdown, PDF, DOCX or HTML document."),
    (b"\x7fELF", "it is a program", "Send a TXT, Markdown, PDF, DOCX or HTML document."),
    (b"\x1f\x8b", "it is a compressed archive", "Unpack it and send the documents inside."),
    (b"7z\xbc\xaf", "it is a compressed archive", "Unpack it and send the documents inside."),
    (b"Rar!", "it is a compressed archive", "Unpack it and send the documents inside."),
]

_KINDS_TAKEN = "Send a TXT, Markdown, PDF, DOCX or HTML document."
_TEXT_SUFFIXES = {"", "txt", "text", "md", "markdown", "html", "htm", "log", "asc", "csv", "tsv", "json"}


def read_document(name: str, data: bytes, limits: Limits | None = None) -> DocumentText:
    """Return the visible text of a document.

    Args:
        name: the file's name, used in messages and, where the bytes do not tell, for its kind.
        data: the file's bytes.
        limits: bounds on size, pages, unpacked size and time; the defaults suit résumés and postings.

    Raises:
        InvalidInput: the document is empty, too large, encrypted, a scan without text, a kind that is
            not read, or broken. The message begins with ``name``; ``fix`` says what would help.
    """
    reading = Reading(name, limits or Limits())
    if not data.strip():
        raise reading.refuse("it is empty", "Check the file and send it again.")
    if len(data) > reading.limits.size:
        megabytes = reading.limits.size / 1_000_000
        raise reading.refuse(f"it is larger than {megabytes:g} MB", "Send a smaller export of it.")
    document = _read_kind(reading, data)
    if not document.text.strip():
        raise reading.refuse(
            "it holds no readable text", "If it is a scan, run text recognition on it and send the result."
        )
    if len(document.text) > reading.limits.characters:
        raise reading.refuse(
            f"it holds more than {reading.limits.characters:,} characters", "Send a shorter document."
        )
    return document


def _read_kind(reading: Reading, data: bytes) -> DocumentText:
    if b"%PDF-" in data[:1024]:
        return read_pdf(reading, data)
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(reading, data)
    for magic, reason, fix in _REFUSED_MAGIC:
        if data.startswith(magic):
            raise reading.refuse(reason, fix)
    suffix = _suffix(reading.name)
    if suffix == "pdf":
        raise reading.refuse("it is named PDF but is none", "Export it as PDF again.")
    if suffix == "docx":
        raise reading.refuse("it is named DOCX but is none", "Save it as DOCX again.")
    if suffix not in _TEXT_SUFFIXES:
        raise reading.refuse(f"files of type .{suffix} are not read", _KINDS_TAKEN)
    text = decode_text(reading, data)
    if suffix in {"html", "htm"} or looks_like_html(text):
        return read_html(text)
    visible, hidden = strip_invisible(repair_text(text))
    kind: DocumentKind = "markdown" if suffix in {"md", "markdown"} else "text"
    return DocumentText(text=visible, kind=kind, hidden=hidden)


def _suffix(name: str) -> str:
    """Return the lower-case extension; a dot followed by something that is no extension counts as none."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and stem and len(suffix) <= 8 and suffix.isalnum() else ""


def _read_zip(reading: Reading, data: bytes) -> DocumentText:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise reading.refuse("it is damaged", "Save it again and send that.") from error
    if "word/document.xml" in names:
        return read_docx(reading, data)
    if any(name.endswith("content.xml") for name in names):
        raise reading.refuse("it is an OpenDocument file", "Save it as DOCX or PDF and send that.")
    raise reading.refuse("it is an archive, not a document", "Unpack it and send the documents inside.")
