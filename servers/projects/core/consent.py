"""Asking a person, recording the answer, and using it once."""

from datetime import datetime
from typing import Any

from servers.projects.core.approvals import (
    arguments_hash,
    check_decision,
    check_life,
    check_use,
    require_own_hand,
    status_at,
)
from servers.projects.core.models import Approval, ApprovalPage, ApprovalStatus
from servers.projects.core.ports import Book, Ledger
from shared.kernel.clock import Clock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, signed


async def _load(book: Book, approval_id: str, *, lock: bool = False) -> Approval:
    approval = await book.approval(approval_id, lock=lock)
    if approval is None:
        raise NotFound("no such approval", field="approval_id")
    return approval


async def spend_approval(
    book: Book,
    caller: Principal,
    approval_id: str | None,
    action: str,
    arguments: dict[str, Any],
    now: datetime,
) -> None:
    """Use an approval up in the caller's transaction, where the call names one.

    A person who calls a deciding tool with their own hand has decided by calling; an assistant that acts
    for a person passes the approval it was given. Raises Denied unless exactly these arguments were approved.
    """
    if approval_id is None:
        require_own_hand(caller)
        return
    approval = await _load(book, approval_id, lock=True)
    check_use(approval, action, arguments, now)
    used = {"status": "used", "used_by": caller.actor or caller.subject, "used_at": now}
    await book.save_approval(approval.model_copy(update=used))


class Consent:
    """Approvals as callers see them."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    async def request(
        self,
        caller: Principal,
        action: str,
        arguments: dict[str, Any],
        summary: str,
        project_id: str | None,
        expires_in_seconds: int | None,
        call: str | None = None,
    ) -> Approval:
        """Record a question. Nothing is allowed by it until a person says yes.

        ``call`` is the name the caller gave this call; repeated, it returns the question asked then.
        """
        if not action.strip() or not summary.strip():
            raise InvalidInput("say what would be done", field="summary")
        now = self._clock.now()
        approval = Approval(
            approval_id=new_id("appr"),
            action=action,
            summary=summary,
            arguments=arguments,
            arguments_hash=arguments_hash(arguments),
            project_id=project_id,
            requested_by=caller.actor or caller.subject,
            requested_at=now,
            expires_at=now + check_life(expires_in_seconds),
            status="pending",
        )
        async with self._ledger.begin(caller.tenant) as book:
            if project_id is not None and await book.project(project_id) is None:
                raise NotFound("no such project", field="project_id")
            if asked := await book.receipt(call):
                return await _load(book, asked)
            await book.add_receipt(call, approval.approval_id)
            await book.add_approval(approval)
            await _tell(book, caller, "approval_requested", approval)
        return approval

    async def decide(self, caller: Principal, approval_id: str, approve: bool, reason: str) -> Approval:
        """Record a person's one answer, given with their own hand."""
        person = require_own_hand(caller)
        now = self._clock.now()
        async with self._ledger.begin(caller.tenant) as book:
            approval = await _load(book, approval_id, lock=True)
            check_decision(approval, now)
            answer = {
                "status": "approved" if approve else "refused",
                "decided_by": person,
                "decided_at": now,
                "reason": reason,
            }
            decided = approval.model_copy(update=answer)
            await book.save_approval(decided)
            await _tell(book, caller, "approval_decided", decided)
        return decided

    async def use(
        self,
        caller: Principal,
        approval_id: str,
        action: str,
        arguments: dict[str, Any],
        call: str | None = None,
    ) -> Approval:
        """Use an approval up for something that another unit is about to do.

        ``call`` is the name the caller gave this call; repeated, it is the one use and no second.
        """
        now = self._clock.now()
        async with self._ledger.begin(caller.tenant) as book:
            if used := await book.receipt(call):
                return await _load(book, used)
            await book.add_receipt(call, approval_id)
            await spend_approval(book, caller, approval_id, action, arguments, now)
            used = await _load(book, approval_id)
            await _tell(book, caller, "approval_used", used)
        return used

    async def get(self, caller: Principal, approval_id: str) -> Approval:
        async with self._ledger.begin(caller.tenant) as book:
            return self._as_of_now(await _load(book, approval_id))

    async def list(
        self, caller: Principal, status: ApprovalStatus | None, cursor: str | None, limit: int
    ) -> ApprovalPage:
        """Return approvals, newest first."""
        before = read_cursor(cursor, "approvals", caller.tenant, status)
        async with self._ledger.begin(caller.tenant) as book:
            rows = await book.approvals(status=status, now=self._clock.now(), before=before, limit=limit + 1)
        page = [self._as_of_now(one) for one in rows[:limit]]
        more = len(rows) > limit
        following = write_cursor(page[-1].approval_id, "approvals", caller.tenant, status) if more else None
        return ApprovalPage(approvals=page, next_cursor=following)

    def _as_of_now(self, approval: Approval) -> Approval:
        return approval.model_copy(update={"status": status_at(approval, self._clock.now())})


async def _tell(book: Book, caller: Principal, what: str, approval: Approval) -> None:
    payload = {
        "approval_id": approval.approval_id,
        "action": approval.action,
        "project_id": approval.project_id,
        "status": approval.status,
    }
    await book.tell(what, payload | signed(caller))
