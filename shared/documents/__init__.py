"""Reading documents that people hand in: plain text, Markdown, PDF, DOCX and simple HTML.

A pure library: bytes in, the text that a person would see out, with what was hidden from that person
kept apart. Everything unreadable is refused with the document's name, the reason and what would help.
"""

from shared.documents.model import DocumentKind, DocumentText, Limits
from shared.documents.read import read_document
from shared.documents.tables import read_table
from shared.documents.text import repair_text, strip_invisible

__all__ = [
    "DocumentKind",
    "DocumentText",
    "Limits",
    "read_document",
    "read_table",
    "repair_text",
    "strip_invisible",
]
