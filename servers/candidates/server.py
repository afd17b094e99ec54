"""The MCP face: names, schemas and descriptions of the tools."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent
from pydantic import Field

from servers.candidates.card import INSTRUCTIONS, NAME
from servers.candidates.core.importers.records import records_of_lines
from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.models import (
    CandidatePage,
    ChangePage,
    ContactRule,
    Deleted,
    Dossiers,
    DuplicateQuestions,
    Engagement,
    EngagementList,
    ImportReport,
    JsonObject,
    Merged,
    Note,
    NoteList,
    Provenance,
    RecordFormat,
    RefusalList,
    Resolution,
    Resolved,
)
from servers.candidates.core.reading import Reading
from shared.kernel.principal import current_principal
from shared.wire.planning import planning_meta
from shared.wire.profile import Dossier
from shared.wire.standing import EngagementKind

CandidateId = Annotated[str, Field(description="a candidate's id, such as cand_0197…", max_length=100)]
Cursor = Annotated[str | None, Field(description="next_cursor of the page before; omit for the first page")]
Limit = Annotated[int, Field(ge=1, le=100, description="how many to return")]
Mapping = Annotated[
    dict[str, str] | None,
    Field(description="for tables: field → column, such as {'email': 'E-Mail'}; the rest is guessed"),
]


@dataclass(frozen=True)
class Service:
    """The unit's verbs."""

    reading: Reading
    intake: Intake
    keeping: Keeping


def build_server(service: Service) -> MCPServer:
    """Return the server with all tools."""
    mcp = MCPServer(name=NAME, instructions=INSTRUCTIONS)
    _add_reading_tools(mcp, service)
    _add_import_tools(mcp, service)
    _add_keeping_tools(mcp, service)
    _add_duplicate_tools(mcp, service)
    return mcp


