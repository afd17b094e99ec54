"""What the verbs need from outside: one tenant's records within one transaction."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

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


class Records(Protocol):
    """One tenant's postings within one transaction; ``PostgresRecords`` documents each verb."""

    async def posting(self, posting_id: str, *, lock: bool = False) -> Posting | None: ...
    async def posting_with(self, content_hash: str) -> Posting | None: ...
    async def posting_called(self, origin: str, source: str, ref: str) -> tuple[Posting, str] | None: ...
    async def save_posting(self, posting: Posting, content_hash: str) -> None: ...
    async def postings(
        self, *, before: str | None, status: PostingStatus | None, words: str | None, limit: int
    ) -> list[PostingSummary]: ...
    async def add_applicant(self, applicant: Applicant) -> tuple[Applicant, bool]: ...
    async def applicants(self, posting_id: str, after: str | None, limit: int) -> list[Applicant]: ...
    async def save_faq(self, faq: Faq) -> Faq: ...
    async def faqs_like(self, question: str, posting_id: str | None, limit: int) -> list[FaqMatch]: ...
    async def save_words(
        self, skills: list[SkillWords], occupations: list[OccupationWords]
    ) -> tuple[int, int]: ...
    async def words(self, after: int, limit: int) -> tuple[list[SkillWords], list[OccupationWords], int]: ...
    async def tell(self, what: str, payload: Mapping[str, object]) -> None: ...


class JobStore(Protocol):
    """Opens transactions."""

    def begin(self, tenant: str) -> AbstractAsyncContextManager[Records]:
        """Commit when the block ends well, roll back otherwise."""
        ...
