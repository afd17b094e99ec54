"""One folder a unit, the same files in each, and what no file may hold."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from shared.edge.manifest import Manifest, catalogue
from shared.wire.planning import Risk

ROOT = Path(__file__).parents[2]
PACKAGES = ("shared", "servers", "supervisor", "agent_cards", "benchmarks", "tests")
PYTHON = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PRODUCT = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in ("shared", "servers", "supervisor")]
TEXTS = sorted(
    [
        *PYTHON,
        *(
            path
            for package in PACKAGES
            for kind in ("sql", "toml", "md")
            for path in (ROOT / package).rglob(f"*.{kind}")
        ),
        *(ROOT / name for name in ("README.md", "pyproject.toml", "compose.yaml", "Dockerfile", "Makefile")),
    ]
)
LONGEST = 330  # lines; "about 300", so that a file may end its thought
MEANINGLESS = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "base_utils"}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|home|Users|root)/\w")
NAME = re.compile(r"[a-z][a-z0-9_]*")
ISSUER_PORT = 8100
UNITS = sorted(catalogue())


def folder(manifest: Manifest) -> Path:
    return ROOT / manifest.package.replace(".", "/")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_folder_of_servers_is_a_unit():
    folders = {
        path.name for path in (ROOT / "servers").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert folders | {"supervisor"} == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_that_keeps_tables_has_a_store_and_one_with_a_store_needs_the_database(unit):
    manifest = catalogue()[unit]
    stores = ("store.py", "store/__init__.py", "graph.py")  # what a graph keeps, LangGraph stores
    has_store = any((folder(manifest) / name).exists() for name in stores)
    has_tables = (folder(manifest) / "migrations").is_dir()
    assert not has_tables or has_store
    assert not has_tables or "postgres" in manifest.engines


@pytest.mark.parametrize("unit", UNITS)
def test_a_units_name_serves_as_schema_role_and_audience(unit):
    assert NAME.fullmatch(unit)
    assert len(f"hiremesh_{unit}") < 63  # PostgreSQL cuts longer names off
    assert unit not in ("admin", "issuer", "postgres", "nats")


def test_no_unit_takes_the_issuers_port():
    assert ISSUER_PORT not in {manifest.port for manifest in catalogue().values()}


@pytest.mark.parametrize("unit", UNITS)
def test_a_card_names_its_unit_and_is_prose_written_by_hand(unit):
    module = import_module(f"{catalogue()[unit].package}.card")
    assert callable(module.build_card)
    assert (module.__doc__ or "").strip()


def test_no_file_is_too_long():
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in PRODUCT}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_module_has_a_name_that_says_nothing():
    assert [
        relative(path) for path in PYTHON if path.stem in MEANINGLESS or path.parent.name in MEANINGLESS
    ] == []


def test_test_files_have_names_of_their_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize(
    ("what", "pattern"), [("unfinished", UNFINISHED), ("a machine's path", MACHINE_PATHS)]
)
def test_nothing_is_left_unfinished_and_nothing_names_a_machine(what, pattern):
    found = [
        f"{relative(path)}:{number}"
        for path in TEXTS
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == [], what


def test_a_broad_except_raises_again_or_makes_something_of_the_error():
    wrong = [
        f"{relative(path)}:{handler.lineno}"
        for path in PRODUCT
        for handler in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(handler, ast.ExceptHandler) and is_broad(handler) and swallows(handler)
    ]
    assert wrong == []


def is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
    )


def swallows(handler: ast.ExceptHandler) -> bool:
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    raises = any(isinstance(node, ast.Raise) for node in inside)
    uses = any(isinstance(node, ast.Name) and node.id == handler.name for node in inside)
    logs = any(isinstance(node, ast.Attribute) and node.attr == "exception" for node in inside)
    return not (raises or uses or logs)


def test_every_module_says_what_it_is_for():
    modules = {path: ast.parse(path.read_text("utf-8")) for path in PRODUCT}
    assert [
        relative(path) for path, tree in modules.items() if tree.body and not ast.get_docstring(tree)
    ] == []


def test_the_risks_that_scopes_and_policies_speak_of_are_those_of_skills():
    risks = set(Risk.__args__)
    schema = (ROOT / "shared/edge/policies/schema.cedarschema").read_text("utf-8")
    actions = re.search(r"action ([\w, ]+) appliesTo", schema)
    assert actions is not None
    assert {name.strip() for name in actions[1].split(",")} == risks
