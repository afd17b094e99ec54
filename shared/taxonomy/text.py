"""Tokens with their places, and the normal form in which spellings are compared."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

# A token is a word, a technology name with its signs (C++, C#, .NET, Node.js), a dotted abbreviation
# (U.S., B.Sc.), or a mark that ends a phrase. Hyphens, slashes and single line ends join words silently.
# Most words are plain letters and need none of that: they are tried first, as a space is taken before them.
_TOKEN = re.compile(
    r"( ?)("
    r"[A-Za-z]{2,}+(?=[ \n,:;])"
    r"|(?=[A-Za-z][#♯.])\b[A-Za-z]"
    r"(?:[#♯](?![\w#])|(?:\.[A-Za-z])+\b\.?(?:[A-Za-z]{1,3}\b\.?)?|\.[A-Za-z]{2,3}\b\.?)"
    r"|[^\W_]+(?:\+\+|['’][^\W_]+|\.(?:js|JS|Js|net|NET|Net|io|ai|py)\b)?"
    r"|&|\.(?:NET|Net|net)\b"
    r"|\n\s*(?:[-*•·▪●◦‣–—]|\d+[.)])\s|\n\s*\n"
    r"|[,;:.!?()\[\]{}|•·▪●◦‣*\"“”<>=\t–—]|(?<=\s)-(?=\s)"
    r")"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel lists: normal forms (an empty string is a phrase break), starts and ends."""

    forms: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.forms)


@lru_cache(maxsize=65536)
def normal_form(token: str) -> str:
    """Return the form in which a token is compared: lower case, singular, no possessive, no dots."""
    form = token.lower()
    if form == "&":
        return "and"
    if not any(c.isalnum() for c in form):
        return ""
    if form.endswith(("'s", "’s")):
        form = form[:-2]
    if "." in form and not form.startswith(".") and not form.endswith((".js", ".net", ".io", ".ai", ".py")):
        form = form.replace(".", "")
    return _singular(form.replace("♯", "#"))


def _singular(form: str) -> str:
    if len(form) > 4 and form.endswith("ies"):
        return form[:-3] + "y"
    if len(form) > 3 and form.endswith("s") and not form.endswith(("ss", "us", "is", "os", ".js")):
        return form[:-1]
    return form


def tokenise(text: str) -> Tokens:
    """Split ``text`` into tokens and phrase breaks."""
    # What is between, spaces, token, and so on: their lengths add up to the places.
    parts = _TOKEN.split(text)
    places = list(accumulate(map(len, parts)))
    return Tokens(list(map(normal_form, parts[2::3])), places[1:-1:3], places[2::3])


def normal_key(phrase: str) -> tuple[str, ...]:
    """Return the normal forms of a phrase, the key that spellings are stored under."""
    return tuple(form for form in tokenise(phrase).forms if form)


_SIGNS = {"c++": "c-plus-plus", "c#": "c-sharp", "f#": "f-sharp", ".net": "dot-net"}


def slug(label: str) -> str:
    """Return the id of a label: ``C++`` is ``c-plus-plus``, ``CI/CD`` is ``ci-cd``."""
    lowered = label.lower().strip()
    if lowered in _SIGNS:
        return _SIGNS[lowered]
    lowered = lowered.replace("&", " and ").replace("++", "-plus-plus").replace("#", "-sharp")
    lowered = lowered.replace("’", "").replace("'", "")
    return re.sub(r"[^\w]+", "-", lowered).strip("-")
