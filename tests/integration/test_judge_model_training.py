"""A judge that is built for real, small, in the environment of vLLM."""

from pathlib import Path

from typer.testing import CliRunner

from servers.evaluator.cross_encoder import version_in
from servers.evaluator.judge_model.data.rows import LABELS
from supervisor.cli import build_app


def test_a_build_leaves_a_version_that_the_evaluator_can_read_with_its_figures_and_cards(
    tmp_path: Path,
) -> None:
    size = ["--rows", "100", "--epochs", "1", "--threads", "1"]
    run = CliRunner().invoke(build_app(["model"]), ["model", "build", *size, "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    (folder,) = tmp_path.iterdir()
    version = version_in(folder)
    assert version.name == folder.name
    assert set(version.thresholds) == set(LABELS) - {"no_evidence"}
    written = {
        "model.safetensors",
        "tokenizer.json",
        "config.json",
        "MODEL_CARD.md",
        "DATA_SHEET.md",
        "metrics.json",
    }
    assert written <= {path.name for path in folder.iterdir()}
    listed = CliRunner().invoke(build_app(["model"]), ["model", "list", "--out", str(tmp_path)])
    assert listed.output.startswith(version.name)
