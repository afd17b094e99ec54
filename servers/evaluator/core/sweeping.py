"""Judging many: a sweep is cut into pieces, and each piece is judged and stored by itself.

What is done is kept whatever happens: a piece that was stored is never judged again, and one that was not is
judged by whoever takes up its message. Nobody needs to wait for a sweep; who does follows what is stored.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.evaluating import evaluate
from servers.evaluator.core.following import LATE, follow, opening
from servers.evaluator.core.models import (
    EvaluateCandidatesRequest,
    EvaluateCandidatesResult,
    Piece,
    PieceResult,
    StoredRun,
    Sweep,
)
from servers.evaluator.core.ports import Bench, Book, Drafters, Mandates, Reporter, Shelf, Sources, Vocabulary
from servers.evaluator.core.shadowing import SHADOWED, compared
from servers.evaluator.core.versions import JudgeVersion, engine_name
from shared.kernel.errors import HiremeshError, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.kernel.window import Window

PIECE = 20
"""Candidates judged between two looks at deadline, budget and whether anybody stopped it."""
LONGEST = timedelta(hours=6)
LATEST = timedelta(days=7)
"""No deadline is further away: so long may a sign-in be kept."""

Finish = Callable[[Book], Awaitable[None]]
"""What a piece came to, to be written in the transaction that ends its message."""


class Sweeping:
    """Opens sweeps and judges their pieces."""

    def __init__(
        self,
        sources: Sources,
        shelf: Shelf,
        drafters: Drafters,
        bench: Bench,
        mandates: Mandates,
        vocabulary: Vocabulary,
    ) -> None:
        self._sources = sources
        self._shelf = shelf
        self._drafters = drafters
        self._bench = bench
        self._mandates = mandates
        self._vocabulary = vocabulary

    async def open(
        self, caller: Principal, request: EvaluateCandidatesRequest, call: str | None = None
    ) -> str:
        """Begin a sweep, or take up the one that this call began before, and return its id.

        ``call`` is the name the caller gave this call; repeated, it is the same sweep and no second one.
        """
        _check(request)
        ref = request.requirements
        sweep_id = _sweep_id(caller.tenant, call)
        if await self._taken_up(caller, sweep_id):
            return sweep_id
        requirements = await self._sources.requirements(ref)
        people, refreshed = await self._whom(caller.tenant, request)
        ids = people[: request.budget.candidates]
        pieces = _pieces(ids)
        mandate = await self._mandates.delegate(caller)
        judge = await self._bench.serving()
        async with self._shelf.begin(caller.tenant) as book:
            now = await book.now()
            sweep = Sweep(
                id=sweep_id,
                state="running" if ids else "done",
                reason=None if len(ids) == len(people) else f"the budget is {len(ids):,} candidates",
                requirements=requirements,
                project_id=ref.project_id,
                revision=ref.revision,
                principal=mandate if ids else None,
                deadline=_deadline(request, now),
                seconds=request.budget.seconds,
                window=request.window,
                refreshed=refreshed,
                candidates=len(ids),
                left_out=len(people) - len(ids),
                pieces=len(pieces),
                open_pieces=len(pieces),
            )
            if await book.add(sweep, _run_of(sweep, caller, judge.version), pieces):
                await book.take_up(sweep, _begins(sweep, now))
        return sweep_id

    async def _whom(self, tenant: str, request: EvaluateCandidatesRequest) -> tuple[list[str], str | None]:
        """Return whom to judge, and which evaluation that looks at again."""
        found = await self._sources.people(request.candidates) if request.candidates else []
        before = None
        if request.refresh:
            async with self._shelf.begin(tenant) as book:
                before = await book.newest(request.requirements.project_id)
                found = [*(await book.people(before) if before else []), *found]
        if before is None and request.candidates is None:
            raise NotFound("this project was not evaluated yet", field="refresh", fix="Send candidates.")
        return list(dict.fromkeys(found)), before

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
            now = await book.now()
            sweep = await book.sweep(sweep_id, lock=True)
            if sweep is not None and sweep.state in ("cancelled", "failed"):
                again = {"round": sweep.round + 1, "principal": mandate, "state": "running", "reason": None}
                await book.take_up(sweep.model_copy(update=again), _begins(sweep, now))
        return True

    async def judge(self, tenant: str, sweep_id: str, number: int, *, patient: bool = False) -> Finish | None:
        """Judge one piece and return what must be stored of it; None where nothing is left to do.

        ``patient`` fails where the model does not answer, to be called again later; else rules have to do.
        """
        async with self._shelf.begin(tenant) as book:
            now = await book.now()
            sweep, piece = await book.sweep(sweep_id), await book.piece(sweep_id, number)
        if sweep is None or piece is None or piece.done or sweep.state != "running":
            return None
        if over := _over(sweep, now):
            return lambda book: book.end(sweep.id, "stopped", over)
        if later := _begins(sweep, now):
            return lambda book: book.send(sweep.id, number, later)
        result = await self._judged(tenant, sweep, piece, now, patient)
        return lambda book: book.finish(sweep.id, piece, result)

    async def _judged(
        self, tenant: str, sweep: Sweep, piece: Piece, now: datetime, patient: bool
    ) -> PieceResult:
        assert sweep.principal is not None
        with acting_as(sweep.principal):
            dossiers = await self._sources.dossiers(piece.candidate_ids)
            words = await self._vocabulary.words(tenant)
            taxonomy = await self._vocabulary.of(tenant)
        today, demands, spent = now.date(), sweep.requirements, 0.0
        there = {one.candidate_id for one in dossiers}

        def engines(judge: JudgeVersion | None) -> RulesEngine:
            return RulesEngine(taxonomy, today, judge)

        async def drafts(engine: RulesEngine) -> list[Draft]:
            nonlocal spent
            async with self._shelf.begin(tenant) as book:
                stored = await book.stored([*there], engine.questions(demands))
            drafted, seconds = await self._drafters.draft(
                words, today, demands, dossiers, stored, engine.judge_version
            )
            spent += seconds
            return drafted

        serving = await self._bench.serving()
        judged = await evaluate(demands, engines, drafts, serving, "background", patient=patient)
        unknown = [one for one in piece.candidate_ids if one not in there]
        result = PieceResult(judged=judged, unknown=unknown, seconds=spent)
        shadow = await self._bench.shadow() if piece.number % SHADOWED == 0 else None
        if shadow:
            beside = await evaluate(demands, engines, drafts, shadow, "background")
            result.comparison = compared(judged, beside)
        return result

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
        return await follow(self._shelf, tenant, sweep_id, reporter)


def _check(request: EvaluateCandidatesRequest) -> None:
    """Raise InvalidInput for what can never work."""
    found = request.candidates
    if found is None and not request.refresh:
        raise InvalidInput("say whom to judge", field="candidates", fix="Send candidates, or refresh.")
    if found is not None and found.project_id != request.requirements.project_id:
        raise InvalidInput("these candidates were found for another project", field="candidates")
    if request.window is not None:
        Window.read(request.window)


def _pieces(ids: list[str]) -> list[Piece]:
    return [
        Piece(number=number, first=first, candidate_ids=ids[first : first + PIECE])
        for number, first in enumerate(range(0, len(ids), PIECE))
    ]


def _run_of(sweep: Sweep, caller: Principal, judge: JudgeVersion | None) -> StoredRun:
    return StoredRun(
        evaluation_id=sweep.id,
        project_id=sweep.project_id,
        revision=sweep.revision,
        engine=engine_name(judge),
        created_by=caller.subject,
    )


def _deadline(request: EvaluateCandidatesRequest, now: datetime) -> datetime:
    if request.deadline is None:
        return opening(request.window, now) + LONGEST
    if request.deadline > now + LATEST:
        raise InvalidInput("the deadline is too far away", field="deadline", fix="Give one within 7 days.")
    return request.deadline


def _begins(sweep: Sweep, now: datetime) -> datetime | None:
    """Return when pieces may be begun, or the deadline where that comes first; None for now."""
    opens = opening(sweep.window, now)
    return min(opens, sweep.deadline) if opens > now else None


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
