"""``hiremesh model gate``: may a version serve?"""

from pathlib import Path
from typing import Annotated

import typer

from supervisor.cli._model_versions import DEFAULT_PERSON, GATE_REPORT, ask, keep
from supervisor.cli._operator import DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data, Models, models_folder

GATING = "servers.evaluator.model_gate.gating"
RULES = "rules"
FAILED = 1


def gate(
    version: Annotated[str, typer.Argument(help="The version, or its folder.")],
    against: Annotated[
        str | None,
        typer.Option(help="A version or its folder; 'rules' for none.", show_default="the one that serves"),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            help="What python -m benchmarks.evaluation printed (repeatable).", exists=True, dir_okay=False
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(help="How these call the version.", show_default="the version, or ours + rules"),
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="A scenario that is not measured any more (repeatable).")
    ] = None,
    keeps: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Keep the report with the registered version.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    out: Models = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_PERSON,
    data: Data = None,
) -> None:
    """Measure a version on its held-out cases against the one that serves; exits with 1 where any scenario got worse.

    Worse is what chance does not explain: McNemar's exact test over the same cases, Fisher's where a report gives
    shares alone, Holm's correction for the many scenarios. Floors hold in any case: macro-F1, calibration, attacks.
    """
    import subprocess
    import sys

    folder = _folder(models_folder(out, data), version)
    baseline = against or _serving(data, tenant, subject) or RULES
    command = [sys.executable, "-m", GATING, "--version", str(folder)]
    if baseline != RULES:
        command += ["--against", str(_folder(models_folder(out, data), baseline))]
    for option, values in {
        "--report": report,
        "--engine": [engine] if engine else [],
        "--drop": drop,
    }.items():
        command += [part for value in values or [] for part in (option, str(value))]
    command += ["--json"] if as_json else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 (our own)
    typer.echo(done.stdout, nl=False)
    if done.returncode in (0, FAILED) and keeps:
        typer.echo(keep(data, tenant, subject, folder / GATE_REPORT), err=as_json)
    raise typer.Exit(done.returncode)


def _serving(data: Path | None, tenant: str, subject: str) -> str | None:
    """Return the model that serves in the running deployment; None where the environment says or rules do."""
    told = ask(data, tenant, subject, "list_versions", {"changes": 0})
    serving = (one for one in told["versions"] if one["state"] == "serving" and one["kind"] != RULES)
    return next((one["name"] for one in serving), None)


def _folder(models: Path, version: str) -> Path:
    """Return where a version lies: among the built ones, or where a path leads. Raises NotFound."""
    from shared.kernel.errors import NotFound

    for path in (models / version, Path(version)):
        if (path / "model.json").exists():
            return path.resolve()
    raise NotFound(
        f"there is no version {version} in {models}.",
        field="version",
        fix="Name its folder, or the folder of all versions with --out.",
    )
