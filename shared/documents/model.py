"""What reading a document gives, and the bounds it is read within."""

import time
from dataclasses import dataclass, field
from typing import Literal

from shared.kernel.errors import InvalidInput

DocumentKind = Literal["text", "markdown", "pdf", "docx", "html"]


@dataclass(frozen=True)
class DocumentText:
    """The visible text of one document.

    Attributes:
        text: what a reader sees, in reading order, lines separated by a newline.
        kind: what the bytes turned out to be, whatever the name said.
        hidden: passages that a reader would not see (white on white, zero size, off the page, invisible
            characters); they are not part of ``text``.
        pages: number of pages; 1 for kinds that have none.
    """

    text: str
    kind: DocumentKind
    hidden: list[str] = field(default_factory=list[str])
    pages: int = 1


@dataclass(frozen=True)
class Limits:
    """Bounds of one document: bytes as sent, bytes once unpacked, characters of text, pages, seconds."""

    size: int = 15_000_000
    unpacked: int = 60_000_000
    characters: int = 1_000_000
    pages: int = 60
    seconds: float = 20.0


class Reading:
    """One document being read: its name for messages, its limits and its deadline."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._deadline = time.monotonic() + limits.seconds

    def refuse(self, reason: str, fix: str) -> InvalidInput:
        """Return the error that refuses this document."""
        return InvalidInput(f"{self.name}: {reason}.", field="document", fix=fix)

    def check_time(self) -> None:
        """Refuse the document when its time is spent."""
        if time.monotonic() > self._deadline:
            raise self.refuse(
                f"reading it took more than {self.limits.seconds:g} seconds",
                "Export it again as a plain PDF or as text.",
            )

    def check_pages(self, pages: int) -> None:
        """Refuse the document when it has too many pages."""
        if pages > self.limits.pages:
            raise self.refuse(
                f"it has {pages} pages, more than {self.limits.pages}",
                "Send the part that matters as its own document.",
            )