def _add_reading_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_dossier(candidate_id: CandidateId) -> Dossier:
        """Return all that is known of one candidate: the profile, its source texts, and warnings."""
        return await service.reading.dossier(current_principal(), candidate_id)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_dossiers(
        candidate_ids: Annotated[list[str], Field(min_length=1, max_length=50, description="whose")],
    ) -> Dossiers:
        """Return several dossiers in the order asked for; ids that are not found are listed apart."""
        return await service.reading.dossiers(current_principal(), candidate_ids)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def merged_candidates(
        candidate_ids: Annotated[list[str], Field(max_length=5_000, description="of whom")],
    ) -> Merged:
        """Say who of these was merged into somebody else since they turned out to be one person, and into whom."""
        return await service.reading.remaining(current_principal(), candidate_ids)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_candidates(
        name: Annotated[str | None, Field(description="only names that contain this", max_length=100)] = None,
        flag: Annotated[str | None, Field(description="only with this flag, such as hidden_text")] = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> CandidatePage:
        """List candidates, the latest added first."""
        return await service.reading.listing(current_principal(), name, flag, cursor, limit)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_changes(
        after: Annotated[int, Field(ge=0, description="next of the page before; 0 for the beginning")] = 0,
        limit: Annotated[int, Field(ge=1, le=500, description="how many to return")] = 100,
        as_lines: Annotated[
            bool, Field(description="return them as JSON lines instead, which is faster for many")
        ] = False,
        only_ids: Annotated[
            bool, Field(description="only who changed, and whether they are deleted or merged into somebody")
        ] = False,
    ) -> Annotated[CallToolResult, ChangePage]:
        """Follow the records: the latest state of each candidate that changed after a number, in order.

        Of the source texts only résumés are included: the others repeat the profile. An empty page means
        that the follower is up to date. Numbers only ever grow.
        """
        caller = current_principal()
        page = await service.reading.changes(caller, after, limit, as_lines=as_lines, only_ids=only_ids)
        # Lines are for a program that follows: repeating them as text would double each answer.
        told = f"JSON lines up to change {page.next}" if as_lines else page.model_dump_json()
        return CallToolResult(
            content=[TextContent(type="text", text=told)], structured_content=page.model_dump(mode="json")
        )

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def provenance(
        candidate_id: CandidateId,
        field: Annotated[
            str | None, Field(description="one field or part, such as basics.email or work; omit for all")
        ] = None,
    ) -> Provenance:
        """Say of each value where it came from first, when, and which sources confirm it."""
        return await service.reading.provenance(current_principal(), candidate_id, field)


def _add_import_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def import_document(
        name: Annotated[str, Field(min_length=1, max_length=300, description="the file's name")],
        content_base64: Annotated[str, Field(description="the file's bytes, Base64, at most 20 MB")],
        mapping: Mapping = None,
    ) -> ImportReport:
        """Take in one file: a résumé (text, Markdown, PDF, DOCX, HTML), JSON Resume, a LinkedIn export as
        ZIP, a CSV table, or Greenhouse candidates as JSON. What cannot be read is refused with the reason."""
        return await service.intake.import_document(current_principal(), name, content_base64, mapping or {})

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def import_profiles(
        source: Annotated[
            str,
            Field(min_length=1, max_length=300, description="where they come from, such as a file's name"),
        ],
        items: Annotated[
            list[JsonObject] | None, Field(min_length=1, max_length=500, description="the records")
        ] = None,
        json_lines: Annotated[
            str, Field(description="the records as JSON lines instead, which is faster for many")
        ] = "",
        format: Annotated[
            RecordFormat, Field(description="how the records are written; auto tells by their shape")
        ] = "auto",
        mapping: Mapping = None,
    ) -> ImportReport:
        """Take in up to 500 records at once: JSON Resume documents, Greenhouse candidates or table rows.

        Sending the same records from the same source again changes nothing.
        """
        records = records_of_lines(json_lines) if json_lines else items
        caller = current_principal()
        return await service.intake.import_records(caller, records or [], source, format, mapping or {})

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_refusals(cursor: Cursor = None, limit: Limit = 50) -> RefusalList:
        """List what was not taken in, why, and what would help; the latest first."""
        return await service.intake.refusals(current_principal(), cursor, limit)


def _add_keeping_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def add_note(
        candidate_id: CandidateId,
        text: Annotated[str, Field(min_length=1, max_length=10_000, description="the note")],
    ) -> Note:
        """Write a note on a candidate, for colleagues to read."""
        return await service.keeping.add_note(current_principal(), candidate_id, text)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_notes(candidate_id: CandidateId, limit: Limit = 50) -> NoteList:
        """List the notes on a candidate, the latest first."""
        return await service.keeping.notes(current_principal(), candidate_id, limit)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def record_engagement(
        candidate_id: CandidateId,
        kind: Annotated[EngagementKind, Field(description="what happened")],
        channel: Annotated[str | None, Field(description="such as email or phone", max_length=100)] = None,
        detail: Annotated[str, Field(max_length=2000, description="in a sentence")] = "",
        project_id: Annotated[str | None, Field(description="the hiring project it belongs to")] = None,
        at: Annotated[datetime | None, Field(description="when; now if omitted")] = None,
    ) -> Engagement:
        """Record something that happened with a candidate: contacted, replied, a meeting, an offer."""
        caller = current_principal()
        return await service.keeping.record_engagement(
            caller, candidate_id, kind, channel, detail, project_id, at
        )

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_engagement(candidate_id: CandidateId, limit: Limit = 50) -> EngagementList:
        """List what happened with a candidate, the latest first."""
        return await service.keeping.engagement(current_principal(), candidate_id, limit)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def set_do_not_contact(
        candidate_id: CandidateId,
        do_not_contact: Annotated[bool, Field(description="false lifts it")] = True,
        reason: Annotated[str, Field(max_length=2000, description="why")] = "",
    ) -> ContactRule:
        """Forbid contacting a candidate, or lift that. The dossier carries it as the flag do_not_contact."""
        return await service.keeping.set_do_not_contact(
            current_principal(), candidate_id, do_not_contact, reason
        )


def _add_duplicate_tools(mcp: MCPServer, service: Service) -> None:
    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def possible_duplicates(
        candidate_id: Annotated[str | None, Field(description="only questions about this one")] = None,
        limit: Limit = 50,
    ) -> DuplicateQuestions:
        """List pairs of candidates that may be one person, with the grounds; a person should answer them."""
        return await service.keeping.possible_duplicates(current_principal(), candidate_id, limit)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def resolve_duplicate(
        question_id: Annotated[str, Field(description="a question's id, such as dup_0197…")],
        resolution: Annotated[Resolution, Field(description="merge joins the two for good")],
    ) -> Resolved:
        """Answer whether two candidates are one person. Merging keeps both sources and both histories."""
        return await service.keeping.resolve_duplicate(current_principal(), question_id, resolution)

    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def delete_candidate(candidate_id: CandidateId) -> Deleted:
        """Erase a candidate for good: profile, texts, notes and history. It cannot be undone."""
        return await service.keeping.delete(current_principal(), candidate_id)
