"""``hiremesh model`` against a deployment that runs."""

import asyncio

from typer.testing import CliRunner

from shared.kernel.errors import HiremeshError
from supervisor.cli import build_app
from supervisor.launch import Deployment


async def model(deployment: Deployment, *arguments: str) -> tuple[int, str]:
    """Run ``hiremesh model`` and return its exit code, and what it said or was refused with."""
    given = ["model", *arguments, "--data", str(deployment.folder.path), "--subject", "person:ada"]
    result = await asyncio.to_thread(CliRunner().invoke, build_app(["model"]), given)
    refused = str(result.exception) if isinstance(result.exception, HiremeshError) else ""
    return result.exit_code, result.stdout.strip() or refused
