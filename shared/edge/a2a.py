"""An A2A agent: typed skills that run as tasks, with progress, questions, results and cancelling."""

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from a2a.helpers.proto_helpers import (
    get_data_parts,
    get_message_text,
    new_data_part,
    new_task_from_user_message,
)
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.tasks import TaskUpdater
from a2a.types.a2a_pb2 import AgentCard, Message, Role, Task, TaskState
from a2a.utils.errors import InvalidParamsError
from opentelemetry.trace import Span, StatusCode
from pydantic import BaseModel, ValidationError

from shared.edge.a2a_cards import planning_params
from shared.edge.errors import TaskStateName, error_body, internal_error, invalid_from, wire_of
from shared.edge.ports import PRINCIPAL_STATE, Gate
from shared.edge.turn import RESULT_ARTIFACT, Answer, Asked, Handler, Turn, answer_of, spoken
from shared.kernel.call import IDEMPOTENCY_HEADER, handling_call
from shared.kernel.errors import HiremeshError, InvalidInput, NotFound
from shared.kernel.principal import Principal, acting_as
from shared.telemetry import tracer
from shared.telemetry.names import ERROR_TYPE, GEN_AI_AGENT, GEN_AI_OPERATION, INVOKE_AGENT, SKILL
from shared.wire.planning import Planning, carries_approval

_STATES: dict[TaskStateName, TaskState] = {
    "TASK_STATE_FAILED": TaskState.TASK_STATE_FAILED,
    "TASK_STATE_REJECTED": TaskState.TASK_STATE_REJECTED,
    "TASK_STATE_INPUT_REQUIRED": TaskState.TASK_STATE_INPUT_REQUIRED,
}

_HandlerT = TypeVar("_HandlerT", bound=Callable[..., Awaitable[BaseModel]])


@dataclass(frozen=True)
class RegisteredSkill:
    """A skill with its code and the models that its annotations name."""

    id: str
    handler: Handler
    input: type[BaseModel]
    planning: Planning


class A2AUnit:
    """An agent: its card and the handlers of its skills."""

    def __init__(self, card: AgentCard) -> None:
        self.card = card
        self.skills: dict[str, RegisteredSkill] = {}
        self._params = planning_params(card)

    def skill(self, id: str) -> Callable[[_HandlerT], _HandlerT]:
        """Register ``async def handler(request: Model, turn: Turn) -> Model`` for a skill of the card.

        Raises ValueError where the card has no such skill or publishes other schemas than the handler has.
        """

        def register(handler: _HandlerT) -> _HandlerT:
            takes, gives = _models(handler)
            published = self._params.get(id)
            if published is None:
                raise ValueError(f"the card of {self.card.name} has no skill {id!r} with planning data")
            if published["input_schema"] != _as_published(takes.model_json_schema()):
                raise ValueError(f"{id}: the card publishes another input schema than {takes.__name__}")
            if published["output_schema"] != _as_published(gives.model_json_schema(mode="serialization")):
                raise ValueError(f"{id}: the card publishes another output schema than {gives.__name__}")
            self.skills[id] = RegisteredSkill(
                id, handler, takes, Planning.model_validate(published["planning"])
            )
            return handler

        return register

    def request_of(self, message: Message) -> tuple[RegisteredSkill, dict[str, Any]]:
        """Find which skill a message asks for, and its input. Raises InvalidInput."""
        for value in get_data_parts(message.parts):
            if isinstance(value, dict) and "input" in value:
                return self._named(value.get("skill")), value["input"]
        text = get_message_text(message).strip()
        if not text:
            raise InvalidInput(
                "the message has neither text nor a data part", field="message.parts", fix=self._how()
            )
        return self._for_text(), {"text": text}

    def _named(self, id: object) -> RegisteredSkill:
        if id is None and len(self.skills) == 1:
            return next(iter(self.skills.values()))
        if not isinstance(id, str) or id not in self.skills:
            raise InvalidInput(f"there is no skill {id!r}", field="skill", fix=self._how())
        return self.skills[id]

    def _for_text(self) -> RegisteredSkill:
        for skill in self.card.skills:
            registered = self.skills.get(skill.id)
            if registered and "text" in registered.input.model_fields:
                return registered
        raise InvalidInput("this agent takes no plain text", field="message.parts", fix=self._how())

    def _how(self) -> str:
        names = ", ".join(self.skills)
        return f'Send a data part {{"skill": <one of: {names}>, "input": {{...}}}}.'


