"""What the supervisor tells other agents about itself."""

from a2a.types.a2a_pb2 import AgentCard

from shared.edge.cards import SkillSpec, agent_card
from shared.edge.manifest import load_manifest
from shared.wire.planning import Cost, Planning
from supervisor.models import HireRequest, HireResult

NAME = "Hiremesh supervisor"
DESCRIPTION = (
    "A hiring assistant. Give it a posting or a sentence about a role: it drafts the requirements, asks a "
    "recruiter to approve them, finds people, judges each qualification with quoted evidence and returns a "
    "shortlist. Progress streams while it works; it stops with INPUT_REQUIRED wherever a person must decide."
)

HIRE = SkillSpec(
    id="hire",
    name="Hire for a role",
    description=(
        "From a posting or a sentence to an evidence-backed shortlist. Asks for approval on the way: answer "
        'with the data {"approved": true} or {"approved": false, "reason": "…"}.'
    ),
    input=HireRequest,
    output=HireResult,
    planning=Planning(risk="write", mode="background", cost=Cost(seconds=60), plannable=False),
    tags=("hiring", "shortlist", "requirements"),
    examples=("Senior data engineer in Berlin, five years of Python, German B2",),
)


def build_card() -> AgentCard:
    """Return the card."""
    return agent_card(
        load_manifest(__package__ or "supervisor"), name=NAME, description=DESCRIPTION, skills=[HIRE]
    )
