"""What a recruiter says about being told things: read, kept, and said back."""

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError
from shared.storage import Connection
from supervisor.environment.composing import describe
from supervisor.environment.digests import Digests
from supervisor.environment.rules import Hours
from supervisor.environment.store import EnvironmentStore
from supervisor.environment.wording import Said, Watch, read_said

EVERYTHING = "all roles of your organisation"


class Attending:
    """Hears rules in the chat.

    Args:
        units: where the title of what is to be watched is looked up, as the recruiter.
        zone: the time zone of recruiters who named none.
    """

    def __init__(self, digests: Digests, units: UnitCalls, zone: str) -> None:
        self._digests = digests
        self._units = units
        self._zone = zone

    async def hear(self, tx: Connection, tenant: str, agent: str, thread: str, message: str) -> str | None:
        """Take in what a message says about being told things; return the reply, or None where it says nothing."""
        said = read_said(message)
        if said is None:
            return None
        if said.unknown_zone:
            return f"I know no time zone “{said.unknown_zone}”. Say it like “my time zone is Europe/Berlin”."
        store = EnvironmentStore(tx, tenant)
        attention = await store.attention(agent)
        if said.asks:
            return describe(Hours(attention.rules, self._zone), await store.watches(agent))
        try:
            watched = await self._watch(store, agent, said)
        except HiremeshError as error:
            return f"I cannot watch that: {error}"
        rules = said.applied(attention.rules)
        await store.save_rules(agent, rules, thread)
        await self._digests.reschedule(tx, tenant, agent)
        hours = Hours(rules, self._zone)
        return "\n\n".join(["Understood.", *watched, describe(hours, await store.watches(agent))])

    async def _watch(self, store: EnvironmentStore, agent: str, said: Said) -> list[str]:
        if said.reset:
            await store.unwatch(agent)
        if said.watch is None:
            return []
        if said.watch.stop:
            gone = await store.unwatch(agent, [said.watch.what])
            return [] if gone else ["I did not watch that."]
        await store.watch(agent, said.watch.what, await self._title(said.watch))
        return []

    async def _title(self, watch: Watch) -> str:
        if watch.what == "*":
            return EVERYTHING
        unit, tool, field = (
            ("projects", "get_project", "project_id")
            if watch.what.startswith("proj_")
            else ("jobs", "get_posting", "posting_id")
        )
        found = await self._units.call_tool(unit, tool, {field: watch.what}, dict[str, object])
        return str(found["title"])
