"""Bytes to text, and text to the characters that a person sees."""

import codecs
import re
import unicodedata

from shared.documents.model import Reading

_BOMS: list[tuple[bytes, str]] = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]

# Exports that went through a byte-string repr carry "\xe2\x80\xa2" as eight or more plain characters.
_ESCAPED_BYTES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_INVISIBLE = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]+"
)
# Joiners have a meaning in Arabic and Indic scripts and in emoji, and none between Latin letters.
_JOINED_SCRIPTS = "\u0600-\uffff\U0001f000-\U0001ffff"
_JOINER = re.compile(f"(?<![{_JOINED_SCRIPTS}])[\u200c\u200d]+(?![{_JOINED_SCRIPTS}])")
_TAG_BASE = 0xE0000
# A few zero-width characters come from word processors; this many in a row carry a message.
_INVISIBLE_RUN = 8
_FLATTENED_BREAKS = 8


def decode_text(reading: Reading, data: bytes) -> str:
    """Return the text of ``data``, in UTF-8, UTF-16, UTF-32 or a Western single-byte encoding.

    Raises InvalidInput where the bytes are not text at all.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None) or _guess_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Undefined cp1252 positions are control characters in latin-1, which decodes any byte.
        text = data.decode("latin-1")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    rubbish = len(_CONTROL.findall(text)) + text.count("\ufffd")
    letters = sum(1 for character in text if character.isalnum())
    if rubbish > max(4, len(text) * 0.02) or letters < len(text.strip()) * 0.25:
        raise reading.refuse(
            "it is not text but binary data", "Send a TXT, Markdown, PDF, DOCX or HTML document."
        )
    return _CONTROL.sub("", text)


def _guess_encoding(data: bytes) -> str:
    sample = data[:4096]
    zeros_even, zeros_odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if zeros_odd > half * 0.4 and zeros_even < half * 0.1:
        return "utf-16-le"
    if zeros_even > half * 0.4 and zeros_odd < half * 0.1:
        return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def strip_invisible(text: str) -> tuple[str, list[str]]:
    """Return the text without characters that have no width, and the messages they carried.

    Tag characters (U+E0000 block) spell ASCII that no reader sees; they are reported as what they spell.
    A long run of other invisible characters is reported by its length. Single ones, which word processors
    leave behind, are only removed.
    """
    hidden: list[str] = []

    def note(match: re.Match[str]) -> str:
        run = match.group()
        spelt = "".join(chr(ord(c) - _TAG_BASE) for c in run if 0x20 <= ord(c) - _TAG_BASE < 0x7F)
        if spelt:
            hidden.append(spelt)
        elif len(run) >= _INVISIBLE_RUN:
            hidden.append(f"{len(run)} invisible characters")
        return ""

    return _JOINER.sub("", _INVISIBLE.sub(note, text)), hidden


def repair_text(text: str) -> str:
    """Undo what careless exports do to plain text.

    Escaped UTF-8 bytes become characters, private-use bullets become bullets, a text that was wrapped in
    CSV quotes loses them, and one whose line breaks were turned into runs of blanks gets its lines back.
    """
    text = _ESCAPED_BYTES.sub(_unescape, text)
    stripped = text.strip()
    if len(stripped) > 2 and stripped[0] == stripped[-1] == '"' and "\n" not in stripped:
        text = stripped[1:-1].replace('""', '"').replace("\\'", "'")
    text = "".join(_plain(character) for character in text)
    text = _CONTROL.sub("", text)
    if "\n" not in text.strip() and len(re.findall(r"\S {2,}\S", text)) >= _FLATTENED_BREAKS:
        text = _unflatten(text)
    return text


def _unescape(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match.group().replace("\\x", ""))
    decoded = raw.decode("utf-8", errors="ignore")
    return decoded if decoded.isprintable() or "\u200b" in decoded or "\xa0" in decoded else " "


def _plain(character: str) -> str:
    if character == "\xa0":
        return " "
    if "\uf000" <= character <= "\uf0ff":
        return "•"
    return character


_DATE_WORD = r"(?:(?:19|20)\d\d|present|current|now|today|date)"
# A dash between two dates is often lost together with the line breaks, leaving two blanks: not a break.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_LOST_DASH = re.compile(
    rf"(?:(?<=\b(?:19|20)\d\d)|(?<=\b[a-z]{{3}} \d\d)|(?<=\b[a-z]{{4}} \d\d)) {{2,3}}"
    rf"(?=(?:{_MONTH},? ?)?{_DATE_WORD}\b|(?:till|to) date\b|{_MONTH} \d\d\b)",
    re.IGNORECASE,
)
_MONTHS_APART = re.compile(rf"\b({_MONTH}) {{2,3}}(?={_MONTH} (?:19|20)\d\d\b)", re.IGNORECASE)


def _unflatten(text: str) -> str:
    kept = _MONTHS_APART.sub("\\1\x00", _LOST_DASH.sub("\x00", text))
    lines = re.sub(r" {4,}", "\n\n", kept)
    lines = re.sub(r" {2,3}", "\n", lines)
    return unicodedata.normalize("NFC", lines).replace("\x00", "  ")
