"""``hiremesh model gate``: may a version serve?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from supervisor.cli._model_versions import DEFAULT_PERSON, GATE_REPORT, PLATFORM_TEAM, ask, keep
from supervisor.cli._operator import DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data, Models, models_folder

GATING = "servers.evaluator.model_gate.gating"
RULES = "rules"
CHAT = "chat"
SERVED = "served.json"
JUDGE_KEY = "HIREMESH_JUDGE_API_KEY"
FAILED = 1


def gate(
    version: Annotated[str, typer.Argument(help="The version, or its folder.")],
    against: Annotated[
        str | None,
        typer.Option(help="A version or its folder; 'rules' for none.", show_default="the one that serves"),
    ] = None,
    cases: Annotated[
        int | None,
        typer.Option(
            min=200,
            help="Ask about so many of the held-out cases: of each scenario its share, of attacks all.",
            show_default="all; 1000 of a chat model",
        ),
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.1, help="Ask a chat model for so long at most; again, it goes on there.")
    ] = 60.0,
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
    """Measure a version on held-out cases against the one that serves; exits with 1 where any scenario got worse.

    Worse is what chance does not explain: McNemar's exact test over the same cases, Fisher's where a report gives
    shares alone, Holm's correction for the many scenarios. Floors hold in any case: macro-F1, calibration, attacks.
    A chat model is asked where it is served, with the key of HIREMESH_JUDGE_API_KEY.
    """
    import os
    import subprocess
    import sys

    from shared.kernel.errors import NotFound

    models = models_folder(out, data)
    environment = dict(os.environ)

    def registered() -> list[dict[str, Any]]:
        return ask(data, tenant, subject, "list_versions", {"changes": 0})["versions"]

    def lies(name: str) -> Path:
        built = next((one for one in (models / name, Path(name)) if (one / "model.json").exists()), None)
        if built:
            return built.resolve()
        if any(one["name"] == name and one["kind"] == CHAT for one in registered()):
            environment.update(_judge_key(data))
            asked = ask(data, tenant, subject, "get_served", {"version": name}, *PLATFORM_TEAM)
            return _served_in(models / name, asked["served"])
        raise NotFound(
            f"there is no version {name} in {models}.",
            field="version",
            fix="Name its folder, or the folder of all versions with --out.",
        )

    folder, baseline = lies(version), against or _serving(registered()) or RULES
    command = [sys.executable, "-m", GATING, "--version", str(folder), "--minutes", str(minutes)]
    if baseline != RULES:
        command += ["--against", str(lies(baseline))]
    for option, values in {
        "--cases": [cases] if cases else [],
        "--report": report,
        "--engine": [engine] if engine else [],
        "--drop": drop,
    }.items():
        command += [part for value in values or [] for part in (option, str(value))]
    command += ["--json"] if as_json else []
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 (our own)
    typer.echo(done.stdout, nl=False)
    if done.returncode in (0, FAILED) and keeps:
        typer.echo(keep(data, tenant, subject, folder / GATE_REPORT), err=as_json)
    raise typer.Exit(done.returncode)


def _serving(registered: list[dict[str, Any]]) -> str | None:
    """Return the model that serves; None where the environment says or rules do."""
    serving = (one for one in registered if one["state"] == "serving" and one["kind"] != RULES)
    return next((one["name"] for one in serving), None)


def _served_in(folder: Path, served: dict[str, Any]) -> Path:
    """Write down in a chat version's folder where it is served; its report will lie there too."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    (folder / SERVED).write_text(json.dumps(served, indent=1) + "\n", "utf-8")
    return folder.resolve()


def _judge_key(data: Path | None) -> dict[str, str]:
    """Return the key by which the evaluator of this deployment asks its judge, if it has one."""
    from supervisor.launch import DataFolder

    settings = DataFolder(data).running().settings
    return {name: value for name, value in settings.items() if name == JUDGE_KEY}
