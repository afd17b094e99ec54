"""How long one candidate takes for a person who waits: alone, and while a sweep runs, with lanes and without."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager

from benchmarks.evaluation.judged import Served
from benchmarks.evaluation.lineup import tell
from benchmarks.report import Cell, percentile
from benchmarks.throughput.judging import Evaluator, OneLane
from benchmarks.throughput.load import Role, pieces
from servers.evaluator.core.ports import Drafters
from servers.evaluator.judges.cross_encoder import CrossEncoderJudge
from shared.llm.classifier import PairClassifier
from shared.llm.pairs import PairTokens

FEWEST, MOST = 5, 200
"""Candidates in one measurement, however long each takes."""


async def measure(
    served: Served, roles: Sequence[Role], drafters: Drafters, seconds: float, piece: int
) -> list[dict[str, Cell]]:
    """Return a row for each of the three cases; ``piece`` people at a time are swept."""
    rows: list[dict[str, Cell]] = []
    cases = (("alone", PairClassifier, 0), ("while a sweep runs", PairClassifier, 2))
    cases = (*cases, ("while a sweep runs in the same lane", OneLane, 2))
    for name, classifier, sweeping in cases:
        tokens = PairTokens(served.folder / "tokenizer.json")
        async with classifier(served.url, served.version.name, tokens, api_key=served.api_key) as asked:
            evaluator = Evaluator(CrossEncoderJudge(asked, served.version), drafters)
            await evaluator.person(next(pieces(roles, 1)))  # connections are open, the threads are there
            async with _sweeping(evaluator, pieces(roles[::-1], piece), sweeping):
                rows.append({"one candidate": name} | await _waits(evaluator, pieces(roles, 1), seconds))
        tell(f"latency {name}: p50 {rows[-1]['p50_ms']} ms, p99 {rows[-1]['p99_ms']} ms")
    return rows


async def _waits(evaluator: Evaluator, people: Iterator[Role], seconds: float) -> dict[str, Cell]:
    """Judge one after the other."""
    begun, waits, alone = time.perf_counter(), list[float](), 0
    while len(waits) < FEWEST or (time.perf_counter() - begun < seconds and len(waits) < MOST):
        asked = time.perf_counter()
        [judged] = await evaluator.person(next(people))
        waits.append(1_000 * (time.perf_counter() - asked))
        alone += judged.alone
    return {
        "candidates": len(waits),
        "p50_ms": round(percentile(waits, 0.5)),
        "p99_ms": round(percentile(waits, 0.99)),
        "left_to_rules": alone,
    }


@asynccontextmanager
async def _sweeping(evaluator: Evaluator, load: Iterator[Role], at_once: int) -> AsyncGenerator[None]:
    """Judge pieces of a sweep in the background, several at a time, from before the block until its end."""
    judged = asyncio.Event()

    async def sweep() -> None:
        while True:
            await evaluator.sweep(next(load))
            judged.set()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(sweep()) for _ in range(at_once)]
        if tasks:
            await judged.wait()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
