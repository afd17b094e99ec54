"""Skills, certificates and languages, each with the characters it stands at."""

import re

from shared.resume.lines import Line
from shared.taxonomy import Taxonomy, find_certificates, find_languages, language_label
from shared.wire.profile import Certificate, LanguageItem, SkillItem, Span

_SPLIT = re.compile(r"[,;|•●▪·\t]|\s{2,}|\s+(?:and|&)\s+(?=[A-Z])|\.\s+|\s/\s")
_LEVEL = re.compile(r"\s*\(([^)]{2,40})\)\s*$")
_LABEL = re.compile(r"^[^:,;]{2,45}:\s*")
_MOST_SKILLS = 120
_LEADING = re.compile(
    r"^(?:and|or|with|in|of|the|including|such as|strong|good|excellent|basic|proficient (?:in|with|at)"
    r"|knowledge of|experience (?:in|with)|familiar(?:ity)? with|skilled in|expert(?:ise)? in|proficiency in"
    r"|working knowledge of|hands[- ]on(?: experience)? (?:in|with|on)|skills? in)\s+",
    re.IGNORECASE,
)


def read_skills(lines: list[Line], source_id: str) -> list[SkillItem]:
    """Return the items of skill sections. Of whole sentences only the skills known by name are taken."""
    found: dict[str, SkillItem] = {}
    for line in lines:
        label = _LABEL.match(line.text)
        begin = label.end() if label and line.text[label.end() :].strip() else 0
        prose = _is_prose(line.text[begin:])
        for start, end in [(begin, len(line.text))] if prose else _items(line.text, begin):
            for name, level, at, until in _named(line.text, start, end, prose):
                key = name.casefold()
                if key not in found and len(found) < _MOST_SKILLS:
                    span = Span(source=source_id, start=line.start + at, end=line.start + until)
                    found[key] = SkillItem(name=name, level=level, span=span)
    return list(found.values())


def mentioned_skills(text: str, source_id: str) -> list[SkillItem]:
    """Return the skills that a text without a skill section mentions, each at its first mention."""
    taxonomy = Taxonomy.compact()
    found: dict[str, SkillItem] = {}
    for mention in taxonomy.find_skills(text):
        if (
            mention.skill not in found
            and not mention.negated
            and taxonomy.skill(mention.skill).kind != "soft"
        ):
            span = Span(source=source_id, start=mention.start, end=mention.end)
            found[mention.skill] = SkillItem(name=taxonomy.skill(mention.skill).label, span=span)
    return list(found.values())[:_MOST_SKILLS]


_FUNCTION_WORDS = frozenset(
    {
        "the", "to", "with", "for", "of", "in", "a", "an", "is", "are", "have", "has", "and", "on", "by",
        "at", "that", "from", "as", "my", "i", "am", "able", "which", "using", "through", "various", "all",
        "into",
    }
)  # fmt: skip
_MOST_FUNCTION_WORDS = 0.24
_NO_SKILL = re.compile(r"@|https?:|www\.|\d{3}[-. )]|\b(?:19|20)\d\d\s*[-–]|^page \d|^\d+$", re.IGNORECASE)


def _is_prose(text: str) -> bool:
    words = [word.strip(".,;()").casefold() for word in text.split()]
    return (
        len(words) > 5 and sum(word in _FUNCTION_WORDS for word in words) > len(words) * _MOST_FUNCTION_WORDS
    )


def _items(text: str, begin: int) -> list[tuple[int, int]]:
    """Return where the items of a list stand; separators inside parentheses do not count."""
    items: list[tuple[int, int]] = []
    start, depth, position = begin, 0, begin
    while position < len(text):
        character = text[position]
        depth += (character == "(") - (character == ")")
        cut = _SPLIT.match(text, position) if depth <= 0 else None
        if cut:
            items.append((start, position))
            position = start = cut.end()
        else:
            position += 1
    items.append((start, len(text)))
    return items


def _named(text: str, start: int, end: int, prose: bool) -> list[tuple[str, str | None, int, int]]:
    """Return ``(name, level, start, end)`` of one item: itself if short, else the skills it mentions."""
    level = None
    if found := _LEVEL.search(text[start:end]):
        level = found[1]
        end = start + found.start()
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in "+#)"):
        end -= 1
    while start < end and not (text[start].isalnum() or text[start] in ".("):
        start += 1
    if lead := _LEADING.match(text[start:end]):
        start += lead.end()
    name = text[start:end].strip()
    if len(name) < 2 and name not in ("C", "R"):
        return []
    if _NO_SKILL.search(name):
        return []
    if not prose and len(name.split()) <= 5 and len(name) <= 48 and any(c.isalpha() for c in name):
        return [(name, level, start, end)]
    taxonomy = Taxonomy.compact()
    return [
        (mention.text, None, start + mention.start, start + mention.end)
        for mention in taxonomy.find_skills(text[start:end])
        if not mention.negated
    ]


_NO_CERTIFICATE = re.compile(r"^(?:[Pp]age \d|[Yy]ear\b|[a-z])|[Dd]riv(?:ing|er)|^[A-Z][\w ]+, [A-Z]{2}$|:$")


def read_certificates(text: str, lines: list[Line], source_id: str) -> list[Certificate]:
    """Return certificates known by name anywhere, and the short lines of certificate sections."""
    found: dict[str, Certificate] = {}
    for mention in find_certificates(text):
        span = Span(source=source_id, start=mention.start, end=mention.end)
        found.setdefault(mention.certificate, Certificate(name=mention.text, span=span))
    taken = [paper.span for paper in found.values() if paper.span]
    for line in lines:
        if (
            _NO_CERTIFICATE.search(line.body)
            or len(line.body.split()) > 14
            or any(line.start <= span.start < line.end for span in taken)
        ):
            continue
        name = line.body.strip(" .,;-")
        if sum(c.isalpha() for c in name) > 3:
            span = Span(source=source_id, start=line.start, end=line.end)
            found.setdefault(name.casefold(), Certificate(name=name, span=span))
    return list(found.values())


def read_spoken(text: str, lines: list[Line], source_id: str) -> list[LanguageItem]:
    """Return human languages: of language sections and lines that speak of languages, or with a level."""
    found: dict[str, LanguageItem] = {}
    ranges = [(line.start, line.end) for line in lines]
    for match in re.finditer(r"(?i)\blanguages?\b[^\n]{0,20}[:\-–][^\n]*", text):
        ranges.append((match.start(), match.end()))
    for mention in find_languages(text):
        told = any(start <= mention.start < end for start, end in ranges)
        if not told and mention.level is None:
            continue
        known = found.get(mention.language)
        if known is None or (known.fluency is None and mention.level):
            span = Span(source=source_id, start=mention.start, end=mention.end)
            label = language_label(mention.language) or mention.text
            found[mention.language] = LanguageItem(language=label, fluency=mention.level, span=span)
    return list(found.values())
