"""vLLM as a child process, from an environment of its own."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpx
import psutil

from shared.engines.engine import Engine
from shared.engines.process import end, ending_with_parent, spawn, wait_until
from shared.kernel.errors import Unavailable

ROOT = Path(__file__).parents[2]
MAIN = Path(__file__).with_name("vllm_cpu.py")
SECONDS_TO_START = 300.0
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",  # weights lie in a folder; nothing is fetched
    "VLLM_HOST_IP": "127.0.0.1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # waiting threads leave the processor to others
    "TOKENIZERS_PARALLELISM": "false",
}


class EmbeddedVllm(Engine):
    """One vLLM server on 127.0.0.1 with an API key, for one model. It starts in 15 to 60 seconds on two cores.

    Args:
        folder: its port, key, log and lock.
        model: the folder of the weights.
        name: how clients call the model.
        arguments: further ones of ``vllm serve``; those given here suit small models on a processor.
        python: the interpreter of vLLM's environment; default ``vllm_python()``.
    """

    GRACE = 20.0

    def __init__(
        self,
        folder: Path,
        model: Path,
        name: str,
        *,
        arguments: Sequence[str] = (),
        python: Path | None = None,
    ) -> None:
        super().__init__(folder)
        self._model = model
        self._name = name
        self._arguments = list(arguments)
        self._python = python
        self.api_key = ""

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._folder.path / "vllm.log"

    def _start(self) -> str:
        end(_servers_in(self._folder.path), signal.SIGTERM, grace=10)
        port, self.api_key = self._folder.port(), self._folder.secret("key")
        command = [
            *ending_with_parent(signal.SIGTERM),
            *(str(self._python or vllm_python()), "-P", str(MAIN), "serve", str(self._model)),
            *("--host", "127.0.0.1", "--port", str(port), "--served-model-name", self._name),
            *("--enforce-eager", "--kv-cache-memory-bytes", "128M", "--disable-uvicorn-access-log"),
            *self._arguments,
        ]
        own = {"VLLM_API_KEY": self.api_key, "HIREMESH_VLLM_FOLDER": str(self._folder.path)}
        self._process = spawn(command, self.log, env=os.environ | ENVIRONMENT | own)
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, trust_env=False) as http:
            wait_until(lambda: _is_well(http), self._process, "vLLM", self.log, SECONDS_TO_START)
        return url

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        workers = _children_of(process.pid)
        super()._end(process)
        end(workers, signal.SIGKILL, grace=5)


def vllm_python() -> Path:
    """Return the interpreter of vLLM's environment: ``HIREMESH_VLLM_PYTHON`` or what ``make vllm`` made.

    Raises Unavailable.
    """
    said = os.environ.get("HIREMESH_VLLM_PYTHON")
    python = Path(said) if said else ROOT / ".venv-vllm" / "bin" / "python"
    if not python.exists():
        raise Unavailable(
            f"vLLM is not installed at {python}.", fix="Run make vllm, or set HIREMESH_VLLM_PYTHON."
        )
    return python


def _is_well(http: httpx.Client) -> bool:
    try:
        return http.get("/health").is_success
    except httpx.HTTPError:
        return False


def _children_of(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _servers_in(folder: Path) -> list[psutil.Process]:
    """Servers, and their workers, that an earlier launcher left running for this folder."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HIREMESH_VLLM_FOLDER") == str(folder):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue  # not ours, or gone
    return [process for process in found if process.pid != os.getpid()]
