"""``python -m servers.evaluator.model_gate.gating --version FOLDER``: runs the gate and keeps its report.

A built version lies in its folder; of a chat model the folder says where it is served. Exits with 1 where the version
may not serve, with 2 where that cannot be measured. ``hiremesh model gate`` calls it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from servers.evaluator.judge_model.data.rows import Row
from servers.evaluator.model_gate.asking import UNANSWERED
from servers.evaluator.model_gate.chat_version import MINUTES, SERVED, ChatVersion
from servers.evaluator.model_gate.gate import TEST, Compared, Floor, floors, over_cases, over_shares, untested
from servers.evaluator.model_gate.held_out import Version, sha256_of
from servers.evaluator.model_gate.part import PART, made_cases, part_of
from servers.evaluator.model_gate.shares import OURS, Benchmark, Shares
from shared.kernel.errors import HiremeshError

REPORT = "gate.json"
RULES = "rules"
FAILED, NOT_MEASURED = 1, 2
AnyVersion = Version | ChatVersion


def gated(
    version: AnyVersion,
    against: AnyVersion | None,
    benchmarks: Sequence[Benchmark] = (),
    *,
    cases: int | None = None,
    engine: str | None = None,
    dropped: Sequence[str] = (),
) -> dict[str, Any]:
    """Measure a version and return the report that says whether it may serve.

    Args:
        against: what it is compared with; None compares what benchmarks say with the rules.
        cases: about so many of the held-out ones; None takes all, and of a chat model's a part.
        engine: how the benchmarks call the version.
        dropped: scenarios that are not measured any more, by somebody's decision.

    Raises:
        InvalidInput: for a version without held-out cases, or a benchmark that does not know it.
        Unavailable: where a version cannot be asked about cases of the other.
        DeadlineExceeded: where a chat model could not answer all in its time.
    """
    held_out = _cases(version, against)
    rows = part_of(held_out, cases or _most(version, against, len(held_out)))
    own = version.answers_to(rows, version.folder)
    others = against.answers_to(rows, version.folder) if against else None
    wanted = (against.scenarios() if against else set[str]()) - set(dropped)
    told = _by_benchmarks(version.name, against, benchmarks, engine, dropped)
    compared = [*over_cases(own, others, wanted), *told.compared]
    reached = floors(own, told.raised, sum(tuple(one.probabilities) == UNANSWERED for one in own))
    reasons = [reason for reason in (*map(_said, compared), *map(_undercut, reached)) if reason]
    for one in (version, against):
        if isinstance(one, ChatVersion):
            one.forget(version.folder)
    return {
        "version": version.name,
        "weights_sha256": version.weights,
        "identity": version.identity,
        "against": against.name if against else None,
        "cases_sha256": sha256_of(rows),
        "cases": {"asked": len(rows), "of": len(held_out), "untested": untested(compared)},
        "passed": not reasons,
        "reasons": reasons,
        "test": TEST,
        "dropped": list(dropped),
        "compared": [asdict(one) | {"difference": one.difference} for one in compared],
        "floors": [asdict(one) for one in reached],
        "shares": told.shares,
    }


@dataclass
class _Told:
    """What benchmarks tell: comparisons, verdicts that attacks turned into meets, and the version's shares."""

    compared: list[Compared] = field(default_factory=list[Compared])
    raised: dict[str, int] = field(default_factory=dict[str, int])
    shares: dict[str, Shares] = field(default_factory=dict[str, Shares])


def _by_benchmarks(
    name: str,
    against: AnyVersion | None,
    benchmarks: Sequence[Benchmark],
    engine: str | None,
    dropped: Sequence[str],
) -> _Told:
    told = _Told()
    for one in benchmarks:
        called = one.engine(engine) if engine else one.engine(name, OURS)
        told.shares[one.name] = one.shares(called)
        whom, earlier = _earlier(one, against)
        kept = {name: share for name, share in earlier.items() if name not in dropped}
        told.compared += over_shares(f"{one.name}, against {whom}", told.shares[one.name], kept)
        attacked = one.raised(called)
        told.raised |= {} if attacked is None else {one.name: attacked}
    return told


