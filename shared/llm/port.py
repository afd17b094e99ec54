"""What callers see of a language model."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypedDict, TypeVar

from pydantic import BaseModel

from shared.llm.budget import Budget

T = TypeVar("T", bound=BaseModel)


class ChatMessage(TypedDict):
    """One message of a prompt. Text from outside is data: it goes into a user message, marked as such."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer's text.

    ``alternatives`` are the pieces that were most probable at its place, itself among them, each with the
    natural logarithm of its probability.
    """

    text: str
    alternatives: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weighed(Generic[T]):
    """An answer, and the tokens that it was written in; none where the server does not weigh them."""

    value: T
    tokens: tuple[Token, ...] = ()


class LanguageModel(Protocol):
    """Answers prompts. Every call keeps within a budget and fails with a kernel error."""

    @property
    def name(self) -> str:
        """The model's name, to say in an output who wrote it."""
        ...

    @property
    def answering(self) -> bool:
        """Whether nothing is known to be wrong with it: False for a while after it could not be reached."""
        ...

    async def structured(
        self, messages: Sequence[ChatMessage], schema: type[T], *, budget: Budget | None = None
    ) -> T:
        """Return an answer that is valid for ``schema``; what it says is the caller's to check.

        Raises ModelOutputInvalid, Unavailable, RateLimited, DeadlineExceeded.
        """
        ...

    def stream(self, messages: Sequence[ChatMessage], *, budget: Budget | None = None) -> AsyncGenerator[str]:
        """Yield the answer's text piece by piece.

        Raises ModelOutputInvalid when it was cut off, Unavailable, RateLimited, DeadlineExceeded.
        """
        ...
