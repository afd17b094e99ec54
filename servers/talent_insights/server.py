"""The MCP face: names, schemas and descriptions of the tools."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Literal

from mcp.server import MCPServer
from pydantic import Field

from servers.talent_insights.card import INSTRUCTIONS, NAME
from servers.talent_insights.core.abilities import AbilityQuestions
from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.models import (
    AdjacentSkills,
    BestPlaces,
    EmergingSkills,
    EmployersWithin,
    FlowKind,
    Flows,
    InsightStatus,
    Pay,
    PayDimension,
    PeopleDimension,
    PlaceLevel,
    RemoteDimension,
    RemoteShare,
    RoleMarketAnswer,
    SchoolPipelines,
    Signals,
    Supply,
    SupplyOverTime,
    WhatIf,
    Within,
    WorkDimension,
    Workforce,
    WorkforceTrends,
)
from servers.talent_insights.core.pay_questions import PayQuestions
from servers.talent_insights.core.remote import RemoteQuestions
from servers.talent_insights.core.roles import role_market as role_market_of
from servers.talent_insights.core.segments import Segment, WorkSegment
from servers.talent_insights.core.status import status
from servers.talent_insights.core.supply import SupplyQuestions
from servers.talent_insights.core.work import WorkQuestions, within
from shared.edge.taxonomies import Taxonomies
from shared.kernel.principal import current_principal
from shared.wire.planning import planning_meta
from shared.wire.requirements import Requirements

Who = Annotated[Segment | None, Field(description="whom; everybody if omitted")]
Work = Annotated[WorkSegment | None, Field(description="which work; all if omitted")]
Limit = Annotated[int, Field(ge=1, le=100, description="how many groups, the largest first")]
Informed = Callable[[], Awaitable[Desk]]
QUICK = planning_meta(risk="read", cost={"seconds": 0.3})


def build_server(desk: Desk, taxonomies: Taxonomies | None = None) -> MCPServer:
    """Return the server with all tools; ``taxonomies`` widen what it knows for each organisation."""

    async def informed() -> Desk:
        return replace(desk, taxonomy=await taxonomies.current()) if taxonomies else desk

    mcp = MCPServer(name=NAME, instructions=INSTRUCTIONS)
    _add_supply_tools(mcp, informed)
    _add_work_tools(mcp, informed)
    _add_ability_tools(mcp, informed)
    _add_posting_tools(mcp, informed)
    return mcp


def _add_supply_tools(mcp: MCPServer, informed: Informed) -> None:
    @mcp.tool(meta=QUICK)
    async def pool_what_if(
        segment: Annotated[Segment, Field(description="the role's requirements")],
    ) -> WhatIf:
        """Count who meets a role's requirements, and who would if one or two were dropped, one widened or added.

        Ask this first for any role: it shows which requirement costs most people.
        """
        return await SupplyQuestions(await informed()).what_if(current_principal().tenant, segment)

    @mcp.tool(meta=QUICK)
    async def talent_supply(
        segment: Who = None,
        by: Annotated[PeopleDimension | None, Field(description="also count by this")] = None,
        limit: Limit = 20,
    ) -> Supply:
        """Count people (supply), open postings (demand) and people per posting, now, in all and by a dimension."""
        questions = SupplyQuestions(await informed())
        return await questions.supply(current_principal().tenant, segment or Segment(), by, limit)

    @mcp.tool(meta=QUICK)
    async def supply_over_time(work: Work = None) -> SupplyOverTime:
        """Show how many people did such work in each half-year of the last three years, beside postings for it."""
        questions = SupplyQuestions(await informed())
        return await questions.over_time(current_principal().tenant, work or WorkSegment())

    @mcp.tool(meta=QUICK)
    async def best_places(
        segment: Who = None,
        level: Annotated[PlaceLevel, Field(description="cities, regions or countries")] = "place",
        limit: Limit = 10,
    ) -> BestPlaces:
        """Rank where to open a role: many such people, few postings that ask for them, and what these pay."""
        questions = SupplyQuestions(await informed())
        return await questions.best_places(current_principal().tenant, segment or Segment(), level, limit)

    @mcp.tool(meta=QUICK)
    async def remote_share(
        segment: Who = None,
        by: Annotated[RemoteDimension, Field(description="what to compare")] = "occupation",
        limit: Limit = 20,
    ) -> RemoteShare:
        """Tell which share of people works remotely, beside the share of open postings that offer it."""
        questions = RemoteQuestions(await informed())
        return await questions.share(current_principal().tenant, segment or Segment(), by, limit)

    @mcp.tool(
        meta=planning_meta(
            risk="read",
            requires={"requirements": "requirements.draft"},
            produces={"market": "role.market"},
            cost={"seconds": 1},
        )
    )
    async def role_market(
        requirements: Annotated[Requirements, Field(description="the role as intake drafted it")],
    ) -> RoleMarketAnswer:
        """Tell of a drafted role how many people meet it, what each demand costs, where they are, what others pay."""
        return RoleMarketAnswer(
            market=await role_market_of(await informed(), current_principal().tenant, requirements)
        )


def _add_work_tools(mcp: MCPServer, informed: Informed) -> None:
    @mcp.tool(meta=QUICK)
    async def talent_flows(
        kind: Annotated[FlowKind, Field(description="between employers, or between cities")] = "company",
        focus: Annotated[
            str | None,
            Field(
                max_length=200, description="one employer or city: whom it wins people from and loses them to"
            ),
        ] = None,
        work: Annotated[WorkSegment | None, Field(description="the work people moved to")] = None,
        months: Annotated[Within, Field(description="how far back")] = 36,
        limit: Limit = 20,
    ) -> Flows:
        """Show who moves where: the largest flows, or one side's wins and losses."""
        questions = WorkQuestions(await informed())
        tenant = current_principal().tenant
        return await questions.flows(tenant, kind, focus, work or WorkSegment(), months, limit)

    @mcp.tool(meta=QUICK)
    async def workforce_trends(
        by: Annotated[WorkDimension, Field(description="what to compare")] = "company",
        focus: Annotated[str | None, Field(max_length=200, description="only this one of them")] = None,
        work: Work = None,
        sort: Annotated[Literal["headcount", "growth"], Field(description="which first")] = "headcount",
        limit: Limit = 20,
    ) -> WorkforceTrends:
        """Compare employers, functions or places: headcount, growth, hiring and attrition in twelve months, tenure."""
        questions = WorkQuestions(await informed())
        tenant = current_principal().tenant
        return await questions.trends(tenant, by, focus, work or WorkSegment(), sort, limit)

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.5}, plannable=False))
    async def employers_within(
        min_headcount: Annotated[
            int | None, Field(ge=1, description="people known here who work there")
        ] = None,
        max_headcount: Annotated[int | None, Field(ge=0, description="the same, at most")] = None,
        min_growth: Annotated[
            float | None, Field(description="in twelve months; 0.1 is ten per cent")
        ] = None,
        max_growth: Annotated[float | None, Field(description="the same, at most")] = None,
    ) -> EmployersWithin:
        """Name all employers whose known headcount and growth lie within limits: to search for their people."""

        def fits(one: Workforce) -> bool:
            return within(one.headcount, min_headcount, max_headcount) and within(
                one.growth, min_growth, max_growth
            )

        return await WorkQuestions(await informed()).employers(current_principal().tenant, fits)

    @mcp.tool(meta=QUICK)
    async def market_signals(
        by: Annotated[
            WorkDimension, Field(description="employers, or functions, places and so on")
        ] = "company",
        limit: Limit = 20,
    ) -> Signals:
        """List employers, functions or places that many people left at once (layoffs), and those that grow fast."""
        return await WorkQuestions(await informed()).signals(current_principal().tenant, by, limit)


