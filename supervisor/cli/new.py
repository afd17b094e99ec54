"""``hiremesh new``."""

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="The unit's name, in lower_case words.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Write the folder of a new unit, ready to run.", no_args_is_help=True)
    group.command("agent")(agent)
    group.command("tool-server")(tool_server)
    app.add_typer(group, name="new")


def agent(
    name: Name,
    langgraph: Annotated[
        bool, typer.Option("--langgraph", help="With a graph that goes on after a crash, asks and remembers.")
    ] = False,
) -> None:
    """Write a new A2A agent."""
    from supervisor.scaffold import ROOT, write_unit

    _finish(
        name,
        [
            str(path.relative_to(ROOT))
            for path in write_unit("langgraph" if langgraph else "agent", name, ROOT)
        ],
    )


def tool_server(name: Name) -> None:
    """Write a new MCP tool server."""
    from supervisor.scaffold import ROOT, write_unit

    _finish(name, [str(path.relative_to(ROOT)) for path in write_unit("tool_server", name, ROOT)])


def _finish(name: str, written: list[str]) -> None:
    """Publish the card from the new code, which this process has not loaded."""
    import subprocess
    import sys

    from supervisor.scaffold import ROOT

    subprocess.run([sys.executable, "-m", "shared.edge.cards", name], cwd=ROOT, check=True)  # noqa: S603
    for path in written:
        typer.echo(path)
    typer.echo(f"\nFill servers/{name}/core and card.py, then: hiremesh cards {name} && make test")
