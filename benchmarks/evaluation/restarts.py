"""The same verdicts of the judge every time: other starts of vLLM, other batches there and here, other orders."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.evaluation.cases import Person
from benchmarks.evaluation.judged import Asking, Ours, Pair, Served, serving
from benchmarks.evaluation.lineup import ASKING, OURS, Lineup, tell
from benchmarks.evaluation.repeating import BATCHES, TIMES, answers_in_turn, sha256
from benchmarks.report import Cell, table
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.judges.cross_encoder import calibrated
from shared.llm.classifier import Answer
from shared.wire.evaluation import Evaluation

Arguments = tuple[str, ...]


def _batching(sequences: int, tokens: int) -> Arguments:
    return ("--max-num-seqs", str(sequences), "--max-num-batched-tokens", str(tokens))


STARTS: tuple[Arguments, ...] = (
    (),
    _batching(16, 512),
    _batching(256, 8192),
    _batching(40, 1000),
    _batching(128, 2048),
)
"""How vLLM batches at each start; first as the product has it."""


@dataclass(frozen=True)
class Turn:
    """What one turn made of the suite: evaluations by engine and person, and the answer to every pair."""

    judged: Mapping[str, Mapping[str, Evaluation]]
    answers: Mapping[Pair, Answer]


@dataclass
class Compared:
    """How far turns were from the first one.

    Attributes:
        apart: the greatest difference of a probability, as vLLM answered it.
        rounded_apart: probabilities that still differ when calibrated and rounded as the product does.
    """

    turns: int = 0
    apart: float = 0.0
    rounded_apart: int = 0

    def add(self, first: Turn, turn: Turn, temperature: float) -> None:
        self.turns += 1
        for pair, answer in turn.answers.items():
            before = first.answers[pair]
            if before.probabilities == answer.probabilities:
                continue
            both = zip(before.probabilities, answer.probabilities, strict=True)
            self.apart = max(self.apart, *(abs(one - other) for one, other in both))
            rounded: list[Probabilities] = [calibrated(one, temperature) for one in (before, answer)]
            self.rounded_apart += sum(one != other for one, other in zip(*rounded, strict=True))


def judged_in(served: Served, names: Sequence[str], people: Sequence[Person], number: int) -> Turn:
    """Judge everybody in the order and batches of one turn. Nothing is remembered from another turn."""
    with Asking(served) as asking:
        judged = {
            name: answers_in_turn(Ours(name, asking, asks_all=name == OURS), people, number) for name in names
        }
        return Turn(judged, asking.classifier.known)


@contextmanager
def _started(lineup: Lineup, arguments: Arguments) -> Generator[Served]:
    """Serve the judge in another way; as the product does it, it is served already."""
    assert lineup.model is not None
    assert lineup.served is not None
    if not arguments:
        yield lineup.served
        return
    with serving(lineup.model, arguments) as served:
        yield served


def measure(lineup: Lineup, people: Sequence[Person], times: int = TIMES) -> list[dict[str, object]]:
    """Judge everybody so many times by each engine that asks the judge; compare with the first time."""
    names = lineup.named(ASKING)
    if not names or lineup.served is None:
        return []
    first: Turn | None = None
    compared, hashes = Compared(), {name: list[str]() for name in names}
    changed = dict.fromkeys(names, 0)
    starts = [STARTS[number * len(STARTS) // max(times, len(STARTS))] for number in range(times)]
    for arguments in dict.fromkeys(starts):
        with _started(lineup, arguments) as served:
            for number in (at for at, start in enumerate(starts) if start == arguments):
                turn = judged_in(served, names, people, number)
                first = first or turn
                compared.add(first, turn, served.version.temperature)
                for name in names:
                    hashes[name].append(sha256(turn.judged[name]))
                    changed[name] += verdicts_apart(first.judged[name], turn.judged[name])
                tell(
                    f"repeatability of the judge: {number + 1} of {times} times, {len(turn.answers):,} pairs"
                )
    rows = [_row(name, hashes[name], changed[name], len(set(starts)) - 1, compared) for name in names]
    table(
        rows,
        title=f"Repeatability with vLLM: restarted, other batches there, {min(BATCHES)} to all people here",
    )
    return [{**row, "sha256": sorted(set(hashes[str(row["engine"])]))} for row in rows]


def _row(
    name: str, hashes: Sequence[str], changed: int, restarts: int, compared: Compared
) -> dict[str, Cell]:
    return {
        "engine": name,
        "times": len(hashes),
        "restarts of vLLM": restarts,
        "different outcomes": len(set(hashes)),
        "identical": len(set(hashes)) == 1,
        "verdicts changed": changed,
        "greatest difference of a probability": f"{compared.apart:.1e}",
        "probabilities apart once rounded": compared.rounded_apart,
    }


def verdicts_apart(first: Mapping[str, Evaluation], other: Mapping[str, Evaluation]) -> int:
    """Count the verdicts that differ between two turns."""
    return sum(
        one.verdict is not two.verdict
        for key in first
        for one, two in zip(first[key].judgements, other[key].judgements, strict=True)
    )
