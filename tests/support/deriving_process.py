"""A process with workers that derive: it prints their ids and waits until somebody ends it."""

import asyncio
import json
import multiprocessing

from servers.recruiter_search.deriving import deriving_pool
from shared.following.deriving import SMALL


async def main() -> None:
    pool = deriving_pool()
    await pool.among(["{}"] * (SMALL + 1), frozenset({"anything"}))  # more than one process takes by itself
    print(json.dumps([child.pid for child in multiprocessing.active_children()]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
