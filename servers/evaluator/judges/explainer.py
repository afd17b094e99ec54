"""A chat model puts a verdict into words. What it says is checked by the core; the verdict is none of its business."""

from functools import cache
from importlib.resources import files

from servers.evaluator.core.explaining import Explanation, explain, worded
from servers.evaluator.core.grounding import Words, ungrounded
from servers.evaluator.judges.chat_prompt import as_data
from shared.kernel.errors import ModelOutputInvalid
from shared.llm import Budget, ChatMessage, LanguageModel, model_or_rules
from shared.wire.evaluation import Judgement

SECONDS, TOKENS = 20.0, 12_000


class ModelExplainer:
    """Has a model word single verdicts, one call each and one more to repair its form."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def explain(self, judgement: Judgement) -> Explanation:
        """Return the explanation in the model's words, or in ours where they do not hold, which is said."""

        async def ask(model: LanguageModel) -> Explanation:
            budget = Budget(calls=2, tokens=TOKENS, seconds=SECONDS)
            words = await model.structured(_prompt(judgement), Words, budget=budget)
            if fault := ungrounded(words, judgement):
                raise ModelOutputInvalid(f"the language model's words are set aside: {fault}.")
            return worded(judgement, words, model.name)

        if not judgement.quotes:  # there is nothing to rest words on
            return Explanation(explain(judgement))
        answer = await model_or_rules(self._model, ask, lambda: Explanation(explain(judgement)))
        return Explanation(f"{answer.value.text} {answer.note}") if answer.note else answer.value


def _prompt(judgement: Judgement) -> list[ChatMessage]:
    asked = {
        "qualification": judgement.statement,
        "verdict": judgement.verdict.value,
        "reason": judgement.reason,
    }
    quotes = [{"quote": number, "text": one.text} for number, one in enumerate(judgement.quotes, 1)]
    content = "\n".join(as_data(one) for one in (asked, *quotes))
    return [{"role": "system", "content": _instructions()}, {"role": "user", "content": content}]


@cache
def _instructions() -> str:
    return files("servers.evaluator").joinpath("prompts", "explain_verdict.md").read_text("utf-8").strip()
