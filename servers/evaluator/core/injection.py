"""Finds text in a profile that talks to the judge instead of about the candidate.

What it finds is flagged and blanked, so nothing in the same sentence can serve as evidence.
"""

import re
from collections.abc import Iterable

INSTRUCTIONS = "instructions_in_text"
COPIED = "copied_requirements"
STUFFED = "keyword_stuffing"

_TALKS_TO_JUDGE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}?\b(?:previous|prior|above|earlier|all|any|"
    r"your|the|these)\b[^.\n]{0,30}?\b(?:instructions?|prompts?|rules|guidelines|criteria|context|requirements)\b"
    r"|\b(?:rate|rank|score|grade|mark|evaluate|recommend|shortlist|hire|select|classify|label)\b[^.\n]{0,20}?"
    r"\b(?:this|the|me as|him as|her as)\b[^.\n]{0,20}?\b(?:candidate|applicant|profile|resume|résumé|cv|the best|"
    r"highest|strong match|top)\b[^.\n]{0,40}?\b(?:high(?:est|ly)?|top|best|first|perfect|maximum|strong|10/10|"
    r"100|meets?|qualified|match)\b"
    r"|\byou are (?:an? |the )?(?:ai|llm|assistant|language model|chatbot|helpful|recruit\w* (?:ai|bot|assistant))\b"
    r"|\b(?:give|assign|award|return|output|answer|respond|reply)\b[^.\n]{0,40}?\b(?:perfect|highest|maximum|top|"
    r"full|best|strong)[ _](?:score|rating|marks?|match|grade|verdict)\b"
    r"|\b(?:all|every) (?:qualifications?|requirements?|criteria) (?:is|are|as|must be)[^.\n]{0,20}?"
    r"\b(?:met|meets|satisfied|fulfilled)\b"
    r"|<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|inst)\|?>|\[/?INST\]|<</?SYS>>"
    r"|^[ \t]*(?:###[ \t]*)?(?:system|assistant|developer)(?: prompt| message)?[ \t]*:"
    r"|\b(?:system prompt|prompt injection|jailbreak)\b(?=[^.\n]{0,40}\b(?:override|candidate|rating|ignore)\b)",
    re.I | re.M,
)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n\s*\n|$")

COPIED_WORDS = 6
"""Statements shorter than this are too likely to be said in good faith."""
COPIED_STATEMENTS = 2


def instructions_in(text: str) -> list[tuple[int, int]]:
    """Return the sentences that address the judge, as ranges in ``text``."""
    visible, places = _visible(text)
    found: list[tuple[int, int]] = []
    for match in _TALKS_TO_JUDGE.finditer(visible):
        start, end = _sentence(visible, match.start(), match.end())
        found.append((places[start], places[end - 1] + 1))
    return found


def _visible(text: str) -> tuple[str, list[int] | range]:
    """Drop characters that nobody sees, and say where each remaining one stands."""
    if not _INVISIBLE.search(text):
        return text, range(len(text))
    places = [index for index, char in enumerate(text) if not _INVISIBLE.match(char)]
    return "".join(text[index] for index in places), places


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    begin = max((text.rfind(mark, 0, start) + len(mark) for mark in (". ", "! ", "? ", "\n\n")), default=0)
    begin = max(begin, 0)
    if not any(mark in text[:start] for mark in (". ", "! ", "? ", "\n\n")):
        begin = 0
    # A long unpunctuated block is not one sentence: stay near.
    begin = max(begin, start - 400)
    finish = _SENTENCE_END.search(text, end)
    after = finish.end() if finish else len(text)
    return begin, max(min(after, end + 400), end)


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
