"""Keeping records: notes, engagement, the contact rule, duplicates and erasure."""

from datetime import datetime

from servers.candidates.core.importing import merged_candidate
from servers.candidates.core.models import (
    FLAG_DO_NOT_CONTACT,
    Candidate,
    ContactRule,
    Deleted,
    DuplicateQuestions,
    Engagement,
    EngagementList,
    Note,
    NoteList,
    Resolution,
    Resolved,
)
from servers.candidates.core.ports import CandidateStore, Records
from servers.candidates.core.reading import find
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, signed
from shared.wire.standing import EngagementKind


class Keeping:
    """The verbs on a candidate that is known."""

    def __init__(self, store: CandidateStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def add_note(self, caller: Principal, candidate_id: str, text: str) -> Note:
        """Write a note. It is for people; nothing is judged by it."""
        async with self._store.begin(caller.tenant) as records:
            candidate = await find(records, candidate_id)
            note = Note(
                note_id=new_id("note"),
                candidate_id=candidate.id,
                text=text.strip(),
                author=caller.subject,
                at=self._clock.now(),
            )
            await records.add_note(note)
        return note

    async def notes(self, caller: Principal, candidate_id: str, limit: int) -> NoteList:
        """Return a candidate's notes, newest first."""
        async with self._store.begin(caller.tenant) as records:
            candidate = await find(records, candidate_id)
            return NoteList(notes=await records.notes(candidate.id, limit))

    async def record_engagement(
        self,
        caller: Principal,
        candidate_id: str,
        kind: EngagementKind,
        channel: str | None,
        detail: str,
        project_id: str | None,
        at: datetime | None,
    ) -> Engagement:
        """Record that something happened between the organisation and a candidate; the feed carries it."""
        async with self._store.begin(caller.tenant) as records:
            await records.lock_feed()
            candidate = await find(records, candidate_id, lock=True)
            event = Engagement(
                engagement_id=new_id("eng"),
                candidate_id=candidate.id,
                kind=kind,
                channel=channel,
                detail=detail,
                project_id=project_id,
                at=at or self._clock.now(),
                recorded_by=caller.subject,
            )
            await records.add_engagement(event)
            await _save(records, candidate)
            what = {"candidate_id": candidate.id, "engagement_id": event.engagement_id, "kind": kind}
            await records.tell("engaged", {**what, "project_id": project_id, **signed(caller)})
        return event

    async def engagement(self, caller: Principal, candidate_id: str, limit: int) -> EngagementList:
        """Return what happened with a candidate, newest first."""
        async with self._store.begin(caller.tenant) as records:
            candidate = await find(records, candidate_id)
            return EngagementList(engagement=await records.engagement(candidate.id, limit))

    async def set_do_not_contact(
        self, caller: Principal, candidate_id: str, do_not_contact: bool, reason: str
    ) -> ContactRule:
        """Forbid or allow contacting a candidate; the dossier carries it as a flag."""
        now = self._clock.now()
        async with self._store.begin(caller.tenant) as records:
            await records.lock_feed()
            candidate = await find(records, candidate_id, lock=True)
            rule = ContactRule(
                candidate_id=candidate.id,
                do_not_contact=do_not_contact,
                reason=reason.strip(),
                set_by=caller.subject,
                at=now,
            )
            await records.set_contact_rule(rule)
            others = {flag for flag in candidate.flags if flag != FLAG_DO_NOT_CONTACT}
            candidate.flags = sorted(others | ({FLAG_DO_NOT_CONTACT} if do_not_contact else set()))
            candidate.revision, candidate.updated_at = candidate.revision + 1, now
            await _save(records, candidate)
        return rule

    async def possible_duplicates(
        self, caller: Principal, candidate_id: str | None, limit: int
    ) -> DuplicateQuestions:
        """Return open questions, the most alike first."""
        async with self._store.begin(caller.tenant) as records:
            if candidate_id is not None:
                candidate_id = (await find(records, candidate_id)).id
            return DuplicateQuestions(questions=await records.open_questions(candidate_id, limit))

    async def resolve_duplicate(
        self, caller: Principal, question_id: str, resolution: Resolution
    ) -> Resolved:
        """Answer whether two candidates are one person. Raises NotFound, Conflict when answered already."""
        now = self._clock.now()
        async with self._store.begin(caller.tenant) as records:
            await records.lock_feed()
            question = await records.question(question_id)
            if question is None:
                raise NotFound("there is no such question.", field="question_id")
            if question["resolution"] is not None:
                raise Conflict("this question has been answered.", field="question_id")
            kept, gone = question["first_id"], question["second_id"]
            await records.resolve(question_id, resolution, caller.subject, now)
            if resolution == "merge":
                await self._merge(records, kept, gone, question_id, caller.subject)
        return Resolved(question_id=question_id, resolution=resolution, candidate_id=kept)

    async def delete(self, caller: Principal, candidate_id: str) -> Deleted:
        """Erase a candidate for good; only a number in the feed remains, and, where contact was refused,
        hashes of the identifiers, so that the refusal outlives the erasure."""
        now = self._clock.now()
        async with self._store.begin(caller.tenant) as records:
            await records.lock_feed()
            candidate = await find(records, candidate_id, lock=True)
            await records.erase(candidate.id, suppress=FLAG_DO_NOT_CONTACT in candidate.flags)
            seq = await records.advance_feed(1)
            await records.retire(candidate.id, seq, now, None)
            await records.tell("changed", {"seq": seq})
        return Deleted(candidate_id=candidate.id)

    async def _merge(self, records: Records, kept: str, gone: str, question_id: str, by: str) -> None:
        now = self._clock.now()
        found = {c.id: c for c in await records.candidates([kept, gone], lock=True)}
        first, second = found.get(kept), found.get(gone)
        if first is None or second is None or first.deleted or second.deleted:
            raise Conflict("one of the two is no longer there.", field="question_id")
        await records.move_all(gone, kept, question_id, by, now)
        flags = sorted({*first.flags, *second.flags})
        merged = merged_candidate(first, await records.sources([kept]), now)
        merged.flags = sorted({*merged.flags, *(f for f in flags if f == FLAG_DO_NOT_CONTACT)})
        await records.retire(gone, await records.advance_feed(1), now, kept)
        await _save(records, merged)


async def _save(records: Records, candidate: Candidate) -> None:
    candidate.seq = await records.advance_feed(1)
    await records.save_candidates([candidate])
    await records.tell("changed", {"seq": candidate.seq})
