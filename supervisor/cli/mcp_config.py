"""``hiremesh mcp-config``: what to paste into an MCP client so that its assistant uses the tool servers."""

import asyncio
import json
import os
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from supervisor.cli._operator import DEFAULT_SUBJECT, DEFAULT_TENANT, Subject, Tenant, operator
from supervisor.cli._options import Data


class McpClient(StrEnum):
    """An MCP client whose configuration is known."""

    vscode = "vscode"
    claude = "claude"
    claude_code = "claude-code"
    cursor = "cursor"


_PLACES = {
    McpClient.vscode: ".vscode/mcp.json, or the user's mcp.json (MCP: Open User Configuration)",
    McpClient.claude: "claude_desktop_config.json (Settings, Developer, Edit Config); needs Node's npx",
    McpClient.claude_code: ".mcp.json in the project's folder",
    McpClient.cursor: ".cursor/mcp.json, or ~/.cursor/mcp.json",
}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("mcp-config")
    def mcp_config(
        client: Annotated[McpClient, typer.Option(help="Which client it is for.")] = McpClient.vscode,
        units: Annotated[str, typer.Option(help="Tool servers, separated by commas; default all.")] = "",
        read_only: Annotated[
            bool, typer.Option("--read-only", help="No tools that change anything.")
        ] = False,
        hours: Annotated[float, typer.Option(help="How long the token is good.", min=0.01, max=720)] = 12,
        tenant: Tenant = DEFAULT_TENANT,
        subject: Subject = DEFAULT_SUBJECT,
        data: Data = None,
    ) -> None:
        """Print the JSON to paste into an MCP client, with a scoped token in it."""
        urls = _urls(units, data)
        scopes = ["*.read"] if read_only else ["*.read", *(f"{unit}.write" for unit in urls)]

        async def mint() -> tuple[str, str]:
            async with operator(data) as issuer:
                return await issuer.mint(
                    subject, tenant=tenant, scopes=scopes, audiences=urls, lifetime=timedelta(hours=hours)
                )

        token, token_id = asyncio.run(mint())
        typer.echo(json.dumps(client_config(client, urls, token), indent=2))
        typer.echo(f"paste this into {_PLACES[client]}", err=True)
        typer.echo(f"the token is good for {hours:g} h; hiremesh token revoke {token_id}", err=True)


def client_config(client: McpClient, urls: Mapping[str, str], token: str) -> dict[str, Any]:
    """Return the configuration of ``client`` for the MCP endpoints ``urls`` (unit → URL).

    VS Code keeps servers under ``servers``, the others under ``mcpServers``; Claude Desktop starts
    programs only, so ``mcp-remote`` carries its calls over HTTP. Its header is put together from the
    environment because Claude Desktop splits arguments at spaces on Windows.
    """
    headers = {"Authorization": f"Bearer {token}"}
    servers: dict[str, Any] = {}
    for unit, url in urls.items():
        match client:
            case McpClient.vscode | McpClient.claude_code:
                server = {"type": "http", "url": url, "headers": headers}
            case McpClient.cursor:
                server = {"url": url, "headers": headers}
            case McpClient.claude:
                header = ["--header", "Authorization:${HIREMESH_AUTHORIZATION}"]
                server = {
                    "command": "npx",
                    "args": ["-y", "mcp-remote", url, "--transport", "http-only", *_plain(url), *header],
                    "env": {"HIREMESH_AUTHORIZATION": headers["Authorization"]},
                }
        servers[f"hiremesh-{unit.replace('_', '-')}"] = server
    return {"servers" if client is McpClient.vscode else "mcpServers": servers}


def _plain(url: str) -> list[str]:
    return ["--allow-http"] if url.startswith("http://") else []


def _urls(units: str, data: Path | None) -> dict[str, str]:
    """Return the MCP endpoint of each tool server asked for. Raises NotFound."""
    from shared.edge.manifest import catalogue
    from shared.edge.mcp import MCP_PATH
    from shared.edge.settings import UnitSettings
    from shared.kernel.errors import NotFound
    from supervisor.launch.folder import DataFolder

    addresses = UnitSettings().unit_urls()
    if "HIREMESH_ISSUER_URL" not in os.environ:
        addresses |= DataFolder(data).running().units
    served = [name for name, manifest in catalogue().items() if manifest.kind == "mcp"]
    asked = [name.strip() for name in units.split(",") if name.strip()] or served
    for name in asked:
        if name not in served:
            raise NotFound(f"there is no tool server {name!r}.", field="--units", fix=", ".join(served))
    return {name: addresses[name] + MCP_PATH for name in asked}
