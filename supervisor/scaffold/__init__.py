"""Writing the folder of a new unit from templates: all that the catalogue asks of one, with a verb."""

import re
from pathlib import Path
from string import Template
from typing import Literal

from shared.edge.manifest import catalogue
from shared.kernel.errors import Conflict, InvalidInput

ScaffoldKind = Literal["agent", "server"]

ROOT = Path(__file__).parents[2]
_TEMPLATES = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FIRST_PORT: dict[ScaffoldKind, int] = {"server": 8102, "agent": 8111}
_TAKEN_NAMES = {"issuer", "public", "hiremesh", "test", "core", "shared", "servers", "supervisor"}


def write_unit(kind: ScaffoldKind, name: str, root: Path) -> list[Path]:
    """Write ``servers/<name>`` and its first test below ``root``; returns the files written.

    Raises InvalidInput for a bad name, Conflict for one that is taken. Writes nothing then.
    """
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise InvalidInput(
            f"{name!r} cannot be a unit's name",
            field="NAME",
            fix="Use lower_case words, such as reference_checks.",
        )
    folder = root / "servers" / name
    shared = {path.parent.name for path in root.glob("shared/*/__init__.py")}
    if name in catalogue() or name in _TAKEN_NAMES | shared or folder.exists():
        raise Conflict(f"the name {name!r} is taken", field="NAME", fix="Choose another one.")
    words = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "port": str(_free_port(kind)),
    }
    written = [
        _write(source, folder / source.relative_to(_TEMPLATES / kind).with_suffix(""), words)
        for source in sorted((_TEMPLATES / kind).rglob("*.tmpl"))
    ]
    test = root / "tests" / "unit" / f"test_{name}_counting.py"
    written.append(_write(_TEMPLATES / "tests" / "counting.py.tmpl", test, words))
    return written


def _write(source: Path, target: Path, words: dict[str, str]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(source.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
    return target


def _free_port(kind: ScaffoldKind) -> int:
    taken = {manifest.port for manifest in catalogue().values()}
    return next(port for port in range(_FIRST_PORT[kind], 65536) if port not in taken)
