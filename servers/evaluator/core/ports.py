"""What the core needs from the outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Literal, Protocol

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.explaining import Explanation
from servers.evaluator.core.models import Changed, Comparison, Judged, Piece, PieceResult, StoredRun, Sweep
from servers.evaluator.core.versions import JudgeVersion
from shared.kernel.principal import Principal
from shared.taxonomy import Taxonomy, Words
from shared.wire.evaluation import Evaluation, Judgement
from shared.wire.facts import CandidatesFound, EvaluatedCandidate
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef

Lane = Literal["people", "background"]
"""Who waits: people go first at the model too."""


class Sources(Protocol):
    """Where requirements, people and dossiers come from, on behalf of the current principal."""

    async def requirements(self, ref: RequirementsRef) -> Requirements: ...

    async def people(self, found: CandidatesFound) -> list[str]:
        """Return the ids of all that were found, those that the reference only counts too."""
        ...

    async def dossiers(self, candidate_ids: list[str]) -> list[Dossier]:
        """Return those of the candidates that exist, in the order asked for; any number of ids."""
        ...


class Evaluations(Protocol):
    """Keeps evaluations, each once for one input."""

    async def save(self, tenant: str, run: StoredRun, judged: Judged) -> None:
        """Store the evaluation of one candidate as a run of its own."""
        ...

    async def of_run(
        self, tenant: str, run_id: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation] | None:
        """Return evaluations of a run in its order, or None where there is no such run."""
        ...

    async def outcomes(
        self, tenant: str, run_id: str, offset: int, limit: int
    ) -> list[EvaluatedCandidate] | None:
        """Return how the candidates of a run came out, in its order, or None where there is no such run."""
        ...

    async def newest(
        self, tenant: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation]:
        """Return the newest evaluation of each candidate, in the order of the ids."""
        ...


class Comparisons(Protocol):
    """Keeps what a version in shadow says of single people."""

    async def compared(self, tenant: str, run_id: str | None, comparison: Comparison) -> None:
        """Keep a comparison with a run; without one only how many judgements differ."""
        ...


class Drafters(Protocol):
    """Processes that draft evaluations beside this one, on what processor time people leave."""

    async def draft(
        self,
        words: Words,
        as_of: date,
        requirements: Requirements,
        dossiers: Sequence[Dossier],
        stored: Sequence[Judged],
        judge: JudgeVersion | None = None,
    ) -> tuple[list[Draft], float]:
        """Draft evaluations; what ``stored`` says of the same reading stands. Returns processor seconds too."""
        ...


class Judge(Protocol):
    """A model that reads passages. ``version`` is None where there is none, and rules alone judge."""

    @property
    def version(self) -> JudgeVersion | None: ...

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        """Return for each ask an answer to each of its passages, in order. Raises kernel errors."""
        ...


class Explainer(Protocol):
    """Words a verdict; it cannot change one."""

    async def explain(self, judgement: Judgement) -> Explanation:
        """Return an explanation that rests on the judgement alone, by a model or composed."""
        ...


class Bench(Protocol):
    """Knows which judge serves. One evaluation asks one judge, whatever is promoted meanwhile."""

    async def serving(self) -> Judge: ...

    async def shadow(self) -> Judge | None:
        """Return the judge that looks too without being heard, if there is one."""
        ...


class Book(Protocol):
    """One tenant's sweeps within one transaction."""

    async def now(self) -> datetime:
        """Return the database's time, the one clock by which deadlines and windows are measured."""
        ...

    async def sweep(self, sweep_id: str, *, lock: bool = False) -> Sweep | None: ...

    async def newest(self, project_id: str) -> str | None:
        """Return the newest evaluation of a project that came to its end."""
        ...

    async def people(self, sweep_id: str) -> list[str]:
        """Return whom a sweep was about, in order, without those who were not there any more."""
        ...

    async def add(self, sweep: Sweep, run: StoredRun, pieces: Sequence[Piece]) -> bool:
        """Store a new sweep and tell whether there was none of this id."""
        ...

    async def take_up(self, sweep: Sweep, begins: datetime | None) -> None:
        """Have the pieces worked off that are left, at once or from ``begins``."""
        ...

    async def send(self, sweep_id: str, number: int, begins: datetime) -> None:
        """Have one piece worked off later."""
        ...

    async def piece(self, sweep_id: str, number: int) -> Piece | None: ...

    async def stored(self, candidate_ids: Sequence[str], questions: Sequence[str]) -> list[Judged]:
        """Return the newest evaluations of these people in which one of the questions was asked."""
        ...

    async def finish(self, sweep_id: str, piece: Piece, result: PieceResult) -> None:
        """Store what became of a piece of a sweep that still runs, once; with the last one it is done."""
        ...

    async def end(
        self, sweep_id: str, state: str, reason: str | None = None, *, retryable: bool = False
    ) -> None:
        """End a sweep that is running; no piece of it is begun or stored any more."""
        ...

    async def finished(self, sweep_id: str, seen: Sequence[int]) -> list[int]:
        """Return the numbers of the pieces that are done, without those seen already."""
        ...

    async def outcomes(self, sweep_id: str, pieces: Sequence[int]) -> list[EvaluatedCandidate]:
        """Return how the candidates of some pieces came out, in order; of a refresh those who changed."""
        ...

    async def results(self, sweep_id: str) -> list[EvaluatedCandidate]:
        """Return how all came out, in order."""
        ...

    async def changed(self, sweep_id: str) -> list[Changed]:
        """Return who came out otherwise than in the evaluation that was looked at again."""
        ...

    async def unknown(self, sweep_id: str) -> list[str]:
        """Return the candidates that were not there any more."""
        ...


class Shelf(Protocol):
    """Opens books."""

    def begin(self, tenant: str) -> AbstractAsyncContextManager[Book]: ...


class Mandates(Protocol):
    """Lets work go on for somebody who does not wait for it."""

    async def delegate(self, principal: Principal) -> Principal:
        """Return the principal with a token that may be kept."""
        ...


class Vocabulary(Protocol):
    """Each organisation's words."""

    async def of(self, tenant: str) -> Taxonomy: ...

    async def words(self, tenant: str) -> Words: ...


class Reporter(Protocol):
    """Tells whoever waits how far the work is."""

    async def judged(self, result: EvaluatedCandidate) -> None: ...

    async def reached(self, done: int, total: int) -> None: ...

    async def waits(self, until: datetime, done: int, total: int) -> None:
        """Tell that it goes on at ``until``, given in the time zone of whoever set the window."""
        ...
