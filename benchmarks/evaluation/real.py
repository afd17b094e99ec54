"""Real résumés against real demands: ``python -m benchmarks.evaluation.real measure [--data FOLDER]``.

``draw`` pairs them anew, ``show`` prints a masked résumé with what is asked of it, for one to read and judge,
``take`` stores what was judged: lines of ``case label``, and a piece of the text that shows it, if any does.
A second reading is ``--reading second`` and never shows the first. ``agree`` prints Cohen's κ of the two,
``measure`` how often each engine says what readers said: where they disagree, the case is left out.
"""

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path

from benchmarks.evaluation.cases import Case, Page
from benchmarks.evaluation.engines import Engine, Rules
from benchmarks.evaluation.real_cases import (
    CASES,
    LABELS,
    Label,
    RealCase,
    RealData,
    asked,
    demands,
    draw,
    read_cases,
    read_labels,
    write,
)
from benchmarks.evaluation.scoring import Answer, answered, confusions, overview
from benchmarks.report import json_line, table
from shared.wire.evaluation import Verdict

READINGS = ("first", "second")


def kappa(labels: list[Label]) -> tuple[float, int]:
    """Return Cohen's κ of the two readings over the cases that both read, and how many those are."""
    by_case: dict[str, dict[str, Verdict]] = {}
    for one in labels:
        by_case.setdefault(one.case, {})[one.reading] = one.label
    pairs = [(each["first"], each["second"]) for each in by_case.values() if len(each) == len(READINGS)]
    if not pairs:
        return 0.0, 0
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = sum(one is other for one, other in pairs) / len(pairs)
    chance = sum(first[verdict] * second[verdict] for verdict in Verdict) / len(pairs) ** 2
    return (1.0 if chance == 1 else (seen - chance) / (1 - chance)), len(pairs)


def show(data: RealData, reading: str, count: int) -> None:
    """Print the résumés of which this reading has most open questions first, each once, masked."""
    done = {one.case for one in read_labels() if one.reading == reading}
    by_resume: dict[str, list[RealCase]] = {}
    for case in read_cases():
        if case.id not in done:
            by_resume.setdefault(case.resume, []).append(case)
    for resume, cases in sorted(by_resume.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:count]:
        print(f"===== {resume}\n{data.masked(resume)}\n-----")
        for case in cases:
            print(f"{case.id}: {data.statement(case)}")


def take(data: RealData, reading: str, lines: list[str]) -> int:
    """Store labels; raises ValueError for a case, a label or a piece of text that is not there."""
    cases = {case.id: case for case in read_cases()}
    kept = {(one.case, one.reading): one for one in read_labels()}
    for line in lines:
        key, label, *rest = line.strip().split(" ", 2)
        pieces = [piece.strip() for piece in rest[0].split(" || ")] if rest else []
        text = data.resumes[cases[key].resume]
        spans = tuple((text.index(piece), text.index(piece) + len(piece)) for piece in pieces)
        kept[key, reading] = Label(key, reading, Verdict(label), spans)
    write(LABELS, [kept[key] for key in sorted(kept)])
    return len(lines)


def agreed(labels: list[Label]) -> list[Label]:
    """Return one label for each case that was read, without those that readers judged differently."""
    by_case: dict[str, list[Label]] = {}
    for one in labels:
        by_case.setdefault(one.case, []).append(one)
    return [each[0] for each in by_case.values() if len({one.label for one in each}) == 1]


def answers_of(engine: Engine, data: RealData, labels: list[Label]) -> list[Answer]:
    """Let an engine answer every case that has a label."""
    cases = {case.id: case for case in read_cases()}
    answers: list[Answer] = []
    for label in labels:
        case = cases[label.case]
        dossier, question = data.dossier(case.resume), asked(data.statement(case))
        places = {f"span:{number}": span for number, span in enumerate(label.spans)}
        page = Page(dossier, data.resumes[case.resume], places)
        [evaluation] = engine.judge([page], [[question]])
        truth = Case(question.kind.value, question, label.label, tuple(places))
        answers.append(answered(truth, evaluation.judgements[0], page))
    return answers


def measure(engines: list[Engine], data: RealData) -> dict[str, object]:
    """Print every engine's figures; return them."""
    labels = read_labels()
    value, both = kappa(labels)
    settled = agreed(labels)
    answers = {engine.name: answers_of(engine, data, settled) for engine in engines}
    rows = [overview(name, each) for name, each in answers.items()]
    columns = [{"figure": key} | {str(one["engine"]): one[key] for one in rows} for key in rows[0]][1:]
    table(columns, title=f"Real résumés and demands: {len(settled)} with one label")
    for name, each in answers.items():
        table(
            confusions(each) or [{"scenario": "none"}],
            title=f"What {name} gets wrong most, by kind of demand",
        )
    said = Counter(str(one.label) for one in settled)
    table([dict(said)], title=f"Labels; Cohen's κ of two readings of {both}: {value:.2f}")
    return {"engines": rows, "labels": said, "kappa": round(value, 3), "read twice": both}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("draw", "show", "take", "agree", "measure"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--reading", choices=READINGS, default="first")
    parser.add_argument("--count", type=int, default=1, help="résumés to show")
    options = parser.parse_args()
    if options.action == "agree":
        value, both = kappa(read_labels())
        print(f"Cohen's κ of two readings of {both} cases: {value:.3f}")
        return 0
    if not options.data.exists():
        print(f"skipped: {options.data} is not there; give the folder with --data")
        return 0
    data = RealData(options.data)
    match options.action:
        case "draw":
            write(CASES, draw(data, asyncio.run(demands(data))))
        case "show":
            show(data, options.reading, options.count)
        case "take":
            print(f"{take(data, options.reading, sys.stdin.read().splitlines())} labels stored")
        case _:
            json_line({"benchmark": "evaluation.real", **measure([Rules()], data)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
