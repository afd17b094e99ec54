"""Rules, watches and what happened, in Postgres. Every method runs in the caller's transaction.

The rules are rows and not memories in LangGraph's store: they are read with what they decide on, in the one
transaction that also ends the event's message, and they neither expire nor make room for one another.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from shared.storage import TenantRecords, load_queries
from supervisor.environment.composing import News
from supervisor.environment.happened import Happened
from supervisor.environment.rules import Rules, Topic

queries = load_queries(__package__ or "supervisor.environment")

APPLICANTS = "applicants"
"""The kind of the goal of evaluating who applied; such runs are no roles of their own."""


class Attention(BaseModel):
    """An agent's rules, and the digest on its way: the newest one's number, and when it is due."""

    rules: Rules
    thread: str | None
    digests: int
    digest_at: datetime | None


class Role(BaseModel):
    """A role that an event concerns; one that is only watched has no run."""

    agent: str
    role: str
    title: str
    run: str | None = None
    thread: str | None = None


class EnvironmentStore(TenantRecords):
    """What the agents of one tenant are told, and how."""

    async def roles(self, happened: Happened, agent: str | None = None) -> list[Role]:
        """Return whose roles an event concerns, an agent's own before those it watches, once each."""
        listed = [json.dumps({"entries": [{"candidate_id": one}]}) for one in happened.candidates]
        own = [
            Role(**row | {"title": row["title"].partition(": ")[2] or row["title"]})
            for row in await self._all(
                queries.roles,
                project=happened.project,
                posting=happened.posting,
                approval=happened.approval,
                listed=listed,
                applicants=APPLICANTS,
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

    async def save_rules(self, agent: str, rules: Rules, thread: str) -> None:
        """Keep what a recruiter asked for, and where they did."""
        kept = Jsonb(rules.model_dump(mode="json", exclude_defaults=True))
        await self._run(queries.save_rules, agent=agent, rules=kept, thread=thread)

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

    async def forget(self, agent: str) -> None:
        """Delete what an agent was told, what it watches, and how it wanted to be told."""
        await self._run(queries.forget, agent=agent)

    async def add(self, happened: Happened, role: Role, told_at: datetime | None, *, at_once: bool) -> None:
        """Keep what happened to a role. The same event is kept once."""
        await self._run(
            queries.add_happening,
            **happened.model_dump(include={"event", "topic", "detail", "by", "at"}),
            **role.model_dump(include={"agent", "role", "title"}),
            number=max(1, len(happened.candidates)),
            told_at=told_at,
            at_once=at_once,
        )

    async def told_since(self, agent: str, since: datetime) -> int:
        """Return how many events an agent has told one by one since a moment."""
        row = await self._one(queries.told_lately, agent=agent, since=since)
        return row["number"] if row else 0

    async def untold_topics(self, agent: str) -> list[Topic]:
        """Return the topics of what waits to be told."""
        return [row["topic"] for row in await self._all(queries.topics_untold, agent=agent)]

    async def untold(self, agent: str) -> list[News]:
        """Return what waits to be told, counted, in the order in which it began."""
        return [News.model_validate(row) for row in await self._all(queries.untold, agent=agent)]

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
        row = await self._one(queries.newest_thread, agent=agent, applicants=APPLICANTS)
        return row["thread"] if row else None
