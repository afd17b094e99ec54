"""Following a conversation from a terminal."""

import json

import httpx

from supervisor.cli._chat_client import ChatClient

SHOWN = [
    {"type": "RUN_STARTED", "runId": "turn_1"},
    {"type": "RUN_STARTED", "runId": "turn_2"},
    {"type": "RUN_FINISHED", "runId": "turn_1"},
    {"type": "TEXT_MESSAGE_CONTENT", "delta": "Judged."},
    {"type": "RUN_FINISHED", "runId": "turn_2"},
    {"type": "RUN_STARTED", "runId": "turn_3"},
]


async def test_a_turn_is_followed_to_its_own_end_not_to_that_of_one_before_it() -> None:
    frames = "".join(f"id: {n}\ndata: {json.dumps(event)}\n\n" for n, event in enumerate(SHOWN, 1))
    answer = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, text=frames)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
        client = ChatClient(http, "http://supervisor", "token")
        assert [event async for event in client.follow("thread_1", "turn_2")] == SHOWN[:5]
