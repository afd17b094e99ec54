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
    from shared.mailbox import DeadLetter, Mailboxes, MailboxState

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
    mailbox: Annotated[str | None, typer.Option(help="Only of this mailbox.")] = None,
    resolved: Annotated[bool, typer.Option("--all", help="Also those retried or dropped.")] = False,
    body: Annotated[bool, typer.Option("--body", help="Print what the messages say, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: Data = None,
) -> None:
    """List the newest dead letters of a tenant: the error, the trace, how often it was tried, what goes on there."""
    import json
    from dataclasses import asdict

    async def listed() -> None:
        async with _mailboxes(data) as mailboxes:
            letters = await mailboxes.dead_letters(tenant, mailbox=mailbox, resolved=resolved)
            names = {letter.mailbox for letter in letters}
            states = {name: await mailboxes.state(tenant, name) for name in sorted(names)}
        if as_json:
            found = [asdict(letter) | {"state": asdict(states[letter.mailbox])} for letter in letters]
            typer.echo(json.dumps(found, default=str, ensure_ascii=False))
            return
        for letter in letters:
            for line in _lines(letter, states[letter.mailbox]):
                typer.echo(line)
            if body:
                typer.echo(f"    {json.dumps(letter.body.get('parts', []), ensure_ascii=False)}")
        if not letters:
            typer.echo("None.")

    asyncio.run(listed())


def _lines(letter: "DeadLetter", state: "MailboxState") -> list[str]:
    """Return what there is to see of a letter, and of the mailbox that goes on without it."""
    error = letter.error if letter.error == letter.code else f"{letter.code}: {letter.error}"
    head = f"{letter.failed_at:%Y-%m-%d %H:%M:%S}  {letter.mailbox} {letter.seq}"
    lines = [f"{head}  tried {letter.attempts}x  {error}"]
    if letter.resolution:
        why = f": {letter.reason}" if letter.reason else ""
        lines.append(
            f"    {letter.resolution} by {letter.resolved_by} {letter.resolved_at:%Y-%m-%d %H:%M:%S}{why}"
        )
    else:
        lines.append(f"    waits for: hiremesh dead-letters retry | drop {letter.mailbox} {letter.seq}")
    if letter.traceparent:
        lines.append(f"    trace: hiremesh trace {letter.traceparent.split('-')[1]}")
    mode = "goes on" if state.mode == "open" else f"is {state.mode}"
    hand = ", one in hand" if state.running else ""
    return [*lines, f"    its mailbox {mode}: {state.tail} messages, {state.pending} waiting{hand}"]


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
