"""vLLM as a child process, from an environment of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import httpx
import psutil

from shared.engines.engine import Engine
from shared.engines.process import end, ending_with_parent, spawn, wait_until
from shared.kernel.errors import Unavailable

ROOT = Path(__file__).parents[2]
MAIN = Path(__file__).with_name("vllm_cpu.py")
SECONDS_TO_START = 600.0
UNBOUND = {"VLLM_CPU_OMP_THREADS_BIND": "nobind"}
"""By itself each server binds its threads to the same cores; here other processes, and other servers, share them."""
ENVIRONMENT = {
    "VLLM_HOST_IP": "127.0.0.1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # waiting threads leave the processor to others
    "MKL_CBWR": "AVX2,STRICT",  # a row comes out the same to the last bit, however many others are in its batch
    "TOKENIZERS_PARALLELISM": "false",
}
PRIVATE = re.compile(r"^(HIREMESH|PG|NATS_)|(^|_)(KEY|SECRET|TOKEN|PASSWORD|CREDENTIALS)(_|$)")


class EmbeddedVllm(Engine):
    """One vLLM server on 127.0.0.1 with an API key, for one model. It starts in 15 to 60 seconds on two cores.

    vLLM asks for the key below ``/v1`` only: whoever reaches the port can classify, so it is on loopback.

    Args:
        folder: its port, key, log and lock.
        model: the folder of the weights, or the name under which a hub has them.
        name: how clients call the model; also the ``model_name`` of its metrics.
        arguments: further ones of ``vllm serve``.
        python: the interpreter of vLLM's environment; default ``vllm_python()``.
        cache: memory for keys and values on a processor, where nothing is compiled either; a build for GPUs
            decides by itself.
        api_key: that clients show; default one of its own, kept in the folder.
        otlp_endpoint: base URL of an OTLP/HTTP collector; requests that carry a trace have spans there.
    """

    GRACE = 20.0

    def __init__(
        self,
        folder: Path,
        model: Path | str,
        name: str,
        *,
        arguments: Sequence[str] = (),
        python: Path | None = None,
        cache: str = "128M",
        api_key: str = "",
        otlp_endpoint: str | None = None,
    ) -> None:
        super().__init__(folder)
        self._model = model
        self._name = name
        self._arguments = list(arguments)
        self._python = python
        self._cache = cache
        self._otlp_endpoint = otlp_endpoint
        self.api_key = api_key

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._folder.path / "vllm.log"

    def launch(self) -> str:
        """Start the server without waiting for it, and return its URL. Raises as ``start`` does."""
        self._folder.claim()
        try:
            self.url, self._process = self._launched()
        except BaseException:
            self.stop()
            raise
        return self.url

    def _start(self) -> str:
        url, self._process = self._launched()
        with httpx.Client(base_url=url, trust_env=False) as http:
            wait_until(lambda: _is_well(http), self._process, "vLLM", self.log, SECONDS_TO_START)
        return url

    def _launched(self) -> tuple[str, subprocess.Popen[bytes]]:
        end(_servers_in(self._folder.path), signal.SIGTERM, grace=10)
        port, self.api_key = self._folder.port(), self.api_key or self._folder.secret("key")
        python = self._python or vllm_python()
        small = ["--enforce-eager", "--kv-cache-memory-bytes", self._cache]
        command = [
            *ending_with_parent(signal.SIGTERM),
            *(str(python), "-P", str(MAIN), "serve", str(self._model)),
            *("--host", "127.0.0.1", "--port", str(port), "--served-model-name", self._name),
            *("--disable-uvicorn-access-log", *(small if is_for_processors(python) else ())),
            *self._arguments,
        ]
        own = {"VLLM_API_KEY": self.api_key, "HIREMESH_VLLM_FOLDER": str(self._folder.path)}
        if self._otlp_endpoint:
            command += ["--otlp-traces-endpoint", f"{self._otlp_endpoint.rstrip('/')}/v1/traces"]
            own |= {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf", "OTEL_SERVICE_NAME": self._name}
        given = vllm_environment(online=not Path(self._model).exists())
        return f"http://127.0.0.1:{port}", spawn(command, self.log, env=given | own)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        super()._end(process)
        end(_servers_in(self._folder.path), signal.SIGKILL, grace=5)


def vllm_python() -> Path:
    """Return the interpreter of vLLM's environment.

    That is what ``HIREMESH_VLLM_PYTHON`` names, else what ``make vllm`` made, else, with the extra ``vllm``,
    ours. Raises Unavailable.
    """
    said = os.environ.get("HIREMESH_VLLM_PYTHON")
    python = Path(said) if said else ROOT / ".venv-vllm" / "bin" / "python"
    if not said and not python.exists() and find_spec("vllm"):
        return Path(sys.executable)
    if not python.exists():
        raise Unavailable(
            f"vLLM is not installed at {python}.",
            fix="Run make vllm, or with a GPU install the extra vllm, or set HIREMESH_VLLM_PYTHON.",
        )
    return python


def is_for_processors(python: Path) -> bool:
    """Say whether an environment has the build of vLLM for machines without a GPU."""
    return any(python.parents[1].glob("lib/python*/*-packages/vllm_cpu-*.dist-info"))


def vllm_environment(*, online: bool = False) -> dict[str, str]:
    """Return what a process in vLLM's environment may see of this one's: nothing that signs in anywhere.

    Weights lie in a folder, and nothing is fetched, unless ``online``: then a hub is asked for them.
    """
    seen = {name: value for name, value in os.environ.items() if not PRIVATE.search(name)}
    given = UNBOUND | seen | ENVIRONMENT
    if not online:
        return given | {"HF_HUB_OFFLINE": "1"}
    return given | {name: os.environ[name] for name in ("HF_TOKEN",) if name in os.environ}


def _is_well(http: httpx.Client) -> bool:
    try:
        return http.get("/health").is_success
    except httpx.HTTPError:
        return False


def _servers_in(folder: Path) -> list[psutil.Process]:
    """Servers of this folder, and workers that outlived theirs."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HIREMESH_VLLM_FOLDER") == str(folder):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue  # not ours, or gone
    return [process for process in found if process.pid != os.getpid()]
