"""``hiremesh import`` on a running deployment: people, postings and a taxonomy, good files and bad."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.edge.units import Units
from shared.wire.profile import Dossier
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment
from tests.support.handed_in import HIDDEN, write_esco, write_people, write_postings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

TENANT = "harbour"
HIREMESH = [sys.executable, "-c", "from supervisor.cli import main; main()"]
JsonObject = dict[str, Any]


@dataclass
class Said:
    """What the command printed, and the refusals it wrote."""

    code: int
    text: str
    refused: dict[str, JsonObject]


async def hiremesh_import(deployment: Deployment, path: Path, *more: str) -> Said:
    refusals = path.parent / f"{path.name}-refusals.jsonl"
    options = ["--refusals", refusals, "--tenant", TENANT, "--data", deployment.folder.path]
    process = await asyncio.create_subprocess_exec(
        *HIREMESH,
        "import",
        *map(str, [path, *options, *more]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"COLUMNS": "200"},
    )
    out, _ = await process.communicate()
    lines = refusals.read_text().splitlines() if refusals.exists() else []
    refused = {entry["name"]: entry for entry in map(json.loads, lines)}
    return Said(process.returncode or 0, out.decode(), refused)


@pytest.fixture(scope="module")
async def harbour(deployment: Deployment) -> AsyncIterator[Units]:
    """All units, called as a recruiter of an organisation that has nothing yet."""
    async with AsyncExitStack() as closing:
        issuer = await closing.enter_async_context(operator(deployment.folder.path))
        signed_in = signed_in_units(issuer, deployment.run.units, TENANT, "person:ines")
        yield await closing.enter_async_context(signed_in)


@pytest.fixture(scope="module")
async def people(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """A folder with a file of every kind, imported."""
    folder = tmp_path_factory.mktemp("handed") / "in"
    folder.mkdir()
    write_people(folder)
    said = await hiremesh_import(deployment, folder, "--map", "email=Mailbox", "--map", "name=Who")
    again = await hiremesh_import(deployment, folder, "--map", "email=Mailbox", "--map", "name=Who")
    assert "imported" not in again.text, again.text
    return said


async def dossier_of(units: Units, name: str) -> Dossier:
    listed = await units.call_tool("candidates", "list_candidates", {"name": name}, JsonObject)
    [only] = listed["candidates"]
    return await units.call_tool("candidates", "get_dossier", {"candidate_id": only["candidate_id"]}, Dossier)


async def test_every_kind_of_file_is_taken_in_or_refused_by_name_with_the_reason_and_a_way_out(
    people: Said, harbour: Units
) -> None:
    listed = await harbour.call_tool("candidates", "list_candidates", {"limit": 50}, JsonObject)

    assert {one["name"] for one in listed["candidates"]} == {
        "Quilla Ferrow",
        "Brannoc Tolliver",
        "Ysolde Marchbank",
        "Osric Penhallow",
        "Fenn Oakley",
        "Tamsin Wray",
    }, people.text
    assert people.code == 1
    assert set(people.refused) == {"scan.pdf", "empty.txt", "holiday.png"}
    assert "probably a scan" in people.refused["scan.pdf"]["reason"]
    assert "it is empty" in people.refused["empty.txt"]["reason"]
    assert "it is a picture" in people.refused["holiday.png"]["reason"]
    assert all(entry["fix"] for entry in people.refused.values())


async def test_hidden_text_is_stripped_flagged_and_said(people: Said, harbour: Units) -> None:
    dossier = await dossier_of(harbour, "Ysolde Marchbank")

    assert "Hidden text was left out of: marchbank.pdf" in people.text
    assert "hidden_text" in dossier.flags
    assert HIDDEN not in dossier.model_dump_json()


async def test_the_same_person_from_two_files_is_one_candidate_with_two_sources_and_known_origins(
    people: Said, harbour: Units
) -> None:
    dossier = await dossier_of(harbour, "Quilla Ferrow")
    arguments = {"candidate_id": dossier.candidate_id}
    provenance = await harbour.call_tool("candidates", "provenance", arguments, JsonObject)

    assert sorted(source.name for source in dossier.sources) == ["ferrow.docx", "ferrow.json"]
    assert {work.name for work in dossier.profile.work} == {"Tidewright Charts", "Galehaven Surveys"}
    [email] = [field for field in provenance["fields"] if field["field"] == "basics.email"]
    assert email["source_name"] in {"ferrow.docx", "ferrow.json"}
    assert email["first_seen"]
    assert len(email["confirmed_by"]) == 1


async def test_imported_people_are_found_at_once_by_what_their_documents_say(
    people: Said, harbour: Units
) -> None:
    found = await harbour.call_tool(
        "recruiter_search", "search_candidates", {"text": "anaesthesia monitoring"}, JsonObject
    )

    ysolde = await dossier_of(harbour, "Ysolde Marchbank")
    assert [hit["candidate_id"] for hit in found["hits"]] == [ysolde.candidate_id]


async def test_postings_are_imported_from_schema_org_a_job_board_and_markdown(
    deployment: Deployment, harbour: Units, tmp_path: Path
) -> None:
    folder = tmp_path / "postings"
    folder.mkdir()
    write_postings(folder)

    said = await hiremesh_import(deployment, folder)

    listed = await harbour.call_tool("jobs", "list_postings", {}, JsonObject)
    assert said.code == 0, said.text
    assert {one["title"] for one in listed["postings"]} == {"Harbour Pilot", "Chart Editor", "Rigger"}


RIGGER = {
    "basics": {"name": "Hester Blackthorn", "label": "Rigger"},
    "work": [
        {
            "name": "Galehaven Port",
            "position": "Rigger",
            "startDate": "2017-02",
            "summary": "Hawser splicing for the pilot boats.",
        }
    ],
}
ADDED = "esco:splice-wharf-hawsers"


async def test_an_imported_taxonomy_is_what_intake_evaluator_and_search_then_read_by_for_that_organisation_only(
    deployment: Deployment, harbour: Units, units: Units, tmp_path: Path
) -> None:
    arguments = {"items": [RIGGER], "source": "rigger.json", "format": "json_resume"}
    await harbour.call_tool("candidates", "import_profiles", arguments, JsonObject)
    folder = tmp_path / "esco"
    folder.mkdir()
    write_esco(folder)

    said = await hiremesh_import(deployment, folder)

    assert said.code == 0, said.text
    rigger = await dossier_of(harbour, "Hester Blackthorn")
    assert await skills_drafted(harbour) == [ADDED]
    assert await skills_drafted(units) == []
    assert await judged(harbour, rigger) == ("meets", ["Hawser splicing for the pilot boats."])
    assert (await judged(units, rigger))[0] != "meets"
    assert await found_by_skill(harbour) == [rigger.candidate_id]


async def skills_drafted(units: Units) -> list[str]:
    """Return the skills that a posting asks for, as the intake reads it."""
    posting = "# Rigger\n\nGalehaven Port, Bergen, Norway.\n\n## Requirements\n- Wharf hawser splicing\n"
    drafted = await units.send("intake", "draft_requirements", {"text": posting}, JsonObject)
    return [skill for one in drafted["requirements"]["qualifications"] for skill in one["skills"]]


async def judged(units: Units, dossier: Dossier) -> tuple[str, list[str]]:
    """Return the verdict on a demand in the taxonomy's words, and the quotes it rests on."""
    asked = {"qualifications": ["Able to splice wharf hawsers"], "dossier": dossier.model_dump(mode="json")}
    result = await units.send("evaluator", "evaluate_candidate", asked, JsonObject)
    [judgement] = result["evaluation"]["judgements"]
    return judgement["verdict"], [quote["text"] for quote in judgement["quotes"]]


async def found_by_skill(units: Units) -> list[str]:
    """Return who has the added skill, once the index has been derived anew."""
    asked = {"filters": {"skills_all": [ADDED]}}
    async with asyncio.timeout(60):
        while True:
            found = await units.call_tool("recruiter_search", "search_candidates", asked, JsonObject)
            if found["hits"]:
                return [hit["candidate_id"] for hit in found["hits"]]
