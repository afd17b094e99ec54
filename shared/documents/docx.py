"""DOCX to visible text. The archive is checked before python-docx opens it."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import defusedxml.ElementTree as safe_xml
from defusedxml.common import DefusedXmlException
from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from shared.documents.model import DocumentText, Reading
from shared.documents.text import strip_invisible

_RATIO = 200
_TINY_HALF_POINTS = 3
_WHITE = re.compile(r"^(?:f[a-f0-9]){3}$", re.IGNORECASE)
_NO_GROUND = ("auto", "clear", "none", "white", "ffffff")
_ENTRIES = 4_000
_EMBEDDED = "Save it as a plain DOCX or PDF and send that."


def read_docx(reading: Reading, data: bytes) -> DocumentText:
    """Return the visible text of a DOCX: headers, body with tables and text boxes, footers.

    Raises InvalidInput for macros, external entities, archives that unpack too large, and damage.
    """
    _check_archive(reading, data)
    try:
        document = Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise reading.refuse("it is a damaged DOCX", "Save it again and send that.") from error
    writer = _Writer(reading, document)
    seen: set[int] = set()
    for part in _parts(document):
        if id(part) not in seen:
            seen.add(id(part))
            writer.blocks(part)
    text, invisible = strip_invisible("\n".join(writer.lines))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if not text and not writer.hidden:
        raise reading.refuse("it holds no text", "If it only holds pictures, send the original document.")
    return DocumentText(text=text, kind="docx", hidden=[*writer.hidden, *invisible])


def _check_archive(reading: Reading, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise reading.refuse("it is protected by a password", "Remove the protection and send it again.")
        unpacked = sum(entry.file_size for entry in entries)
        bomb = any(e.file_size > max(1_000_000, _RATIO * e.compress_size) for e in entries)
        if bomb or unpacked > reading.limits.unpacked or len(entries) > _ENTRIES:
            raise reading.refuse("it unpacks to far more than a document holds", _EMBEDDED)
        if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
            raise reading.refuse("it carries macros", "Save it as DOCX without macros and send that.")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                reading.check_time()
                _check_xml(reading, archive, entry)


def _check_xml(reading: Reading, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    try:
        with archive.open(entry) as stream:
            # The declared size may lie: reading one byte more than declared shows it.
            content = stream.read(entry.file_size + 1)
        if len(content) > entry.file_size:
            raise reading.refuse("it unpacks to far more than a document holds", _EMBEDDED)
        safe_xml.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise reading.refuse("it refers to entities outside itself", _EMBEDDED) from error
    except (safe_xml.ParseError, zipfile.BadZipFile, NotImplementedError) as error:
        raise reading.refuse("it is a damaged DOCX", "Save it again and send that.") from error


def _parts(document: Any) -> Iterator[Any]:
    for section in document.sections:
        if not section.header.is_linked_to_previous:
            yield section.header._element
    yield document.element.body
    for section in document.sections:
        if not section.footer.is_linked_to_previous:
            yield section.footer._element


class _Writer:
    """Walks WordprocessingML in document order and sorts runs into shown and hidden."""

    def __init__(self, reading: Reading, document: Any) -> None:
        self.lines: list[str] = []
        self.hidden: list[str] = []
        self._reading = reading
        self._styles = {style.style_id: style for style in document.styles}

    def blocks(self, element: Any) -> None:
        for child in element:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
                self.blocks(child)

    def _table(self, table: Any) -> None:
        for row in table.iter(qn("w:tr")):
            cells: list[list[str]] = []
            for cell in row.findall(qn("w:tc")):
                outer, self.lines = self.lines, []
                self.blocks(cell)
                cells.append([line for line in self.lines if line.strip()])
                self.lines = outer
            if all(len(cell) <= 1 for cell in cells):
                self.lines.append("  ".join(cell[0] for cell in cells if cell))
            else:
                # Cells of several lines are columns of a layout: read one after the other.
                self.lines += [line for cell in cells for line in [*cell, ""]]

    def _paragraph(self, paragraph: Any) -> None:
        self._reading.check_time()
        shown: list[str] = []
        unseen: list[str] = []
        for run in paragraph.iter(qn("w:r")):
            if self._inside_other(run, paragraph):
                continue
            text = _run_text(run)
            (unseen if self._is_hidden(run, paragraph) else shown).append(text)
        line = "".join(shown)
        if line.strip() and self._is_list_item(paragraph):
            line = f"• {line}"
        self.lines.append(line.rstrip())
        passage = " ".join("".join(unseen).split())
        if any(character.isalnum() for character in passage):
            self.hidden.append(passage)
        self._text_boxes(paragraph)

    def _is_list_item(self, paragraph: Any) -> bool:
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
            return True
        name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return name is not None and name.get(qn("w:val"), "").startswith("List")

    def _text_boxes(self, paragraph: Any) -> None:
        for box in paragraph.iter(qn("w:txbxContent")):
            # A box is stored twice, once for readers that do not know the newer drawing format.
            if not any(a.tag.endswith("}Fallback") for a in box.iterancestors()):
                self.blocks(box)

    def _inside_other(self, run: Any, paragraph: Any) -> bool:
        """Tell runs of a text box, which is read on its own, and deleted runs."""
        for ancestor in run.iterancestors():
            if ancestor is paragraph:
                return False
            if ancestor.tag in (qn("w:txbxContent"), qn("w:del")):
                return True
        return False

    def _is_hidden(self, run: Any, paragraph: Any) -> bool:
        properties = [p for p in self._properties(run, paragraph) if p is not None]
        if _switched_on(properties, "w:vanish"):
            return True
        size = _value(properties, "w:sz")
        if size is not None and size.isdigit() and int(size) <= _TINY_HALF_POINTS:
            return True
        colour = _value(properties, "w:color") or ""
        return bool(_WHITE.match(colour)) and not self._on_colour(properties, paragraph)

    def _properties(self, run: Any, paragraph: Any) -> Iterator[Any]:
        """Yield run properties, the nearest first: the run's own, its style's, the paragraph style's."""
        own = run.find(qn("w:rPr"))
        yield own
        names = [own.find(qn("w:rStyle"))] if own is not None else []
        names.append(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
        for name in names:
            style = self._styles.get(name.get(qn("w:val"))) if name is not None else None
            if style is not None:
                yield style.element.find(qn("w:rPr"))

    def _on_colour(self, properties: list[Any], paragraph: Any) -> bool:
        """Tell whether white text stands on a shaded ground, where it is meant to be read."""
        grounds = [_find(properties, "w:shd"), _find(properties, "w:highlight")]
        grounds.append(paragraph.find(f"{qn('w:pPr')}/{qn('w:shd')}"))
        for ancestor in paragraph.iterancestors():
            if ancestor.tag == qn("w:tc"):
                grounds.append(ancestor.find(f"{qn('w:tcPr')}/{qn('w:shd')}"))
            if ancestor.tag == qn("w:txbxContent"):
                return True  # a box has a fill of its own, out of sight here
        fills = [g.get(qn("w:fill")) or g.get(qn("w:val")) for g in grounds if g is not None]
        return any(fill and fill.lower() not in _NO_GROUND for fill in fills)


def _find(properties: list[Any], tag: str) -> Any:
    return next((found for p in properties if (found := p.find(qn(tag))) is not None), None)


def _value(properties: list[Any], tag: str) -> str | None:
    found = _find(properties, tag)
    return None if found is None else found.get(qn("w:val"))


def _switched_on(properties: list[Any], tag: str) -> bool:
    found = _find(properties, tag)
    return found is not None and found.get(qn("w:val")) not in ("0", "false", "off")


def _run_text(run: Any) -> str:
    parts: list[str] = []
    for child in run:
        if child.tag == qn("w:t"):
            parts.append(child.text or "")
        elif child.tag == qn("w:tab"):
            parts.append("\t")
        elif child.tag in (qn("w:br"), qn("w:cr")):
            parts.append("\n")
        elif child.tag == qn("w:noBreakHyphen"):
            parts.append("-")
    return "".join(parts)
