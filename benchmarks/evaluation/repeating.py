"""The same verdicts every time: other processes, other orders, other batch sizes."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from random import Random

from benchmarks.evaluation.cases import Page, Person
from benchmarks.evaluation.engines import Engine
from benchmarks.evaluation.rendering import render
from benchmarks.report import table
from shared.wire.evaluation import Evaluation

BATCHES = (1, 2, 5, 17, 64, 1000)
TIMES = 20


def digest(engine: Engine, people: Sequence[Person], turn: int) -> str:
    """Judge people in an order and batches of this turn's own; return the SHA-256 of all that was answered."""
    rng = Random(turn)
    order = rng.sample(range(len(people)), len(people))
    size, answers = BATCHES[turn % len(BATCHES)], dict[str, Evaluation]()
    for begin in range(0, len(order), size):
        batch = [people[index] for index in order[begin : begin + size]]
        pages: list[Page] = [render(person.sheet) for person in batch]
        asked = [[case.qualification for case in person.cases] for person in batch]
        for person, evaluation in zip(batch, engine.judge(pages, asked), strict=True):
            answers[person.sheet.id] = evaluation
    text = json.dumps({key: answers[key].model_dump(mode="json") for key in sorted(answers)}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def measure(engine: str, options: Sequence[str], times: int = TIMES) -> dict[str, object]:
    """Answer the whole suite in so many processes, one after the other; compare what came out."""
    found: list[str] = []
    for turn in range(times):
        command = [sys.executable, "-m", "benchmarks.evaluation", "--digest", engine, str(turn), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append(done.stdout.strip())
    same = len(set(found)) == 1
    row = {"engine": engine, "times": times, "different outcomes": len(set(found)), "identical": same}
    table([row], title="Repeatability: processes of their own, shuffled, in batches of 1 to 1,000")
    return {**row, "sha256": sorted(set(found))}
