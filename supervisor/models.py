"""What the supervisor's own A2A skills take and give."""

from typing import Any

from pydantic import BaseModel, Field

from supervisor.core.models import RunStatus


class HireRequest(BaseModel):
    """A role to fill, or anything else said to the assistant."""

    text: str = Field(max_length=100_000, description="a posting, or a sentence about whom you look for")
    thread: str | None = Field(
        default=None, max_length=200, description="an earlier conversation to go on with"
    )


class HireResult(BaseModel):
    """How the conversation stands when the turn is over. ``cards`` holds what was shown, by kind."""

    thread: str
    status: RunStatus | None = None
    summary: str
    cards: dict[str, Any] = Field(default_factory=dict, description="requirements, shortlist")
