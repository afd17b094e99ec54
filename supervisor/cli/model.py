"""``hiremesh model``: build the judge's weights, see which versions there are, and read their cards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from supervisor.cli._model_gate import gate
from supervisor.cli._model_versions import add_to
from supervisor.cli._options import Data, Models, models_folder

BUILDER = "servers.evaluator.judge_model.build"


def register(app: typer.Typer) -> None:
    """Add the command's subcommands."""
    model = typer.Typer(help="Build and see versions of the model that judges.", no_args_is_help=True)
    model.command("build")(build)
    model.command("list")(list_)
    model.command("card")(card)
    model.command("gate")(gate)
    add_to(model)
    app.add_typer(model, name="model")


def build(
    rows: Annotated[
        int | None, typer.Option(help="Rows to learn from.", min=100, max=1_000_000, show_default="160000")
    ] = None,
    epochs: Annotated[int, typer.Option(help="How often each is seen.", min=1, max=20)] = 1,
    threads: Annotated[int, typer.Option(help="Processor cores to use.", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="Other rows, other dice.")] = 1,
    extra: Annotated[
        list[Path] | None,
        typer.Option(help="Licensed rows as JSON lines (repeatable).", exists=True, dir_okay=False),
    ] = None,
    out: Models = None,
    data: Data = None,
) -> None:
    """Make the rows, train, measure and write the cards.

    How long it takes goes with the rows and the cores: 160,000 rows, seen once, take about 40 minutes on two cores
    with nothing else to do, half of them half as long; a GPU takes less. Stopped, it goes on where it was.
    It learns from generated and licensed rows, never from candidates.
    """
    import subprocess

    from shared.engines.vllm import ROOT, vllm_environment, vllm_python

    models = models_folder(out, data).resolve()
    options = {"--models": models, "--rows": rows, "--epochs": epochs, "--threads": threads, "--seed": seed}
    given = [(option, value) for option, value in options.items() if value is not None]
    command = [str(vllm_python()), "-m", BUILDER, *(str(one) for pair in given for one in pair)]
    for path in extra or []:
        command += ["--extra", str(path.resolve())]
    own = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(threads)}
    # What signs in to databases and units stays here: who builds has no way to what is known of candidates.
    done = subprocess.run(command, env=vllm_environment() | own, check=False)  # noqa: S603 (our own)
    raise typer.Exit(done.returncode)


def list_(out: Models = None, data: Data = None) -> None:
    """List the versions, the newest first, with their figures."""
    for about, figures, _ in _versions(models_folder(out, data)):
        typer.echo(
            f"{about['version']}  {about['rows']['train']} rows  macro-F1 {figures['macro_f1']:.3f}  "
            f"accuracy {figures['accuracy']:.3f}  calibration error {figures['ece']:.3f}"
        )


def card(
    version: Annotated[str | None, typer.Argument(help="The newest when none is named.")] = None,
    sheet: Annotated[bool, typer.Option("--data-sheet", help="What it learnt from instead.")] = False,
    out: Models = None,
    data: Data = None,
) -> None:
    """Print the card of a version: what it is for, how well it does, what it was made from."""
    from shared.kernel.errors import NotFound

    models = models_folder(out, data)
    for about, _, folder in _versions(models):
        if version in (None, about["version"]):
            typer.echo((folder / ("DATA_SHEET.md" if sheet else "MODEL_CARD.md")).read_text("utf-8"))
            return
    raise NotFound(f"there is no version {version or ''} in {models}.", fix="Build one: hiremesh model build")


def _versions(models: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any], Path]]:
    import json

    found = sorted(models.glob("*/metrics.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found:
        if path.with_name("model.json").exists() and path.parent.parent.name != "unfinished":
            about = json.loads(path.with_name("model.json").read_text("utf-8"))
            yield about, json.loads(path.read_text("utf-8")), path.parent
