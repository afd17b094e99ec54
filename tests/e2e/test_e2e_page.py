"""The recruiter's page over HTTP: its files are for everybody, under a strict policy; its data is not."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from supervisor.cli._desk import sign_in_link
from supervisor.launch import Deployment
from supervisor.web import FILES, FOLDER, PAGE
from tests.support.whole_stack import RECRUITER, TENANT, Recruiter, collect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
SCRIPTS = [FOLDER / name for name, kind in FILES.values() if kind == "text/javascript"]


@pytest.fixture
async def http(deployment: Deployment) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=deployment.url("supervisor"), trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", FILES)
async def test_a_file_of_the_page_is_served_to_everybody_under_a_strict_policy(http, path):
    answer = await http.get(path)

    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FILES[path][1])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_page_loads_only_files_of_its_own(http):
    page = (await http.get(PAGE)).text
    modules = [name for script in SCRIPTS for name in re.findall(r'from "\./([\w.]+)"', script.read_text())]

    loaded = {*re.findall(r'(?:src|href)="(/[^"]+)"', page), *(f"{PAGE}/{name}" for name in modules)}
    assert loaded == set(FILES) - {PAGE}
    assert "<script>" not in page
    assert not re.search(r"\son\w+=|style=|https?://", page)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_never_makes_markup_from_text(script):
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text())


@pytest.mark.parametrize("path", ["/agui/threads", "/chat/", "/chat/../agui/threads", "/chat/__init__.py"])
async def test_nothing_else_is_reached_without_a_token(http, path):
    assert (await http.get(path)).status_code in {401, 429}


async def test_the_page_cannot_be_written_to(http):
    assert (await http.post(PAGE)).status_code == 405


async def test_the_sign_in_link_opens_the_conversations_of_its_person(http, deployment):
    link = await sign_in_link(deployment.folder.path, TENANT, RECRUITER)
    address, _, token = link.partition("#token=")

    answer = await http.get("/agui/threads", headers={"Authorization": f"Bearer {token}"})

    assert address == f"{deployment.url('supervisor')}{PAGE}"
    assert answer.status_code == 200
    assert isinstance(answer.json()["threads"], list)


async def test_what_a_person_said_is_in_the_conversation_for_whoever_opens_it_next(recruiter: Recruiter):
    await recruiter.say("help")

    [opened, *_] = await collect(recruiter.client.history(recruiter.thread))

    assert opened["type"] == "RUN_STARTED"
    assert opened["input"]["messages"][-1]["content"] == "help"
