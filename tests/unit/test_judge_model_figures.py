"""Figures about the judge, its cards, and the commands that show them."""

import json
import sys

import pytest
from typer.testing import CliRunner

from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judge_model.card import write_cards
from servers.evaluator.judge_model.composing import chosen_thresholds, composed, fitted_confidence
from servers.evaluator.judge_model.data.generate import rows
from servers.evaluator.judge_model.data.rows import LABELS, write_rows
from servers.evaluator.judge_model.measure import (
    Answered,
    calibration_error,
    f1,
    fitted_temperature,
    report,
    softmax,
)
from shared.kernel.errors import NotFound, Unavailable
from shared.wire.evaluation import Verdict
from supervisor.cli import build_app

SURE = {label: [0.97 if one == label else 0.01 for one in LABELS] for label in LABELS}
ABOUT = {
    "version": "judge-0123456789ab",
    "labels": LABELS,
    "longest": 256,
    "temperature": 1.1,
    "thresholds": {"not_met": 0.5, "partial": 0.6, "meets": 0.55},
    "weights_sha256": "0" * 64,
    "data_sha256": {"train": "1" * 64, "tune": "2" * 64, "test": "3" * 64},
    "rows": {"train": 40, "tune": 8, "test": 8},
    "sources": ["generated, CC0-1.0"],
    "base": {"package": "base", "version": "1", "licence": "Apache-2.0"},
    "base_sha256": "4" * 64,
    "settings": {"epochs": 2, "batch": 32, "learning_rate": 1e-4, "seed": 1, "label_smoothing": 0.05},
    "trained_with": {"torch": "2"},
    "device": "cpu",
    "training_seconds": 9,
}


def answered(truth: str, answer: str) -> Answered:
    return Answered("deed", "skill", "nurse", truth, SURE[answer])


def test_a_temperature_that_was_applied_is_found_again():
    # Right three times of four, and as sure as that at temperature 2.
    logits = [[2 * 2.1972, 0.0, 0.0, 0.0]] * 4
    found = fitted_temperature(logits, [0, 0, 0, 1])
    assert softmax(logits[0], found)[0] == pytest.approx(0.75, abs=1e-3)


def test_the_calibration_error_is_how_far_confidence_is_from_accuracy():
    assert calibration_error([[0.75, 0.25, 0, 0]] * 4, [0, 0, 0, 1]) == pytest.approx(0)
    assert calibration_error([[0.95, 0.05, 0, 0]] * 4, [0, 0, 1, 1]) == pytest.approx(0.45)


def profile(meets: float) -> list[list[float]]:
    """One passage that seems to meet it so probably, and one that says nothing."""
    return [[1 - meets, 0.0, 0.0, meets], [0.9, 0.1, 0.0, 0.0]]


def test_thresholds_are_chosen_where_verdicts_on_whole_profiles_are_best():
    profiles = [profile(0.6)] * 6 + [profile(0.8)] * 6
    found = chosen_thresholds(profiles, ["no_evidence"] * 6 + ["meets"] * 6)
    assert 0.6 < found["meets"] <= 0.8
    assert [composed(one, found)[0] for one in (profile(0.6), profile(0.8))] == ["no_evidence", "meets"]


def test_confidence_is_how_often_a_verdict_that_seems_so_probable_is_right_and_never_falls():
    profiles = [profile(0.6)] * 8 + [profile(0.9)] * 8
    truth = ["meets", "partial"] * 4 + ["meets"] * 6 + ["partial"] * 2
    thresholds = {"meets": 0.5, "partial": 0.5, "not_met": 0.5}
    knots = fitted_confidence(profiles, truth, thresholds)["meets"]
    assert [share for _, share in knots] == sorted(share for _, share in knots)
    judge = JudgeVersion("judge", "00", 1.0, {}, confidence={Verdict.MEETS: knots})
    assert judge.confidence_in(Verdict.MEETS, 0.6) == pytest.approx(0.5)
    assert judge.confidence_in(Verdict.MEETS, 0.9) == pytest.approx(0.75)
    assert judge.confidence_in(Verdict.MEETS, 0.75) == pytest.approx(0.625)
    assert judge.confidence_in(Verdict.PARTIAL, 0.7) == pytest.approx(0.7)


