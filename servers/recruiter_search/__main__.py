"""Composition root of recruiter search."""

from typing import Any

from mcp.server import MCPServer

from servers.recruiter_search.asking import UnitSources
from servers.recruiter_search.card import NAME
from servers.recruiter_search.core.elsewhere import Elsewhere
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.deriving import deriving_pool
from servers.recruiter_search.engine import open_engine
from servers.recruiter_search.saving import keep_searches
from servers.recruiter_search.server import build_server
from servers.recruiter_search.word_model import ModelProposer
from shared.edge.serve import Runtime, run_unit
from shared.edge.taxonomies import Taxonomies
from shared.following.feed import UnitFeed
from shared.following.follower import Follower
from shared.following.hearing import Widening, hear, waking
from shared.kernel.collector import spare_collector
from shared.taxonomy import Taxonomy

WORDS_SECONDS = 30.0
"""How long a query may be read by words that have changed since, where the event was lost."""
APART_SECONDS = 0.25
"""From one commit to the next while changes keep coming: a person costs twice as much in commits of 50 as of 500."""


async def build(runtime: Runtime) -> MCPServer[Any]:
    """Open the index, follow the candidates unit and return the tools."""
    taxonomies = Taxonomies(runtime.units, NAME, max_age=WORDS_SECONDS)
    deriving = deriving_pool(taxonomies.words)
    runtime.closing.push_async_callback(deriving.aclose)
    index, understanding = await open_engine(runtime.settings.data_dir / NAME, runtime.closing)
    feed = UnitFeed(runtime.units, NAME, "candidates", "list_changes")
    follower = Follower(
        index, feed, deriving.derive, runtime.clock, apart=APART_SECONDS, among=deriving.among
    )
    runtime.closing.push_async_callback(follower.aclose)
    heard = {
        "candidates.changed": waking(follower),
        "jobs.taxonomy_widened": Widening([follower], taxonomies).heard,
    }
    await hear(runtime.require_events(), f"{NAME}_{index.replica()}", heard, runtime.closing)
    saved = await keep_searches(runtime, index, follower, taxonomies)
    spare_collector()
    await follower.start()
    proposer = ModelProposer(runtime.llm) if runtime.llm else None
    sources = UnitSources(runtime.units)
    elsewhere = Elsewhere(sources, index)
    search = TalentSearch(index, follower, Taxonomy.compact(), runtime.clock, understanding, elsewhere)
    return build_server(search, taxonomies, saved, proposer, sources.projects_called)


if __name__ == "__main__":
    run_unit(__package__ or NAME, build)
