"""Versions of the engine: what may serve, what serves again, and the platform team's commands in a deployment."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from servers.evaluator.judges.opening import JudgeSettings
from servers.evaluator.model_gate.gating import gated
from servers.evaluator.model_gate.held_out import Version
from servers.evaluator.versions.engine_versions import EngineVersions, Served
from servers.evaluator.versions.registered_judges import LOOK_SECONDS, RegisteredJudges
from shared.audit.verify import latest_entries
from shared.edge.manifest import catalogue
from shared.kernel.errors import Conflict, Denied, HiremeshError, InvalidInput, NotFound
from shared.storage import Database
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment, running_deployment
from tests.support.model_command import model
from tests.support.versions import made_version

WHY = "better with career changers"


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("evaluator")


@pytest.fixture
def versions(database: Database) -> EngineVersions:
    return EngineVersions(database)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Two versions that can be opened, though nobody serves them."""
    return [made_version(tmp_path, name) for name in ("judge-one", "judge-two")]


async def registered(versions: EngineVersions, folder: Path) -> str:
    """Register a version that passed its gate."""
    name = await versions.register(Served(url="http://127.0.0.1:9", folder=folder), "person:ada")
    await versions.gate(name, gated(Version.at(folder), None), "person:ada")
    return name


async def test_only_what_passed_its_gate_serves_and_each_rollback_goes_one_version_back(
    versions: EngineVersions, folders: list[Path]
) -> None:
    now = [0.0]
    bench = RegisteredJudges(versions, JudgeSettings(), clock=lambda: now[0])

    async def in_use() -> str | None:
        now[0] += LOOK_SECONDS
        version = (await bench.serving()).version
        return version.name if version else None

    one, two = [await registered(versions, folder) for folder in folders]
    assert await in_use() is None
    assert [await versions.promote(name, "person:ada", WHY) for name in (one, two)] == [None, one]
    assert await in_use() == two

    restored, left = await versions.rollback("person:bo", "too many partials")
    assert (restored and restored.name, left, await in_use()) == (one, two, one)
    assert restored is not None
    assert restored.gate is not None
    assert restored.gate["identity"] == Version.at(folders[0]).identity

    assert await versions.rollback("person:bo", "and that one too") == (None, one)
    assert await in_use() is None
    with pytest.raises(Conflict, match="no version serves"):
        await versions.rollback("person:bo", "once more")
    told = [(one.version, one.did, one.decided_by, one.reason) for one in await versions.changes(4)]
    assert told == [
        ("-", "serving", "person:bo", "and that one too"),
        (one, "serving", "person:bo", "too many partials"),
        (two, "serving", "person:ada", WHY),
        (one, "serving", "person:ada", WHY),
    ]
    await bench.aclose()


async def test_a_version_serves_only_as_its_gate_measured_it(
    versions: EngineVersions, folders: list[Path]
) -> None:
    one, two = folders
    name = await versions.register(Served(url="http://127.0.0.1:9", folder=one), "person:ada")
    with pytest.raises(Conflict, match="has not passed"):
        await versions.promote(name, "person:ada", WHY)
    for report in (gated(Version.at(two), None), {"version": name}):
        with pytest.raises(InvalidInput, match="no report of judge-one"):
            await versions.gate(name, report, "person:ada")
    with pytest.raises(NotFound):
        await versions.gate("judge-none", {"version": "judge-none", "passed": True}, "person:ada")
    with pytest.raises(Conflict, match="not what its gate measured"):
        await versions.gate(name, {"version": name, "passed": True}, "person:ada")

    await versions.gate(name, gated(Version.at(one), None), "person:ada")
    about = (one / "model.json").read_text()
    (one / "model.json").write_text(about.replace('"meets": 0.5', '"meets": 0.1'))
    with pytest.raises(Conflict, match="not what its gate measured"):
        await versions.promote(name, "person:ada", WHY)
    (one / "model.json").write_text(about)
    (one / "model.safetensors").write_text("other weights")
    with pytest.raises(Conflict, match="not what its gate measured"):
        await versions.promote(name, "person:ada", WHY)


