"""Judging many: a sweep is cut into pieces, and each piece is judged and stored by itself.

What is done is kept whatever happens: a piece that was stored is never judged again, and one that was not is
judged by whoever takes up its message. Nobody needs to wait for a sweep; who does follows what is stored.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from servers.evaluator.core.engine import ENGINE, RulesEngine
from servers.evaluator.core.models import (
    EvaluateCandidatesRequest,
    EvaluateCandidatesResult,
    Piece,
    PieceResult,
    StoredRun,
    Sweep,
)
from servers.evaluator.core.outcomes import GOOD, result_of
from servers.evaluator.core.ports import Book, Judges, Mandates, Reporter, Shelf, Sources, Vocabulary
from shared.kernel.clock import Clock
from shared.kernel.errors import HiremeshError, InvalidInput, NotFound, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.wire.facts import EvaluatedCandidate

PIECE = 20
"""Candidates judged between two looks at deadline, budget and whether anybody stopped it."""
LOOK_SECONDS = 0.25
LONGEST = timedelta(hours=6)
LATE = "the deadline has passed"
FEW = 100
"""Of so many each outcome is streamed; of more only those that match well."""

Finish = Callable[[Book], Awaitable[None]]
"""What a piece came to, to be written in the transaction that ends its message."""


class Sweeping:
    """Opens sweeps, judges their pieces and follows them."""

    def __init__(
        self,
        sources: Sources,
        shelf: Shelf,
        judges: Judges,
        mandates: Mandates,
        vocabulary: Vocabulary,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._shelf = shelf
        self._judges = judges
        self._mandates = mandates
        self._vocabulary = vocabulary
        self._clock = clock

    async def open(
        self, caller: Principal, request: EvaluateCandidatesRequest, call: str | None = None
    ) -> str:
        """Begin a sweep, or take up the one that this call began before, and return its id.

        ``call`` is the name the caller gave this call; repeated, it is the same sweep and no second one.
        """
        ref, found = request.requirements, request.candidates
        if found.project_id != ref.project_id:
            raise InvalidInput("these candidates were found for another project", field="candidates")
        sweep_id = _sweep_id(caller.tenant, call)
        if await self._taken_up(caller, sweep_id):
            return sweep_id
        requirements = await self._sources.requirements(ref)
        people = list(dict.fromkeys(await self._sources.people(found)))
        ids = people[: request.budget.candidates]
        pieces = [
            Piece(number=number, first=first, candidate_ids=ids[first : first + PIECE], done=False)
            for number, first in enumerate(range(0, len(ids), PIECE))
        ]
        sweep = Sweep(
            id=sweep_id,
            state="running" if pieces else "done",
            reason=None if len(ids) == len(people) else f"the budget is {len(ids):,} candidates",
            round=1,
            requirements=requirements,
            project_id=ref.project_id,
            revision=ref.revision,
            principal=await self._mandates.delegate(caller),
            deadline=request.deadline or self._clock.now() + LONGEST,
            seconds=request.budget.seconds,
            spent=0.0,
            candidates=len(ids),
            left_out=len(people) - len(ids),
            pieces=len(pieces),
            open_pieces=len(pieces),
            judged=0,
            reused=0,
            kept=0,
            redone=0,
        )
        run = StoredRun(
            evaluation_id=sweep_id,
            project_id=ref.project_id,
            revision=ref.revision,
            engine=ENGINE,
            created_by=caller.subject,
        )
        async with self._shelf.begin(caller.tenant) as book:
            if await book.add(sweep, run, pieces) and pieces:
                await book.take_up(sweep)
        return sweep_id

    async def _taken_up(self, caller: Principal, sweep_id: str) -> bool:
        """Go on with a sweep that is there; one that was given up works off what it had left."""
        async with self._shelf.begin(caller.tenant) as book:
            sweep = await book.sweep(sweep_id)
        if sweep is None:
            return False
        if sweep.state not in ("cancelled", "failed"):
            return True
        mandate = await self._mandates.delegate(caller)
        async with self._shelf.begin(caller.tenant) as book:
            sweep = await book.sweep(sweep_id, lock=True)
            if sweep is not None and sweep.state in ("cancelled", "failed"):
                again = {"round": sweep.round + 1, "principal": mandate, "state": "running", "reason": None}
                await book.take_up(sweep.model_copy(update=again))
        return True

    async def judge(self, tenant: str, sweep_id: str, number: int) -> Finish | None:
        """Judge one piece and return what must be stored of it; None where nothing is left to do."""
        async with self._shelf.begin(tenant) as book:
            sweep, piece = await book.sweep(sweep_id), await book.piece(sweep_id, number)
        if sweep is None or piece is None or piece.done or sweep.state != "running":
            return None
        if over := _over(sweep, self._clock.now()):
            return lambda book: book.end(sweep.id, "stopped", over)
        assert sweep.principal is not None
        with acting_as(sweep.principal):
            dossiers = await self._sources.dossiers(piece.candidate_ids)
            words = await self._vocabulary.words(tenant)
            taxonomy = await self._vocabulary.of(tenant)
        today, there = self._clock.today(), {one.candidate_id for one in dossiers}
        questions = RulesEngine(taxonomy, today).questions(sweep.requirements)
        async with self._shelf.begin(tenant) as book:
            stored = await book.stored([*there], questions)
        judged, seconds = await self._judges.judge(words, today, sweep.requirements, dossiers, stored)
        unknown = [one for one in piece.candidate_ids if one not in there]
        result = PieceResult(judged=judged, unknown=unknown, seconds=seconds)
        return lambda book: book.finish(sweep, piece, result)

    async def give_up(self, tenant: str, sweep_id: str, error: HiremeshError) -> None:
        """End a sweep of which a piece cannot be judged."""
        async with self._shelf.begin(tenant) as book:
            await book.end(sweep_id, "failed", str(error), retryable=error.retryable)

    async def cancel(self, tenant: str, sweep_id: str) -> None:
        """Stop a sweep; what is judged stays, and the same call again goes on with the rest."""
        async with self._shelf.begin(tenant) as book:
            await book.end(sweep_id, "cancelled")

    async def follow(self, tenant: str, sweep_id: str, reporter: Reporter) -> EvaluateCandidatesResult:
        """Tell how far a sweep gets until it ends, and return what it came to.

        Raises NotFound, and HiremeshError for one that could not be finished.
        """
        seen: list[int] = []
        told = 0
        while True:
            async with self._shelf.begin(tenant) as book:
                sweep = await book.sweep(sweep_id)
                new = await book.finished(sweep_id, seen)
                outcomes = await book.outcomes(sweep_id, new) if new else []
            if sweep is None:
                raise NotFound("there is no such evaluation", field="evaluation_id")
            for one in outcomes:
                if sweep.candidates <= FEW or one.recommendation in GOOD:
                    await reporter.judged(one)
            seen += new
            if new:
                told += len(outcomes)
                await reporter.reached(told, sweep.candidates)
            if sweep.state != "running":
                return await self._result(tenant, sweep)
            if self._clock.now() >= sweep.deadline:
                async with self._shelf.begin(tenant) as book:
                    await book.end(sweep_id, "stopped", LATE)
            else:
                await asyncio.sleep(LOOK_SECONDS)

    async def _result(self, tenant: str, sweep: Sweep) -> EvaluateCandidatesResult:
        if sweep.state == "failed":
            raise (Unavailable if sweep.retryable else HiremeshError)(
                sweep.reason or "it could not be finished"
            )
        async with self._shelf.begin(tenant) as book:
            pieces = await book.finished(sweep.id, [])
            results: list[EvaluatedCandidate] = await book.outcomes(sweep.id, pieces)
            unknown = await book.unknown(sweep.id)
        return result_of(sweep, results, unknown)


def _over(sweep: Sweep, now: datetime) -> str | None:
    """Return which limit is reached, or None."""
    if now >= sweep.deadline:
        return LATE
    if sweep.spent >= sweep.seconds:
        return f"the budget of {sweep.seconds:g} seconds is used up"
    return None


def _sweep_id(tenant: str, call: str | None) -> str:
    """Return the id of a sweep: always the same one for a named call, so that repeating it adds nothing."""
    if call is None:
        return new_id("eval")
    return f"eval_{hashlib.sha256(f'{tenant}:{call}'.encode()).hexdigest()[:32]}"
