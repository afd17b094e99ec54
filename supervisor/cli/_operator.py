"""What the operator's commands share: finding the issuer and the deployment secret."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from shared.edge.issuer.operator import Operator

Tenant = Annotated[str, typer.Option(envvar="HIREMESH_TENANT", help="The organisation whose data it opens.")]
Subject = Annotated[str, typer.Option(envvar="HIREMESH_SUBJECT", help="On whose behalf, such as person:ada.")]
DEFAULT_TENANT = "local"
DEFAULT_SUBJECT = "person:recruiter"


@asynccontextmanager
async def operator(data: Path | None) -> AsyncGenerator[Operator]:
    """Lend the operator of the deployment that is up, or of ``HIREMESH_ISSUER_URL``."""
    import httpx

    from supervisor.launch.folder import DataFolder

    folder = DataFolder(data)
    url = os.environ.get("HIREMESH_ISSUER_URL") or folder.running().issuer_url
    async with httpx.AsyncClient(trust_env=False) as http:
        yield Operator(url, folder.deployment_secret, http)
