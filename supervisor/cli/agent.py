"""``hiremesh agent``: recruiters' agents, what they do and said, and their pauses and ends."""

import asyncio
import json
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from shared.kernel.errors import Conflict
from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from supervisor.cli._agents import AgentsClient

Agent = Annotated[str, typer.Argument(help="Whose agent, such as person:ada; me is your own.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Why = Annotated[str, typer.Option("--reason", help="Why; people who write to it are told.")]
Limit = Annotated[int, typer.Option(min=1, max=100, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option(help="Where another page ended.")]
ME = "me"


def register(app: typer.Typer) -> None:
    """Add the command's subcommands."""
    agent = typer.Typer(help="See, pause, resume, export or retire recruiters' agents.", no_args_is_help=True)
    agent.command("list")(list_agents)
    for command in (show, history, pause, resume, export, retire):
        agent.command(command.__name__)(command)
    app.add_typer(agent, name="agent")


def list_agents(
    cursor: Cursor = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """List an organisation's agents by name: what each does, and what waits for it."""
    from supervisor.cli._agents_shown import show_list

    page = _ask(data, tenant, subject, lambda client: client.get(None, cursor=cursor, limit=limit))
    if as_json:
        typer.echo(json.dumps(page, ensure_ascii=False))
        return
    show_list(page)
    if page["next_cursor"]:
        typer.echo(f"more: --cursor {page['next_cursor']}")


def show(
    agent: Agent = ME,
    as_json: AsJson = False,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Show an agent: mailbox, plan, running steps, what waits for a person, memory, last errors."""
    _show(_ask(data, tenant, subject, lambda client: client.get(agent)), as_json)


def history(
    agent: Agent = ME,
    project: Annotated[str | None, typer.Option(help="Only of a project, run or conversation.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only from then on.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only before.")] = None,
    text: Annotated[str | None, typer.Option(help="Only what says this.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Show what was said, by either side: the newest messages, or the page that a cursor leads to."""
    from supervisor.cli._agents_shown import show_messages

    asked = {"project": project, "since": _iso(since), "until": _iso(until), "text": text}
    page = _ask(
        data,
        tenant,
        subject,
        lambda client: client.get(agent, "/messages", **asked, cursor=cursor, limit=limit),
    )
    if as_json:
        typer.echo(json.dumps(page, ensure_ascii=False))
    else:
        show_messages(page)


def pause(
    agent: Agent = ME,
    reason: Why = "by the operator",
    until: Annotated[datetime | None, typer.Option(help="When it goes on by itself.")] = None,
    as_json: AsJson = False,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Let nothing of an agent run, for good or until a time. Messages are kept, and their senders are told so."""
    asked = {"reason": reason} | ({"until": until.astimezone().isoformat()} if until else {})
    paused = _ask(data, tenant, subject, lambda client: client.post(agent, "/pause", asked))
    _show(paused, as_json)


def resume(
    agent: Agent = ME,
    as_json: AsJson = False,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Go on with a paused agent: its runs, and the messages that were kept, in their order."""
    _show(_ask(data, tenant, subject, lambda client: client.post(agent, "/resume", {})), as_json)


def export(
    to: Annotated[Path, typer.Argument(help="The zip file to write.")],
    agent: Agent = ME,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Write all that is kept of an agent: messages, runs, decisions, wishes, as JSON lines in a zip."""
    with _new_file(to) as file:
        _ask(data, tenant, subject, lambda client: client.export(agent, file))
    typer.echo(f"{to}: {to.stat().st_size:,} bytes")


def retire(
    agent: Annotated[str, typer.Argument(help="Whose agent, such as person:ada.")],
    to: Annotated[Path, typer.Option("--export", help="The zip file that keeps what it was.")],
    reason: Why = "by the operator",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """End an agent for good: it takes no more messages, is exported, and forgets. Its messages stay on record.

    Run it again if it was interrupted. Who writes later gets a new agent.
    """
    if not yes:
        typer.confirm(f"Retire {agent} for good?", abort=True)

    async def retired(client: "AgentsClient") -> Any:
        found = await client.get(agent)
        ending = found["state"] in ("retiring", "retired")
        with _new_file(to, over=found["id"] if ending else None) as file:
            await client.post(agent, "/close", {"reason": reason})
            await client.export(agent, file)
        return await client.post(agent, "/retire", {})

    gone = _ask(data, tenant, subject, retired)
    typer.echo(f"{gone['agent']} is retired; {gone['unanswered']} messages stay unanswered. All is in {to}.")


def _ask(
    data: Path | None, tenant: str, subject: str, what: "Callable[[AgentsClient], Awaitable[Any]]"
) -> Any:
    """Do something with a client that is signed in for the organisation."""
    from supervisor.cli._agents import agents_client

    async def done() -> Any:
        async with agents_client(data, tenant, subject) as client:
            return await what(client)

    return asyncio.run(done())


@contextmanager
def _new_file(to: Path, over: str | None = None) -> "Generator[IO[bytes]]":
    """Lend a file that is there whole or not at all.

    Raises Conflict where there is one, unless it is an earlier export of the agent ``over``.
    """
    if to.exists() and (over is None or _exported(to) != over):
        raise Conflict(f"{to} exists already.")
    part = to.with_name(f"{to.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


def _exported(file: Path) -> str | None:
    """Return whose export a file is; None where it is something else."""
    import zipfile

    try:
        with zipfile.ZipFile(file) as archive:
            return json.loads(archive.read("agent.json"))["id"]
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None


def _show(agent: dict[str, Any], as_json: bool) -> None:
    from supervisor.cli._agents_shown import show_agent

    if as_json:
        typer.echo(json.dumps(agent, ensure_ascii=False))
    else:
        show_agent(agent)


def _iso(at: datetime | None) -> str | None:
    """Return a local time as the supervisor reads it."""
    return at.astimezone().isoformat() if at else None
