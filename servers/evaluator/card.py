"""What the catalogue says of this agent."""

from a2a.types.a2a_pb2 import AgentCard

from servers.evaluator.core.models import (
    EvaluateCandidateRequest,
    EvaluateCandidateResult,
    EvaluateCandidatesRequest,
    EvaluateCandidatesResult,
    ExplainVerdictRequest,
    ExplainVerdictResult,
    GetEvaluationsRequest,
    GetEvaluationsResult,
    GetOutcomesRequest,
    GetOutcomesResult,
)
from servers.evaluator.core.people import EvaluatePeopleRequest, EvaluatePeopleResult
from servers.evaluator.versions.card import operating_skills
from shared.edge.cards import SkillSpec, agent_card
from shared.edge.manifest import load_manifest
from shared.wire.planning import Cost, Planning

NAME = "evaluator"
DESCRIPTION = (
    "Judges candidates one qualification at a time. Each verdict is meets, partial, not_met or no_evidence, "
    "with verbatim quotes that were checked against their source, a reason and a confidence. Missing "
    "evidence never counts against anybody. Name, pronouns, contact data, age, family and the like are "
    "masked before judging, and text in a profile is data, never an instruction. Equal input, equal verdict."
)


def build_card() -> AgentCard:
    """Return the card with all skills."""
    skills = [
        _evaluate_candidates(),
        _evaluate_candidate(),
        _evaluate_people(),
        _get_evaluations(),
        _get_outcomes(),
        _explain_verdict(),
        *operating_skills(),
    ]
    manifest = load_manifest("servers.evaluator")
    return agent_card(manifest, name=NAME, description=DESCRIPTION, skills=skills)


def _evaluate_candidates() -> SkillSpec:
    return SkillSpec(
        id="evaluate_candidates",
        name="Evaluate candidates",
        description=(
            "Judge stored candidates, up to thousands, against an approved revision of a project's "
            "requirements. Works piece by piece in the background and streams outcomes as they are reached; of "
            "more than 100 candidates only those that match well. A verdict that rests on nothing that changed "
            "stands and is not judged again. Stops at a deadline or budget with what there is; the same call "
            "again goes on where a cancelled one stopped. Can work in certain hours only, and look again at a "
            "project's last evaluation and tell who comes out otherwise since. The full verdicts are read with "
            "get_evaluations."
        ),
        input=EvaluateCandidatesRequest,
        output=EvaluateCandidatesResult,
        planning=Planning(
            requires={"requirements": "requirements.approved", "candidates": "candidates.found"},
            optional={"deadline": "limits.deadline", "budget": "limits.budget", "window": "limits.window"},
            produces={"evaluated": "candidates.evaluated"},
            risk="write",
            mode="background",
            cost=Cost(seconds=3),
        ),
        tags=("evaluation", "evidence"),
        examples=(
            "Judge the candidates that sourcing found for this project.",
            "Look again tonight, between 22:00 and 6:00 in Berlin, at everybody judged for this project.",
        ),
    )


def _evaluate_candidate() -> SkillSpec:
    return SkillSpec(
        id="evaluate_candidate",
        name="Evaluate one candidate",
        description=(
            "Judge one person: a dossier or a résumé's text sent along, or a stored candidate; against "
            "requirements or plain sentences sent along, or a stored revision. What is sent is not kept."
        ),
        input=EvaluateCandidateRequest,
        output=EvaluateCandidateResult,
        planning=Planning(risk="write", plannable=False),
        tags=("evaluation", "evidence", "partners"),
        examples=("Does this résumé show 5 years of Python and a degree in computer science?",),
    )


def _evaluate_people() -> SkillSpec:
    return SkillSpec(
        id="evaluate_people",
        name="Evaluate several people",
        description=(
            "Judge up to 50 people, given as for one candidate, by the same demands, one after another. Streams each "
            "evaluation as it is reached, in order, as a data part of the artifact 'partial', and how many are done. "
            "Cancelled, it judges nobody else; what was streamed stays with the task. A person who cannot be judged "
            "(too much text, none that can be read, no such candidate) is named before anybody is judged."
        ),
        input=EvaluatePeopleRequest,
        output=EvaluatePeopleResult,
        planning=Planning(risk="write", plannable=False),
        tags=("evaluation", "evidence", "partners"),
        examples=("Which of these ten résumés show experience with Apache Airflow?",),
    )


def _get_evaluations() -> SkillSpec:
    return SkillSpec(
        id="get_evaluations",
        name="Read evaluations",
        description="Return stored evaluations with every verdict and its quotes, by run or by candidate.",
        input=GetEvaluationsRequest,
        output=GetEvaluationsResult,
        planning=Planning(risk="read", plannable=False),
        tags=("evaluation", "evidence"),
    )


def _get_outcomes() -> SkillSpec:
    return SkillSpec(
        id="get_outcomes",
        name="Read outcomes",
        description="Return how the candidates of one evaluation came out, in counts, page by page.",
        input=GetOutcomesRequest,
        output=GetOutcomesResult,
        planning=Planning(risk="read", plannable=False),
        tags=("evaluation",),
    )


def _explain_verdict() -> SkillSpec:
    return SkillSpec(
        id="explain_verdict",
        name="Explain a verdict",
        description="Say in words why one verdict on one candidate came out as it did.",
        input=ExplainVerdictRequest,
        output=ExplainVerdictResult,
        planning=Planning(risk="read", plannable=False),
        tags=("explanation",),
    )
