"""The same verdicts every time: other processes, other orders, other batch sizes."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from random import Random

from benchmarks.evaluation.cases import Page, Person
from benchmarks.evaluation.engines import Engine
from benchmarks.evaluation.lineup import RULES, tell
from benchmarks.evaluation.rendering import render
from benchmarks.report import table
from shared.wire.evaluation import Evaluation

BATCHES = (1, 2, 5, 17, 64, 1000)
TIMES = 20


def answers_in_turn(engine: Engine, people: Sequence[Person], turn: int) -> dict[str, Evaluation]:
    """Judge people in an order and batches of this turn's own; return the evaluations by person."""
    rng = Random(turn)
    order = rng.sample(range(len(people)), len(people))
    size, answers = BATCHES[turn % len(BATCHES)], dict[str, Evaluation]()
    for begin in range(0, len(order), size):
        batch = [people[index] for index in order[begin : begin + size]]
        pages: list[Page] = [render(person.sheet) for person in batch]
        asked = [[case.qualification for case in person.cases] for person in batch]
        for person, evaluation in zip(batch, engine.judge(pages, asked), strict=True):
            answers[person.sheet.id] = evaluation
    return answers


def sha256(answers: Mapping[str, Evaluation]) -> str:
    """Return the SHA-256 (hex) of all that was answered, whatever the order."""
    text = json.dumps({key: answers[key].model_dump(mode="json") for key in sorted(answers)}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(engine: Engine, people: Sequence[Person], turn: int) -> str:
    """Judge everybody in one turn's way; return the hash of it."""
    return sha256(answers_in_turn(engine, people, turn))


def measure(options: Sequence[str], times: int = TIMES) -> dict[str, object]:
    """Let rules answer the whole suite in so many processes, as many at once as there are cores; compare.

    Args:
        options: of the processes, which say what the suite is.
    """

    def process(turn: int) -> str:
        command = [sys.executable, "-m", "benchmarks.evaluation", "--digest", str(turn), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        tell(f"repeatability of rules: {turn + 1} of {times} processes")
        return done.stdout.strip()

    with ThreadPoolExecutor(cpu_count()) as pool:
        found = set(pool.map(process, range(times)))
    row = {"engine": RULES, "times": times, "different outcomes": len(found), "identical": len(found) == 1}
    table([row], title="Repeatability: processes of their own, shuffled, in batches of 1 to 1,000")
    return {**row, "sha256": sorted(found)}
