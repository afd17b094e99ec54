"""Text in a résumé that was written for a machine: orders to whoever reads it, words said over and over.

It is data about nobody. The reader of résumés reads past it, and the evaluator flags it.
"""

import re
import unicodedata
from collections.abc import Iterable

from shared.resume.dates import find_ranges
from shared.resume.stuffing import Ranges, repeated_words

# Each pattern with words of which its text must hold at least one: most texts hold none, and are left alone.
_TALKS_TO_JUDGE: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        ("ignore", "disregard", "forget", "override", "bypass"),
        re.compile(
            r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}?"
            r"\b(?:previous|prior|above|earlier|all|any|your|the|these)\b[^.\n]{0,30}?"
            r"\b(?:instructions?|prompts?|rules|guidelines|criteria|context|requirements)\b",
            re.I,
        ),
    ),
    (
        (
            "candidate",
            "applicant",
            "this profile",
            "this resume",
            "this résumé",
            "this cv",
            "me as",
            "her as",
        ),
        re.compile(
            r"\b(?:rate|rank|score|grade|mark|evaluate|recommend|shortlist|hire|select|classify|label)\b"
            r"[^.\n]{0,20}?\b(?:this|the|me as|him as|her as)\b[^.\n]{0,20}?"
            r"\b(?:candidate|applicant|profile|resume|résumé|cv|the best|highest|strong match|top)\b"
            r"[^.\n]{0,40}?\b(?:high(?:est|ly)?|top|best|first|perfect|maximum|strong|10/10|100|meets?|qualified|match)\b",
            re.I,
        ),
    ),
    (
        ("you are",),
        re.compile(
            r"\byou are (?:now )?(?:an? |the )?(?:ai|llm|assistant|language model|chatbot|helpful|"
            r"recruit\w* (?:ai|bot|assistant))\b",
            re.I,
        ),
    ),
    (
        ("score", "rating", "mark", "match", "grade", "verdict"),
        re.compile(
            r"\b(?:give|assign|award|return|output|answer|respond|reply)\b[^.\n]{0,40}?"
            r"\b(?:perfect|highest|maximum|top|full|best|strong)[ _]"
            r"(?:score|rating|marks?|match|grade|verdict)\b",
            re.I,
        ),
    ),
    (
        ("qualification", "requirement", "criteri"),
        re.compile(
            r"\b(?:all|every) (?:qualifications?|requirements?|criteri(?:a|on)) (?:is|are|as|must be)"
            r"[^.\n]{0,20}?\b(?:met|meets|satisfied|fulfilled)\b",
            re.I,
        ),
    ),
    (
        ("<", "[inst", "[/inst"),
        re.compile(
            r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|inst)\|?>|\[/?INST\]|<</?SYS>>", re.I
        ),
    ),
    (
        ("system", "assistant", "developer"),
        re.compile(
            r"(?:^|[.!?:;•*·▪|>–—-])[ \t]*(?:###[ \t]*)?(?:system|assistant|developer)(?: prompt| message)?[ \t]*:[ \t]*"
            r"(?:you|ignore|always|never|the candidate|this candidate|rate|respond|answer|mark|override)\b",
            re.I | re.M,
        ),
    ),
)
# Letters that nobody sees, that stand on top of others, or that only look like those of an English order.
_STRANGE = re.compile(
    "[\u00ad\u0300-\u036f\u0370-\u03ff\u0400-\u04ff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\uff00-\uffef\U0001d400-\U0001d7ff\U000e0000-\U000e007f]"
)
_LOOKALIKES = str.maketrans(
    "аеорсхуіјѕԁһАВЕКМНОРСТХІЈЅαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcxyijsdhABEKMHOPCTXIJSaeiknoptuxABEZHIKMNOPTYX",
)
_SPACED = re.compile(r"(?<!\w)(?:\w {1,3}){7,}\w(?!\w)")
_LINE_END = re.compile(r"\n|[ \t]{2,}|\Z")

