"""Name, contact data and place from the head of a résumé."""

import re
from itertools import islice

from shared.resume.dates import find_ranges
from shared.resume.lines import Line
from shared.resume.names import FURNITURE, find_name
from shared.resume.sections import heading_of
from shared.resume.studies import is_school
from shared.resume.titles import is_employer
from shared.taxonomy import Place as KnownPlace
from shared.taxonomy import PlaceMention, Taxonomy, find_places, place_contains, resolve_place
from shared.wire.profile import Basics, Place, SocialProfile

# Bounded, so that a text without blanks is searched in linear time.
_EMAIL = re.compile(r"[\w.+'’-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\(?\d{1,4}\)?(?:[\s().-]{0,2}\d{2,5}){2,4}(?![\w/-])")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>|,;]+|\b(?:linkedin\.com/(?:in|pub)|github\.com|gitlab\.com|behance\.net"
    r"|stackoverflow\.com/users|twitter\.com|xing\.com/profile)/[^\s<>|,;]+",
    re.IGNORECASE,
)
_HEAD_LINES = 14
_TOWN_AND_STATE = re.compile(
    r"(?P<city>[A-Z][\w.'’ -]{1,28}),?\s+(?P<state>[A-Z][A-Za-z]|[A-Z]\.\s?[A-Z]\.)\.?[ ,]+\d{5}(?:-\d{4})?\b"
)
_AMERICAN = re.compile(r"[A-Z][a-z]+,\s(?P<state>[A-Z]{2})\b")
_LEAST_AMERICAN = 2
_ADDRESS = re.compile(
    r"@|\d{4,}|^\d+\w?,?\s|\baddress\b|\blocation\b|\be-?mail\b|\bphone\b|\bmobile\b", re.IGNORECASE
)
# Lines of the head that name other places than where somebody lives.
_ELSEWHERE = re.compile(
    r"\b(?:relocat\w*|born|birth\w*|nationality|citizen\w*|passport|visa|native)\b", re.IGNORECASE
)
_MOST_PLACE_WORDS = 8
_YEARS = re.compile(r"^(?:(?:19|20)\d\d\D{0,3})+$")


def read_contact(lines: list[Line]) -> Basics:
    """Return who the résumé is about, as far as its head and its contact lines say."""
    text = "\n".join(line.text for line in lines)
    emails = [m.group().strip(".'’-") for m in _EMAIL.finditer(text)]
    name, at = find_name(lines, text)
    head = lines[: _head_end(lines)]
    return Basics(
        name=name,
        label=_label(head, at, name),
        email=emails[0] if emails else None,
        phone=_phone(head) or _phone(lines),
        url=None,
        location=_place(head, lines),
        profiles=_profiles(text),
    )


def _head_end(lines: list[Line]) -> int:
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if index > 1 and heading_of(line) not in (None, "contact"):
            return index
    return min(len(lines), _HEAD_LINES)


def _label(head: list[Line], at: int, name: str | None) -> str | None:
    """Return the title under the name."""
    for line in head[at : at + 4]:
        text = line.text.replace(name or "", "").strip(" -–—|,•")
        if not text or _EMAIL.search(text) or len(text) > 90 or FURNITURE.match(line.text):
            continue
        if heading_of(line):
            return None
        if Taxonomy.compact().find_occupations(text) and len(text.split()) <= 10:
            return text
    return None


def _phone(lines: list[Line]) -> str | None:
    for line in lines:
        told = re.search(r"\b(?:phone|tel|mobile|cell|t|m|h)\b", line.text, re.IGNORECASE)
        for match in _PHONE.finditer(line.text):
            digits = re.sub(r"\D", "", match.group())
            if re.fullmatch(r"\d{5}-\d{4}", match.group().strip()):
                continue  # an American postal code
            if (7 if told else 8) <= len(digits) <= 15 and not _YEARS.match(match.group().strip()):
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


def _place(head: list[Line], lines: list[Line]) -> Place | None:
    """Return where somebody lives, as the lines with their address or a short line of the head say."""
    texts = [line.text for line in head if _can_be_home(line)]
    for text in texts:
        # An American address names town and state, whatever bigger town elsewhere has that name.
        if address := _TOWN_AND_STATE.search(text):
            state = resolve_place(address["state"].replace(".", "").replace(" ", "").upper())
            city = re.split(r",|\.\s", address["city"])[-1].strip()
            if state is not None and state.kind == "region" and state.country_code == "US":
                return Place(city=city, region=state.label, country_code="US")
    mentions = [(text, _settled(text, found)) for text in texts if (found := find_places(text))]
    for kind in ("city", "region", "country"):
        for text, mention in mentions:
            if mention.place.kind == kind:
                return _home(text, mention, lines)
    return None


def _can_be_home(line: Line) -> bool:
    if _ELSEWHERE.search(line.text) or (line.bullet and line.words > _MOST_PLACE_WORDS):
        return False
    if _ADDRESS.search(line.text):
        return True
    at_work = is_employer(line.text) or is_school(line.text) or find_ranges(line.text)
    return line.words <= _MOST_PLACE_WORDS and not at_work


def _settled(text: str, mentions: list[PlaceMention]) -> PlaceMention:
    """Return the first place of a line, or the region after it that says it is another town of that name."""
    first, *others = mentions
    bare = first.place.kind == "city" and "," not in first.text
    if others and bare and re.fullmatch(r",\s*", text[first.end : others[0].start]):
        other = others[0].place
        if other.kind != "city" and not place_contains(other, first.place):
            return others[0]
    return first


def _home(text: str, mention: PlaceMention, lines: list[Line]) -> Place:
    place = as_place(mention.place)
    if mention.place.kind == "region":
        town = re.search(r"(?:^|[,|•]\s*)([A-Z][\w.'’ -]{1,28}),\s*$", text[: mention.start])
        place.city = town[1].strip() if town and not any(c.isdigit() for c in town[1]) else None
    bare = mention.place.kind == "city" and mention.text.casefold() == mention.place.label.casefold()
    if bare and place.country_code != "US" and _writes_american(lines):
        # "Birmingham", on a résumé of American towns: which one is not said.
        return Place(city=mention.place.label)
    return place


def _writes_american(lines: list[Line]) -> bool:
    """Tell whether a résumé names towns with American states, and so leaves its own state unsaid."""
    states = (m["state"] for line in lines for m in _AMERICAN.finditer(line.text))
    known = (resolve_place(state) for state in states)
    american = (place for place in known if place and place.kind == "region" and place.country_code == "US")
    return len(list(islice(american, _LEAST_AMERICAN))) == _LEAST_AMERICAN


def as_place(known: KnownPlace) -> Place:
    """Return a known place in the words of a profile."""
    if known.kind == "city":
        return Place(city=known.label, region=known.region, country_code=known.country_code)
    if known.kind == "region":
        return Place(region=known.label, country_code=known.country_code)
    return Place(country_code=known.country_code)
