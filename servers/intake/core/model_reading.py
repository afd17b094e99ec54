"""What a model may say of a posting and of a change. All of it is checked before anything is made of it."""

from typing import Literal

from pydantic import BaseModel, Field

from shared.wire.requirements import Importance, QualificationKind


class Line(BaseModel):
    """One line of a posting as the model gets it."""

    line: int
    heading: str
    text: str


class StatedDemand(BaseModel):
    """One thing that a line asks of candidates."""

    line: int = Field(description="number of the line that asks for it")
    quote: str = Field(description="the words of that line that ask for it, copied character by character")
    statement: str = Field(description="the same as one short statement that can be tested")
    kind: QualificationKind
    importance: Importance


class PostingReading(BaseModel):
    """What a posting asks for, line by line; a line without a demand asks nothing of candidates."""

    title: str = Field(description="the role's title in the posting's own words, empty where it has none")
    demands: list[StatedDemand]


Action = Literal[
    "remove", "make_optional", "make_required", "add", "add_optional", "title", "location", "seniority", "unclear"
]  # fmt: skip


class WordedChange(BaseModel):
    """What one sentence of a person wants changed."""

    change: int = Field(description="number of the change")
    action: Action
    targets: list[int] = Field(description="numbers of the statements meant; empty unless one is changed")
    words: str = Field(description="for add, title, location, seniority: the person's own words for it")


class ChangesReading(BaseModel):
    """What several sentences want changed."""

    changes: list[WordedChange]
