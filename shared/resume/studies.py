"""Education: degrees, institutions and years, grouped into one entry a degree."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from shared.resume.dates import find_dates, find_ranges
from shared.resume.lines import Line
from shared.taxonomy import find_degrees, find_places
from shared.wire.profile import Education, Span

_INSTITUTION = re.compile(
    r"\b(?:universit\w*|college|institut\w*|school|academy|polytechnic|polytechnique|école|ecole|hochschule|faculty"
    r"|vidyalaya|vidyapeeth|vidya|iit|nit|mit|cdac|niit|board|conservator\w+|seminary)\b",
    re.IGNORECASE,
)
_SHORT_DEGREE = re.compile(
    r"(?<![\w.])(?<!, )(?!MS (?:Project|Office|Excel|Word|SQL|Access|Power|Windows|Visio|Outlook|Dynamics|Exchange|DOS))"
    r"(?:B\.?\s?E|B\.?\s?Tech|M\.?\s?Tech|M\.?\s?E|B\.?\s?Sc|M\.?\s?Sc|B\.?\s?Com|M\.?\s?Com"
    r"|BCA|MCA|BBA|MBA|B\.?\s?A|M\.?\s?A|Ph\.?\s?D|HSC|SSLC|SSC|PUC|Diploma|Certificate|M\.?\s?Ed|B\.?\s?Ed|Ed\.?S|BS|MS|MFA|BFA|PGDM?"
    r"|B\.?\s?Arch|LL\.?\s?[BM]|MD|JD|M\.?\s?Phil|Baccalaur\w+|Matriculation|Intermediate|GED|High School"
    r"|Higher Secondary|Secondary School|A[- ]Levels?|GCSEs?|BTS|Minor|Major)(?![\w])\.?",
)
_NO_SCHOOL = re.compile(
    r"^[a-z]|\.\s|:|(?i:\b(?:press|committee|responsib\w+|served|member of|overseeing|including|placement|scholarship"
    r"|gpa)\b|^(?:undergraduate|postgraduate|graduate|high school)\s+(?:degree|diploma)$)"
)
# Words that are no school's name by themselves.
_KIND_ALONE = re.compile(
    r"(?:the )?(?:high |secondary |primary |graduate )?(?:school|college|university|institute|academy|board|faculty|iit|nit)s?\W*",
    re.IGNORECASE,
)
_YEARS_AROUND = re.compile(r"^(?:19|20)(?:\d\d|XX)\b[\s,:–-]*|[\s,(–-]*\b(?:19|20)(?:\d\d|XX)[\s)]*$")
_SCHOOL_LABEL = re.compile(
    r"^(?:(?:name of )?(?:school|college|university|institution|institute)(?: name)?|education)\s*[:–-]\s*",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\s{2,}|\s+[-–—|•]\s*|,\s+|;\s+|\(|\s+from\s+|\bin\s+(?=\d{4})")
_SCORE = re.compile(
    r"\b(?:c?gpa|g\.p\.a\.?|grade|aggregate|agg|percentage|marks|score)\b[^\n,;·|]{0,12}?\d[\d./%]*"
    r"|\b\d\d(?:\.\d+)?\s?%",
    re.IGNORECASE,
)
_AREA = re.compile(
    r"^\W*(?:(?:degree|hons?|honou?rs)\W+)*(?:(?:in|of)\s+|[-–:,(]\s*)([^,;|()\n]{3,70})", re.IGNORECASE
)
_PLAIN_AREA = re.compile(
    r"^ (?!Candidate|Fellow|Part|Course|Exam|Program)([A-Z][a-z]+(?:(?: and| of| &)? [A-Z][a-z]+){0,4})(?=\W|$)"
)
_HONOURS = re.compile(r"hons?\.?|honou?rs", re.IGNORECASE)
_TRIM = " \t-–—|,;:.•()[]"
_LONGEST_LINE = 220
"""Characters of a line that names a study, blanks in a row counted once."""


@dataclass(slots=True)
class _Entry:
    lines: list[Line] = field(default_factory=list[Line])
    degree: bool = False
    school: bool = False
    dated: bool = False
    date_led: bool = False


def read_studies(lines: list[Line], source_id: str) -> list[Education]:
    """Return what the lines of education sections say was studied, where, and until when."""
    studies: list[Education] = []
    for entry in _entries(lines):
        study = _study(entry, source_id)
        if study is not None:
            studies.append(study)
    return studies


def _entries(lines: list[Line]) -> list[_Entry]:
    """Group lines; a second degree, school or date in a group begins the next one."""
    school_first = _school_first(lines)
    entries: list[_Entry] = [_Entry()]
    for line in lines:
        if re.match(r"^https?://\S+$", line.text) or len(" ".join(line.text.split())) > _LONGEST_LINE:
            continue
        degree, school = _has_degree(line.text), bool(_INSTITUTION.search(line.text))
        dated = bool(find_ranges(line.text) or find_dates(line.text))
        now = entries[-1]
        leads = (school and not degree) if school_first else degree
        follows = (now.degree and now.school) or (
            now.dated and not now.date_led and (now.degree or now.school)
        )
        again = (
            (degree and now.degree)
            or (school and now.school and not degree)
            or (dated and now.dated)
            or (leads and follows)
        )
        if again and (now.degree or now.school):
            entries.append(_Entry())
            now = entries[-1]
        if dated and not (now.degree or now.school or degree or school):
            now.date_led = True
        now.lines.append(line)
        now.degree, now.school, now.dated = now.degree or degree, now.school or school, now.dated or dated
    return [entry for entry in entries if entry.degree or entry.school]


def is_school(text: str) -> bool:
    """Tell whether a line names a place of study, by the kind of words that these have."""
    return _INSTITUTION.search(text) is not None


def _school_first(lines: list[Line]) -> bool:
    """Tell whether the school is named before the degree, by what most neighbouring lines do."""
    kinds = [(_has_degree(line.text), bool(_INSTITUTION.search(line.text))) for line in lines]
    single = [("degree" if degree else "school") for degree, school in kinds if degree != school]
    changes = [pair for pair in pairwise(single) if pair[0] != pair[1]]
    return sum(1 if pair == ("school", "degree") else -1 for pair in changes) > 0


def _has_degree(text: str) -> bool:
    return bool(find_degrees(text) or _SHORT_DEGREE.search(text))


def _study(entry: _Entry, source_id: str) -> Education | None:
    used: list[Line] = []
    degree = area = school = score = start = end = None
    for line in entry.lines[:6]:
        text = line.body
        before = (degree, school, start, end, score)
        if degree is None:
            degree, area = _degree(text)
        school = school or _school(text)
        if start is None and end is None:
            start, end = _years(text)
        if score is None and (found := _SCORE.search(text)):
            score = found.group().strip(_TRIM)
        if before != (degree, school, start, end, score):
            used.append(line)
    if degree is None and school is None:
        return None
    return Education(
        institution=school,
        area=area,
        study_type=degree,
        start_date=start,
        end_date=end,
        score=score,
        span=Span(source=source_id, start=used[0].start, end=used[-1].end),
    )


def _years(text: str) -> tuple[str | None, str | None]:
    ranges = find_ranges(text)
    if ranges:
        return ranges[0].start, ranges[0].end
    dates = find_dates(text)
    return None, dates[-1].start if dates else None


def _degree(text: str) -> tuple[str | None, str | None]:
    """Return degree and area: ``Bachelor of Science in Marketing`` is (Bachelor of Science, Marketing)."""
    mentions = find_degrees(text)
    if mentions:
        start, whole = mentions[0].start, mentions[0].text
        name, _, area = whole.partition(" in ")
        after = text[start + len(name) :]
    else:
        short = _SHORT_DEGREE.search(text)
        if short is None:
            return None, None
        name, area, after = short.group(), "", text[short.end() :]
    name = re.sub(r"\s+in$", "", name.strip()).strip(_TRIM.replace(".", ""))
    if "(" in name and ")" not in name:
        name, _, bracketed = name.partition("(")
        name, area = name.strip(), area or bracketed
    found = _AREA.match(after)
    if found and not _INSTITUTION.search(found[1]) and not find_dates(found[1]):
        area = re.split(r"\s+(?:from|at|with)\s+|\s{2,}|\s+[-–|]\s+", found[1])[0]
    elif plain := _PLAIN_AREA.match(after):
        area = area or ("" if _INSTITUTION.search(plain[1]) else plain[1])
    area = area.strip(_TRIM)
    if _HONOURS.fullmatch(area):
        return f"{name} ({area})", None
    short = _SHORT_DEGREE.match(name)
    if short and not area and re.match(r"[ ,:-]+(?!Degree|Diploma|of |School)[A-Z]", name[short.end() :]):
        name, area = short.group(), name[short.end() :].strip(_TRIM)
    return name, area or None


def _school(text: str) -> str | None:
    for piece in _PIECES.split(_SCHOOL_LABEL.sub("", text)):
        where, at, named = piece.partition(" at ")
        piece = named if at and not _INSTITUTION.search(where) else piece
        piece = _YEARS_AROUND.sub("", piece.strip(_TRIM + "/")).strip(_TRIM + "/")
        if _INSTITUTION.search(piece) and len(piece.split()) <= 10 and not _NO_SCHOOL.search(piece):
            degrees = find_degrees(piece)
            short = _SHORT_DEGREE.match(piece)
            rest = piece[degrees[0].end :] if degrees and degrees[0].start < 3 else piece
            rest = piece[short.end() :] if short and not degrees else rest
            rest = re.sub(r"^.*?(?:19|20)\d\d\s*[-–:]?\s*(?=[A-Z])", "", rest).strip(_TRIM)
            if not _INSTITUTION.search(rest) or _KIND_ALONE.fullmatch(rest) or _is_sentence(rest):
                continue
            places = find_places(rest)
            tail = next((m.start for m in places if rest[: m.start].rstrip().endswith(",")), None)
            return rest[:tail].strip(_TRIM) if tail else rest
    return None


def _is_sentence(text: str) -> bool:
    """Tell running words from a name, whose longer words begin with capitals."""
    words = [word for word in text.split() if len(word) > 3]
    return sum(1 for word in words if word.islower()) * 2 > len(words)
