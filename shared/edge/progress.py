"""What an agent tells its caller while it works."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel


class Progress(BaseModel):
    """A remark about the work; ``done`` of ``total`` where it can be counted.

    With ``partial``, ``data`` is a part of the result instead.
    """

    text: str
    done: int | None = None
    total: int | None = None
    data: dict[str, Any] | None = None
    partial: bool = False


OnProgress = Callable[[Progress], Awaitable[None]]
