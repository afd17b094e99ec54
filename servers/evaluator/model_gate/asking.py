"""Asking a judge about cases whose truth is known: one passage at a time, for so long, and on where it was stopped."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from servers.evaluator.core.asking import Ask, Passage
from servers.evaluator.core.concluding import LABELS, Probabilities
from servers.evaluator.core.ports import Judge
from servers.evaluator.judge_model.data.rows import Row, read_rows
from servers.evaluator.judge_model.measure import Answered, read_answered
from servers.evaluator.judges.chat_judge import CONCURRENT
from shared.kernel.errors import DeadlineExceeded, HiremeshError, ModelOutputInvalid
from shared.wire.evaluation import Quote

SAY_SECONDS = 15.0
UNANSWERED = Probabilities(*(1 / len(LABELS) for _ in LABELS))
"""Stands for an answer that was none: as good as guessed."""


class Kept:
    """What was answered so far, in a file: a line for each case."""

    def __init__(self, path: Path) -> None:
        self._path = path
        written = path.read_text("utf-8") if path.exists() else ""
        path.write_text(written[: written.rfind("\n") + 1], "utf-8")  # half a line of one that was killed
        self._rows = set(read_rows(path))

    def without(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that are not answered yet, each once."""
        return [row for row in dict.fromkeys(rows) if row not in self._rows]

    def add(self, row: Row, probabilities: Probabilities) -> None:
        """Keep an answer."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**asdict(row), "probabilities": probabilities}, ensure_ascii=False) + "\n")
        self._rows.add(row)

    def of(self, rows: Sequence[Row]) -> list[Answered]:
        """Return the answers to rows that are all there."""
        known = dict(zip(read_rows(self._path), read_answered(self._path), strict=True))
        return [known[row] for row in rows]


async def ask_all(
    judge: Judge, rows: Sequence[Row], kept: Kept, minutes: float, say: Callable[[str], None]
) -> None:
    """Ask about all rows that are not kept yet, in the lane of the background; ``say`` how far that is.

    Raises DeadlineExceeded after so many minutes, Unavailable and RateLimited where the judge cannot be asked;
    what was answered until then is kept. An answer that is none counts as ``UNANSWERED``.
    """
    left = kept.without(rows)
    waiting, answered = iter(left), _progress(len(left), say)
    say(f"{len(left):,} of {len(rows):,} cases are to be asked, for {minutes:g} minutes at most")

    async def go_on() -> None:
        for row in waiting:
            kept.add(row, await _answer(judge, row))
            next(answered)

    try:
        async with asyncio.timeout(60 * minutes):
            await _together([go_on() for _ in range(CONCURRENT)])
    except TimeoutError:
        raise DeadlineExceeded(
            f"{minutes:g} minutes were not enough: {len(kept.without(rows)):,} of {len(rows):,} cases are left.",
            fix="The same command goes on there; --minutes gives it longer, --cases asks fewer.",
        ) from None


async def _together(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except* HiremeshError as failed:
        raise failed.exceptions[0] from None


async def _answer(judge: Judge, row: Row) -> Probabilities:
    whole = Quote(source="case", start=0, end=len(row.passage), text=row.passage)
    ask = Ask(row.qualification, (Passage(row.passage, (whole,), None),))
    try:
        [[answer]] = await judge.answers([ask], "background")
    except ModelOutputInvalid:
        return UNANSWERED
    return answer


def _progress(of: int, say: Callable[[str], None]) -> Iterator[None]:
    """Count an answer with each step, and say now and then how long the rest will take at that pace."""
    begun = said = time.monotonic()
    for done in range(1, of + 1):
        now = time.monotonic()
        if now - said >= SAY_SECONDS:
            said = now
            minutes = (now - begun) / done * (of - done) / 60
            say(f"{done:,} of {of:,} answered, about {minutes:.0f} minutes to go")
        yield
