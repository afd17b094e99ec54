"""Real résumés and postings through a whole deployment: ``python -m benchmarks.real_input [--data FOLDER]``.

Imports every résumé as a plain-text document, then runs the main job for each posting through the chat
endpoint, approving whatever is asked. Counts what came out, checks every quote against its source, and says
what failed and why. ``--write FOLDER`` keeps requirements and shortlists as Markdown, for people to read.
"""

import argparse
import asyncio
import base64
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from benchmarks.report import Cell, json_line, percentile, table
from shared.edge.units import Units
from shared.kernel.errors import HiremeshError
from shared.kernel.ids import new_id
from shared.wire.evaluation import Evaluation, Recommendation
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements
from supervisor.cli._chat_client import ChatClient, Event
from supervisor.cli._desk import chat_client
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import running_deployment
from supervisor.views.requirements import requirements_text
from supervisor.views.shortlist import MARKS, Dossiers, Evaluations, ShortlistCard, shortlist_text

TENANT = "real-input"
RECRUITER = "person:reader"
AT_ONCE = 2
"""Imports under way together; the feed takes them one after the other anyway."""
Row = dict[str, Any]


class Places(BaseModel):
    """Everybody that was judged for a project, and in which run."""

    class Place(BaseModel):
        candidate_id: str
        evaluation_id: str
        recommendation: Recommendation

    entries: list[Place]
    next_cursor: str | None = None


@dataclass
class Import:
    """What became of the résumés."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    seconds: list[float] = field(default_factory=list[float])
    refused: list[Row] = field(default_factory=list[Row])
    flags: Counter[str] = field(default_factory=Counter[str])
    took: float = 0.0


@dataclass
class Job:
    """What became of one posting."""

    id: str
    requirements: Requirements | None = None
    card: ShortlistCard | None = None
    evaluations: list[Evaluation] = field(default_factory=list[Evaluation])
    false_quotes: int = 0
    drafted: float = 0.0
    took: float = 0.0
    error: str | None = None

    def row(self) -> dict[str, Cell]:
        needs = self.requirements.qualifications if self.requirements else []
        verdicts = Counter(str(one.verdict) for each in self.evaluations for one in each.judgements)
        return {
            "posting": self.id[:24],
            "must": sum(one.importance == "must_have" for one in needs),
            "nice": sum(one.importance == "nice_to_have" for one in needs),
            "refused": len(self.requirements.refused) if self.requirements else 0,
            "judged": len(self.evaluations),
            "listed": len(self.card.candidates) if self.card else 0,
            "good": self.card.found if self.card else 0,
            **{mark: verdicts[verdict] for verdict, mark in MARKS.items()},
            "s": round(self.took, 2),
        }

    def text(self) -> str:
        """Return requirements and shortlist as Markdown."""
        needs = requirements_text(self.requirements) if self.requirements else "no requirements"
        stated = self.requirements.qualifications if self.requirements else []
        asked = json.dumps([one.model_dump(mode="json", exclude_defaults=True) for one in stated], indent=1)
        listed = shortlist_text(self.card) if self.card else "no shortlist"
        return f"# {self.id}\n\n{needs}\n\n{listed}\n\n{self.error or ''}\n\n```json\n{asked}\n```\n"


async def import_resumes(units: Units, resumes: list[Row]) -> Import:
    """Import each résumé as a text file and wait until all can be found."""
    done, turn, began = Import(), asyncio.Semaphore(AT_ONCE), time.monotonic()

    async def take(resume: Row) -> None:
        name, data = f"resume-{resume['id']}.txt", resume["text"].encode()
        arguments = {"name": name, "content_base64": base64.b64encode(data).decode()}
        async with turn:
            start = time.monotonic()
            try:
                report = await units.call_tool("candidates", "import_document", arguments, Row, timeout=60)
            except HiremeshError as error:
                done.outcomes["failed"] += 1
                done.refused.append({"document": name, "why": f"{error.code}: {error.message}"})
                return
            done.seconds.append(time.monotonic() - start)
        for item in report["items"]:
            done.outcomes[item["status"]] += 1
            if item["status"] == "refused":
                done.refused.append({"document": name, "why": item["reason"]})

    await asyncio.gather(*(take(resume) for resume in resumes))
    await _wait_for_index(units, done)
    done.took = time.monotonic() - began
    return done


async def _wait_for_index(units: Units, done: Import) -> None:
    after = 0
    while True:
        page = await units.call_tool("candidates", "list_changes", {"after": after, "limit": 500}, Row)
        if not page["changes"]:
            break
        after = page["next"]
        done.flags.update(
            flag for one in page["changes"] if one["dossier"] for flag in one["dossier"]["flags"]
        )
    await units.call_tool("recruiter_search", "index_status", {"at_least_seq": after}, Row, timeout=120)


async def hire(client: ChatClient, units: Units, posting: Row) -> Job:
    """Run the job for one posting in a thread of its own, approving all that is asked."""
    job, began = Job(posting["id"]), time.monotonic()
    thread = new_id("thread")
    text = f"# {posting['title']}\n\n{posting['body_markdown']}"
    try:
        waiting = await _show(job, client.say(thread, text), began)
        while waiting:
            waiting = await _show(job, client.answer(thread, waiting, True, ""), began)
        job.took = time.monotonic() - began
        if job.card is None and job.error is None:
            job.error = "the run ended without a shortlist"
        if job.card:
            await _look_up(job, job.card, units)
    except HiremeshError as error:
        job.error = f"{error.code}: {error.message}"
    job.took = job.took or time.monotonic() - began
    return job


async def _show(job: Job, events: AsyncIterator[Event], began: float) -> list[Event]:
    """Take in a turn's events; return what it waits for."""
    waiting: list[Event] = []
    async for event in events:
        match event:
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": "requirements", "content": content}:
                job.requirements = Requirements.model_validate(content)
                job.drafted = job.drafted or time.monotonic() - began
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": "shortlist", "content": content}:
                job.card = ShortlistCard.model_validate(content)
            case {"type": "RUN_FINISHED"}:
                waiting = event.get("outcome", {}).get("interrupts", [])
            case {"type": "RUN_ERROR", "message": message}:
                job.error = message
            case _:
                pass
    return waiting


