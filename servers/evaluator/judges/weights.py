"""The weights in a version's folder."""

import hashlib
from pathlib import Path


def weights_in(folder: Path) -> str | None:
    """Return the SHA-256 (hex) of the weights that lie in a folder; None where they lie with vLLM alone."""
    path = folder / "model.safetensors"
    if not path.exists():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
