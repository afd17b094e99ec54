"""The quality suite itself: the same people from the same seed, places that prove, figures that are right."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from benchmarks.evaluation import fairness, injection, real, repeating
from benchmarks.evaluation.building import STATES, build
from benchmarks.evaluation.cases import TUNING_TRADES, Case, Person
from benchmarks.evaluation.engines import Asked, ByLikeness, Rules
from benchmarks.evaluation.facts import question
from benchmarks.evaluation.quality import Suite, answers_of
from benchmarks.evaluation.real_cases import Label, read_cases, read_labels
from benchmarks.evaluation.rendering import render
from benchmarks.evaluation.scoring import Answer, calibration_error, f1, macro_f1
from benchmarks.evaluation.trades import trades
from shared.wire.evaluation import Verdict
from shared.wire.requirements import QualificationKind

FEW = 12


@pytest.fixture(scope="module")
def everybody() -> list[Person]:
    return build()


@pytest.fixture(scope="module")
def few(everybody: list[Person]) -> list[Person]:
    return everybody[:FEW]


def test_the_same_seed_makes_the_same_people_and_another_seed_others(few: list[Person]) -> None:
    assert build(FEW) == few
    assert build(FEW, seed=99) != few


def test_there_are_three_thousand_cases_of_trades_that_no_threshold_was_chosen_on(
    everybody: list[Person],
) -> None:
    measured = [case for person in everybody if not person.tuning for case in person.cases]
    assert len(measured) >= 3_000
    assert {case.expected for case in measured} == set(Verdict)
    assert set(STATES) <= {case.scenario for case in measured}
    assert {trade.name for trade in trades()} >= TUNING_TRADES


def test_every_state_of_a_skill_is_as_frequent_as_any_other(everybody: list[Person]) -> None:
    counts = Counter(
        case.scenario for person in everybody for case in person.cases if case.scenario in STATES
    )
    assert max(counts.values()) - min(counts.values()) <= 2


def test_what_proves_a_verdict_stands_in_the_text_once(everybody: list[Person]) -> None:
    for person in everybody[:60]:
        page = render(person.sheet)
        for case in person.cases:
            spans = [page.places[key] for key in case.proofs if key in page.places]
            assert bool(spans) == bool(case.proofs)
            lines = [page.text[start:end] for start, end in spans if end > start]
            assert len(lines) == len(spans)


def test_every_line_of_a_trade_is_its_own_and_names_are_spread_over_the_groups(
    everybody: list[Person],
) -> None:
    lines = [line for trade in trades() for skill in trade.skills for line in skill.says.values()]
    assert len(lines) == len(set(lines))
    groups = Counter(person.sheet.identity.group for person in everybody)
    assert max(groups.values()) - min(groups.values()) <= 1


def test_no_swap_changes_a_verdict(few: list[Person]) -> None:
    for swap in fairness.SWAPS.values():
        counts = fairness.swapped(Rules(), few[:4], swap)
        assert counts
        assert sum(group["better"] + group["worse"] for group in counts.values()) == 0


def test_a_gap_leaves_the_years_worked_as_they_are(everybody: list[Person]) -> None:
    swapped = [sheet for person in everybody for _, sheet in fairness.SWAPS["career gap"](person.sheet)]
    by_id: dict[str, set[int]] = {}
    for sheet in swapped:
        by_id.setdefault(sheet.id, set()).add(fairness.months_worked(sheet))
    assert all(len(months) == 1 for months in by_id.values())


def test_no_attack_turns_no_evidence_into_meets_and_each_is_flagged(few: list[Person]) -> None:
    made = injection.attempts(Rules(), few[:5])
    assert not [one for one in made if one.raised]
    assert not [one for one in made if not one.flagged]


def test_order_and_batches_leave_every_answer_as_it_is(few: list[Person]) -> None:
    assert len({repeating.digest(Rules(), few, turn) for turn in (0, 1, 4)}) == 1


def answer(true: Verdict, said: Verdict, confidence: float = 1.0) -> Answer:
    case = Case("any", question("Baking", QualificationKind.SKILL), true)
    return Answer(case, said, confidence, verbatim=True, overlaps=True)


def test_f1_and_calibration_are_what_they_are_by_hand() -> None:
    meets, partial = Verdict.MEETS, Verdict.PARTIAL
    answers = [
        answer(meets, meets, 0.95),
        answer(meets, partial, 0.55),
        answer(partial, partial, 0.95),
        answer(partial, meets, 0.55),
    ]
    assert f1(answers, meets) == f1(answers, partial) == 0.5
    assert f1(answers, Verdict.NOT_MET) is None
    assert macro_f1(answers) == 0.5
    assert math.isclose(calibration_error(answers), (0.1 + 1.1) / 4)


class _SameWords:
    def __init__(self) -> None:
        self.known: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        self.known |= set(texts)

    def __call__(self, statement: str, passages: Sequence[str]) -> list[float]:
        assert {statement, *passages} <= self.known
        return [float(statement in text) for text in passages]


def test_likeness_chooses_its_thresholds_on_what_it_is_given() -> None:
    suite = Suite.of(build(50))
    engine = ByLikeness("words", _SameWords())
    engine.tune([Asked(page, person.cases) for person, page in suite.known])
    answers = answers_of(engine, Suite(suite.known, suite.asked[:FEW]))
    assert all(one.verbatim for one in answers)
    assert {one.verdict for one in answers} <= {Verdict.MEETS, Verdict.PARTIAL, Verdict.NO_EVIDENCE}


def test_kappa_is_one_for_readers_who_agree_and_zero_for_chance() -> None:
    def read(case: str, reading: str, label: Verdict) -> Label:
        return Label(case, reading, label)

    meets, no = Verdict.MEETS, Verdict.NO_EVIDENCE
    same = [
        read(case, reading, label) for reading in real.READINGS for case, label in (("a", meets), ("b", no))
    ]
    assert real.kappa(same) == (1.0, 2)
    first = [read(case, "first", label) for case, label in zip("abcd", (meets, meets, no, no), strict=True)]
    second = [read(case, "second", label) for case, label in zip("abcd", (meets, no, meets, no), strict=True)]
    assert real.kappa([*first, *second]) == (0.0, 4)
    both = [*first, *second]
    assert [one.case for one in real.true_labels(both)] == ["a", "d"]
    assert [case for case in "abcd" if real.is_open(case, real.SETTLED, both)] == ["b", "c"]
    settled = [*both, read("b", real.SETTLED, Verdict.PARTIAL)]
    assert {one.case: one.label for one in real.true_labels(settled)}["b"] is Verdict.PARTIAL
    assert real.kappa(settled) == (0.0, 4)


def test_real_cases_are_references_and_every_label_is_of_one_of_them() -> None:
    cases = {case.id: case for case in read_cases()}
    assert len(cases) >= 300
    assert all(case.start < case.end for case in cases.values())
    labels = read_labels()
    assert {label.case for label in labels} == set(cases)
    assert {label.reading for label in labels} == {*real.READINGS, real.SETTLED}
    assert len(real.true_labels(labels)) == len(cases)
