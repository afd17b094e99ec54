"""How facts are shown to people when they become known: as text, and as cards in the live log."""

from typing import Protocol

from supervisor.core.models import Fact
from supervisor.stage import Stage


class View(Protocol):
    """Shows one kind of fact."""

    async def text(self, facts: dict[str, Fact]) -> str:
        """Return what a person should read before deciding about something made of this fact."""
        ...

    async def show(self, facts: dict[str, Fact], stage: Stage) -> None:
        """Tell about the fact in the live log, as far as it is worth telling."""
        ...


__all__ = ["View"]
