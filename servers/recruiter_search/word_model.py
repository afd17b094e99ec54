"""Reading words with a language model: the prompt, the call and its limits. The core checks what comes back."""

import json
from functools import cache
from importlib.resources import files

from servers.recruiter_search.core.wording.proposals import Proposals
from shared.llm import Budget, ChatMessage, LanguageModel, model_or_rules

SECONDS, TOKENS = 5.0, 4_000
"""How long a recruiter waits for a model at most, and what it may cost."""


class ModelProposer:
    """Implements ``Proposer`` with a language model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    async def propose(self, words: str, unread: list[str]) -> tuple[Proposals, str]:
        async def ask(model: LanguageModel) -> Proposals:
            document = json.dumps({"words": words, "unread": unread}, ensure_ascii=False)
            prompt: list[ChatMessage] = [
                {"role": "system", "content": _instructions()},
                {"role": "user", "content": document},
            ]
            budget = Budget(calls=2, tokens=TOKENS, seconds=SECONDS)
            return await model.structured(prompt, Proposals, budget=budget)

        answer = await model_or_rules(self._model, ask, lambda: Proposals(readings=[]))
        return answer.value, answer.note or ""


@cache
def _instructions() -> str:
    return files("servers.recruiter_search").joinpath("prompts", "read_words.md").read_text("utf-8")
