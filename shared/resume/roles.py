"""Which words of a job's heading are the title, which the employer, which the place."""

import re
from dataclasses import dataclass

from shared.resume.titles import MONTH, can_employ, ends_as_title, is_employer, is_title
from shared.taxonomy import find_places

_SEPARATOR = re.compile(
    r"\s{2,}|\s+[|•·●/]\s+|\s*[|•·●]\s*|\s+[-–—]+\s+|\s+[-–—]+$|^[-–—]+\s+|\t|\s+--\s+|:\s+|;\s+"
)
_AT = re.compile(r"\s+(?:at|with|for|@)\s+(?=[A-Z0-9])|\s+@\s*")
_LABEL = re.compile(
    r"^(?:job title|title|position(?: held)?|designation|role|employer|company(?: name)?|name of employer"
    r"|organi[sz]ation|client|location|period|duration|dates?|from|since|employment)\s*[:–-]\s*",
    re.IGNORECASE,
)
_TRIM = " \t-–—|,;:.•"
_TOWN_AND_STATE = re.compile(r"(?:^|,\s*|\s[-–]\s)(?P<place>[A-Z][\w.'’ -]{1,28},\s*[A-Z]{2})\s*(?:\d{5})?$")
_DURATION = re.compile(
    r"\(?\b\d{1,2}(?:\.\d)?\s*\+?\s*(?:years?|yrs?|months?|mos?)\b\.?"
    r"(?:\s*(?:and|&|,)?\s*\d{1,2}\s*(?:months?|mos?)\b\.?)?\)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Role:
    """A job's heading, read."""

    title: str | None = None
    employer: str | None = None
    place: str | None = None

    @property
    def complete(self) -> bool:
        return bool(self.title and self.employer)


def without(text: str, ranges: list[tuple[int, int]]) -> str:
    """Return a line with the given characters blanked out."""
    for start, end in ranges:
        text = text[:start] + "  " + text[end:]
    return text


def read_role(lines: list[str]) -> Role:
    """Return title, employer and place of the lines of a job's heading, dates already taken out."""
    role = Role()
    pieces: list[str] = []
    for line in _joined(lines):
        label, rest = _labelled(_DURATION.sub("  ", line))
        if label == "title":
            role.title = role.title or rest
        elif label == "employer":
            role.employer = role.employer or rest
        elif label == "place":
            role.place = role.place or rest
        else:
            pieces += _pieces(rest, role)
    _assign(role, pieces)
    return role


def _joined(lines: list[str]) -> list[str]:
    """Join a line that ends with a comma to the next one."""
    joined: list[str] = []
    for line in lines:
        if joined and joined[-1].rstrip().endswith(","):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
    return joined


def is_labelled(text: str) -> bool:
    """Tell a line that says itself what it holds: ``Company: Examplia``."""
    return _LABEL.match(text.strip()) is not None


def _labelled(line: str) -> tuple[str | None, str]:
    match = _LABEL.match(line.strip())
    if match is None:
        return None, line
    word, rest = match.group().casefold(), line.strip()[match.end() :].strip(_TRIM)
    if word.startswith(("job", "title", "position", "designation", "role")):
        return "title", rest
    if word.startswith(("employer", "company", "name of", "organi")):
        return "employer", rest
    if word.startswith("location"):
        return "place", rest
    return None, rest


def _pieces(line: str, role: Role) -> list[str]:
    found: list[str] = []
    for part in _SEPARATOR.split(line):
        part = _tidy(part)
        if not part or not any(c.isalpha() for c in part) or MONTH.fullmatch(part):
            continue
        part = _take_place(part, role)
        if not part:
            continue
        at = _AT.search(part)
        if at and is_title(part[: at.start()]):
            role.title = role.title or _tidy(part[: at.start()])
            role.employer = role.employer or _tidy(_take_place(part[at.end() :], role))
            continue
        found += _by_comma(part)
    return found


def _take_place(part: str, role: Role) -> str:
    """Cut a place off the end of a piece; ``Examplia Ltd, Graz, Austria`` leaves the employer."""
    if (town := _TOWN_AND_STATE.search(part)) and not is_employer(town["place"]):
        role.place = role.place or town["place"]
        return _tidy(part[: town.start()])
    mentions = [m for m in find_places(part) if m.place.kind != "country" or m.start > 0]
    if not mentions:
        return part
    last = mentions[-1]
    if part[last.end :].strip(_TRIM):
        return part
    start = last.start
    for mention in reversed(mentions[:-1]):
        if part[mention.end : start].strip(" ,"):
            break
        start = mention.start
    before = part[:start]
    if before.strip(_TRIM) and not before.rstrip().endswith((",", "-", "–", "(", ";")):
        return part
    # "Bowling Green, Kentucky": a town too small to be known stands before its region.
    town = re.search(r"(?:^|,\s*|\s[-–]\s)([A-Z][\w.' ]{2,25}),\s*$", before)
    if town and last.place.kind == "region" and not is_title(town[1]) and not is_employer(town[1]):
        start = town.start(1)
    role.place = role.place or part[start : last.end].strip(_TRIM)
    return _tidy(part[:start])


def _by_comma(part: str) -> list[str]:
    parts = re.split(r",\s+(?!(?:inc|ltd|llc|l\.l\.c|gmbh|corp|co)\b)", part, flags=re.IGNORECASE)
    pieces = [tidied for p in parts if (tidied := _tidy(p)) and any(c.isalpha() for c in tidied)]
    # "Software Engineer, Search, Examplia": what is nearest to the title is a team, the last is the employer.
    if len(pieces) > 2 and is_title(pieces[0]) and not any(is_title(p) or is_employer(p) for p in pieces[1:]):
        return [pieces[0], pieces[-1]]
    # "Vice President, Sales" is one title, "Creative Solutions, Norfolk" one employer.
    if len(pieces) == 2 and is_title(pieces[0]) and not is_title(pieces[1]) and not is_employer(pieces[1]):
        return [part] if len(pieces[1].split()) <= 2 and _is_field(pieces[1]) else pieces
    return pieces


_FIELDS = re.compile(
    r"^(?:sales|marketing|finance|it|hr|human resources|operations|information technology|engineering"
    r"|research|development|training|technology|advertising|production|support|design|product|security|planning|accounts?"
    r"|communications?|purchasing|logistics|quality|business development)$",
    re.IGNORECASE,
)


def _is_field(text: str) -> bool:
    return bool(_FIELDS.match(text.strip()))


def _assign(role: Role, pieces: list[str]) -> None:
    rest: list[str] = []
    for piece in pieces:
        is_other = is_employer(piece) and not ends_as_title(piece) and _has_title_apart(piece, pieces)
        if role.title is None and is_title(piece) and not is_other:
            role.title = piece
        elif role.employer is None and is_employer(piece) and can_employ(piece):
            role.employer = piece
        else:
            rest.append(piece)
    for piece in rest:
        if len(piece) > 80 or piece == role.title or piece == role.employer:
            continue
        # A title nobody knows stays unsaid: a place or a department in its stead would mislead.
        if role.employer is None and not is_title(piece) and can_employ(piece):
            role.employer = piece


def _tidy(text: str) -> str:
    """Return a piece without ornaments at its ends and without half of a pair of parentheses."""
    text = text.strip(_TRIM).strip()
    if text.count("(") > text.count(")"):
        head, _, tail = text.rpartition("(")
        text = head.strip(_TRIM).strip() or tail
    elif text.count(")") > text.count("("):
        text = text.replace(")", "", 1).strip()
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _has_title_apart(piece: str, pieces: list[str]) -> bool:
    return any(other != piece and is_title(other) and not is_employer(other) for other in pieces)


LONGEST_SENTENCE = 1_000
_SENTENCE = re.compile(
    r"(?:work(?:ing|ed)|employed|associated|served|serving|currently|joined)\b[^.]{0,40}?\bas\s+(?:an?\s+|the\s+)?"
    r"(?P<title>[A-Z][\w/&.+# -]{2,60}?)\s+(?:in|at|for|with|of)\s+(?P<employer>[A-Z][^,;\n]{1,60}?)"
    r"(?:,|;|\s+(?:from|since|during)\b|\s*[({]|$)",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE_REVERSED = re.compile(
    r"(?:work(?:ing|ed)|employed|associated)\s+(?:at|in|for|with)\s+(?P<employer>[A-Z][^,;\n]{1,60}?)\s+as\s+"
    r"(?:an?\s+|the\s+)?(?P<title>[A-Za-z][\w/&.+# -]{2,50}?)(?:,|;|\s+(?:from|since|during)\b|\s*[({.]|$)",
    re.IGNORECASE | re.DOTALL,
)


def read_sentence(text: str) -> Role | None:
    """Return the job of ``Worked as a Java programmer for Examplia from May 2009 to April 2010``."""
    if len(text) > LONGEST_SENTENCE:
        return None
    for pattern in (_SENTENCE, _SENTENCE_REVERSED):
        match = pattern.search(text)
        if match:
            employer = " ".join(match["employer"].split())
            return Role(title=" ".join(match["title"].split()), employer=_tidy(employer))
    return None
