"""The MCP face: names, schemas and descriptions of the tools."""

from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server import MCPServer
from pydantic import Field

from servers.projects.card import INSTRUCTIONS, NAME
from servers.projects.core.consent import Consent
from servers.projects.core.models import (
    Approval,
    ApprovalPage,
    ApprovalStatus,
    ApprovedRequirements,
    CreatedProject,
    Project,
    ProjectPage,
    RevisionDocument,
    RevisionHistory,
    RunnersUp,
    Shortlist,
    Stage,
    StageHistory,
    StageMove,
    UpdatedShortlist,
)
from servers.projects.core.openings import Openings
from servers.projects.core.pipeline import Pipeline
from servers.projects.core.tuning import Tuning
from shared.kernel.call import current_idempotency_key
from shared.kernel.principal import current_principal
from shared.wire.facts import CandidatesEvaluated, ProjectRef
from shared.wire.planning import planning_meta
from shared.wire.ranking import ApprovedRanking, RankingWeights
from shared.wire.requirements import Requirements, RequirementsRef

ProjectId = Annotated[str, Field(description="a project's id, such as proj_0197…")]
CandidateId = Annotated[str, Field(description="a candidate's id, such as cand_0197…")]
Cursor = Annotated[str | None, Field(description="next_cursor of the page before; omit for the first page")]
Limit = Annotated[int, Field(ge=1, le=100, description="how many to return")]
WhichApproval = Annotated[str, Field(description="an approval's id, such as appr_0197…")]
ApprovalId = Annotated[
    str | None, Field(description="the approval that allows exactly this call; used up by it")
]


@dataclass(frozen=True)
class ProjectService:
    """The verbs behind the tools."""

    openings: Openings
    pipeline: Pipeline
    consent: Consent
    tuning: Tuning


def build_server(service: ProjectService) -> MCPServer:
    """Return the server with all tools; the service is only used when one is called."""
    mcp = MCPServer(name=NAME, instructions=INSTRUCTIONS)
    _add_project_tools(mcp, service)
    _add_requirement_tools(mcp, service)
    _add_pipeline_tools(mcp, service)
    _add_approval_tools(mcp, service)
    return mcp


