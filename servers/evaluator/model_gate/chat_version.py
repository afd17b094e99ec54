"""A chat model at the gate: it is asked over its server, as the evaluator asks it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from servers.evaluator.core.operating import Served
from servers.evaluator.judge_model.data.rows import Row
from servers.evaluator.judge_model.measure import Answered
from servers.evaluator.judges.opening import JudgeSettings, open_judge, version_of
from servers.evaluator.model_gate.asking import Kept, ask_all
from shared.kernel.errors import InvalidInput

SERVED = "served.json"
"""In a chat version's folder: where it is served. Its weights lie there alone."""
MINUTES = 60.0


def _silent(line: str) -> None: ...


@dataclass(frozen=True)
class ChatVersion:
    """A chat model that is served, with the prompt of this release.

    Attributes:
        folder: for its report, and for what it answered until it was stopped.
        weights: the name under which it is served, which stands for them.
        identity: SHA-256 (hex) of all that its verdicts depend on besides the rules.
        minutes: it may be asked for; ``say`` is told how far that is.
    """

    folder: Path
    name: str
    weights: str
    identity: str
    served: Served
    minutes: float = MINUTES
    say: Callable[[str], None] = field(default=_silent, compare=False)

    @classmethod
    def at(cls, folder: Path, minutes: float = MINUTES, say: Callable[[str], None] = _silent) -> Self:
        """Read where a version is served. Raises InvalidInput, also where this release asks it otherwise."""
        try:
            served = Served.model_validate_json((folder / SERVED).read_bytes())
        except (OSError, ValidationError):
            raise InvalidInput(
                f"{folder} does not say where a chat model is served.", field="version"
            ) from None
        now = version_of("chat", None, served.model)
        if now.name != folder.name:
            raise InvalidInput(
                f"this release words the prompt of {folder.name} otherwise, so it judges as {now.name}.",
                field="version",
                fix=f"Register it anew: hiremesh model register --url {served.url} --model {served.model}",
            )
        return cls(folder, now.name, now.weights, now.identity, served, minutes, say)

    def cases(self) -> list[Row]:
        """Return nothing: a chat model comes without held-out cases."""
        return []

    def scenarios(self) -> set[str]:
        """Return nothing, for the same reason."""
        return set()

    def answers_to(self, rows: Sequence[Row], keep_in: Path) -> list[Answered]:
        """Return what it answers to rows. Stopped, it goes on where it was.

        Raises DeadlineExceeded after its minutes, Unavailable and RateLimited where it cannot be asked.
        """
        kept = Kept(self._answers(keep_in))
        asyncio.run(self._ask(rows, kept))
        return kept.of(rows)

    def forget(self, kept_in: Path) -> None:
        """Remove what it answered: once a gate is through, the next one asks anew what is served by then."""
        self._answers(kept_in).unlink(missing_ok=True)

    def _answers(self, folder: Path) -> Path:
        return folder / f"answers-{self.name}.jsonl"

    async def _ask(self, rows: Sequence[Row], kept: Kept) -> None:
        judge = open_judge(JudgeSettings(kind="chat", url=self.served.url, model=self.served.model))
        try:
            await ask_all(judge, rows, kept, self.minutes, lambda line: self.say(f"{self.name}: {line}"))
        finally:
            await judge.aclose()
