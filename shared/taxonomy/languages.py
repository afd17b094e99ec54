"""Human languages and how well they are, or must be, spoken."""

import re
from functools import cache

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import LanguageLevel, LanguageMention
from shared.taxonomy.skill_data import data_lines, names
from shared.taxonomy.text import tokenise

_LEVEL_WORDS: tuple[tuple[LanguageLevel, str], ...] = (
    ("native", r"native|mother[- ]tongue|first language|muttersprach\w*|bilingual"),
    ("C2", r"c2|near[- ]native|mastery"),
    (
        "C1",
        r"c1|fluent(?:ly)?|fluency|full professional|excellent|advanced|very good|proficien\w+|"
        r"verhandlungssicher|business[- ]fluent|perfect|flawless",
    ),
    (
        "B2",
        r"b2|upper[- ]intermediate|professional working|business|professional|good|strong|"
        r"working proficiency|solid",
    ),
    ("B1", r"b1|intermediate|conversational|working knowledge|limited working"),
    ("A2", r"a2|elementary|basic|pre[- ]intermediate"),
    ("A1", r"a1|beginner"),
)
_LEVELS: list[tuple[LanguageLevel, re.Pattern[str]]] = [
    (level, re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.I)) for level, words in _LEVEL_WORDS
]
_CEFR = re.compile(r"\b([ABC][12])\b\+?", re.I)
# "On a scale of 1 to 5 (1 - excellent; 5 - basic)" says how to read the numbers, not how well anything is spoken.
_LEGEND = re.compile(r"\b\d\s*[-–=:]\s*[a-z]+\b", re.I)
# Marks that schools give and that are written like levels: "an A1 in English", "A1 English, B3 Mathematics".
_MARK = re.compile(r"\b[A-F][1-9]\b", re.I)
_NO_LEVEL = re.compile(r"\b(?:english|french|german)\s*[:(–-]?\s*\(?(?:[A-C][3-9]|[DEF][1-9])\b", re.I)
_SCHOOL = re.compile(
    r"\b(?:(?:grades?|marks?)\s*(?::|of\b|[A-F][1-9]\b)|(?:wassce|waec|neco|ssce|uce|uace|bece|spm|leaving cert\w*|"
    r"junior cert\w*|o[- ]levels?)\b)"
    r"|\b[A-F][1-9]\b\s*(?:in|:|–|-)?\s*(?:maths?|mathematics|physics|chemistry|biology|geography|history|economics|"
    r"literature|science|religio\w+|agricultur\w+|commerce|accounting)\b"
    r"|\b(?:maths?|mathematics|physics|chemistry|biology|geography|history|economics|literature|commerce|accounting)"
    r"\s*[:(–-]?\s*\(?[A-F][1-9]\b",
    re.I,
)
_CEFR_NAMED = re.compile(
    r"\b(?:cefr|gers|common european|europass|language levels?|levels? [abc][12])\b", re.I
)
_MARK_GIVEN = re.compile(r"\ban\s+A[1-9](?=\s+(?:in|for|at)\b)", re.I)
# A nationality adjective is only a language beside one of these, a level, or another language.
_CUE = re.compile(
    r"\b(?:languages?|speak\w*|spoken|written|writ(?:e|ing)|fluen\w+|native|mother tongue|bilingual|"
    r"proficien\w+|verbal\w*|oral|communicat\w+|translat\w+|command of|knowledge of|level|cefr|"
    r"skills? in|read(?:ing)?|"
    r"understand\w*)\b|\b[ABC][12]\b",
    re.I,
)
_OTHER_NOUN = re.compile(
    r"^\s*(?:market|customers?|clients?|company|companies|law|tax|food|cuisine|restaurant|office|team|"
    r"government|"
    r"citizens?|nationals?|army|navy|bank|subsidiary|gaap|art|history|culture|literature|teacher|degree|"
    r"passport|people|students?|girl|boy|man|woman|standard|economy|region|border)\b",
    re.I,
)


@cache
def _matcher() -> tuple[PhraseMatcher[str], dict[str, str]]:
    phrases: list[tuple[str, str]] = []
    labels: dict[str, str] = {}
    for line in data_lines("languages.txt"):
        code, label, aliases = (part.strip() for part in line.split(";"))
        labels[code] = label
        phrases.extend((name, code) for name in (label, *names(aliases)))
    return PhraseMatcher(phrases), labels


def language_label(code: str) -> str | None:
    """Return the English name of an ISO 639-1 code, or None."""
    return _matcher()[1].get(code)


def resolve_language(name: str) -> str | None:
    """Return the ISO 639-1 code of a language's name, or None."""
    found = _matcher()[0].lookup(name)
    return found[0] if found else None


def find_languages(text: str) -> list[LanguageMention]:
    """Return the human languages that ``text`` speaks of, with their level where one is said."""
    text = _without_marks(text)
    tokens = tokenise(text)
    spans = [
        (tokens.starts[first], tokens.ends[after - 1], codes[0])
        for first, after, codes in _matcher()[0].longest(tokens)
        if text[tokens.starts[first]].isupper() or codes[0] in ("en", "de", "fr", "es")
    ]
    mentions: list[LanguageMention] = []
    previous_end = -100
    for index, (start, end, code) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        left = _clause_start(text, start, previous_end)
        before, behind = text[left:start], _clause_after(text, end, following)
        listed = bool(mentions) and re.fullmatch(
            r"(?:[\s,/&|]|and|or|\([^)]*\)|[ABC][12])*", text[previous_end:start], re.I
        )
        if (_CUE.search(before) or _CUE.search(behind) or listed) and not _OTHER_NOUN.match(behind):
            level = _level(before, behind)
            if level is None and listed and mentions and not behind.strip(" ,"):
                level = mentions[-1].level
            mentions.append(LanguageMention(start, end, text[start:end], code, level))
            previous_end = end
    return mentions


def _without_marks(text: str) -> str:
    """Blank out school marks, line by line, so that none is read as a level; nothing moves."""
    if not _MARK.search(text):
        return text
    return "".join(
        _MARK.sub("  ", line) if _is_marked(line) else line for line in text.splitlines(keepends=True)
    )


def _is_marked(line: str) -> bool:
    """Return whether what looks like levels in a line are marks that a school gave."""
    if not _MARK.search(line) or _CEFR_NAMED.search(line):
        return False
    return bool(_SCHOOL.search(line) or _NO_LEVEL.search(line) or _MARK_GIVEN.search(line))


def _clause_start(text: str, start: int, floor: int) -> int:
    left = max(floor, start - 60, 0)
    breaks = [text.rfind(mark, left, start) for mark in (".", ";", "\n", "•")]
    return max(left, *(b + 1 for b in breaks))


def _clause_after(text: str, end: int, ceiling: int) -> str:
    tail = text[end : min(ceiling, end + 50)]
    return re.split(r"[.;\n•]", tail, maxsplit=1)[0]


def _level(before: str, behind: str) -> LanguageLevel | None:
    """Return the level said of a language: a CEFR letter first, then the nearest words."""
    cefr = _CEFR.search(behind) or (list(_CEFR.finditer(before)) or [None])[-1]
    if cefr:
        return next(level for level, _ in _LEVELS if level == cefr.group(1).upper())
    for part in (_LEGEND.sub(" ", behind), _LEGEND.sub(" ", before)):
        for level, pattern in _LEVELS:
            if pattern.search(part):
                return level
    return None
