"""Real résumés against real demands: ``python -m benchmarks.evaluation.real measure [--data FOLDER]``.

``draw`` pairs them anew, ``show`` prints a masked résumé with what is asked of it, for one to read and judge by
LABELLING.md, ``take`` stores what was judged: lines of ``case label``, and a piece of the text that shows it, if
any does. A second reading is ``--reading second`` and never shows the first; ``--reading settled`` shows the cases
on which both differ, and says what counts there. ``agree`` prints Cohen's κ of the two, ``measure`` how often each
engine says what readers said.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.evaluation.building import build
from benchmarks.evaluation.cases import Case, Page
from benchmarks.evaluation.engines import Asked, Engine
from benchmarks.evaluation.lineup import MODEL_PYTHON, Lineup, lined_up, tell
from benchmarks.evaluation.quality import Suite, in_columns
from benchmarks.evaluation.real_cases import (
    CASES,
    LABELS,
    Label,
    RealCase,
    RealData,
    asked,
    demands,
    draw,
    is_looked_at,
    read_cases,
    read_labels,
    write,
)
from benchmarks.evaluation.scoring import Answer, answered, confusions, overview
from benchmarks.report import json_line, table
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

READINGS = ("first", "second")
"""Blind: neither sees the other."""
SETTLED = "settled"
DATA = Path("../shared/data")


def kappa(labels: Sequence[Label]) -> tuple[float, int]:
    """Return Cohen's κ of the two blind readings over the cases that both read, and how many those are."""
    pairs = [(each["first"].label, each["second"].label) for each in _read_twice(labels).values()]
    if not pairs:
        return 0.0, 0
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = sum(one is other for one, other in pairs) / len(pairs)
    chance = sum(first[verdict] * second[verdict] for verdict in Verdict) / len(pairs) ** 2
    return (1.0 if chance == 1 else (seen - chance) / (1 - chance)), len(pairs)


def _by_case(labels: Sequence[Label]) -> dict[str, dict[str, Label]]:
    by_case: dict[str, dict[str, Label]] = {}
    for one in labels:
        by_case.setdefault(one.case, {})[one.reading] = one
    return by_case


def _read_twice(labels: Sequence[Label]) -> dict[str, dict[str, Label]]:
    return {case: each for case, each in _by_case(labels).items() if each.keys() >= set(READINGS)}


def is_open(case: str, reading: str, labels: Sequence[Label]) -> bool:
    """Tell whether a reading still has to say something of a case; to settle is only where the others differ."""
    said = _by_case(labels).get(case, {})
    if reading == SETTLED and reading not in said:
        return len({one.label for one in said.values()}) > 1
    return reading not in said


def show(data: RealData, reading: str, count: int) -> None:
    """Print the résumés of which this reading has most open questions first, each once, masked."""
    labels = read_labels()
    by_resume: dict[str, list[RealCase]] = {}
    for case in read_cases():
        if is_open(case.id, reading, labels):
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


def true_labels(labels: Sequence[Label]) -> list[Label]:
    """Return one label for each case: the settled one, or that on which all readings agree. Others have none."""
    found: list[Label] = []
    for each in _by_case(labels).values():
        if SETTLED in each or len({one.label for one in each.values()}) == 1:
            found.append(each.get(SETTLED) or next(iter(each.values())))
    return found


def by_person(labels: Sequence[Label]) -> dict[str, list[Label]]:
    """Return the labels of each résumé."""
    cases = {case.id: case for case in read_cases()}
    found: dict[str, list[Label]] = {}
    for label in labels:
        found.setdefault(cases[label.case].resume, []).append(label)
    return found


def _parted(labels: Sequence[Label], answers: Sequence[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Return the answers to cases that were looked at, and to the others; ``answers`` come person by person."""
    cases = [one.case for each in by_person(labels).values() for one in each]
    parts: tuple[list[Answer], list[Answer]] = ([], [])
    for case, answer in zip(cases, answers, strict=True):
        parts[0 if is_looked_at(case) else 1].append(answer)
    return parts


def answers_of(engine: Engine, data: RealData, labels: Sequence[Label]) -> list[Answer]:
    """Let an engine answer every case that has a label, all that are about one résumé together."""
    cases = {case.id: case for case in read_cases()}
    by_resume = by_person(labels)
    pages = [_page(data, resume, each) for resume, each in by_resume.items()]
    truths = [
        [_truth(label, asked(data.statement(cases[label.case]), label.case)) for label in each]
        for each in by_resume.values()
    ]
    evaluations = engine.judge(pages, [[truth.qualification for truth in each] for each in truths])
    return [
        answered(truth, judgement, page)
        for page, each, evaluation in zip(pages, truths, evaluations, strict=True)
        for truth, judgement in zip(each, evaluation.judgements, strict=True)
    ]


def _keys(label: Label) -> list[str]:
    return [f"{label.case}:{number}" for number in range(len(label.spans))]


def _page(data: RealData, resume: str, labels: Sequence[Label]) -> Page:
    places = {key: span for one in labels for key, span in zip(_keys(one), one.spans, strict=True)}
    return Page(data.dossier(resume), data.resumes[resume], places)


def _truth(label: Label, question: Qualification) -> Case:
    return Case(question.kind.value, question, label.label, tuple(_keys(label)))


def measure(lineup: Lineup, data: RealData, suite: Suite) -> dict[str, object]:
    """Print every engine's figures; return them. Thresholds are chosen on the suite's people, none of them real."""
    labels = read_labels()
    value, both = kappa(labels)
    true = true_labels(labels)
    answers: dict[str, list[Answer]] = {}
    with lineup.engines() as engines:
        for engine in engines:
            engine.tune([Asked(page, person.cases) for person, page in suite.known])
            answers[engine.name] = answers_of(engine, data, true)
            tell(f"real cases: {engine.name} has answered {len(true)}")
    rows = [overview(name, each) for name, each in answers.items()]
    table(in_columns(rows), title=f"Real résumés and demands: {len(true)} with one label")
    parted = {name: _parted(true, each) for name, each in answers.items()}
    unseen = [overview(name, others) for name, (_, others) in parted.items()]
    table(in_columns(unseen), title="Of these, the cases at which nobody looked while mending rules")
    for name, (each, _) in parted.items():
        table(
            confusions(each) or [{"scenario": "none"}],
            title=f"What {name} gets wrong most of those that were looked at, by kind of demand",
        )
    said, settled = Counter(str(one.label) for one in true), sum(one.reading == SETTLED for one in true)
    told = f"Labels, {settled} of them settled by a third reading; Cohen's κ of two blind ones of {both}: {value:.2f}"
    table([dict(said)], title=told)
    figures = {"kappa": round(value, 3), "read twice": both, "settled": settled}
    return {"engines": rows, "unseen": unseen, "labels": said, **figures}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("draw", "show", "take", "agree", "measure"))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--reading", choices=(*READINGS, SETTLED), default="first")
    parser.add_argument("--count", type=int, default=1, help="résumés to show")
    parser.add_argument("--judge", help="a version of the judge or its folder; default the newest")
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
            with lined_up(None, options.judge, MODEL_PYTHON) as lineup:
                found = measure(lineup, data, Suite.of(build()))
            json_line({"benchmark": "evaluation.real", **found})
    return 0


if __name__ == "__main__":
    sys.exit(main())
