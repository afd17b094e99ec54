"""Hosting an A2A agent: typed skills behind JSON-RPC and REST, tasks, progress, questions, cancelling."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from a2a.auth.user import User
from a2a.helpers.proto_helpers import (
    get_data_parts,
    get_message_text,
    new_data_part,
    new_task_from_user_message,
)
from a2a.server.agent_execution import (
    AgentExecutor,
    RequestContext,
    SimpleRequestContextBuilder,
)
from a2a.server.context import ServerCallContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes, create_rest_routes
from a2a.server.routes.common import ServerCallContextBuilder
from a2a.server.tasks import TaskStore, TaskUpdater
from a2a.types.a2a_pb2 import AgentCard, Message, Role, SendMessageRequest, Task, TaskState
from a2a.utils.errors import InvalidParamsError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from shared.edge.a2a_cards import REST_PATH, RPC_PATH, planning_params
from shared.edge.errors import TaskStateName, error_body, internal_error, invalid_from, wire_of
from shared.edge.ports import PRINCIPAL_STATE, Gate, principal_of
from shared.edge.turn import RESULT_ARTIFACT, Answer, Asked, Handler, Turn, answer_of, spoken
from shared.kernel.call import IDEMPOTENCY_HEADER, handling_call
from shared.kernel.errors import HiremeshError, InvalidInput, NotFound
from shared.kernel.principal import Principal, acting_as
from shared.wire.planning import Planning

PARKED_SECONDS = 900.0
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
        turn = Turn(updater, principal, _answers(task, message))
        self._turns[task.id] = turn
        try:
            await updater.start_work()
            key = context.call_context.state["headers"].get(IDEMPOTENCY_HEADER)
            with acting_as(principal), handling_call(key):
                await self._finish(updater, turn, task.history[0])
        finally:
            self._turns.pop(task.id, None)

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Give up a task; the SDK then cancels the handler."""
        task_id, context_id = context.task_id or "", context.context_id or ""
        if turn := self._turns.get(task_id):
            turn.cancel()
        await TaskUpdater(event_queue, task_id, context_id).cancel()

    async def _finish(self, updater: TaskUpdater, turn: Turn, message: Message) -> None:
        """Run the skill and leave the task in the state that its outcome asks for."""
        try:
            skill, result = await self._run(turn, message)
        except Asked as asked:
            data = {"question": {"text": asked.question, "data": asked.data}}
            await updater.requires_input(spoken(updater, asked.question, data))
        except HiremeshError as error:
            await self._fail(updater, error)
        except Exception as error:
            await self._fail(updater, internal_error(error, f"a2a {self._name}"))
        else:
            parts = [new_data_part(result.model_dump(mode="json"))]
            await updater.add_artifact(
                parts, artifact_id=f"{turn.task_id}.{RESULT_ARTIFACT}", name=RESULT_ARTIFACT, last_chunk=True
            )
            await updater.complete(spoken(updater, _closing(skill, result)))

    async def _run(self, turn: Turn, message: Message) -> tuple[RegisteredSkill, BaseModel]:
        skill, fields = self._unit.request_of(message)
        risk = skill.planning.risk
        await self._gate.authorise(turn.principal, unit=self._name, skill=skill.id, risk=risk)
        try:
            request = skill.input.model_validate(fields)
        except ValidationError as error:
            raise invalid_from(error) from None
        try:
            return skill, await skill.handler(request, turn)
        except NotFound as error:
            await self._gate.missed(
                turn.principal, unit=self._name, skill=skill.id, risk=risk, field=error.field or ""
            )
            raise

    async def _fail(self, updater: TaskUpdater, error: HiremeshError) -> None:
        state = _STATES[wire_of(error).a2a_state]
        await updater.update_status(state, message=spoken(updater, str(error), {"error": error_body(error)}))


def _closing(skill: RegisteredSkill, result: BaseModel) -> str:
    summary = getattr(result, "summary", None)
    return summary if isinstance(summary, str) and summary else f"{skill.id}: done"


def _message(context: RequestContext) -> Message:
    if context.message is None:
        raise InvalidParamsError("the request has no message")
    return context.message


def _answers(task: Task, message: Message) -> list[Answer]:
    """Every message of the caller after the first one answers a question, in order."""
    said = [past for past in task.history if past.role == Role.ROLE_USER]
    if message.message_id not in {past.message_id for past in said}:
        said.append(message)
    return [answer_of(past) for past in said[1:]]


class _Caller(User):
    def __init__(self, principal: Principal) -> None:
        self._principal = principal

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def user_name(self) -> str:
        return self._principal.subject


class PrincipalContextBuilder(ServerCallContextBuilder):
    """Carries the caller that the door let in to the request handler and the task store."""

    def build(self, request: Request) -> ServerCallContext:
        principal = principal_of(request.scope)
        return ServerCallContext(
            user=_Caller(principal),
            state={PRINCIPAL_STATE: principal, "headers": dict(request.headers)},
        )


class _CheckedRequests(SimpleRequestContextBuilder):
    """Refuses misuse before any task exists."""

    def __init__(self, unit: A2AUnit) -> None:
        super().__init__()
        self._unit = unit

    async def build(
        self,
        context: ServerCallContext,
        params: SendMessageRequest | None = None,
        task_id: str | None = None,
        context_id: str | None = None,
        task: Task | None = None,
    ) -> RequestContext:
        if params is not None:
            _check(self._unit, params.message, is_new=task_id is None)
        return await super().build(context, params, task_id, context_id, task)


def _check(unit: A2AUnit, message: Message, *, is_new: bool) -> None:
    if message.role != Role.ROLE_USER:
        raise InvalidParamsError("message.role must be ROLE_USER")
    if is_new:
        try:
            unit.request_of(message)
        except InvalidInput as error:
            raise InvalidParamsError(str(error), data=error_body(error)) from None


def request_handler(unit: A2AUnit, *, name: str, gate: Gate, tasks: TaskStore) -> DefaultRequestHandler:
    """Return what serves both bindings of the unit; close it with ``aclose``."""
    return DefaultRequestHandler(
        agent_executor=UnitExecutor(unit, name=name, gate=gate),
        task_store=tasks,
        agent_card=unit.card,
        extended_agent_card=unit.card,
        request_context_builder=_CheckedRequests(unit),
        interrupted_task_timeout=PARKED_SECONDS,
    )


def a2a_routes(handler: DefaultRequestHandler, card: AgentCard) -> list[BaseRoute]:
    """Return JSON-RPC at ``/a2a`` and ``/a2a/``, REST under ``/a2a/v1``, and the public card."""
    context = PrincipalContextBuilder()
    rest = create_rest_routes(handler, context_builder=context, path_prefix=REST_PATH)
    return [
        *create_agent_card_routes(card),
        *create_jsonrpc_routes(handler, RPC_PATH, context_builder=context),
        *create_jsonrpc_routes(handler, f"{RPC_PATH}/", context_builder=context),
        # The SDK's mount for /{tenant}/… stays out: here the token names the tenant, and the mount
        # would catch every other path.
        *(route for route in rest if isinstance(route, Route)),
    ]
