"""``hiremesh import``: people, postings and taxonomy words from files and folders."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data

if TYPE_CHECKING:
    from rich.console import Console

    from shared.edge.units import Units
    from supervisor.cli._import_run import Tally
    from supervisor.cli._import_sources import Sources, Wanted

THINGS = ("auto", "candidates", "postings", "taxonomy")
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="For tables: field=column, such as email=E-Mail. Repeatable."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    path: Annotated[Path, typer.Argument(help="A file or a folder.")],
    wanted: Annotated[str, typer.Option("--as", help=f"What it holds: {', '.join(THINGS)}.")] = "auto",
    mapping: Map = None,
    refusals: Annotated[Path, typer.Option(help="Where to write what was refused, as JSON lines.")] = Path(
        "hiremesh-refusals.jsonl"
    ),
    token: Annotated[
        str | None, typer.Option(envvar="HIREMESH_TOKEN", help="A token instead of signing in.")
    ] = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    """Load people, postings or taxonomy words into the running deployment.

    People: résumés (text, Markdown, PDF, DOCX, HTML), JSON Resume, LinkedIn exports, CSV, Greenhouse
    candidates. Postings: text, schema.org JobPosting, Greenhouse Job Board. Taxonomy: an ESCO or O*NET
    folder. Importing again changes nothing. Exits with 1 when something was refused.
    """
    import asyncio

    from rich.console import Console

    from supervisor.cli._import_sources import Sources

    told = _mapping(mapping or [])
    if wanted not in THINGS:
        raise typer.BadParameter(f"{wanted} is none of {', '.join(THINGS)}", param_hint="--as")
    as_: Wanted = wanted
    sources = Sources(path, as_)
    console = Console()
    tally = asyncio.run(_import(console, sources, told, token, tenant, subject, data))
    _show(console, sources, tally)
    if tally.refusals:
        tally.write_refusals(refusals)
        console.print(f"What was refused, why, and what would help: {refusals}")
        raise typer.Exit(1)


def _mapping(pairs: list[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise typer.BadParameter(f"{pair!r} is not field=column", param_hint="--map")
        told[field.strip()] = column.strip()
    return told


async def _import(
    console: "Console",
    sources: "Sources",
    mapping: dict[str, str],
    token: str | None,
    tenant: str,
    subject: str,
    data: Path | None,
) -> "Tally":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from supervisor.cli._import_run import send_all

    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with _units(token, tenant, subject, data) as units:
        with Progress(*columns, console=console, transient=True) as progress:
            parcels = list(sources.parcels())
            total = sum(getattr(parcel, "count", 1) for parcel in parcels)
            bar = progress.add_task("importing", total=total)
            tally = await send_all(units, iter(parcels), mapping, lambda count: progress.advance(bar, count))
        if "people" in tally.counts:
            await _show_indexing(console, units)
        return tally


async def _show_indexing(console: "Console", units: "Units") -> None:
    """Wait until people can be found, so that a search right after the import misses nobody."""
    from shared.kernel.errors import HiremeshError
    from supervisor.cli._import_run import until_searchable

    try:
        with console.status("making them searchable"):
            await until_searchable(units)
    except HiremeshError as error:
        console.print(f"They can be found as soon as the search index has read them ({error.code}).")


@asynccontextmanager
async def _units(token: str | None, tenant: str, subject: str, data: Path | None) -> "AsyncGenerator[Units]":
    from shared.edge.units import Units
    from shared.kernel.principal import Principal, acting_as
    from supervisor.cli._operator import operator
    from supervisor.cli._signed_in import OneToken, signed_in_units
    from supervisor.launch.folder import DataFolder

    urls = DataFolder(data).running().units
    if token is None:
        async with operator(data) as issuer, signed_in_units(issuer, urls, tenant, subject) as units:
            yield units
        return
    caller = Principal(subject=subject, kind="person", tenant=tenant, token=token)
    async with Units(dict(urls), OneToken(token)) as units:
        with acting_as(caller):
            yield units


def _show(console: "Console", sources: "Sources", tally: "Tally") -> None:
    from rich.table import Table

    from supervisor.cli._import_run import COUNTS

    table = Table(box=None, padding=(0, 2))
    shown = [name for name in COUNTS if any(row[name] for row in tally.counts.values())]
    for heading in ("", *("imported" if name == "created" else name for name in shown)):
        table.add_column(heading, justify="right" if heading else "left")
    for thing, row in tally.counts.items():
        table.add_row(thing, *(f"{row[name]:,}" for name in shown))
    console.print(table)
    if tally.mapping:
        pairs = ", ".join(f"{field} = {column}" for field, column in tally.mapping.items())
        console.print(f"Columns read: {pairs}", highlight=False)
    if tally.ignored:
        console.print(f"Not read: {', '.join(sorted(tally.ignored))}", highlight=False)
    if hidden := [*sources.hidden_in, *tally.flagged.get("hidden_text", [])]:
        console.print(f"Hidden text was left out of: {_some(hidden)}", highlight=False)
    if told := tally.flagged.get("instruction_like_text"):
        console.print(f"Sentences addressed to a machine are in: {_some(told)}", highlight=False)
    if tally.counts.get("people", {}).get("questions"):
        console.print("Some people may be known already: ask possible_duplicates and answer them.")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
