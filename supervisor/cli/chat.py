"""``hiremesh chat``."""

from pathlib import Path
from typing import Annotated

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(
    new: Annotated[bool, typer.Option("--new", help="Begin a new conversation.")] = False,
    thread: Annotated[
        str | None, typer.Option(help="The conversation to go on with; default the last.")
    ] = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Talk with the assistant. An empty line or Ctrl-D leaves; what it works on goes on."""
    import asyncio

    asyncio.run(_chat(new, thread, tenant, subject, data))


async def _chat(new: bool, thread: str | None, tenant: str, subject: str, data: Path | None) -> None:
    import asyncio

    from rich.console import Console
    from rich.prompt import Prompt

    from shared.kernel.ids import new_id
    from supervisor.cli._desk import Desk, chat_client

    console = Console()
    async with chat_client(data, tenant, subject) as client:
        known = [] if new else await client.to_go_on_with(thread)
        desk = Desk(client, console, thread=known[0]["thread"] if known else thread or new_id("thread"))
        console.print(f"[dim]conversation {desk.thread}[/]")
        if known:
            await desk.come_back(await client.state(desk.thread))
        while True:
            try:
                text = (
                    await asyncio.to_thread(Prompt.ask, "[bold]you[/]", console=console, default="")
                ).strip()
            except EOFError:
                text = ""
            if not text:
                console.print("[dim]Until later. Come back with: hiremesh chat[/]")
                return
            await desk.say(text)
