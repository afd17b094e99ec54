"""Small references that plans carry from one unit to the next; the documents behind them stay where they are.

Each class is the value of one planning fact, named in its docstring.
"""

from pydantic import BaseModel, Field

from shared.wire.evaluation import Recommendation


class ProjectRef(BaseModel):
    """Fact ``project.ref``: a hiring project and the revision of its requirements that is meant."""

    project_id: str
    revision: int = Field(ge=1)


class CandidatesFound(BaseModel):
    """Fact ``candidates.found``: what one round of sourcing brought."""

    search_id: str
    project_id: str
    candidate_ids: list[str] = Field(max_length=100)


class EvaluatedCandidate(BaseModel):
    """How one candidate came out, in counts; the verdicts with their quotes stay with the evaluator."""

    candidate_id: str
    recommendation: Recommendation
    meets: int = Field(ge=0)
    partial: int = Field(ge=0)
    not_met: int = Field(ge=0)
    no_evidence: int = Field(ge=0)
    missing: list[str] = Field(
        default_factory=list, description="ids of qualifications that are not met or lack evidence"
    )


class CandidatesEvaluated(BaseModel):
    """Fact ``candidates.evaluated``: one evaluation run against one revision of requirements."""

    evaluation_id: str
    project_id: str
    revision: int = Field(ge=1)
    results: list[EvaluatedCandidate] = Field(max_length=100)


class Shortlisted(BaseModel):
    """One place on a shortlist."""

    candidate_id: str
    recommendation: Recommendation


class ShortlistCurrent(BaseModel):
    """Fact ``shortlist.current``: the list as it stands, best first.

    ``found`` counts candidates that match well enough to fill one of the ``wanted`` places; ``weak`` names
    the qualifications that few of the evaluated candidates could show, most often missing first.
    """

    project_id: str
    revision: int
    entries: list[Shortlisted]
    wanted: int
    found: int
    weak: list[str] = Field(default_factory=list)
