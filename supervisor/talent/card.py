"""A search as it is shown: the query as it was understood, what each condition does, whom it found and why."""

from collections.abc import Iterable

from pydantic import BaseModel, Field, field_validator

KIND = "search"
BY_ID = "filters.candidate_ids"
"""A condition that says nothing of anybody."""
ROLE = "make it a role"
CHANGING = (
    "Change it with “only …”, “or …”, “drop …” or “query: …”; say “more”, “tell me when new ones come”, or "
    f"“{ROLE}” to have requirements drafted and people judged."
)


class Match(BaseModel):
    """A condition that holds, and the texts that show it."""

    clause: str = ""
    says: str
    passages: list[str] = Field(default_factory=list)


class Hit(BaseModel):
    """Somebody found, and what shows that the conditions hold. No name: people are named once they were judged."""

    candidate_id: str
    headline: str
    place: str | None = None
    years: float | None = None
    top_skills: list[str] = Field(default_factory=list)
    matched: list[Match] = Field(default_factory=list[Match])

    @field_validator("matched")
    @classmethod
    def _shown(cls, matched: list[Match]) -> list[Match]:
        """Leave out what nothing shows, such as what somebody must not have done."""
        return [one for one in matched if one.passages and one.clause != BY_ID]


class Counted(BaseModel):
    """One condition: how many satisfy it alone, and how many there were without it."""

    says: str
    alone: int
    without: int


class Note(BaseModel):
    """Words, and what became of them."""

    words: str
    says: str


class SearchCard(BaseModel):
    """What one search came to.

    ``expression`` is what can be edited, ``beside`` what the boolean language cannot say; ``first`` is the place
    of the first hit in the whole result, ``before`` how many there were before the last change.
    """

    title: str = "Search"
    asked: str = ""
    expression: str = ""
    beside: list[str] = Field(default_factory=list)
    read: list[Note] = Field(default_factory=list[Note])
    unread: list[Note] = Field(default_factory=list[Note])
    doubts: list[Note] = Field(default_factory=list[Note])
    refused: list[Note] = Field(default_factory=list[Note])
    changed: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    before: int | None = None
    total: int = 0
    near: int = 0
    told: str = ""
    clauses: list[Counted] = Field(default_factory=list[Counted])
    hits: list[Hit] = Field(default_factory=list[Hit])
    first: int = 1
    more: bool = False


def card_text(card: SearchCard) -> str:
    """Return the card as Markdown, for who sees no cards."""
    looked_for = f" for: {card.expression}" if card.expression else ""
    parts = [f"{card.title}: **{_people(card.total)}**{_near(card)}{looked_for}"]
    if card.beside:
        parts.append("And beside that:\n" + _listed(card.beside))
    if card.changed:
        was = f" Before: {card.before:,}." if card.before is not None else ""
        parts.append(". ".join(card.changed) + f".{was}")
    for heading, notes in (
        ("Left out, because nobody may be selected by it", card.refused),
        ("Not understood", card.unread),
        ("May mean something else", card.doubts),
    ):
        if notes:
            parts.append(f"{heading}:\n" + _listed(f"“{one.words}”: {one.says}" for one in notes))
    parts += card.notes
    if len(card.clauses) > 1:
        counts = (f"{one.says}: {one.alone:,} alone; without it {one.without:,}" for one in card.clauses)
        parts.append(f"{card.told}\n" + _listed(counts))
    parts += [_hit_text(one, number) for number, one in enumerate(card.hits, card.first)]
    return "\n\n".join([*parts, CHANGING])


def _near(card: SearchCard) -> str:
    return f", and {card.near:,} near in meaning" if card.near else ""


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _hit_text(hit: Hit, number: int) -> str:
    facts = [hit.headline, hit.place, f"{hit.years:g} years" if hit.years is not None else None]
    why = [
        f"- {one.says}" + "".join(f" “{text.strip()}”" for text in one.passages[:1]) for one in hit.matched
    ]
    return "\n".join([f"{number}. **{' · '.join(one for one in facts if one)}**", *why])
