"""Rules, watches and what happened, in Postgres. Every method runs in the caller's transaction.

The rules are rows and not memories in LangGraph's store: they are read with what they decide on, in the one
transaction that also ends the event's message, and they neither expire nor make room for one another.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from shared.storage import TenantRecords, load_queries
from supervisor.environment.composing import News
from supervisor.environment.happened import Happened
from supervisor.environment.rules import Rules, Topic

queries = load_queries(__package__ or "supervisor.environment")

KEPT = timedelta(days=30)
"""How long it can be looked up what was told; then it makes room for what happens next."""
APPLICANTS = "applicants"
"""The kind of the goal of evaluating who applied."""
REFRESH = "refresh"
"""The kind of the goal of judging anew what changed."""
BY_ITSELF = [APPLICANTS, REFRESH]
"""The kinds of goals that nobody asked for in a conversation; such runs are no roles of their own."""


class Attention(BaseModel):
    """An agent's rules, and the digest and the refresh on their way: the newest one's number, and when it is due.

    ``unchanged``: whether to tell of a refresh that found nothing changed.
    """

    rules: Rules
    thread: str | None
    digests: int
    digest_at: datetime | None
    refreshes: int
    refresh_at: datetime | None
    unchanged: bool


class Refresh(BaseModel):
    """A standing wish: judge a project's candidates anew every night, or all roles' where it names ``*``."""

    subject: str
    title: str
    at: time


class Role(BaseModel):
    """A role that an event concerns; one that is only watched has no run.

    ``listed`` are those of the event's candidates that are on its shortlist, where only this tells whom it concerns.
    """

    agent: str
    role: str
    title: str
    run: str | None = None
    thread: str | None = None
    listed: list[str] = []


class EnvironmentStore(TenantRecords):
    """What the agents of one tenant are told, and how."""

    async def roles(self, happened: Happened, agent: str | None = None) -> list[Role]:
        """Return whose roles an event concerns, an agent's own before those it watches, once each.

        A saved search is its owner's alone.
        """
        if happened.search:
            rows = await self._all(
                queries.savers, subject=happened.owner, agent=agent, search=happened.search
            )
            title = f"Saved search “{happened.name}”"
            return [
                Role(agent=row["id"], role=happened.search, title=title, thread=row["thread"]) for row in rows
            ]
        places = happened.project or happened.posting
        own = [
            _role(row)
            for row in await self._all(
                queries.roles,
                project=happened.project,
                posting=happened.posting,
                approval=happened.approval,
                listed=[] if places else happened.candidates,
                by_itself=BY_ITSELF,
                agent=agent,
            )
        ]
        known = {one.agent for one in own}
        for row in await self._all(queries.watchers, subjects=happened.subjects, agent=agent):
            if row["agent"] not in known:
                known.add(row["agent"])
                own.append(Role(agent=row["agent"], role=row["subject"], title=row["title"]))
        return own

    async def attention(self, agent: str) -> Attention:
        """Return an agent's rules and hold them until the transaction ends: one turn at a time decides."""
        await self._run(queries.open_attention, agent=agent)
        row = await self._one(queries.attention, agent=agent)
        assert row is not None, "it was opened just now"
        return Attention.model_validate(row)

    async def rules(self, agent: str) -> Rules:
        """Return an agent's rules as they are now, without holding them."""
        row = await self._one(queries.rules, agent=agent)
        return Rules.model_validate(row["rules"]) if row else Rules()

    async def subject(self, agent: str) -> str:
        """Return whose agent it is: the name under which events say who did something."""
        row = await self._one(queries.subject, agent=agent)
        return row["subject"] if row else agent

    async def save_rules(self, agent: str, rules: Rules, thread: str, *, unchanged: bool) -> None:
        """Keep what a recruiter asked for, and where they did."""
        kept = Jsonb(rules.model_dump(mode="json", exclude_defaults=True))
        await self._run(queries.save_rules, agent=agent, rules=kept, thread=thread, unchanged=unchanged)

    async def watches(self, agent: str) -> list[str]:
        """Return the titles of what an agent watches."""
        return [row["title"] for row in await self._all(queries.watches, agent=agent)]

    async def watch(self, agent: str, subject: str, title: str) -> None:
        """Have an agent hear of a project, a posting or, with ``*``, of everything."""
        await self._run(queries.add_watch, agent=agent, subject=subject, title=title)

    async def unwatch(self, agent: str, subjects: list[str] | None = None) -> list[str]:
        """Stop that, for all where none are named; return the titles."""
        rows = await self._all(queries.drop_watches, agent=agent, subjects=subjects)
        return [row["title"] for row in rows]

    async def refreshes(self, agent: str) -> list[Refresh]:
        """Return what an agent judges anew every night."""
        return [Refresh(**row) for row in await self._all(queries.refreshes, agent=agent)]

    async def add_refresh(self, agent: str, refresh: Refresh) -> None:
        """Have a project judged anew every night, or with ``*`` all roles."""
        await self._run(queries.add_refresh, agent=agent, **refresh.model_dump())

    async def drop_refreshes(self, agent: str, subjects: list[str] | None = None) -> list[str]:
        """Stop that, for all where none are named; return the titles."""
        rows = await self._all(queries.drop_refreshes, agent=agent, subjects=subjects)
        return [row["title"] for row in rows]

    async def refresh_sent(self, agent: str, at: datetime) -> int:
        """Note that another refresh is on its way; return its number."""
        row = await self._one(queries.send_refresh, agent=agent, at=at)
        return row["refreshes"] if row else 0

    async def refresh_over(self, agent: str) -> None:
        """Note that none is on its way."""
        await self._run(queries.refresh_over, agent=agent)

    async def roles_to_refresh(self, agent: str, projects: list[str] | None, prefix: str) -> list[Role]:
        """Return an agent's roles with approved requirements, all where no projects are named.

        ``prefix`` begins the conversations of refreshes; a role whose last one still runs is left out.
        """
        values = {"agent": agent, "projects": projects, "prefix": prefix, "by_itself": BY_ITSELF}
        rows = await self._all(queries.roles_to_refresh, **values)
        return [_role(row) for row in rows]

    async def run_with_list(self, agent: str, role: str) -> str | None:
        """Return the newest run of a role whose shortlist was shown."""
        row = await self._one(queries.run_with_list, agent=agent, role=role, by_itself=BY_ITSELF)
        return row["id"] if row else None

    async def offer(self, agent: str, sentences: list[str]) -> None:
        """Keep sentences that the next message may choose from by number."""
        await self._run(queries.open_attention, agent=agent)
        await self._run(queries.offer, agent=agent, offered=sentences)

    async def take_offer(self, agent: str) -> list[str]:
        """Return what was offered in the message before, which holds for one message only."""
        row = await self._one(queries.take_offer, agent=agent)
        return row["offered"] if row else []

    async def forget(self, agent: str) -> None:
        """Delete what an agent was told, what it watches and searched for, and how it wanted to be told."""
        await self._run(queries.forget, agent=agent)

    async def add(self, happened: Happened, role: Role, told_at: datetime | None, *, at_once: bool) -> None:
        """Keep what happened to a role. The same event is kept once."""
        await self._run(
            queries.add_happening,
            **happened.model_dump(include={"event", "topic", "detail", "by", "at", "candidates"}),
            **role.model_dump(include={"agent", "role", "title"}),
            number=happened.number,
            told_at=told_at,
            at_once=at_once,
            kept=KEPT,
        )

    async def told_since(self, agent: str, since: datetime) -> int:
        """Return how many events an agent has told one by one since a moment."""
        row = await self._one(queries.told_lately, agent=agent, since=since)
        return row["number"] if row else 0

    async def topics_lately(self, agent: str) -> list[Topic]:
        """Return what an agent told of last, newest first."""
        return [row["topic"] for row in await self._all(queries.topics_told_lately, agent=agent)]

    async def untold_topics(self, agent: str) -> list[Topic]:
        """Return the topics of what waits to be told."""
        return [row["topic"] for row in await self._all(queries.topics_untold, agent=agent)]

    async def untold(self, agent: str) -> list[News]:
        """Return what waits to be told, counted, in the order in which it began."""
        return [
            News.model_validate(row | {"candidates": list(dict.fromkeys(chain(*row["candidates"])))})
            for row in await self._all(queries.untold, agent=agent)
        ]

    async def mark_told(self, agent: str, at: datetime, topics: Iterable[Topic] | None = None) -> None:
        """Settle what waits, of all topics where none are named."""
        await self._run(queries.mark_told, agent=agent, at=at, topics=None if topics is None else [*topics])

    async def digest_sent(self, agent: str, at: datetime) -> int:
        """Note that another digest is on its way; return its number."""
        row = await self._one(queries.send_digest, agent=agent, at=at)
        return row["digests"] if row else 0

    async def digest_told(self, agent: str) -> None:
        """Note that none is on its way."""
        await self._run(queries.digest_told, agent=agent)

    async def place_on_list(self, run: str, candidate: str) -> int | None:
        """Return a candidate's place on a run's shortlist."""
        row = await self._one(queries.place_on_list, run=run, candidate=candidate)
        return row["place"] if row else None

    async def waiting_run(self, agent: str, approval: str) -> dict[str, Any] | None:
        """Return ``id, thread`` of the run that waits for an approval."""
        return await self._one(queries.waiting_run, agent=agent, approval=approval)

    async def gathering_run(self, agent: str, thread: str) -> str | None:
        """Return the run of a conversation that still gathers applicants, locked."""
        row = await self._one(queries.gathering_run, agent=agent, thread=thread, applicants=APPLICANTS)
        return row["id"] if row else None

    async def newest_thread(self, agent: str) -> str | None:
        """Return the conversation that an agent worked in last."""
        row = await self._one(queries.newest_thread, agent=agent, by_itself=BY_ITSELF)
        return row["thread"] if row else None


def _role(row: dict[str, Any]) -> Role:
    """Return a role by what it is about: the goal's title says first what is to come of it."""
    return Role(**row | {"title": row["title"].partition(": ")[2] or row["title"]})
