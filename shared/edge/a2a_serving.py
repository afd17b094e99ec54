"""Serving an A2A agent: JSON-RPC and REST, callers, and refusing misuse before any task exists."""

from a2a.auth.user import User
from a2a.server.agent_execution import RequestContext, SimpleRequestContextBuilder
from a2a.server.context import ServerCallContext
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes, create_rest_routes
from a2a.server.routes.common import ServerCallContextBuilder
from a2a.server.tasks import TaskStore
from a2a.types.a2a_pb2 import AgentCard, Message, Role, SendMessageRequest, Task
from a2a.utils.errors import InvalidParamsError
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from shared.edge.a2a import A2AUnit, UnitExecutor
from shared.edge.a2a_cards import REST_PATH, RPC_PATH
from shared.edge.errors import error_body
from shared.edge.ports import PRINCIPAL_STATE, Gate, principal_of
from shared.kernel.errors import InvalidInput
from shared.kernel.principal import Principal

PARKED_SECONDS = 900.0


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