async def _look_up(job: Job, card: ShortlistCard, units: Units) -> None:
    """Fetch the approved requirements and every evaluation, and check the quotes."""
    where: Row = {"project_id": card.project_id, "revision": card.revision}
    runs: dict[str, list[str]] = {}
    more: Row = {}
    while True:
        page = await units.call_tool("projects", "get_shortlist", where | more | {"limit": 100}, Places)
        for entry in page.entries:
            runs.setdefault(entry.evaluation_id, []).append(entry.candidate_id)
        if page.next_cursor is None:
            break
        more = {"cursor": page.next_cursor}
    for run, people in runs.items():
        request = {"evaluation_id": run, "candidate_ids": people, "limit": 100}
        answer = await units.send("evaluator", "get_evaluations", request, Evaluations)
        job.evaluations += answer.evaluations
    for start in range(0, len(job.evaluations), 50):
        batch = job.evaluations[start : start + 50]
        arguments = {"candidate_ids": [one.candidate_id for one in batch]}
        found = await units.call_tool("candidates", "get_dossiers", arguments, Dossiers)
        job.false_quotes += false_quotes(batch, found.dossiers)


def false_quotes(evaluations: list[Evaluation], dossiers: list[Dossier]) -> int:
    """Count the quotes that do not stand in their source at their place."""
    texts = {(one.candidate_id, source.id): source.text for one in dossiers for source in one.sources}
    return sum(
        texts.get((each.candidate_id, quote.source), "")[quote.start : quote.end] != quote.text
        for each in evaluations
        for judgement in each.judgements
        for quote in judgement.quotes
    )


