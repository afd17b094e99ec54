"""Who imports whom, and what a core may know."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORES = sorted([*ROOT.glob("servers/*/core"), ROOT / "supervisor" / "core"])
# Pure libraries that cores of one job or another are about; none of them does input or output.
CORE_LIBRARIES = {"dateutil", "numpy", "pydantic", "pydantic_core", "rapidfuzz", "snowballstemmer", "tantivy"}
CORE_PACKAGES = {
    *(
        "shared.documents",
        "shared.kernel",
        "shared.lawful",
        "shared.resume",
        "shared.taxonomy",
        "shared.wire",
    ),
}
CORE_MODULES = {"shared.following", "shared.following.follower", "shared.following.model"}
"""The loop that follows another unit's records, and its types: no I/O of their own."""


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, absolute."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import():
                modules |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module)
            case ast.ImportFrom():
                modules.add(".")
            case _:
                pass
    return modules


def is_allowed_in_core(module: str, own: str) -> bool:
    top, both = module.partition(".")[0], ".".join(module.split(".")[:2])
    return (
        top in sys.stdlib_module_names
        or top in CORE_LIBRARIES
        or both in CORE_PACKAGES
        or module in CORE_MODULES
        or f"{module}.".startswith(f"{own}.")
    )


def test_the_import_contracts_hold():
    # A process of its own: the checker's command line replaces the logging set-up of whoever runs it.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("core", CORES, ids=lambda core: core.parent.name)
def test_a_core_knows_its_domain_and_nothing_else(core: Path):
    own = ".".join(core.relative_to(ROOT).parts)
    wrong = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in core.rglob("*.py")
        for module in imported(path)
        if not is_allowed_in_core(module, own)
    }
    assert wrong == set()


@pytest.mark.parametrize("core", CORES, ids=lambda core: core.parent.name)
def test_a_core_never_reads_the_wall_clock_or_rolls_dice(core: Path):
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in core.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.expr | ast.stmt) and (reads_the_clock(node) or rolls_dice(node))
    ]
    assert wrong == []


def reads_the_clock(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date", "time"}
    )


def rolls_dice(node: ast.AST) -> bool:
    """Tell whether a node brings in chance; dice with a seed fall alike every time."""
    match node:
        case ast.Import(names=names):
            return any(one.name in {"random", "secrets"} for one in names)
        case ast.ImportFrom(module="random", names=names):
            return any(one.name != "Random" for one in names)
        case ast.ImportFrom(module=module):
            return module == "secrets"
        case ast.Call(func=ast.Name(id="Random"), args=args):
            return not args
        case _:
            return False


def test_relative_imports_are_not_used():
    files = [
        path for package in ("shared", "servers", "supervisor") for path in (ROOT / package).rglob("*.py")
    ]
    assert [str(path.relative_to(ROOT)) for path in files if "." in imported(path)] == []
