"""The evaluator's own way, and beside it the ways in which one would ask without having thought of any."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from benchmarks.throughput.load import AS_OF, Role
from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.evaluating import evaluate
from servers.evaluator.core.models import Judged
from servers.evaluator.core.ports import Drafters, Judge, Lane
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judges.chat_judge import MOST_TOKENS
from shared.llm import Budget, ChatMessage, Weighed
from shared.llm.classifier import PEOPLE, Answer, PairClassifier
from shared.llm.compatible import OpenAICompatible
from shared.taxonomy import Taxonomy, Words

T = TypeVar("T", bound=BaseModel)
Work = Callable[[Role], Awaitable[list[Judged]]]


class Evaluator:
    """Judges as the product does: a person's draft is made in a thread, those of a sweep in processes beside."""

    def __init__(self, judge: Judge, drafters: Drafters) -> None:
        self._judge = judge
        self._drafters = drafters
        self._taxonomy = Taxonomy.compact()

    async def sweep(self, role: Role) -> list[Judged]:
        """Judge a piece of a sweep, in the background."""
        return await self._judged(role, "background")

    async def person(self, role: Role) -> list[Judged]:
        """Judge somebody for a person who waits."""
        return await self._judged(role, "people")

    async def _judged(self, role: Role, lane: Lane) -> list[Judged]:
        async def drafts(engine: RulesEngine) -> list[Draft]:
            if lane == "people":
                return await asyncio.to_thread(
                    lambda: [engine.draft(role.requirements, one) for one in role.people]
                )
            drafted, _ = await self._drafters.draft(
                Words(), AS_OF, role.requirements, role.people, [], engine.judge_version
            )
            return drafted

        return await evaluate(role.requirements, self._engine, drafts, self._judge, lane)

    def _engine(self, judge: JudgeVersion | None) -> RulesEngine:
        return RulesEngine(self._taxonomy, AS_OF, judge)


class InTurn:
    """Asks a judge one qualification after the other, or even one passage of it after the other."""

    def __init__(self, judge: Judge, *, by_passage: bool = False) -> None:
        self._judge = judge
        self._by_passage = by_passage

    @property
    def version(self) -> JudgeVersion | None:
        return self._judge.version

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        return [await self._answer(ask, lane) for ask in asks]

    async def _answer(self, ask: Ask, lane: Lane) -> list[Probabilities]:
        parts = [replace(ask, passages=(one,)) for one in ask.passages] if self._by_passage else [ask]
        found = [await self._judge.answers([part], lane) for part in parts]
        return [answer for [answers] in found for answer in answers]


class OneLane(PairClassifier):
    """Lets nobody pass in front of others."""

    async def classify(
        self, pairs: Sequence[tuple[str, str]], *, priority: int = PEOPLE, budget: Budget | None = None
    ) -> list[Answer]:
        return await super().classify(pairs, budget=budget)


class QuestionFirst(OpenAICompatible):
    """Writes the qualification before the profile, so that no two prompts about a candidate begin alike."""

    async def weighed(
        self,
        messages: Sequence[ChatMessage],
        schema: type[T],
        *,
        budget: Budget | None = None,
        most_tokens: int = MOST_TOKENS,
        priority: int = PEOPLE,
    ) -> Weighed[T]:
        return await super().weighed(
            question_first(messages), schema, budget=budget, most_tokens=most_tokens, priority=priority
        )


def question_first(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the chat judge's prompt with its two parts the other way round."""
    *before, last = messages
    profile, tag, question = last["content"].partition("<qualification>")
    return [*before, {"role": last["role"], "content": f"{tag}{question}\n{profile}"}]


@dataclass(frozen=True)
class Rate:
    """How many were judged in how long; ``alone`` of them by rules because the model did not answer."""

    candidates: int
    seconds: float
    alone: int

    @property
    def per_second(self) -> float:
        """Candidates that were judged as was wanted."""
        return (self.candidates - self.alone) / self.seconds


async def rate(work: Work, load: Iterator[Role], seconds: float, at_once: int) -> Rate:
    """Judge for so long, several pieces at a time; what was begun then is finished and counted."""
    begun = time.perf_counter()
    judged: list[Judged] = []

    async def one() -> None:
        while True:
            judged.extend(await work(next(load)))
            if time.perf_counter() - begun >= seconds:
                return

    await asyncio.gather(*(one() for _ in range(at_once)))
    return Rate(len(judged), time.perf_counter() - begun, sum(each.alone for each in judged))
