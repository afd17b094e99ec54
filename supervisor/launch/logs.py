"""Keeping the logs of services and engines from filling the disk."""

import asyncio
import os
import shutil
from pathlib import Path

LIMIT_BYTES = 10_000_000
CHECK_SECONDS = 20.0


async def keep_bounded(folder: Path) -> None:
    """Shorten the logs of a deployment until cancelled."""
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        await asyncio.to_thread(shorten, folder)


def shorten(folder: Path, limit: int = LIMIT_BYTES) -> None:
    """Put each log of more than ``limit`` bytes aside as ``NAME.log.1``, over the last one, and begin it anew.

    The processes that write hold their file open for appending, so it is copied and emptied, not renamed;
    what is written between the two is lost.
    """
    for log in folder.glob("*/*.log"):
        if log.stat().st_size > limit:
            before = log.with_name(f"{log.name}.1")
            before.touch(mode=0o600)
            shutil.copyfile(log, before)
            os.truncate(log, 0)
