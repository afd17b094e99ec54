"""Finds text in a profile that talks to the judge instead of about the candidate.

What it finds is flagged and blanked, so nothing in the same sentence can serve as evidence.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

INSTRUCTIONS = "instruction_like_text"
COPIED = "copied_requirements"
STUFFED = "keyword_stuffing"

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
_REACH = 400

COPIED_WORDS = 6
"""Statements shorter than this are too likely to be said in good faith."""
COPIED_STATEMENTS = 2
OFTEN = 4
_LETTERS = re.compile(r"\b[^\W\d_]{2,}\b")
# Without one of these it is a name, of a certificate for instance, which people may well have written.
_GRAMMAR = frozenset({"with", "of", "in", "at", "and", "as", "or", "to", "the", "for", "on", "by", "a", "an"})
_PARTING = re.compile(r"\w")
REPETITIVE = ((60, 1 / 4), (240, 1 / 4))
"""Of so many words in a row more than this share differs; where it does not, words were stuffed."""


def instructions_in(text: str) -> list[tuple[int, int]]:
    """Return the sentences that address the judge, as ranges in ``text``."""
    visible, places = _visible(text)
    lowered = visible.lower()
    found: list[tuple[int, int]] = []
    for words, pattern in _TALKS_TO_JUDGE:
        if not any(word in lowered for word in words):
            continue
        for match in pattern.finditer(visible):
            start, end = _sentence(visible, match.start(), match.end())
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


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a range and what follows it on the line, but only what is near.

    What comes next is taken along since such text rarely stops at one sentence.
    """
    marks = [text.rfind(mark, 0, start) + len(mark) for mark in _SENTENCE_STARTS if mark in text[:start]]
    begin = max([0, start - _REACH, *marks])
    finish = _LINE_END.search(text, end)
    after = finish.start() if finish else len(text)
    return begin, max(min(after, end + _REACH), end)


def copied_statements(text: str, statements: Iterable[str]) -> list[tuple[int, int]]:
    """Return where ``text`` repeats long statements of the requirements word for word, if several are.

    Where they stand in a row with further statements, those are copied too, however short.
    """
    lowered = text.lower()
    long: list[tuple[int, int]] = []
    short: list[tuple[int, int]] = []
    for statement in sorted(set(statements)):
        words = re.findall(r"\w+", statement.lower())
        if not words or words[-1] not in lowered:
            continue
        pattern = r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + r"(?!\w)"
        spans = [match.span() for match in re.finditer(pattern, lowered)]
        is_sentence = len(words) >= COPIED_WORDS and not _GRAMMAR.isdisjoint(words)
        (long if is_sentence else short).extend(spans)
    if len(long) < COPIED_STATEMENTS:
        return []
    return sorted([*long, *_in_a_row(lowered, long, short)])


def _in_a_row(text: str, long: list[tuple[int, int]], short: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the short ones that only marks part from a long one, or from a short one of which this is true."""
    rows: list[tuple[int, int]] = []
    for back in (False, True):
        reached, row = -1, False
        for start, end in sorted([*long, *short], reverse=back):
            near = text[end:reached] if back else text[reached:start]
            row = (start, end) in long or (row and reached >= 0 and not _PARTING.search(near))
            if row and (start, end) not in long:
                rows.append((start, end))
            reached = start if back else end
    return list(dict.fromkeys(rows))


def repeated_words(text: str) -> list[tuple[int, int]]:
    """Return the stretches that say a few words over and over, from the first such word to the last."""
    words = [(match.group().lower(), match.start(), match.end()) for match in _LETTERS.finditer(text)]
    found: list[tuple[int, int]] = []
    for size, share in REPETITIVE:
        for begin in range(0, len(words) - size + 1, size // 2):
            counts = Counter(word for word, _, _ in words[begin : begin + size])
            if len(counts) <= size * share:
                often = frozenset(word for word, count in counts.items() if count >= OFTEN)
                found.append(_reach(words, often, begin, begin + size))
    return sorted(set(found))


def _reach(words: list[tuple[str, int, int]], often: frozenset[str], begin: int, end: int) -> tuple[int, int]:
    """Return where a stretch of words begins and ends that are said often, within the window and beyond it."""
    while words[begin][0] not in often:
        begin += 1
    while words[end - 1][0] not in often:
        end -= 1
    while begin and words[begin - 1][0] in often:
        begin -= 1
    while end < len(words) and words[end][0] in often:
        end += 1
    return words[begin][1], words[end - 1][2]
