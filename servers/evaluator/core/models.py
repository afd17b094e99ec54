"""What the skills take and return."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from shared.kernel.principal import Principal
from shared.wire.evaluation import Evaluation, Judgement, Recommendation, Verdict
from shared.wire.facts import CandidatesEvaluated, CandidatesFound, EvaluatedCandidate
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef

MOST_STATEMENTS = 100
MOST_IDS = 100
MOST_CANDIDATES = 10_000


class Budget(BaseModel):
    """How much one evaluation may use at most; what it does not reach is left, and said to be left."""

    candidates: int = Field(default=5_000, ge=1, le=MOST_CANDIDATES)
    seconds: float = Field(default=3_600, gt=0, description="of processor time, all processes together")


class EvaluateCandidatesRequest(BaseModel):
    """Judge stored candidates against a stored revision of requirements.

    A call that is repeated under its name goes on where it was stopped, with what it judged kept.
    """

    requirements: RequirementsRef = Field(description="the approved revision to judge by")
    candidates: CandidatesFound | None = Field(
        default=None, description="whom to judge; may be omitted with refresh"
    )
    deadline: AwareDatetime | None = Field(
        default=None,
        description="when to stop and hand over what there is, within 7 days; if omitted, 6 hours from now or "
        "from when the window opens next",
    )
    budget: Budget = Budget()
    window: str | None = Field(
        default=None,
        description="hours in which to work, such as '22:00-06:00 Europe/Berlin'; what is left at their end "
        "waits for the next opening",
    )
    refresh: bool = Field(
        default=False,
        description="look again at whom the project's newest evaluation was about, and at candidates, and tell "
        "who comes out otherwise; judged anew is only what changed since",
    )


class Changed(BaseModel):
    """A candidate who comes out otherwise than in an earlier evaluation; ``before`` is None for a new one."""

    candidate_id: str
    before: Recommendation | None
    now: Recommendation


SweepState = Literal["running", "done", "stopped", "cancelled", "failed"]


class EvaluateCandidatesResult(BaseModel):
    """``evaluated`` refers to what was stored; ``unknown`` names candidates that are no longer there.

    A judgement is one candidate's verdict on one qualification. Those of before stand while neither the
    profile nor the qualification nor the engine changed. ``changed`` names at most 100 of ``changed_total``,
    against the evaluation ``refreshed``.
    """

    evaluated: CandidatesEvaluated
    state: SweepState = Field(default="done", description="stopped: by its deadline or budget")
    why: str | None = Field(default=None, description="which limit stopped it")
    refreshed: str | None = Field(default=None, description="the evaluation that was looked at again")
    changed: list[Changed] = Field(default_factory=list[Changed])
    changed_total: int = 0
    unknown: list[str] = Field(default_factory=list[str])
    reused: int = Field(default=0, description="candidates of whom no judgement had to be made")
    kept: int = Field(default=0, description="judgements that stood already")
    redone: int = Field(default=0, description="judgements made now")
    left: int = Field(default=0, description="candidates that deadline or budget left unjudged")
    summary: str = ""
    remark: str | None = Field(default=None, description="what the person who asked should hear of it")


class Demanded(BaseModel):
    """What is demanded, in one of three ways."""

    requirements: Requirements | None = None
    qualifications: list[str] | None = Field(
        default=None, max_length=MOST_STATEMENTS, description="one testable statement each"
    )
    requirements_ref: RequirementsRef | None = None
    title: str = Field(default="", max_length=300, description="the role's title, with plain qualifications")


class Person(BaseModel):
    """Who is judged, in one of three ways."""

    dossier: Dossier | None = None
    resume: str | None = Field(default=None, description="a résumé as plain text, at most 200,000 characters")
    candidate_id: str | None = None


class EvaluateCandidateRequest(Person, Demanded):
    """Judge one person. Give the demands in one of three ways, and the person in one of three.

    Demands: ``requirements`` (a whole document), ``qualifications`` (plain sentences) or
    ``requirements_ref`` (a stored revision). Person: ``dossier``, ``resume`` (plain text) or
    ``candidate_id`` (stored). What is sent inline is judged and forgotten.
    """


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


class GetOutcomesRequest(BaseModel):
    """Read how the candidates of one evaluation came out, page by page."""

    evaluation_id: str
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=500, ge=1, le=1_000)


class GetOutcomesResult(BaseModel):
    """Outcomes in the order in which the candidates were given; ``more`` says go on."""

    results: list[EvaluatedCandidate]
    more: bool = False


class ExplainVerdictRequest(BaseModel):
    """Ask why one verdict came out as it did."""

    candidate_id: str
    qualification_id: str
    evaluation_id: str | None = Field(default=None, description="omit for the newest one")


class ExplainVerdictResult(BaseModel):
    """The judgement, and an explanation that rests on nothing but it."""

    explanation: str
    worded_by: str | None = Field(
        default=None, description="the chat model that worded the reason; null where it was composed by code"
    )
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


class Judged(BaseModel):
    """One candidate's evaluation as it is kept.

    Attributes:
        reading: hash of what was read of the dossier.
        questions: hash of what was asked, judgement by judgement.
        kept: how many of the judgements stood already.
        alone: whether rules alone judged, since the model did not answer.
    """

    evaluation: Evaluation
    reading: str
    questions: list[str]
    kept: int = 0
    alone: bool = False


class Sweep(BaseModel):
    """The evaluation of many, cut into pieces that are worked off one after another.

    ``principal`` is for whom it works, with a token that may be kept; ``round`` counts how often it was
    taken up; ``stopped`` is by deadline or budget, with what was judged in time. ``pieces`` and
    ``candidates`` are how many there are in all, ``open_pieces`` how many are left. ``refreshed`` is the
    evaluation that it looks at again. ``alone`` counts whom rules alone judged, since the model did not answer.
    """

    id: str
    state: SweepState
    reason: str | None
    retryable: bool = False
    round: int = 1
    requirements: Requirements
    project_id: str
    revision: int
    principal: Principal | None
    deadline: datetime
    seconds: float
    window: str | None = None
    refreshed: str | None = None
    candidates: int
    left_out: int
    pieces: int
    open_pieces: int
    spent: float = 0.0
    judged: int = 0
    reused: int = 0
    kept: int = 0
    redone: int = 0
    alone: int = 0


class Piece(BaseModel):
    """A few candidates of a sweep: ``number`` from 0, their places from ``first``."""

    number: int
    first: int
    candidate_ids: list[str]
    done: bool = False


class Difference(BaseModel):
    """One judgement on which the two do not agree."""

    candidate_id: str
    qualification_id: str
    statement: str
    serving: Verdict
    serving_confidence: float
    shadow: Verdict
    shadow_confidence: float


class Comparison(BaseModel):
    """Two engines over the same judgements, and where a version in shadow came to another verdict."""

    serving: str
    shadow: str
    judgements: int
    differing: int
    differences: list[Difference]

    def without_people(self) -> "Comparison":
        """Return the counts alone."""
        return self.model_copy(update={"differences": []})


class PieceResult(BaseModel):
    """What became of a piece: evaluations in order, who was not there, and processor seconds.

    ``comparison`` is with what a version in shadow said, where one looked too.
    """

    judged: list[Judged]
    unknown: list[str]
    seconds: float
    comparison: Comparison | None = None
