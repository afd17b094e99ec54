"""What a recruiter says about work that is under way: pause it, end it, limit it, which goes first; all of it, or one role.

Nothing here waits for what it steers: it is written down, and whoever works looks at it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.storage import Connection
from supervisor.agents.orders import Orders
from supervisor.core.aims import AIM, WORDS, Aim, aim_in, split_aim, told
from supervisor.core.limiting import read_limits, sets_limits, split_limits
from supervisor.core.limits import LIMITS, Limits, changed, confirmation, limits_in
from supervisor.core.models import Fact, StepStatus
from supervisor.core.ordering import First, Rest, goes_on, meant, read_first, read_rest
from supervisor.core.times import say_moment
from supervisor.environment.attending import Attending
from supervisor.exchange import Exchange
from supervisor.stage import Stage, UiLog, paused
from supervisor.store import Run, RunStore

UTC_ZONE = ZoneInfo("UTC")
ASKED = "as you asked in the chat"


class Outbox(Protocol):
    """Sends messages in the handler's transaction."""

    async def advance(
        self,
        connection: Connection,
        tenant: str,
        run: str,
        *,
        key: str,
        at: datetime | None,
        cause: str | None = None,
    ) -> None:
        """Have a run advanced, now or at a time; ``cause`` names the message that led to it."""
        ...

    async def sooner(self, tenant: str, run: str) -> None:
        """Take back what a run waits for to be tried later; a word to go on must follow."""
        ...

    async def hold(self, tenant: str, run: str, reason: str) -> None:
        """Keep a run's messages until its agent is resumed."""
        ...


class Life(Protocol):
    """What resumes agents; ``supervisor.agents.lifecycle.Lifecycle`` is the real one."""

    async def resume(self, tenant: str, agent: str) -> None:
        """Go on where an agent was paused. Raises Conflict when it is not paused."""
        ...


