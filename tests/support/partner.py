"""A partner's side: nothing but the public A2A SDK and an HTTP client."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
from a2a.client import A2ACardResolver, ClientCallContext, ClientConfig, ClientFactory
from a2a.helpers.proto_helpers import get_data_parts, new_data_message
from a2a.types.a2a_pb2 import (
    AgentCard,
    CancelTaskRequest,
    GetTaskRequest,
    Role,
    SendMessageRequest,
    StreamResponse,
    Task,
    TaskState,
)
from a2a.utils.constants import TransportProtocol

JsonObject = dict[str, Any]


class CalledAgent:
    """An agent as a partner calls it: by its card, with a token, over one of its bindings."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        card: AgentCard,
        token: str,
        binding: TransportProtocol = TransportProtocol.JSONRPC,
    ) -> None:
        config = ClientConfig(httpx_client=http, streaming=True, supported_protocol_bindings=[binding.value])
        self._client = ClientFactory(config).create(card)
        self._context = ClientCallContext(service_parameters={"Authorization": f"Bearer {token}"}, timeout=30)

    def stream(self, skill: str, fields: JsonObject) -> AsyncIterator[StreamResponse]:
        """Run a skill and yield what comes, as it comes."""
        message = new_data_message({"skill": skill, "input": fields}, role=Role.ROLE_USER)
        return self._client.send_message(SendMessageRequest(message=message), context=self._context)

    async def cancel(self, task_id: str) -> Task:
        return await self._client.cancel_task(CancelTaskRequest(id=task_id), context=self._context)

    async def task(self, task_id: str) -> Task:
        return await self._client.get_task(GetTaskRequest(id=task_id), context=self._context)


class Partner(NamedTuple):
    """What the operator hands out: where the agents are, and a client id with its secret."""

    http: httpx.AsyncClient
    evaluator: str
    supervisor: str
    credentials: httpx.BasicAuth

    async def card(self, url: str) -> AgentCard:
        return await A2ACardResolver(self.http, url).get_agent_card()

    async def token(self, url: str, audience: str) -> httpx.Response:
        """Ask the authorization server that the agent itself names."""
        resource = (await self.http.get(f"{url}/.well-known/oauth-protected-resource")).json()
        [issuer] = resource["authorization_servers"]
        server = (await self.http.get(f"{issuer}/.well-known/openid-configuration")).json()
        form = {"grant_type": "client_credentials", "audience": audience}
        return await self.http.post(server["token_endpoint"], data=form, auth=self.credentials)

    async def send(
        self, skill: str, fields: JsonObject, binding: TransportProtocol = TransportProtocol.JSONRPC
    ) -> list[StreamResponse]:
        """Run a skill of the evaluator, streaming, and return all that came."""
        token = (await self.token(self.evaluator, "evaluator")).json()["access_token"]
        agent = CalledAgent(self.http, await self.card(self.evaluator), token, binding)
        return [event async for event in agent.stream(skill, fields)]


def outcome(events: list[StreamResponse]) -> JsonObject:
    """Return the data of the result that a stream ended with."""
    assert events[-1].status_update.status.state == TaskState.TASK_STATE_COMPLETED, events[-1]
    artifacts = [event.artifact_update.artifact for event in events if event.HasField("artifact_update")]
    return get_data_parts(artifacts[-1].parts)[-1]


def problem(events: list[StreamResponse]) -> JsonObject:
    """Return the error that a stream ended with."""
    return get_data_parts(events[-1].status_update.status.message.parts)[-1]["error"]


def partials(events: list[StreamResponse]) -> list[JsonObject]:
    """Return the data of the ``partial`` artifact, part by part as they came."""
    artifacts = [event.artifact_update.artifact for event in events if event.HasField("artifact_update")]
    return [part for one in artifacts if one.name == "partial" for part in get_data_parts(one.parts)]


def progress(events: list[StreamResponse]) -> list[tuple[int, int]]:
    """Return how many of how many were done, as it was told."""
    told = [
        part["progress"]
        for event in events
        if event.HasField("status_update")
        for part in get_data_parts(event.status_update.status.message.parts)
        if "progress" in part
    ]
    return [(int(one["done"]), int(one["total"])) for one in told]
