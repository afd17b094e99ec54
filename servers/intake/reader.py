"""Reading with a language model: prompts, calls and their limits. What comes back is checked by the core."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from servers.intake.core.model_reading import ChangesReading, Line, PostingReading, StatedDemand
from servers.intake.core.ports import Heard
from shared.llm import Budget, ChatMessage, LanguageModel, model_or_rules

LINES_AT_ONCE = 40
"""Lines of a posting in one call, so that an answer about all of them is not cut off."""
POSTING_SECONDS, POSTING_TOKENS = 60.0, 60_000
CHANGES_SECONDS, CHANGES_TOKENS = 20.0, 12_000


class ModelReader:
    """Has a model read postings and changes; each reading has a budget of its own."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    async def posting(self, lines: Sequence[Line]) -> Heard[PostingReading]:
        """Return what the lines ask for, or why nothing is known: a part of a posting is never given."""

        async def ask(model: LanguageModel) -> PostingReading | None:
            batches = [lines[first : first + LINES_AT_ONCE] for first in range(0, len(lines), LINES_AT_ONCE)]
            budget = Budget(calls=2 * len(batches), tokens=POSTING_TOKENS, seconds=POSTING_SECONDS)
            title, demands = "", list[StatedDemand]()
            for batch in batches:
                prompt = _prompt("read_posting", [line.model_dump() for line in batch])
                reading = await model.structured(prompt, PostingReading, budget=budget)
                title = title or reading.title
                demands += reading.demands
            return PostingReading(title=title, demands=demands)

        answer = await model_or_rules(self._model, ask, _nothing)
        return Heard(answer.value, answer.note or "")

    async def changes(self, statements: Sequence[str], changes: Sequence[str]) -> Heard[ChangesReading]:
        """Return what the sentences change, or why nothing is known."""
        document = {"statements": _numbered(statements), "changes": _numbered(changes)}

        async def ask(model: LanguageModel) -> ChangesReading | None:
            budget = Budget(calls=2, tokens=CHANGES_TOKENS, seconds=CHANGES_SECONDS)
            return await model.structured(_prompt("read_changes", document), ChangesReading, budget=budget)

        answer = await model_or_rules(self._model, ask, _nothing)
        return Heard(answer.value, answer.note or "")


def _nothing() -> None:
    """The rules answer in the core."""


def _numbered(texts: Sequence[str]) -> list[dict[str, object]]:
    return [{"number": number, "text": text} for number, text in enumerate(texts, 1)]


def _prompt(name: str, document: object) -> list[ChatMessage]:
    """Return the instructions, and what they are about as JSON: no text can end its own quotation marks."""
    return [
        {"role": "system", "content": _instructions(name)},
        {"role": "user", "content": json.dumps(document, ensure_ascii=False)},
    ]


@cache
def _instructions(name: str) -> str:
    return files("servers.intake").joinpath("prompts", f"{name}.md").read_text("utf-8")
