"""A chat model that vLLM serves reads a whole profile and names the passages that tell of one qualification."""

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from pydantic import BaseModel

from servers.evaluator.core.asking import Ask, Passage
from servers.evaluator.core.concluding import LABELS, Probabilities
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judges.chat_prompt import (
    MOST_NAMED,
    VERDICTS,
    Answer,
    Says,
    answer_about,
    prompt,
    prompt_hash,
)
from servers.evaluator.judges.lanes import PRIORITY, SECONDS
from shared.kernel.errors import DeadlineExceeded, HiremeshError
from shared.llm import Budget, ChatMessage, Token, Weighed
from shared.llm.lanes import Lanes
from shared.wire.evaluation import Verdict

T = TypeVar("T", bound=BaseModel)

PASSAGES = 120
"""Passages read for each qualification. Nearly every profile has fewer, so all of its questions begin alike."""
THRESHOLDS = {Verdict.MEETS: 0.6, Verdict.PARTIAL: 0.6, Verdict.NOT_MET: 0.6}
STATED = 0.7
"""The probability of an answer whose tokens were not weighed."""
CONCURRENT, MOST = 16, 4_096
"""Questions asked at once, and those of one lane that may wait: a piece of a sweep has some hundreds."""
MOST_TOKENS = 512
"""Of an answer; one of eight passages has about 120."""
TOKENS_A_QUESTION = 40_000
_SAYS = re.compile(r'"says"\s*:\s*"(\w+)"')
_NOT_A_LETTER = re.compile(r"[^a-z]")


class Weighing(Protocol):
    """The chat model."""

    async def weighed(
        self,
        messages: Sequence[ChatMessage],
        schema: type[T],
        *,
        budget: Budget | None = None,
        most_tokens: int = MOST_TOKENS,
        priority: int = 0,
    ) -> Weighed[T]: ...

    async def aclose(self) -> None: ...


class ChatJudge:
    """Asks a served chat model one question for each qualification; equal questions are asked once."""

    def __init__(self, model: Weighing, version: JudgeVersion) -> None:
        self._model = model
        self.version: JudgeVersion | None = version
        self._lanes = Lanes(CONCURRENT, MOST)

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        """Return for each ask an answer to each of its passages, in order.

        Raises Unavailable, RateLimited, DeadlineExceeded, ModelOutputInvalid: all are answered, or none.
        """
        pages = [_in_order(ask.passages) for ask in asks]
        questions = [(ask.statement, tuple(page)) for ask, page in zip(asks, pages, strict=True)]
        told = dict.fromkeys(questions)
        budget = Budget(calls=len(told), tokens=TOKENS_A_QUESTION * max(1, len(told)), seconds=SECONDS[lane])
        try:
            with self._lanes.admitted(PRIORITY[lane], len(told)):
                async with asyncio.TaskGroup() as group:
                    asked = {one: group.create_task(self._ask(*one, lane, budget)) for one in told}
        except* HiremeshError as failed:
            raise failed.exceptions[0] from None
        return [
            [asked[question].result()[page[one.text]] for one in ask.passages]
            for ask, page, question in zip(asks, pages, questions, strict=True)
        ]

    async def _ask(
        self, statement: str, texts: Sequence[str], lane: Lane, budget: Budget
    ) -> list[Probabilities]:
        try:
            async with asyncio.timeout(budget.seconds_left), self._lanes.slot(PRIORITY[lane]):
                answer = await self._model.weighed(
                    prompt(texts, statement),
                    answer_about(len(texts)),
                    budget=budget,
                    most_tokens=MOST_TOKENS,
                    priority=PRIORITY[lane],
                )
        except TimeoutError:
            raise DeadlineExceeded("the judging model took too long.") from None
        return heard(answer, len(texts))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._model.aclose()


def _in_order(passages: Sequence[Passage]) -> dict[str, int]:
    """Return the number of each text, from 0, in the order of the profile; two positions may say the same."""
    placed = sorted(passages, key=lambda one: (one.quotes[0].source, one.quotes[0].start))
    return {text: number for number, text in enumerate(dict.fromkeys(one.text for one in placed))}


