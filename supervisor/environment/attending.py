"""What a recruiter says about being told things: read, kept, and said back."""

from typing import Protocol

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError, NotFound
from shared.storage import Connection
from supervisor.environment.composing import Standing, describe
from supervisor.environment.digests import Digests
from supervisor.environment.nightly import NIGHT, Nightly
from supervisor.environment.offering import Offering, closest, picked, question, speaks_of_telling
from supervisor.environment.rules import Hours
from supervisor.environment.store import EnvironmentStore, Refresh
from supervisor.environment.wording import Said, Watch, read_said

EVERYTHING = "all roles of your organisation"
ALL_ROLES = "all your roles"
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


class Rescheduling(Protocol):
    """Has refreshes begin when the wishes say; ``Refreshing`` is the real one."""

    async def reschedule(self, tx: Connection, tenant: str, agent: str) -> None:
        """Take in the wishes and rules as they are now."""
        ...


class Attending:
    """Hears rules in the chat.

    Args:
        offering: what is meant where a message is unclear.
        units: where the title of what is to be watched is looked up, as the recruiter.
        zone: the time zone of recruiters who named none.
    """

    def __init__(
        self, digests: Digests, refreshing: Rescheduling, offering: Offering, units: UnitCalls, zone: str
    ) -> None:
        self._digests = digests
        self._refreshing = refreshing
        self._offering = offering
        self._units = units
        self._zone = zone

    async def hours(self, tx: Connection, tenant: str, agent: str) -> Hours:
        """Return a recruiter's hours, in their time zone."""
        return Hours(await EnvironmentStore(tx, tenant).rules(agent), self._zone)

    async def hear(self, tx: Connection, tenant: str, agent: str, thread: str, message: str) -> str | None:
        """Take in what a message says about being told things; return the reply, or None where it says nothing."""
        store = EnvironmentStore(tx, tenant)
        message = picked(message, await store.take_offer(agent)) or message
        said = read_said(message)
        if said is not None:
            return await self._take_in(tx, tenant, agent, thread, said)
        if not speaks_of_telling(message):
            return None
        lately = await store.topics_lately(agent)
        meant, note = await self._offering.choose(message, lately)
        if meant == "":
            return None
        if meant and (said := read_said(meant)):
            reply = await self._take_in(tx, tenant, agent, thread, said)
            return f"I take this to mean “{meant}”. {reply}"
        sentences = closest(message, lately)
        await store.offer(agent, sentences)
        return "\n\n".join([*([note] if note else []), question(sentences)])

    async def _take_in(self, tx: Connection, tenant: str, agent: str, thread: str, said: Said) -> str:
        if said.unknown_zone:
            return f"I know no time zone “{said.unknown_zone}”. Say it like “my time zone is Europe/Berlin”."
        store = EnvironmentStore(tx, tenant)
        attention = await store.attention(agent)
        if said.asks:
            return describe(Hours(attention.rules, self._zone), await _standing(store, agent))
        try:
            told = await self._watch(store, agent, said)
        except HiremeshError as error:
            return f"I cannot watch that: {error}"
        if said.nightly:
            try:
                told += await self._nightly(store, agent, thread, said.nightly)
            except NotFound as error:
                return f"I cannot do that: {error}"
        rules = said.applied(attention.rules)
        unchanged = attention.unchanged if said.unchanged is None else said.unchanged
        await store.save_rules(agent, rules, thread, unchanged=unchanged)
        await self._digests.reschedule(tx, tenant, agent)
        await self._refreshing.reschedule(tx, tenant, agent)
        described = describe(Hours(rules, self._zone), await _standing(store, agent))
        return "\n\n".join(["Understood.", *told, described])

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

    async def _nightly(self, store: EnvironmentStore, agent: str, thread: str, nightly: Nightly) -> list[str]:
        """Keep or drop a wish for refreshes; return what to say of it. Raises NotFound for an unknown role."""
        roles = await store.roles_to_refresh(agent, None, "")
        here = [one for one in roles if one.thread == thread]
        words = set(nightly.what.split())
        named = [
            one for one in roles if nightly.what == one.role or words <= set(one.title.casefold().split())
        ]
        if nightly.what not in {"", "*"} and not named:
            raise NotFound(
                f"you have no role called “{nightly.what}” with approved requirements.",
                fix="Name it by words of its title.",
            )
        meant = {one.role: one.title for one in (here if nightly.what == "" else named)}
        if nightly.what == "*" or not meant:
            meant = {"*": ALL_ROLES}
        kept = {one.subject: one for one in await store.refreshes(agent)}
        if nightly.stop:
            whole = "*" in meant or (nightly.what == "" and not meant.keys() & kept.keys())
            gone = await store.drop_refreshes(agent, None if whole else [*meant])
            if gone:
                return [f"I no longer judge anew every night: {', '.join(gone)}."]
            also = " All your roles are: say “stop refreshing all roles”." if "*" in kept else ""
            return [f"That is not judged anew every night.{also}"]
        if nightly.what == "*":
            await store.drop_refreshes(agent)  # all includes each
        elif nightly.what == "" and nightly.at and not meant.keys() & kept.keys() and kept:
            meant = {one.subject: one.title for one in kept.values()}  # another hour for what there is
        for subject, title in meant.items():
            at = nightly.at or (kept[subject].at if subject in kept else NIGHT)
            await store.add_refresh(agent, Refresh(subject=subject, title=title, at=at))
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


async def _standing(store: EnvironmentStore, agent: str) -> Standing:
    attention = await store.attention(agent)
    return Standing(
        watches=await store.watches(agent),
        refreshes=[(one.title, one.at) for one in await store.refreshes(agent)],
        unchanged=attention.unchanged,
    )
