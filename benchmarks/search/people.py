"""The people of the market, indexed by us, and written down for the others to index."""

import os
import pickle
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from pydantic_core import from_json, to_json

from benchmarks.market.documents import TODAY, documents_of
from benchmarks.market.dossiers import dossier_of
from benchmarks.market.spreading import in_order
from benchmarks.market.world import world_of
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.store import TantivyIndex
from shared.following.model import Batch
from shared.taxonomy import Taxonomy

TENANT = "bench"
COMMIT = 4_000
"""Documents to a commit, as the unit writes them while many wait."""
READ_IN_FULL = 200


@dataclass(frozen=True, slots=True)
class Row:
    """What all systems index of a person, derived once."""

    id: str
    body: str
    titles: str
    skills: list[str]
    shown: list[str]
    occupations: list[str]
    seniority: list[str]
    country: str
    industries: list[str]
    company: str
    years: float | None
    do_not_contact: bool
    view: str


@dataclass(frozen=True)
class Built:
    """What building an index took: seconds, CPU seconds of all processes at work, megabytes on disk."""

    seconds: float
    cpu_seconds: float
    mb: float


def row_of(document: ProfileDocument) -> Row:
    """Return what the others index of a document."""
    keywords, texts = document.keywords, document.texts
    return Row(
        id=document.candidate_id,
        body="\n".join(texts["everything"]),
        titles="\n".join(texts["title"]),
        skills=keywords["skills"],
        shown=[s for s, times in document.shown_skills.items() for _ in range(min(times, 8))],
        occupations=keywords["occupations"],
        seniority=keywords["seniority"],
        country=keywords["countries"][0],
        industries=keywords["industries"],
        company=(texts["current_company"] or [""])[0],
        years=document.years,
        do_not_contact="do_not_contact" in keywords["flags"],
        view=document.shown.decode(),
    )


async def build_ours(root: Path, spool: Path, seed: int, people: int) -> Built:
    """Index everybody through the unit's own adapter, and write the rows of all to ``spool``."""
    index, done = TantivyIndex(root), 0
    watch = Watch()
    waiting: list[ProfileDocument] = []
    with spool.open("wb") as file:
        for page in in_order(partial(_made, seed), people):
            waiting += [pickle.loads(packed) for packed, _ in page]
            file.write(b"".join(row + b"\n" for _, row in page))
            done += len(page)
            if len(waiting) >= COMMIT or done == people:
                await index.apply(TENANT, Batch(waiting, [], done))
                waiting = []
    await index.aclose()
    return watch.built(megabytes(root))


def _made(seed: int, numbers: range) -> list[tuple[bytes, bytes]]:
    documents = documents_of(world_of(seed), numbers)
    return [(pickle.dumps(one, -1), to_json(asdict(row_of(one)))) for one in documents]


def rows_of(spool: Path) -> Iterator[Row]:
    """Read the rows that ``build_ours`` wrote."""
    with spool.open("rb") as file:
        for line in file:
            yield Row(**from_json(line))


def reading_in_full(seed: int, people: int) -> tuple[float, float]:
    """Return CPU µs to derive a person's document with every text read, and as it was done here."""
    dossiers = [dossier_of(world_of(seed), number) for number in range(min(READ_IN_FULL, people))]
    deriver = Deriver(Taxonomy.compact())
    full = _cpu_us(lambda: [deriver.derive(dossier, TODAY) for dossier in dossiers], len(dossiers))
    numbers = range(len(dossiers))
    documents_of(world_of(seed), numbers)
    return full, _cpu_us(lambda: documents_of(world_of(seed), numbers), len(dossiers))


def _cpu_us(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) / times * 1e6


class Watch:
    """Seconds and CPU seconds since it was made, of this process, its ended children and ``others``."""

    def __init__(self, others: Callable[[], float] = lambda: 0.0) -> None:
        self._others = others
        self._began, self._cpu = time.perf_counter(), self._used()

    def built(self, mb: float) -> Built:
        """Return what building an index of ``mb`` megabytes has taken."""
        return Built(time.perf_counter() - self._began, self._used() - self._cpu, mb)

    def _used(self) -> float:
        mine = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in mine) + self._others()


def megabytes(folder: Path) -> float:
    """Return what the files below a folder take."""
    files = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    return sum(path.stat().st_size for path in files) / 1e6


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all below it."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process and all below it have used."""
    return sum(_of(one, lambda p: p.cpu_times().user + p.cpu_times().system) for one in family(pid))


def memory_of(pid: int) -> float:
    """Return the megabytes of a process and all below it; pages that several share count in parts (PSS)."""
    return sum(_of(one, lambda p: float(p.memory_full_info().pss)) for one in family(pid)) / 1e6


def _of(process: psutil.Process, what: Callable[[Any], float]) -> float:
    try:
        return what(process)
    except psutil.NoSuchProcess:  # ended meanwhile
        return 0.0