async def measure(resumes: list[Row], postings: list[Row]) -> tuple[Import, list[Job]]:
    """Start a deployment, import, hire for each posting, stop."""
    with tempfile.TemporaryDirectory(prefix="hiremesh-real-") as folder:
        async with (
            running_deployment(Path(folder)) as up,
            operator(up.folder.path) as issuer,
            signed_in_units(issuer, up.run.units, TENANT, RECRUITER) as units,
            chat_client(Path(folder), TENANT, RECRUITER) as client,
        ):
            imported = await import_resumes(units, resumes)
            return imported, [await hire(client, units, posting) for posting in postings]


def print_import(imported: Import) -> dict[str, object]:
    """Print what became of the résumés; return the figures."""
    figures: dict[str, Cell] = {
        "documents": sum(imported.outcomes.values()),
        **dict(imported.outcomes),
        "seconds": round(imported.took, 1),
        "median s": round(percentile(imported.seconds, 0.5), 3),
        "p90 s": round(percentile(imported.seconds, 0.9), 3),
    }
    table([figures], title="Résumés imported, and searchable")
    table(imported.refused or [{"document": "none", "why": ""}], title="Refused")
    table([dict(imported.flags)] if imported.flags else [{"flags": "none"}], title="Flagged")
    return {"resumes": figures, "refusals": imported.refused}


def print_jobs(jobs: list[Job]) -> dict[str, object]:
    """Print what became of the postings; return the figures."""
    table([job.row() for job in jobs], title="Postings")
    everyone = [each for job in jobs for each in job.evaluations]
    took = [job.took for job in jobs if job.error is None]
    figures: dict[str, object] = {
        "postings": len(jobs),
        "with requirements": sum(bool(job.requirements and job.requirements.qualifications) for job in jobs),
        "with a shortlist": sum(job.card is not None for job in jobs),
        "candidates judged": len(everyone),
        "different candidates": len({each.candidate_id for each in everyone}),
        **{
            f"draft {name} s": round(percentile([job.drafted for job in jobs if job.drafted], share), 2)
            for name, share in (("median", 0.5), ("p90", 0.9))
        },
        **{
            f"job {name} s": round(percentile(took, share), 2)
            for name, share in (("median", 0.5), ("p90", 0.9))
        },
        "false quotes": sum(job.false_quotes for job in jobs),
    }
    table([{"what": name, "figure": str(value)} for name, value in figures.items()], title="In all")
    verdicts = Counter(str(one.verdict) for each in everyone for one in each.judgements)
    matches = Counter(each.recommendation for each in everyone)
    table([dict(verdicts)], title="Verdicts")
    table([dict(matches)], title="Recommendations")
    failures: list[dict[str, Cell]] = [{"posting": job.id, "why": job.error} for job in jobs if job.error]
    table(failures or [{"posting": "none", "why": ""}], title="Failed")
    return {"jobs": figures, "verdicts": verdicts, "recommendations": matches, "failures": failures}


def main() -> int:
    """Measure, print the tables and one JSON line; 0 where the data is absent, 1 where a posting failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", type=int, help="so many postings")
    parser.add_argument("--show", metavar="ID", help="only this posting, its shortlist in full")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="keep requirements and shortlists here")
    options = parser.parse_args()
    sources = (options.data / "resumes" / "resumes.jsonl", options.data / "postings" / "public_service.jsonl")
    for source in sources:
        if not source.exists():
            print(f"skipped: {source} is not there; give the folder with --data")
            return 0
    resumes, postings = (
        [json.loads(line) for line in one.read_text("utf-8").splitlines()] for one in sources
    )
    chosen = [one for one in postings if options.show in (None, one["id"])][: options.only]
    if not chosen:
        print(f"no posting is called {options.show}; there are {', '.join(one['id'] for one in postings)}")
        return 1
    imported, jobs = asyncio.run(measure(resumes, chosen))
    figures = print_import(imported) | print_jobs(jobs)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        for job in jobs:
            (options.write / f"{job.id}.md").write_text(job.text(), encoding="utf-8")
    if options.show:
        print(jobs[0].text())
    json_line({"benchmark": "real_input", **figures})
    return int(any(job.error for job in jobs))


if __name__ == "__main__":
    sys.exit(main())
