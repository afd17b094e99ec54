"""The skills of the platform team: which engine judges, which one looks on, and how that changes.

Deciding takes the scope ``models.decide``, which a recruiter's sign-in does not hold; the door asks for it and has
each decision on record. It is for every organisation, whichever the caller belongs to.
"""

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
from servers.evaluator.versions.engine_versions import EngineVersions
from shared.edge.a2a import A2AUnit
from shared.edge.turn import Turn


def add_operating(agent: A2AUnit, versions: EngineVersions) -> None:
    """Add the skills."""
    _add_reading(agent, versions)

    @agent.skill("register_version")
    async def register_version(request: RegisterVersionRequest, turn: Turn) -> Changed:
        name = await versions.register(request.served, turn.principal.subject)
        return Changed(version=name, summary=f"{name} is a candidate.")

    @agent.skill("keep_gate")
    async def keep_gate(request: KeepGateRequest, turn: Turn) -> Changed:
        passed = await versions.gate(request.version, request.report, turn.principal.subject)
        said = "may serve" if passed else "has not passed"
        return Changed(version=request.version, summary=f"{request.version} {said}.")

    @agent.skill("shadow_version")
    async def shadow_version(request: ShadowVersionRequest, turn: Turn) -> Changed:
        before = await versions.shadow(request.version, turn.principal.subject, request.reason)
        instead = f" instead of {before}" if before else ""
        summary = f"{request.version} looks on in shadow{instead}."
        return Changed(version=request.version, before=before, summary=summary)

    @agent.skill("promote_version")
    async def promote_version(request: PromoteVersionRequest, turn: Turn) -> Changed:
        before = await versions.promote(request.version, turn.principal.subject, request.reason)
        instead = before or "what the environment names"
        summary = f"{request.version} serves instead of {instead}."
        return Changed(version=request.version, before=before, summary=summary)

    @agent.skill("roll_back")
    async def roll_back(request: RollBackRequest, turn: Turn) -> Changed:
        restored, before = await versions.rollback(turn.principal.subject, request.reason)
        if restored is None:
            return Changed(
                version=None,
                before=before,
                summary=f"{before} is retired; what the environment names judges again, as before it.",
            )
        identity = str((restored.gate or {}).get("identity", "")) or None
        exactly = f", as its gate measured it ({identity[:12]})" if identity else ""
        summary = f"{restored.name} serves again{exactly}; {before} is retired."
        return Changed(version=restored.name, before=before, identity=identity, summary=summary)


def _add_reading(agent: A2AUnit, versions: EngineVersions) -> None:
    @agent.skill("list_versions")
    async def list_versions(request: ListVersionsRequest, turn: Turn) -> ListVersionsResult:
        return ListVersionsResult(
            versions=await versions.all(), changes=await versions.changes(request.changes)
        )

    @agent.skill("get_served")
    async def get_served(request: GetServedRequest, turn: Turn) -> GetServedResult:
        return GetServedResult(served=await versions.served(request.version))

    @agent.skill("get_differences")
    async def get_differences(request: GetDifferencesRequest, turn: Turn) -> GetDifferencesResult:
        counted, found = await versions.differences(turn.principal.tenant, request.version, request.limit)
        return GetDifferencesResult(counted=counted, differences=found)
