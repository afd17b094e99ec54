"""What the core needs from the outside."""

from collections.abc import Mapping
from typing import Protocol

from servers.evaluator.core.models import StoredRun
from shared.wire.evaluation import Evaluation
from shared.wire.facts import EvaluatedCandidate
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef


class Sources(Protocol):
    """Where requirements and dossiers come from, on behalf of the current principal."""

    async def requirements(self, ref: RequirementsRef) -> Requirements: ...

    async def dossiers(self, candidate_ids: list[str]) -> list[Dossier]:
        """Return those of the candidates that exist, in the order asked for; any number of ids."""
        ...


class Evaluations(Protocol):
    """Keeps evaluations, each once for one input."""

    async def known(self, tenant: str, hashes: Mapping[str, str]) -> dict[str, Evaluation]:
        """Return stored evaluations by candidate, for {candidate id: input hash}."""
        ...

    async def save(self, tenant: str, run: StoredRun, evaluations: list[Evaluation]) -> None:
        """Store a run with its candidates in order; evaluations that are stored already stay as they are."""
        ...

    async def of_run(
        self, tenant: str, run_id: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation] | None:
        """Return evaluations of a run in its order, or None where there is no such run."""
        ...

    async def newest(
        self, tenant: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation]:
        """Return the newest evaluation of each candidate, in the order of the ids."""
        ...

    async def forget(self, tenant: str, candidate_ids: list[str]) -> None:
        """Erase everything that was said of candidates, because they are no longer there."""
        ...


class Reporter(Protocol):
    """Tells whoever waits how far the work is."""

    async def judged(self, result: EvaluatedCandidate, done: int, total: int) -> None: ...
