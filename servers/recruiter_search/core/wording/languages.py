"""Words of other languages in English, phrase by phrase, so that one set of rules reads them all."""

import re
import tomllib
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from servers.recruiter_search.core.wording.lexicon import FRAME, TOKEN

LANGUAGES = ("de", "fr", "es")
_QUOTED = re.compile(r"[\"“„«][^\"“”„»]+[\"”“»]")


@dataclass(frozen=True)
class _Lexicon:
    """Lower-case phrases with the English for them, and a pattern that finds the longest of them."""

    english: dict[str, str]
    shared: frozenset[str]
    phrases: re.Pattern[str]


@dataclass(frozen=True)
class InEnglish:
    """A text in English, and where each of its characters stands in what was typed.

    Args:
        starts: for each character of ``text`` and its end the first typed character that it stands for.
        ends: for each character of ``text`` the one after the last typed character that it stands for.
    """

    text: str
    typed: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` stands in what was typed."""
        return self.starts[start], self.ends[end - 1] if end > start else self.starts[start]

    def place_of(self, start: int, end: int) -> tuple[int, int]:
        """Return where what was typed from ``start`` to ``end`` stands in ``text``."""
        return bisect_left(self.starts, start), bisect_right(self.ends, end)

    def words(self, start: int, end: int) -> str:
        """Return what was typed for ``text[start:end]``."""
        first, last = self.span(start, end)
        return self.typed[first:last]


def in_english(text: str) -> InEnglish:
    """Return ``text`` in English as far as its phrases are known; as it stands where it is no other language's."""
    language = _language_of(text)
    phrases = list(_lexicon(language).phrases.finditer(text)) if language else []
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    phrases = [one for one in phrases if not any(start < one.start() < end for start, end in quoted)]
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    reached = 0
    for found in phrases:
        starts += range(reached, found.start())
        ends += range(reached + 1, found.start() + 1)
        english = _lexicon(language).english[found[0].lower()]
        parts += [text[reached : found.start()], english]
        starts += [found.start()] * len(english)
        ends += [found.end()] * len(english)
        reached = found.end()
    starts += range(reached, len(text) + 1)
    ends += range(reached + 1, len(text) + 1)
    return InEnglish("".join([*parts, text[reached:]]), text, tuple(starts), tuple(ends))


def _language_of(text: str) -> str:
    """Return the language that most of ``text`` is in, empty for English: by phrases that only it has."""
    tokens = [found.group().lower() for found in TOKEN.finditer(text)]
    known = {language: _count(text, language) for language in LANGUAGES}
    best = max(LANGUAGES, key=lambda language: known[language])
    return best if known[best][0] and known[best][1] > sum(t in FRAME and t.isalpha() for t in tokens) else ""


def _count(text: str, language: str) -> tuple[int, int]:
    """Return how many phrases of ``text`` only this language has, and how many it has at all."""
    lexicon = _lexicon(language)
    found = [one[0].lower() for one in lexicon.phrases.finditer(text)]
    return sum(one not in lexicon.shared for one in found), sum(len(one.split()) for one in found)


@cache
def _lexicon(language: str) -> _Lexicon:
    text = (
        files("servers.recruiter_search")
        .joinpath("core", "wording", "other", f"{language}.toml")
        .read_text("utf-8")
    )
    told = tomllib.loads(text)
    english: dict[str, str] = told["words"]
    longest = sorted(english, key=len, reverse=True)
    either = "|".join(re.escape(one) + ("" if one.endswith("'") else r"(?!\w)") for one in longest)
    return _Lexicon(english, frozenset(told["also_english"]), re.compile(rf"(?<!\w)(?:{either})", re.I))
