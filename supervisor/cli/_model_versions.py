"""``hiremesh model``: which version judges, which one looks on, and how that changes."""

from pathlib import Path
from typing import Annotated

import typer

from supervisor.cli._operator import DEFAULT_TENANT, Tenant
from supervisor.cli._options import Data

OPERATING = "servers.evaluator.operating"
Name = Annotated[str, typer.Argument(help="The version, as 'versions' names it.")]
By = Annotated[str, typer.Option(envvar="USER", help="Who decides; kept with the version.")]


def add_to(model: typer.Typer) -> None:
    """Add the subcommands."""
    for command in (versions, register, keep_report, shadow, promote, rollback, differences):
        model.command(command.__name__.replace("_", "-"))(command)


def versions(data: Data = None) -> None:
    """List the registered versions: which serves, which looks on, who put them there and when."""
    _operate(data, "versions")


def register(
    folder: Annotated[
        Path | None, typer.Argument(help="The model's; the rules are registered where none is named.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Of the vLLM server, without a path.")] = None,
    model: Annotated[
        str | None, typer.Option(help="The name it is served under.", show_default="the version's")
    ] = None,
    by: By = "operator",
    data: Data = None,
) -> None:
    """Register a served model as a candidate."""
    options = {"--folder": folder, "--url": url, "--model": model}
    given = [str(part) for option, value in options.items() if value for part in (option, value)]
    _operate(data, "register", *given, "--by", by)


def keep_report(
    version: Name,
    report: Annotated[Path, typer.Argument(help="As 'gate' wrote it.", exists=True, dir_okay=False)],
    by: By = "operator",
    data: Data = None,
) -> None:
    """Keep the report of a version's gate: only one that passed may serve."""
    _operate(data, "gate", version, "--report", str(report), "--by", by)


def shadow(version: Name, by: By = "operator", data: Data = None) -> None:
    """Have a version look on: it judges a tenth of every sweep too, and is not heard."""
    _operate(data, "shadow", version, "--by", by)


def promote(version: Name, by: By = "operator", data: Data = None) -> None:
    """Have a version serve that passed its gate; evaluations that begin from now on ask it."""
    _operate(data, "promote", version, "--by", by)


def rollback(by: By = "operator", data: Data = None) -> None:
    """Have the version serve again that served before."""
    _operate(data, "rollback", "--by", by)


def differences(
    version: Name,
    tenant: Tenant = DEFAULT_TENANT,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    data: Data = None,
) -> None:
    """Show on which verdicts a version in shadow and the serving one do not agree."""
    _operate(data, "differences", version, "--tenant", tenant, "--limit", str(limit))


def _operate(data: Path | None, *arguments: str) -> None:
    """Run the evaluator's own tool on its database: a command line knows no unit's tables."""
    import os
    import subprocess
    import sys

    from supervisor.launch import DataFolder

    folder = DataFolder(data)
    url = os.environ.get("HIREMESH_DATABASE_URL") or folder.database_url(folder.running(), "evaluator")
    command = [sys.executable, "-m", OPERATING, *arguments]
    done = subprocess.run(command, env=os.environ | {"HIREMESH_DATABASE_URL": url}, check=False)  # noqa: S603 (our own)
    raise typer.Exit(done.returncode)
