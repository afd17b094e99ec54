"""Following a sweep, for whoever waits for it: how far it is, what it waits for, what it came to."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from servers.evaluator.core.models import EvaluateCandidatesResult, Sweep
from servers.evaluator.core.outcomes import GOOD, result_of
from servers.evaluator.core.ports import Reporter, Shelf
from shared.kernel.errors import HiremeshError, NotFound, Unavailable
from shared.kernel.window import Window
from shared.wire.facts import EvaluatedCandidate

LOOK_SECONDS = 0.25
WAITING_LOOK_SECONDS = 5.0
LATE = "the deadline has passed"
FEW = 100
"""Of so many each outcome is streamed; of more only those that match well."""


def opening(window: str | None, now: datetime) -> datetime:
    """Return when pieces may be begun: ``now``, or when the window opens next, in its own time zone."""
    if window is None:
        return now
    hours = Window.read(window)
    return hours.next(now).astimezone(ZoneInfo(hours.zone))


async def follow(shelf: Shelf, tenant: str, sweep_id: str, reporter: Reporter) -> EvaluateCandidatesResult:
    """Tell how far a sweep gets until it ends, and return what it came to.

    Raises NotFound, and HiremeshError for one that could not be finished.
    """
    seen: list[int] = []
    told, waits = 0, None
    while True:
        async with shelf.begin(tenant) as book:
            now = await book.now()
            sweep = await book.sweep(sweep_id)
            new = await book.finished(sweep_id, seen)
            outcomes = await book.outcomes(sweep_id, new) if new else []
        if sweep is None:
            raise NotFound("there is no such evaluation", field="evaluation_id")
        seen += new
        for one in _worth_telling(sweep, outcomes):
            await reporter.judged(one)
        if sweep.judged > told:
            told = sweep.judged
            await reporter.reached(told, sweep.candidates)
        if sweep.state != "running":
            return await _result(shelf, tenant, sweep)
        if now >= sweep.deadline:
            async with shelf.begin(tenant) as book:
                await book.end(sweep_id, "stopped", LATE)
            continue
        opens = opening(sweep.window, now)
        if opens > now and opens != waits:
            waits = opens
            await reporter.waits(opens, told, sweep.candidates)
        left = (min(opens, sweep.deadline) - now).total_seconds()
        await asyncio.sleep(min(left, WAITING_LOOK_SECONDS) if opens > now else LOOK_SECONDS)


def _worth_telling(sweep: Sweep, outcomes: Sequence[EvaluatedCandidate]) -> list[EvaluatedCandidate]:
    few = sweep.candidates <= FEW or sweep.refreshed is not None
    return [one for one in outcomes if few or one.recommendation in GOOD]


async def _result(shelf: Shelf, tenant: str, sweep: Sweep) -> EvaluateCandidatesResult:
    if sweep.state == "failed":
        raise (Unavailable if sweep.retryable else HiremeshError)(sweep.reason or "it could not be finished")
    async with shelf.begin(tenant) as book:
        results = await book.results(sweep.id)
        unknown = await book.unknown(sweep.id)
        changed = await book.changed(sweep.id) if sweep.refreshed else []
    return result_of(sweep, results, unknown, changed)
