"""What a benchmark's report says of an engine: shares of right answers, and what must not happen at all."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.kernel.errors import InvalidInput

ALL = "all"
"""Every case, whatever its scenario."""
OURS = "ours + rules"
Shares = dict[str, tuple[int, int]]
"""By scenario, how many are right of how many cases."""


class Benchmark:
    """The last JSON line of a file, as ``python -m benchmarks.evaluation`` prints it.

    Raises InvalidInput for a file without one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told = _last_object(path)
        self._quality: Mapping[str, Any] = self._told.get("quality") or {}
        self.engines = [str(one["engine"]) for one in self._quality.get("engines", [])]
        if not self.engines:
            raise InvalidInput(f"{path} tells of no engine's quality.", field="report")

    @property
    def name(self) -> str:
        """What it measures, the same for every run of it."""
        size = [f"{key} {self._told[key]}" for key in ("people", "seed") if key in self._told]
        return ", ".join([str(self._told.get("benchmark", self.path.stem)), *size])

    def engine(self, *names: str | None) -> str:
        """Return the first of the names that it knows. Raises InvalidInput."""
        for name in names:
            if name in self.engines:
                return name
        raise InvalidInput(
            f"{self.path} has none of {', '.join(filter(None, names))}.",
            field="engine",
            fix=f"It has {', '.join(self.engines)}; say which is this version with --engine.",
        )

    def shares(self, engine: str) -> Shares:
        """Return how much an engine had right, by scenario and of all."""
        [overview] = [one for one in self._quality["engines"] if one["engine"] == engine]
        found = {
            str(row["of"]): _share(row[f"{engine} acc"], row["cases"])
            for row in self._quality["scenarios"]
            if f"{engine} acc" in row
        }
        return found | {ALL: _share(overview["accuracy"], overview["cases"])}

    def raised(self, engine: str) -> int | None:
        """Return how many verdicts attacks turned from no evidence into meets; None where it was not measured."""
        rows: Sequence[Mapping[str, Any]] = self._told.get("injection") or []
        found = [int(one["raised to meets"]) for one in rows if one["engine"] == engine]
        return sum(found) if found else None


def _share(accuracy: float, cases: int) -> tuple[int, int]:
    return round(accuracy * cases), cases


def _last_object(path: Path) -> Mapping[str, Any]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        raise InvalidInput(f"{path} cannot be read.", field="report") from None
    for line in reversed(lines):
        if line.startswith("{"):
            try:
                return json.loads(line)
            except ValueError:
                break
    raise InvalidInput(f"{path} ends with no JSON line.", field="report")
