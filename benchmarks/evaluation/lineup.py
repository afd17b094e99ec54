"""Who is measured here: which engines there are, and how each is made, in this process or in another."""

import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import TypeVar

from benchmarks.evaluation.cases import Person
from benchmarks.evaluation.engines import ByLikeness, Engine, Rules, TfIdf
from benchmarks.evaluation.judged import Asking, Ours, Served, serving
from benchmarks.evaluation.minilm import Embeddings
from shared.kernel.errors import NotFound
from supervisor.launch import DataFolder
from supervisor.launch.models import Model, judge_model

RULES, OURS, OURS_AND_RULES = "rules", "ours", "ours + rules"
ASKING = (OURS, OURS_AND_RULES)
PRODUCT = (RULES, *ASKING)
NAMES = (RULES, "tf-idf", "minilm", *ASKING)
MODEL_PYTHON = Path(".venv-vllm/bin/python")
PIECE = 13
Found = TypeVar("Found")
_begun = time.monotonic()


def tell(text: str) -> None:
    """Say how far it is, with the minutes since it began, beside what is measured."""
    print(f"{(time.monotonic() - _begun) / 60:5.1f} min  {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Lineup:
    """The engines by name, in the order of the tables. ``model`` is the judge's version, ``served`` where it answers."""

    names: tuple[str, ...]
    model_python: Path
    model: Model | None = None
    served: Served | None = None

    def named(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Return those of ``wanted`` that take part."""
        return tuple(name for name in self.names if name in wanted)

    @contextmanager
    def engines(self, wanted: Sequence[str] = NAMES) -> Generator[list[Engine]]:
        """Make those of ``wanted`` that take part. Those that ask the judge hear each answer once, together."""
        with ExitStack() as stack:
            asking = stack.enter_context(Asking(self.served)) if self.served else None
            yield [self._made(name, asking) for name in self.named(wanted)]

    def _made(self, name: str, asking: Asking | None) -> Engine:
        if name == RULES:
            return Rules()
        if name == "tf-idf":
            return ByLikeness(name, TfIdf())
        if name == "minilm":
            return ByLikeness(name, Embeddings(self.model_python))
        assert asking is not None
        return Ours(name, asking, asks_all=name == OURS)


@contextmanager
def lined_up(only: Sequence[str] | None, judge: str | None, model_python: Path) -> Generator[Lineup]:
    """Yield who takes part of ``only``, or of all; say who is left out and why. One vLLM serves throughout.

    Args:
        judge: a version or its folder; default the newest that was built.

    Raises NotFound for a judge that was named and is not there.
    """
    wanted = [name for name in NAMES if not only or name in only]
    if "minilm" in wanted and not model_python.exists():
        wanted.remove("minilm")
        print(f"minilm is left out: {model_python} is not there (make vllm)")
    model = _judge(judge) if set(wanted) & set(ASKING) else None
    if model is None:
        yield Lineup(tuple(name for name in wanted if name not in ASKING), model_python)
        return
    tell(f"vLLM starts for {model.served_as}")
    with serving(model) as served:
        tell("vLLM answers")
        yield Lineup(tuple(wanted), model_python, model, served)


def _judge(said: str | None) -> Model | None:
    try:
        return judge_model(DataFolder(), said)
    except NotFound as error:
        if said is not None:
            raise
        print(f"{' and '.join(ASKING)} are left out: {error}")
        return None


def spread(work: Callable[[Sequence[Person]], Found], people: Sequence[Person], what: str) -> Iterator[Found]:
    """Do something about everybody, a few people at a time, in as many processes as there are cores."""
    pieces = [people[at : at + PIECE] for at in range(0, len(people), PIECE)]
    with ProcessPoolExecutor(cpu_count(), get_context("spawn")) as pool:
        for number, found in enumerate(pool.map(work, pieces), start=1):
            tell(f"{what}: {min(number * PIECE, len(people))} of {len(people)} people")
            yield found
