"""How texts are cut into words, alike for every engine that searches them."""

import re

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_DOT_NET = re.compile(r"\.net\b", re.IGNORECASE)
_SIGNS = {
    "++": (re.compile(r"(?<=\w)\+\+"), "plusplus"),
    "#": (re.compile(r"(?<=\w)#"), "sharp"),
    **dict.fromkeys((".n", ".N"), (_DOT_NET, " dotnet")),
}


def spelt(text: str) -> str:
    """Return ``text`` with C++, C# and .NET spelt in letters, which keeps them other words than C and net.

    A regex tokenizer would do it too, at four times the indexing time.
    """
    for sign, (pattern, letters) in _SIGNS.items():
        if sign in text:
            text = pattern.sub(letters, text)
    return text


def has_signs(text: str) -> bool:
    """Tell whether ``text`` may have any of the signs that ``spelt`` spells."""
    return any(sign in text for sign in _SIGNS)


def analyzer() -> TextAnalyzer:
    """Return the analyzer of all text fields: letters and digits, lower case, accents folded."""
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()