async def test_what_was_decided_cannot_be_changed_later(database: Database, versions: EngineVersions) -> None:
    await versions.register(None, "person:ada")
    with pytest.raises(HiremeshError):
        await database.fetch("update engine_change set decided_by = 'person:mallory'")
    with pytest.raises(HiremeshError):
        await database.fetch("delete from engine_change")
    assert [one.decided_by for one in await versions.changes(9)] == ["person:ada"]


@pytest.fixture(scope="module")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    units = {"evaluator": catalogue()["evaluator"]}
    async with running_deployment(tmp_path_factory.mktemp("deployment"), units=units) as running:
        yield running


async def test_the_platform_team_gates_promotes_and_rolls_back_over_the_evaluators_door(
    deployment: Deployment,
) -> None:
    models = deployment.folder.path / "models"
    wrong = {("wished", number) for number in range(20)}
    for folder in (made_version(models, "judge-one"), made_version(models, "judge-two", wrong=wrong)):
        url = ["--url", "http://127.0.0.1:9"]
        assert await model(deployment, "register", str(folder), *url) == (0, f"{folder.name} is a candidate.")

    assert (await model(deployment, "promote", "judge-one", "--reason", WHY))[1].startswith(
        "judge-one has not passed its gate"
    )
    code, said = await model(deployment, "gate", "judge-one")
    assert (code, said.splitlines()[0], said.splitlines()[-1]) == (
        0,
        "judge-one against nothing that serves",
        "judge-one may serve.",
    )
    promoted = await model(deployment, "promote", "judge-one", "--reason", WHY)
    assert promoted == (0, "judge-one serves instead of what the environment names.")

    code, said = await model(deployment, "gate", "judge-two", "--json")
    report = json.loads(said)
    assert (code, report["against"], report["passed"]) == (1, "judge-one", False)
    assert (await model(deployment, "promote", "judge-two", "--reason", WHY))[0] == 1
    shadowed = await model(deployment, "shadow", "judge-two", "--reason", "to see what it says")
    assert shadowed == (0, "judge-two looks on in shadow.")
    assert await model(deployment, "differences", "judge-two") == (
        0,
        "judge-two has judged nothing in shadow.",
    )

    code, said = await model(deployment, "rollback", "--reason", "only to try it")
    assert said == "judge-one is retired; what the environment names judges again, as before it."
    code, said = await model(deployment, "versions")
    assert "judge-two  shadow  failed its gate" in said
    assert "- serving by person:ada: only to try it" in said

    entries = latest_entries(deployment.run.postgres_url, "local", 50)
    decided = [(one["skill"], one["subject"], one["outcome"]) for one in entries if one["risk"] == "decide"]
    assert decided[-1] == ("roll_back", "person:ada", "allowed")
    assert [skill for skill, _, _ in decided].count("promote_version") == 3


async def test_a_recruiter_decides_nothing_of_the_sort_and_the_refusal_is_on_record(
    deployment: Deployment,
) -> None:
    async with operator(deployment.folder.path) as issuer:
        signed_in = signed_in_units(issuer, deployment.run.units, "acme", "person:rita", "*.decide")
        async with signed_in as units:
            with pytest.raises(Denied, match="models-are-the-platform-teams"):
                await units.send("evaluator", "get_served", {"version": "judge-two"}, dict)
            with pytest.raises(Denied, match="models-are-the-platform-teams"):
                await units.send("evaluator", "roll_back", {"reason": "I liked it more"}, dict)
            seen = await units.send("evaluator", "list_versions", {}, dict)
    assert "settings" not in json.dumps(seen)
    [last] = latest_entries(deployment.run.postgres_url, "acme", 50)[-2:-1]
    assert (last["skill"], last["outcome"], last["policies"]) == (
        "roll_back",
        "denied",
        ["models-are-the-platform-teams"],
    )
