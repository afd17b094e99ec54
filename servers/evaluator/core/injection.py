"""Finds text in a profile that talks to the judge instead of about the candidate.

What it finds is flagged and blanked, so nothing in the same sentence can serve as evidence.
"""

import re
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
            r"^[ \t]*(?:###[ \t]*)?(?:system|assistant|developer)(?: prompt| message)?[ \t]*:[ \t]*"
            r"(?:you|ignore|always|never|the candidate|this candidate|rate|respond|answer|mark|override)\b",
            re.I | re.M,
        ),
    ),
)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
_LINE_END = re.compile(r"\n|[ \t]{2,}|\Z")

# A line is a sentence of its own: the heading of a position above such text is evidence all the same.
_SENTENCE_STARTS = (". ", "! ", "? ", "\n")
_REACH = 400

COPIED_WORDS = 6
"""Statements shorter than this are too likely to be said in good faith."""
COPIED_STATEMENTS = 2


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
    """Drop characters that nobody sees, and say where each remaining one stands."""
    if not _INVISIBLE.search(text):
        return text, range(len(text))
    places = [index for index, char in enumerate(text) if not _INVISIBLE.match(char)]
    return "".join(text[index] for index in places), places


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
    """Return where ``text`` repeats long statements of the requirements word for word, if several are."""
    lowered = text.lower()
    found: list[tuple[int, int]] = []
    for statement in set(statements):
        words = re.findall(r"\w+", statement.lower())
        if len(words) < COPIED_WORDS or words[-1] not in lowered:
            continue
        match = re.search(r"\W+".join(map(re.escape, words)), lowered)
        if match:
            found.append(match.span())
    return sorted(found) if len(found) >= COPIED_STATEMENTS else []
