"""Candidate records in Postgres: one row-level-secured transaction a verb, one statement a table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from servers.candidates.core.identity import IdentityDigest
from servers.candidates.core.importing import Asked, Changes, Known, Namesake, identity_of
from servers.candidates.core.incoming import Incoming
from servers.candidates.core.models import (
    Candidate,
    CandidateSummary,
    ContactRule,
    DuplicateQuestion,
    Engagement,
    Note,
    Refusal,
    Source,
)
from servers.candidates.rows import candidate_from, candidate_row, columns, key_hash, source_from, source_row
from shared.kernel.ids import new_id
from shared.mailbox.outbox import TellingRecords, TellingStore
from shared.storage import load_queries
from shared.wire.profile import SourceText

queries = load_queries(__package__)


class PostgresRecords(TellingRecords):
    """One tenant's candidates within one transaction."""

    # The change feed.

    async def lock_feed(self) -> None:
        """Hold the tenant's feed until the transaction ends: writers of one tenant take turns."""
        await self._run(queries.lock_feed)

    async def advance_feed(self, count: int) -> int:
        """Take ``count`` numbers and return the last one."""
        row = await self._one(queries.advance_feed, count=count)
        assert row is not None, "the feed is locked before it is advanced"
        return int(row["seq"])

    async def changes(self, after: int, limit: int, *, only_ids: bool = False) -> tuple[list[str], int, int]:
        """Return changes after a number, each a ``Change`` as JSON on one line, the last one's number, and
        the number of the latest there is."""
        query = queries.changed_ids if only_ids else queries.changes
        rows = await self._all(query, after=after, limit=limit)
        reached = rows[-1]["seq"] if rows else after
        return [row["change"] for row in rows], reached, rows[-1]["last"] if rows else reached

    # Importing.

    async def unchanged(self, kind: str, name: str, hashes: list[str]) -> dict[str, str]:
        """Return content hash → candidate id of what this source brought before."""
        rows = await self._all(queries.unchanged, kind=kind, name=name, hashes=hashes)
        return {row["content_hash"]: row["candidate_id"] for row in rows}

    async def known(self, people: list[Incoming]) -> Known:
        """Return all that could concern these people, in a handful of queries."""
        keys = sorted({key for person in people for key in person.keys})
        known = Known()
        for row in await self._all(queries.holders, keys=keys) if keys else []:
            known.holders.setdefault(row["key"], []).append(row["candidate_id"])
        hashes = {key_hash(key): key for key in keys}
        for row in await self._all(queries.suppressed, hashes=list(hashes)) if keys else []:
            known.suppressed.add(hashes[row["key_hash"]])
        held = sorted({holder for holders in known.holders.values() for holder in holders})
        if held:
            known.candidates = {c.id: c for c in await self.candidates(held, lock=True)}
            for source in await self.sources(held):
                known.sources.setdefault(source.candidate_id, []).append(source)
        names = sorted({person.name_key for person in people if person.name_key})
        for row in await self._all(queries.namesakes, names=names) if names else []:
            digest = IdentityDigest.model_validate(row["digest"])
            known.namesakes.setdefault(row["name_key"], []).append(
                Namesake(row["id"], row["name_key"], digest)
            )
        return known

    async def apply(self, changes: Changes, at: datetime, by: str) -> int | None:
        """Write a planned import; returns the feed's last number, or None when nothing changed."""
        touched = [*changes.created.values(), *changes.updated.values()]
        if not touched:
            return None
        last = await self.advance_feed(len(touched))
        for seq, candidate in enumerate(touched, start=last - len(touched) + 1):
            candidate.seq = seq
        # A new candidate's profile is that of its only source: the same object, written out once.
        written: dict[int, str] = {}
        if changes.created:
            rows = (candidate_row(c, changes.identities[c.id], written) for c in changes.created.values())
            await self._run(queries.add_candidates, **columns(rows))
        if changes.updated:
            await self.save_candidates(list(changes.updated.values()))
        if changes.superseded:
            await self._run(queries.supersede_sources, ids=changes.superseded, at=at)
        sources = columns(source_row(s, written) for s in changes.sources)
        await self._run(queries.add_sources, **sources)
        if changes.keys:
            keys, ids = zip(*changes.keys, strict=True)
            await self._run(queries.add_identifiers, keys=list(keys), ids=list(ids))
        await self._add_questions(changes.questions, at)
        for candidate_id, reason in changes.contact_refused.items():
            rule = ContactRule(
                candidate_id=candidate_id, do_not_contact=True, reason=reason, set_by=by, at=at
            )
            await self.set_contact_rule(rule)
        return last

    async def save_candidates(self, candidates: list[Candidate]) -> None:
        """Write candidates' merged profile, flags, revision and number."""
        rows = columns(candidate_row(c, identity_of(c), {}) for c in candidates)
        await self._run(queries.save_candidates, **rows)

    async def _add_questions(self, questions: list[Asked], at: datetime) -> None:
        if not questions:
            return
        rows = [
            {
                "id": q.id,
                "first": q.first,
                "second": q.second,
                "grounds": q.grounds,
                "similarity": q.similarity,
                "at": at,
            }
            for q in questions
        ]
        await self._run_each(queries.add_questions, rows)

    # Reading.

    async def candidates(self, ids: list[str], *, lock: bool = False) -> list[Candidate]:
        query = queries.candidates_locked if lock else queries.candidates
        return [candidate_from(row) for row in await self._all(query, ids=ids)]

    async def remaining(self, ids: list[str]) -> dict[str, str]:
        """Return who remains of those of these who were merged into somebody else, by their ids."""
        return {row["id"]: row["remains"] for row in await self._all(queries.remaining, ids=ids)}

    async def sources(self, ids: list[str]) -> list[Source]:
        """Return all sources of these candidates, replaced ones too, oldest first."""
        rows = await self._all(queries.sources, ids=ids)
        return [source_from(row) for row in rows]

    async def texts(self, ids: list[str]) -> dict[str, list[SourceText]]:
        """Return the current source texts by candidate id, oldest first."""
        found: dict[str, list[SourceText]] = {}
        for row in await self._all(queries.live_texts, ids=ids):
            found.setdefault(row.pop("candidate_id"), []).append(SourceText.model_validate(row))
        return found

    async def listing(
        self, *, before: str | None, flag: str | None, name: str | None, limit: int
    ) -> list[CandidateSummary]:
        pattern = "%" + "".join(f"\\{c}" if c in "%_\\" else c for c in name) + "%" if name else None
        rows = await self._all(queries.listing, before=before, flag=flag, name=pattern, limit=limit)
        return [CandidateSummary.model_validate(row) for row in rows]

    # Notes, engagement, contact.

    async def add_note(self, note: Note) -> None:
        await self._run(queries.add_note, **note.model_dump())

    async def notes(self, candidate_id: str, limit: int) -> list[Note]:
        rows = await self._all(queries.notes, candidate_id=candidate_id, limit=limit)
        return [Note.model_validate(row) for row in rows]

    async def add_engagement(self, event: Engagement) -> None:
        await self._run(queries.add_engagement, **event.model_dump())

    async def engagement(self, candidate_id: str, limit: int) -> list[Engagement]:
        rows = await self._all(queries.engagement, candidate_id=candidate_id, limit=limit)
        return [Engagement.model_validate(row) for row in rows]

    async def set_contact_rule(self, rule: ContactRule) -> None:
        await self._run(queries.set_contact_rule, **rule.model_dump())

    # Duplicates and erasure.

    async def open_questions(self, candidate_id: str | None, limit: int) -> list[DuplicateQuestion]:
        rows = await self._all(queries.open_questions, candidate_id=candidate_id, limit=limit)
        return [DuplicateQuestion.model_validate(row) for row in rows]

    async def question(self, question_id: str) -> dict[str, Any] | None:
        """Return ``id, first_id, second_id, resolution`` of a question, locked."""
        return await self._one(queries.question_locked, question_id=question_id)

    async def resolve(self, question_id: str, resolution: str, by: str, at: datetime) -> None:
        await self._run(
            queries.resolve_question, question_id=question_id, resolution=resolution, by=by, at=at
        )

    async def move_all(self, gone: str, kept: str, question_id: str, by: str, at: datetime) -> None:
        """Give everything that belongs to ``gone`` to ``kept``."""
        for query in (queries.move_sources, queries.move_notes, queries.move_engagement):
            await self._run(query, gone=gone, kept=kept)
        await self._run(queries.move_identifiers, gone=gone, kept=kept)
        await self._run(queries.move_questions, gone=gone, kept=kept, question_id=question_id)
        await self._run(queries.close_questions, candidate_id=gone, by=by, at=at)

    async def retire(self, candidate_id: str, seq: int, at: datetime, merged_into: str | None) -> None:
        """Leave a tombstone, so that followers of the feed hear of it."""
        await self._run(queries.retire, candidate_id=candidate_id, seq=seq, at=at, merged_into=merged_into)

    async def erase(self, candidate_id: str, *, suppress: bool) -> None:
        """Delete everything about a candidate but the tombstone; keep hashed identifiers if asked to."""
        if suppress:
            rows = await self._all(queries.identifiers_of, candidate_id=candidate_id)
            await self._run(queries.suppress, hashes=[key_hash(row["key"]) for row in rows])
        for query in (
            queries.erase_sources,
            queries.erase_identifiers,
            queries.erase_notes,
            queries.erase_engagement,
            queries.erase_contact_rule,
            queries.erase_questions,
        ):
            await self._run(query, candidate_id=candidate_id)

    # Refusals.

    async def add_refusals(self, refusals: Iterable[tuple[str, str, str | None]], at: datetime) -> None:
        """Record ``(name, reason, fix)`` of what was not taken in."""
        rows = list(refusals)
        await self._run(
            queries.add_refusals,
            ids=[new_id("ref") for _ in rows],
            names=[row[0] for row in rows],
            reasons=[row[1] for row in rows],
            fixes=[row[2] for row in rows],
            at=at,
        )

    async def refusals(self, before: str | None, limit: int) -> list[Refusal]:
        rows = await self._all(queries.refusals, before=before, limit=limit)
        return [Refusal.model_validate(row) for row in rows]


class PostgresCandidates(TellingStore[PostgresRecords]):
    """Opens transactions on the unit's schema."""

    records = PostgresRecords
