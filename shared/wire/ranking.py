"""Weights of what ranks people in a search, as a person approved them for a project."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Weight = Annotated[float | None, Field(ge=0, le=100)]


class RankingWeights(BaseModel):
    """What counts otherwise than usual in a hit's score; what is left out counts as recruiter_search has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Weight = Field(default=None, description="a word in a title")
    skill_names: Weight = Field(default=None, description="a word in the name of a skill")
    everything: Weight = Field(default=None, description="a word anywhere")
    words: Weight = Field(default=None, description="part of the score: the query's words and preferences")
    taxonomy: Weight = Field(default=None, description="part of the score: skills and kinds of work meant")
    meaning: Weight = Field(default=None, description="part of the score: likeness in meaning")
    recency: Weight = Field(default=None, description="part of the score: how lately the record changed")

    @property
    def given(self) -> dict[str, float]:
        """The weights that are other than usual, by name."""
        return self.model_dump(exclude_none=True)


class ApprovedRanking(BaseModel):
    """How a project's people are ranked: by whom it was approved, when and why; nobody where it is as usual."""

    project_id: str
    weights: RankingWeights = RankingWeights()
    reason: str = ""
    approved_by: str | None = None
    approved_at: datetime | None = None
