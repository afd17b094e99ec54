"""Ways to put something in one language, as a table says them, so that a language more is a table more.

A way is a regular expression that can be read: a space is any white space, a bracket groups only, ``{name}`` stands for
another entry of the table. Case and accents count on neither side.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

_NAMED = re.compile(r"\{([a-z_]+)\}")
_GROUP = re.compile(r"(?<!\\)\((?!\?)")


def plain(text: str) -> str:
    """Return text without accents and with straight apostrophes, each character in its place."""
    composed = unicodedata.normalize("NFC", text).replace("’", "'")
    return "".join(unicodedata.normalize("NFD", one)[0] for one in composed)


class Phrases:
    """The table of one language.

    Args:
        table: ``dimensions`` by name, ``parts`` that ways are made of, ``numbers`` by word, ``words`` that stand for
            English ones; and the ways.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        dimensions: dict[str, str] = table["dimensions"]
        self._numbers: dict[str, int] = table["numbers"]
        self._parts: dict[str, str] = dimensions | table["parts"]
        self._parts["by"] = f"(?P<by>{'|'.join(dimensions.values())})"
        self._parts["count"] = f"(?P<count>{'|'.join([r'[0-9]+', *self._numbers])})"
        self.dimensions = {name: self.way(said) for name, said in dimensions.items()}
        words: dict[str, str] = table.get("words", {})
        self._words = [(self.way(rf"(?<!\w)({said})(?!\w)"), english) for said, english in words.items()]

    @classmethod
    def of(cls, language: str) -> "Phrases":
        """Return the table of a language, such as ``de``."""
        source = files("supervisor.core").joinpath("market_words", f"{language}.toml")
        return cls(tomllib.loads(source.read_text(encoding="utf-8")))

    def way(self, text: str) -> re.Pattern[str]:
        """Return a way as the expression it stands for."""
        while named := _NAMED.search(text):
            text = f"{text[: named.start()]}({self._parts[named[1]]}){text[named.end() :]}"
        return re.compile(_GROUP.sub("(?:", plain(text)).replace(" ?", r"\s*").replace(" ", r"\s+"), re.I)

    def names(self, part: str) -> list[str]:
        """Return what the ways of a part of the table ask."""
        return [*self._table[part]]

    def ways(self, part: str, name: str = "") -> list[re.Pattern[str]]:
        """Return the ways of a part of the table, or of one name in it."""
        held = self._table[part]
        return [self.way(one) for one in (held[name] if name else held)]

    def number(self, said: str) -> int:
        """Return a number that is written in digits or as a word."""
        known = {plain(word): number for word, number in self._numbers.items()}
        return int(said) if said.isdigit() else known[said.casefold()]

    def english(self, words: str) -> str:
        """Return words with those that the table knows in English."""
        for way, english in self._words:
            words = _replaced(way, english, words)
        return words


def _replaced(way: re.Pattern[str], english: str, words: str) -> str:
    """Return words with the English ones where a way stands in them, whose accents are kept elsewhere."""
    parts, end = list[str](), 0
    for found in way.finditer(plain(words)):
        parts += [words[end : found.start()], found.expand(english)]
        end = found.end()
    return "".join([*parts, words[end:]])


def first(ways: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """Return how the first way that fits all of a plain text reads it."""
    return next((match for way in ways if (match := way.fullmatch(text))), None)
