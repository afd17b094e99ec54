"""Undoing disguises before a demand is checked: look-alike letters, digits for letters, s p a c i n g."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Cyrillic and Greek letters that look Latin, and signs that people put for letters.
_LOOKALIKES = str.maketrans(
    "асеорхуіјкмтАВСЕНКМОРТХαορυνΑΒΕΗΙΚΜΝΟΡΤΥΧ", "aceopxyijkmtABCEHKMOPTXaopuvABEHIKMNOPTYX"
)
_DIGITS = str.maketrans("013457@$!|", "oleastasil")
_DIGIT_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[0-9@$!|])[a-z0-9@$!|]{3,}\b", re.I)
_SPACED = re.compile(r"\b(?:[a-z][ .*_·-]){3,}[a-z]\b", re.I)
_INNER_MARKS = re.compile(r"(?<=[a-z])[*_.·](?=[a-z])", re.I)
# Only these are read out of digits and signs, so that B2B, K8s and 3D stay what they are.
_DISGUISED = frozenset(
    (
        "young", "younger", "youth", "old", "older", "age", "recent", "graduate", "graduates", "fresh", "freshers",
        "male", "males", "female", "females", "men", "man", "women", "woman", "girl", "girls", "lady", "ladies",
        "native", "white", "black", "asian", "indian", "caucasian", "foreigners", "christian", "christians",
        "muslim", "muslims", "jews", "healthy", "disabled", "disability", "pregnant", "children", "kids", "single",
        "married", "gay", "gays", "straight", "union", "photo", "attractive", "criminal", "only", "people",
    )
)  # fmt: skip


def cleaned(text: str) -> str:
    """Return ``text`` as its reader would read it, on one line, with ’ for every apostrophe."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_LOOKALIKES)
    plain = plain.replace("'", "’").replace("`", "’").replace("‘", "’")
    plain = _SPACED.sub(lambda match: re.sub(r"[ .*_·-]", "", match.group()), plain)
    plain = re.sub(r"\s+", " ", plain).strip()
    return _DIGIT_WORD.sub(_letters, plain)


def _letters(match: re.Match[str]) -> str:
    read = match.group().lower().translate(_DIGITS)
    return read if read in _DISGUISED else match.group()


def unmarked(text: str) -> str:
    """Return ``text`` without marks put inside words (``y.o.u.n.g``, ``you_ng``)."""
    return _INNER_MARKS.sub("", text)
