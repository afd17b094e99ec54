"""The shape of a posting: its sections, each with a kind, and the template rubbish taken out of the way."""

import re
from dataclasses import dataclass
from typing import Literal

SectionKind = Literal[
    "required", "preferred", "duties", "about", "benefits", "apply", "legal", "facts", "other"
]

# Matched in this order against a heading's words; the first that fits decides.
_HEADINGS: tuple[tuple[SectionKind, str], ...] = (
    ("apply",
        r"how to (?:apply|submit)|to apply|application (?:process|procedure|instructions|information|"
        r"package|"
              r"materials?)|apply(?: now| here| today| online)?|next steps|hiring process|interview process|"
              r"recruitment process|selection process|what to expect|required documents|contact(?: us|"
              r" information)?|"
              r"transition assistance|applications?|questions\??|info(?:rmation)? sessions?|deadline"),
    ("legal",
        r"equal (?:employment )?opportunit.*|eeo.*|(?:our )?diversity.*|inclusion.*|privacy.*|"
        r"disclaimer.*|"
              r"reasonable accommodations?.*|legal (?:notice|information).*|accommodations?|"
              r"data protection notice|"
              r"security clearance notice|non-?discrimination.*"),
    ("preferred",
        r"(?:it(?:['’]s| is| would be)? )?(?:a )?(?:nice|good|great)[- ]to[- ]have.*|preferred.*|"
        r"desir(?:ed|able).*|"
                  r"bonus.*|pluses|(?:big )?plus(?:es)?(?: points)?.*|ideally.*|optional.*|"
                  r"extra (?:points|credit).*|"
                  r"additional (?:skills|qualifications|experience).*|even better.*|advantage(?:s|"
                  r"ous)?.*|beneficial.*|"
                  r"what would be (?:nice|great).*|it would be (?:nice|great).*|assets?|"
                  r"brownie points.*|desirables?"),
    ("benefits",
        r"(?:our |key |job |employee |the )?benefits.*|perks.*|what we (?:can )?offer.*|we offer.*|"
        r"what['’]s in it for you.*|"
                 r"compensation.*|salary.*|pay(?: range| scale)?.*|why (?:join|work|us|you).*|"
                 r"what you(?:['’]ll)? get.*|"
                 r"our offer.*|what do we offer.*|rewards?.*|we provide.*|your benefits.*|"
                 r"what you can expect.*|"
                 r"here['’]s what you get.*|in return.*|remuneration.*|package"),
    ("required",
        r".*\b(?:requirements?|qualifications?|required)\b.*|what (?:you(?:['’]ll)?|we) (?:bring|need|"
        r"(?:are )?look(?:ing)? for|expect|"
                 r"have|require|ask)\b.*|who you are.*|(?:about you|you are|you have|you bring|"
                 r"your (?:profile|skills|experience|background))\b.*|"
                 r"(?:the )?(?:ideal|successful|right) candidate.*|(?:key |core |essential |technical |"
                 r"minimum |basic |necessary |"
                 r"personal |professional |soft |hard |other |specific |candidate )*(?:skills?|"
                 r"competenc(?:e|es|y|ies)|abilities|criteria|"
                 r"experience|expertise|attributes?|knowledge|education|certifications?|profile|"
                 r"prerequisites)(?:\b.*)?|must[- ]haves?.*|"
                 r"essentials?|we(?:['’]re| are) looking for.*|who we(?:['’]re| are) looking for.*|"
                 r"what we(?:['’]re| are) looking for.*|"
                 r"what it takes.*|you(?:['’]ll)? (?:should )?(?:have|need).*|what makes you.*|"
                 r"person specification.*|desired profile.*|"
                 r"eligibility.*|languages?|do you (?:have|recogni[sz]e).*|tech(?:nology|"
                 r"nical)? stack.*|technologies.*|"
                 r"we expect.*|we need.*|what you should.*|your qualifications.*|skills.*"),
    ("duties",
        r"(?:key |main |major |your |core |primary |the |job |essential |principal |day[- ]to[- ]day |"
        r"specific |typical )*"
               r"(?:responsibilit(?:y|ies)|duties|tasks?|role|mission|functions?|objectives?|"
               r"accountabilities|activities)\b.*|"
               r"what you(?:['’]ll| will|['’]re going to)? (?:do|be doing|work on|own|achieve)\b.*|"
               r"role (?:summary|overview|description)s?.*|job (?:description|summary|purpose|"
               r"details).*|"
               r"position (?:summary|overview|description).*|about the (?:role|job|position|team you).*|"
               r"the (?:job|role|position|opportunity|challenge).*|"
               r"you will.*|how you(?:['’]ll)? (?:make|spend).*|in this role.*|key objectives.*|"
               r"overview|summary|day to day|"
               r"a day in.*|scope.*|purpose.*|your (?:day|impact|challenge|contribution).*|job"),
    ("facts",
        r"basic information|(?:job |key )?(?:details|facts|information)|at a glance|location.*|"
        r"job (?:type|title).*|work schedule.*|"
              r"travel.*|employment type.*|working (?:hours|conditions|time).*|physical (?:demands|"
              r"requirements).*|work environment.*"),
    ("about",
        r"about (?:us|the (?:company|team|organi[sz]ation|agency|department|office)|[\w.& ]+)|"
        r"who we are.*|our (?:company|story|culture|values|mission|"
              r"team|vision).*|company (?:description|overview|profile|culture|summary).*|"
              r"the (?:company|team|department).*|background|"
              r"introduction|meet .*|how we work.*|life at.*|vision|mission"),
)  # fmt: skip
_HEADING_PATTERNS: list[tuple[SectionKind, re.Pattern[str]]] = [
    (kind, re.compile(rf"^(?:{pattern})$", re.I)) for kind, pattern in _HEADINGS
]

