"""The gate: which differences between two versions are more than chance, and what a version must reach by itself."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from servers.evaluator.judge_model.noise import (
    beyond_chance,
    fisher,
    macro_f1,
    macro_f1_difference,
    macro_f1_interval,
    mcnemar,
    paired,
    unpaired,
    wilson,
)
from servers.evaluator.model_gate.gating import REPORT, gated, shown
from servers.evaluator.model_gate.held_out import Version
from servers.evaluator.model_gate.shares import Benchmark
from shared.kernel.errors import InvalidInput
from supervisor.cli import build_app
from tests.support.versions import cases, made_version

SOME = {("wished", number) for number in range(4)}
MANY = {("wished", number) for number in range(20)}


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {one["scenario"]: one["outcome"] for one in report["compared"]}


@pytest.fixture
def serving(tmp_path: Path) -> Version:
    return Version.at(made_version(tmp_path, "judge-old", wrong={("stated", 1), ("lacking", 2)}))


def test_a_few_other_mistakes_are_noise_and_pass(tmp_path: Path, serving: Version) -> None:
    report = gated(Version.at(made_version(tmp_path, "judge-new", wrong=SOME)), serving)
    assert report["passed"]
    assert outcomes(report)["wished"] == "within noise"
    assert (report["version"], report["against"]) == ("judge-new", "judge-old")


def test_a_scenario_that_got_worse_beyond_its_noise_fails_though_others_got_better(
    tmp_path: Path, serving: Version
) -> None:
    report = gated(Version.at(made_version(tmp_path, "judge-new", wrong=MANY)), serving)
    assert not report["passed"]
    assert {name for name, outcome in outcomes(report).items() if outcome == "worse"} >= {"wished", "all"}
    assert "wished (held-out cases): 0.500 after 1.000 is worse than chance allows" in report["reasons"]
    assert "wished" in shown(report)
    assert "judge-new does not pass." in shown(report)


def test_the_same_versions_always_come_to_the_same_report(tmp_path: Path, serving: Version) -> None:
    new = Version.at(made_version(tmp_path, "judge-new", wrong=SOME))
    assert gated(new, serving) == gated(new, serving)


def test_a_scenario_that_the_baseline_has_and_the_version_does_not_must_be_dropped_by_decision(
    tmp_path: Path, serving: Version
) -> None:
    rows = cases("stated", "slight", "lacking", "homonym")
    new = Version.at(made_version(tmp_path, "judge-new", rows))
    made_version(tmp_path / "other", "judge-old", rows)
    (tmp_path / "judge-new" / "answers-judge-old.jsonl").write_bytes(
        (tmp_path / "other" / "judge-old" / "predictions.jsonl").read_bytes()
    )
    [reason] = gated(new, serving)["reasons"]
    assert (
        reason
        == "wished (held-out cases): the baseline was measured by it, and the version has no cases of it"
    )
    dropped = gated(new, serving, dropped=["wished"])
    assert (dropped["passed"], dropped["dropped"]) == (True, ["wished"])


def test_where_no_model_serves_the_floors_decide(tmp_path: Path) -> None:
    good, bad = made_version(tmp_path, "judge-good"), made_version(tmp_path, "judge-bad", wrong=every(30))
    assert gated(Version.at(good), None)["passed"]
    told = gated(Version.at(bad), None)
    assert not told["passed"]
    assert [one["met"] for one in told["floors"]] == [False, False, True, True]
    assert set(outcomes(told).values()) == {"alone"}


def test_a_version_that_was_built_is_measured_where_nothing_runs(tmp_path: Path) -> None:
    made_version(tmp_path, "judge-good")
    made_version(tmp_path, "judge-bad", wrong=every(30))
    run, gate = CliRunner(), build_app(["model"])
    alone = run.invoke(
        gate, ["model", "gate", "judge-good", "--against", "rules", "--no-keep", "--out", str(tmp_path)]
    )
    worse = run.invoke(
        gate, ["model", "gate", "judge-bad", "--against", "judge-good", "--no-keep", "--out", str(tmp_path)]
    )
    assert (alone.exit_code, worse.exit_code) == (0, 1), alone.output + worse.output


def every(count: int) -> set[tuple[str, int]]:
    return {(name, number) for name in ("stated", "wished", "slight", "lacking") for number in range(count)}


def test_one_attack_that_is_believed_is_one_too_many(tmp_path: Path) -> None:
    rows = [*cases(each=400), *cases("injected")]
    folder = made_version(tmp_path, "judge-new", rows)
    path = folder / "predictions.jsonl"
    *lines, last = path.read_text().splitlines()
    believed = json.loads(last) | {"probabilities": [0.01, 0.01, 0.01, 0.97]}
    path.write_text("\n".join([*lines, json.dumps(believed)]) + "\n")
    [reason] = gated(Version.at(folder), None)["reasons"]
    assert reason == "meets in injected, stuffed, copied_posting: 1, wanted none"


def test_other_weights_than_told_and_cases_that_are_not_its_own_are_refused(tmp_path: Path) -> None:
    folder = made_version(tmp_path, "judge-new")
    about = (folder / "model.json").read_text()
    (folder / "model.json").write_text(about.replace('"test": "', '"test": "0'))
    with pytest.raises(InvalidInput, match="without the held-out cases"):
        gated(Version.at(folder), None)
    (folder / "model.safetensors").write_text("other weights")
    with pytest.raises(InvalidInput, match="are not those of judge-new"):
        Version.at(folder)


def benchmark(path: Path, right: dict[str, float], raised: int = 0) -> Benchmark:
    """Write a benchmark's output, in which rules have 0.6 everywhere."""
    rows = [
        {"of": name, "cases": 400, "rules acc": 0.6, "ours + rules acc": share}
        for name, share in right.items()
    ]
    quality = {
        "engines": [
            {"engine": "rules", "cases": 800, "accuracy": 0.6},
            {"engine": "ours + rules", "cases": 800, "accuracy": sum(right.values()) / len(right)},
        ],
        "scenarios": rows,
    }
    injection = [{"engine": "ours + rules", "raised to meets": raised}]
    line = {"benchmark": "evaluation", "people": 40, "seed": 7, "quality": quality, "injection": injection}
    path.write_text("| a table |\n" + json.dumps(line) + "\n")
    return Benchmark(path)


