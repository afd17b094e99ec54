"""``hiremesh model``: which version judges, which one looks on, and how that changes.

All of it goes through the evaluator's door of the deployment that runs, here or elsewhere, signed in as a person.
"""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from supervisor.cli._operator import DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data, models_folder

EVALUATOR = "evaluator"
PLATFORM_TEAM = ("evaluator.decide", "models.decide")
DEFAULT_PERSON = f"person:{os.environ.get('USER') or 'operator'}"
GATE_REPORT = "gate.json"
Name = Annotated[str, typer.Argument(help="The version, as 'versions' names it.")]
Reason = Annotated[str, typer.Option(help="Why; kept with who decides.")]


def add_to(model: typer.Typer) -> None:
    """Add the subcommands."""
    for command in (versions, register, keep_report, shadow, promote, rollback, differences):
        model.command(command.__name__.replace("_", "-"))(command)


def versions(
    changes: Annotated[int, typer.Option(min=0, max=200, help="How many decisions to show.")] = 10,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """List the registered versions: which serves, which looks on; and what was decided, by whom and why."""
    told = ask(data, tenant, subject, "list_versions", {"changes": changes})
    for one in told["versions"]:
        gate = {True: "passed its gate", False: "failed its gate"}.get(
            one["passed"], "has not been at its gate"
        )
        typer.echo(
            f"{one['name']}  {one['state']}  {gate}  {_when(one['changed_at'])} by {one['changed_by']}"
        )
        if one["judges_as"]:
            typer.echo(_renamed(one))
    if not told["versions"]:
        typer.echo("None is registered: the environment says what judges.")
    for one in told["changes"]:
        why = f": {one['reason']}" if one["reason"] else ""
        typer.echo(f"    {_when(one['at'])}  {one['version']} {one['did']} by {one['decided_by']}{why}")


def _renamed(version: dict[str, Any]) -> str:
    """Say of a version that it is not what was registered, and where that matters what to do."""
    now = version["judges_as"]
    if version["state"] not in ("serving", "shadow"):
        return f"    in this release it would be {now}"
    if version["kind"] == "rules":
        why, steps = "has other rules", ["hiremesh model register"]
    else:
        why = "words the prompt otherwise"
        steps = ["hiremesh model register --url URL --model MODEL", f"hiremesh model gate {now}"]
    steps.append(f"hiremesh model promote {now} --reason WHY")
    return (
        f"    this release {why}: what judges is {now}, not what was registered and passed its gate\n"
        f"    to have that decided: {', '.join(steps)}; else go back to the release before"
    )


def register(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Of a built one, where the evaluator runs; without URL too, it is the rules."),
    ] = None,
    url: Annotated[str | None, typer.Option(help="Of the vLLM server, without a path.")] = None,
    model: Annotated[
        str | None, typer.Option(help="The name it is served under.", show_default="the version's")
    ] = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """Register a served model as a candidate: one that was built, by its folder, or a chat model, by its name."""
    if url is None and (folder or model):
        raise typer.BadParameter("a model is served somewhere", param_hint="--url")
    if url and not (folder or model):
        raise typer.BadParameter(
            "a chat model has a name, and one that was built a folder", param_hint="--model"
        )
    # A path of this machine is made whole; one of another machine is whole already.
    where = str(folder.absolute()) if folder else None
    kind = "cross_encoder" if folder else "chat"
    served = {"kind": kind, "url": url, "folder": where, "model": model} if url else None
    _decide(data, tenant, subject, "register_version", {"served": served})


def keep_report(
    version: Name,
    report: Annotated[
        Path | None,
        typer.Argument(help="As 'gate' wrote it.", exists=True, dir_okay=False, show_default="the version's"),
    ] = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """Keep the report of a version's gate: only one that passed may serve."""
    found = report or models_folder(None, data) / version / GATE_REPORT
    typer.echo(keep(data, tenant, subject, found, version))


def keep(data: Path | None, tenant: str, subject: str, report: Path, version: str | None = None) -> str:
    """Have the evaluator keep a report, and return what it says. Raises InvalidInput for a file that is none."""
    import json

    from shared.kernel.errors import InvalidInput

    try:
        told = json.loads(report.read_text("utf-8"))
    except (OSError, ValueError):
        raise InvalidInput(f"{report} is no report.", field="report") from None
    fields = {"version": version or told["version"], "report": told}
    return ask(data, tenant, subject, "keep_gate", fields, *PLATFORM_TEAM)["summary"]


def shadow(
    version: Name,
    reason: Reason,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """Have a version look on: it judges single people and a tenth of every sweep too, and is not heard."""
    _decide(data, tenant, subject, "shadow_version", {"version": version, "reason": reason})


def promote(
    version: Name,
    reason: Reason,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """Have a version serve that passed its gate; evaluations that begin from now on ask it."""
    _decide(data, tenant, subject, "promote_version", {"version": version, "reason": reason})


def rollback(
    reason: Reason, tenant: Tenant = DEFAULT_TENANT, subject: Subject = DEFAULT_PERSON, data: Data = None
) -> None:
    """Have exactly what served before serve again."""
    _decide(data, tenant, subject, "roll_back", {"reason": reason})


def differences(
    version: Name,
    tenant: Tenant = DEFAULT_TENANT,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """Show on which verdicts a version in shadow and the serving one do not agree."""
    told = ask(data, tenant, subject, "get_differences", {"version": version, "limit": limit})
    for one in told["counted"]:
        typer.echo(f"{one['serving']}: {one['differing']} of {one['judgements']} verdicts differ")
    if not told["counted"]:
        typer.echo(f"{version} has judged nothing in shadow.")
    for one in told["differences"]:
        typer.echo(
            f"  {one['candidate_id']} {one['statement']}: {one['serving']} ({one['serving_confidence']:.2f}), "
            f"in shadow {one['shadow']} ({one['shadow_confidence']:.2f})"
        )


def ask(
    data: Path | None, tenant: str, subject: str, skill: str, fields: dict[str, Any], *scopes: str
) -> dict[str, Any]:
    """Have the evaluator of the running deployment do something for a person. Raises HiremeshError."""
    from supervisor.cli._operator import operator
    from supervisor.cli._signed_in import signed_in_units
    from supervisor.launch import DataFolder

    async def asked() -> dict[str, Any]:
        urls = {EVALUATOR: DataFolder(data).running().units[EVALUATOR]}
        async with operator(data) as issuer, signed_in_units(issuer, urls, tenant, subject, *scopes) as units:
            return await units.send(EVALUATOR, skill, fields, dict[str, Any], timeout=60)

    return asyncio.run(asked())


def _decide(data: Path | None, tenant: str, subject: str, skill: str, fields: dict[str, Any]) -> None:
    typer.echo(ask(data, tenant, subject, skill, fields, *PLATFORM_TEAM)["summary"])


def _when(at: str) -> str:
    return at[:16].replace("T", " ")
