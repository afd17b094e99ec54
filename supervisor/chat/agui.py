"""AG-UI 1.0 over server-sent events.

``POST /agui`` runs one turn; ``GET /agui/threads/{thread}/events`` re-attaches after the last event id, and
``…/messages`` gives what was shown before, a page at a time.
A run belongs to the agent: closing a connection stops nothing.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from ag_ui.core import RunAgentInput, UserMessage
from pydantic import BaseModel, Field, ValidationError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.edge.errors import error_body, invalid_from, wire_of
from shared.edge.ports import Gate, principal_of
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.kernel.principal import Principal
from supervisor.agents.history import MOST
from supervisor.chat.service import Chat, Shown
from supervisor.conversation import AgentMessage, Answer, Answered, Said

UNIT = "supervisor"
MAX_TEXT = 100_000
PING_SECONDS = 15

Asked = TypeVar("Asked", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


def agui_routes(chat: Chat, gate: Gate) -> list[Route]:
    """Return the routes of the chat endpoint."""

    async def run(request: Request) -> Response:
        principal = await allowed(request, gate, "chat", "write")
        message = message_of(await _input(request))
        after = await chat.post(principal, message)
        return stream(chat.turn(principal, message, after))

    async def events(request: Request) -> Response:
        principal = await allowed(request, gate, "follow", "read")
        after = _last_event_id(request)
        follow = request.query_params.get("follow", "true") != "false"
        return stream(chat.thread(principal, request.path_params["thread"], after, follow=follow))

    async def messages(request: Request) -> Response:
        principal = await allowed(request, gate, "follow", "read")
        asked = valid(Paging, dict(request.query_params))
        thread = request.path_params["thread"]
        page = await chat.restored(principal, thread, asked.cursor, asked.limit)
        return JSONResponse(page.model_dump(mode="json"))

    async def thread(request: Request) -> Response:
        principal = await allowed(request, gate, "follow", "read")
        state = await chat.state(principal, request.path_params["thread"])
        return JSONResponse(state.model_dump(mode="json"))

    async def threads(request: Request) -> Response:
        principal = await allowed(request, gate, "follow", "read")
        states = await chat.threads(principal)
        return JSONResponse({"threads": [state.model_dump(mode="json") for state in states]})

    return [
        Route("/agui", guarded(run), methods=["POST"]),
        Route("/agui/threads", guarded(threads)),
        Route("/agui/threads/{thread}", guarded(thread)),
        Route("/agui/threads/{thread}/events", guarded(events)),
        Route("/agui/threads/{thread}/messages", guarded(messages)),
    ]


class Paging(BaseModel):
    """Which page of a conversation."""

    cursor: str | None = None
    limit: int = Field(default=30, ge=1, le=MOST)


async def allowed(request: Request, gate: Gate, skill: str, risk: Any) -> Principal:
    """Return the caller if the policy lets them. Raises Denied."""
    principal = principal_of(request.scope)
    await gate.authorise(principal, unit=UNIT, skill=skill, risk=risk)
    return principal


def valid(model: type[Asked], fields: dict[str, Any]) -> Asked:
    """Return what was asked for. Raises InvalidInput."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_from(error) from None


def guarded(endpoint: Endpoint) -> Endpoint:
    """Answer expected failures as JSON with their HTTP status."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HiremeshError as error:
            headers = {"Retry-After": f"{error.retry_after:.0f}"} if error.retry_after else None
            return JSONResponse({"error": error_body(error)}, wire_of(error).http, headers)

    return answer


def stream(shown: AsyncIterator[Shown]) -> EventSourceResponse:
    """Return AG-UI events as server-sent events, each with its place in the log as its id."""

    async def frames() -> AsyncIterator[ServerSentEvent]:
        async for seq, event in shown:
            yield ServerSentEvent(data=json.dumps(event, ensure_ascii=False), id=str(seq))

    return EventSourceResponse(frames(), ping=PING_SECONDS)


def message_of(run: RunAgentInput) -> AgentMessage:
    """Return what an AG-UI input says to the agent. Raises InvalidInput."""
    if run.resume:
        answers = [
            Answer(
                to=entry.interrupt_id,
                approved=entry.status == "resolved" and _approved(entry.payload),
                text=_said(entry.payload),
                data=_further(entry.payload),
            )
            for entry in run.resume
        ]
        return Answered(thread=run.thread_id, turn=run.run_id, answers=answers)
    text = next((_text(one) for one in reversed(run.messages) if isinstance(one, UserMessage)), "")
    if not text.strip():
        raise InvalidInput(
            "there is nothing to answer", field="messages", fix="End the messages with one of role user."
        )
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            f"the message has {len(text)} characters, {MAX_TEXT} are allowed",
            field="messages",
            fix="Shorten it.",
        )
    return Said(thread=run.thread_id, turn=run.run_id, text=text)


async def _input(request: Request) -> RunAgentInput:
    try:
        return RunAgentInput.model_validate_json(await request.body())
    except ValidationError as error:
        raise invalid_from(error) from None


def _approved(payload: Any) -> bool:
    """Deny is the default: only a plain ``true`` approves."""
    return payload is True or (isinstance(payload, dict) and payload.get("approved") is True)


def _said(payload: Any) -> str:
    """Return the words of an answer: the reason of a decision, or the text for a unit that asked."""
    if isinstance(payload, dict):
        payload = payload.get("text") or payload.get("reason")
    return payload if isinstance(payload, str) else ""


def _further(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        return {}
    return {name: value for name, value in payload.items() if name not in {"approved", "reason", "text"}}


def _text(message: UserMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part.text for part in message.content if part.type == "text")


def _last_event_id(request: Request) -> int:
    value = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    if not value.isdigit():
        raise InvalidInput(
            "not an event id", field="Last-Event-ID", fix="Send the id of the last event you saw."
        )
    return int(value)
