"""What the catalogue says of the platform team's skills."""

from pydantic import BaseModel

from servers.evaluator.core.operating import (
    Changed,
    GetDifferencesRequest,
    GetDifferencesResult,
    GetServedRequest,
    GetServedResult,
    KeepGateRequest,
    ListVersionsRequest,
    ListVersionsResult,
    PromoteVersionRequest,
    RegisterVersionRequest,
    RollBackRequest,
    ShadowVersionRequest,
)
from shared.edge.cards import SkillSpec
from shared.wire.planning import Planning, Risk


def operating_skills() -> list[SkillSpec]:
    """Return the skills; the planner has no use for any of them."""
    return [
        _skill(
            "list_versions",
            "List the engine's versions",
            "Say which version of the engine judges, which one looks on, and what was decided by whom and why.",
            ListVersionsRequest,
            ListVersionsResult,
            risk="read",
        ),
        _skill(
            "get_differences",
            "Read differences in shadow",
            "Return on which of the organisation's verdicts a version in shadow and the serving one differ.",
            GetDifferencesRequest,
            GetDifferencesResult,
            risk="read",
        ),
        _skill(
            "get_served",
            "Read where a version is served",
            "Return the server and the name under which a version is asked, to measure it. For the platform team.",
            GetServedRequest,
            GetServedResult,
        ),
        _skill(
            "register_version",
            "Register a version",
            "Add a served model, or this release's rules, as a candidate for judging. For the platform team.",
            RegisterVersionRequest,
        ),
        _skill(
            "keep_gate",
            "Keep a gate's report",
            "Keep what the gate measured of a version and exactly its weights. For the platform team.",
            KeepGateRequest,
        ),
        _skill(
            "shadow_version",
            "Have a version look on",
            "Have a version judge beside the serving one without being heard. For the platform team.",
            ShadowVersionRequest,
        ),
        _skill(
            "promote_version",
            "Have a version judge",
            "Have a version judge for everybody that passed its gate as it is now. For the platform team.",
            PromoteVersionRequest,
        ),
        _skill(
            "roll_back",
            "Go back to the version before",
            "Have exactly what judged before judge again. For the platform team.",
            RollBackRequest,
        ),
    ]


def _skill(
    id: str,
    name: str,
    description: str,
    takes: type[BaseModel],
    gives: type[BaseModel] = Changed,
    *,
    risk: Risk = "decide",
) -> SkillSpec:
    return SkillSpec(
        id=id,
        name=name,
        description=description,
        input=takes,
        output=gives,
        planning=Planning(risk=risk, plannable=False),
        tags=("operating",),
    )
