"""``hiremesh trace``: what a run did, span by span."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.kernel.errors import NotFound
from supervisor.cli._options import Data

if TYPE_CHECKING:
    from rich.tree import Tree

    from shared.telemetry import Node

SHOWN = ("gen_ai.tool.name", "gen_ai.agent.name", "hiremesh.skill", "gen_ai.request.model", "hiremesh.engine")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


def trace(
    run: Annotated[str, typer.Argument(help="A run's id, or a trace id.")],
    data: Data = None,
    shortest: Annotated[float, typer.Option(help="Leave out spans shorter than this, in ms.")] = 0.0,
) -> None:
    """Show a run as a tree of what each unit did and how long it took, in ms from the beginning."""
    import psycopg
    from rich.console import Console
    from rich.tree import Tree

    from shared.telemetry import load_trace

    with psycopg.connect(_admin_url(data), connect_timeout=10) as connection:
        roots = load_trace(connection, run)
    if not roots:
        raise NotFound(f"nothing was recorded for {run}.", fix="Spans are kept for seven days.")
    spans = sum(1 for root in roots for _ in root.walk())
    tree = Tree(f"{run}  [dim]{spans} spans[/]")
    for root in roots:
        _draw(tree, root, roots[0], shortest / 1_000)
    Console().print(tree)


def _draw(tree: "Tree", node: "Node", first: "Node", shortest: float) -> None:
    from rich.markup import escape

    began = (node.started_at - first.started_at).total_seconds() * 1_000
    what = " ".join(
        str(node.attributes[name]) for name in SHOWN if str(node.attributes.get(name, "")) not in node.name
    )
    error = f" [red]{node.attributes.get('error.type', 'error')}[/]" if node.status == "error" else ""
    line = f"[cyan]{escape(node.service)}[/] {escape(node.name)} [dim]{escape(what)}[/]{error}"
    branch = tree.add(f"[dim]+{began:,.0f}[/] {line} [bold]{node.seconds * 1_000:,.1f} ms[/]")
    for child in node.children:
        if child.seconds >= shortest:
            _draw(branch, child, first, shortest)


def _admin_url(data: Path | None) -> str:
    from supervisor.launch.folder import DataFolder

    return os.environ.get("HIREMESH_POSTGRES_URL") or DataFolder(data).running().postgres_url
