"""Understanding what a person wrote: the rules where they are sure, else a model where there is one."""

import json
from functools import cache
from importlib.resources import files

from pydantic import BaseModel

from shared.kernel.errors import ModelOutputInvalid
from shared.llm import Budget, ChatMessage, LanguageModel, model_or_rules
from supervisor.core.intents import Choice, Intent, chosen, read

SECONDS = 3.0
"""How long a person waits for a model at most. The turn's transaction is open for as long."""
TOKENS = 3_000


class UtteranceReading(BaseModel):
    """What a model says that a message asks for."""

    intent: Choice


class Understanding:
    """Reads messages.

    Args:
        model: asked where the rules are not sure; None leaves all to the rules.
    """

    def __init__(self, model: LanguageModel | None = None) -> None:
        self._model = model

    async def read(
        self, text: str, *, approval_pending: bool, work_pending: bool, searching: bool = False
    ) -> tuple[Intent, str | None]:
        """Return what a message asks for, and a sentence to say where the model that was asked failed."""
        by_rules = read(
            text, approval_pending=approval_pending, work_pending=work_pending, searching=searching
        )
        if by_rules.sure or self._model is None:
            return by_rules.intent, None
        pending = {"work_pending": work_pending, "approval_pending": approval_pending}

        async def ask(model: LanguageModel) -> Intent:
            budget = Budget(calls=2, tokens=TOKENS, seconds=SECONDS)
            prompt = _prompt({"message": text, **pending})
            reading = await model.structured(prompt, UtteranceReading, budget=budget)
            intent = chosen(reading.intent, text, work_pending=work_pending)
            if intent is None:
                raise ModelOutputInvalid("the language model chose what does not apply.")
            return intent

        answer = await model_or_rules(self._model, ask, lambda: by_rules.intent)
        return answer.value, answer.note


def _prompt(document: dict[str, object]) -> list[ChatMessage]:
    return [
        {"role": "system", "content": _instructions()},
        {"role": "user", "content": json.dumps(document, ensure_ascii=False)},
    ]


@cache
def _instructions() -> str:
    return files("supervisor").joinpath("prompts", "read_utterance.md").read_text("utf-8")
