"""Quality of judgements: ``make bench NAME=evaluation``, or ``python -m benchmarks.evaluation --only quality``.

Builds invented people with known truth, asks every engine about each, and prints how often which is right, by
verdict, scenario and sort of profile; asks them about real résumés, where the data folder is there; then judges
everybody twenty times over, swaps what must not count, and attacks every field.

The judge is the newest version that was built, or the one given with ``--judge``, behind a vLLM started here; the
embeddings run where ``make vllm`` has installed PyTorch. Who is not there is left out, and that is said.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.evaluation import fairness, injection, quality, real, repeating, restarts
from benchmarks.evaluation.building import PEOPLE, SEED, build
from benchmarks.evaluation.cases import Person
from benchmarks.evaluation.engines import Rules
from benchmarks.evaluation.lineup import MODEL_PYTHON, NAMES, RULES, Lineup, lined_up, tell
from benchmarks.evaluation.real_cases import RealData
from benchmarks.evaluation.summary import summary
from benchmarks.report import json_line

Options = argparse.Namespace
Part = Callable[[Lineup, Sequence[Person], Options], object]


def _quality(lineup: Lineup, people: Sequence[Person], options: Options) -> object:
    with lineup.engines() as engines:
        return quality.measure(engines, quality.Suite.of(people))


def _real(lineup: Lineup, people: Sequence[Person], options: Options) -> object:
    if not options.data.exists():
        print(f"real cases are left out: {options.data} is not there; give the folder with --data")
        return None
    return real.measure(lineup, RealData(options.data), quality.Suite.of(people))


def _repeatability(lineup: Lineup, people: Sequence[Person], options: Options) -> object:
    shared = ["--people", str(options.people), "--seed", str(options.seed)]
    by_rules = [repeating.measure(shared, options.times)] if lineup.named([RULES]) else []
    return [*by_rules, *restarts.measure(lineup, people, options.times)]


def _fairness(lineup: Lineup, people: Sequence[Person], options: Options) -> object:
    return fairness.measure(lineup, people)


def _injection(lineup: Lineup, people: Sequence[Person], options: Options) -> object:
    return injection.measure(lineup, people, every=options.every_attack)


PARTS: dict[str, Part] = {
    "quality": _quality,
    "real": _real,
    "repeatability": _repeatability,
    "fairness": _fairness,
    "injection": _injection,
}


def _options() -> Options:
    parser = argparse.ArgumentParser(description="Quality, repeatability, fairness and trust of judgements")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--engine", action="append", choices=NAMES, help="one engine; may be repeated")
    parser.add_argument("--judge", help="a version of the judge or its folder; default the newest")
    parser.add_argument("--times", type=int, default=repeating.TIMES, help="how often all is judged")
    parser.add_argument("--model-python", type=Path, default=MODEL_PYTHON)
    parser.add_argument("--data", type=Path, default=real.DATA, help="where real résumés and postings are")
    parser.add_argument("--every-attack", action="store_true", help="in every field, not two in turn")
    parser.add_argument("--digest", type=int, metavar="TURN", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    options = _options()
    people = build(options.people, options.seed)
    if options.digest is not None:
        print(repeating.digest(Rules(), people, options.digest))
        return
    result: dict[str, object] = {}
    with lined_up(options.engine, options.judge, options.model_python) as lineup:
        for part in options.only or PARTS:
            tell(f"{part} begins")
            result[part] = PARTS[part](lineup, people, options)
    summary(result)
    json_line({"benchmark": "evaluation", "people": options.people, "seed": options.seed, **result})


if __name__ == "__main__":
    main()
