"""What drafting tokens brings: how many drafts are accepted, how fast answers are, and whether they are the same."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from benchmarks.evaluation.lineup import tell
from benchmarks.report import Cell
from benchmarks.throughput.counters import Counters
from benchmarks.throughput.load import Question
from shared.engines import EmbeddedVllm

AT_ONCE = 4
WORTH = 1.05
"""So much faster answers must be: below, a setting is not worth having."""
NONE = "none"
Answer = tuple[int, ...]


@dataclass(frozen=True)
class Answered:
    """The answers to a load as tokens, in order, and what they took."""

    answers: tuple[Answer, ...]
    seconds: float
    counted: Counters

    @property
    def tokens(self) -> int:
        return sum(map(len, self.answers))

    def same_as(self, other: "Answered") -> int:
        """Return how many answers are the same, token by token."""
        return sum(one == another for one, another in zip(self.answers, other.answers, strict=True))


Measured = Mapping[str, Mapping[str, Answered]]
"""By setting, then by load."""


async def answered(server: EmbeddedVllm, model: str, questions: Sequence[Question]) -> Answered:
    """Ask all questions, a few at once. Raises HTTPStatusError for one that is refused."""
    room = asyncio.Semaphore(AT_ONCE)
    headers = {"authorization": f"Bearer {server.api_key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, trust_env=False, timeout=None) as http:

        async def ask(question: Question) -> Answer:
            async with room:
                response = await http.post("/v1/chat/completions", json=_request(model, question))
            return tuple(response.raise_for_status().json()["choices"][0]["token_ids"])

        before, begun = await Counters.at(server.url), time.perf_counter()
        answers = await asyncio.gather(*map(ask, questions))
        seconds = time.perf_counter() - begun
        return Answered(tuple(answers), seconds, (await Counters.at(server.url)).since(before))


def _request(model: str, question: Question) -> dict[str, object]:
    """Return what the product's client sends, asking for the tokens of the answer too."""
    form = {"structured_outputs": {"json": question.schema}} if question.schema else {"ignore_eos": True}
    return {
        "model": model,
        "messages": list(question.messages),
        "temperature": 0.0,
        "seed": 0,
        "max_tokens": question.most_tokens,
        "chat_template_kwargs": {"enable_thinking": False},
        "return_token_ids": True,
        **form,
    }


async def measure(
    server: EmbeddedVllm, model: str, setting: str, loads: Mapping[str, Sequence[Question]]
) -> dict[str, Answered]:
    """Answer each load once, after a question of each has warmed the server up."""
    for questions in loads.values():
        await answered(server, model, questions[:1])
    found: dict[str, Answered] = {}
    for name, questions in loads.items():
        found[name] = await answered(server, model, questions[1:])
        tell(f"drafting {setting}, {name}: {found[name].tokens / found[name].seconds:.0f} tokens a second")
    return found


def rows(measured: Measured) -> list[dict[str, Cell]]:
    """Return a line for each setting and load."""
    return [
        {
            "drafting": setting,
            "load": load,
            "tokens": each.tokens,
            "tokens_per_s": round(each.tokens / each.seconds, 1),
            "acceptance": None if (share := each.counted.acceptance) is None else round(share, 3),
            "tokens_a_step": round(each.counted.tokens_a_step, 2),
            "same": f"{each.same_as(measured[NONE][load])} of {len(each.answers)}",
        }
        for setting, found in measured.items()
        for load, each in found.items()
    ]


def speaks_for(measured: Measured) -> str:
    """Return the setting that answers the whole load fastest, if it is worth having and changes no answer."""
    rates = {
        setting: sum(one.tokens for one in found.values()) / sum(one.seconds for one in found.values())
        for setting, found in measured.items()
        if all(one.answers == measured[NONE][load].answers for load, one in found.items())
    }
    best = max(rates, key=lambda setting: rates[setting])
    return best if rates[best] >= WORTH * rates[NONE] else NONE