_RUBBISH = re.compile(
    r"\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|</?[a-zA-Z][^>\n]*>|!\[[^\]]*\]\([^)]*\)|\{:[^}\n]*\}", re.S
)
_YAML_COMMENTS = re.compile(r"(?m)^[ \t]*#(?!#)[^\n]*(?:\n[ \t]*#(?!#)[^\n]*)+$")
_FENCE = re.compile(r"(?m)^(?:```|---|===|\*\*\*|___)[^\n]*$")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)")
_MD_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s*(.+?)\s*#*\s*$")
_BOLD_HEADING = re.compile(r"^\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•·▪●◦‣–—»✓✔○]|\d{1,2}[.)]|[a-z]\))\s+")
_FACT = re.compile(
    r"^\s*(?:[-*]\s+)?(?:\*\*|__)?([A-Za-z][\w/&' -]{2,40}?)(?:\*\*|__)?\s*:(?:\*\*|"
    r"__)?\s*([\"'“(<]?[^\W_].*)$"
)
_HEADING_IN_LINE = (
    r"(?:REQUIREMENTS?|Requirements?|QUALIFICATIONS?|Qualifications?|Responsibilities|RESPONSIBILITIES|"
    r"[Jj]ob benefits|Nice to have|NICE TO HAVE|Benefits|BENEFITS|What we offer|We offer|Your profile|Your tasks|"
    r"What you will do|Who you are|About you|Skills|SKILLS|Education|EDUCATION)"
)
_INLINE_HEADING = re.compile(rf"(?<![\w-])((?:[A-Z][\w’'&/-]*\s+){{0,3}}{_HEADING_IN_LINE})\s*:\s+(?=\S)")
# A posting pasted as one line: its bullets, and the headings right before them, stand between blanks.
_BULLET_IN_LINE = re.compile(r"(?<!\d)\s(?=(?P<mark>[-*–])\s+[^\W_])")
_HEADING_BEFORE_BULLET = re.compile(rf"\s(?={_HEADING_IN_LINE}\s*:?\n)")
_LONG_LINE = 160
_FEWEST_BULLETS = 3