def shown(report: dict[str, Any]) -> str:
    """Return a report as a table for people."""
    header = ("scenario", "cases", "baseline", "version", "difference", "noise", "verdict")
    lines = [
        f"{report['version']} against {report['against'] or 'nothing that serves'}",
        *_of_part(report["cases"]),
    ]
    sources = dict.fromkeys(one["source"] for one in report["compared"])
    for source in sources:
        rows = [_cells(one) for one in report["compared"] if one["source"] == source]
        widths = [max(len(row[at]) for row in (header, *rows)) for at in range(len(header))]
        lines += ["", source]
        for row in (header, *rows):
            cells = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
            lines.append("  ".join([row[0].ljust(widths[0]), *cells, row[-1]]))
    lines += ["", report["test"]]
    lines += [
        f"{one['what']}: {one['found']:g}, wanted {one['wanted']}{'' if one['met'] else ': UNDERCUT'}"
        for one in report["floors"]
    ]
    lines += ["", *(f"- {reason}" for reason in report["reasons"])]
    return "\n".join([*lines, f"{report['version']} {'passes' if report['passed'] else 'does not pass'}."])


def _cases(version: AnyVersion, against: AnyVersion | None) -> list[Row]:
    """Return the held-out cases of a version, or of what it is compared with, or such as a build makes."""
    return version.cases() or (against.cases() if against else []) or made_cases()


def _most(version: AnyVersion, against: AnyVersion | None, all_of_them: int) -> int:
    chats = isinstance(version, ChatVersion) or isinstance(against, ChatVersion)
    return min(PART, all_of_them) if chats else all_of_them


def _of_part(cases: dict[str, Any]) -> list[str]:
    if cases["asked"] == cases["of"]:
        return []
    told = [
        f"{cases['asked']:,} of {cases['of']:,} held-out cases, of attacks all, of the rest its share: noise is that of so many"
    ]
    few = len(cases["untested"])
    return [*told, f"{few} scenarios have too few of them to be called worse by themselves"] if few else told


def _earlier(benchmark: Benchmark, against: AnyVersion | None) -> tuple[str, Shares]:
    """Return whom a benchmark's shares are compared with: the baseline, where it was measured by it, or the rules."""
    path = against.folder / REPORT if against else None
    kept = json.loads(path.read_text("utf-8")).get("shares", {}) if path and path.exists() else {}
    if against and benchmark.name in kept:
        return against.name, kept[benchmark.name]
    whom = benchmark.engine(against.name if against else None, RULES)
    return whom, benchmark.shares(whom)


def _said(one: Compared) -> str | None:
    where = f"{one.scenario} ({one.source})"
    if one.outcome == "missing":
        return f"{where}: the baseline was measured by it, and the version has no cases of it"
    if one.outcome == "worse" and one.noise:
        return f"{where}: {one.version:.3f} after {one.baseline:.3f} is worse than chance allows"
    return None


def _undercut(one: Floor) -> str | None:
    return None if one.met else f"{one.what}: {one.found:g}, wanted {one.wanted}"


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    noise = one["noise"]
    signed = "+" if one["difference"] is not None else ""
    return (
        one["scenario"],
        f"{one['cases']:,}",
        *("" if value is None else f"{value:.3f}" for value in (one["baseline"], one["version"])),
        "" if one["difference"] is None else f"{one['difference']:+.3f}",
        f"{noise[0]:{signed}.3f} .. {noise[1]:{signed}.3f}" if noise else "",
        one["outcome"],
    )


def _at(folder: Path, minutes: float) -> AnyVersion:
    """Return the version in a folder. Raises InvalidInput."""
    if (folder / SERVED).exists():
        return ChatVersion.at(folder, minutes, lambda line: print(line, file=sys.stderr, flush=True))
    return Version.at(folder)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Say whether a version of the judge may serve.")
    parser.add_argument("--version", type=Path, required=True, help="its folder")
    parser.add_argument("--against", type=Path, help="the folder of what it is compared with")
    parser.add_argument("--cases", type=int, help="about so many of its held-out cases")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="for which a chat model is asked at most"
    )
    parser.add_argument("--report", type=Path, action="append", default=[], help="a benchmark's output")
    parser.add_argument("--engine", help="how the benchmarks call the version")
    parser.add_argument(
        "--drop", action="append", default=[], help="a scenario that is not measured any more"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        version = _at(given.version, given.minutes)
        against = _at(given.against, given.minutes) if given.against else None
        benchmarks = [Benchmark(path) for path in given.report]
        report = gated(
            version, against, benchmarks, cases=given.cases, engine=given.engine, dropped=given.drop
        )
    except HiremeshError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_MEASURED)
    (version.folder / REPORT).write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report) if given.json else shown(report))
    sys.exit(0 if report["passed"] else FAILED)


if __name__ == "__main__":
    main()
