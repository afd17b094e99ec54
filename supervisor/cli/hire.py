"""``hiremesh hire``."""

from pathlib import Path
from typing import Annotated

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("hire")(hire)


def hire(
    posting: Annotated[
        Path | None,
        typer.Argument(help="A posting: .txt, .md, .pdf or .docx. Omit it to go on with the last role."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approve whatever is asked; for scripts.")] = False,
    thread: Annotated[str | None, typer.Option(help="The conversation to go on with.")] = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """From a posting to an evidence-backed shortlist.

    Leave whenever you like: the work goes on. Come back with "hiremesh hire" on any terminal.
    """
    import asyncio

    if not asyncio.run(_hire(posting, yes, thread, tenant, subject, data)):
        raise typer.Exit(1)


async def _hire(
    posting: Path | None, yes: bool, thread: str | None, tenant: str, subject: str, data: Path | None
) -> bool:
    from rich.console import Console

    from shared.kernel.errors import NotFound
    from shared.kernel.ids import new_id
    from supervisor.cli._desk import Desk, chat_client

    console = Console()
    text = read_posting(posting) if posting else None
    async with chat_client(data, tenant, subject) as client:
        if text is not None:
            desk = Desk(client, console, thread=thread or new_id("thread"), yes=yes)
            console.print(f"[dim]conversation {desk.thread}[/]")
            return await desk.say(text)
        threads = await client.to_go_on_with(thread)
        if not threads:
            raise NotFound("there is no conversation to go on with.", fix="Start one: hiremesh hire POSTING")
        desk = Desk(client, console, thread=threads[0]["thread"], yes=yes)
        return await desk.come_back(await client.state(desk.thread))


def read_posting(path: Path) -> str:
    """Return the text of a posting. Raises InvalidInput naming the file and the reason."""
    from shared.documents import read_document
    from shared.kernel.errors import InvalidInput

    if not path.is_file():
        raise InvalidInput(f"there is no file {path}", field="posting", fix="Give the path of a posting.")
    return read_document(path.name, path.read_bytes()).text
