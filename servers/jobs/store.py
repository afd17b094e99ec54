"""Postings, FAQs and taxonomy words in Postgres: one row-level-secured transaction a verb."""

from pydantic_core import to_json

from servers.jobs.core.models import (
    Applicant,
    Faq,
    FaqMatch,
    OccupationWords,
    Posting,
    PostingStatus,
    PostingSummary,
    SkillWords,
)
from shared.mailbox.outbox import TellingRecords, TellingStore
from shared.storage import load_queries

queries = load_queries(__package__)


class PostgresRecords(TellingRecords):
    """One tenant's records within one transaction."""

    async def posting(self, posting_id: str, *, lock: bool = False) -> Posting | None:
        query = queries.posting_locked if lock else queries.posting
        row = await self._one(query, posting_id=posting_id)
        return Posting.model_validate(row) if row else None

    async def posting_with(self, content_hash: str) -> Posting | None:
        """Return the posting with this content."""
        row = await self._one(queries.posting_with, content_hash=content_hash)
        return Posting.model_validate(row) if row else None

    async def posting_called(self, origin: str, source: str, ref: str) -> tuple[Posting, str] | None:
        """Return the posting that a source calls ``ref``, locked, with its content hash."""
        row = await self._one(queries.posting_called, origin=origin, source=source, ref=ref)
        return (Posting.model_validate(row), row["content_hash"]) if row else None

    async def save_posting(self, posting: Posting, content_hash: str) -> None:
        await self._run(queries.save_posting, content_hash=content_hash, **posting.model_dump())

    async def postings(
        self, *, before: str | None, status: PostingStatus | None, words: str | None, limit: int
    ) -> list[PostingSummary]:
        rows = await self._all(queries.postings, before=before, status=status, words=words, limit=limit)
        return [PostingSummary.model_validate(row) for row in rows]

    async def posting_changes(self, after: int, limit: int) -> tuple[list[str], int, int]:
        """Return postings that changed after a number as JSON, the last one's number, and the feed's end."""
        rows = await self._all(queries.posting_changes, after=after, limit=limit)
        reached = rows[-1]["seq"] if rows else after
        return [row["change"] for row in rows], reached, rows[-1]["last"] if rows else reached

    async def add_applicant(self, applicant: Applicant) -> tuple[Applicant, bool]:
        """Keep an application; returns the first one of this candidate to this posting, and whether it is new."""
        row = await self._one(queries.add_applicant, **applicant.model_dump())
        assert row is not None, "an insert that updates on conflict returns a row"
        return Applicant.model_validate(row), row["new"]

    async def applicants(self, posting_id: str, after: str | None, limit: int) -> list[Applicant]:
        rows = await self._all(queries.applicants, posting_id=posting_id, after=after, limit=limit)
        return [Applicant.model_validate(row) for row in rows]

    async def save_faq(self, faq: Faq) -> Faq:
        """Keep an answer, in the place of one to the same question."""
        return Faq.model_validate(await self._one(queries.save_faq, **faq.model_dump()))

    async def faqs_like(self, question: str, posting_id: str | None, limit: int) -> list[FaqMatch]:
        rows = await self._all(queries.faqs_like, question=question, posting_id=posting_id, limit=limit)
        return [FaqMatch(score=round(row.pop("score"), 3), faq=Faq.model_validate(row)) for row in rows]

    async def save_words(
        self, skills: list[SkillWords], occupations: list[OccupationWords]
    ) -> tuple[int, int, set[str]]:
        """Keep entries; returns how many were new or different, the feed's last number, and the spellings that
        those have and had."""
        entries = [("skill", e) for e in skills] + [("occupation", e) for e in occupations]
        unique = {(kind, e.id): {"kind": kind, "id": e.id, "entry": e.model_dump()} for kind, e in entries}
        feed = await self._one(queries.lock_words)
        after = int(feed["seq"]) if feed else 0
        rows = to_json(list(unique.values())).decode()
        saved = await self._all(queries.save_words, rows=rows, after=after)
        last = max((row["seq"] for row in saved), default=after)
        await self._run(queries.advance_words, seq=last)
        changed = [entry for row in saved for entry in (row["entry"], row["former"]) if entry]
        return len(saved), last, {name for entry in changed for name in (entry["label"], *entry["aliases"])}

    async def words(self, after: int, limit: int) -> tuple[list[SkillWords], list[OccupationWords], int]:
        rows = await self._all(queries.words, after=after, limit=limit)
        skills = [SkillWords.model_validate(r["entry"]) for r in rows if r["kind"] == "skill"]
        occupations = [OccupationWords.model_validate(r["entry"]) for r in rows if r["kind"] == "occupation"]
        return skills, occupations, rows[-1]["seq"] if rows else after


class PostgresJobs(TellingStore[PostgresRecords]):
    """Opens transactions on the unit's schema."""

    records = PostgresRecords
