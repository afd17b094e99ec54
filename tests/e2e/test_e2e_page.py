"""The recruiter's page over HTTP: its files are for everybody, under a strict policy; its data is not."""

import re
from collections.abc import AsyncIterator
from io import BytesIO

import httpx
import pytest
from reportlab.pdfgen.canvas import Canvas

from supervisor.cli._desk import sign_in_link
from supervisor.launch import Deployment
from supervisor.web import FILES, FOLDER, PAGE, SESSION
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


async def exchanged(http: httpx.AsyncClient, deployment: Deployment) -> tuple[str, httpx.Response]:
    """Return the code of a new sign-in link, and what the server gave for it."""
    link = await sign_in_link(deployment.folder.path, TENANT, RECRUITER)
    address, _, code = link.partition("#code=")
    assert address == f"{deployment.url('supervisor')}{PAGE}"
    return code, await http.post(SESSION, json={"code": code})


async def test_the_sign_in_link_opens_the_conversations_of_its_person(http, deployment):
    _, session = await exchanged(http, deployment)

    token = session.json()["token"]
    answer = await http.get("/agui/threads", headers={"Authorization": f"Bearer {token}"})

    assert session.headers["cache-control"] == "no-store"
    assert answer.status_code == 200
    assert isinstance(answer.json()["threads"], list)


async def test_a_sign_in_link_works_once(http, deployment):
    code, _ = await exchanged(http, deployment)

    again = await http.post(SESSION, json={"code": code})

    assert again.status_code == 401
    assert again.json()["error"]["message"] == "this sign-in link was used already"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"code": 7}', b'{"code": ""}', b'{"code": "' + b"x" * 4000])
async def test_a_malformed_sign_in_is_refused(http, body):
    assert (await http.post(SESSION, content=body)).status_code == 400


async def test_a_made_up_code_signs_nobody_in(http):
    assert (await http.post(SESSION, json={"code": "x" * 43})).status_code == 401


def pdf_of(*lines: str) -> bytes:
    canvas = Canvas(buffer := BytesIO())
    for number, line in enumerate(lines):
        canvas.drawString(72, 720 - 20 * number, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


async def attached(recruiter: Recruiter, http: httpx.AsyncClient, name: str, data: bytes) -> httpx.Response:
    headers = {"Authorization": f"Bearer {recruiter.token}"}
    return await http.post("/agui/documents", params={"name": name}, content=data, headers=headers)


async def test_an_attached_pdf_comes_back_as_its_text(http, recruiter: Recruiter):
    answer = await attached(recruiter, http, "posting.pdf", pdf_of("Data Engineer", "Good knowledge of SQL"))

    assert answer.json() == {
        "name": "posting.pdf",
        "text": "Data Engineer\nGood knowledge of SQL",
        "pages": 1,
        "hidden": 0,
    }


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("scan.pdf", pdf_of(), "scan.pdf: "),
        ("empty.docx", b"", "it is empty"),
        ("picture.pdf", b"\x89PNG....", "it is a picture"),
    ],
)
async def test_an_attachment_without_text_is_refused_with_its_name_and_the_reason(
    http, recruiter: Recruiter, name: str, data: bytes, reason: str
):
    answer = await attached(recruiter, http, name, data)

    assert answer.status_code == 400
    assert reason in answer.json()["error"]["message"]
    assert answer.json()["error"]["fix"]


async def test_nothing_is_read_for_who_is_not_signed_in(http):
    assert (await http.post("/agui/documents?name=a.txt", content=b"x")).status_code in {401, 429}


async def test_what_a_person_said_is_in_the_conversation_for_whoever_opens_it_next(recruiter: Recruiter):
    await recruiter.say("help")

    [opened, *_] = await collect(recruiter.client.history(recruiter.thread))

    assert opened["type"] == "RUN_STARTED"
    assert opened["input"]["messages"][-1]["content"] == "help"
