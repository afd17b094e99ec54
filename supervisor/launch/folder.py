"""The data folder of a deployment: its secret, its logs, and the record of what runs now."""

import os
from pathlib import Path
from typing import Self

import psutil
from pydantic import BaseModel

from shared.engines.process import OwnedFolder, lives
from shared.kernel.errors import InvalidInput, NotFound
from shared.storage.roles import unit_url

DEFAULT = ".hiremesh"
SAME_START_SECONDS = 1.0
SHORTEST_SECRET = 32


class ProcessMark(BaseModel):
    """A process that a pid alone could confuse with a later one: pid and start, seconds since the epoch."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """Mark a living process."""
        return cls(pid=pid, started=psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """Return the process if it still lives, else None."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < SAME_START_SECONDS
        except psutil.NoSuchProcess:
            return None
        return process if same and lives(process) else None


class RunRecord(BaseModel):
    """What runs on a data folder, kept in ``run.json`` (mode 0600: the engines' URLs hold passwords).

    Attributes:
        launcher: the process that started the rest and restarts what ends; None for a deployment elsewhere.
        postgres_url, nats_url: the engines as the administrator reaches them.
        host: where services listen.
        issuer_url: the OIDC issuer.
        units: unit → base URL.
        models: server of a model → base URL.
        settings: variable → value, for units: where those models are, and their keys.
        left_out: units that were not started on purpose.
        processes: unit, ``issuer`` or engine → process; what is not ours to start is absent.
    """

    launcher: ProcessMark | None = None
    host: str = "127.0.0.1"
    postgres_url: str = ""
    nats_url: str = ""
    issuer_url: str = ""
    units: dict[str, str] = {}
    models: dict[str, str] = {}
    settings: dict[str, str] = {}
    left_out: list[str] = []
    processes: dict[str, ProcessMark] = {}


class DataFolder:
    """Everything one deployment keeps on this machine."""

    def __init__(self, path: Path | None = None) -> None:
        self.owned = OwnedFolder(path or Path(os.environ.get("HIREMESH_HOME", DEFAULT)))
        self.path = self.owned.path

    @property
    def deployment_secret(self) -> str:
        """The root of all passwords and client secrets: ``HIREMESH_DEPLOYMENT_SECRET``, or one made once.

        Raises NotFound where nothing was ever started: a secret made here would fit no deployment.
        Raises InvalidInput for one that is too short.
        """
        if given := os.environ.get("HIREMESH_DEPLOYMENT_SECRET"):
            if len(given) < SHORTEST_SECRET:
                raise InvalidInput(
                    f"it has fewer than {SHORTEST_SECRET} characters.",
                    field="HIREMESH_DEPLOYMENT_SECRET",
                    fix="hiremesh compose-env makes one.",
                )
            return given
        if not self.path.exists():
            raise NotFound(
                f"there is no deployment on {self.path}.",
                fix="Set HIREMESH_DEPLOYMENT_SECRET, or name its folder with --data.",
            )
        return self.owned.secret("secret")

    def log_of(self, name: str) -> Path:
        """Return where the output of a unit goes."""
        logs = self.path / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        return logs / f"{name}.log"

    def files_of(self, unit: str) -> Path:
        """Return the folder in which a unit keeps what it can rebuild."""
        folder = self.path / "units" / unit
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def last_run(self) -> RunRecord | None:
        """Return the record of the run that is on, or of one that was killed."""
        path = self.path / "run.json"
        return RunRecord.model_validate_json(path.read_text()) if path.exists() else None

    def record(self, run: RunRecord) -> None:
        """Keep ``run``, for other commands and for the next start."""
        self.owned.remember("run.json", run.model_dump_json(indent=1))

    def forget_run(self) -> None:
        """Say that nothing runs any more."""
        (self.path / "run.json").unlink(missing_ok=True)

    def running(self) -> RunRecord:
        """Return the record of the deployment that is up here, else of the one that ``HIREMESH_ISSUER_URL`` names.

        Raises NotFound when there is neither.
        """
        run = self.last_run()
        if run is not None and run.launcher is not None and run.launcher.find() is not None:
            return run
        if "HIREMESH_ISSUER_URL" in os.environ:
            return elsewhere()
        raise NotFound(f"nothing runs on {self.path}.", fix="Start it with: hiremesh up")

    def database_url(self, run: RunRecord, unit: str) -> str:
        """Return the URL with which ``unit`` signs in to the database."""
        return unit_url(run.postgres_url, unit, self.deployment_secret)


def elsewhere() -> RunRecord:
    """Return the record of a deployment that others run, from the environment that its units have too."""
    from shared.edge.settings import UnitSettings

    settings = UnitSettings()
    return RunRecord(
        postgres_url=os.environ.get("HIREMESH_POSTGRES_URL", ""),
        nats_url=settings.nats_url or "",
        issuer_url=settings.issuer_url,
        units=settings.unit_urls(),
        models=others_models(),
    )


def others_models() -> dict[str, str]:
    """Return the server of the judge that the environment names."""
    url = os.environ.get("HIREMESH_JUDGE_URL")
    return {"vllm judge": url.rstrip("/")} if url else {}
