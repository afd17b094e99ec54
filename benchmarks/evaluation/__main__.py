"""Quality of judgements: ``make bench NAME=evaluation``, or ``python -m benchmarks.evaluation --only quality``.

Builds invented people with known truth, asks every engine about each, and prints how often which is right, by
verdict, scenario and sort of profile; then judges everybody twenty times in processes of their own, swaps what
must not count, and attacks every field. About a quarter of an hour on two quiet cores; ``--people 50`` is a
sixth of it, ``--only quality`` half a minute.
The embeddings run where ``make vllm`` has installed PyTorch, or in the interpreter given with
``--model-python``; without one they are left out, and that is said.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.evaluation import fairness, injection, quality, repeating
from benchmarks.evaluation.building import PEOPLE, SEED, build
from benchmarks.evaluation.engines import ByLikeness, Engine, Rules, TfIdf
from benchmarks.evaluation.minilm import Embeddings
from benchmarks.report import json_line

PARTS = ("quality", "repeatability", "fairness", "injection")
MODEL_PYTHON = Path(".venv-vllm/bin/python")


def engines(model_python: Path) -> dict[str, Callable[[], Engine]]:
    """Return how to make each engine that can run here, by name."""
    known: dict[str, Callable[[], Engine]] = {
        "rules": Rules,
        "tf-idf": lambda: ByLikeness("tf-idf", TfIdf()),
    }
    if model_python.exists():
        known["minilm"] = lambda: ByLikeness("minilm", Embeddings(model_python))
    return known


def main() -> None:
    parser = argparse.ArgumentParser(description="Quality, repeatability, fairness and trust of judgements")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--engine", action="append", help="one engine; may be repeated")
    parser.add_argument("--times", type=int, default=repeating.TIMES, help="how often all is judged")
    parser.add_argument("--model-python", type=Path, default=MODEL_PYTHON)
    parser.add_argument("--every-attack", action="store_true", help="in every field, not two in turn")
    parser.add_argument("--digest", nargs=2, metavar=("ENGINE", "TURN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    known, people = engines(options.model_python), build(options.people, options.seed)
    if options.digest:
        name, turn = options.digest
        print(repeating.digest(known[name](), people, int(turn)))
        return
    chosen = [name for name in known if not options.engine or name in options.engine]
    if not options.model_python.exists():
        print(f"minilm is left out: {options.model_python} is not there (make vllm)")
    parts, result = options.only or PARTS, dict[str, object]()
    if "quality" in parts:
        result["quality"] = quality.measure([known[name]() for name in chosen], quality.Suite.of(people))
    ours = [name for name in chosen if name not in ("tf-idf", "minilm")]
    if "repeatability" in parts:
        shared = ["--people", str(options.people), "--seed", str(options.seed)]
        shared += ["--model-python", str(options.model_python)]
        result["repeatability"] = [repeating.measure(name, shared, options.times) for name in ours]
    if "fairness" in parts:
        result["fairness"] = [fairness.measure(known[name](), people) for name in ours]
    if "injection" in parts:
        result["injection"] = [
            injection.measure(known[name](), people, every=options.every_attack) for name in ours
        ]
    json_line({"benchmark": "evaluation", "people": options.people, "seed": options.seed, **result})


if __name__ == "__main__":
    main()
