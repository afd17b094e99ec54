"""``hiremesh audit``: read and verify the record of every decision."""

import os
from pathlib import Path
from typing import Annotated

import typer

from supervisor.cli._operator import DEFAULT_TENANT, Tenant
from supervisor.cli._options import Data


def register(app: typer.Typer) -> None:
    """Add the command's subcommands."""
    audit = typer.Typer(help="Read and verify the audit log.", no_args_is_help=True)
    audit.command("verify")(verify)
    audit.command("show")(show)
    app.add_typer(audit, name="audit")


def verify(
    anchor: Annotated[
        list[str] | None, typer.Option(help="A head noted earlier, TENANT=SEQ:HASH (repeatable).")
    ] = None,
    data: Data = None,
) -> None:
    """Recompute every tenant's chain; exit code 1 and the first bad entry when one is broken.

    Note the printed heads somewhere else: with --anchor they also uncover a log rewritten as a whole.
    """
    from shared.audit.verify import Anchor, verify_chains

    noted = {
        tenant: Anchor.parse(head) for tenant, _, head in (item.rpartition("=") for item in anchor or [])
    }
    reports = verify_chains(_admin_url(data), noted)
    for report in reports:
        if report.broken_at is None:
            head = f"{report.tenant}={report.head.seq}:{report.head.hash}"
            typer.echo(f"{report.tenant}: {report.entries} entries, whole; head {head}")
        else:
            typer.secho(
                f"{report.tenant}: broken at entry {report.broken_at}: {report.problem}",
                err=True,
                fg=typer.colors.RED,
            )
    if any(report.broken_at is not None for report in reports):
        raise typer.Exit(1)


def show(
    tenant: Tenant = DEFAULT_TENANT,
    limit: Annotated[int, typer.Option(help="How many of the newest.", min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    data: Data = None,
) -> None:
    """Print the newest entries of a tenant; '-' holds calls whose caller is unknown."""
    import json

    from shared.audit.verify import latest_entries

    for entry in latest_entries(_admin_url(data), tenant, limit):
        if as_json:
            typer.echo(json.dumps(entry, sort_keys=True))
            continue
        who = entry["subject"] + (f" through {entry['actor']}" if entry.get("actor") else "")
        what = f"{entry['unit']}.{entry['skill']}" if entry["skill"] else entry["unit"]
        why = ", ".join(entry["policies"]) or entry["reason"]
        typer.echo(f"{entry['seq']:>6}  {entry['at']}  {entry['outcome']:<15} {what}  {who}  ({why})")


def _admin_url(data: Path | None) -> str:
    from supervisor.launch.folder import DataFolder

    return os.environ.get("HIREMESH_POSTGRES_URL") or DataFolder(data).running().postgres_url