class Steering:
    """Steers runs and their agent."""

    def __init__(
        self, outbox: Outbox, log: UiLog, attending: Attending, orders: Orders, life: Life, clock: Clock
    ) -> None:
        self._outbox = outbox
        self._log = log
        self._attending = attending
        self._orders = orders
        self._life = life
        self._clock = clock

    async def hear(self, exchange: Exchange, run: Run | None, text: str) -> str | None:
        """Take in what a message says to the agent as a whole, or about what goes first; return the reply, or None."""
        if read_rest(text, self._clock.now(), UTC_ZONE) is not None:
            place = await self._place(exchange)
            match read_rest(text, self._clock.now(), place):
                case Rest(unclear=str(unclear)):
                    return (
                        f"I do not know until when that is: “{unclear}”. Say it like “until Monday 9:00” or “for 2 "
                        "hours”."
                    )
                case Rest(until=until):
                    return await self._rest(exchange, until, place)
                case _:
                    return await self._wake(exchange)
        if goes_on(text) and await exchange.store.rest(exchange.agent):
            return await self._wake(exchange)
        first = read_first(text)
        return await self._first(exchange, run, first) if first else None

    async def limit(self, exchange: Exchange, run: Run, text: str) -> str:
        """Set or lift what a message says of a run's limits; return what was understood."""
        now, place = self._clock.now(), await self._place(exchange)
        said = read_limits(text, now, place, loose=True) or {}
        store = exchange.store
        limits = changed(limits_in(await store.facts(run.id)), said, place.key)
        await store.put_fact(run.id, Fact.of(LIMITS, limits.model_dump(mode="json")))
        if run.status == "retrying":  # perhaps only for its hours, which may be others now
            for step in await store.steps(run.id):
                if step.status is StepStatus.RETRYING and not step.error:
                    await store.hasten(run.id, step.unit)
            await self._send(exchange, run.id)
        return confirmation(limits, said, now)

    async def aim(self, exchange: Exchange, run: Run, aim: Aim) -> str:
        """Have a run's next searches stop sooner or later; return what was understood."""
        await exchange.store.put_fact(run.id, Fact.of(AIM, aim))
        return told(aim)

    async def limits(self, exchange: Exchange, run: Run) -> str:
        """Return a run's limits and what it aims at in words; empty where nothing was said."""
        facts = await exchange.store.facts(run.id)
        aim = aim_in(facts)
        said = [limits_in(facts).words(self._clock.now()), WORDS[aim] if aim else ""]
        return "; ".join(one for one in said if one)

    async def opening(self, exchange: Exchange, text: str) -> tuple[str, dict[str, Any], str]:
        """Return a role's words without limits and aim, those as facts, and what was understood of them."""
        text, aim = split_aim(text)
        given: dict[str, Any] = {AIM: aim} if aim else {}
        understood = told(aim) if aim else ""
        if sets_limits(text) or not split_limits(text, self._clock.now(), UTC_ZONE)[1]:
            return text, given, understood
        now, place = self._clock.now(), await self._place(exchange)
        brief, said = split_limits(text, now, place)
        limits = changed(Limits(), said, place.key)
        given[LIMITS] = limits.model_dump(mode="json")
        return brief, given, f"{confirmation(limits, said, now)} {understood}".rstrip()

    async def control(self, exchange: Exchange, run: Run, verb: str) -> None:
        """Pause, resume or end a run."""
        store, stage = exchange.store, exchange.stage
        if verb == "resume":
            await self._outbox.sooner(exchange.tenant, run.id)
            await store.set_status(run.id, "running")
            await store.set_turn(run.id, stage.turn)
            await self.advance(exchange, run.id)
            return
        status = "cancelled" if verb == "cancel" else "paused"
        await store.set_status(run.id, status, f"by {exchange.principal.subject}")
        if run.status in {"running", "retrying"}:
            await self.stage_of(exchange, run).finished({"status": status})
        await self.release(exchange.connection, exchange.tenant, await store.run(run.id))
        await exchange.reply(
            "Stopped." if status == "cancelled" else "Paused. Say “resume” when I should go on."
        )

    async def advance(self, exchange: Exchange, run: str) -> None:
        """Have a run go on in this turn; while the agent is paused, keep that and close the turn."""
        rest = await exchange.store.rest(exchange.agent)
        if rest is None:
            await self._send(exchange, run)
            return
        await self._outbox.hold(exchange.tenant, run, ASKED)
        await self._send(exchange, run)
        await exchange.store.set_running(run)
        until = await self._until(exchange, rest.paused_until)
        then = "then" if rest.paused_until else "once you say “resume”"
        await exchange.stage.say(
            f"I am paused{until}, so I have noted it and go on with it {then}.",
            key=paused(exchange.stage.turn),
        )
        await exchange.stage.finished({"status": "paused"})

    async def resting(self, exchange: Exchange) -> str:
        """Return a sentence about the agent's pause; empty where it is not paused."""
        rest = await exchange.store.rest(exchange.agent)
        if rest is None:
            return ""
        return f"I am paused{await self._until(exchange, rest.paused_until)}. Say “resume” and I go on."

    async def release(self, tx: Connection, tenant: str, run: Run) -> None:
        """Have those that were held for a run go on, now that it stands still or has ended."""
        store = RunStore(tx, tenant)
        for held in await store.held_runs(run.agent):
            if held != run.id and await store.goes_first(held) is None:
                await self._outbox.advance(tx, tenant, held, key=new_id("held"), at=None)

    def stage_of(self, exchange: Exchange, run: Run) -> Stage:
        """Return where a run reports to."""
        return Stage(
            self._log, tenant=exchange.tenant, agent=exchange.agent, thread=run.thread, turn=run.turn
        )

    async def _rest(self, exchange: Exchange, until: datetime | None, place: ZoneInfo) -> str:
        await self._orders.pause(
            exchange.connection,
            exchange.tenant,
            exchange.agent,
            ASKED,
            until,
            listening=True,
            cause=exchange.cause,
        )
        runs = [one for one in await exchange.store.open_runs(exchange.agent) if one.status != "paused"]
        still = f" {_named(runs)} {'stands' if len(runs) == 1 else 'stand'} still." if runs else ""
        end = (
            f"until {say_moment(until, self._clock.now(), place)} ({place.key}); then I go on by myself"
            if until
            else "until you say “resume”"
        )
        earlier = " Say “resume” to have me go on earlier." if until else ""
        return (
            f"I pause all my work {end}.{still} What others do to your roles meanwhile I tell you afterwards; what you "
            f"write I still answer.{earlier}"
        )

    async def _wake(self, exchange: Exchange) -> str:
        try:
            await self._life.resume(exchange.tenant, exchange.agent)
        except Conflict:
            return "I am not paused."
        runs = [
            one
            for one in await exchange.store.open_runs(exchange.agent)
            if one.status in {"running", "retrying"}
        ]
        return f"I am back and go on with {_named(runs)}." if runs else "I am back."

    async def _first(self, exchange: Exchange, run: Run | None, first: First) -> str | None:
        store = exchange.store
        runs = {one.id: one for one in await store.open_runs(exchange.agent) if one.status != "paused"}
        if first.what is None:
            if len(runs) < 2:
                return None
            await store.put_first(exchange.agent, None)
            await self._go_on(exchange, await store.held_runs(exchange.agent))
            return f"Nothing goes first any more: {_named([*runs.values()])} have equal turns."
        here = [run.id] if run and run.id in runs else []
        keys = meant(first.what, {id: one.goal.title for id, one in runs.items()}) if first.what else here
        if len(keys) != 1:
            if len(runs) < 2:
                return None
            among = _named([runs[key] for key in keys] or [*runs.values()])
            return f"Which of them goes first? Name one by words of its title: {among}."
        chosen = runs.pop(keys[0])
        if not runs:
            return f"“{chosen.goal.title}” is all I am working on."
        await store.put_first(exchange.agent, chosen.id)
        await self._go_on(
            exchange, [one for one in await store.held_runs(exchange.agent) if one == chosen.id]
        )
        others, wait = _named([*runs.values()]), "waits" if len(runs) == 1 else "wait"
        undo = "Say “do all at once” to undo this."
        if chosen.status == "waiting":
            return f"“{chosen.goal.title}” goes first as soon as you have answered it; until then I go on with {others}. {undo}"
        return (
            f"“{chosen.goal.title}” goes first now. {others} {wait} until it is done or waits for you. {undo}"
        )

    async def _go_on(self, exchange: Exchange, runs: Sequence[str]) -> None:
        for run in runs:
            await self._outbox.advance(
                exchange.connection, exchange.tenant, run, key=new_id("held"), at=None, cause=exchange.cause
            )

    async def _send(self, exchange: Exchange, run: str) -> None:
        if (await exchange.store.run(run)).status == "retrying":
            # Should this turn fail after that, it runs again.
            await self._outbox.sooner(exchange.tenant, run)
        key = f"turn:{exchange.stage.turn}"
        await self._outbox.advance(
            exchange.connection, exchange.tenant, run, key=key, at=None, cause=exchange.cause
        )

    async def _until(self, exchange: Exchange, until: datetime | None) -> str:
        if until is None:
            return ""
        place = await self._place(exchange)
        return f" until {say_moment(until, self._clock.now(), place)} ({place.key})"

    async def _place(self, exchange: Exchange) -> ZoneInfo:
        return (await self._attending.hours(exchange.connection, exchange.tenant, exchange.agent)).place


def _named(runs: Sequence[Run]) -> str:
    titles = [f"“{run.goal.title}”" for run in runs]
    *before, last = titles
    return f"{', '.join(before)} and {last}" if before else last
