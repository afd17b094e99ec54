"""Asking a system: one question after the other, or many clients at once."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.report import percentile
from benchmarks.search.questions import DEEP, PAGE, Question


class System(Protocol):
    """What can be asked, and what it costs."""

    name: str

    async def ask(self, question: Question) -> int:
        """Answer with a page of people, or counts, and return how many were found in all."""
        ...

    def cpu(self) -> float:
        """Return the CPU seconds used so far."""
        ...


@dataclass(frozen=True)
class Latency:
    """How long one client waited, in milliseconds, what it found in all, and the system's CPU ms an answer."""

    asked: int
    found: int
    p50: float
    p95: float
    p99: float
    cpu: float

    @classmethod
    def of(cls, taken: list[float], found: int, cpu: float) -> "Latency":
        """Return the figures of the times taken."""
        shares = (percentile(taken, share) for share in (0.5, 0.95, 0.99))
        return cls(len(taken), found, *shares, cpu)


async def one_client(
    system: System, questions: list[Question], seconds: float, before: Sequence[Question]
) -> Latency:
    """Ask every question once and stop after ``seconds`` at the latest.

    Others come ``before`` and are not timed, so that the memory holds what questions of the kind read; they stop
    after as many seconds.
    """
    await _timed(system, before, 0, seconds)
    return await _timed(system, questions, 0, seconds)


async def deep_walks(system: System, starts: list[Question], pages: range, seconds: float) -> Latency:
    """Turn the pages of each result and time those in ``pages``; a result that ends earlier is left there."""
    walked = [
        Question(start.kind, title=start.title, page=page) for start in starts for page in range(pages.stop)
    ]
    return await _timed(system, walked, pages.start, seconds)


async def _timed(system: System, questions: Sequence[Question], first_page: int, seconds: float) -> Latency:
    taken: list[float] = []
    found, asked, ended = 0, 0, False
    until, used = time.perf_counter() + seconds, system.cpu()
    for question in questions:
        if time.perf_counter() > until:
            break
        ended = ended and question.page > 0
        if ended:
            continue
        began = time.perf_counter()
        total = await system.ask(question)
        asked += 1
        if question.page >= first_page:
            taken.append((time.perf_counter() - began) * 1e3)
            found += total
        ended = question.kind == "deep page" and (question.page + 1) * PAGE >= total
    return Latency.of(taken, found, (system.cpu() - used) * 1e3 / max(1, asked))


async def throughput(
    system: System, questions: Iterator[Question], clients: int, seconds: float
) -> tuple[float, float]:
    """Return answers a second to so many clients, and the system's CPU ms an answer."""
    answered = 0
    until = time.perf_counter() + seconds

    async def client() -> None:
        nonlocal answered
        while time.perf_counter() < until:
            await system.ask(next(questions))
            answered += 1

    used, began = system.cpu(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return answered / (time.perf_counter() - began), (system.cpu() - used) * 1e3 / max(1, answered)


def deep_pages(people: int) -> range:
    """Return which pages are timed: fewer where few people give short results."""
    return DEEP if people >= 5_000 else range(1, 4)
