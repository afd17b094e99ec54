"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="HIREMESH_HOME",
        help="The deployment's data folder.",
        show_default="./.hiremesh",
        file_okay=False,
    ),
]
Models = Annotated[
    Path | None,
    typer.Option("--out", help="The folder of all versions.", show_default="models in the data folder"),
]


def models_folder(out: Path | None, data: Path | None) -> Path:
    """Return where versions of the judging model lie."""
    from supervisor.launch import DataFolder

    return out or DataFolder(data).path / "models"
