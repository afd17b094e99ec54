"""What a recruiter says about being told things: read, kept, and said back."""

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError, NotFound
from shared.storage import Connection
from supervisor.environment.composing import describe
from supervisor.environment.digests import Digests
from supervisor.environment.rules import Hours
from supervisor.environment.store import EnvironmentStore
from supervisor.environment.wording import Said, Watch, read_said

EVERYTHING = "all roles of your organisation"
MOST = 20
"""Projects that the same words may stand for."""


class Titled(BaseModel):
    """What a project's or a posting's record says first."""

    title: str


class ProjectLine(Titled):
    """A project in a list."""

    project_id: str


class Projects(BaseModel):
    """The projects unit's answer."""

    projects: list[ProjectLine]


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
        found = await self._subjects(said.watch)
        if said.watch.stop:
            gone = await store.unwatch(agent, [*found])
            return [] if gone else ["I did not watch that."]
        for subject, title in found.items():
            await store.watch(agent, subject, title)
        return []

    async def _subjects(self, watch: Watch) -> dict[str, str]:
        """Return the titles of what is to be watched, by id. Raises NotFound."""
        what = watch.what
        if what == "*":
            return {what: EVERYTHING}
        if what.startswith("proj_"):
            return {
                what: (
                    await self._units.call_tool("projects", "get_project", {"project_id": what}, Titled)
                ).title
            }
        if what.startswith("post_"):
            return {
                what: (await self._units.call_tool("jobs", "get_posting", {"posting_id": what}, Titled)).title
            }
        page = await self._units.call_tool(
            "projects", "list_projects", {"similar_to": what, "limit": MOST}, Projects
        )
        words = set(what.split())
        found = {
            one.project_id: one.title for one in page.projects if words <= set(one.title.casefold().split())
        }
        if not found:
            raise NotFound(
                f"there is no project called “{what}”.", fix="Name it by words of its title, or its id."
            )
        return found
