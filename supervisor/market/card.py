"""An answer about the market as it is shown: a sentence, tables, and what the figures stand on."""

from typing import Any

from pydantic import BaseModel, Field

KIND = "market"


class Note(BaseModel):
    """Words, and why they do not count."""

    words: str
    says: str


class Table(BaseModel):
    """Rows of figures; the first column says of what."""

    heading: str = ""
    columns: list[str]
    rows: list[list[str]]
    marked: int | None = Field(default=None, description="the row that was asked about")


class Basis(BaseModel):
    """What figures stand on, as talent_insights says it."""

    as_of: str
    about: str
    n: int | None = None
    how: str
    k: int
    noise: int = 0
    hidden: int = 0
    complete: bool = True
    note: str = ""


class MarketCard(BaseModel):
    """The answer to one question.

    ``changed`` is what is asked otherwise than before, ``left`` what was said of whom and is not counted by; ``then`` are
    further things that may be said.
    """

    title: str
    told: str
    tables: list[Table] = Field(default_factory=list[Table])
    basis: Basis
    changed: list[str] = Field(default_factory=list[str])
    left: list[str] = Field(default_factory=list)
    refused: list[Note] = Field(default_factory=list[Note])
    then: list[str] = Field(default_factory=list)

    @property
    def stands_on(self) -> str:
        """When and from how many it was counted, and what is hidden for privacy's sake."""
        basis = self.basis
        said = [f"Counted on {basis.as_of}" + (f" from {basis.n:,}." if basis.n is not None else ".")]
        if not basis.complete:
            said.append("The pool is still being read: figures are too low.")
        said.append(f"Nothing is told of fewer than {basis.k}")
        said[-1] += (
            f", and counts of people are off by up to {basis.noise} on purpose." if basis.noise else "."
        )
        if basis.hidden:
            said.append(f"{basis.hidden} smaller groups are left out.")
        return " ".join([*said, *([basis.note] if basis.note else [])])

    def shown(self) -> dict[str, Any]:
        """Return the card as the page takes it."""
        return self.model_dump(mode="json") | {"stands_on": self.stands_on}


def card_text(card: MarketCard) -> str:
    """Return the card as Markdown, for who sees no cards."""
    parts = [f"**{card.title}: {card.basis.about}**", *([card.told] if card.told else [])]
    if card.changed:
        parts.insert(0, ". ".join(card.changed) + ".")
    if card.refused:
        told = "\n".join(f"- “{one.words}”: {one.says}" for one in card.refused)
        parts.append(f"Left out, because nobody may be counted by it:\n{told}")
    if card.left:
        parts.append("Not counted by:\n" + "\n".join(f"- {one}" for one in card.left))
    for table in card.tables:
        head = f"{table.heading}:\n" if table.heading else ""
        parts.append(head + "\n".join(_row(table, row) for row in table.rows))
    parts.append(f"{card.stands_on} {card.basis.how}")
    if card.then:
        parts.append("You may also say " + " or ".join(f"“{one}”" for one in card.then) + ".")
    return "\n\n".join(parts)


def _row(table: Table, row: list[str]) -> str:
    facts = (
        f"{name.lower()} {value}" for name, value in zip(table.columns[1:], row[1:], strict=True) if value
    )
    return f"- {row[0]}: {', '.join(facts)}"
