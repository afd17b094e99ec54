"""Writing a new unit from templates: all that the catalogue asks of one, with a verb, ready to run."""

import json
import re
import tomllib
from pathlib import Path
from string import Template
from typing import Literal

from shared.kernel.errors import Conflict, InvalidInput

ScaffoldKind = Literal["agent", "langgraph", "tool_server"]

ROOT = Path(__file__).parents[2]
_TEMPLATES = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FIRST_PORT: dict[ScaffoldKind, int] = {"tool_server": 8102, "agent": 8111, "langgraph": 8111}
_TAKEN_NAMES = {"issuer", "public", "hiremesh", "test", "core", "shared", "servers", "supervisor"}
_UNITS = re.compile(r"(HIREMESH_UNITS: >-\n\s+)(\{.*\})")
_LAST_SERVICE = "\n  supervisor:\n"


def write_unit(kind: ScaffoldKind, name: str, root: Path) -> list[Path]:
    """Write ``servers/<name>`` and its first test below ``root``, and its service into ``compose.yaml``.

    Returns the files written. Raises InvalidInput for a bad name, Conflict for one that is taken, and
    writes nothing then.
    """
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise InvalidInput(
            f"{name!r} cannot be a unit's name",
            field="NAME",
            fix="Use lower_case words, such as reference_checks.",
        )
    folder = root / "servers" / name
    shared = {path.parent.name for path in root.glob("shared/*/__init__.py")}
    if name in _TAKEN_NAMES | shared or folder.exists():
        raise Conflict(f"the name {name!r} is taken", field="NAME", fix="Choose another one.")
    words = {
        "name": name,
        "upper": name.upper(),
        "title": name.replace("_", " ").capitalize(),
        "port": str(_free_port(kind, root)),
    }
    written = [
        _write(source, folder / source.relative_to(_TEMPLATES / kind).with_suffix(""), words)
        for source in sorted((_TEMPLATES / kind).rglob("*.tmpl"))
    ]
    what = "graph" if kind == "langgraph" else "counting"
    test = root / "tests" / "unit" / f"test_{name}_{what}.py"
    written.append(_write(_TEMPLATES / "tests" / f"{what}.py.tmpl", test, words))
    return [*written, _add_service(root / "compose.yaml", words)]


def _write(source: Path, target: Path, words: dict[str, str]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_filled(source, words), encoding="utf-8")
    return target


def _filled(source: Path, words: dict[str, str]) -> str:
    return Template(source.read_text(encoding="utf-8")).substitute(words)


def _add_service(compose: Path, words: dict[str, str]) -> Path:
    """Add the unit's service before the supervisor's, and its address to those that all units know."""
    name, port = words["name"], words["port"]

    def known(found: re.Match[str]) -> str:
        return found[1] + json.dumps(json.loads(found[2]) | {name: f"http://{name}:{port}"})

    text = _UNITS.sub(known, compose.read_text(encoding="utf-8"))
    before, last, after = text.partition(_LAST_SERVICE)
    service = _filled(_TEMPLATES / "service.yaml.tmpl", words)
    compose.write_text(before + service + last + after, encoding="utf-8")
    return compose


def _free_port(kind: ScaffoldKind, root: Path) -> int:
    manifests = root.glob("s*/**/manifest.toml")
    taken = {tomllib.loads(path.read_text(encoding="utf-8"))["port"] for path in manifests}
    return next(port for port in range(_FIRST_PORT[kind], 65536) if port not in taken)
