"""``hiremesh demo``: the main job from nothing, on a data folder that goes away again."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from supervisor.cli._import_sources import Parcel
    from supervisor.launch import Deployment

SEED = 7
TENANT = "demo"
RECRUITER = "person:demo-recruiter"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    posting: Annotated[
        Path | None, typer.Argument(help="A posting of yours instead of the bundled one.")
    ] = None,
    people: Annotated[
        int, typer.Option(help="Size of the fictional talent pool.", min=1, max=200_000)
    ] = 20_000,
) -> None:
    """Start everything, load fictional people, hire for a posting, print the shortlist, stop everything."""
    import asyncio
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hiremesh-demo-") as folder:
        if not asyncio.run(_demo(Path(folder), posting, people)):
            raise typer.Exit(1)


async def _demo(folder: Path, posting: Path | None, people: int) -> bool:
    import time
    from functools import partial

    from rich.console import Console

    from supervisor.launch import running_deployment

    console, began = Console(), time.monotonic()
    console.rule("Starting the engines and all units")
    report = partial(console.print, style="dim", highlight=False)
    async with running_deployment(folder, report=report) as up:
        console.print(f"everything is up after {time.monotonic() - began:.1f} s")
        console.rule(f"Loading {people:,} fictional people")
        await _load_people(console, up, people)
        console.rule("Hiring")
        done = await _hire(console, folder, posting)
        console.rule(f"The job took {time.monotonic() - began:.1f} s in all; stopping")
    console.print("everything is stopped")
    return done


async def _load_people(console: "Console", up: "Deployment", people: int) -> None:
    """Import the pool over MCP like anybody would, and wait until all of it can be found."""
    import time

    from rich.progress import Progress

    from shared.kernel.collector import spare_collector
    from supervisor.cli._import_run import send_all, until_searchable
    from supervisor.cli._operator import operator
    from supervisor.cli._signed_in import signed_in_units

    spare_collector()
    began = time.monotonic()
    async with (
        operator(up.folder.path) as issuer,
        signed_in_units(issuer, up.run.units, TENANT, RECRUITER) as units,
    ):
        with Progress(console=console, transient=True) as progress:
            importing = progress.add_task("importing", total=people)
            await send_all(units, _parcels(people), {}, lambda count: progress.advance(importing, count))
        console.print(f"imported after {time.monotonic() - began:.1f} s")
        with console.status("indexing"):
            await until_searchable(units)
        console.print(f"searchable after {time.monotonic() - began:.1f} s")


def _parcels(people: int) -> "Iterator[Parcel]":
    from supervisor.cli._import_sources import BATCH, Parcel
    from supervisor.sample_pool import generate_pool

    lines = (one.model_dump_json(exclude_none=True) for one in generate_pool(SEED, people))
    while batch := list(islice(lines, BATCH)):
        yield Parcel("records", f"sample pool {SEED}", len(batch), ("json_resume", batch))


async def _hire(console: "Console", folder: Path, posting: Path | None) -> bool:
    from importlib.resources import files

    from shared.kernel.ids import new_id
    from supervisor.cli._desk import Desk, chat_client
    from supervisor.cli.hire import read_posting

    bundled = files("supervisor.sample_pool") / "postings" / "senior_data_engineer.md"
    text = read_posting(posting) if posting else bundled.read_text(encoding="utf-8")
    console.print("approvals are given by --yes here; in your own deployment you are asked", style="dim")
    async with chat_client(folder, TENANT, RECRUITER) as client:
        return await Desk(client, console, thread=new_id("thread"), yes=True).say(text)
