"""From mentions on their sides to a typed query."""

from collections.abc import Sequence

from servers.recruiter_search.core.models import DEGREES
from servers.recruiter_search.core.wording.asked import Asked, asked_by
from servers.recruiter_search.core.wording.joining import join_positions
from servers.recruiter_search.core.wording.languages import InEnglish
from servers.recruiter_search.core.wording.naming import Labels
from servers.recruiter_search.core.wording.sheet import Sheet, said
from servers.recruiter_search.core.wording.sides import Placed, chains
from servers.recruiter_search.core.wording.timing import time_what_is_timed

_SEVERAL = frozenset(
    (
        "certificates",
        "companies",
        "past_companies",
        "industries",
        "schools",
        "fields_of_study",
        "worked_in",
        "words",
    )
)
"""What somebody may have more than one of: "A and B" demands both, where a filter's entries are alternatives."""
_NOT_ALTERNATIVE = frozenset(
    ("languages", "near", "min_years", "degree", "known_headcount", "known_growth", "stage")
)
"""Filters whose entries are no alternatives."""


def built(told: InEnglish, placed: Sequence[Placed], labels: Labels) -> Sheet:
    """Return the sheet of the query that ``placed`` asks for."""
    sheet = Sheet(told, placed, {at: asked_by(at, one, labels) for at, one in enumerate(placed)})
    for at, one in enumerate(placed):
        if one.side == "nothing":
            sheet.used.add(at)
            sheet.tell([at], "nothing", "", "no condition: the words say that it is not asked for")
        elif unasked := sheet.asked[at].unasked:
            sheet.used.add(at)
            sheet.leave([at], *unasked)
    time_what_is_timed(sheet)
    join_positions(sheet)
    for chain in chains(sheet.placed, frozenset(("or",))):
        side = placed[chain[0]].side
        asked = [sheet.asked[at] for at in chain if at not in sheet.used]
        if side == "filters":
            _demand(sheet, asked)
        else:
            for one in asked:
                sheet.put(one, side)
    sheet.read.sort(key=lambda one: one.start)
    return sheet


def _demand(sheet: Sheet, group: list[Asked]) -> None:
    """Put alternatives, one of which must hold."""
    kinds = {one.filter for one in group}
    if len(kinds) != 1:
        _either(sheet, group)
        return
    [kind] = kinds
    known = all(one.value in sheet.held("filters", kind) for one in group)
    if kind in _SEVERAL and sheet.held("filters", kind) and not known:
        _either(sheet, group)  # beside what is demanded already, not instead of it
    elif len(group) > 1 and kind == "skills_all":
        _skills(sheet, group)
    elif len(group) > 1 and kind == "degree":
        lowest = min(group, key=lambda one: DEGREES.index(one.value))
        lowest.places = sorted(at for one in group for at in one.places)
        sheet.put(lowest, "filters")
    elif len(group) > 1 and kind in _NOT_ALTERNATIVE:
        _either(sheet, group)
    else:
        for one in group:
            sheet.put(one, "filters")


def _skills(sheet: Sheet, group: list[Asked]) -> None:
    """Put alternative skills: a group of names, or one list where time is asked of them."""
    names = [one.value for one in group]
    places = [at for one in group for at in one.places]
    timed = any(isinstance(name, dict) for name in names)
    if timed and sheet.held("filters", "skills"):
        sheet.doubt(places, "with the alternatives before as one list", "ask for the two apart")
    for name in names if timed else [names]:
        sheet.add("filters", "skills" if timed else "skill_groups", name)
    sheet.tell(places, "filters", "skills" if timed else "skill_groups", f"at least one of {said(names)}")
    for one in group:
        sheet.doubted(one)


def _either(sheet: Sheet, group: list[Asked]) -> None:
    """Put alternatives that filters cannot say; the boolean language can, where it has words for all."""
    terms = [one.term for one in group if one.term]
    places = [at for one in group for at in one.places]
    if not group:
        return
    if len(terms) == len(group):
        sheet.term(places, terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})")
        for one in group:
            sheet.doubted(one)
        return
    for one in group:
        sheet.put(one, "prefer")
    sheet.doubt(
        places, "each is liked and none demanded", "neither filters nor the boolean language can say it"
    )
