"""What is built and measured of every system."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.market.world import world_of
from benchmarks.search.asking import Latency, System, deep_pages, deep_walks, one_client, throughput
from benchmarks.search.bare import Bare, build_bare
from benchmarks.search.people import TENANT, Built, build_ours, rows_of
from benchmarks.search.postgres import Postgres, build_postgres
from benchmarks.search.questions import KINDS, OWN_KINDS, Kind, OwnKind, Questions
from benchmarks.search.served import Served, index_folder
from servers.recruiter_search.store import TantivyIndex
from shared.engines import EmbeddedPostgres
from supervisor.launch import DataFolder
from supervisor.launch.models import Model

SEED = 7
CLIENTS = (1, 4, 16)
Builds = dict[str, Built]


@dataclass
class Figures:
    """What one system reached."""

    latency: dict[Kind | OwnKind, Latency] = field(default_factory=dict)
    per_second: dict[int, tuple[float, float]] = field(default_factory=dict)
    memory_mb: float = 0.0
    described_seconds: float | None = None


@dataclass(frozen=True)
class Plan:
    """How much is asked: questions of each kind, and the most seconds that they and each load may take.

    ``meaning`` is the model of embeddings to serve; without one nothing hybrid is asked.
    """

    people: int
    rounds: int
    seconds: float
    load_seconds: float
    update_seconds: float
    meaning: Model | None = None


async def build(folder: Path, people: int) -> Builds:
    """Build all three below ``folder``, or return what building what lies there took."""
    said, kept = folder / "built.json", TypeAdapter(Builds)
    if said.exists():
        return kept.validate_json(said.read_bytes())
    spool, data = folder / "rows.jsonl", DataFolder(folder / "data")
    ours = await build_ours(index_folder(data), spool, SEED, people)
    bare = build_bare(folder / "bare", rows_of(spool))
    with EmbeddedPostgres(folder / "postgres") as server:
        peer = build_postgres(server, rows_of(spool))
    spool.unlink()
    builds = {Served.name: ours, Bare.name: bare, Postgres.name: peer}
    said.write_bytes(kept.dump_json(builds))
    return builds


async def asked_of(system: System, kind: Kind | OwnKind, questions: Questions, plan: Plan) -> Latency:
    """Ask one system the questions of a kind, after half as many others of it."""
    before = questions.of(kind, plan.rounds // 2, first=plan.rounds)
    return await one_client(system, questions.of(kind, plan.rounds), plan.seconds, before)


async def measure(system: System, questions: Questions, plan: Plan) -> Figures:
    """Ask one system all that all are asked."""
    figures = Figures()
    for kind in KINDS:
        if kind == "deep page":
            starts = questions.of(kind, max(1, plan.rounds // 20))
            figures.latency[kind] = await deep_walks(system, starts, deep_pages(plan.people), plan.seconds)
        else:
            figures.latency[kind] = await asked_of(system, kind, questions, plan)
    for clients in CLIENTS:
        loaded = throughput(system, questions.mixed(), clients, plan.load_seconds)
        figures.per_second[clients] = await loaded
    return figures


async def measure_ours(served: Served, questions: Questions, plan: Plan) -> Figures:
    """Ask ours what all are asked and what only ours is."""
    figures = await measure(served, questions, plan)
    for kind in OWN_KINDS:
        if kind != "hybrid":
            figures.latency[kind] = await asked_of(served, kind, questions, plan)
    figures.memory_mb = served.memory()
    return figures


async def measure_bare(folder: Path, plan: Plan) -> Figures:
    """Ask Tantivy bare all that all are asked."""
    questions = Questions(world_of(SEED), plan.people)
    bare = Bare(folder / "bare")
    figures = await measure(bare, questions, plan)
    figures.memory_mb = bare.memory([question for kind in KINDS for question in questions.of(kind, 20)])
    bare.close()
    return figures


async def seq_of(data: DataFolder) -> int:
    """Return how far the index in the unit's folder is."""
    index = TantivyIndex(index_folder(data))
    reached = await index.seq(TENANT)
    await index.aclose()
    return reached