@dataclass(frozen=True, slots=True)
class Section:
    """Characters ``[start, end)`` of the posting below one heading."""

    kind: SectionKind
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting with its rubbish blanked out, offsets kept: ``readable[i]`` is ``original[i]`` or blank."""

    original: str
    readable: str
    sections: tuple[Section, ...]
    facts: dict[str, str]
    structured: bool


def read_posting(text: str) -> Posting:
    """Split a posting (Markdown or plain text, of any quality) into sections. Offsets refer to ``text``."""
    readable = "".join(_unfolded(line) for line in _blank(text).splitlines(keepends=True))
    marks = _headings(readable)
    sections: list[Section] = []
    kind, heading, start = _opening(marks), "", 0
    for begin, end, found, words in marks:
        sections.append(Section(kind, heading, start, begin))
        kind, heading, start = found, words, end
    sections.append(Section(kind, heading, start, len(readable)))
    kept = tuple(section for section in sections if readable[section.start : section.end].strip())
    return Posting(text, readable, kept, _facts(readable), bool(marks))


def _opening(marks: list[tuple[int, int, SectionKind, str]]) -> SectionKind:
    return "about" if any(kind == "required" for _, _, kind, _ in marks) else "other"


def _blank(text: str) -> str:
    """Blank out comments, template tags, HTML tags, images and link targets without moving anything."""

    def spaces(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match.group())

    for pattern in (_YAML_COMMENTS, _RUBBISH, _FENCE):
        text = pattern.sub(spaces, text)
    return _LINK.sub(lambda m: " " + m.group(1) + " " * (len(m.group()) - len(m.group(1)) - 1), text)


def _unfolded(line: str) -> str:
    """Break a long line before the bullets and headings that were pasted into it, without moving anything."""
    marks = [found["mark"] for found in _BULLET_IN_LINE.finditer(line)]
    if len(line) < _LONG_LINE or max(map(marks.count, marks), default=0) < _FEWEST_BULLETS:
        return line
    return _HEADING_BEFORE_BULLET.sub("\n", _BULLET_IN_LINE.sub("\n", line))


def _headings(text: str) -> list[tuple[int, int, SectionKind, str]]:
    """Return (start, end, kind, words) of each heading line, and of headings run into a line."""
    found: list[tuple[int, int, SectionKind, str]] = []
    for match in re.finditer(r"[^\n]+", text):
        line = match.group()
        words, sure = _heading_words(line)
        kind = heading_kind(words) if words else None
        if kind is None and sure:
            kind = "other"
        if kind:
            found.append((match.start(), match.end(), kind, words))
        else:
            found.extend(_inline(match.start(), line))
    return found


def _inline(offset: int, line: str) -> list[tuple[int, int, SectionKind, str]]:
    marks: list[tuple[int, int, SectionKind, str]] = []
    for match in _INLINE_HEADING.finditer(line):
        kind = heading_kind(match.group(1))
        if kind and len(line) - match.end() > 15:
            marks.append((offset + match.start(), offset + match.end(), kind, match.group(1)))
    return marks


def _heading_words(line: str) -> tuple[str, bool]:
    """Return a line's words if it may be a heading, and whether its markup says so."""
    marked = _MD_HEADING.match(line) or _BOLD_HEADING.match(line)
    words = (marked.group(marked.lastindex or 1) if marked else line).strip(" *_#:\t-–—")
    if marked:
        return words, True
    if _BULLET.match(line) or len(words) > 60 or len(words.split()) > 8 or not words:
        return "", False
    if line.rstrip().endswith((".", ",", ";", "!")) or (":" in words and not line.rstrip().endswith(":")):
        return "", False
    return words, False


def heading_kind(words: str) -> SectionKind | None:
    """Return which kind of section a heading opens, or None where it is not known as one."""
    plain = re.sub(r"^[\W\d_]+|[\s:!?.]+$", "", words)
    return next((kind for kind, pattern in _HEADING_PATTERNS if pattern.match(plain)), None)


def _facts(text: str) -> dict[str, str]:
    """Return ``Label: value`` lines, labels in lower case; a label alone takes the next line's value."""
    facts: dict[str, str] = {}
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        match = _FACT.match(line)
        if match:
            facts.setdefault(match.group(1).strip().lower(), match.group(2).strip(" *_\"'“”"))
            continue
        label = re.sub(r"\s+:$", ":", line.strip(" *_#\t"))
        if label.endswith(":") and len(label) < 40 and number + 1 < len(lines):
            value = lines[number + 1].strip(" *_")
            if value and ":" not in value and not _BULLET.match(lines[number + 1]):
                facts.setdefault(label.rstrip(": ").lower(), value)
    return facts
