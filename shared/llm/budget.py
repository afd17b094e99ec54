"""How much one piece of work may ask of a model."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.kernel.errors import DeadlineExceeded


@dataclass
class Budget:
    """Calls, tokens (in and out) and seconds, counted from its making; share one over several calls.

    Attributes:
        calls, tokens, seconds: what there is.
        used_calls, used_tokens: what is gone.
    """

    calls: int = 4
    tokens: int = 16_000
    seconds: float = 60.0
    used_calls: int = 0
    used_tokens: int = 0
    clock: Callable[[], float] = time.monotonic
    _ends: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends = self.clock() + self.seconds

    @property
    def seconds_left(self) -> float:
        """Seconds until the end, 0 after it."""
        return max(0.0, self._ends - self.clock())

    @property
    def tokens_left(self) -> int:
        """Tokens not yet used."""
        return max(0, self.tokens - self.used_tokens)

    def begin_call(self) -> None:
        """Count a call before it is made. Raises DeadlineExceeded when anything is used up."""
        if self.used_calls >= self.calls:
            raise DeadlineExceeded(f"the budget of {self.calls} model calls is used up.")
        if self.tokens_left == 0:
            raise DeadlineExceeded(f"the budget of {self.tokens} model tokens is used up.")
        if self.seconds_left == 0:
            raise DeadlineExceeded(f"the budget of {self.seconds:g} s for the model is used up.")
        self.used_calls += 1

    def spend(self, tokens: int) -> None:
        """Count the tokens of a finished call."""
        self.used_tokens += tokens
