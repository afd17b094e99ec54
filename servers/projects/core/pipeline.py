"""Shortlists and the stages that candidates go through."""

from typing import Any

from servers.projects.core.approvals import require_person
from servers.projects.core.consent import spend_approval
from servers.projects.core.models import (
    RunnersUp,
    Shortlist,
    ShortlistEntry,
    Stage,
    StageHistory,
    StageMove,
    UpdatedShortlist,
)
from servers.projects.core.openings import load_project, load_revision
from servers.projects.core.ports import Book, Ledger, Outcomes
from servers.projects.core.shortlisting import counts_as_found, rank_entries, weak_qualifications
from servers.projects.core.stages import check_move
from shared.kernel.clock import Clock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import Conflict, InvalidInput
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, signed
from shared.wire.facts import CandidatesEvaluated, ShortlistCurrent, Shortlisted
from shared.wire.requirements import RequirementsRef

FACT_ENTRIES = 100
"""A plan carries at most this many places; the whole list is read page by page."""


class Pipeline:
    """Keeps shortlists and stages."""

    def __init__(self, ledger: Ledger, clock: Clock, outcomes: Outcomes) -> None:
        self._ledger = ledger
        self._clock = clock
        self._outcomes = outcomes

    async def update_shortlist(
        self, caller: Principal, ref: RequirementsRef, evaluated: CandidatesEvaluated, exhausted: bool | None
    ) -> UpdatedShortlist:
        """Add one evaluation's results and rank everybody anew; the same results again change nothing.

        ``exhausted`` says whether sourcing found everybody there is; None where it did not say.
        """
        if (evaluated.project_id, evaluated.revision) != (ref.project_id, ref.revision):
            raise InvalidInput(
                "these candidates were evaluated against other requirements",
                field="evaluated",
                fix="Evaluate them against the approved revision.",
            )
        outcomes = await self._outcomes.all(evaluated)
        async with self._ledger.begin(caller.tenant) as book:
            await load_project(book, ref.project_id, lock=True)
            document = await load_revision(book, ref.project_id, ref.revision)
            if document.approved_at is None:
                raise Conflict("nobody approved these requirements", field="requirements")
            new = [
                ShortlistEntry(evaluation_id=evaluated.evaluation_id, **one.model_dump()) for one in outcomes
            ]
            added = await book.save_entries(ref.project_id, ref.revision, new)
            if exhausted is not None:
                await book.note_exhausted(ref.project_id, ref.revision, exhausted)
            shortlist = await self._assemble(book, ref)
            await self._advance(book, caller, shortlist)
            counts = {"found": shortlist.found, "complete": shortlist.complete}
            await book.tell("shortlist_updated", {"project_id": ref.project_id, **signed(caller), **counts})
        listed = [one for one in shortlist.entries if one.listed][:FACT_ENTRIES]
        current = ShortlistCurrent(
            project_id=ref.project_id,
            revision=ref.revision,
            entries=[
                Shortlisted(candidate_id=one.candidate_id, recommendation=one.recommendation)
                for one in listed
            ],
            wanted=shortlist.wanted,
            found=shortlist.found,
            weak=shortlist.weak,
        )
        return UpdatedShortlist(shortlist=current, complete=shortlist.complete or None, added=added)

    async def get_shortlist(
        self,
        caller: Principal,
        project_id: str,
        revision: int | None,
        listed_only: bool,
        cursor: str | None,
        limit: int,
    ) -> Shortlist:
        """Return the list of a revision (the approved one where none is named), page by page."""
        query = ("shortlist", caller.tenant, project_id, revision, listed_only)
        after = int(read_cursor(cursor, *query) or 0)
        async with self._ledger.begin(caller.tenant) as book:
            project = await load_project(book, project_id)
            number = revision or project.approved_revision or project.revision
            await load_revision(book, project_id, number)
            whole = await self._assemble(book, RequirementsRef(project_id=project_id, revision=number))
        rest = [one for one in whole.entries if one.rank > after and (one.listed or not listed_only)]
        page = rest[:limit]
        following = write_cursor(str(page[-1].rank), *query) if len(rest) > limit else None
        return whole.model_copy(update={"entries": page, "next_cursor": following})

    async def _assemble(self, book: Book, ref: RequirementsRef) -> Shortlist:
        project = await load_project(book, ref.project_id)
        document = await load_revision(book, ref.project_id, ref.revision)
        entries = rank_entries(await book.entries(ref.project_id, ref.revision), project.wanted)
        exhausted = await book.exhausted(ref.project_id, ref.revision)
        found = sum(counts_as_found(one) for one in entries)
        return Shortlist(
            project_id=ref.project_id,
            revision=ref.revision,
            wanted=project.wanted,
            found=found,
            complete=found >= project.wanted or exhausted,
            exhausted=exhausted,
            weak=weak_qualifications(entries, document.requirements),
            entries=entries,
        )

    async def _advance(self, book: Book, caller: Principal, shortlist: Shortlist) -> None:
        """Record where newly evaluated candidates stand. It never moves whom a person moved further."""
        moves: list[StageMove] = []
        for entry in shortlist.entries:
            target: Stage = "shortlisted" if entry.listed else "sourced"
            if entry.stage is None or (entry.stage == "sourced" and entry.listed):
                reason = f"evaluated as {entry.recommendation.replace('_', ' ')}"
                moves.append(
                    self._move(caller, shortlist.project_id, entry.candidate_id, entry.stage, target, reason)
                )
        await book.save_moves(moves)

    async def move_stage(
        self,
        caller: Principal,
        project_id: str,
        candidate_id: str,
        to_stage: Stage,
        reason: str,
        approval_id: str | None,
        arguments: dict[str, Any],
        call: str | None = None,
    ) -> StageMove:
        """Move a candidate because a person decided so.

        ``call`` is the name the caller gave this call; repeated, it returns the move made then.
        """
        require_person(caller)
        async with self._ledger.begin(caller.tenant) as book:
            await load_project(book, project_id, lock=True)
            if made := await book.receipt(call):
                moves = await book.moves(project_id, candidate_id)
                return next(move for move in moves if move.move_id == made)
            current = await book.stage(project_id, candidate_id, lock=True)
            check_move(current, to_stage, reason)
            await spend_approval(
                book, caller, approval_id, "projects.move_stage", arguments, self._clock.now()
            )
            move = self._move(caller, project_id, candidate_id, current, to_stage, reason.strip())
            await book.save_moves([move])
            await book.add_receipt(call, move.move_id)
            what = {"project_id": project_id, "candidate_id": candidate_id, "to_stage": to_stage}
            await book.tell("stage_moved", {**what, "move_id": move.move_id, **signed(caller)})
        return move

    async def stage_history(
        self, caller: Principal, project_id: str, candidate_id: str | None
    ) -> StageHistory:
        """Return every move, oldest first."""
        async with self._ledger.begin(caller.tenant) as book:
            await load_project(book, project_id)
            return StageHistory(moves=await book.moves(project_id, candidate_id))

    async def runners_up(self, caller: Principal, but: str | None, limit: int) -> RunnersUp:
        """Return who got far in other projects than ``but`` and was not hired, the latest first."""
        async with self._ledger.begin(caller.tenant) as book:
            return RunnersUp(candidate_ids=await book.runners_up(but, limit))

    def _move(
        self,
        caller: Principal,
        project_id: str,
        candidate_id: str,
        current: Stage | None,
        to_stage: Stage,
        reason: str,
    ) -> StageMove:
        return StageMove(
            move_id=new_id("move"),
            project_id=project_id,
            candidate_id=candidate_id,
            from_stage=current,
            to_stage=to_stage,
            person=caller.subject,
            actor=caller.actor,
            reason=reason,
            at=self._clock.now(),
        )
