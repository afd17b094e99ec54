"""How soon an update is found while many come in, and what a search takes meanwhile."""

import asyncio
import time
from dataclasses import dataclass
from itertools import count

from benchmarks.market.dossiers import dossier_of
from benchmarks.market.world import World
from benchmarks.report import percentile
from benchmarks.search.asking import Latency
from benchmarks.search.people import TENANT
from benchmarks.search.questions import Question
from benchmarks.search.served import PlayedFeed, Served
from shared.events.bus import EventBus
from shared.kernel.errors import DeadlineExceeded
from shared.wire.changes import CandidateChange

UPDATES_PER_S = 500
TICK = 0.05
"""Seconds between what one import writes; each is announced by one event, as the candidates unit does."""


@dataclass(frozen=True)
class Freshness:
    """Figures while updates came in: how many a second really did, ms until they were found, and what searches took
    meanwhile; None where nobody searched."""

    updates_per_s: float
    probes: int
    p50: float
    p95: float
    most: float
    search: Latency | None


class Updates:
    """Changes of people's titles, made ahead: that would cost time while they are put."""

    def __init__(self, world: World, people: int, feed: PlayedFeed, bus: EventBus) -> None:
        self._feed = feed
        self._bus = bus
        self._numbers = (number % people for number in count())
        self._markers = count()
        self._world = world
        self._seq = feed.last
        self._run = f"{time.time_ns():x}"

    def made(self, amount: int, marker: str | None = None) -> list[str]:
        """Return the next changes as the feed's lines; the last one bears the marker."""
        lines: list[str] = []
        for nth in range(amount):
            dossier = dossier_of(self._world, next(self._numbers))
            dossier.profile.basics.label = "Interim director"
            if marker and nth == amount - 1:
                dossier.profile.basics.label = marker
                dossier.flags.clear()  # who is not to be contacted is not found
            self._seq += 1
            change = CandidateChange(seq=self._seq, candidate_id=dossier.candidate_id, dossier=dossier)
            lines.append(change.model_dump_json())
        return lines

    def marker(self) -> str:
        """Return a word that stands in no profile yet."""
        return f"zq{self._run}n{next(self._markers)}"

    async def put(self, lines: list[str]) -> int:
        """Write changes, announce them, and return the last one's number; from now on they are written."""
        self._feed.put(lines)
        await self._bus.publish_unit(TENANT, "candidates", "changed", {"seq": self._feed.last})
        return self._feed.last


async def freshness(served: Served, updates: Updates, questions: list[Question], seconds: float) -> Freshness:
    """Let updates come in for some seconds, look for one of each second's, and ask the questions meanwhile, if any.

    The first of all, which the unit begins its deriving processes for, is found before.
    """
    each, ticks, second = max(1, int(UPDATES_PER_S * TICK)), int(seconds / TICK), int(1 / TICK)
    first = updates.marker()
    await _look_for(served, first, await updates.put(updates.made(each, first)), time.perf_counter(), [])
    markers = {tick: updates.marker() for tick in range(0, ticks, second)}
    made = [updates.made(each, markers.get(tick)) for tick in range(ticks)]
    found: list[float] = []
    probing: list[asyncio.Task[None]] = []
    searching = asyncio.create_task(_searching(served, questions, seconds))
    began = time.perf_counter()
    for tick, lines in enumerate(made):
        await asyncio.sleep(max(0.0, began + tick * TICK - time.perf_counter()))
        seq, written = await updates.put(lines), time.perf_counter()
        if tick in markers:
            probing.append(asyncio.create_task(_look_for(served, markers[tick], seq, written, found)))
    rate = ticks * each / (time.perf_counter() - began)
    search = await searching
    await asyncio.gather(*probing)
    p50, p95 = percentile(found, 0.5), percentile(found, 0.95)
    return Freshness(rate, len(found), p50, p95, max(found, default=0.0), search)


async def _searching(served: Served, questions: list[Question], seconds: float) -> Latency | None:
    if not questions:
        return None
    taken: list[float] = []
    until, cpu = time.perf_counter() + seconds, served.cpu()
    while time.perf_counter() < until:
        began = time.perf_counter()
        await served.ask(questions[len(taken) % len(questions)])
        taken.append((time.perf_counter() - began) * 1e3)
    return Latency.of(taken, 0, (served.cpu() - cpu) * 1e3 / max(1, len(taken)))


async def _look_for(served: Served, marker: str, seq: int, written: float, found: list[float]) -> None:
    """Wait until the unit says that the change is searched, and see that it is."""
    asked = {"expression": f"title:{marker}", "limit": 1, "at_least_seq": seq}
    page = None
    while page is None:
        try:
            page = await served.call("search_candidates", asked)
        except DeadlineExceeded:  # it waits 20 s at most; asked again, it goes on waiting
            continue
    if page["total"] != 1:
        raise AssertionError(f"change {seq} is said to be searched and is not found")
    found.append((time.perf_counter() - written) * 1e3)
