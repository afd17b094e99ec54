"""Postings and who applied to them."""

import hashlib
import re

from servers.jobs.core.importers import greenhouse, schema_org
from servers.jobs.core.importers.drafts import Draft, listed
from servers.jobs.core.models import (
    AddedPosting,
    Applicant,
    ApplicantPage,
    ImportedPosting,
    ImportStatus,
    JsonObject,
    Posting,
    PostingChangePage,
    PostingImport,
    PostingPage,
    PostingStatus,
)
from servers.jobs.core.ports import JobStore, Records
from shared.documents import repair_text, strip_invisible
from shared.kernel.clock import Clock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, signed
from shared.taxonomy import Taxonomy
from shared.wire.changes import PostingChange

_LONGEST_TITLE = 90


class Postings:
    """The verbs on postings and applicants."""

    def __init__(self, store: JobStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def add(
        self, caller: Principal, text: str, title: str | None, employer: str | None, location: str | None
    ) -> AddedPosting:
        """Keep a posting's text. The same text again is the same posting. Raises InvalidInput if empty."""
        visible, hidden = strip_invisible(repair_text(text))
        visible = visible.strip()
        if not any(character.isalpha() for character in visible):
            raise InvalidInput("the posting is empty.", field="text", fix="Paste its text.")
        draft = Draft(
            title=title or title_of(visible),
            text=visible,
            employer=employer,
            location=location,
            flags=["hidden_text"] if hidden else [],
        )
        async with self._store.begin(caller.tenant) as records:
            known = await records.posting_with(_hash(draft))
            if known is not None:
                return AddedPosting(posting_id=known.posting_id, title=known.title, created=False)
            posting = self._posting(caller, draft, "")
            await records.save_posting(posting, _hash(draft))
            await records.tell("posting_added", {"posting_id": posting.posting_id, **signed(caller)})
        return AddedPosting(posting_id=posting.posting_id, title=posting.title, created=True)

    async def import_items(self, caller: Principal, items: list[JsonObject], source: str) -> PostingImport:
        """Take in schema.org JobPostings and Greenhouse Job Board posts; what is known is updated by id."""
        report = PostingImport()
        async with self._store.begin(caller.tenant) as records:
            for index, item in enumerate(_unwrapped(items)):
                try:
                    draft = _read(item)
                except InvalidInput as error:
                    name = str(item.get("title") or item.get("name") or f"{source}#{index + 1}")
                    _say(report, index, "refused", None, name, error)
                    continue
                status, posting = await self._store_draft(records, caller, draft, source)
                _say(report, index, status, posting.posting_id, posting.title, None)
            report.ignored = sorted({name for item in _unwrapped(items) for name in _unread(item)})
            if report.created or report.updated:
                await records.tell("postings_imported", {"source": source, **signed(caller)})
        return report

    async def get(self, caller: Principal, posting_id: str) -> Posting:
        """Return one posting. Raises NotFound."""
        async with self._store.begin(caller.tenant) as records:
            return await _find(records, posting_id)

    async def set_status(self, caller: Principal, posting_id: str, status: PostingStatus) -> Posting:
        """Open or close a posting."""
        async with self._store.begin(caller.tenant) as records:
            posting = await _find(records, posting_id, lock=True)
            before, posting.status = posting.status, status
            await records.save_posting(posting, _hash_of(posting))
            await _tell_status(records, caller, posting, before)
        return posting

    async def listing(
        self,
        caller: Principal,
        status: PostingStatus | None,
        words: str | None,
        cursor: str | None,
        limit: int,
    ) -> PostingPage:
        """Return postings, newest first."""
        before = read_cursor(cursor, caller.tenant, status, words)
        async with self._store.begin(caller.tenant) as records:
            found = await records.postings(before=before, status=status, words=words, limit=limit + 1)
        page = found[:limit]
        more = len(found) > limit
        next_cursor = write_cursor(page[-1].posting_id, caller.tenant, status, words) if more else None
        return PostingPage(postings=page, next_cursor=next_cursor)

    async def changes(
        self, caller: Principal, after: int, limit: int, *, as_lines: bool = False
    ) -> PostingChangePage:
        """Return what changed after a number, the latest state of each posting once, oldest first."""
        async with self._store.begin(caller.tenant) as records:
            lines, reached, last = await records.posting_changes(after, limit)
        if as_lines:
            return PostingChangePage(json_lines="\n".join(lines), next=reached, last=last)
        return PostingChangePage(
            changes=[PostingChange.model_validate_json(line) for line in lines], next=reached, last=last
        )

    async def add_applicant(
        self, caller: Principal, posting_id: str, candidate_id: str, source: str, message: str
    ) -> Applicant:
        """Note that a candidate applied; applying twice keeps the first time. Raises NotFound."""
        async with self._store.begin(caller.tenant) as records:
            posting = await _find(records, posting_id)
            applicant = Applicant(
                posting_id=posting.posting_id,
                candidate_id=candidate_id,
                source=source,
                message=message,
                applied_at=self._clock.now(),
            )
            kept, new = await records.add_applicant(applicant)
            if new:
                what = {"posting_id": kept.posting_id, "candidate_id": kept.candidate_id}
                await records.tell("applicant_added", {**what, **signed(caller)})
            return kept

    async def applicants(
        self, caller: Principal, posting_id: str, cursor: str | None, limit: int
    ) -> ApplicantPage:
        """Return who applied to a posting, in the order of candidate ids."""
        after = read_cursor(cursor, caller.tenant, posting_id)
        async with self._store.begin(caller.tenant) as records:
            await _find(records, posting_id)
            found = await records.applicants(posting_id, after, limit + 1)
        page = found[:limit]
        more = len(found) > limit
        next_cursor = write_cursor(page[-1].candidate_id, caller.tenant, posting_id) if more else None
        return ApplicantPage(applicants=page, next_cursor=next_cursor)

    async def _store_draft(
        self, records: Records, caller: Principal, draft: Draft, source: str
    ) -> tuple[ImportStatus, Posting]:
        hashed = _hash(draft)
        called = await records.posting_called(draft.origin, source, draft.ref) if draft.ref else None
        if called is not None:
            known, known_hash = called
            if known_hash == hashed:
                return "unchanged", known
            fresh = self._posting(caller, draft, source)
            fresh.posting_id, fresh.created_by, fresh.created_at = (
                known.posting_id,
                known.created_by,
                known.created_at,
            )
            await records.save_posting(fresh, hashed)
            await _tell_status(records, caller, fresh, known.status)
            return "updated", fresh
        same = await records.posting_with(hashed)
        if same is not None:
            return "unchanged", same
        posting = self._posting(caller, draft, source)
        await records.save_posting(posting, hashed)
        return "created", posting

    def _posting(self, caller: Principal, draft: Draft, source: str) -> Posting:
        today = self._clock.today().isoformat()
        expired = draft.valid_through is not None and draft.valid_through < today
        return Posting(
            posting_id=new_id("post"),
            title=draft.title[:300],
            text=draft.text,
            employer=draft.employer,
            location=draft.location,
            employment_type=draft.employment_type,
            salary=draft.salary,
            url=draft.url,
            valid_through=draft.valid_through,
            origin=draft.origin,
            source=source,
            ref=draft.ref,
            status="closed" if expired else "open",
            flags=draft.flags,
            created_by=caller.subject,
            created_at=self._clock.now(),
        )


def title_of(text: str) -> str:
    """Return what a posting is about in a few words: its first short line, or the occupation it names."""
    lines = (re.sub(r"^[#*\s>-]+|[*_:]+$", "", line).strip() for line in text.splitlines())
    first = next((line for line in lines if any(c.isalpha() for c in line)), "")
    first = re.sub(r"^(?:job title|position|title|role|vacancy|job)\s*:\s*", "", first, flags=re.IGNORECASE)
    mentions = Taxonomy.compact().find_occupations(text[:600])
    if len(first) > _LONGEST_TITLE or (mentions and first.count(" ") > 9):
        if mentions:
            found = mentions[0].text
            return found[0].upper() + found[1:]
        return first[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
    return first


def _unwrapped(items: list[JsonObject]) -> list[JsonObject]:
    """Return the postings of what was sent: a whole board's answer or a JSON-LD graph counts by its parts."""
    found: list[JsonObject] = []
    for item in items:
        if isinstance(item.get("jobs"), list):
            found += [entry for entry in listed(item["jobs"]) if isinstance(entry, dict)]
        else:
            found += schema_org.postings_in(item) or [item]
    return found


def _read(item: JsonObject) -> Draft:
    if schema_org.postings_in(item):
        return schema_org.read_schema_org(item)
    if greenhouse.is_greenhouse_job(item):
        return greenhouse.read_greenhouse(item)
    raise InvalidInput(
        "this is neither a schema.org JobPosting nor a Greenhouse Job Board post.",
        fix="Add @type JobPosting, or send the board's own JSON.",
    )


def _unread(item: JsonObject) -> set[str]:
    is_schema_org = bool(schema_org.postings_in(item))
    known = schema_org.KNOWN_FIELDS if is_schema_org else greenhouse.KNOWN_FIELDS
    return {name for name, value in item.items() if name not in known and value}


def _hash(draft: Draft) -> str:
    content = "\x1f".join((draft.title, draft.text, draft.employer or "", draft.location or ""))
    return hashlib.sha256(content.encode()).hexdigest()


def _hash_of(posting: Posting) -> str:
    return _hash(Draft(posting.title, posting.text, employer=posting.employer, location=posting.location))


def _say(
    report: PostingImport,
    index: int,
    status: ImportStatus,
    posting_id: str | None,
    name: str,
    error: InvalidInput | None,
) -> None:
    setattr(report, status, getattr(report, status) + 1)
    reason, fix = (error.message, error.fix) if error else (None, None)
    report.items.append(
        ImportedPosting(index=index, status=status, posting_id=posting_id, name=name, reason=reason, fix=fix)
    )


async def _tell_status(records: Records, caller: Principal, posting: Posting, before: PostingStatus) -> None:
    """Tell that a posting was closed, or opened again, where that is new."""
    if posting.status != before:
        what = "posting_closed" if posting.status == "closed" else "posting_opened"
        await records.tell(what, {"posting_id": posting.posting_id, **signed(caller)})


async def _find(records: Records, posting_id: str, *, lock: bool = False) -> Posting:
    posting = await records.posting(posting_id, lock=lock)
    if posting is None:
        raise NotFound("there is no such posting.", field="posting_id", fix="List postings to find its id.")
    return posting
