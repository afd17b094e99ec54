"""Amounts of time: of what they are, of which skill, occupation or industry, and how far around a place."""

from dataclasses import replace

from servers.recruiter_search.core.durations import written_time
from servers.recruiter_search.core.values import MOST_YEARS, Experience
from servers.recruiter_search.core.wording.asked import Asked, quoted
from servers.recruiter_search.core.wording.lexicon import ATTACHES, BREAKS, FRAME
from servers.recruiter_search.core.wording.mentions import Kind
from servers.recruiter_search.core.wording.sheet import Sheet

_TIMED: dict[Kind, str] = {
    "skill": "skills_all", "occupation": "occupation_years", "industry": "industry_years",
    "function": "function_years",
}  # fmt: skip
_NO_BOUND = "there is no upper bound of a single thing"
_WORK = "name what the work needs"
_FULL = f"a single thing is counted in full years up to {MOST_YEARS}"


def time_what_is_timed(sheet: Sheet) -> None:
    """Give amounts of time to what they are of; the others stay what they are of all work."""
    for at, one in enumerate(sheet.placed):
        if at in sheet.used:
            continue
        if one.mention.kind == "record" and one.mention.value == "within_years":
            _within(sheet, at)
        elif one.mention.kind == "record" and one.mention.value == "km":
            _around(sheet, at)
        elif one.mention.kind == "years":
            _amount(sheet, at)


def _within(sheet: Sheet, at: int) -> None:
    """Give how recently something was done to what stands before: "Java and Go in the last 3 years"."""
    sheet.used.add(at)
    before = _list_before(sheet, at)
    for other in before:
        _give(sheet, other, at, "within_years", float(sheet.placed[at].mention.extra[0]))
    if not before:
        sheet.leave([at], "it is not searched", "name what was done in that time right before it")


def _list_before(sheet: Sheet, at: int) -> list[int]:
    """Return the mentions of one kind, in a list, that stand right before one."""
    found: list[int] = []
    if set(sheet.placed[at].before) & (BREAKS | {","}):
        return found
    for other in range(at - 1, -1, -1):
        kind = sheet.placed[other].mention.kind
        if kind not in _TIMED or (found and kind != sheet.placed[found[0]].mention.kind):
            break
        found.append(other)
        if sheet.placed[other].link not in ("or", "list"):
            break
    return found


def _around(sheet: Sheet, at: int) -> None:
    sheet.used.add(at)
    following = sheet.placed[at + 1] if at + 1 < len(sheet.placed) else None
    if following is None or following.mention.kind != "place":
        sheet.leave([at], "it is not searched", "no place that is known stands after it")
        return
    km = float(sheet.placed[at].mention.extra[0])
    place = sheet.asked[at + 1].value
    named = place["place"] if isinstance(place, dict) else place
    term = f"near:{quoted(f'{named} {km:g} km')}"
    sheet.asked[at + 1] = Asked([at, at + 1], "near", {"place": named, "km": km}, term)
    if sheet.placed[at].link == "or":  # "in Cologne or within 30 km of Bonn": what stands between is used
        sheet.placed[at + 1] = replace(following, link="or")


def _amount(sheet: Sheet, at: int) -> None:
    one = sheet.placed[at]
    of = _list_after(sheet, at) or _just_before(sheet, at)
    for other in of:
        _give(sheet, other, at, "min_years", float(one.mention.value))
    if of:
        sheet.used.add(at)
    elif not float(one.mention.value):
        sheet.used.add(at)
        sheet.leave([at], "it is not searched: an upper limit of all work stands in for age", _WORK)


def _list_after(sheet: Sheet, at: int) -> list[int]:
    """Return what an amount is of: "5 years of Java and SQL", "3+ years as a nurse"."""
    found: list[int] = []
    for other in range(at + 1, len(sheet.placed)):
        one, words = sheet.placed[other], set(sheet.placed[other].before)
        if not found:
            attached = words <= FRAME and (not words or bool(words & ATTACHES))
            goes_on = one.mention.kind in _TIMED and attached and not words & (BREAKS | {","})
        else:
            listed = one.link == "or" or (one.link == "list" and "," not in words)
            goes_on = listed and one.mention.kind == sheet.placed[found[0]].mention.kind
        if not goes_on:
            break
        found.append(other)
    return found


def _just_before(sheet: Sheet, at: int) -> list[int]:
    """Return what stands before its amount: "Python (5 years)"."""
    if at == 0 or sheet.placed[at - 1].mention.kind not in _TIMED:
        return []
    gap = sheet.text[sheet.placed[at - 1].mention.end : sheet.placed[at].mention.start].strip().lower()
    return [at - 1] if gap in ("", "(", ":", "-", "–", "for", "since") else []


def _give(sheet: Sheet, at: int, said_at: int, what: str, amount: float) -> None:
    """Ask time of a mention, in full years; told where that is not quite what the words say."""
    one, kind = sheet.asked[at], sheet.placed[at].mention.kind
    years = min(int(amount), MOST_YEARS)
    if years != amount:
        sheet.doubt([said_at, at], f"{years} full years", _FULL)
    if what == "min_years" and sheet.placed[said_at].mention.extra:
        sheet.doubt([said_at, at], f"{years} years and more" if years else "however long", _NO_BOUND)
    places = [*one.places, said_at]
    if years < 1:
        sheet.asked[at] = Asked(places, one.filter, one.value, one.term, one.doubt)
        return
    value = one.value if isinstance(one.value, dict) else {"of": one.value}
    timed = {**value, what: years}
    term = f"{kind}:{quoted(written_time(Experience.model_validate(timed)))}"
    sheet.asked[at] = Asked(places, _TIMED[kind], timed, term, one.doubt)
