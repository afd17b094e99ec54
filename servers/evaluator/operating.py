"""``python -m servers.evaluator.operating``: the operator's hand on the versions of the engine, on one database.

``HIREMESH_DATABASE_URL`` is the evaluator's. ``hiremesh model`` calls it.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from servers.evaluator.engine_versions import EngineVersion, EngineVersions, Served
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.storage import Database

Doing = Callable[[EngineVersions, argparse.Namespace], Coroutine[None, None, str]]


async def versions(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Say which versions there are, in which state, and who put them there."""
    return "\n".join(map(_line, await kept.all())) or "None is registered: the environment says what judges."


async def register(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Add a served model, or the rules where no folder is named."""
    if (given.folder is None) != (given.url is None):
        raise InvalidInput("a model has a folder and a URL.", field="url")
    served = Served(url=given.url, folder=given.folder.resolve(), model=given.model) if given.folder else None
    return f"{await kept.register(served, given.by)} is a candidate."


async def gate(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Keep the report of a version's gate."""
    try:
        report = json.loads(given.report.read_text("utf-8"))
    except (OSError, ValueError):
        raise InvalidInput(f"{given.report} is no report.", field="report") from None
    await kept.gate(given.name, report, given.by)
    return f"{given.name} {'may serve' if report['passed'] else 'has not passed'}."


async def shadow(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Have a version look on."""
    await kept.shadow(given.name, given.by)
    return f"{given.name} looks on in shadow."


async def promote(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Have a version serve."""
    await kept.promote(given.name, given.by)
    return f"{given.name} serves."


async def rollback(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Have the version before serve again."""
    return f"{await kept.rollback(given.by)} serves again."


async def differences(kept: EngineVersions, given: argparse.Namespace) -> str:
    """Say on how much a version in shadow came to other verdicts, and on what."""
    counts, found = await kept.differences(given.tenant, given.name, given.limit)
    lines = [f"{one['serving']}: {one['differing']} of {one['judgements']} verdicts differ" for one in counts]
    lines += [
        f"  {one.candidate_id} {one.statement}: {one.serving.value} ({one.serving_confidence:.2f}), "
        f"in shadow {one.shadow.value} ({one.shadow_confidence:.2f})"
        for one in found
    ]
    return "\n".join(lines) or f"{given.name} has judged nothing in shadow."


def _line(version: EngineVersion) -> str:
    passed = "passed its gate" if version.has_passed else "has not passed its gate"
    when = f"{version.changed_at:%Y-%m-%d %H:%M}"
    return f"{version.name}  {version.state}  {passed}  {when} by {version.changed_by}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="See and change which engine judges.")
    by = argparse.ArgumentParser(add_help=False)
    by.add_argument("--by", default=os.environ.get("USER", "operator"), help="who decides; kept")
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("name")
    commands = parser.add_subparsers(required=True)

    def command(do: Doing, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added = commands.add_parser(do.__name__, parents=parents, help=do.__doc__)
        added.set_defaults(do=do)
        return added

    command(versions)
    added = command(register, by)
    added.add_argument("--folder", type=Path)
    added.add_argument("--url")
    added.add_argument("--model")
    command(gate, by, named).add_argument("--report", type=Path, required=True)
    command(shadow, by, named)
    command(promote, by, named)
    command(rollback, by)
    told = command(differences, named)
    told.add_argument("--tenant", required=True)
    told.add_argument("--limit", type=int, default=50)
    return parser


async def operate(kept: EngineVersions, arguments: Sequence[str]) -> str:
    """Do what a command line says and return what to tell. Raises kernel errors."""
    given = _parser().parse_args(arguments)
    return await given.do(kept, given)


async def _operate(arguments: Sequence[str]) -> str:
    url = os.environ.get("HIREMESH_DATABASE_URL")
    if not url:
        raise InvalidInput("the evaluator's database is not named.", field="HIREMESH_DATABASE_URL")
    async with await Database.open(url, max_size=1) as database:
        return await operate(EngineVersions(database), arguments)


def main() -> None:
    """Run from the command line."""
    try:
        print(asyncio.run(_operate(sys.argv[1:])))
    except HiremeshError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
