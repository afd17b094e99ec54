"""What is said of one and the same position: a job with where it was held, an unwanted job with its skill."""

from typing import Any

from servers.recruiter_search.core.wording.asked import Asked
from servers.recruiter_search.core.wording.mentions import JOB
from servers.recruiter_search.core.wording.sheet import Sheet

_HELD_AT = frozenset(("at", "for", "with", "from"))
_BETWEEN = _HELD_AT | {"a", "an", "the", "in"}
_FIELDS = {
    "occupations": "occupations", "titles": "titles", "companies": "companies", "current_companies": "companies",
    "past_companies": "companies", "industries": "industries", "current_industries": "industries",
    "seniority": "seniority", "skills_all": "skills",
}  # fmt: skip


def join_positions(sheet: Sheet) -> None:
    """Put what is one and the same position as that."""
    for at, one in enumerate(sheet.placed):
        words = set(one.before)
        held = one.mention.kind in ("company", "industry") and one.link == "break"
        if at and held and words & _HELD_AT and words <= _BETWEEN:
            job = _phrase(sheet, at - 1)
            if job and at not in sheet.used and sheet.placed[at - 1].side == one.side:
                _join(sheet, [*job, *_alternatives(sheet, at)])
    for at, one in enumerate(sheet.placed):
        last = at + 1 == len(sheet.placed) or sheet.placed[at + 1].link != "beside"
        unwanted = _phrase(sheet, at) if last and one.side == "exclude" else []
        if len(unwanted) > 1 and not sheet.used & set(unwanted):
            _join(sheet, unwanted)


def _phrase(sheet: Sheet, at: int) -> list[int]:
    """Return the job that ends ``at`` with what stands right before it: "senior Java developers"."""
    found: list[int] = []
    for other in range(at, -1, -1):
        if sheet.placed[other].mention.kind not in JOB | {"skill"}:
            break
        found.insert(0, other)
        if sheet.placed[other].link != "beside":
            break
    return found if any(sheet.placed[one].mention.kind in JOB for one in found) else []


def _alternatives(sheet: Sheet, at: int) -> list[int]:
    """Return a mention with its alternatives of the same kind."""
    found = [at]
    for other in range(at + 1, len(sheet.placed)):
        one = sheet.placed[other]
        if one.link not in ("or", "list") or one.mention.kind != sheet.placed[at].mention.kind:
            break
        found.append(other)
    return found


def _join(sheet: Sheet, places: list[int]) -> None:
    position: dict[str, Any] = {}
    for at in places:
        asked, side = sheet.asked[at], sheet.placed[at].side
        name = _FIELDS.get(asked.filter)
        if name is None or not isinstance(asked.value, str):
            return
        position.setdefault(name, []).append(asked.value)
        if asked.filter.startswith(("current_", "past_")) and side != "exclude":
            position["current"] = asked.filter.startswith("current_")
    sheet.used |= set(places)
    sheet.put(Asked(places, "positions", position), sheet.placed[places[-1]].side)