# A line is a sentence of its own: the heading of a position above such text is evidence all the same.
_SENTENCE_STARTS = (". ", "! ", "? ", "\n")
_BEFORE = 400
_BEHIND = 1500
"""Characters before and behind an order that may belong to it, where neither a sentence nor a line ends sooner."""

# What stands between honest words and such text, or holds the dates that follow it.
_LEADING = " \t.,;:!?|(–—-\u200b\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_TRAILING = re.compile("[.;:!?\u200b\u202c\u2069]*(?:[ \t]*(?=\n|\\Z))?")
# No prose goes on with a comma where a sentence has ended: a form put the next field there.
_NEXT_FIELD = re.compile("[.!?>][ \u200b\u202c\u2069]*(, )")
_SAYS = re.compile(r"[^\W_]")


def planted_in(text: str) -> Ranges:
    """Return what was written for a machine, in order, with the marks that part it from what comes before."""
    return parted(text, [*instructions_in(text), *repeated_words(text)])


def parted(text: str, ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the ranges in order and apart, with the marks around them; those that only marks part are one."""
    found: Ranges = []
    for start, end in sorted(ranges):
        start, end = len(text[:start].rstrip(_LEADING)), _behind(text, end)
        if found and not _SAYS.search(text, found[-1][1], start):
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _behind(text: str, end: int) -> int:
    marks = _TRAILING.match(text, end)
    return marks.end() if marks else end


def struck(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return the text, as long as before, with blanks in these places: what a line was torn into is one again."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def instructions_in(text: str) -> Ranges:
    """Return the sentences that address the judge, as ranges in ``text``."""
    visible, places = _visible(text)
    lowered = visible.lower()
    found: Ranges = []
    for words, pattern in _TALKS_TO_JUDGE:
        if not any(word in lowered for word in words):
            continue
        for match in pattern.finditer(visible):
            start, end = _sentence(visible, match.start() + _lead(match.group()), match.end())
            found.append((places[start], places[end - 1] + 1))
    return sorted(found)


def _visible(text: str) -> tuple[str, list[int] | range]:
    """Write the text as a reader takes it in, and say where each character stands."""
    strange, spaced = _STRANGE.search(text), _SPACED.search(text)
    if not strange and not spaced:
        return text, range(len(text))
    seen = [(char, index) for index, raw in enumerate(text) for char in _seen(raw)]
    if spaced:
        line = "".join(char for char, _ in seen)
        blanks = {
            index
            for run in _SPACED.finditer(line)
            for index in range(run.start() + 1, run.end())
            if line[index] == " " and line[index - 1] != " "
        }
        seen = [pair for index, pair in enumerate(seen) if index not in blanks]
    return "".join(char for char, _ in seen), [index for _, index in seen]


def _seen(char: str) -> str:
    """Return the letter that a character is taken for; nothing for one that nobody sees."""
    if not _STRANGE.match(char):
        return char
    plain = unicodedata.normalize("NFKC", char).translate(_LOOKALIKES)
    return "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Cf", "Cn"))


def _lead(found: str) -> int:
    """Return how many marks and blanks stand before the first word: they belong to what comes before."""
    return len(found) - len(found.lstrip(_LEADING + "•*·▪>"))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a range and what follows it on the line, but only what is near.

    What comes next is taken along since such text rarely stops at one sentence.
    """
    marks = [text.rfind(mark, 0, start) + len(mark) for mark in _SENTENCE_STARTS if mark in text[:start]]
    begin = max([0, start - _BEFORE, *marks])
    finish = _LINE_END.search(text, end)
    after = _before_fields(text, end, finish.start() if finish else len(text))
    return begin, max(min(after, end + _BEHIND), end)


def _before_fields(text: str, start: int, end: int) -> int:
    """Return where a line ends but for what follows in the heading of a position: its period, its employer."""
    field = _NEXT_FIELD.search(text, start - 1, end)
    end = field.start(1) if field else end
    for period in find_ranges(text[start:end])[-1:]:
        if not text[start + period.until : end].strip(" )."):
            return start + len(text[start : start + period.at].rstrip(_LEADING))
    return end
