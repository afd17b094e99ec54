"""What all embedded engines have in common: one server, one folder, from start to stop."""

import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from shared.engines.process import OwnedFolder, end_child


class Engine(ABC):
    """A server as a child process that owns a folder: its data, its port, its secret, its log and its lock.

    ``END`` asks it to stop; after ``GRACE`` seconds it is killed.
    """

    END: ClassVar[signal.Signals] = signal.SIGTERM
    GRACE: ClassVar[float] = 10.0

    def __init__(self, folder: Path) -> None:
        self._folder = OwnedFolder(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, or None."""
        return self._process

    def start(self) -> str:
        """Start the server, ending what an earlier, killed launcher left of it, and return its URL.

        Raises Conflict when a living launcher holds the folder, Unavailable when the server does not come up.
        """
        self._folder.claim()
        try:
            self.url = self._start()
        except BaseException:
            self.stop()
            raise
        return self.url

    @abstractmethod
    def _start(self) -> str:
        """Set ``_process`` and return the server's URL once it is ready."""

    def stop(self) -> None:
        """Stop the server and release the folder; harmless when it is not running."""
        if self._process is not None:
            self._end(self._process)
            self._process = None
        self._folder.release()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        end_child(process, self.END, self.GRACE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
