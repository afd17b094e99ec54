"""``hiremesh dead-letters``: messages that were set aside, and what becomes of them."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supervisor.cli._operator import DEFAULT_TENANT, Tenant
from supervisor.cli._options import Data

if TYPE_CHECKING:
    from shared.mailbox import Mailboxes

Mailbox = Annotated[str, typer.Argument(help="The mailbox, as 'show' names it.")]
Seq = Annotated[int, typer.Argument(help="The message's number in its mailbox.")]
By = Annotated[str, typer.Option(envvar="USER", help="Who decides; kept with the message.")]


def register(app: typer.Typer) -> None:
    """Add the command's subcommands."""
    letters = typer.Typer(help="See, retry or drop messages that could not be handled.", no_args_is_help=True)
    letters.command("show")(show)
    letters.command("retry")(retry)
    letters.command("drop")(drop)
    app.add_typer(letters, name="dead-letters")


def show(
    tenant: Tenant = DEFAULT_TENANT,
    resolved: Annotated[bool, typer.Option("--all", help="Also those retried or dropped.")] = False,
    body: Annotated[bool, typer.Option("--body", help="Print what the messages say, too.")] = False,
    data: Data = None,
) -> None:
    """List the newest dead letters of a tenant, with the error and how often it was tried."""
    import json

    async def listed() -> None:
        async with _mailboxes(data) as mailboxes:
            letters = await mailboxes.dead_letters(tenant, resolved=resolved)
        for letter in letters:
            settled = f"  ({letter.resolution} by {letter.resolved_by})" if letter.resolution else ""
            at = f"{letter.failed_at:%Y-%m-%d %H:%M:%S}"
            typer.echo(
                f"{at}  {letter.mailbox} {letter.seq}  tried {letter.attempts}x  {letter.error}{settled}"
            )
            if letter.traceparent:
                typer.echo(f"    hiremesh trace {letter.traceparent.split('-')[1]}")
            if body:
                typer.echo(f"    {json.dumps(letter.body, ensure_ascii=False)}")
        if not letters:
            typer.echo("None.")

    asyncio.run(listed())


def retry(
    mailbox: Mailbox, seq: Seq, tenant: Tenant = DEFAULT_TENANT, by: By = "operator", data: Data = None
) -> None:
    """Send a dead letter again: as a new message, behind those that wait."""

    async def sent_again() -> None:
        async with _mailboxes(data) as mailboxes:
            sent = await mailboxes.retry_dead_letter(tenant, mailbox, seq, by=by)
        typer.echo(f"{mailbox} {seq} is now message {sent.seq}.")

    asyncio.run(sent_again())


def drop(
    mailbox: Mailbox,
    seq: Seq,
    reason: Annotated[str, typer.Option(help="Why; kept with the message.")],
    tenant: Tenant = DEFAULT_TENANT,
    by: By = "operator",
    data: Data = None,
) -> None:
    """Give a dead letter up. It stays in the mailbox's history."""

    async def dropped() -> None:
        async with _mailboxes(data) as mailboxes:
            await mailboxes.drop_dead_letter(tenant, mailbox, seq, by=by, reason=reason)
        typer.echo(f"{mailbox} {seq} is dropped.")

    asyncio.run(dropped())


@asynccontextmanager
async def _mailboxes(data: Path | None) -> "AsyncGenerator[Mailboxes]":
    """Lend the mailboxes of all tenants. Workers notice a retry at their next sweep."""
    from shared.mailbox import Mailboxes
    from shared.storage import Database
    from supervisor.launch.folder import DataFolder

    url = os.environ.get("HIREMESH_POSTGRES_URL") or DataFolder(data).running().postgres_url
    async with await Database.open(url, max_size=1) as database:
        yield Mailboxes(database)
