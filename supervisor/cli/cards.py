"""``hiremesh cards``."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cards")(cards)


def cards(
    names: Annotated[list[str] | None, typer.Argument(help="Units; all of them when none is named.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what has drifted.")] = False,
) -> None:
    """Write agent_cards/ from each unit's card and tools, without starting anything."""
    from shared.edge.cards import main

    raise typer.Exit(main([*(names or []), *(["--check"] if check else [])]))
