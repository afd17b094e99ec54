"""Name, contact data and place from the head of a résumé."""

import re

from servers.candidates.core.resume.lines import Line
from servers.candidates.core.resume.sections import heading_of
from shared.taxonomy import Place as KnownPlace
from shared.taxonomy import Taxonomy, find_places, seniority_of
from shared.wire.profile import Basics, Place, SocialProfile

_EMAIL = re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\(?\d{1,4}\)?(?:[\s().-]{0,2}\d{2,5}){2,4}(?![\w/-])")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>|,;]+|\b(?:linkedin\.com/(?:in|pub)|github\.com|gitlab\.com|behance\.net"
    r"|stackoverflow\.com/users|twitter\.com|xing\.com/profile)/[^\s<>|,;]+",
    re.IGNORECASE,
)
_PAGE_FURNITURE = re.compile(
    r"^(?:curriculum vitae|resume|résumé|cv|personal (?:details|information|data)"
    r"|contact(?: (?:details|info\w*))?|name|full name|page \d+(?: of \d+)?|confidential|profile|sample.*"
    r"|.*\b(?:resume|résumé|cv)\b.*)\W*$",
    re.IGNORECASE,
)
_LABELLED_NAME = re.compile(r"^(?:full )?name\s*[:–-]\s*(?P<name>\S.*)$", re.IGNORECASE)
_CREDENTIALS = re.compile(r"[,\s]+(?:MBA|PMP|Ph\.?D|CPA|CFA|M\.?D|RN|BSN|MSN|CISSP|P\.?E|JD|Esq)\b\.?.*$")
_NAME_WORD = re.compile(r"^(?:[^\W\d_][\w'’.-]*|[A-Z]\.)$")
_HEAD_LINES = 14
_NOT_A_NAME = re.compile(
    r"\b(?:street|road|avenue|drive|lane|city|state|phone|mobile|email|e-mail|address|objective|summary|engineer"
    r"|developer|manager|analyst|consultant|university|college|school|experience|skills?|ltd|inc|llc|company"
    r"|january|february|march|april|june|july|august|september|october|november|december|your|page|indeed)\b",
    re.IGNORECASE,
)


def read_contact(lines: list[Line]) -> Basics:
    """Return who the résumé is about, as far as its head and its contact lines say."""
    text = "\n".join(line.text for line in lines)
    emails = [m.group().strip(".'’-") for m in _EMAIL.finditer(text)]
    name, at = _name(lines)
    head = lines[: _head_end(lines)]
    return Basics(
        name=name,
        label=_label(head, at, name),
        email=emails[0] if emails else None,
        phone=_phone(head) or _phone(lines),
        url=None,
        location=_place(head),
        profiles=_profiles(text),
    )


def _head_end(lines: list[Line]) -> int:
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if index > 1 and heading_of(line) not in (None, "contact"):
            return index
    return min(len(lines), _HEAD_LINES)


def _name(lines: list[Line]) -> tuple[str | None, int]:
    for index, line in enumerate(lines[:40]):
        if (labelled := _LABELLED_NAME.match(line.text)) and (found := _as_name(labelled["name"])):
            return found, index
    for index, line in enumerate(lines[:8]):
        if _PAGE_FURNITURE.match(line.text) or (heading_of(line) and index > 0):
            continue
        for part in re.split(r"\s+[|•●·–—-]\s+|\s{3,}|,\s", line.text):
            if found := _as_name(part):
                return found, index
    return None, 0


def _as_name(text: str) -> str | None:
    """Return a line as a person's name if it can be one: two to five capitalised words."""
    candidate = _CREDENTIALS.sub("", text.strip(" ,:|")).strip()
    words = candidate.split()
    if not 2 <= len(words) <= 5 or len(candidate) > 45 or _NOT_A_NAME.search(candidate):
        return None
    if not all(_NAME_WORD.match(word) for word in words):
        return None
    capitalised = sum(1 for word in words if word[0].isupper())
    if capitalised < max(2, len(words) - 2):
        return None
    if Taxonomy.compact().resolve_occupation(candidate) or seniority_of(candidate):
        return None
    return candidate.title() if candidate.isupper() else candidate


def _label(head: list[Line], at: int, name: str | None) -> str | None:
    """Return the title under the name."""
    for line in head[at : at + 4]:
        text = line.text.replace(name or "", "").strip(" -–—|,•")
        if not text or _EMAIL.search(text) or len(text) > 90 or _PAGE_FURNITURE.match(line.text):
            continue
        if heading_of(line):
            return None
        if Taxonomy.compact().find_occupations(text) and len(text.split()) <= 10:
            return text
    return None


def _phone(lines: list[Line]) -> str | None:
    for line in lines:
        for match in _PHONE.finditer(line.text):
            digits = re.sub(r"\D", "", match.group())
            if 8 <= len(digits) <= 15 and not re.fullmatch(r"(?:19|20)\d\d(?:19|20)\d\d", digits):
                return match.group().strip(" -.")
    return None


def _profiles(text: str) -> list[SocialProfile]:
    found: dict[str, SocialProfile] = {}
    for match in _URL.finditer(text):
        url = match.group().rstrip(".)]\"'")
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", url.casefold()).split("/")[0]
        # Job boards put their own address on every page.
        if "indeed." in host or url.casefold() in found:
            continue
        network = next(
            (
                n
                for n in ("LinkedIn", "GitHub", "GitLab", "Twitter", "XING", "Behance")
                if n.casefold() in host
            ),
            None,
        )
        found[url.casefold()] = SocialProfile(network=network, url=url)
        if len(found) == 6:
            break
    return list(found.values())


def _place(head: list[Line]) -> Place | None:
    for line in head:
        if re.search(r"relocate", line.text, re.IGNORECASE):
            continue
        mentions = [m.place for m in find_places(line.text)]
        city = next((p for p in mentions if p.kind == "city"), None)
        if city is not None:
            return as_place(city)
    for line in head:
        mentions = [m.place for m in find_places(line.text)]
        if mentions:
            return as_place(mentions[0])
    return None


def as_place(known: KnownPlace) -> Place:
    """Return a known place in the words of a profile."""
    if known.kind == "city":
        return Place(city=known.label, region=known.region, country_code=known.country_code)
    if known.kind == "region":
        return Place(region=known.label, country_code=known.country_code)
    return Place(country_code=known.country_code)
