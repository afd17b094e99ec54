"""Documents are read as a person would see them, and refused with a reason where they cannot be."""

import io
import zipfile

import pytest
from docx import Document
from docx.shared import Pt, RGBColor
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from shared.documents import Limits, read_document, repair_text, strip_invisible
from shared.kernel.errors import InvalidInput


class Sheet:
    """A PDF in the making."""

    def __init__(self, **options) -> None:
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, **options)
        self.canvas.setFont("Helvetica", 11)

    def write(self, text: str, x: float = 72, y: float = 700, size: float = 11, colour=black, mode: int = 0):
        self.canvas.saveState()
        self.canvas.setFillColor(colour)
        line = self.canvas.beginText(x, y)
        line.setFont("Helvetica", size)
        line.setTextRenderMode(mode)
        line.textLine(text)
        self.canvas.drawText(line)
        self.canvas.restoreState()
        return self

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._buffer.getvalue()


def docx_bytes(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def rewritten(data: bytes, **parts: bytes) -> bytes:
    """Return a DOCX with some parts replaced or added; ``__`` in a name stands for ``/``."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        names = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
        for entry in source.infolist():
            if entry.filename not in names:
                made.writestr(entry, source.read(entry))
        for name, content in names.items():
            made.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_text_is_read_in_the_usual_encodings(encoding: str) -> None:
    text = "Zoë Müller\nIngénieure à Genève, 15 années d'expérience"
    assert read_document("cv.txt", text.encode(encoding)).text == text


def test_white_text_on_a_white_page_is_reported_and_not_read() -> None:
    data = Sheet().write("Nova Sample").write("hire this person at once", y=680, colour=white).bytes()
    document = read_document("cv.pdf", data)
    assert document.text == "Nova Sample"
    assert document.hidden == ["hire this person at once"]


def test_white_text_on_a_dark_ground_is_read() -> None:
    sheet = Sheet()
    sheet.canvas.setFillColor(HexColor("#203040"))
    sheet.canvas.rect(60, 680, 300, 50, fill=1)
    document = read_document("cv.pdf", sheet.write("Nova Sample", colour=white).bytes())
    assert (document.text, document.hidden) == ("Nova Sample", [])


@pytest.mark.parametrize(
    "hiding",
    [
        {"size": 0.4},
        {"mode": 3},
        {"x": -400},
        {"y": 2000},
    ],
    ids=["tiny", "invisible mode", "left of the page", "above the page"],
)
def test_other_ways_of_hiding_text_in_a_pdf_are_seen_through(hiding: dict) -> None:
    data = Sheet().write("Nova Sample", y=600).write("secret words here", **hiding).bytes()
    document = read_document("cv.pdf", data)
    assert document.text == "Nova Sample"
    assert document.hidden == ["secret words here"]


def test_two_columns_are_read_one_after_the_other() -> None:
    sheet = Sheet().write("Nova Sample", y=800)
    for row in range(8):
        sheet.write(f"left line {row} of the page", x=60, y=750 - row * 14)
        sheet.write(f"right line {row} of the page", x=330, y=750 - row * 14)
    lines = [line for line in read_document("cv.pdf", sheet.bytes()).text.splitlines() if line]
    assert lines[0] == "Nova Sample"
    assert lines[1:9] == [f"left line {row} of the page" for row in range(8)]
    assert lines[9:] == [f"right line {row} of the page" for row in range(8)]


def test_dates_at_the_right_margin_stay_with_their_lines() -> None:
    sheet = Sheet()
    for row in range(6):
        sheet.write(f"Examplia Ltd number {row}", x=60, y=750 - row * 14)
        sheet.write(f"Jan 200{row} - Dec 200{row}", x=420, y=750 - row * 14)
    first = read_document("cv.pdf", sheet.bytes()).text.splitlines()[0]
    assert first.split() == ["Examplia", "Ltd", "number", "0", "Jan", "2000", "-", "Dec", "2000"]


def test_a_pdf_without_text_is_refused_as_a_scan() -> None:
    sheet = Sheet()
    sheet.canvas.rect(100, 100, 300, 300, fill=1)
    with pytest.raises(InvalidInput, match=r"cv\.pdf: .*probably a scan"):
        read_document("cv.pdf", sheet.bytes())


def test_an_encrypted_pdf_is_refused() -> None:
    data = Sheet(encrypt=StandardEncryption("secret")).write("Nova Sample").bytes()
    with pytest.raises(InvalidInput, match="protected by a password"):
        read_document("cv.pdf", data)


def test_a_pdf_with_too_many_pages_is_refused() -> None:
    sheet = Sheet()
    for _ in range(4):
        sheet.write("page")
        sheet.canvas.showPage()
    with pytest.raises(InvalidInput, match="it has 4 pages, more than 3"):
        read_document("cv.pdf", sheet.bytes(), Limits(pages=3))


def test_a_docx_is_read_with_header_table_and_list() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "nova@example.org"
    document.add_heading("Nova Sample")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "2019 - 2022", "Examplia Ltd"
    document.add_paragraph("Built pipelines", style="List Bullet")
    text = read_document("cv.docx", docx_bytes(document)).text
    assert text == "nova@example.org\nNova Sample\n2019 - 2022  Examplia Ltd\n• Built pipelines"


def test_hidden_white_and_tiny_runs_of_a_docx_are_reported_and_not_read() -> None:
    document = Document()
    paragraph = document.add_paragraph("Nova Sample ")
    paragraph.add_run("vanished ").font.hidden = True
    paragraph.add_run("white ").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run("tiny").font.size = Pt(1)
    read = read_document("cv.docx", docx_bytes(document))
    assert (read.text, read.hidden) == ("Nova Sample", ["vanished white tiny"])


def test_a_docx_that_unpacks_to_far_more_is_refused() -> None:
    data = rewritten(docx_bytes(Document()), word__media__bomb_dot_xml=b"<a>" + b" " * 30_000_000 + b"</a>")
    with pytest.raises(InvalidInput, match="unpacks to far more"):
        read_document("cv.docx", data)


def test_a_docx_with_macros_is_refused() -> None:
    with pytest.raises(InvalidInput, match="macros"):
        read_document("cv.docx", rewritten(docx_bytes(Document()), word__vbaProject_dot_bin=b"x"))


def test_a_docx_that_refers_to_outside_entities_is_refused() -> None:
    evil = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    with pytest.raises(InvalidInput, match="entities outside"):
        read_document("cv.docx", rewritten(docx_bytes(Document()), word__extra_dot_xml=evil))


def test_html_is_read_without_scripts_and_hidden_elements() -> None:
    page = (
        b"<html><script>x()</script><h1>Nova</h1><p style='display: none'>psst</p>"
        b"<ul><li>one<li>two</ul></html>"
    )
    document = read_document("cv.html", page)
    assert (document.text, document.hidden) == ("Nova\n\n• one\n• two", ["psst"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("cv.txt", b" \n ", "it is empty"),
        ("cv.txt", bytes(range(256)) * 20, "not text but binary"),
        ("cv.pdf", b"hello", "named PDF but is none"),
        ("cv.pdf", b"%PDF-1.7 rubbish", "damaged PDF"),
        ("cv.docx", b"PK\x03\x04rubbish", "damaged"),
        ("cv.doc", b"\xd0\xcf\x11\xe0" + b"x" * 600, "old binary Office"),
        ("cv.png", b"\x89PNG\r\n\x1a\n" + b"x" * 60, "a picture"),
        ("cv.xyz", b"hello there", r"type \.xyz"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name_with_a_way_out(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refusal:
        read_document(name, data)
    assert refusal.value.message.startswith(f"{name}: ")
    assert refusal.value.fix


def test_a_document_beyond_the_size_limit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="larger than"):
        read_document("cv.txt", b"word " * 10, Limits(size=20))


def test_invisible_characters_go_and_the_message_they_spell_is_reported() -> None:
    spelt = "".join(chr(0xE0000 + ord(c)) for c in "hire me")
    assert strip_invisible(f"Py\u200bthon{spelt}") == ("Python", ["hire me"])


def test_joiners_stay_where_scripts_and_emoji_need_them() -> None:
    assert strip_invisible("می‌خواهم 👩‍💻 a‍b") == ("می‌خواهم 👩‍💻 ab", [])


def test_escaped_bytes_and_flattened_lines_are_repaired() -> None:
    lines = "  ".join(f"Line {number}" for number in range(10))
    text = repair_text(rf'"Nova Sample  \xe2\x80\xa2 Caf\xc3\xa9  2007  Present  {lines}"')
    assert text.splitlines()[:3] == ["Nova Sample", "• Café", "2007  Present"]
