"""Every engine's answers to every case, by verdict, by scenario and by sort of profile."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.evaluation.cases import Page, Person
from benchmarks.evaluation.engines import Asked, Engine
from benchmarks.evaluation.lineup import tell
from benchmarks.evaluation.named import is_taught
from benchmarks.evaluation.rendering import render
from benchmarks.evaluation.scoring import (
    Answer,
    accuracy,
    answered,
    calibration_error,
    confusions,
    macro_f1,
    overview,
)
from benchmarks.report import Cell, table

FIGURES = {
    "acc": "accuracy",
    "F1": "macro-F1 of the verdicts that are true there",
    "ECE": "calibration error",
}


@dataclass(frozen=True)
class Suite:
    """People with their pages; thresholds are chosen on ``known``, everything is measured on ``asked``."""

    known: list[tuple[Person, Page]]
    asked: list[tuple[Person, Page]]

    @classmethod
    def of(cls, people: Sequence[Person]) -> "Suite":
        pages = [(person, render(person.sheet)) for person in people]
        return cls([one for one in pages if one[0].tuning], [one for one in pages if not one[0].tuning])


def answers_of(engine: Engine, suite: Suite) -> list[Answer]:
    """Let an engine choose its thresholds and answer."""
    engine.tune([Asked(page, person.cases) for person, page in suite.known])
    evaluations = engine.judge(
        [page for _, page in suite.asked],
        [[case.qualification for case in person.cases] for person, _ in suite.asked],
    )
    return [
        answered(case, judgement, page, person.sheet.traits)
        for (person, page), evaluation in zip(suite.asked, evaluations, strict=True)
        for case, judgement in zip(person.cases, evaluation.judgements, strict=True)
    ]


def measure(engines: Sequence[Engine], suite: Suite) -> dict[str, object]:
    """Print the tables; return the figures."""
    answers: dict[str, list[Answer]] = {}
    for engine in engines:
        answers[engine.name] = answers_of(engine, suite)
        tell(f"quality: {engine.name} has answered {len(answers[engine.name]):,} cases")
    overviews = [overview(name, each) for name, each in answers.items()]
    title = f"Quality: {len(suite.asked)} people, thresholds chosen on {len(suite.known)} others"
    table(in_columns(overviews), title=title)
    by_kind = _grouped(answers, lambda one: ["words" if _is_of_words(one) else "facts"])
    _tables(by_kind, "What words say, and what arithmetic or a list settles")
    by_naming = _grouped(answers, _naming)
    _tables(by_naming, "Of words: skills that the judge's training data name, and those they never name")
    by_scenario = _grouped(answers, lambda one: [one.case.scenario])
    _tables(by_scenario, "By scenario")
    by_trait = _grouped(answers, lambda one: sorted(one.traits))
    _tables(by_trait, "By sort of profile")
    wrong = {name: confusions(each) for name, each in answers.items()}
    for name, rows in wrong.items():
        table(rows or [{"scenario": "none"}], title=f"What {name} gets wrong most")
    return {
        "engines": overviews,
        "kinds": by_kind,
        "naming": by_naming,
        "scenarios": by_scenario,
        "profiles": by_trait,
        "wrong": wrong,
    }


def in_columns(overviews: Sequence[dict[str, str | int | float | None]]) -> list[dict[str, Cell]]:
    """Turn one row for each engine into one row for each figure."""
    figures = [key for key in overviews[0] if key != "engine"]
    return [{"figure": key} | {str(one["engine"]): one[key] for one in overviews} for key in figures]


def _is_of_words(one: Answer) -> bool:
    return one.case.qualification.kind == "skill"


def _naming(one: Answer) -> list[str]:
    if not _is_of_words(one):
        return []
    return ["named in training" if is_taught(one.case) else "never named"]


def _tables(rows: Sequence[dict[str, Cell]], title: str) -> None:
    """Print one table for each figure, with a column for each engine."""
    for figure, what in FIGURES.items():
        ending = f" {figure}"
        table(
            [
                {key.removesuffix(ending): cell for key, cell in row.items() if _is_shown(key, ending)}
                for row in rows
            ],
            title=f"{title}: {what}",
        )


def _is_shown(column: str, ending: str) -> bool:
    return column in ("of", "cases") or column.endswith(ending)


def _grouped(
    answers: dict[str, list[Answer]], keys: Callable[[Answer], Iterable[str]]
) -> list[dict[str, Cell]]:
    groups: dict[str, dict[str, list[Answer]]] = {}
    for name, each in answers.items():
        for one in each:
            for key in keys(one):
                groups.setdefault(key, {}).setdefault(name, []).append(one)
    rows: list[dict[str, Cell]] = []
    for key, by_engine in sorted(groups.items()):
        row: dict[str, Cell] = {"of": key, "cases": len(next(iter(by_engine.values())))}
        for name, each in by_engine.items():
            row |= {
                f"{name} acc": round(accuracy(each), 3),
                f"{name} F1": round(macro_f1(each), 3),
                f"{name} ECE": round(calibration_error(each), 3),
            }
        rows.append(row)
    return rows
