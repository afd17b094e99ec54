"""One turn of an A2A skill: what the handler may tell and ask while it works, and what came in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from a2a.helpers.proto_helpers import get_data_parts, get_message_text, new_data_part, new_text_part
from a2a.server.tasks import TaskUpdater
from a2a.types.a2a_pb2 import Message, Part, TaskState
from pydantic import BaseModel

from shared.kernel.principal import Principal

PARTIAL_ARTIFACT = "partial"
RESULT_ARTIFACT = "result"


@dataclass(frozen=True)
class Answer:
    """What came back to a question: the text as written, and data where the answerer sent some."""

    text: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])


class Asked(BaseException):
    """Leaves the handler with a question open; not an Exception, so that no handler catches it by chance."""

    def __init__(self, question: str, data: dict[str, Any] | None) -> None:
        super().__init__(question)
        self.question = question
        self.data = data


class Turn:
    """The running turn. A handler that asks starts again from its top once the answer is there.

    Attributes:
        task_id, context_id: A2A identifiers of the task and of its conversation.
        message_id: of the message that began the task; a call that is repeated under its name has the same.
        principal: who asked for it.
    """

    def __init__(
        self, updater: TaskUpdater, principal: Principal, answers: list[Answer], message_id: str
    ) -> None:
        self._updater = updater
        self._answers = answers
        self._asked = 0
        self._partials = 0
        self._cancelled = False
        self.principal = principal
        self.task_id = updater.task_id
        self.context_id = updater.context_id
        self.message_id = message_id

    @property
    def cancelled(self) -> bool:
        """Whether the caller gave the task up; the handler is also cancelled at its next await."""
        return self._cancelled

    def cancel(self) -> None:
        """Mark the turn as given up; it tells nothing more."""
        self._cancelled = True

    async def progress(
        self,
        text: str,
        *,
        done: int | None = None,
        total: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        """Tell the caller how far the work is, in a sentence and, where countable, in numbers."""
        if self._cancelled:
            return
        progress = {"text": text, "done": done, "total": total, "data": data}
        parts = [new_text_part(text), new_data_part({"progress": progress})]
        await self._updater.update_status(
            TaskState.TASK_STATE_WORKING, message=self._updater.new_agent_message(parts)
        )

    async def partial(self, model: BaseModel) -> None:
        """Hand over a part of the result early, as one more chunk of the ``partial`` artifact."""
        if self._cancelled:
            return
        await self._updater.add_artifact(
            [new_data_part(model.model_dump(mode="json"))],
            artifact_id=f"{self.task_id}.{PARTIAL_ARTIFACT}",
            name=PARTIAL_ARTIFACT,
            append=self._partials > 0,
        )
        self._partials += 1

    async def ask(self, question: str, *, data: dict[str, Any] | None = None) -> Answer:
        """Return the answer to ``question``. Without one yet, the task ends up in INPUT_REQUIRED.

        The n-th question of a turn gets the n-th answer of the task, so a handler must ask in the same
        order whenever it starts again, and must have no effects before it asks.
        """
        index = self._asked
        self._asked += 1
        if index < len(self._answers):
            return self._answers[index]
        raise Asked(question, data)


Handler = Callable[[Any, Turn], Awaitable[BaseModel]]


def answer_of(message: Message) -> Answer:
    """Read a message as an answer: ``{"answer": {...}}`` or bare data, and any text."""
    data: dict[str, Any] = {}
    for value in get_data_parts(message.parts):
        if isinstance(value, dict):
            inner = value.get("answer", value)
            data |= inner if isinstance(inner, dict) else {"answer": inner}
    return Answer(text=get_message_text(message) or str(data.get("text", "")), data=data)


def spoken(updater: TaskUpdater, text: str, data: dict[str, Any] | None = None) -> Message:
    """Return an agent's message with a text part and, where given, a data part."""
    parts: list[Part] = [new_text_part(text)]
    if data is not None:
        parts.append(new_data_part(data))
    return updater.new_agent_message(parts)
