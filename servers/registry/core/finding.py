"""Finding skills: by words, by the facts they take and give, by risk."""

import base64
import binascii
import json
import math
import re
from collections.abc import Iterable

from pydantic import BaseModel

from servers.registry.core.models import FoundSkill, SkillPage
from shared.kernel.errors import InvalidInput
from shared.wire.planning import Risk

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(r"(?<=\w{3})(ations?|ings?|ers?|ions?|ates?|ies|es|ed|s|e|y)$")
_WEIGHTS = {"name": 4.0, "title": 3.0, "tags": 2.0, "description": 1.0, "examples": 1.0}


class Wanted(BaseModel):
    """What is looked for; None and empty do not restrict."""

    query: str = ""
    produces: str | None = None
    requires: str | None = None
    risk: Risk | None = None
    plannable: bool | None = None


def find(skills: Iterable[FoundSkill], wanted: Wanted, limit: int, cursor: str | None) -> SkillPage:
    """Return a page of the skills that fit, best match first, then by id. Raises InvalidInput."""
    fitting = [skill for skill in skills if _fits(skill, wanted)]
    terms = _terms(wanted.query)
    if wanted.query.strip() and not terms:
        raise InvalidInput("the query has no words", field="query", fix="Say what the skill should do.")
    scores = _scores(fitting, terms)
    ranked = sorted((skill for skill in fitting if scores[skill.id] > 0), key=lambda s: (-scores[s.id], s.id))
    start = _start(cursor, wanted)
    page = ranked[start : start + limit]
    more = start + limit < len(ranked)
    return SkillPage(skills=page, next_cursor=_cursor(start + limit, wanted) if more else None)


def _fits(skill: FoundSkill, wanted: Wanted) -> bool:
    planning = skill.planning
    taken = {*planning.requires.values(), *planning.optional.values()}
    return (
        (wanted.produces is None or wanted.produces in planning.produces.values())
        and (wanted.requires is None or wanted.requires in taken)
        and (wanted.risk is None or wanted.risk == planning.risk)
        and (wanted.plannable is None or wanted.plannable == planning.plannable)
    )


def _terms(text: str) -> list[str]:
    return [_ENDINGS.sub("", word) for word in _WORD.findall(text.lower())]


def _scores(skills: list[FoundSkill], terms: list[str]) -> dict[str, float]:
    """Weigh each skill by the terms it has, rare terms more; without terms all weigh the same."""
    if not terms:
        return {skill.id: 1.0 for skill in skills}
    bags = {skill.id: _bag(skill) for skill in skills}
    scores = dict.fromkeys(bags, 0.0)
    for term in set(terms):
        having = [id for id, bag in bags.items() if term in bag]
        rarity = math.log(1 + len(bags) / (len(having) or 1))
        for id in having:
            scores[id] += bags[id][term] * rarity
    return scores


def _bag(skill: FoundSkill) -> dict[str, float]:
    texts = {
        "name": f"{skill.unit} {skill.name}".replace("_", " "),
        "title": skill.title,
        "tags": " ".join(skill.tags),
        "description": skill.description,
        "examples": " ".join(skill.examples),
    }
    bag: dict[str, float] = {}
    for field, text in texts.items():
        for term in set(_terms(text)):
            bag[term] = bag.get(term, 0.0) + _WEIGHTS[field]
    return bag


def _cursor(start: int, wanted: Wanted) -> str:
    text = json.dumps([start, wanted.model_dump()])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _start(cursor: str | None, wanted: Wanted) -> int:
    if cursor is None:
        return 0
    try:
        start, asked = json.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidInput(
            "this is not a cursor", field="cursor", fix="Use next_cursor as it came."
        ) from None
    if asked != wanted.model_dump() or not isinstance(start, int) or start < 0:
        raise InvalidInput("the cursor belongs to another search", field="cursor", fix="Start without one.")
    return start
