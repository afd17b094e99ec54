"""``hiremesh new`` in a copy of the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.edge.manifest import package_folder
from shared.kernel.errors import Conflict, InvalidInput
from supervisor.scaffold import write_unit

ROOT = package_folder("shared").parent
COPIED = ("shared", "servers", "supervisor", "agent_cards", "tests")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the code, without what tests and tools leave behind."""
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(copy: Path, *command: str) -> str:
    """Run a module within the copy; fails with what it said."""
    environment = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", ["agent", "server"])
def test_a_new_unit_passes_every_test_that_holds_for_all_units(copy: Path, kind: str) -> None:
    name = f"word_{kind}s"
    code = "import sys; from supervisor.cli import main; sys.argv[0] = 'hiremesh'; main()"
    script = copy / "run_cli.py"
    script.write_text(code)
    written = run(copy, "run_cli", "new", kind, name)
    script.unlink()
    assert f"servers/{name}/card.py" in written
    run(copy, "ruff", "check", f"servers/{name}", f"tests/unit/test_{name}_counting.py")
    run(copy, "ruff", "format", "--check", f"servers/{name}", f"tests/unit/test_{name}_counting.py")
    tests = ("tests/conformance", "tests/shape/test_cards_and_manifests.py")
    passed = run(copy, "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", name)
    assert "passed" in passed
    assert "passed" in run(
        copy, "pytest", "-q", "-p", "no:cacheprovider", f"tests/unit/test_{name}_counting.py"
    )


@pytest.mark.parametrize("name", ["Words", "2words", "wo rds", "", "../words", "x" * 41])
def test_a_name_that_cannot_be_a_package_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        write_unit("agent", name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["registry", "issuer", "shared"])
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Conflict):
        write_unit("server", name, tmp_path)
    assert list(tmp_path.iterdir()) == []
