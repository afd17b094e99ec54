"""Composition root of talent insights."""

from mcp.server import MCPServer
from pydantic import ValidationError

from servers.talent_insights.card import NAME
from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.noise import Noise
from servers.talent_insights.deriving import people_pool, postings_derive
from servers.talent_insights.engine import open_market
from servers.talent_insights.server import build_server
from servers.talent_insights.settings import InsightSettings
from servers.talent_insights.store import DuckDBMarket
from shared.edge.serve import Runtime, run_unit
from shared.edge.settings import misconfigured
from shared.edge.taxonomies import Taxonomies
from shared.following.feed import UnitFeed
from shared.following.follower import Follower
from shared.following.hearing import Widening, hear, waking
from shared.kernel.collector import spare_collector
from shared.taxonomy import Taxonomy

WORDS_SECONDS = 30.0
"""How long a question may be read by words that have changed since, where the event was lost."""
QUIET_SECONDS = 5.0
"""Figures of the market stand back while people are imported, until nobody was for so long."""


async def build(runtime: Runtime) -> MCPServer:
    """Open the market, follow the candidates and jobs units and return the tools."""
    settings = _settings()
    taxonomies = Taxonomies(runtime.units, NAME, max_age=WORDS_SECONDS)
    market = open_market(runtime.settings.data_dir / NAME, settings)
    runtime.closing.push_async_callback(market.aclose)
    pool = people_pool(taxonomies.words)
    runtime.closing.push_async_callback(pool.aclose)
    candidates = UnitFeed(runtime.units, NAME, "candidates", "list_changes")
    jobs = UnitFeed(runtime.units, NAME, "jobs", "list_posting_changes")
    people = Follower(
        market.people, candidates, pool.derive, runtime.clock, quiet=QUIET_SECONDS, among=pool.among
    )
    postings = Follower(market.postings, jobs, postings_derive(taxonomies.words), runtime.clock)
    for follower in (people, postings):
        runtime.closing.push_async_callback(follower.aclose)
    heard = {
        "candidates.changed": waking(people),
        "jobs.posting_added": waking(postings),
        "jobs.postings_imported": waking(postings),
        "jobs.posting_closed": waking(postings),
        "jobs.posting_opened": waking(postings),
        "jobs.taxonomy_widened": Widening([people, postings], taxonomies).heard,
    }
    await hear(runtime.require_events(), f"{NAME}_{market.replica()}", heard, runtime.closing)
    spare_collector()
    for follower in (people, postings):
        await follower.start()
    k = settings.insights_k
    most = k - 1 if settings.insights_noise is None else settings.insights_noise
    # Replicas share the secret, and so tell the same.
    noise = Noise(runtime.settings.client_secret.get_secret_value().encode(), most, least=k)
    desk = Desk(market, people, postings, runtime.clock, Taxonomy.compact(), k, noise)
    if isinstance(market, DuckDBMarket):
        market.on_loss = desk.lost
    return build_server(desk, taxonomies)


def _settings() -> InsightSettings:
    try:
        return InsightSettings()
    except ValidationError as error:
        raise misconfigured(error) from None


if __name__ == "__main__":
    run_unit(__package__ or NAME, build)
