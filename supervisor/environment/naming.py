"""The names of candidates in what is told of them: those that the recruiter's shortlist shows, and no others.

Rows and messages about what happened hold ids only; names are read when something is told, as the recruiter.
"""

import logging

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError
from shared.kernel.principal import acting_as
from shared.storage import Connection
from supervisor.environment.store import EnvironmentStore
from supervisor.store import RunStore
from supervisor.views.shortlist import ShortlistView

log = logging.getLogger(__name__)


class Names:
    """Reads names off shortlist cards."""

    def __init__(self, units: UnitCalls) -> None:
        self._shortlists = ShortlistView(units)

    async def of(self, tx: Connection, tenant: str, agent: str, role: str) -> dict[str, str]:
        """Return who stands on a role's card with a name, by their ids.

        Empty before the shortlist was shown (while judging nobody has a name), and while it cannot be read.
        """
        run = await EnvironmentStore(tx, tenant).run_with_list(agent, role)
        if run is None:
            return {}
        runs = RunStore(tx, tenant)
        try:
            with acting_as(await runs.delegation(agent)):
                card = await self._shortlists.card(await runs.facts(run))
        except HiremeshError as error:
            log.info("candidates are told of without their names: %s", error.code)
            return {}
        return {one.candidate_id: one.name for one in card.candidates if one.name}
