"""The tools of candidates and jobs, called by an MCP client, with a real database behind them."""

import base64
import json
from typing import Any

import pytest
from mcp.server import MCPServer

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.models import Change
from servers.candidates.core.reading import Reading
from servers.candidates.server import Service as CandidateService
from servers.candidates.server import build_server as build_candidates
from servers.candidates.store import PostgresCandidates
from servers.jobs.core.knowledge import Knowledge
from servers.jobs.core.postings import Postings
from servers.jobs.server import Service as JobService
from servers.jobs.server import build_server as build_jobs
from servers.jobs.store import PostgresJobs
from shared.kernel.clock import SystemClock
from shared.mailbox.outbox import Outbox
from tests.support.engines import OpenUnitDatabase
from tests.support.units import BOB, OpenGate, mcp_client

PERSON = {"basics": {"name": "Nova Sample", "email": "nova@example.org"}, "skills": [{"name": "Python"}]}


@pytest.fixture
async def candidates(unit_database: OpenUnitDatabase) -> MCPServer:
    store = PostgresCandidates(Outbox("candidates", await unit_database("candidates")))
    service = CandidateService(Reading(store), Intake(store, SystemClock()), Keeping(store, SystemClock()))
    return build_candidates(service)


@pytest.fixture
async def jobs(unit_database: OpenUnitDatabase) -> MCPServer:
    store = PostgresJobs(Outbox("jobs", await unit_database("jobs")))
    service = JobService(Postings(store, SystemClock()), Knowledge(store, SystemClock()))
    return build_jobs(service)


async def called(server: MCPServer, tool: str, gate: OpenGate | None = None, **arguments: Any) -> Any:
    async with mcp_client(server, name=server.name, gate=gate) as client:
        return await client.call_tool(tool, arguments)


async def answer(server: MCPServer, tool: str, gate: OpenGate | None = None, **arguments: Any) -> Any:
    return (await called(server, tool, gate, **arguments)).structured_content


async def test_imported_records_are_dossiers_for_whoever_asks(candidates: MCPServer) -> None:
    report = await answer(candidates, "import_profiles", items=[PERSON], source="pool.json")
    candidate_id = report["items"][0]["candidate_id"]
    dossier = await answer(candidates, "get_dossier", candidate_id=candidate_id)
    assert dossier["profile"]["basics"]["email"] == "nova@example.org"
    assert dossier["sources"][0]["text"].startswith("Nova Sample")
    several = await answer(candidates, "get_dossiers", candidate_ids=[candidate_id, "cand_none"])
    assert ([d["candidateId"] for d in several["dossiers"]], several["missing"]) == (
        [candidate_id],
        ["cand_none"],
    )


async def test_records_sent_as_json_lines_are_the_same_records(candidates: MCPServer) -> None:
    await answer(candidates, "import_profiles", items=[PERSON], source="pool.json")
    again = await answer(candidates, "import_profiles", json_lines=json.dumps(PERSON), source="pool.json")
    assert again["unchanged"] == 1


async def test_another_tenants_candidate_is_not_found(candidates: MCPServer) -> None:
    report = await answer(candidates, "import_profiles", items=[PERSON], source="pool.json")
    candidate_id = report["items"][0]["candidate_id"]
    error = await answer(candidates, "get_dossier", OpenGate(BOB), candidate_id=candidate_id)
    assert (error["code"], error["field"]) == ("not_found", "candidate_id")


