"""What the skills take and return."""

from pydantic import BaseModel, Field

from shared.wire.evaluation import Evaluation, Judgement
from shared.wire.facts import CandidatesEvaluated, CandidatesFound
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef

MOST_STATEMENTS = 100
MOST_IDS = 100


class EvaluateCandidatesRequest(BaseModel):
    """Judge stored candidates against a stored revision of requirements."""

    requirements: RequirementsRef = Field(description="the approved revision to judge by")
    candidates: CandidatesFound = Field(description="whom to judge")


class EvaluateCandidatesResult(BaseModel):
    """``evaluated`` refers to what was stored; ``unknown`` names candidates that are no longer there."""

    evaluated: CandidatesEvaluated
    unknown: list[str] = Field(default_factory=list[str])
    reused: int = Field(default=0, description="verdicts that stood already, since nothing they read changed")
    summary: str = ""


class EvaluateCandidateRequest(BaseModel):
    """Judge one person. Give the demands in one of three ways, and the person in one of three.

    Demands: ``requirements`` (a whole document), ``qualifications`` (plain sentences) or
    ``requirements_ref`` (a stored revision). Person: ``dossier``, ``resume`` (plain text) or
    ``candidate_id`` (stored). What is sent inline is judged and forgotten.
    """

    requirements: Requirements | None = None
    qualifications: list[str] | None = Field(
        default=None, max_length=MOST_STATEMENTS, description="one testable statement each"
    )
    requirements_ref: RequirementsRef | None = None
    title: str = Field(default="", max_length=300, description="the role's title, with plain qualifications")
    dossier: Dossier | None = None
    resume: str | None = Field(default=None, description="a résumé as plain text, at most 200,000 characters")
    candidate_id: str | None = None


class EvaluateCandidateResult(BaseModel):
    """One evaluation with its quotes; ``evaluation_id`` is set when it was stored."""

    evaluation: Evaluation
    evaluation_id: str | None = None
    summary: str = ""


class GetEvaluationsRequest(BaseModel):
    """Read stored evaluations: of one run, of some candidates, or both."""

    evaluation_id: str | None = None
    candidate_ids: list[str] = Field(default_factory=list[str], max_length=MOST_IDS)
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=20, ge=1, le=100)


class GetEvaluationsResult(BaseModel):
    """Full evaluations in the run's order, or the newest of each candidate; ``more`` says go on."""

    evaluations: list[Evaluation]
    more: bool = False


class ExplainVerdictRequest(BaseModel):
    """Ask why one verdict came out as it did."""

    candidate_id: str
    qualification_id: str
    evaluation_id: str | None = Field(default=None, description="omit for the newest one")


class ExplainVerdictResult(BaseModel):
    """The judgement, and an explanation composed from nothing but it."""

    explanation: str
    judgement: Judgement
    engine: str
    input_hash: str


class StoredRun(BaseModel):
    """One evaluation run as it is kept."""

    evaluation_id: str
    project_id: str | None
    revision: int | None
    engine: str
    created_by: str
