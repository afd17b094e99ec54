"""Published cards and manifests against the code."""

import pytest

from shared.edge.cards import card_path, drifted, published, rendered
from shared.edge.manifest import Manifest, catalogue, package_folder

UNITS = list(catalogue().values())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
async def test_the_published_card_is_what_the_code_says(unit: Manifest) -> None:
    path = card_path(unit)
    assert path.exists(), "run: python -m shared.edge.cards"
    assert path.read_text(encoding="utf-8") == rendered(await published(unit))
    assert await drifted([unit.name]) == []


def test_no_card_is_left_of_a_unit_that_is_gone() -> None:
    kept = {path.name for path in package_folder("agent_cards").glob("*.json")}
    assert kept == {card_path(unit).name for unit in UNITS}


def test_no_two_units_share_a_port() -> None:
    ports = [unit.port for unit in UNITS]
    assert sorted(set(ports)) == sorted(ports)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_has_the_files_that_the_others_count_on(unit: Manifest) -> None:
    folder = package_folder(unit.package)
    edge = {"mcp": "server.py", "a2a": "agent.py"}[unit.kind]
    needed = ["__init__.py", "__main__.py", "card.py", "manifest.toml", "core/__init__.py", edge]
    assert [name for name in needed if not (folder / name).exists()] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_keeps_its_audit_log_in_postgres(unit: Manifest) -> None:
    assert "postgres" in unit.engines