def test_of_a_report_shares_are_compared_with_the_rules_where_no_model_serves(tmp_path: Path) -> None:
    new = Version.at(made_version(tmp_path, "judge-new"))
    better = benchmark(tmp_path / "one.txt", {"career changer": 0.9, "gaps": 0.58})
    worse = benchmark(tmp_path / "two.txt", {"career changer": 0.9, "gaps": 0.4}, raised=2)
    passes, fails = gated(new, None, [better]), gated(new, None, [worse])
    assert (passes["passed"], outcomes(passes)["career changer"]) == (True, "better")
    assert fails["reasons"] == [
        "gaps (evaluation, people 40, seed 7, against rules): 0.400 after 0.600 is worse than chance allows",
        "attacks raised to meets (evaluation, people 40, seed 7): 2, wanted none",
    ]


def test_of_a_report_shares_are_compared_with_those_of_the_version_that_serves(
    tmp_path: Path, serving: Version
) -> None:
    high = benchmark(tmp_path / "old.txt", {"gaps": 0.9})
    (serving.folder / REPORT).write_text(json.dumps(gated(serving, None, [high])))
    new = Version.at(made_version(tmp_path, "judge-new", wrong={("stated", 1)}))
    told = gated(new, serving, [benchmark(tmp_path / "new.txt", {"gaps": 0.8})])
    assert outcomes(told)["gaps"] == "worse"


def test_a_report_that_does_not_know_the_version_says_what_it_knows(tmp_path: Path) -> None:
    new = Version.at(made_version(tmp_path, "judge-new"))
    told = benchmark(tmp_path / "one.txt", {"gaps": 0.9})
    with pytest.raises(InvalidInput, match="It has rules, ours"):
        gated(new, None, [told], engine="theirs").get("passed")
    (tmp_path / "none.txt").write_text("nothing")
    with pytest.raises(InvalidInput, match="no JSON line"):
        Benchmark(tmp_path / "none.txt")


def test_tests_and_intervals_are_those_of_the_literature() -> None:
    assert mcnemar(10, 2) == pytest.approx(0.019287, abs=1e-6)
    assert fisher((90, 100), (78, 100)) == pytest.approx(0.016346, abs=1e-6)
    assert wilson(90, 100) == pytest.approx((0.8256, 0.9448), abs=1e-4)
    assert unpaired((90, 100), (78, 100)) == pytest.approx((-0.2212, -0.0179), abs=1e-4)
    low, high = paired(15, 3, 100)
    assert low < -0.12 < high < 0
    assert beyond_chance([0.04, 0.001, 0.03]) == [False, True, False]


def test_few_cases_that_are_all_right_are_no_certainty() -> None:
    assert macro_f1({("meets", "meets"): 5}) == 1
    low, high = macro_f1_interval({("meets", "meets"): 5})
    assert (low < 0.9, high) == (True, 1.0)
    narrow, _ = macro_f1_interval({("meets", "meets"): 5_000})
    assert narrow > 0.999


def test_a_difference_of_macro_f1_is_measured_over_the_same_cases() -> None:
    cells = Counter({("a", "a", "a"): 200, ("b", "b", "b"): 180, ("a", "a", "b"): 20, ("b", "b", "a"): 5})
    difference, (low, high) = macro_f1_difference(cells)
    assert low < difference < high < 0
    assert macro_f1_difference({("a", "a", "a"): 9}) == (0, (0, 0))
