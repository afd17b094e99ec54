"""What a model takes unread words for, checked against the words: without words behind it nothing is asked.

A model names; whether what it names is wanted, unwanted or liked is read from the words by the same rules.
"""

import re
from typing import Literal, Protocol

from pydantic import BaseModel, Field

from servers.recruiter_search.core.names import Kind as Named
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.mentions import Kind, Mention
from servers.recruiter_search.core.wording.models import UnreadWords
from servers.recruiter_search.core.wording.protected import find_protected

ProposedField = Literal[
    "skills", "occupations", "industries", "functions", "locations", "certificates", "fields_of_study", "titles",
    "companies",
]  # fmt: skip
_KNOWN: dict[ProposedField, tuple[Kind, Named]] = {
    "skills": ("skill", "skill"),
    "occupations": ("occupation", "occupation"),
    "industries": ("industry", "industry"),
    "functions": ("function", "function"),
    "locations": ("place", "place"),
    "certificates": ("certificate", "certificate"),
    "fields_of_study": ("study", "field_of_study"),
}


class Proposed(BaseModel):
    """What some of the unread words name."""

    words: str = Field(description="the words that name it, copied character by character")
    field: ProposedField
    value: str = Field(description="the usual name of what they name")


class Proposals(BaseModel):
    """What a model reads in unread words; those without a reading name nothing."""

    readings: list[Proposed]


class Proposer(Protocol):
    """A model that reads what the rules could not."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    async def propose(self, words: str, unread: list[str]) -> tuple[Proposals, str]:
        """Return readings of the unread parts of ``words``, and a sentence to say where the model failed."""
        ...


def grounded(
    proposals: Proposals, text: str, unread: list[UnreadWords], names: Names
) -> tuple[list[Mention], list[str]]:
    """Return what stands of ``proposals`` as mentions in ``text``, and what was dropped, with why."""
    kept: list[Mention] = []
    dropped: list[str] = []
    for one in proposals.readings:
        place = _place(one.words, text, unread, kept)
        found = _mention(one, *place, text, names) if place else None
        if found:
            kept.append(found)
        else:
            why = "nothing is known by that name" if place else "no unread words stand behind it"
            dropped.append(f"The model's {one.field}: “{one.value[:80]}” is not asked: {why}.")
    return kept, dropped


def _place(words: str, text: str, unread: list[UnreadWords], taken: list[Mention]) -> tuple[int, int] | None:
    """Return where the words stand among those that nobody has read yet."""
    sought = r"\s+".join(re.escape(word) for word in words.split())
    if not sought:
        return None
    for part in unread:
        for found in re.compile(rf"(?<!\w){sought}(?!\w)", re.I).finditer(text, part.start, part.end):
            if not any(found.start() < one.end and one.start < found.end() for one in taken):
                return found.span()
    return None


def _mention(one: Proposed, start: int, end: int, text: str, names: Names) -> Mention | None:
    if find_protected(f"{text[start:end]}, {one.value}", names.taxonomy):
        return None
    if one.field == "titles":
        return Mention(start, end, "trade", text[start:end], by="model")
    if one.field == "companies":
        return Mention(start, end, "company", text[start:end], ("",), by="model")
    kind, named = _KNOWN[one.field]
    ids = names.ids(named, one.value)
    return Mention(start, end, kind, ids[0], by="model") if ids else None
