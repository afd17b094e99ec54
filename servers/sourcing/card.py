"""What the catalogue says of this agent."""

from a2a.types.a2a_pb2 import AgentCard

from servers.sourcing.core.models import (
    ExplainSearchRequest,
    ExplainSearchResult,
    FindCandidatesRequest,
    FindCandidatesResult,
    GetFoundRequest,
    GetFoundResult,
)
from shared.edge.cards import SkillSpec, agent_card
from shared.edge.manifest import load_manifest
from shared.wire.planning import Cost, Planning

NAME = "sourcing"
DESCRIPTION = (
    "Finds people for approved requirements. It plans many searches, from all that the role insists on to "
    "near skills, neighbouring occupations, employers and schools that feed such work, people who may be "
    "ready to move, who got far in past projects, and who resembles a good match or somebody who was taken "
    "further. Each round of 25 new people, or as many as are asked for, goes where evaluation found most good "
    "matches so far, with some left to try the rest; nobody comes twice for the same requirements, and whom "
    "people rejected not at all, whatever record is theirs now. It says what each search yielded, of how many "
    "judged, and stops once more would hardly help: `aim` says how soon. It never searches by age, gender, "
    "origin or anything else that is no ground for selection."
)


def build_card() -> AgentCard:
    """Return the card with all skills."""
    manifest = load_manifest("servers.sourcing")
    skills = [_find_candidates(), _get_found(), _explain_search()]
    return agent_card(manifest, name=NAME, description=DESCRIPTION, skills=skills, version="1.1.0")


def _find_candidates() -> SkillSpec:
    return SkillSpec(
        id="find_candidates",
        name="Find candidates",
        description=(
            "Run the next round of searches for a role and return up to 25 new people, or up to `batch`. With "
            "the shortlist as feedback the searches are refined and weighed first; for changed requirements everybody "
            "found before comes along, but whom people rejected. `exhausted` says that more would not help, `reason` why."
        ),
        input=FindCandidatesRequest,
        output=FindCandidatesResult,
        planning=Planning(
            requires={"requirements": "requirements.approved"},
            optional={
                "feedback": "shortlist.current",
                "state": "sourcing.state",
                "batch": "sourcing.batch",
                "aim": "sourcing.aim",
            },
            produces={
                "found": "candidates.found",
                "state": "sourcing.state",
                "exhausted": "sourcing.exhausted",
            },
            risk="write",
            mode="background",
            cost=Cost(seconds=2),
        ),
        tags=("sourcing", "search"),
        examples=("Find people for this project.", "Find more: few of the last ones knew Kafka."),
    )


def _get_found() -> SkillSpec:
    return SkillSpec(
        id="get_found",
        name="Read who was found",
        description="Return whom one round of a search handed on, page by page.",
        input=GetFoundRequest,
        output=GetFoundResult,
        planning=Planning(risk="read", plannable=False),
        tags=("sourcing",),
    )


def _explain_search() -> SkillSpec:
    return SkillSpec(
        id="explain_search",
        name="Explain a search",
        description="Say which searches ran for a project, what each brought, and why they changed.",
        input=ExplainSearchRequest,
        output=ExplainSearchResult,
        planning=Planning(risk="read", plannable=False),
        tags=("explanation",),
        examples=("Why did you look at data analysts?",),
    )
