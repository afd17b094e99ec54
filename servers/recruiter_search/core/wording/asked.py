"""What each mention asks for: the filter it sets, and its word in the boolean language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from servers.recruiter_search.core.limits import written_limits
from servers.recruiter_search.core.wording.lexicon import BREAKS, FRAME, vocabulary
from servers.recruiter_search.core.wording.mentions import Mention
from servers.recruiter_search.core.wording.naming import Labels
from servers.recruiter_search.core.wording.sides import Placed
from shared.taxonomy import language_label

NOW = frozenset(("current", "currently", "now", "present"))
PAST = frozenset(("former", "formerly", "ex", "previous", "previously", "past", "earlier"))
_QUOTES = str.maketrans(dict.fromkeys('“”„«»"', " "))
"""Marks that end a phrase, whatever began it."""
_LISTED = {
    "engagement": "engagement", "sources": "source", "warnings": "warning", "candidate_ids": "candidate_id",
    "countries": "country", "headline": "headline", "certificate_issuers": "issuer",
}  # fmt: skip
"""Filters that take lists, with their fields in the boolean language."""
_BESIDE = ("within_years", "km")
"""What belongs to what stands beside it."""
MOVES = vocabulary("relocate relocates relocating relocation move moving moves")
NEAR = frozenset(("near", "nearby", "around", "close"))


@dataclass
class Asked:
    """One condition.

    Args:
        places: which of the mentions say it.
        value: one value of the filter; filters that take lists gather them.
        term: how the boolean language says it; None: it cannot.
        doubt: how it was taken and what else it could mean.
        studies: the fields of study that a degree is to be in.
        most: the upper limit of an amount whose lower one is the value.
        unasked: why it sets no condition and what would, where it cannot.
    """

    places: list[int]
    filter: str
    value: Any
    term: str | None = None
    doubt: tuple[str, str] | None = None
    studies: list[str] = field(default_factory=list[str])
    most: float | None = None
    unasked: tuple[str, str] | None = None


def quoted(value: str) -> str:
    """Return a value as the boolean language takes it."""
    return f'"{value.translate(_QUOTES)}"'


def asked_by(at: int, placed: Placed, labels: Labels) -> Asked:
    """Return what a mention asks for by itself; amounts of time are looked at before."""
    mention, words = placed.mention, set(placed.before)
    match mention.kind:
        case "skill":
            name = labels.of("skill", mention.value)
            unsure = ("the skill of this name", "it may be an ordinary word here")
            doubt = unsure if mention.extra else None
            return Asked([at], "skills_all", name, f"skill:{quoted(name)}", doubt)
        case "function" if words & NOW:
            term = f"current_function:{quoted(mention.value)}"
            return Asked([at], "current_functions", mention.value, term)
        case "function":
            doubt = ("who ever worked in this function", "it may be an ordinary word here")
            return Asked([at], "functions", mention.value, f"function:{quoted(mention.value)}", doubt)
        case "occupation":
            return _occupation(at, labels.of("occupation", mention.value), words)
        case "trade":
            return _titled(at, mention.value, words)
        case "seniority":
            return Asked([at], "seniority", mention.value, f"seniority:{mention.value}")
        case "company":
            return _company(at, placed)
        case "industry":
            name = labels.of("industry", mention.value)
            now = bool(words & NOW) or "works" in words
            kind, word = ("current_industries", "current_industry") if now else ("industries", "industry")
            return Asked([at], kind, name, f"{word}:{quoted(name)}")
        case "place":
            return _place(at, labels.of("place", mention.value), words)
        case "mode":
            doubt = ("it is taken as having worked so", "people who would and never said so are not found")
            return Asked([at], "work_modes", mention.value, f"work_mode:{mention.value}", doubt)
        case "language":
            return _language(at, mention)
        case "certificate":
            name = labels.of("certificate", mention.value)
            return Asked([at], "certificates", name, f"certificate:{quoted(name)}")
        case "school":
            return Asked([at], "schools", mention.value, f"school:{quoted(mention.value)}")
        case "study":
            name = labels.of("field_of_study", mention.value)
            return Asked([at], "fields_of_study", name, f"field_of_study:{quoted(name)}")
        case "degree":
            studies = [labels.of("field_of_study", one) for one in mention.extra]
            term = _degree(mention.value, studies)
            return Asked([at], "degree", mention.value, term, studies=studies)
        case "phrase":
            return Asked([at], "words", mention.value, f"words:{quoted(mention.value)}")
        case "record":
            return _record(at, mention)
        case "years":
            least, most = float(mention.value), float(mention.extra[0]) if mention.extra else None
            return Asked([at], "min_years", least, f"years:{written_limits(least, most)}", most=most)
        case "headcount" | "growth":
            return _figure(at, mention, words)
        case "stage":
            return _stage(at, mention, labels)
        case "project":
            [project] = mention.extra
            return Asked([at], "engaged_in_projects", project, f"engaged_in_project:{project}")


def _degree(level: str, studies: Sequence[str]) -> str:
    fields = " OR ".join(f"field_of_study:{quoted(one)}" for one in studies)
    both = f"({fields})" if len(studies) > 1 else fields
    return f"(degree:{level} AND {both})" if fields else f"degree:{level}"


def _occupation(at: int, name: str, words: set[str]) -> Asked:
    if words & PAST:
        return Asked([at], "past_occupations", name, f"past_occupation:{quoted(name)}")
    if words & NOW:
        return Asked([at], "current_occupations", name, f"current_occupation:{quoted(name)}")
    return Asked([at], "occupations", name, f"occupation:{quoted(name)}")


def _titled(at: int, name: str, words: set[str]) -> Asked:
    if words & PAST:
        return Asked([at], "past_titles", name, f"past_title:{name}")
    if words & NOW:
        return Asked([at], "current_titles", name, f"current_title:{name}")
    return Asked([at], "titles", name, f"title:{name}")


def _company(at: int, placed: Placed) -> Asked:
    mention = placed.mention
    [held] = mention.extra
    doubt = None
    if not held and placed.side == "exclude" and "worked" not in placed.before:
        held, doubt = "now", ("who is there now is left out", "who ever was (exclude.companies)")
    elif not held and (unread := _unread_before(placed.before)):
        doubt = ("who worked there", f"name it without “at”: “{' '.join(unread)}” may mean another tie")
    kind = {"now": "current_companies", "past": "past_companies"}.get(held, "companies")
    word = {"now": "current_company", "past": "past_company"}.get(held, "company")
    return Asked([at], kind, mention.value, f"{word}:{quoted(mention.value)}", doubt)


def _unread_before(words: tuple[str, ...]) -> list[str]:
    """Return the unread words of the clause that ends before a mention: "who published at"."""
    breaks = [at for at, word in enumerate(words) if word in BREAKS or word == ","]
    clause = words[breaks[-1] + 1 :] if breaks else words
    return [word for word in clause if word[0].isalnum() and word not in FRAME]


def _place(at: int, name: str, words: set[str]) -> Asked:
    if words & NEAR:
        doubt = ("within 50 km of it", "another distance (near.km)")
        return Asked([at], "near", {"place": name}, f"near:{quoted(name)}", doubt)
    if "worked" in words and "in" in words:
        return Asked([at], "worked_in", name, f"worked_in:{quoted(name)}")
    doubt = None
    if "from" in words:
        doubt = ("who lives there", "worked_in: who worked there; origin cannot be searched")
    if words & MOVES:
        unasked = ("it is not searched: no record says who would move there", "name where they live")
        return Asked([at], "locations", name, unasked=unasked)
    return Asked([at], "locations", name, f"location:{quoted(name)}", doubt)


def _language(at: int, mention: Mention) -> Asked:
    level = mention.extra[0] if mention.extra else None
    spoken: dict[str, str] = {"code": mention.value} | ({"at_least": level} if level else {})
    name = language_label(mention.value) or mention.value
    return Asked([at], "languages", spoken, f"language:{quoted(f'{name} {level}' if level else name)}")


def _record(at: int, mention: Mention) -> Asked:
    [value] = mention.extra
    if value == "true":
        return Asked([at], mention.value, True, f"{mention.value}:yes")
    if field := _LISTED.get(mention.value):
        return Asked([at], mention.value, value, f"{field}:{quoted(value)}")
    side, _, number = mention.value.partition("_")
    limits = {"min": f"{number}:>={value}", "max": f"{number}:<={value}"}
    term = limits.get(side, f"{mention.value}:{value}") if mention.value not in _BESIDE else None
    return Asked([at], mention.value, int(value), term)


def _figure(at: int, mention: Mention, words: set[str]) -> Asked:
    least, most = (float(side) if side else None for side in mention.extra)
    name = f"known_{mention.kind}"
    value = {side: one for side, one in (("at_least", least), ("at_most", most)) if one is not None}
    term = f"{name}:{written_limits(least, most, percent=mention.kind == 'growth')}"
    if words & PAST:
        unasked = ("it is not searched: figures are told of the newest employer only", "leave the time out")
        return Asked([at], name, value, unasked=unasked)
    taken = "who works there now, by how many of the people known here do"
    if mention.kind == "growth":
        taken += f", and how that number changed in twelve months: {term.partition(':')[2]}"
    doubt = (taken, f"an employer's true size is not known here; other limits ({name})")
    return Asked([at], name, value, term, doubt)


def _stage(at: int, mention: Mention, labels: Labels) -> Asked:
    named, *stages = mention.extra
    project = labels.project(named)
    if not project:
        taken = "it is not searched: not one project of this name is known, or several are"
        unasked = (taken, "name the project by its id, such as proj_0197…")
        return Asked([at], "stage", {}, unasked=unasked)
    doubt = ("who stands there now", "who ever had to do with it (engaged_in_projects)")
    value = {"project_id": project, "at": stages}
    return Asked([at], "stage", value, f"stage:{project}/{','.join(stages)}", doubt)