def test_figures_are_given_by_label_scenario_and_kind_with_the_commonest_mistakes():
    found = report([answered("meets", "meets"), answered("meets", "partial"), answered("not_met", "not_met")])
    assert found["accuracy"] == pytest.approx(0.6667)
    deed = found["scenarios"]["deed"]
    assert (deed["rows"], deed["accuracy"], deed["macro_f1"]) == (3, 0.6667, 0.8333)
    assert deed["accuracy_interval"] == [0.2077, 0.9385]
    assert deed["macro_f1_interval"][0] < 0.8333 < deed["macro_f1_interval"][1]
    assert found["mistaken"] == {"deed: meets as partial": 1}
    assert f1([answered("meets", "meets"), answered("meets", "partial")], "meets") == pytest.approx(2 / 3)


@pytest.fixture
def models(tmp_path):
    """A folder of versions with one, whose weights are left out."""
    model, data = tmp_path / "models" / ABOUT["version"], tmp_path / "data"
    model.mkdir(parents=True)
    data.mkdir()
    for part, count in ABOUT["rows"].items():
        write_rows(data / f"{part}.jsonl", rows(count, part=part))
    test = [{**one, "probabilities": SURE[one["label"]]} for one in read_lines(data / "test.jsonl")]
    (model / "predictions.jsonl").write_text("".join(json.dumps(one) + "\n" for one in test))
    (model / "model.json").write_text(json.dumps(ABOUT))
    write_cards(model, data)
    return tmp_path / "models"


def read_lines(path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_versions_are_listed_and_their_cards_printed(models):
    run = CliRunner()
    listed = run.invoke(build_app(["model"]), ["model", "list", "--out", str(models)])
    assert "judge-0123456789ab  40 rows  macro-F1 1.000" in listed.output
    card = run.invoke(build_app(["model"]), ["model", "card", "--out", str(models)])
    assert "# judge-0123456789ab" in card.output
    assert "| accuracy | 1.000 | 0.676 to 1.000 |" in card.output
    assert "| scenario | rows | accuracy | 95 % | macro-F1 | 95 % |" in card.output
    sheet = run.invoke(build_app(["model"]), ["model", "card", "--data-sheet", "--out", str(models)])
    assert "Sources and licences: generated, CC0-1.0." in sheet.output
    assert "| held out | accuracy | 95 % | macro-F1 | 95 % |" in sheet.output
    missing = run.invoke(build_app(["model"]), ["model", "card", "judge-none", "--out", str(models)])
    assert isinstance(missing.exception, NotFound)


def test_a_build_with_a_row_of_a_customer_ends_before_it_trains(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("HIREMESH_VLLM_PYTHON", sys.executable)
    row = {"qualification": "welding", "passage": "Welded pipes", "label": "meets", "source": "customer"}
    (tmp_path / "extra.jsonl").write_text(json.dumps(row))
    options = ["--rows", "100", "--extra", str(tmp_path / "extra.jsonl"), "--out", str(tmp_path / "new")]
    result = CliRunner().invoke(build_app(["model"]), ["model", "build", *options])
    assert result.exit_code == 1
    assert "row 1 is not marked as generated or licensed: customer" in capfd.readouterr().err


def test_where_vllm_is_not_installed_building_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HIREMESH_VLLM_PYTHON", str(tmp_path / "absent"))
    result = CliRunner().invoke(build_app(["model"]), ["model", "build", "--out", str(tmp_path)])
    assert isinstance(result.exception, Unavailable)
    assert "make vllm" in str(result.exception)
