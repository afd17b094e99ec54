"""The supervisor over A2A: the same conversation as in the chat, as one task."""

from typing import Any

from shared.edge.a2a import A2AUnit
from shared.edge.turn import Turn
from shared.kernel.errors import HiremeshError
from shared.kernel.principal import current_principal
from supervisor.card import build_card
from supervisor.chat.service import Chat
from supervisor.conversation import AgentMessage, Answer, Answered, Said
from supervisor.models import HireRequest, HireResult


def build_agent(chat: Chat) -> A2AUnit:
    """Return the agent."""
    agent = A2AUnit(build_card())

    @agent.skill("hire")
    async def hire(request: HireRequest, turn: Turn) -> HireResult:
        thread = request.thread or turn.context_id
        message: AgentMessage = Said(thread=thread, turn=turn.task_id, text=request.text)
        cards: dict[str, Any] = {}
        texts: list[str] = []
        number = 0
        # Asked something, the handler starts again from its top. Turns already taken are recognised by
        # their ids, so that only their events are read again.
        while interrupts := await _follow(chat, message, turn, cards, texts):
            answers: list[Answer] = []
            for interrupt in interrupts:
                said = await turn.ask(interrupt.get("message") or "Do you approve?", data=interrupt)
                further = {
                    name: said.data[name] for name in said.data.keys() - {"approved", "reason", "text"}
                }
                answers.append(
                    Answer(
                        to=interrupt["id"],
                        approved=said.data.get("approved") is True,
                        text=str(said.data.get("reason") or said.text),
                        data=further,
                    )
                )
            number += 1
            message = Answered(thread=thread, turn=f"{turn.task_id}.{number}", answers=answers)
        return HireResult(
            thread=thread, status=await _status(chat, thread), summary="\n\n".join(texts[-2:]), cards=cards
        )

    return agent


async def _follow(
    chat: Chat, message: AgentMessage, turn: Turn, cards: dict[str, Any], texts: list[str]
) -> list[dict[str, Any]]:
    """Take one turn to its end, telling the caller on the way; return what it waits for."""
    principal = current_principal()
    after = await chat.post(principal, message)
    async for _, event in chat.turn(principal, message, after):
        match event:
            case {"type": "TEXT_MESSAGE_CONTENT", "delta": text}:
                texts.append(text)
                await turn.progress(text)
            case {"type": "STEP_STARTED", "stepName": step}:
                await turn.progress(f"{step} …")
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": "progress", "content": content}:
                await turn.progress(content["text"], done=content["done"], total=content["total"])
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": kind, "content": content}:
                cards[kind] = content
            case {"type": "RUN_FINISHED", "outcome": {"interrupts": interrupts}}:
                return interrupts
            case {"type": "RUN_ERROR", "message": text}:
                raise HiremeshError(text)
            case _:
                pass
    return []


async def _status(chat: Chat, thread: str) -> Any:
    try:
        return (await chat.state(current_principal(), thread)).status
    except HiremeshError:
        return None
