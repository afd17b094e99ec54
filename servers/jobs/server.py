"""The MCP face: names, schemas and descriptions of the tools."""

from dataclasses import dataclass
from typing import Annotated

from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent
from pydantic import Field

from servers.jobs.card import INSTRUCTIONS, NAME
from servers.jobs.core.knowledge import Knowledge
from servers.jobs.core.models import (
    AddedPosting,
    Applicant,
    ApplicantPage,
    Faq,
    FaqAnswer,
    JsonObject,
    OccupationWords,
    Posting,
    PostingChangePage,
    PostingImport,
    PostingPage,
    PostingStatus,
    SkillWords,
    TaxonomyImport,
    TaxonomyPage,
)
from servers.jobs.core.postings import Postings
from shared.kernel.principal import current_principal
from shared.wire.planning import planning_meta

PostingId = Annotated[str, Field(description="a posting's id, such as post_0197…", max_length=100)]
Cursor = Annotated[str | None, Field(description="next_cursor of the page before; omit for the first page")]
Limit = Annotated[int, Field(ge=1, le=100, description="how many to return")]


@dataclass(frozen=True)
class Service:
    """The unit's verbs."""

    postings: Postings
    knowledge: Knowledge


def build_server(service: Service) -> MCPServer:
    """Return the server with all tools."""
    mcp = MCPServer(name=NAME, instructions=INSTRUCTIONS)
    _add_posting_tools(mcp, service)
    _add_applicant_tools(mcp, service)
    _add_knowledge_tools(mcp, service)
    return mcp


def _add_posting_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(
        meta=planning_meta(
            risk="write", requires={"text": "role.brief"}, produces={"posting_id": "posting.id"}
        )
    )
    async def add_posting(
        text: Annotated[
            str,
            Field(min_length=1, max_length=200_000, description="the posting or a sentence about the role"),
        ],
        title: Annotated[
            str | None, Field(max_length=300, description="taken from the text if omitted")
        ] = None,
        employer: Annotated[str | None, Field(max_length=300, description="who hires")] = None,
        location: Annotated[str | None, Field(max_length=300, description="where")] = None,
    ) -> AddedPosting:
        """Keep the text of a posting, plain or Markdown, and return its id."""
        return await service.postings.add(current_principal(), text, title, employer, location)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def import_postings(
        items: Annotated[
            list[JsonObject],
            Field(
                min_length=1, max_length=500, description="JobPosting JSON-LD or Job Board posts, as they are"
            ),
        ],
        source: Annotated[
            str, Field(min_length=1, max_length=300, description="the file or system they come from")
        ],
    ) -> PostingImport:
        """Take in structured postings: schema.org JobPosting, or Greenhouse Job Board posts with content.

        A posting that the source sent before under the same id is updated.
        """
        return await service.postings.import_items(current_principal(), items, source)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_posting(posting_id: PostingId) -> Posting:
        """Return one posting with its text."""
        return await service.postings.get(current_principal(), posting_id)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_postings(
        status: Annotated[PostingStatus | None, Field(description="only these")] = None,
        words: Annotated[
            str | None, Field(max_length=200, description="only titles with these words")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> PostingPage:
        """List postings with the number of applicants, newest first."""
        return await service.postings.listing(current_principal(), status, words, cursor, limit)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def set_posting_status(
        posting_id: PostingId, status: Annotated[PostingStatus, Field(description="open or closed")]
    ) -> Posting:
        """Open or close a posting."""
        return await service.postings.set_status(current_principal(), posting_id, status)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_posting_changes(
        after: Annotated[int, Field(ge=0, description="next of the page before; 0 for the beginning")] = 0,
        limit: Annotated[int, Field(ge=1, le=500, description="how many to return")] = 100,
        as_lines: Annotated[
            bool, Field(description="return them as JSON lines instead, which is faster for many")
        ] = False,
    ) -> Annotated[CallToolResult, PostingChangePage]:
        """Follow the postings: the latest state of each that changed after a number, in order.

        An empty page means that the follower is up to date. Numbers only ever grow.
        """
        page = await service.postings.changes(current_principal(), after, limit, as_lines=as_lines)
        # Lines are for a program that follows: repeating them as text would double each answer.
        told = f"JSON lines up to change {page.next}" if as_lines else page.model_dump_json()
        return CallToolResult(
            content=[TextContent(type="text", text=told)], structured_content=page.model_dump(mode="json")
        )


def _add_applicant_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def add_applicant(
        posting_id: PostingId,
        candidate_id: Annotated[str, Field(min_length=1, max_length=100, description="who applied")],
        source: Annotated[str, Field(max_length=300, description="how they came to apply")] = "",
        message: Annotated[str, Field(max_length=20_000, description="what they wrote")] = "",
    ) -> Applicant:
        """Note that a candidate applied to a posting. Applying again keeps the first time."""
        caller = current_principal()
        return await service.postings.add_applicant(caller, posting_id, candidate_id, source, message)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_applicants(
        posting_id: PostingId, cursor: Cursor = None, limit: Limit = 50
    ) -> ApplicantPage:
        """List who applied to a posting."""
        return await service.postings.applicants(current_principal(), posting_id, cursor, limit)


def _add_knowledge_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def add_faq(
        question: Annotated[str, Field(min_length=3, max_length=500, description="as candidates ask it")],
        answer: Annotated[str, Field(min_length=1, max_length=5000, description="what to tell them")],
        posting_id: Annotated[str | None, Field(description="the posting it is about; omit for all")] = None,
    ) -> Faq:
        """Keep the answer to a question that candidates ask. The same question again replaces it."""
        return await service.knowledge.add_faq(current_principal(), question, answer, posting_id)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def answer_faq(
        question: Annotated[str, Field(min_length=1, max_length=500, description="what a candidate asks")],
        posting_id: Annotated[str | None, Field(description="the posting they ask about")] = None,
        limit: Annotated[int, Field(ge=1, le=20, description="how many matches to return")] = 3,
    ) -> FaqAnswer:
        """Find the answer to a question. The answer is null when no known one is close enough."""
        return await service.knowledge.answer(current_principal(), question, posting_id, limit)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def import_taxonomy(
        skills: Annotated[list[SkillWords], Field(max_length=2000, description="skills to add")] = [],  # noqa: B006
        occupations: Annotated[
            list[OccupationWords], Field(max_length=2000, description="occupations to add")
        ] = [],  # noqa: B006
    ) -> TaxonomyImport:
        """Keep words that widen the packaged taxonomy, as read from ESCO or O*NET."""
        return await service.knowledge.widen(current_principal(), skills, occupations)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_taxonomy_extension(
        after: Annotated[int, Field(ge=0, description="next of the page before; 0 for the beginning")] = 0,
        limit: Annotated[int, Field(ge=1, le=2000, description="how many to return")] = 1000,
    ) -> TaxonomyPage:
        """Follow the words that widen the packaged taxonomy, in the order of their last change."""
        return await service.knowledge.words(current_principal(), after, limit)
