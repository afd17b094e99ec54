"""The rows of the tables that are printed."""

from collections.abc import Sequence

from benchmarks.report import Cell
from benchmarks.search.measuring import CLIENTS, Builds, Figures
from benchmarks.search.questions import KINDS, OWN_KINDS


def latency_rows(figures: dict[str, Figures], names: Sequence[str]) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    for kind in (*KINDS, *OWN_KINDS):
        each = {name: figures[name].latency[kind] for name in names if kind in figures[name].latency}
        if not each:
            continue
        found = dict.fromkeys(
            f"{one.found:,}" for one in each.values()
        )  # one figure where all found the same
        rows.append(
            {"measure": kind}
            | {name: f"{one.p50:,.1f} / {one.p95:,.1f} / {one.p99:,.1f}" for name, one in each.items()}
            | {"found": " / ".join(found)}
        )
    return rows


def other_rows(figures: dict[str, Figures], builds: Builds, names: Sequence[str]) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    for clients in CLIENTS:
        each = {name: figures[name].per_second[clients] for name in names}
        rows.append(
            {"measure": f"{clients} at once, /s · CPU ms"}
            | {name: f"{rate:,.0f} · {cpu:,.1f}" for name, (rate, cpu) in each.items()}
        )
    rows.append({"measure": "memory, MB"} | {name: f"{figures[name].memory_mb:,.0f}" for name in names})
    rows.append({"measure": "on disk, MB"} | {name: f"{builds[name].mb:,.0f}" for name in names})
    rows.append(
        {"measure": "built in s · CPU s"}
        | {name: f"{builds[name].seconds:,.1f} · {builds[name].cpu_seconds:,.1f}" for name in names}
    )
    described = {name: f"{s:,.0f}" for name in names if (s := figures[name].described_seconds) is not None}
    return [*rows, {"measure": "vectors of all made in s"} | described] if described else rows