def _models(handler: Callable[..., Any]) -> tuple[type[BaseModel], type[BaseModel]]:
    hints = get_type_hints(handler)
    first = next(iter(inspect.signature(handler).parameters))
    takes, gives = hints.get(first), hints.get("return")
    for model in (takes, gives):
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise ValueError(f"{handler.__name__} must be annotated with pydantic models")
    return takes, gives  # pyright: ignore[reportReturnType]  # checked in the loop


def _as_published(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema as it looks after the card's protobuf Struct."""
    return get_data_parts([new_data_part(schema)])[0]


class UnitExecutor(AgentExecutor):
    """Runs the skills of one unit as A2A tasks."""

    def __init__(self, unit: A2AUnit, *, name: str, gate: Gate) -> None:
        self._unit = unit
        self._name = name
        self._gate = gate
        self._turns: dict[str, Turn] = {}

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Run one turn: a new task, or an answer to one that asked."""
        principal: Principal = context.call_context.state[PRINCIPAL_STATE]
        message, task = _message(context), context.current_task
        if task is None:
            task = new_task_from_user_message(message)
            await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        turn = Turn(updater, principal, _answers(task, message), task.history[0].message_id)
        self._turns[task.id] = turn
        try:
            await updater.start_work()
            key = context.call_context.state["headers"].get(IDEMPOTENCY_HEADER)
            with acting_as(principal), handling_call(key), self._span() as span:
                await self._finish(updater, turn, task.history[0], span)
        finally:
            self._turns.pop(task.id, None)

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Give up a task; the SDK then cancels the handler."""
        task_id, context_id = context.task_id or "", context.context_id or ""
        if turn := self._turns.get(task_id):
            turn.cancel()
        await TaskUpdater(event_queue, task_id, context_id).cancel()

    def _span(self) -> AbstractContextManager[Span]:
        attributes = {GEN_AI_OPERATION: INVOKE_AGENT, GEN_AI_AGENT: self._name}
        return tracer().start_as_current_span(
            f"{INVOKE_AGENT} {self._name}", attributes=attributes, record_exception=False
        )

    async def _finish(self, updater: TaskUpdater, turn: Turn, message: Message, span: Span) -> None:
        """Run the skill and leave the task in the state that its outcome asks for."""
        try:
            skill, fields = self._unit.request_of(message)
            span.set_attribute(SKILL, skill.id)
            result = await self._run(skill, fields, turn)
        except Asked as asked:
            data = {"question": {"text": asked.question, "data": asked.data}}
            await updater.requires_input(spoken(updater, asked.question, data))
        except HiremeshError as error:
            await self._fail(updater, error, span)
        except Exception as error:
            await self._fail(updater, internal_error(error, f"a2a {self._name}"), span)
        else:
            parts = [new_data_part(result.model_dump(mode="json"))]
            await updater.add_artifact(
                parts, artifact_id=f"{turn.task_id}.{RESULT_ARTIFACT}", name=RESULT_ARTIFACT, last_chunk=True
            )
            await updater.complete(spoken(updater, _closing(skill, result)))

    async def _run(self, skill: RegisteredSkill, fields: dict[str, Any], turn: Turn) -> BaseModel:
        risk = skill.planning.risk
        approved = carries_approval(skill.input.model_json_schema(), fields)
        await self._gate.authorise(
            turn.principal, unit=self._name, skill=skill.id, risk=risk, approved=approved
        )
        try:
            return await skill.handler(_request(skill, fields), turn)
        except (NotFound, InvalidInput) as error:
            await self._gate.refused(turn.principal, unit=self._name, skill=skill.id, risk=risk, error=error)
            raise

    async def _fail(self, updater: TaskUpdater, error: HiremeshError, span: Span) -> None:
        span.set_attribute(ERROR_TYPE, error.code)
        span.set_status(StatusCode.ERROR)
        state = _STATES[wire_of(error).a2a_state]
        await updater.update_status(state, message=spoken(updater, str(error), {"error": error_body(error)}))


def _request(skill: RegisteredSkill, fields: dict[str, Any]) -> BaseModel:
    try:
        return skill.input.model_validate(fields)
    except ValidationError as error:
        raise invalid_from(error) from None


def _closing(skill: RegisteredSkill, result: BaseModel) -> str:
    summary = getattr(result, "summary", None)
    return summary if isinstance(summary, str) and summary else f"{skill.id}: done"


def _message(context: RequestContext) -> Message:
    if context.message is None:
        raise InvalidParamsError("the request has no message")
    return context.message


def _answers(task: Task, message: Message) -> list[Answer]:
    """Every message of the caller after the first one answers a question, in order; none does twice."""
    said = {past.message_id: past for past in [*task.history, message] if past.role == Role.ROLE_USER}
    return [answer_of(past) for past in [*said.values()][1:]]
