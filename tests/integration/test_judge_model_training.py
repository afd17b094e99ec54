"""A judge that is built for real, small, in the environment of vLLM, and what vLLM answers when it serves it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from servers.evaluator.judge_model.data.rows import LABELS
from servers.evaluator.judge_model.measure import read_answered
from servers.evaluator.judges.cross_encoder import calibrated, version_in
from servers.evaluator.model_gate.held_out import Version
from shared.engines import EmbeddedVllm
from shared.llm.classifier import PairClassifier
from shared.llm.pairs import PairTokens
from supervisor.cli import build_app
from tests.support.vllm import NAME

pytestmark = pytest.mark.timeout(600)  # vLLM starts slowly on a busy machine


def test_a_build_leaves_a_version_that_the_evaluator_can_read_with_its_figures_and_cards(
    judge_weights: Path,
) -> None:
    version = version_in(judge_weights)
    assert version.name == judge_weights.name
    assert set(version.thresholds) == set(LABELS) - {"no_evidence"}
    written = {"model.safetensors", "tokenizer.json", "config.json", "MODEL_CARD.md", "DATA_SHEET.md"}
    assert written | {"metrics.json"} <= {path.name for path in judge_weights.iterdir()}
    listed = CliRunner().invoke(build_app(["model"]), ["model", "list", "--out", str(judge_weights.parent)])
    assert listed.output.startswith(version.name)


def test_asked_about_cases_of_another_version_it_answers_as_in_its_training(
    judge_weights: Path, tmp_path: Path
) -> None:
    built, some = Version.at(judge_weights), 5
    asked = built.answers_to(built.cases()[:some], tmp_path)
    predicted = list(read_answered(judge_weights / "predictions.jsonl"))[:some]
    assert [one.probabilities for one in asked] == [
        pytest.approx(one.probabilities, abs=1e-3) for one in predicted
    ]


async def test_vllm_answers_what_training_predicted(vllm: EmbeddedVllm, judge_weights: Path) -> None:
    version, tokens = version_in(judge_weights), PairTokens(judge_weights / "tokenizer.json")
    lines = (judge_weights / "predictions.jsonl").read_text("utf-8").splitlines()
    predicted = [json.loads(line) for line in lines]
    pairs = [(row["qualification"], row["passage"]) for row in predicted]
    async with PairClassifier(vllm.url, NAME, tokens, api_key=vllm.api_key) as classifier:
        answers = await classifier.classify(pairs)
    served = [calibrated(one, version.temperature) for one in answers]
    assert len(served) > 5
    assert served == [pytest.approx(row["probabilities"], abs=1e-3) for row in predicted]
