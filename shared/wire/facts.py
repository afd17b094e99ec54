"""Small references that plans carry from one unit to the next; the documents behind them stay where they are.

Each class is the value of one planning fact, named in its docstring.
"""

from pydantic import BaseModel, Field

from shared.wire.evaluation import Recommendation

FACT_PEOPLE = 100
"""So many people are named in a fact; of more it says how many there are, and where to read them."""


class ProjectRef(BaseModel):
    """Fact ``project.ref``: a hiring project and the revision of its requirements that is meant."""

    project_id: str
    revision: int = Field(ge=1)


class CandidatesFound(BaseModel):
    """Fact ``candidates.found``: what one round of sourcing brought.

    Where ``total`` is more than are named, the rest is read with ``sourcing.get_found``, by ``round``.
    """

    search_id: str
    project_id: str
    candidate_ids: list[str] = Field(max_length=FACT_PEOPLE)
    round: int | None = Field(default=None, ge=1)
    total: int | None = Field(default=None, ge=0, description="people in all; those named if omitted")


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
    """Fact ``candidates.evaluated``: one evaluation run against one revision of requirements.

    Where ``total`` is more than are named, the rest is read with ``evaluator.get_outcomes``.
    """

    evaluation_id: str
    project_id: str
    revision: int = Field(ge=1)
    results: list[EvaluatedCandidate] = Field(max_length=FACT_PEOPLE)
    total: int | None = Field(default=None, ge=0, description="candidates in all; those named if omitted")


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