def _add_ability_tools(mcp: MCPServer, informed: Informed) -> None:
    @mcp.tool(meta=QUICK)
    async def adjacent_skills(
        skill: Annotated[str, Field(max_length=200, description="such as Kubernetes")],
        limit: Limit = 15,
    ) -> AdjacentSkills:
        """List skills that people with a given one show far more often than others: what else to search for."""
        return await AbilityQuestions(await informed()).adjacent(current_principal().tenant, skill, limit)

    @mcp.tool(meta=QUICK)
    async def emerging_skills(segment: Who = None, limit: Limit = 15) -> EmergingSkills:
        """List skills that more people's work shows for the first time this year than the year before."""
        questions = AbilityQuestions(await informed())
        return await questions.emerging(current_principal().tenant, segment or Segment(), limit)

    @mcp.tool(meta=QUICK)
    async def school_pipelines(
        segment: Who = None,
        school: Annotated[str | None, Field(max_length=300, description="only this school")] = None,
        limit: Limit = 20,
    ) -> SchoolPipelines:
        """Show which schools people come from and the work they do now."""
        questions = AbilityQuestions(await informed())
        return await questions.schools(current_principal().tenant, segment or Segment(), school, limit)


def _add_posting_tools(mcp: MCPServer, informed: Informed) -> None:
    @mcp.tool(meta=QUICK)
    async def posted_pay(
        segment: Who = None,
        by: Annotated[PayDimension, Field(description="what to compare")] = "occupation",
        limit: Limit = 20,
    ) -> Pay:
        """Tell what postings pay a year, by currency: the middle half and the median."""
        questions = PayQuestions(await informed())
        return await questions.pay(current_principal().tenant, segment or Segment(), by, limit)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def insight_status() -> InsightStatus:
        """Say how many people and postings are counted, what is still to be read, and why it was built again."""
        return await status(await informed(), current_principal().tenant)
