"""``python -m servers.evaluator``: the composition root."""

from concurrent.futures import ThreadPoolExecutor

from servers.evaluator.agent import build_agent
from servers.evaluator.core.judging import Judging
from servers.evaluator.core.shadowing import Shadowing
from servers.evaluator.core.sweeping import Sweeping
from servers.evaluator.judges.explainer import ModelExplainer
from servers.evaluator.judges.opening import judge_settings
from servers.evaluator.sources import UnitSources
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.sweeps.drafters import ProcessDrafters
from servers.evaluator.sweeps.shelf import PostgresShelf
from servers.evaluator.sweeps.tidying import Tidying
from servers.evaluator.sweeps.yielding import Others
from servers.evaluator.versions.engine_versions import EngineVersions
from servers.evaluator.versions.registered_judges import RegisteredJudges
from servers.evaluator.worker import sweep_worker
from shared.edge.a2a import A2AUnit
from shared.edge.serve import Runtime, run_unit
from shared.edge.taxonomies import Taxonomies
from shared.mailbox import Mailboxes, hearing
from shared.taxonomy import Taxonomy


async def build(runtime: Runtime) -> A2AUnit:
    """Open the store and the sweeps' worker and return the agent."""
    database, sources = runtime.require_database(), UnitSources(runtime.units)
    taxonomies = Taxonomies(runtime.units, runtime.name)
    # One thread: drafting is CPU work under one interpreter lock, more threads would only take turns.
    executor = runtime.closing.enter_context(ThreadPoolExecutor(1, thread_name_prefix="draft"))
    versions = EngineVersions(database)
    bench = RegisteredJudges(versions, judge_settings())
    runtime.closing.push_async_callback(bench.aclose)
    await bench.serving()  # what cannot be opened is said when the unit starts
    store = PostgresEvaluations(database)
    drafters = ProcessDrafters()
    runtime.closing.callback(drafters.close)
    shadowing = Shadowing(bench, drafters, taxonomies, store, runtime.clock)
    runtime.closing.push_async_callback(shadowing.close)
    explainer = ModelExplainer(runtime.llm) if runtime.llm else None
    judging = Judging(
        sources, store, Taxonomy.compact(), runtime.clock, executor, bench, shadowing, explainer
    )
    mailboxes = Mailboxes(database, runtime.require_events())
    sweeping = Sweeping(sources, PostgresShelf(mailboxes), drafters, bench, runtime.tokens, taxonomies)
    await runtime.closing.enter_async_context(Tidying(mailboxes).going_on())
    others = Others()
    await runtime.closing.enter_async_context(hearing(runtime.require_events(), others))
    worker = sweep_worker(mailboxes, sweeping, others)
    await worker.start()
    runtime.closing.push_async_callback(worker.drain, grace=3.0)
    return build_agent(judging, sweeping, versions, taxonomies, others)


if __name__ == "__main__":
    run_unit("servers.evaluator", build)