def _add_project_tools(mcp: MCPServer, service: ProjectService) -> None:
    @mcp.tool(
        meta=planning_meta(
            risk="write",
            requires={"requirements": "requirements.draft"},
            optional={"posting_id": "posting.id", "project": "project.ref"},
            produces={"project": "project.ref"},
        )
    )
    async def create_project(
        requirements: Annotated[Requirements, Field(description="the role as intake drafted it")],
        posting_id: Annotated[str | None, Field(description="the posting it came from")] = None,
        project: Annotated[
            ProjectRef | None, Field(description="the project to revise, where the role was drafted again")
        ] = None,
        wanted: Annotated[int, Field(ge=1, le=1000, description="places on the shortlist")] = 10,
    ) -> CreatedProject:
        """Open a hiring project from drafted requirements, or write them as a new revision of one."""
        caller = current_principal()
        if project is not None:
            return await service.openings.redraft(caller, project, requirements)
        call = current_idempotency_key()
        return await service.openings.create(caller, requirements, posting_id, wanted, call)

    @mcp.tool(meta=planning_meta(risk="read"))
    async def get_project(project_id: ProjectId) -> Project:
        """Return one hiring project: its title, status and revisions."""
        return await service.openings.get(current_principal(), project_id)

    @mcp.tool(meta=planning_meta(risk="read"))
    async def list_projects(
        similar_to: Annotated[
            str | None, Field(description="a job title; only projects that share a word with it")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> ProjectPage:
        """List hiring projects, newest first."""
        return await service.openings.list(current_principal(), similar_to, cursor, limit)


def _add_requirement_tools(mcp: MCPServer, service: ProjectService) -> None:
    @mcp.tool(meta=planning_meta(risk="write"))
    async def revise_requirements(
        project_id: ProjectId,
        requirements: Annotated[Requirements, Field(description="the whole document as it should be")],
        expected_revision: Annotated[int, Field(ge=1, description="the revision the change is based on")],
        note: Annotated[str, Field(max_length=2000, description="why, for those who read it later")] = "",
    ) -> RevisionDocument:
        """Write a new revision of a project's requirements and say what changed. It needs approval anew."""
        caller = current_principal()
        return await service.openings.revise(caller, project_id, requirements, expected_revision, note)

    @mcp.tool(meta=planning_meta(risk="read", requires={"project_id": "project.id"}))
    async def get_requirements(
        project_id: ProjectId,
        revision: Annotated[int | None, Field(ge=1, description="omit for the latest")] = None,
    ) -> Requirements:
        """Return what a project asks for, at one revision."""
        return (await service.openings.requirements(current_principal(), project_id, revision)).requirements

    @mcp.tool(meta=planning_meta(risk="read"))
    async def requirements_history(project_id: ProjectId) -> RevisionHistory:
        """List all revisions of a project's requirements: who changed what, when, why, and who approved."""
        return await service.openings.history(current_principal(), project_id)

    @mcp.tool(
        meta=planning_meta(
            risk="decide",
            requires={"project": "project.ref"},
            produces={"approved": "requirements.approved"},
        )
    )
    async def approve_requirements(
        project: Annotated[ProjectRef, Field(description="the project and the revision to approve")],
        approval_id: ApprovalId = None,
    ) -> ApprovedRequirements:
        """Approve a revision of the requirements, so that people are sought and judged by it."""
        arguments = {"project": project.model_dump(mode="json")}
        return await service.openings.approve(current_principal(), project, approval_id, arguments)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_ranking(project_id: ProjectId) -> ApprovedRanking:
        """Return how people are ranked who are sought for a project, and who approved it, when and why."""
        return await service.tuning.ranking(current_principal(), project_id)

    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def approve_ranking(
        project_id: ProjectId,
        weights: Annotated[
            RankingWeights, Field(description="what counts otherwise than usual; {} for nothing")
        ],
        reason: Annotated[str, Field(min_length=1, max_length=2000, description="why")],
        approval_id: ApprovalId = None,
    ) -> ApprovedRanking:
        """Rank the people who are sought for a project by other weights from now on. A person decides it.

        It changes who is looked at first; whether somebody fits is judged as before.
        """
        arguments = {"project_id": project_id, "weights": weights.given, "reason": reason}
        return await service.tuning.approve(
            current_principal(),
            project_id,
            weights,
            reason,
            approval_id,
            arguments,
            current_idempotency_key(),
        )


def _add_pipeline_tools(mcp: MCPServer, service: ProjectService) -> None:
    @mcp.tool(
        meta=planning_meta(
            risk="write",
            requires={"requirements": "requirements.approved", "evaluated": "candidates.evaluated"},
            optional={"exhausted": "sourcing.exhausted"},
            produces={"shortlist": "shortlist.current", "complete": "shortlist.complete"},
        )
    )
    async def update_shortlist(
        requirements: Annotated[RequirementsRef, Field(description="the approved revision")],
        evaluated: Annotated[CandidatesEvaluated, Field(description="what the evaluator returned")],
        exhausted: Annotated[
            bool | None, Field(description="whether sourcing found everybody there is to find")
        ] = None,
    ) -> UpdatedShortlist:
        """Put evaluated candidates on the shortlist, rank it, and say whether it is complete.

        It is complete when enough good matches are on it or sourcing is exhausted; until then ``weak``
        names the qualifications to look harder for. Nobody is dropped.
        """
        return await service.pipeline.update_shortlist(
            current_principal(), requirements, evaluated, exhausted
        )

    @mcp.tool(meta=planning_meta(risk="read"))
    async def get_shortlist(
        project_id: ProjectId,
        revision: Annotated[int | None, Field(ge=1, description="omit for the approved one")] = None,
        listed_only: Annotated[bool, Field(description="leave out who was evaluated but not listed")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Shortlist:
        """Return everybody evaluated for a project, best first, with pipeline stages."""
        caller = current_principal()
        return await service.pipeline.get_shortlist(caller, project_id, revision, listed_only, cursor, limit)

    @mcp.tool(meta=planning_meta(risk="decide"))
    async def move_stage(
        project_id: ProjectId,
        candidate_id: CandidateId,
        to_stage: Annotated[Stage, Field(description="where the candidate goes")],
        reason: Annotated[str, Field(min_length=1, max_length=2000, description="why")],
        approval_id: ApprovalId = None,
    ) -> StageMove:
        """Move a candidate to another stage of the pipeline. A person decides it and gives the reason."""
        arguments: dict[str, Any] = {
            "project_id": project_id,
            "candidate_id": candidate_id,
            "to_stage": to_stage,
            "reason": reason,
        }
        return await service.pipeline.move_stage(
            current_principal(),
            project_id,
            candidate_id,
            to_stage,
            reason,
            approval_id,
            arguments,
            current_idempotency_key(),
        )

    @mcp.tool(meta=planning_meta(risk="read"))
    async def stage_history(
        project_id: ProjectId,
        candidate_id: Annotated[str | None, Field(description="omit for all candidates")] = None,
    ) -> StageHistory:
        """Return every stage move of a project or of one candidate in it: who, when and why."""
        return await service.pipeline.stage_history(current_principal(), project_id, candidate_id)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def runners_up(
        but: Annotated[str | None, Field(description="a project that does not count")] = None,
        limit: Annotated[int, Field(ge=1, le=1000, description="how many to return")] = 500,
    ) -> RunnersUp:
        """Return who came to an interview or an offer in past projects and was not hired, the latest first.

        Past for them: they were rejected or withdrew there, or somebody else was hired.
        """
        return await service.pipeline.runners_up(current_principal(), but, limit)


def _add_approval_tools(mcp: MCPServer, service: ProjectService) -> None:
    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def request_approval(
        action: Annotated[str, Field(max_length=200, description="what would run: unit.skill")],
        arguments: Annotated[dict[str, Any], Field(description="exactly what it would run with")],
        summary: Annotated[str, Field(max_length=2000, description="what a person reads before deciding")],
        project_id: Annotated[str | None, Field(description="the project it belongs to")] = None,
        expires_in_seconds: Annotated[
            int | None, Field(description="default 72 hours, at most 30 days")
        ] = None,
    ) -> Approval:
        """Ask a person to allow one action with exactly these arguments. Until then it is denied."""
        return await service.consent.request(
            current_principal(),
            action,
            arguments,
            summary,
            project_id,
            expires_in_seconds,
            current_idempotency_key(),
        )

    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def decide_approval(
        approval_id: WhichApproval,
        approve: Annotated[bool, Field(description="true allows it once; false refuses it")],
        reason: Annotated[str, Field(max_length=2000, description="why, for the record")] = "",
    ) -> Approval:
        """Answer a request for approval. Only a person can, and only once."""
        return await service.consent.decide(current_principal(), approval_id, approve, reason)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def use_approval(
        approval_id: WhichApproval,
        action: Annotated[str, Field(description="what is about to run: unit.skill")],
        arguments: Annotated[dict[str, Any], Field(description="what it is about to run with")],
    ) -> Approval:
        """Use an approval up before doing what it allows; refused unless exactly that was approved."""
        call = current_idempotency_key()
        return await service.consent.use(current_principal(), approval_id, action, arguments, call)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_approval(approval_id: WhichApproval) -> Approval:
        """Return one approval and how it stands now."""
        return await service.consent.get(current_principal(), approval_id)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_approvals(
        status: Annotated[ApprovalStatus | None, Field(description="only these")] = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> ApprovalPage:
        """List requests for approval, newest first."""
        return await service.consent.list(current_principal(), status, cursor, limit)
