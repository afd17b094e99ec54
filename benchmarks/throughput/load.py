"""Who is judged and by what, and what the evaluator's own code asks a chat model about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Any, TypeVar

from pydantic import BaseModel

from benchmarks.evaluation.building import build
from benchmarks.evaluation.cases import NOW, Person
from benchmarks.evaluation.engines import requirements
from benchmarks.evaluation.rendering import render
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.sweeping import PIECE
from servers.evaluator.judges.chat_judge import MOST_TOKENS, ChatJudge, chat_version
from servers.evaluator.judges.explainer import ModelExplainer
from shared.kernel.errors import ModelOutputInvalid
from shared.llm import ChatMessage, Weighed
from shared.taxonomy import Taxonomy
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements

T = TypeVar("T", bound=BaseModel)

AS_OF = date(*NOW, 1)
QUALIFICATIONS = 8
SEED = 23
FREE_TOKENS = 128
"""Of an answer that is text; of the others, so that one that rambles ends."""


@dataclass(frozen=True)
class Role:
    """What is asked, and the people who are judged by it."""

    requirements: Requirements
    people: tuple[Dossier, ...]


@dataclass(frozen=True)
class Question:
    """A prompt as the evaluator's code writes it; without a ``schema`` the answer is text."""

    messages: tuple[ChatMessage, ...]
    schema: dict[str, Any] | None
    most_tokens: int


def roles(people: int, seed: int = SEED) -> list[Role]:
    """Return invented people, a piece of a sweep to a role, each judged by eight qualifications of the first of them."""
    built = build(people, seed)
    groups = [built[at : at + PIECE] for at in range(0, people, PIECE)]
    return [Role(_asked(group[0]), tuple(render(one.sheet).dossier for one in group)) for group in groups]


def _asked(person: Person) -> Requirements:
    """Return eight of a person's questions, of all kinds: skills stand first among them, languages last."""
    cases = person.cases
    return requirements(
        [cases[n * len(cases) // QUALIFICATIONS].qualification for n in range(QUALIFICATIONS)]
    )


def pieces(of: Sequence[Role], size: int) -> Iterator[Role]:
    """Yield so many people at a time with their role, then all of them again, without end."""
    cut = [
        Role(role.requirements, role.people[at : at + size])
        for role in of
        for at in range(0, len(role.people), size)
    ]
    return cycle(cut)


class Listener:
    """A chat model that notes what it is asked, and has nothing to say."""

    name = "listener"
    answering = True

    def __init__(self) -> None:
        self.heard: list[Question] = []

    async def weighed(
        self,
        messages: Sequence[ChatMessage],
        schema: type[T],
        *,
        budget: object = None,
        most_tokens: int = MOST_TOKENS,
        priority: int = 0,
    ) -> Weighed[T]:
        self.heard.append(Question(tuple(messages), schema.model_json_schema(), most_tokens))
        return Weighed(schema.model_validate({"answers": []}))

    async def structured(
        self, messages: Sequence[ChatMessage], schema: type[T], *, budget: object = None
    ) -> T:
        self.heard.append(Question(tuple(messages), schema.model_json_schema(), FREE_TOKENS))
        raise ModelOutputInvalid("it only listens.")

    async def aclose(self) -> None:
        """It has nothing to close."""


async def judging(role: Role) -> list[Question]:
    """Return what a chat model that judges is asked about the people of a role."""
    listener, version = Listener(), chat_version("listener")
    engine = RulesEngine(Taxonomy.compact(), AS_OF, version)
    drafts = [engine.draft(role.requirements, one) for one in role.people]
    await ChatJudge(listener, version).answers([ask for one in drafts for ask in one.asks], "background")
    return listener.heard


async def explaining(role: Role) -> list[Question]:
    """Return what a chat model is asked about the verdicts that rules reach on the people of a role."""
    listener = Listener()
    explainer, engine = ModelExplainer(listener), RulesEngine(Taxonomy.compact(), AS_OF)
    for one in role.people:
        for judgement in engine.judge(role.requirements, one).judgements:
            await explainer.explain(judgement)
    return listener.heard


def in_free_text(questions: Sequence[Question]) -> list[Question]:
    """Return the same prompts, each to be answered by text of one length."""
    return [Question(one.messages, None, FREE_TOKENS) for one in questions]
