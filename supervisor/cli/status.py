"""``hiremesh status``."""

import sys
from typing import TYPE_CHECKING

import typer

from supervisor.cli._options import Data

if TYPE_CHECKING:
    from supervisor.launch.health import Health


WIDTH = 200


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(data: Data = None) -> None:
    """Show engines, issuer and units: up or down, process, latency, version. Exit code 1 if one is down."""
    import asyncio

    from supervisor.launch.folder import DataFolder
    from supervisor.launch.health import check

    folder = DataFolder(data)
    run = folder.running()
    checks = asyncio.run(check(run))
    started = f"on {folder.path}, launcher {run.launcher.pid}" if run.launcher else f"at {run.issuer_url}"
    typer.echo(f"Hiremesh {started}")
    _print(checks)
    raise typer.Exit(0 if all(each.up or each.name in run.left_out for each in checks) else 1)


def _print(checks: "list[Health]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("name", "state", "pid", "ms", "version", "address", "note"):
        table.add_column(column, justify="right" if column in ("pid", "ms") else "left")
    for each in checks:
        latency = f"{each.milliseconds:.0f}" if each.milliseconds is not None else ""
        state = "[green]up[/]" if each.up else "[red]down[/]"
        table.add_row(each.name, state, str(each.pid or ""), latency, each.version, each.address, each.note)
    # Where nobody looks at a screen, a line is as long as it needs to be.
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)
