"""Sweeps of the evaluator that are worked off: the real mailboxes, worker and judging processes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine, draft_each
from servers.evaluator.core.models import EvaluateCandidatesRequest, Judged
from servers.evaluator.core.ports import Bench as AnyBench
from servers.evaluator.core.ports import Drafters
from servers.evaluator.core.sweeping import Sweeping
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.sources import UnitSources
from servers.evaluator.sweeps.shelf import PostgresShelf
from servers.evaluator.worker import sweep_worker
from shared.edge.taxonomies import Taxonomies
from shared.edge.units import UnitCalls
from shared.kernel.principal import Principal
from shared.mailbox import Mailboxes, People
from shared.mailbox.model import Bus
from shared.storage import Database
from shared.taxonomy import Taxonomy, Words
from shared.wire.facts import CandidatesFound, EvaluatedCandidate
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef
from tests.support.benches import Bench
from tests.support.people import dossier

ROLE: dict[str, Any] = {
    "title": "Backend engineer",
    "qualifications": [
        {"id": "q1", "statement": "Kubernetes", "kind": "skill", "skills": ["kubernetes"]},
        {"id": "q2", "statement": "Terraform", "kind": "skill", "skills": ["terraform"]},
    ],
}


def talent(**said: str) -> dict[str, Any]:
    """Return neighbours that know a role, and everybody who is asked for; some said something of their own."""

    def known(asked: dict[str, Any]) -> dict[str, Any]:
        people = [
            dossier(one, text=said.get(one, f"Ran Kubernetes clusters, as {one} says."))
            for one in asked["candidate_ids"]
        ]
        return {"dossiers": [one.model_dump(mode="json", by_alias=True) for one in people]}

    return {"projects.get_requirements": ROLE, "candidates.get_dossiers": known}


def evaluation_of(*candidates: str, **more: Any) -> EvaluateCandidatesRequest:
    """Return the request to judge these people."""
    found = CandidatesFound(search_id="s1", project_id="proj_1", candidate_ids=list(candidates))
    ref = RequirementsRef(project_id="proj_1", revision=1)
    return EvaluateCandidatesRequest(requirements=ref, candidates=found, **more)


class Follower:
    """Notes what a sweep tells."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.progress = asyncio.Event()
        self.waiting = asyncio.Event()
        self.waits_until: datetime | None = None

    async def judged(self, result: EvaluatedCandidate) -> None:
        self.outcomes.append(result.candidate_id)

    async def reached(self, done: int, total: int) -> None:
        self.progress.set()

    async def waits(self, until: datetime, done: int, total: int) -> None:
        self.waits_until = until
        self.waiting.set()


class HeldDrafters:
    """Drafts ``free`` pieces, then none until ``go`` is set."""

    def __init__(self, free: int = 1) -> None:
        self.pieces = 0
        self.in_hand = 0
        self.go = asyncio.Event()
        self._free = free
        self._changed = asyncio.Condition()

    async def holding(self, pieces: int) -> None:
        """Wait until so many are held."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.in_hand == pieces)

    async def draft(
        self,
        words: Words,
        as_of: date,
        requirements: Requirements,
        dossiers: Sequence[Dossier],
        stored: Sequence[Judged],
        judge: JudgeVersion | None = None,
    ) -> tuple[list[Draft], float]:
        self.pieces += 1
        if self.pieces > self._free:
            async with self._changed:
                self.in_hand += 1
                self._changed.notify_all()
            await self.go.wait()
        return draft_each(RulesEngine(Taxonomy.compact(), as_of, judge), requirements, dossiers, stored), 1.0


class AsTheyCame:
    """Keeps everybody's token as it is."""

    async def delegate(self, principal: Principal) -> Principal:
        return principal


def sweeping_over(
    database: Database,
    units: UnitCalls,
    drafters: Drafters,
    *,
    bench: AnyBench | None = None,
    bus: Bus | None = None,
) -> tuple[Sweeping, Mailboxes]:
    """Return a sweeping that nobody works for yet, and its mailboxes."""
    mailboxes = Mailboxes(database, bus)
    vocabulary = Taxonomies(units, "evaluator", max_age=3600)
    shelf = PostgresShelf(mailboxes)
    sweeping = Sweeping(UnitSources(units), shelf, drafters, bench or Bench(), AsTheyCame(), vocabulary)
    return sweeping, mailboxes


@asynccontextmanager
async def swept(
    database: Database,
    units: UnitCalls,
    drafters: Drafters,
    *,
    bench: AnyBench | None = None,
    bus: Bus | None = None,
    people: People | None = None,
) -> AsyncGenerator[Sweeping]:
    """Lend a sweeping with a worker."""
    sweeping, mailboxes = sweeping_over(database, units, drafters, bench=bench, bus=bus)
    worker = sweep_worker(mailboxes, sweeping, people or People(), lease=2.0)
    await worker.start()
    try:
        yield sweeping
    finally:
        await worker.drain(grace=1.0)
