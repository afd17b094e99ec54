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
