"""Whose résumé it is: the person's name among the first lines."""

import re

from shared.resume.lines import Line
from shared.resume.sections import heading_of
from shared.resume.titles import is_employer, is_title
from shared.taxonomy import Taxonomy, find_places

FURNITURE = re.compile(
    r"^(?:curriculum vitae|resume|résumé|cv|vita|bio-?data|personal (?:details|information|data)"
    r"|contact(?: (?:details|info\w*))?|name|full name|page \d+(?: of \d+)?|confidential|profile|sample.*"
    r"|example of.*|(?:your|client|candidate) name|.*\b(?:resume|résumé|cv)\b.*)\W*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"^(?:full |candidate )?name\s*[:–-]\s*(?P<name>\S.*)$", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"[,\s]+(?:MBA|PMP|Ph\.?\s?D|CPA|CFA|M\.?D|RN|BSN|MSN|LPN|CNA|CISSP|P\.?E|JD|J\.D|Esq|CRC|M\.?Sc|B\.?Sc|E[dD]\.?\s?D|B\.E"
    r"|M\.E|B\.?Tech|M\.?Tech|LL\.?[BM]|S?PHR|M\.A|B\.A|M\.?Ed|MSW|LCSW)\b\.?.*$"
)
_TITLED = re.compile(
    r"^(?:(?:resume|résumé|cv|curriculum vitae)\s+(?:of|for|[-–:])|(?:mr|mrs|ms|miss|dr)\.?)\s+(?P<name>\S.*)$",
    re.IGNORECASE,
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
_MOST_WORDS = 5
_MOST_ON_TOP = 14


def _speaks_of_work(text: str) -> bool:
    taxonomy = Taxonomy.compact()
    return bool(taxonomy.find_skills(text) or taxonomy.find_occupations(text))


def find_name(lines: list[Line], text: str) -> tuple[str | None, int]:
    """Return the person's name as written, and the index of the line it stands on."""
    for index, line in enumerate(lines[:40]):
        if (labelled := _LABELLED.match(line.text)) and (found := as_name(labelled["name"])):
            return found, index
    if (found := _by_slug(lines, text)) is not None:
        return found
    for index, line in enumerate(lines[:_FIRST_LINES]):
        if (titled := _TITLED.match(line.text)) and (found := as_name(titled["name"], fewest=1)):
            return found, index
        if FURNITURE.match(line.text) or heading_of(line):
            continue
        parts = re.split(r"\s+[|•●·–—-]\s+|\s{3,}", line.text)
        for part in (parts[0], parts[-1]) if len(parts) > 1 else parts:
            if found := as_name(part, most=_MOST_WORDS if index else _MOST_ON_TOP):
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


def as_name(text: str, fewest: int = 2, most: int = _MOST_WORDS) -> str | None:
    """Return a text as a person's name if it can be one: a few capitalised words and nothing else."""
    candidate = _SALUTATION.sub("", _CREDENTIALS.sub("", text.strip(" ,:|•")).strip())
    words = candidate.split()
    if not fewest <= len(words) <= most or len(candidate) > 9 * most or _NEVER.search(candidate):
        return None
    if len(words) > _MOST_WORDS and (not all(w[0].isupper() for w in words) or _speaks_of_work(candidate)):
        return None
    if not all(_WORD.match(word) for word in words) or sum(len(word) > 1 for word in words) < 1:
        return None
    if (
        sum(1 for word in words if word[0].isupper()) < max(fewest, len(words) - 2)
        or len(candidate) < 2 + fewest
    ):
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
