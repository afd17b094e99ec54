"""Forms of address that are also other words: MS is a degree, a maker of software, and short for milliseconds."""

import re
from collections.abc import Iterable

from servers.evaluator.core.word_lists import word_list
from shared.taxonomy import find_fields_of_study

_ALSO_WORDS = frozenset(("ms", "miss", "mx"))
_PRODUCTS = word_list("microsoft")
_LABEL_BEFORE = re.compile(
    r"\b(?:title|salutation|form of address|prefix|mr|mrs|mister)\.?[ \t]*[:/,–-]?[ \t]*$", re.I
)
_LABEL_AFTER = re.compile(r"[ \t]*/[ \t]*(?:mrs?|mx)\b", re.I)
_CALLED = re.compile(r"[ \t]+((?:[A-Z]\.[ \t]*)*[A-Z][\w'’-]+(?:[ \t]+[A-Z][\w'’-]+)?)")
_TITLE = re.compile(r"\b(?:ms|miss|mx)\.?[ \t]*(?:[ \t]|\n[ \t]*)$", re.I)
_DEGREES_BEFORE = re.compile(
    r"\b(?:b\.?[ \t]?(?:s|a|sc|e|tech|com|eng)|m\.?(?:a|ba|sc|phil|tech)|ph\.?d|degree|diploma)\.?[ \t]*(?:[,/&+|]|and|or)?[ \t]*$",
    re.I,
)
_REACH = 40


def addresses(text: str, word: re.Match[str]) -> bool:
    """Return whether a pronoun or form of address, found in ``text``, is one there and not another word."""
    plain = word.group().rstrip(".")
    if plain.lower() not in _ALSO_WORDS:
        return True
    if _LABEL_BEFORE.search(text, max(0, word.start() - _REACH), word.start()):
        return True
    if _LABEL_AFTER.match(text, word.end()):
        return True
    called = _CALLED.match(text, word.end())
    if plain.isupper() or plain.islower() or called is None:
        return False
    return not (
        _DEGREES_BEFORE.search(text, max(0, word.start() - _REACH), word.start()) or _is_subject(called[1])
    )


def titles_before(text: str, names: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Yield the forms of address right before the ranges of ``names``, however they are written."""
    for start, _ in names:
        if found := _TITLE.search(text, max(0, start - _REACH), start):
            yield found.span()


def _is_subject(words: str) -> bool:
    """Return whether these words are what is studied or a product rather than somebody's name."""
    first = words.split()[0].lower()
    return first in _PRODUCTS or bool(find_fields_of_study(words) or find_fields_of_study(words.split()[0]))
