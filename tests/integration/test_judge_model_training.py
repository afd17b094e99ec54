"""A judge that is built for real, small, in the environment of vLLM."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from servers.evaluator.cross_encoder import version_in
from servers.evaluator.judge_model.data.rows import LABELS
from servers.evaluator.judge_model.held_out import Version
from servers.evaluator.judge_model.measure import read_answered
from supervisor.cli import build_app

pytestmark = pytest.mark.timeout(600)  # vLLM starts slowly on a busy machine


def test_a_build_leaves_a_version_that_the_evaluator_can_read_with_its_figures_and_cards(
    built_judge: Path,
) -> None:
    version = version_in(built_judge)
    assert version.name == built_judge.name
    assert set(version.thresholds) == set(LABELS) - {"no_evidence"}
    written = {"model.safetensors", "tokenizer.json", "config.json", "MODEL_CARD.md", "DATA_SHEET.md"}
    assert written | {"metrics.json"} <= {path.name for path in built_judge.iterdir()}
    listed = CliRunner().invoke(build_app(["model"]), ["model", "list", "--out", str(built_judge.parent)])
    assert listed.output.startswith(version.name)


def test_asked_about_cases_of_another_version_it_answers_as_in_its_training(
    built_judge: Path, tmp_path: Path
) -> None:
    built, some = Version.at(built_judge), 5
    asked = built.answers_to(built.cases()[:some], tmp_path)
    predicted = list(read_answered(built_judge / "predictions.jsonl"))[:some]
    assert [one.probabilities for one in asked] == [
        pytest.approx(one.probabilities, abs=1e-3) for one in predicted
    ]
