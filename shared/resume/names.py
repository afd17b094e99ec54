"""Whose résumé it is: the person's name among the first lines."""

import re

from shared.resume.lines import Line
from shared.resume.roles import is_employer, is_title
from shared.resume.sections import heading_of
from shared.taxonomy import find_places

FURNITURE = re.compile(
    r"^(?:curriculum vitae|resume|résumé|cv|vita|bio-?data|personal (?:details|information|data)"
    r"|contact(?: (?:details|info\w*))?|name|full name|page \d+(?: of \d+)?|confidential|profile|sample.*"
    r"|example of.*|(?:your|client|candidate) name|.*\b(?:resume|résumé|cv)\b.*)\W*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"^(?:full |candidate )?name\s*[:–-]\s*(?P<name>\S.*)$", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"[,\s]+(?:MBA|PMP|Ph\.?D|CPA|CFA|M\.?D|RN|BSN|MSN|CISSP|P\.?E|JD|Esq|CRC|M\.?Sc|B\.?Sc)\b\.?.*$"
)
_SALUTATION = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof)\b\.?\s+", re.IGNORECASE)
_WORD = re.compile(r"^(?:[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]+)*\.?|[A-Z]\.?)$")
_SLUG = re.compile(r"(?:indeed\.com/r|linkedin\.com/in)/(?P<slug>[A-Za-z]+(?:-[A-Za-z]+)+)", re.IGNORECASE)
_NEVER = re.compile(
    r"\b(?:street|road|avenue|drive|lane|city|state|zip|code|country|phone|mobile|email|e-mail|mail|address|objective"
    r"|summary|university|college|school|experience|skills?|january|february|march|april|june|july|august|september"
    r"|october|november|december|page|indeed|birth|personal|career|technical|java|graduate|nagar|block"
    r"|district|cum|laude|status|seeker|name|title|marital|first|last|s\.a|applicant details|and)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    {"de", "da", "di", "do", "dos", "del", "der", "den", "van", "von", "zu", "la", "le", "du", "al", "el",
     "bin", "binti", "ibn", "ben", "af", "av", "y", "e", "ter"}
)  # fmt: skip
_FIRST_LINES = 8


def find_name(lines: list[Line], text: str) -> tuple[str | None, int]:
    """Return the person's name as written, and the index of the line it stands on."""
    for index, line in enumerate(lines[:40]):
        if (labelled := _LABELLED.match(line.text)) and (found := as_name(labelled["name"])):
            return found, index
    if (found := _by_slug(lines, text)) is not None:
        return found
    for index, line in enumerate(lines[:_FIRST_LINES]):
        if FURNITURE.match(line.text) or heading_of(line):
            continue
        parts = re.split(r"\s+[|•●·–—-]\s+|\s{3,}", line.text)
        for part in (parts[0], parts[-1]) if len(parts) > 1 else parts:
            if found := as_name(part):
                return found, index
    first = lines[0].text if lines else ""
    # One word, or a word with an initial, alone on the first line.
    alone = re.fullmatch(r"[A-Z][a-z]{2,14}(?:\.[A-Z]\.?)?", first) and not _NEVER.search(first)
    if alone and not heading_of(lines[0]) and not is_title(first):
        return first, 0
    return None, 0


def _by_slug(lines: list[Line], text: str) -> tuple[str, int] | None:
    """Find the name that a profile's address spells: ``/r/nova-sample`` and a line that begins so."""
    for match in _SLUG.finditer(text):
        words = [word for word in match["slug"].casefold().split("-") if len(word) > 1]
        for index, line in enumerate(lines[:_FIRST_LINES]):
            given = line.text.split()
            spelt = [word.strip(",.").casefold() for word in given[: len(words)]]
            if len(words) >= 2 and spelt == words:
                return " ".join(given[: len(words)]).strip(",."), index
    return None


def as_name(text: str) -> str | None:
    """Return a text as a person's name if it can be one: two to five capitalised words and nothing else."""
    candidate = _SALUTATION.sub("", _CREDENTIALS.sub("", text.strip(" ,:|•")).strip())
    words = candidate.split()
    if not 2 <= len(words) <= 5 or len(candidate) > 45 or _NEVER.search(candidate):
        return None
    if not all(_WORD.match(word) for word in words) or sum(len(word) > 1 for word in words) < 1:
        return None
    if sum(1 for word in words if word[0].isupper()) < max(2, len(words) - 2) or len(candidate) < 5:
        return None
    if len(words[-1]) > 4 and words[-1].endswith("."):
        return None
    if any(word.islower() and word not in _PARTICLES for word in words):
        return None
    if all(len(word.strip(".")) <= 1 for word in words):
        return None
    if is_title(candidate) or is_employer(candidate) or any(not m.start for m in find_places(candidate)):
        return None
    return candidate.title() if candidate.isupper() else candidate
