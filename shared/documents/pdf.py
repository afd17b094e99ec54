"""PDF to visible text, character by character.

A character counts as visible when a person would see it: the page is rendered and the place where the
character stands must differ from its surroundings. That covers white on white, zero size, invisible render
mode, text under a picture and text off the page with one rule, and leaves white text on a dark ground alone.
"""

import ctypes
import threading
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from shared.documents.layout import Glyph, arrange
from shared.documents.model import DocumentText, Reading
from shared.documents.text import strip_invisible

# PDFium keeps global state and is not thread-safe.
_pdfium_lock = threading.Lock()

_RENDER_SCALE = 2.0
_RENDER_PIXELS = 6_000_000
_LEAST_CONTRAST = 16
_LEAST_HEIGHT = 1.5
_LEAST_HIDDEN_LETTERS = 4
_SCAN_COVER = 0.7
_PAGE_CHARACTERS = 60_000


def read_pdf(reading: Reading, data: bytes) -> DocumentText:
    """Return the visible text of a PDF; raises InvalidInput for encrypted, broken and scanned ones."""
    with _pdfium_lock:
        document = _open(reading, data)
        try:
            return _read(reading, document)
        finally:
            document.close()


def _open(reading: Reading, data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise reading.refuse(
                "it is protected by a password", "Remove the protection and send it again."
            ) from error
        raise reading.refuse("it is a damaged PDF", "Export it again and send that.") from error
    if len(document) == 0:
        document.close()
        raise reading.refuse("it has no pages", "Export it again and send that.")
    return document


def _read(reading: Reading, document: pdfium.PdfDocument) -> DocumentText:
    reading.check_pages(len(document))
    texts: list[str] = []
    hidden: list[str] = []
    for index in range(len(document)):
        reading.check_time()
        try:
            page = document[index]
        except pdfium.PdfiumError as error:
            raise reading.refuse(f"page {index + 1} is damaged", "Export it again and send that.") from error
        glyphs, unseen = _PageReader(page).read()
        texts.append(arrange(glyphs))
        hidden += unseen
        page.close()
    text, invisible = strip_invisible("\n\n".join(filter(None, texts)))
    if not any(character.isalnum() for character in text):
        what = "all its text is hidden" if hidden else "it has pages but no text, so it is probably a scan"
        raise reading.refuse(what, "Run text recognition on it, or send the original document.")
    return DocumentText(text=text, kind="pdf", hidden=[*hidden, *invisible], pages=len(document))


@dataclass
class _Picture:
    """A page as grey pixels."""

    pixels: memoryview
    width: int
    height: int
    stride: int

    def contrast(self, left: float, top: float, right: float, bottom: float) -> int:
        """Return the difference between the lightest and the darkest pixel of a box, 0 to 255."""
        x0, x1 = max(0, int(left)), min(self.width, int(right) + 2)
        y0, y1 = max(0, int(top)), min(self.height, int(bottom) + 2)
        darkest, lightest = 255, 0
        if x0 >= x1:
            return 0
        for y in range(y0, y1):
            row = self.pixels[y * self.stride + x0 : y * self.stride + x1]
            darkest, lightest = min(darkest, *row), max(lightest, *row)
        return max(0, lightest - darkest)


class _PageReader:
    """Reads the glyphs of one page and tells the visible ones from the others."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._text = page.get_textpage()
        width, height = page.get_size()
        self._scale = min(_RENDER_SCALE, (_RENDER_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(
            scale=self._scale,  # pyright: ignore[reportArgumentType]  untyped, its default is an int
            grayscale=True,
            may_draw_forms=False,
        )
        self._position = bitmap.get_posconv(page)
        self._picture = _Picture(
            memoryview(bitmap.buffer).cast("B"), bitmap.width, bitmap.height, bitmap.stride
        )
        self._bitmap = bitmap
        self._scanned = self._covered_by_pictures() > _SCAN_COVER
        self._invisible_objects: dict[int, bool] = {}

    def read(self) -> tuple[list[Glyph], list[str]]:
        """Return the visible glyphs in content order, and the hidden passages."""
        seen: list[Glyph] = []
        passages: list[list[Glyph]] = []
        was_hidden = False
        for index in range(min(raw.FPDFText_CountChars(self._text), _PAGE_CHARACTERS)):
            glyph = self._glyph(index)
            if glyph is None:
                continue
            # Blanks and points show too little to be judged; they go with what stands before them.
            hidden = self._is_hidden(index, glyph) if glyph.character.isalnum() else was_hidden
            if not hidden:
                seen.append(glyph)
            elif was_hidden:
                passages[-1].append(glyph)
            else:
                passages.append([glyph])
            was_hidden = hidden
        self._text.close()
        return seen, self._told(passages)

    def _told(self, passages: list[list[Glyph]]) -> list[str]:
        texts = (" ".join(_in_stream_order(passage).split()) for passage in passages)
        return [text for text in texts if sum(c.isalnum() for c in text) >= _LEAST_HIDDEN_LETTERS]

    def _glyph(self, index: int) -> Glyph | None:
        code = raw.FPDFText_GetUnicode(self._text, index)
        if code in (0, 0xFFFE, 0xFFFF) or raw.FPDFText_IsGenerated(self._text, index) == 1:
            return None
        character = "-" if code == 2 else chr(code)
        if not character.isprintable() and not character.isspace() and code < 0x200B:
            return None
        box = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(self._text, index, ctypes.byref(box)):
            return None
        bottom, top = sorted((box.bottom, box.top))
        x0, y0 = self._position.to_bitmap(box.left, top)
        x1, y1 = self._position.to_bitmap(box.right, bottom)
        left, right = sorted((x0 / self._scale, x1 / self._scale))
        upper, lower = sorted((y0 / self._scale, y1 / self._scale))
        angle = raw.FPDFText_GetCharAngle(self._text, index)
        return Glyph(character, left, upper, right, lower, upright=abs(angle) < 0.2 or abs(angle) > 6.08)

    def _is_hidden(self, index: int, glyph: Glyph) -> bool:
        if glyph.upright and glyph.bottom - glyph.top < _LEAST_HEIGHT:
            return True
        if self._scanned:
            # Recognised text lies invisibly over its picture; the picture is what people read.
            return False
        if self._is_invisible_object(index):
            return True
        s = self._scale
        return (
            self._picture.contrast(glyph.left * s, glyph.top * s, glyph.right * s, glyph.bottom * s)
            < _LEAST_CONTRAST
        )

    def _is_invisible_object(self, index: int) -> bool:
        owner = raw.FPDFText_GetTextObject(self._text, index)
        if not owner:
            return False
        address = ctypes.cast(owner, ctypes.c_void_p).value or 0
        if address not in self._invisible_objects:
            mode = raw.FPDFTextObj_GetTextRenderMode(owner)
            self._invisible_objects[address] = mode in (
                raw.FPDF_TEXTRENDERMODE_INVISIBLE,
                raw.FPDF_TEXTRENDERMODE_CLIP,
            )
        return self._invisible_objects[address]

    def _covered_by_pictures(self) -> float:
        width, height = self._page.get_size()
        covered = 0.0
        for item in self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
            left, bottom, right, top = item.get_bounds()
            covered += abs(right - left) * abs(top - bottom)
        return covered / max(1.0, width * height)


def _in_stream_order(glyphs: list[Glyph]) -> str:
    parts: list[str] = []
    for before, glyph in zip([None, *glyphs], glyphs, strict=False):
        if before is not None and (abs(glyph.top - before.top) > 2 or glyph.left > before.right + 1):
            parts.append(" ")
        parts.append(glyph.character)
    return "".join(parts)
