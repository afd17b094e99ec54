"""How a project's people are ranked: proposed by whoever learns from it, approved by a person."""

from typing import Any

from servers.projects.core.approvals import require_person
from servers.projects.core.consent import spend_approval
from servers.projects.core.openings import load_project
from servers.projects.core.ports import Ledger
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.wire.ranking import ApprovedRanking, RankingWeights


class Tuning:
    """Keeps each project's weights."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    async def ranking(self, caller: Principal, project_id: str) -> ApprovedRanking:
        """Return how a project's people are ranked now. Raises NotFound."""
        async with self._ledger.begin(caller.tenant) as book:
            await load_project(book, project_id)
            return await book.ranking(project_id) or ApprovedRanking(project_id=project_id)

    async def approve(
        self,
        caller: Principal,
        project_id: str,
        weights: RankingWeights,
        reason: str,
        approval_id: str | None,
        arguments: dict[str, Any],
        call: str | None = None,
    ) -> ApprovedRanking:
        """Rank a project's people otherwise from now on, because a person decided so.

        ``call`` is the name the caller gave this call; repeated, it changes nothing.
        Raises NotFound, Denied, InvalidInput.
        """
        person = require_person(caller)
        if not reason.strip():
            raise InvalidInput("this needs a reason", field="reason", fix="Say why in a few words.")
        async with self._ledger.begin(caller.tenant) as book:
            await load_project(book, project_id, lock=True)
            if not await book.receipt(call):
                now, ranking_id = self._clock.now(), new_id("rank")
                await spend_approval(book, caller, approval_id, "projects.approve_ranking", arguments, now)
                approved = ApprovedRanking(
                    project_id=project_id,
                    weights=weights,
                    reason=reason.strip(),
                    approved_by=person,
                    approved_at=now,
                )
                await book.add_ranking(ranking_id, approved)
                await book.add_receipt(call, ranking_id)
            return await book.ranking(project_id) or ApprovedRanking(project_id=project_id)
