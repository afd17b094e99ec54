"""Sourcing in simulated markets: ``make bench NAME=sourcing``, or ``python -m benchmarks.sourcing --seeds 20``.

In each market a role is drawn for each seed, and the same budget of evaluations is spent by each way of choosing whom
to evaluate. Counted is who truly fits, for each hundred evaluations that might have been spent: who has nobody left
to name does not get better by it. It is counted after half of the budget, too, since where few fit no way finds many
once most of them are found. Ways are compared seed by seed.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
from statistics import fmean, median

from benchmarks.market.spreading import in_order
from benchmarks.report import Cell, json_line, percentile, table
from benchmarks.sourcing.markets import KINDS, Kind
from benchmarks.sourcing.outcomes import METHODS, Outcome, outcomes_of

PEERS = ("one fixed query", "round-robin")
DRAWS = 2_000
ROLES_AT_A_TIME = 10


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="Sourcing in simulated markets")
    parser.add_argument("--seeds", type=int, default=200, help="roles in each market")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--budget", type=int, default=200, help="evaluations for each role")
    parser.add_argument("--world", type=int, default=7, help="the seed of the world that people live in")
    arguments = parser.parse_args()
    began = time.perf_counter()
    market = (arguments.world, arguments.people, arguments.budget)
    told = {kind: _told(kind, market, arguments.seeds) for kind in KINDS}
    json_line(
        {
            "benchmark": "sourcing",
            "seeds": arguments.seeds,
            "people": arguments.people,
            "budget": arguments.budget,
            "markets": told,
            "seconds": round(time.perf_counter() - began, 1),
        }
    )


def _told(kind: Kind, market: tuple[int, int, int], seeds: int) -> dict[str, object]:
    """Print one kind of market's tables and return its figures, by the number of evaluations."""
    parts = in_order(partial(outcomes_of, kind, *market), seeds, share=ROLES_AT_A_TIME)
    outcomes = [outcome for part in parts for outcome in part]
    budget = market[-1]
    return {str(evaluations): _after(evaluations, kind, outcomes) for evaluations in (budget // 2, budget)}


def _after(evaluations: int, kind: Kind, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Print the table of one kind of market after so many evaluations and return its figures."""
    judged = {name: [one[name][:evaluations] for one in outcomes] for name in METHODS}
    found = {name: [100 * sum(some) / evaluations for some in judged[name]] for name in METHODS}
    spent = {name: [len(some) for some in judged[name]] for name in METHODS}
    better = max(PEERS, key=lambda name: fmean(found[name]))
    figures = {name: _figures(found[name], spent[name], found[better]) for name in METHODS}
    title = f"{kind}: who fits for each 100 evaluations, {len(outcomes)} roles, {evaluations} each; times {better}"
    table([_row(name, one) for name, one in figures.items()], title=title)
    return {"better_peer": better, "ways": figures}


def _figures(found: Sequence[float], spent: Sequence[float], peer: Sequence[float]) -> dict[str, float]:
    """Return one way's figures; the ratio is of means, with the 90 % interval over resampled roles."""
    low, high = _interval(found, peer)
    ahead = [mine - theirs for mine, theirs in zip(found, peer, strict=True)]
    return {
        "median": round(median(found), 1),
        "from": round(percentile(found, 0.05), 1),
        "to": round(percentile(found, 0.95), 1),
        "mean": round(fmean(found), 2),
        "evaluations": round(fmean(spent), 1),
        "ratio": round(fmean(found) / max(1e-9, fmean(peer)), 3),
        "ratio_from": round(low, 3),
        "ratio_to": round(high, 3),
        "ahead": sum(one > 0 for one in ahead),
        "behind": sum(one < 0 for one in ahead),
    }


def _row(name: str, figures: Mapping[str, float]) -> dict[str, Cell]:
    """Return one way's figures as a table shows them."""
    return {
        "way": name,
        "median": figures["median"],
        "90 %": f"{figures['from']:g}–{figures['to']:g}",
        "spent": figures["evaluations"],
        "times": f"{figures['ratio']:.2f}",
        "90 % of times": f"{figures['ratio_from']:.2f}–{figures['ratio_to']:.2f}",
        "won/lost": f"{figures['ahead']:g}/{figures['behind']:g}",
    }


def _interval(found: Sequence[float], peer: Sequence[float]) -> tuple[float, float]:
    """Return the 90 % bootstrap interval of the ratio of means, seeds resampled in pairs."""
    chance, pairs = Random(1), list(zip(found, peer, strict=True))
    ratios: list[float] = []
    for _ in range(DRAWS):
        drawn = chance.choices(pairs, k=len(pairs))
        ratios.append(sum(one for one, _ in drawn) / max(1e-9, sum(other for _, other in drawn)))
    return percentile(ratios, 0.05), percentile(ratios, 0.95)


if __name__ == "__main__":
    main()
