"""Whether a model's words about a verdict rest on what the verdict rests on. What says more is set aside."""

import re
from collections.abc import Iterable
from itertools import chain

from pydantic import BaseModel, ConfigDict, Field

from servers.evaluator.core.word_lists import word_list
from servers.evaluator.core.words import terms_of
from shared.wire.evaluation import Judgement, Verdict

MOST_SENTENCES = 3
LEAST_SHARED = 0.5
"""Of the words of a sentence that mean something, so many stand in what it is about."""

_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"|«([^«»]*)»|„([^„“]*)“|‘([^‘’]*)’|(?<!\w)'([^']*)'(?!\w)")
_QUOTE_MARKS = re.compile(r"[“”\"«»„‘‹›]|(?<!\w)['’]|['’](?!\w)")
_WORD = re.compile(r"[^\W_][\w+#]*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;]\s+)[^\w]*$")
_MARKUP = re.compile(r"[<>{}\[\]|`\\\n\r\t]|https?:|www\.|@")
_EDGES = " .,;:!?…"
_COUNTS = {word: figure for word, _, figure in (one.partition("=") for one in word_list("counts"))}


class Sentence(BaseModel):
    """One sentence, and the numbers of the quotes that it rests on."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=3, max_length=300)
    quotes: list[int] = Field(min_length=1, max_length=3)


class Words(BaseModel):
    """What a model says of a verdict."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[Sentence] = Field(min_length=1, max_length=MOST_SENTENCES)


def ungrounded(words: Words, judgement: Judgement) -> str | None:
    """Return what is wrong with the words about a judgement, without them; None where nothing is."""
    material = _Material(judgement)
    faults = chain.from_iterable(_faults(one, judgement, material) for one in words.sentences)
    return next(iter(faults), None)


class _Material:
    """All that may be spoken of: the statement, the reason and the quotes."""

    def __init__(self, judgement: Judgement) -> None:
        self.quotes = [_even(one.text) for one in judgement.quotes]
        said = "\n".join([judgement.statement, judgement.reason, *self.quotes])
        self.words = {word.group().casefold() for word in _WORD.finditer(said)}
        self.stems = {term.stem for term in terms_of(said)}
        self.numbers = set(_numbers(said))


def _faults(sentence: Sentence, judgement: Judgement, material: _Material) -> Iterable[str]:
    text = sentence.text
    words = [word.group().casefold() for word in _WORD.finditer(text)]
    if not all(1 <= number <= len(material.quotes) for number in sentence.quotes):
        yield "it rests on a quote that is not there"
    if _MARKUP.search(text):
        yield "it holds markup or an address"
    if not _quotes_truly(text, material):
        yield "it quotes what is not said"
    if not material.numbers.issuperset(_numbers(text)):
        yield "it names a number that is not given"
    if not all(_is_known(match, text, material) for match in _WORD.finditer(text)):
        yield "it names somebody or something that is not given"
    if any(word in word_list("protected") for word in words):
        yield "it speaks of what must not count"
    if any(word in word_list("verdicts") and word not in material.words for word in words):
        yield "it judges"
    denies = judgement.verdict is Verdict.MEETS and (word_list("denials") - material.words)
    if denies and (denies.intersection(words) or re.search(r"n['’]t\b", text)):
        yield "it denies what is met"
    if _shared(text, material) < LEAST_SHARED:
        yield "it speaks of something else"


def _quotes_truly(text: str, material: _Material) -> bool:
    """Tell whether all between quotation marks stands in a quote, and no mark stands alone."""
    quoted = [next(filter(None, match.groups()), "") for match in _QUOTED.finditer(text)]
    if _QUOTE_MARKS.search(_QUOTED.sub("", text)):
        return False
    parts = [_even(one).strip(_EDGES) for one in quoted]
    return all(part and any(part in quote for quote in material.quotes) for part in parts)


def _is_known(word: re.Match[str], text: str, material: _Material) -> bool:
    """Tell whether a word is no name, or one that is given."""
    written = word.group()
    if not any(char.isupper() for char in written) or written.casefold() in material.words:
        return True
    plain = written[1:] == written[1:].lower() and bool(_BEGINS.search(text[: word.start()]))
    return plain and (written.lower() in word_list("telling") or written.lower() in word_list("hollow"))


def _numbers(text: str) -> Iterable[str]:
    """Yield the numbers of a text, written in digits."""
    for match in _NUMBER.finditer(text):
        yield re.sub(r"[.,](?=\d{3}\b)", "", match.group()).replace(",", ".")
    for match in _WORD.finditer(text):
        if count := _COUNTS.get(match.group().lower()):
            yield count


def _shared(text: str, material: _Material) -> float:
    """Return how much of what a sentence means stands in the material; 1 where it means nothing by itself."""
    telling = {term.stem for term in terms_of(" ".join(word_list("telling")))}
    stems = {term.stem for term in terms_of(text)} - telling
    return len(stems & material.stems) / len(stems) if stems else 1.0


def _even(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())
