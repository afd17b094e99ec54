"""``hiremesh register``: other organisations' agents and tool servers, by their address."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant
from supervisor.cli._options import Data

if TYPE_CHECKING:
    from pydantic import BaseModel

HELP = """Register another organisation's agent or tool server, so that plans can use it.

URL is where an agent publishes its card, or a tool server's MCP endpoint. It serves your organisation
only, is called with its own credentials (never with a token of this installation), and receives no class
of data that is not named. It is held to the card it shows now: one that changes is quarantined.

Secrets are kept by the operator, as HIREMESH_PARTNER_SECRETS='{"<tenant>/<name>": "<secret>"}' or in the
JSON file HIREMESH_PARTNER_SECRETS_FILE; here you only name them.
"""


class DataClass(StrEnum):
    """What a partner may be sent."""

    candidate = "candidate"
    requirements = "requirements"
    posting = "posting"
    evaluation = "evaluation"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("register", help=HELP)(add)
    app.command("retire")(retire)


def add(
    url: Annotated[str, typer.Argument(help="https://agents.example.com, https://tools.example.com/mcp")],
    name: Annotated[str, typer.Option(help="What to call it: lower-case letters, digits, _.")],
    data_class: Annotated[
        list[DataClass] | None, typer.Option("--data-class", help="What it may receive; repeat it.")
    ] = None,
    bearer: Annotated[
        str | None, typer.Option(help="The name of the secret to send as bearer token.")
    ] = None,
    oauth_issuer: Annotated[
        str | None, typer.Option(help="Its OAuth issuer's URL, for client credentials.")
    ] = None,
    client_id: Annotated[str, typer.Option(help="Our client id there.")] = "",
    client_secret: Annotated[str, typer.Option(help="The name of our client secret.")] = "",
    scope: Annotated[str, typer.Option(help="The scope to ask for there.")] = "",
    audience: Annotated[str, typer.Option(help="The audience to ask for there.")] = "",
    planning: Annotated[
        Path | None,
        typer.Option(
            help="A JSON file, {skill: {requires, produces, risk}}, for skills whose card doesn't say.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    tenant: Tenant = DEFAULT_TENANT,
    subject: Subject = DEFAULT_SUBJECT,
    data: Data = None,
) -> None:
    from shared.kernel.errors import InvalidInput
    from shared.wire.partners import BearerAccess, ClientAccess

    access: BaseModel | None = None
    if bearer and oauth_issuer:
        raise InvalidInput("it is either a bearer token or client credentials", field="--bearer")
    if bearer:
        access = BearerAccess(secret=bearer)
    elif oauth_issuer:
        access = ClientAccess(
            issuer=oauth_issuer, client_id=client_id, secret=client_secret, scope=scope, audience=audience
        )
    arguments = {
        "name": name,
        "url": url,
        "access": access.model_dump(mode="json") if access else None,
        "data": [one.value for one in data_class or []],
        "planning": json.loads(planning.read_text("utf-8")) if planning else None,
    }
    unit = asyncio.run(_call("register_unit", arguments, tenant, subject, data))
    typer.echo(
        f"{unit['name']} is {unit['status']}: {unit['skills']} skills ({unit['kind']}) at {unit['url']}"
    )
    typer.echo(f"It may receive: {', '.join(unit['data']) or 'nothing of yours'}.")
    for skill in unit["withheld"]:
        typer.echo(f"Withheld, since it would also receive more: {skill}")


def retire(
    name: str, tenant: Tenant = DEFAULT_TENANT, subject: Subject = DEFAULT_SUBJECT, data: Data = None
) -> None:
    """Take a registered agent or tool server away; it is not called any more."""
    asyncio.run(_call("retire_unit", {"name": name}, tenant, subject, data))
    typer.echo(f"{name} is retired.")


async def _call(
    tool: str, arguments: dict[str, Any], tenant: str, subject: str, data: Path | None
) -> dict[str, Any]:
    from supervisor.cli._operator import operator
    from supervisor.cli._signed_in import signed_in_units
    from supervisor.launch.folder import DataFolder

    urls = {"registry": DataFolder(data).running().units["registry"]}
    async with operator(data) as issuer, signed_in_units(issuer, urls, tenant, subject, "*.decide") as units:
        return await units.call_tool("registry", tool, arguments, dict[str, Any], timeout=60)
