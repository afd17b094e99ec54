"""Small files that must be whole and private: written beside, flushed, then renamed over the old one."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` atomically, readable and writable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, 0o600)  # a file left behind by a kill may have another mode
        file.write(text)
        file.flush()
        os.fsync(handle)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
