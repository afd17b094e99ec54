"""``hiremesh token``: tokens for people and partners, made and revoked by the operator."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant, operator
from supervisor.cli._options import Data

if TYPE_CHECKING:
    from shared.edge.issuer.operator import Operator

T = TypeVar("T")
Scope = Annotated[str, typer.Option(help="Scopes, separated by spaces: candidates.read, *.write.")]
Audience = Annotated[str, typer.Option(help="The units it is for, separated by spaces.")]


def register(app: typer.Typer) -> None:
    """Add the command and its subcommands."""
    token = typer.Typer(help="Make, list and revoke tokens.", invoke_without_command=True)
    token.callback()(mint)
    token.command("list")(list_tokens)
    token.command("revoke")(revoke)
    token.command("add-partner")(add_partner)
    token.command("remove-partner")(remove_partner)
    token.command("rotate-keys")(rotate_keys)
    app.add_typer(token, name="token")


def mint(
    context: typer.Context,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    scope: Scope = "*.read *.write",
    audience: Audience = "supervisor",
    hours: Annotated[float, typer.Option(help="How long it is good.", min=0.01, max=720)] = 12,
    data: Data = None,
) -> None:
    """Print a token for a person or a partner; its id, for revoking it, goes to stderr."""
    if context.invoked_subcommand is not None:
        return
    scopes, audiences, lifetime = scope.split(), audience.split(), timedelta(hours=hours)
    token, token_id = _ask(
        data,
        lambda issuer: issuer.mint(
            subject, tenant=tenant, scopes=scopes, audiences=audiences, lifetime=lifetime
        ),
    )
    typer.echo(token)
    typer.echo(
        f"{token_id}, good for {hours:g} h; revoke it with: hiremesh token revoke {token_id}", err=True
    )


def list_tokens(data: Data = None) -> None:
    """List the minted tokens that are still good."""
    for minted in _ask(data, lambda issuer: issuer.minted()):
        until = datetime.fromtimestamp(minted.expires_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        scopes, audiences = " ".join(minted.scopes), " ".join(minted.audiences)
        typer.echo(f"{minted.token_id}  {minted.subject} in {minted.tenant}, until {until}")
        typer.echo(f"    {scopes} at {audiences}")


def revoke(
    token_id: Annotated[str, typer.Argument(help="As minting printed it.")], data: Data = None
) -> None:
    """Refuse a token from now on, and everything that was exchanged from it."""
    _ask(data, lambda issuer: issuer.revoke(token_id))
    typer.echo(f"{token_id} is revoked; units take notice within 15 seconds")


def add_partner(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")],
    scope: Annotated[str, typer.Option(help="What it may do, such as: evaluator.write")],
    tenant: Tenant = DEFAULT_TENANT,
    data: Data = None,
) -> None:
    """Register another organisation's agent and print its client id and secret, this once."""
    client_id, secret = _ask(
        data, lambda issuer: issuer.register_partner(name, tenant=tenant, scopes=scope.split())
    )
    typer.echo(f"client_id={client_id}\nclient_secret={secret}")


def remove_partner(name: str, data: Data = None) -> None:
    """Forget a partner: it gets no further tokens."""
    _ask(data, lambda issuer: issuer.remove_partner(name))
    typer.echo(f"{name} is removed; its last tokens expire within minutes")


def rotate_keys(data: Data = None) -> None:
    """Publish a new signing key; it signs after five minutes, and old tokens stay good."""
    kid = _ask(data, lambda issuer: issuer.rotate_keys())
    typer.echo(f"{kid} is published and signs in five minutes")


def _ask(data: Path | None, question: Callable[["Operator"], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with operator(data) as issuer:
            return await question(issuer)

    return asyncio.run(ask())
