"""The operator's commands against a running deployment: tokens, MCP clients, the audit log."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from typer.testing import CliRunner

from shared.edge.manifest import catalogue
from supervisor.cli import build_app
from supervisor.launch import Deployment, running_deployment
from tests.support.served_sample import MANIFEST


@pytest.fixture(scope="module")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    units = {"projects": MANIFEST, "jobs": catalogue()["jobs"]}
    async with running_deployment(tmp_path_factory.mktemp("deployment"), units=units) as running:
        yield running


async def hiremesh(deployment: Deployment, *arguments: str) -> tuple[int, str, str]:
    """Run the command and return its exit code, output and errors."""
    app, given = build_app(arguments), [*arguments, "--data", str(deployment.folder.path)]
    result = await asyncio.to_thread(CliRunner().invoke, app, given)
    return result.exit_code, result.stdout, result.stderr + str(result.exception or "")


async def call(url: str, headers: dict[str, str], tool: str, **arguments: Any) -> Any:
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        return await client.call_tool(tool, arguments)


@pytest.mark.parametrize(("client", "key"), [("vscode", "servers"), ("cursor", "mcpServers")])
async def test_an_mcp_client_connects_with_the_printed_configuration(deployment, client, key):
    code, out, _ = await hiremesh(
        deployment, "mcp-config", "--client", client, "--units", "projects", "--tenant", "acme"
    )
    server = json.loads(out)[key]["hiremesh-projects"]
    result = await call(server["url"], server["headers"], "whoami")
    assert code == 0
    assert result.structured_content == {"subject": "person:recruiter", "tenant": "acme"}


async def test_claude_desktop_gets_a_bridge_program_with_the_header_in_its_environment(deployment):
    _, out, _ = await hiremesh(deployment, "mcp-config", "--client", "claude", "--units", "projects")
    server = json.loads(out)["mcpServers"]["hiremesh-projects"]
    url = server["args"][server["args"].index("mcp-remote") + 1]
    named, value = server["args"][server["args"].index("--header") + 1].split(":", 1)
    header = value.replace("${HIREMESH_AUTHORIZATION}", server["env"]["HIREMESH_AUTHORIZATION"])
    result = await call(url, {named: header}, "whoami")
    assert result.structured_content["subject"] == "person:recruiter"


async def test_the_printed_token_does_not_decide(deployment):
    _, out, _ = await hiremesh(deployment, "mcp-config", "--units", "projects")
    server = json.loads(out)["servers"]["hiremesh-projects"]
    result = await call(server["url"], server["headers"], "decide")
    assert result.is_error
    assert result.structured_content["code"] == "denied"


async def test_an_unknown_tool_server_is_named_with_those_that_exist(deployment):
    code, _, err = await hiremesh(deployment, "mcp-config", "--units", "salaries")
    assert code == 1
    assert "salaries" in err
    assert "projects" in err


async def test_a_token_is_minted_listed_and_revoked(deployment):
    code, out, err = await hiremesh(
        deployment, "token", "--tenant", "acme", "--subject", "person:bo", "--audience", "projects",
        "--scope", "projects.read", "--hours", "1",
    )  # fmt: skip
    token_id = err.split(",")[0]
    headers = {"Authorization": f"Bearer {out.strip()}"}
    url = deployment.url("projects") + "/mcp"
    assert code == 0
    assert (await call(url, headers, "whoami")).structured_content["subject"] == "person:bo"
    _, listed, _ = await hiremesh(deployment, "token", "list")
    assert f"{token_id}  person:bo in acme" in listed
    code, _, _ = await hiremesh(deployment, "token", "revoke", token_id)
    _, listed, _ = await hiremesh(deployment, "token", "list")
    assert code == 0
    assert token_id not in listed


async def test_a_scope_that_is_none_is_refused_in_a_sentence(deployment):
    code, _, err = await hiremesh(deployment, "token", "--scope", "everything")
    assert (code, err.strip()) == (
        1,
        "'everything' is not a scope; scopes look like candidates.read or *.read",
    )


async def test_every_call_is_in_the_audit_log_and_its_chain_is_whole(deployment):
    _, out, _ = await hiremesh(deployment, "mcp-config", "--units", "projects", "--tenant", "initech")
    server = json.loads(out)["servers"]["hiremesh-projects"]
    await call(server["url"], server["headers"], "whoami")
    await call(server["url"], server["headers"], "decide")
    _, shown, _ = await hiremesh(deployment, "audit", "show", "--tenant", "initech", "--json")
    entries = [json.loads(line) for line in shown.splitlines()]
    assert [(entry["skill"], entry["outcome"]) for entry in entries] == [
        ("whoami", "allowed"),
        ("decide", "denied"),
    ]
    code, verified, _ = await hiremesh(deployment, "audit", "verify")
    assert code == 0
    assert "initech: 2 entries, whole" in verified


async def test_an_id_of_another_tenant_is_not_found_and_the_attempt_is_in_the_audit_log(deployment):
    async def at(tenant: str, tool: str, **arguments: Any) -> Any:
        _, out, _ = await hiremesh(deployment, "mcp-config", "--units", "jobs", "--tenant", tenant)
        server = json.loads(out)["servers"]["hiremesh-jobs"]
        return (await call(server["url"], server["headers"], tool, **arguments)).structured_content

    added = await at("umbrella", "add_posting", text="Baker. You bake bread at night.", title="Baker")
    posting_id = added["posting_id"]
    stolen = await at("globex", "get_posting", posting_id=posting_id)
    _, shown, _ = await hiremesh(deployment, "audit", "show", "--tenant", "globex", "--json")
    assert (stolen["code"], posting_id in stolen["message"]) == ("not_found", False)
    assert json.loads(shown.splitlines()[-1])["outcome"] == "not_found"


async def test_a_partner_signs_in_with_its_own_secret_and_keeps_to_its_own_unit(deployment):
    _, out, _ = await hiremesh(
        deployment, "token", "add-partner", "globex", "--scope", "projects.read", "--tenant", "acme"
    )
    sign_in = dict(line.split("=", 1) for line in out.split())
    async with httpx2.AsyncClient(trust_env=False) as http:
        form = {"grant_type": "client_credentials", "audience": "projects", **sign_in}
        granted = await http.post(f"{deployment.url('issuer')}/token", data=form)
    headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    seen = await call(deployment.url("projects") + "/mcp", headers, "whoami")
    denied = await call(deployment.url("projects") + "/mcp", headers, "decide")
    assert seen.structured_content == {"subject": "partner:globex", "tenant": "acme"}
    assert denied.structured_content["code"] == "denied"


async def test_an_anchor_from_another_log_uncovers_a_rewritten_chain(deployment):
    head = f"nobody=1:{'a' * 64}"
    code, _, err = await hiremesh(deployment, "audit", "verify", "--anchor", head)
    assert code == 1
    assert "nobody: broken at entry 1" in err
