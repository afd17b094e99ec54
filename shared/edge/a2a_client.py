"""The A2A half of ``Units``: streaming, progress, questions and results as kernel values."""

import asyncio
import hashlib
import logging
from typing import Any, cast

import httpx
from a2a.client import A2AClientError, Client, ClientCallContext, ClientConfig, ClientFactory
from a2a.client.errors import A2AClientTimeoutError
from a2a.helpers.proto_helpers import get_data_parts, get_message_text, new_data_message
from a2a.types.a2a_pb2 import (
    AgentCapabilities,
    AgentCard,
    AgentInterface,
    Artifact,
    CancelTaskRequest,
    GetTaskRequest,
    ListTasksRequest,
    Message,
    Role,
    SendMessageRequest,
    StreamResponse,
    SubscribeToTaskRequest,
    TaskState,
    TaskStatus,
)
from a2a.utils.constants import PROTOCOL_VERSION_CURRENT, TransportProtocol
from a2a.utils.errors import A2AError, InvalidParamsError, TaskNotFoundError
from opentelemetry.trace import SpanKind

from shared.edge.calls import Endpoint, call_headers
from shared.edge.errors import InputRequired, error_from_body, error_of_status
from shared.edge.progress import OnProgress, Progress
from shared.edge.turn import RESULT_ARTIFACT
from shared.kernel.call import outgoing_idempotency_key
from shared.kernel.errors import (
    Conflict,
    DeadlineExceeded,
    HiremeshError,
    InvalidInput,
    NotFound,
    Unavailable,
)
from shared.kernel.ids import new_id
from shared.telemetry import tracer

CONNECT_SECONDS = 5.0
CANCEL_SECONDS = 5.0
LOOK_SECONDS = 10.0
_OPEN = (TaskState.TASK_STATE_SUBMITTED, TaskState.TASK_STATE_WORKING)
_ENDED_WITHOUT_RESULT = (
    TaskState.TASK_STATE_FAILED,
    TaskState.TASK_STATE_REJECTED,
    TaskState.TASK_STATE_CANCELED,
)
_log = logging.getLogger(__name__)
_LIMITS = httpx.Limits(max_connections=256, max_keepalive_connections=64, keepalive_expiry=30)


