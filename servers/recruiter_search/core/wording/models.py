"""A query as it was read out of words, with how each of them was read."""

from typing import Literal

from pydantic import BaseModel, Field

from servers.recruiter_search.core.saved.models import WholeQuery

LONGEST = 1000
Part = Literal["filters", "exclude", "prefer", "expression", "text", "nothing"]
"""Where words went in the query; ``nothing``: they set no condition."""


class ReadWords(BaseModel):
    """Words that were understood."""

    words: str = Field(description="as they were typed")
    start: int = Field(description="first character")
    end: int = Field(description="the character after the last")
    part: Part
    filter: str = Field(default="", description="the filter that they set, such as skills_all")
    says: str = Field(description="what they were taken to ask for")
    by: Literal["rules", "model"] = "rules"


class UnreadWords(BaseModel):
    """Words that nothing was understood by, and what became of them."""

    words: str
    start: int
    end: int
    kept: Part = Field(description="text: most of its words count; nothing: they are not searched")


class Doubt(BaseModel):
    """Words that may mean something else, how they were taken, and what else they could be."""

    words: str
    taken: str
    otherwise: str


class RefusedWords(BaseModel):
    """Words that ask for what nobody may be selected by. They are not searched."""

    words: str
    attribute: str
    reason: str
    rewording: str | None = None


class QueryFromWords(BaseModel):
    """A typed query to show, change and run."""

    query: WholeQuery
    read: list[ReadWords] = Field(default_factory=list[ReadWords])
    unread: list[UnreadWords] = Field(default_factory=list[UnreadWords])
    doubts: list[Doubt] = Field(default_factory=list[Doubt])
    refused: list[RefusedWords] = Field(default_factory=list[RefusedWords])
    expression: str | None = Field(
        default=None, description="the conditions in the boolean language, as far as that can say them"
    )
    not_in_expression: list[str] = Field(
        default_factory=list, description="parts of the query that the boolean language cannot say"
    )
    engine: str = Field(default="rules", description="who read it: rules, or rules and a model's name")
    notes: list[str] = Field(default_factory=list)
