"""``hiremesh sign-in``."""

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sign-in")(sign_in)


def sign_in(tenant: Tenant = DEFAULT_TENANT, subject: Subject = DEFAULT_SUBJECT, data: Data = None) -> None:
    """Print a link that opens the recruiter's page, once, within 10 minutes."""
    import asyncio

    from supervisor.cli._desk import sign_in_link

    typer.echo(asyncio.run(sign_in_link(data, tenant, subject)))
