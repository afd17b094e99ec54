"""Making ranges of people in other processes, in order and in constant memory."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
SHARE = 2_000
"""People made at a time."""


def in_order(
    make: Callable[[range], T], people: int, *, share: int = SHARE, processes: int | None = None
) -> Iterator[T]:
    """Yield what ``make`` returns for each range of ``share`` people, the first range first.

    ``make`` must be importable by other processes; it gets ahead of the reader by a few ranges only. With one
    process, or where one range is all, it runs here.
    """
    ranges = [range(start, min(start + share, people)) for start in range(0, people, share)]
    wanted = min(processes or os.cpu_count() or 1, len(ranges))
    if wanted <= 1:
        yield from map(make, ranges)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted, mp_context=context) as pool:
        coming: deque[Future[T]] = deque()
        for each in ranges:
            coming.append(pool.submit(make, each))
            if len(coming) > 2 * wanted:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
