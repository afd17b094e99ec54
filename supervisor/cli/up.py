"""``hiremesh up``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supervisor.cli._options import Data

if TYPE_CHECKING:
    from supervisor.launch import Deployment


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    data: Data = None,
    port_base: Annotated[int, typer.Option(help="First port; units count from it.")] = 8100,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take any free ports.")] = False,
    without: Annotated[list[str] | None, typer.Option(help="Leave this unit out (repeatable).")] = None,
) -> None:
    """Start the engines and all units, and stay until Ctrl-C."""
    import asyncio

    asyncio.run(_stay(data, None if free_ports else port_base, without or []))


async def _stay(data: Path | None, port_base: int | None, without: list[str]) -> None:
    import asyncio
    import signal

    from supervisor.launch import DataFolder, Deployment

    this = asyncio.current_task()
    # SIGINT too: whoever starts us in the background may have set it to be ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, lambda: this and this.cancel())
    deployment = Deployment(DataFolder(data), port_base=port_base, without=without, report=typer.echo)
    try:
        await deployment.start()
        await _welcome(deployment)
        try:
            await asyncio.Event().wait()
        finally:
            typer.echo("stopping")
            await deployment.stop()
    except asyncio.CancelledError:
        typer.echo("stopped")


async def _welcome(deployment: "Deployment") -> None:
    from supervisor.cli._desk import sign_in_link
    from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT

    for error in deployment.failures.values():
        typer.secho(str(error), err=True, fg=typer.colors.RED)
    supervisor = deployment.run.units.get("supervisor")
    if supervisor is None:
        typer.echo("\nHiremesh is up, without its supervisor.\nCtrl-C stops everything.")
        return
    link = await sign_in_link(deployment.folder.path, DEFAULT_TENANT, DEFAULT_SUBJECT)
    typer.echo(
        f"""
Hiremesh is up.
  in the browser     {link}
  in the terminal    hiremesh chat
  hire for a role    hiremesh hire POSTING
  load people        hiremesh import PATH
  MCP clients        hiremesh mcp-config
  chat, AG-UI        {supervisor}/agui
  chat, OpenAI API   {supervisor}/v1/chat/completions
  agents, A2A        {supervisor}/.well-known/agent-card.json
  how it is          hiremesh status
The link signs {DEFAULT_SUBJECT} in for 12 hours: keep it to yourself. Ctrl-C stops everything."""
    )
