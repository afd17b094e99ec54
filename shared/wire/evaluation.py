"""What the evaluator says of one candidate: a verdict with proof for each qualification."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field


class Verdict(StrEnum):
    """The four answers. Missing evidence is its own answer, never a low one."""

    MEETS = "meets"
    PARTIAL = "partial"
    NOT_MET = "not_met"
    NO_EVIDENCE = "no_evidence"


Recommendation = Literal["strong_match", "good_match", "possible_match", "needs_a_look", "not_a_match"]


class Quote(BaseModel):
    """Verbatim characters ``[start, end)`` of a source's text."""

    source: str
    start: int
    end: int
    text: str


class Judgement(BaseModel):
    """The verdict on one qualification."""

    qualification_id: str
    statement: str
    importance: Literal["must_have", "nice_to_have"]
    verdict: Verdict
    quotes: list[Quote] = Field(default_factory=list)
    reason: str
    confidence: float = Field(ge=0, le=1)
    engine: str | None = Field(default=None, description="what settled this one: rules, or a judging model")
    prompt_hash: str | None = Field(
        default=None,
        description="SHA-256 of what a chat model was told, with the schema; null where none judged",
    )


class Evaluation(BaseModel):
    """One candidate judged against one revision of requirements."""

    candidate_id: str
    recommendation: Recommendation
    summary: str
    judgements: list[Judgement]
    engine: str = Field(description="what judged, such as rules-6 or judge-2f9a81c4d07e+rules-6")
    input_hash: str = Field(description="SHA-256 of everything the engine read; equal hash, equal verdicts")
    flags: list[str] = Field(default_factory=list)
