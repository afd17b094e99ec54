"""How long each lane waits for a judging model, and who goes first at it."""

from servers.evaluator.core.ports import Lane
from shared.llm.classifier import BACKGROUND, PEOPLE

PRIORITY: dict[Lane, int] = {"people": PEOPLE, "background": BACKGROUND}
SECONDS: dict[Lane, float] = {"people": 20.0, "background": 300.0}
"""How long one evaluation, or one piece of a sweep, waits for all its answers."""
