"""The held-out cases that come with a version, and what it or another version answers to them."""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from servers.evaluator.judge_model.data.rows import Row, read_rows, write_rows
from servers.evaluator.judge_model.measure import Answered, read_answered
from servers.evaluator.judges.cross_encoder import version_in
from servers.evaluator.judges.weights import weights_in
from shared.engines.vllm import ROOT, vllm_environment, vllm_python
from shared.kernel.errors import InvalidInput, Unavailable

ANSWERING = "servers.evaluator.judge_model.answering"
PREDICTIONS = "predictions.jsonl"
Probabilities = Sequence[float]


@dataclass(frozen=True)
class Version:
    """A version in its folder.

    Attributes:
        weights: SHA-256 (hex) of the weights that lie there.
        identity: SHA-256 (hex) of all that its verdicts depend on besides the rules.
        data: SHA-256 (hex) of the held-out rows that it was built with.
    """

    folder: Path
    name: str
    weights: str
    identity: str
    data: str

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Read a version. Raises InvalidInput, also where other weights lie there than it says."""
        told = version_in(folder)
        about = json.loads((folder / "model.json").read_text("utf-8"))
        found = weights_in(folder)
        if found is None or found != told.weights:
            raise InvalidInput(f"the weights in {folder} are not those of {told.name}.", field="weights")
        return cls(folder, told.name, found, told.identity, str(about.get("data_sha256", {}).get("test")))

    def cases(self) -> list[Row]:
        """Return its held-out rows. Raises InvalidInput where none come with it."""
        for name in (PREDICTIONS, "test.jsonl"):
            path = self.folder / name
            rows = list(read_rows(path)) if path.exists() else []
            if rows and sha256_of(rows) == self.data:
                return rows
        raise InvalidInput(
            f"{self.name} comes without the held-out cases that it was built with.",
            field="version",
            fix=f"Keep {PREDICTIONS} or test.jsonl of the build in its folder.",
        )

    def answers_to(self, rows: Sequence[Row], keep_in: Path) -> list[Answered]:
        """Return what it answers to rows: as it was built or asked before, or asked now.

        What is asked now is kept in the folder ``keep_in``. Raises Unavailable where it cannot be asked.
        """
        for path in (self.folder / PREDICTIONS, keep_in / f"answers-{self.name}.jsonl"):
            known = dict(zip(read_rows(path), read_answered(path), strict=True)) if path.exists() else {}
            if known.keys() >= set(rows):
                return [known[row] for row in rows]
        self._ask(rows, path)
        return list(read_answered(path))

    def scenarios(self) -> set[str]:
        """Return of what scenarios held-out cases came with it; none where they were not kept."""
        path = self.folder / PREDICTIONS
        return {one.scenario for one in read_answered(path)} if path.exists() else set()

    def _ask(self, rows: Sequence[Row], out: Path) -> None:
        """Ask the weights, where they were trained: in the environment of vLLM."""
        asked = out.with_suffix(".rows")
        write_rows(asked, rows)
        command = [str(vllm_python()), "-m", ANSWERING, "--model", str(self.folder)]
        command += ["--rows", str(asked), "--out", str(out)]
        done = subprocess.run(command, env=vllm_environment() | {"PYTHONPATH": str(ROOT)}, check=False)  # noqa: S603 (our own)
        asked.unlink()
        if done.returncode:
            raise Unavailable(f"{self.name} could not be asked about {len(rows)} cases.")


def sha256_of(rows: Iterable[Row]) -> str:
    """Return the hash of rows as ``write_rows`` writes them."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update((json.dumps(asdict(row), ensure_ascii=False) + "\n").encode())
    return digest.hexdigest()
