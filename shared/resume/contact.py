"""Name, contact data and place from the head of a résumé."""

import re

from shared.resume.lines import Line
from shared.resume.names import FURNITURE, find_name
from shared.resume.sections import heading_of
from shared.taxonomy import Place as KnownPlace
from shared.taxonomy import Taxonomy, find_places, resolve_place
from shared.wire.profile import Basics, Place, SocialProfile

_EMAIL = re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\(?\d{1,4}\)?(?:[\s().-]{0,2}\d{2,5}){2,4}(?![\w/-])")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>|,;]+|\b(?:linkedin\.com/(?:in|pub)|github\.com|gitlab\.com|behance\.net"
    r"|stackoverflow\.com/users|twitter\.com|xing\.com/profile)/[^\s<>|,;]+",
    re.IGNORECASE,
)
_HEAD_LINES = 14
_TOWN_AND_STATE = re.compile(r"(?P<city>[A-Z][\w.'’ -]{1,28}),?\s+(?P<state>[A-Z]{2})[ ,]+\d{5}\b")
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
        location=_place(head),
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


def _place(head: list[Line]) -> Place | None:
    lines = [line.text for line in head if not re.search(r"relocat", line.text, re.IGNORECASE)]
    for text in lines:
        # An American address names town and state, whatever bigger town elsewhere has that name.
        if address := _TOWN_AND_STATE.search(text):
            state = resolve_place(address["state"])
            city = address["city"].split(",")[-1].strip()
            if state is not None and state.kind == "region" and state.country_code == "US":
                return Place(city=city, region=state.label, country_code="US")
    mentions = [(text, mention) for text in lines for mention in find_places(text)]
    for kind in ("city", "region", "country"):
        for text, mention in mentions:
            if mention.place.kind == kind:
                place = as_place(mention.place)
                if kind == "region" and (
                    town := re.search(r"([A-Z][\w.'’ -]{1,28}),\s*$", text[: mention.start])
                ):
                    place.city = town[1].strip()
                return place
    return None


def as_place(known: KnownPlace) -> Place:
    """Return a known place in the words of a profile."""
    if known.kind == "city":
        return Place(city=known.label, region=known.region, country_code=known.country_code)
    if known.kind == "region":
        return Place(region=known.label, country_code=known.country_code)
    return Place(country_code=known.country_code)
