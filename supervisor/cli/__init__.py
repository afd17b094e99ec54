"""The command ``hiremesh``. Each subcommand is one file here, found by its name: ``mcp_config.py`` is
``hiremesh mcp-config``.

Such a file has ``register(app)``, which adds its command to the Typer app. Only the file of the command
asked for is imported; imports that take long still belong inside the command's function.
"""

import errno
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import typer

from shared.kernel.errors import HiremeshError

# What the person at the machine can mend and no traceback would explain.
OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def commands() -> list[str]:
    """Return the names of all subcommands."""
    files = Path(__file__).parent.glob("[a-z]*.py")
    return sorted(path.stem.rstrip("_").replace("_", "-") for path in files)


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Return the app with the subcommand that ``arguments`` name, or with all of them."""
    app = typer.Typer(
        help="Hiremesh: from a posting to an evidence-backed shortlist.",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
    )
    app.callback()(lambda: None)  # a lone subcommand keeps its name
    asked = [name for name in commands() if arguments[:1] == [name]]
    for name in asked or commands():
        # A command named like a keyword has an underscore after its file's name.
        stem = f"{name}_" if iskeyword(name) else name.replace("-", "_")
        import_module(f"supervisor.cli.{stem}").register(app)
    return app


def main() -> None:
    """Run the command line. An expected failure is one sentence on stderr and exit code 1."""
    try:
        build_app(sys.argv[1:])()
    except HiremeshError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        sys.exit(1)
    except KeyboardInterrupt:  # while importing; a command that runs sees to it itself
        sys.exit(128 + signal.SIGINT)
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        typer.secho(
            f"{error.filename or 'the data folder'}: {error.strerror}.", err=True, fg=typer.colors.RED
        )
        sys.exit(1)