class A2AClients:
    """Runs skills of A2A units; ``transport`` replaces the network in tests."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        transport = transport or httpx.AsyncHTTPTransport(limits=_LIMITS, trust_env=False)
        hooks = {"request": [_bound_connecting]}
        self._http = httpx.AsyncClient(transport=transport, trust_env=False, event_hooks=hooks)
        self._factory = ClientFactory(ClientConfig(httpx_client=self._http, streaming=True))
        self._clients: dict[tuple[str, str, bool], Client] = {}

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def run(
        self,
        endpoint: Endpoint,
        data: dict[str, Any],
        *,
        on_progress: OnProgress | None,
        seconds: float,
        context_id: str | None,
        task_id: str | None,
    ) -> Any:
        """Return the data of the result artifact; a caller that leaves cancels the task.

        Raises HiremeshError children.
        """
        key = outgoing_idempotency_key()
        name = hashlib.sha256(key.encode()).hexdigest()[:32] if key else None
        # Naming the conversation ourselves lets us find the task even if we leave before it is announced.
        context_id = context_id or (None if task_id else f"ctx_{name}" if name else new_id("ctx"))
        message = new_data_message(data, context_id=context_id, task_id=task_id, role=Role.ROLE_USER)
        if name:  # what is sent again is the same message: an answer answers once
            message.message_id = f"msg_{name}"
        turn = _Incoming(endpoint.unit, on_progress)
        with tracer().start_as_current_span(
            f"send {endpoint.unit}", kind=SpanKind.CLIENT, record_exception=False
        ):
            client = self._client(endpoint)
            if not task_id or await self._awaits(client, message, turn, endpoint):
                await self._follow(client, message, turn, endpoint, seconds)
            elif turn.is_open:
                await self._rejoin(client, turn, endpoint, seconds)
        return turn.outcome()

    async def _awaits(self, client: Client, answer: Message, turn: "_Incoming", endpoint: Endpoint) -> bool:
        """Return whether a task waits for this answer; one that went on with it is taken in as it stands.

        Raises NotFound for a task that ended without a result: nothing can be answered there any more.
        """
        try:
            task = await client.get_task(
                GetTaskRequest(id=answer.task_id), context=_call_context(endpoint, LOOK_SECONDS)
            )
        except A2AError as error:
            raise _translated(error, turn.unit) from error
        given = any(past.message_id == answer.message_id for past in task.history)
        if task.status.state == TaskState.TASK_STATE_INPUT_REQUIRED and not given:
            return True
        if task.status.state in _ENDED_WITHOUT_RESULT:
            raise NotFound(f"the task at {turn.unit} has ended", field="task_id")
        await turn.take(StreamResponse(task=task))
        return False

    async def _rejoin(self, client: Client, turn: "_Incoming", endpoint: Endpoint, seconds: float) -> None:
        """Follow a task that works already."""
        request, call = SubscribeToTaskRequest(id=turn.task_id), _call_context(endpoint, seconds)
        try:
            async for event in client.subscribe(request, context=call):
                await turn.take(event)
        except A2AError as error:
            raise _translated(error, turn.unit) from error

    async def _follow(
        self, client: Client, message: Message, turn: "_Incoming", endpoint: Endpoint, seconds: float
    ) -> None:
        """Send and take in the stream to its end."""
        request, call = SendMessageRequest(message=message), _call_context(endpoint, seconds)
        try:
            async for event in client.send_message(request, context=call):
                await turn.take(event)
        except A2AError as error:
            raise _translated(error, turn.unit) from error
        except asyncio.CancelledError:
            await self._give_up(client, turn.task_id or message.task_id, message.context_id, endpoint)
            raise

    def _client(self, endpoint: Endpoint) -> Client:
        key = (endpoint.url, endpoint.protocol_version, endpoint.streaming)
        if key not in self._clients:
            interface = AgentInterface(
                url=endpoint.url,
                protocol_binding=TransportProtocol.JSONRPC.value,
                protocol_version=endpoint.protocol_version or PROTOCOL_VERSION_CURRENT,
            )
            capabilities = AgentCapabilities(streaming=endpoint.streaming)
            card = AgentCard(supported_interfaces=[interface], capabilities=capabilities)
            self._clients[key] = self._factory.create(card)
        return self._clients[key]

    async def _give_up(self, client: Client, task_id: str, context_id: str, endpoint: Endpoint) -> None:
        """Cancel the task; that it ended or cannot be reached meanwhile changes nothing here."""
        call = _call_context(endpoint, CANCEL_SECONDS)
        try:
            ids = [task_id] if task_id else []
            if not ids:
                listed = await client.list_tasks(ListTasksRequest(context_id=context_id), context=call)
                ids = [task.id for task in listed.tasks]
            for id in ids:
                await client.cancel_task(CancelTaskRequest(id=id), context=call)
        except A2AError as error:
            _log.info("a task could not be cancelled: %s", type(error).__name__)


async def _bound_connecting(request: httpx.Request) -> None:
    """A call may take minutes; finding out that nobody is there may not."""
    request.extensions["timeout"] = {**request.extensions.get("timeout", {}), "connect": CONNECT_SECONDS}


def _call_context(endpoint: Endpoint, seconds: float) -> ClientCallContext:
    return ClientCallContext(
        timeout=seconds, service_parameters=call_headers(endpoint.token, own=endpoint.own)
    )


class _Incoming:
    """Follows the events of one task up to its outcome."""

    def __init__(self, unit: str, on_progress: OnProgress | None) -> None:
        self.unit = unit
        self._on_progress = on_progress
        self._status: TaskStatus | None = None
        self._result: Any = None
        self.task_id = ""
        self.context_id = ""

    @property
    def is_open(self) -> bool:
        """Whether the task still works."""
        return self._status is not None and self._status.state in _OPEN

    async def take(self, event: StreamResponse) -> None:
        """Take in one event of the stream."""
        if event.HasField("task"):
            self.task_id, self.context_id = event.task.id, event.task.context_id
            await self._follow(event.task.status)
            for artifact in event.task.artifacts:
                await self._artifact(artifact)
        elif event.HasField("status_update"):
            self.task_id, self.context_id = event.status_update.task_id, event.status_update.context_id
            await self._follow(event.status_update.status)
        elif event.HasField("artifact_update"):
            await self._artifact(event.artifact_update.artifact)
        elif event.HasField("message"):
            self._status = TaskStatus(state=TaskState.TASK_STATE_COMPLETED)
            self._result = next(iter(get_data_parts(event.message.parts)), None)

    async def _follow(self, status: TaskStatus) -> None:
        self._status = status
        progress = _data(status.message, "progress")
        if self._on_progress and progress is not None:
            await self._on_progress(Progress.model_validate(progress))

    async def _artifact(self, artifact: Artifact) -> None:
        values = get_data_parts(artifact.parts)
        if artifact.name == RESULT_ARTIFACT or (self._result is None and artifact.name != "partial"):
            self._result = next(iter(values), None)
        elif self._on_progress:
            for value in values:
                await self._on_progress(Progress(text="", data=value, partial=True))

    def outcome(self) -> Any:
        """Return the result, or raise what the task ended with."""
        state = self._status.state if self._status else TaskState.TASK_STATE_UNSPECIFIED
        message = self._status.message if self._status else Message()
        if state == TaskState.TASK_STATE_COMPLETED:
            return self._result
        if state in (TaskState.TASK_STATE_FAILED, TaskState.TASK_STATE_REJECTED):
            body = _data(message, "error")
            if body is not None:
                raise error_from_body(body)
            raise HiremeshError(get_message_text(message) or f"{self.unit} failed")
        if state == TaskState.TASK_STATE_INPUT_REQUIRED:
            question = _data(message, "question") or {}
            raise InputRequired(
                get_message_text(message),
                task_id=self.task_id,
                context_id=self.context_id,
                data=question.get("data"),
            )
        if state == TaskState.TASK_STATE_CANCELED:
            raise Conflict(f"the task at {self.unit} was cancelled")
        raise Unavailable(f"{self.unit} stopped answering in the middle", retry_after=1.0)


def _data(message: Message, key: str) -> dict[str, Any] | None:
    for value in get_data_parts(message.parts):
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            return cast("dict[str, Any]", value[key])
    return None


def _translated(error: A2AError, unit: str) -> HiremeshError:
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPStatusError):
        response = cause.response
        told = error_of_status(response.status_code, response.content)
        return told or Unavailable(f"{unit} answered {response.status_code}")
    if isinstance(error, A2AClientTimeoutError):
        return DeadlineExceeded(f"{unit} did not answer in time")
    if isinstance(error, TaskNotFoundError):
        return NotFound(f"{unit} has no such task", field="task_id")
    if isinstance(error, InvalidParamsError):
        return (
            error_from_body(error.data)
            if error.data and "code" in error.data
            else InvalidInput(error.message)
        )
    if isinstance(error, A2AClientError):
        return Unavailable(f"{unit} does not answer", retry_after=1.0)
    return HiremeshError(f"{unit}: {error.message}")
