"""What each unit says of itself in its ``manifest.toml``, and the catalogue of all units."""

import importlib.util
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.kernel.errors import InvalidInput
from shared.wire.partners import DataClass

UnitKind = Literal["mcp", "a2a"]
Engine = Literal["postgres", "nats"]


class Manifest(BaseModel):
    """One unit: ``name`` is its folder, Postgres schema, service name and token audience.

    Attributes:
        package: the importable package (``servers.candidates``).
        port: where it listens unless told otherwise.
        engines: what must be reachable before it is ready.
        data: the data classes it may touch.
        partners: whether it reaches units outside the installation, and so gets the operator's secrets for them.
        model: whether it asks a language model where one is configured.
        judge: whether it asks the model that judges.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    package: str
    kind: UnitKind
    port: int = Field(gt=0, lt=65536)
    engines: tuple[Engine, ...] = ()
    data: tuple[DataClass, ...] = ()
    model: bool = False
    judge: bool = False
    partners: bool = False
    summary: str = Field(min_length=1)

    @property
    def base_url(self) -> str:
        """Where the unit answers when nothing else is configured."""
        return f"http://127.0.0.1:{self.port}"


def package_folder(package: str) -> Path:
    """Return the folder of an importable package without importing it. Raises InvalidInput."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise InvalidInput(f"there is no package {package!r}", field="package")
    return Path(next(iter(spec.submodule_search_locations)))


def load_manifest(package: str) -> Manifest:
    """Read ``manifest.toml`` of ``package``. Raises InvalidInput naming the file and the field."""
    return _read(package_folder(package) / "manifest.toml", package)


@cache
def catalogue() -> dict[str, Manifest]:
    """Return all units of this installation by name: each folder of ``servers``, and ``supervisor``."""
    servers = package_folder("servers")
    files = {f"servers.{path.parent.name}": path for path in sorted(servers.glob("*/manifest.toml"))}
    supervisor = package_folder("supervisor") / "manifest.toml"
    if supervisor.exists():
        files["supervisor"] = supervisor
    manifests = [_read(path, package) for package, path in files.items()]
    return {manifest.name: manifest for manifest in manifests}


def _read(path: Path, package: str) -> Manifest:
    where = f"{package}/manifest.toml"
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidInput(f"{where} is missing", field="package", fix="Write one.") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{where} is not TOML: {error}", field="package") from None
    try:
        return Manifest(name=package.rpartition(".")[2], package=package, **fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{where}: {first['msg']}", field=".".join(map(str, first["loc"]))) from None
