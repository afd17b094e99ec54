"""Who is who: normalised identifiers, and how alike two people are whose identifiers differ.

An identifier (e-mail, phone, profile link) that two records share makes them one person, if the names do
not speak against it. Without one, the same name with the same employer at the same time is a question for
a person, never an automatic merge.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pydantic import BaseModel, Field

from shared.wire.profile import Profile

QUESTION_THRESHOLD = 0.5
# A telephone number that so many different people give is a reception desk or a sample.
SHARED_BY_MANY = 3

_PLACEHOLDER_DOMAINS = frozenset({"domain.com", "yourdomain.com"})
_PLACEHOLDER_USERS = frozenset({"email", "name", "yourname", "your.name", "firstname.lastname", "noreply"})
_HOMES = {"linkedin": "linkedin.com/in/", "github": "github.com/", "gitlab": "gitlab.com/"}
_COMPANY_ENDING = re.compile(
    r"\b(?:inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|sa|sas|bv|nv|oy|ab|as|pvt|private|pty|co|corp"
    r"|corporation|company|group|holdings?|the)\b"
)
_HONORIFIC = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|jr|sr|ii|iii|phd|mba|pmp|md|cpa)\b")


class IdentityDigest(BaseModel):
    """The few facts by which namesakes are told apart; years are whole numbers, 0 where unknown."""

    employers: list[tuple[str, int, int]] = Field(default_factory=list[tuple[str, int, int]])
    schools: list[str] = Field(default_factory=list[str])
    title: str = ""
    place: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike two people of one name are, 0 to 1, and on what grounds."""

    score: float
    grounds: list[str]


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Return lower-case letters and digits separated by single blanks, accents dropped."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", text.casefold()))


def name_key(name: str | None) -> str:
    """Return a name without titles, case, accents and order of its parts; empty for single words."""
    words = [w for w in _HONORIFIC.sub(" ", plain(name or "")).split() if len(w) > 1 and not w.isdigit()]
    return " ".join(sorted(words)) if len(words) > 1 else ""


@lru_cache(maxsize=50_000)
def employer_key(name: str | None) -> str:
    """Return an employer's name without legal form."""
    whole = plain(name or "")
    return " ".join(_COMPANY_ENDING.sub(" ", whole).split()) or whole


def email_key(email: str | None) -> str | None:
    """Return ``email:<address>`` or None for what is no usable address."""
    address = (email or "").strip().strip("<>.,;").casefold().removeprefix("mailto:")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}", address):
        return None
    user, _, domain = address.partition("@")
    if domain in _PLACEHOLDER_DOMAINS or user in _PLACEHOLDER_USERS:
        return None
    if domain == "googlemail.com":
        domain = "gmail.com"
    return f"email:{user.split('+')[0]}@{domain}"


def phone_key(phone: str | None) -> str | None:
    """Return ``phone:<last nine digits>`` or None for what is no usable number.

    The last nine digits are the same with and without trunk or country prefix.
    """
    digits = re.sub(r"\D", "", re.split(r"(?:ext|x)\.?\s*\d+$", phone or "", flags=re.IGNORECASE)[0])
    if not 8 <= len(digits) <= 15:
        return None
    tail = digits[-9:]
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(tail)}
    if len(set(tail)) <= 2 or steps <= {0, 1} or re.search(r"55501\d\d$", digits):
        return None
    return f"phone:{tail}"


def url_key(url: str | None) -> str | None:
    """Return ``url:<host/path>`` of a personal profile page, or None for a page that is nobody's own."""
    text = re.sub(r"^(?:https?:)?//", "", (url or "").strip().casefold()).split("?")[0].split("#")[0]
    text = re.sub(r"^(?:www|[a-z]{2}|m)\.(?=linkedin\.com)|^www\.", "", text).rstrip("/")
    host, _, path = text.partition("/")
    if "." not in host or not path or host in ("indeed.com",):
        return None
    if host == "linkedin.com" and not path.startswith(("in/", "pub/")):
        return None
    return f"url:{text}"


def keys_of(profile: Profile) -> list[str]:
    """Return the identifiers of a person, without repetition."""
    basics = profile.basics
    emails = re.split(r"[,;\s]+", basics.email) if basics.email else []
    phones = re.split(r"[,;/]", basics.phone) if basics.phone else []
    found = [email_key(email) for email in emails] + [phone_key(phone) for phone in phones]
    for page in basics.profiles:
        home = _HOMES.get((page.network or "").casefold())
        found.append(url_key(page.url or (f"{home}{page.username}" if home and page.username else None)))
    return list(dict.fromkeys(key for key in found if key))


def same_person_by_name(one: str | None, other: str | None) -> bool:
    """Tell whether two names are one, written more or less fully: the words of one are among the other's."""
    a, b = set(name_key(one).split()), set(name_key(other).split())
    return bool(a and b) and (a <= b or b <= a)


def names_agree(one: str | None, other: str | None) -> bool:
    """Tell whether two names can belong to one person: a shared word, or one name unknown."""
    a, b = set(plain(one or "").split()), set(plain(other or "").split())
    return not a or not b or bool(a & b)


def digest_of(profile: Profile) -> IdentityDigest:
    """Return the facts that tell namesakes apart."""
    place = profile.basics.location
    return IdentityDigest(
        employers=[
            (
                employer_key(job.name),
                _year(job.start_date),
                _year(job.end_date) or (9999 if job.current else 0),
            )
            for job in profile.work
            if job.name
        ],
        schools=[plain(study.institution) for study in profile.education if study.institution],
        title=plain(profile.basics.label or (profile.work[0].position or "" if profile.work else "")),
        place=plain(place.city or "" if place else ""),
    )


def likeness(one: IdentityDigest, other: IdentityDigest) -> Likeness:
    """Compare two people who have the same name."""
    score, grounds = 0.0, ["same name"]
    shared = {a[0] for a in one.employers} & {b[0] for b in other.employers}
    if shared and _overlapping(one, other, shared):
        score += 0.6
        grounds.append("same employer at the same time")
    elif shared:
        score += 0.35
        grounds.append("same employer")
    if set(one.schools) & set(other.schools):
        score += 0.3
        grounds.append("same school")
    if one.place and one.place == other.place:
        score += 0.2
        grounds.append("same place")
    if one.title and one.title == other.title:
        score += 0.2
        grounds.append("same title")
    return Likeness(round(min(1.0, score), 2), grounds)


def _overlapping(one: IdentityDigest, other: IdentityDigest, shared: set[str]) -> bool:
    for name, start, end in one.employers:
        for other_name, other_start, other_end in other.employers:
            if name != other_name or name not in shared:
                continue
            if not start or not other_start:
                return True
            if start <= (other_end or other_start) and other_start <= (end or start):
                return True
    return False


def _year(date: str | None) -> int:
    return int(date[:4]) if date and date[:4].isdigit() else 0