def chat_version(model: str) -> JudgeVersion:
    """Return the version of a chat model by the name under which it is served.

    That name stands for its weights: other weights are served under another one.
    """
    asked = prompt_hash(PASSAGES)
    slug = re.sub(r"[^a-z0-9.]+", "-", model.lower()).strip("-")
    return JudgeVersion(f"chat-{slug}-{asked[:12]}", model, 1.0, THRESHOLDS, PASSAGES, prompt=asked)


def heard(answer: Weighed[Answer], passages: int) -> list[Probabilities]:
    """Return what an answer says of each of so many passages.

    What does not speak for the word that the model chose counts for silence, and so does a passage of which it
    says two different things.
    """
    named = answer.value.answers
    sure = _certainty(answer.tokens, [one.says for one in named])
    said: dict[int, Probabilities] = {}
    contradicted: set[int] = set()
    for one, probability in zip(named, sure, strict=True):
        given = _probabilities(VERDICTS[one.says], probability)
        if said.setdefault(one.passage, given).answer is not given.answer:
            contradicted.add(one.passage)
    unnamed = _probabilities(Verdict.NO_EVIDENCE, _silence(answer.tokens, len(named)))
    unclear = _probabilities(Verdict.NO_EVIDENCE, STATED)
    return [
        unclear if number in contradicted else said.get(number, unnamed) for number in range(1, passages + 1)
    ]


def _probabilities(verdict: Verdict, probability: float) -> Probabilities:
    """Return the answer with its probability, to four digits; the rest is silence, and of silence spread evenly."""
    rest = 1 - probability
    others = (
        dict.fromkeys(LABELS, rest / 3) if verdict is Verdict.NO_EVIDENCE else {Verdict.NO_EVIDENCE: rest}
    )
    shares = others | {verdict: probability}
    return Probabilities(*(round(shares.get(label, 0.0), 4) for label in LABELS))


def _certainty(tokens: Sequence[Token], said: Sequence[Says]) -> list[float]:
    """Return how probable each word was that was said, among the words that might have stood there."""
    text = "".join(token.text for token in tokens)
    places = [match.start(1) for match in _SAYS.finditer(text)]
    if len(places) != len(said):
        return [STATED] * len(said)
    return [_share(_beginnings(tokens, place), word) for place, word in zip(places, said, strict=True)]


def _silence(tokens: Sequence[Token], named: int) -> float:
    """Return how probable it was that no further passage is named: that the list ends where it ended."""
    text = "".join(token.text for token in tokens)
    place = text.rfind("]")
    beginnings = _beginnings(tokens, place) if place >= 0 and named < MOST_NAMED else {}
    ends = sum(share for begins, share in beginnings.items() if begins.startswith("]"))
    goes_on = sum(share for begins, share in beginnings.items() if begins.startswith((",", "{")))
    return max(0.5, ends / (ends + goes_on)) if ends else STATED


def _beginnings(tokens: Sequence[Token], place: int) -> Mapping[str, float]:
    """Return how a word that begins at a place of the text might have begun, with probabilities."""
    for token in tokens:
        if place < len(token.text):
            before = token.text[:place]
            return {
                other[place:]: math.exp(weight)
                for other, weight in token.alternatives.items()
                if other.startswith(before) and len(other) > place
            }
        place -= len(token.text)
    return {}


def _share(beginnings: Mapping[str, float], word: Says) -> float:
    """Return the share of a word among the four, of which each begins with a letter of its own."""
    shares = dict.fromkeys(VERDICTS, 0.0)
    for beginning, probability in beginnings.items():
        start = _NOT_A_LETTER.split(beginning, maxsplit=1)[0]
        for each in VERDICTS:
            if start and (each.startswith(start) or start.startswith(each)):
                shares[each] += probability
    return shares[word] / sum(shares.values()) if shares[word] else STATED