async def test_a_document_that_cannot_be_read_is_a_refusal_and_no_error(candidates: MCPServer) -> None:
    content = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()
    result = await called(candidates, "import_document", name="cv.png", content_base64=content)
    assert not result.is_error
    assert result.structured_content["items"][0]["fix"] == "Send the document itself, not a picture of it."
    listed = await answer(candidates, "list_refusals")
    assert [refusal["name"] for refusal in listed["refusals"]] == ["cv.png"]


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("import_profiles", {"items": [{}] * 501, "source": "x"}, "items"),
        ("import_profiles", {"items": [], "source": "x"}, "items"),
        ("import_profiles", {"json_lines": "{broken", "source": "x"}, "json_lines"),
        ("import_profiles", {"json_lines": "{}\n" * 501, "source": "x"}, "json_lines"),
        ("import_profiles", {"source": "x"}, "items"),
        ("import_document", {"name": "cv.txt", "content_base64": "%%%"}, "content_base64"),
        ("list_candidates", {"cursor": "rubbish"}, "cursor"),
        ("list_changes", {"after": -1}, "after"),
        ("import_profiles", {"items": [{"a": 1, "b": []}], "source": "x"}, "items"),
        (
            "import_profiles",
            {"items": [{"name": "N"}], "source": "x", "mapping": {"wage": "name"}},
            "mapping",
        ),
    ],
)
async def test_a_bad_argument_is_named(candidates: MCPServer, tool: str, arguments: dict, field: str) -> None:
    error = await answer(candidates, tool, **arguments)
    assert (error["code"], error["field"]) == ("invalid_input", field)


async def test_erasing_asks_for_the_right_to_decide(candidates: MCPServer) -> None:
    gate = OpenGate(risks=frozenset({"read", "write"}))
    error = await answer(candidates, "delete_candidate", gate, candidate_id="cand_1")
    assert error["code"] == "denied"


async def test_the_feed_is_followed_page_by_page(candidates: MCPServer) -> None:
    people = [{"basics": {"name": f"Nova Sample{n}", "email": f"n{n}@example.org"}} for n in "abc"]
    await answer(candidates, "import_profiles", items=people, source="pool.json")
    first = await answer(candidates, "list_changes", limit=2)
    rest = await answer(candidates, "list_changes", after=first["next"], limit=2)
    names = [c["dossier"]["profile"]["basics"]["name"] for c in first["changes"] + rest["changes"]]
    assert names == ["Nova Samplea", "Nova Sampleb", "Nova Samplec"]


async def test_the_feed_as_json_lines_says_the_same_and_says_it_once(candidates: MCPServer) -> None:
    people = [{"basics": {"name": f"Nova Sample{n}", "email": f"n{n}@example.org"}} for n in "ab"]
    await answer(candidates, "import_profiles", items=people, source="pool.json")
    told = await answer(candidates, "list_changes")
    lines = await answer(candidates, "list_changes", as_lines=True)
    read = [Change.model_validate_json(line) for line in lines["json_lines"].split("\n")]
    assert read == [Change.model_validate(change) for change in told["changes"]]
    assert (lines["changes"], lines["next"]) == ([], told["next"])
    raw = await called(candidates, "list_changes", as_lines=True)
    assert "Nova" not in str(raw.content)


async def test_a_posting_is_kept_and_returned(jobs: MCPServer) -> None:
    added = await answer(jobs, "add_posting", text="# Welder\n\nYou weld on site in Graz.")
    posting = await answer(jobs, "get_posting", posting_id=added["posting_id"])
    assert (posting["title"], posting["text"]) == ("Welder", "# Welder\n\nYou weld on site in Graz.")


async def test_an_unknown_posting_is_not_found_by_every_verb(jobs: MCPServer) -> None:
    errors = [
        await answer(jobs, "get_posting", posting_id="post_none"),
        await answer(jobs, "set_posting_status", posting_id="post_none", status="closed"),
        await answer(jobs, "add_applicant", posting_id="post_none", candidate_id="cand_1"),
        await answer(jobs, "list_applicants", posting_id="post_none"),
        await answer(jobs, "add_faq", question="Why?", answer="So.", posting_id="post_none"),
    ]
    assert [error["code"] for error in errors] == ["not_found"] * len(errors)


async def test_taxonomy_words_with_unknown_fields_are_refused(jobs: MCPServer) -> None:
    error = await answer(jobs, "import_taxonomy", skills=[{"id": "x", "label": "y", "colour": "red"}])
    assert error["code"] == "invalid_input"
