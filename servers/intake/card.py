"""What intake tells other agents about itself."""

from a2a.types.a2a_pb2 import AgentCard

from servers.intake.core.models import CheckRequest, CheckResult, DraftRequest, DraftResult
from shared.edge.cards import SkillSpec, agent_card
from shared.edge.manifest import load_manifest
from shared.wire.planning import Cost, Planning


def build_card() -> AgentCard:
    """Return the card of the intake agent."""
    return agent_card(
        load_manifest("servers.intake"),
        name="Intake",
        description=(
            "Reads a job posting, or a sentence about a role, and writes down what it asks for as single "
            "testable statements. Says what it inferred and why, asks what it cannot infer, names "
            "contradictions, and refuses demands that must not be made, with a lawful rewording."
        ),
        skills=[
            SkillSpec(
                id="draft_requirements",
                name="Draft requirements",
                description=(
                    "Turn a posting or a sentence into structured requirements: title, seniority, place, way "
                    "of working, and must-have and nice-to-have qualifications, each with its kind, its "
                    "parameters and a quote of the posting. Send the answers to its questions to complete it."
                ),
                input=DraftRequest,
                output=DraftResult,
                planning=Planning(
                    requires={"text": "role.brief"},
                    optional={"answers": "role.answers", "changes": "role.changes"},
                    produces={"requirements": "requirements.draft"},
                    risk="write",
                    cost=Cost(seconds=1.0),
                ),
                tags=("requirements", "posting", "intake"),
                examples=(
                    "Senior data engineer in Berlin, German B2, remote ok",
                    "We are hiring a nurse in Austin, TX …",
                ),
            ),
            SkillSpec(
                id="check_qualification",
                name="Check a qualification",
                description=(
                    "Say whether one demand may be made of candidates. A refused one comes back with the "
                    "protected attribute or proxy it rests on, the reason, and a lawful rewording."
                ),
                input=CheckRequest,
                output=CheckResult,
                planning=Planning(risk="read", plannable=False),
                tags=("fairness", "compliance"),
                examples=("Native English speaker", "Recent graduates only"),
            ),
        ],
    )
