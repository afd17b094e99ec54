"""What every benchmark prints: a table for people, then one JSON line for machines."""

import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

Cell = str | int | float | bool | None


def table(rows: Sequence[Mapping[str, Cell]], *, title: str | None = None) -> None:
    """Print ``rows`` as a table; the columns are the keys in order of first appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    drawn = Table(title=title, title_justify="left")
    for column in columns:
        numeric = all(isinstance(row.get(column), int | float) for row in rows if column in row)
        drawn.add_column(column, justify="right" if numeric else "left")
    for row in rows:
        drawn.add_row(*(_cell(row.get(column)) for column in columns))
    Console().print(drawn)


def json_line(result: Mapping[str, object]) -> None:
    """Print ``result`` as one line of JSON, the last thing a benchmark writes."""
    print(json.dumps(result, ensure_ascii=False, default=str), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0..1) of ``values`` lie, by nearest rank; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
