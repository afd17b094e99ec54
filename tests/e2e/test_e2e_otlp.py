"""Spans go to a collector where one is configured: a turn is one trace over all units that took part."""

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest

from shared.kernel.ids import new_id
from shared.telemetry import names
from supervisor.cli._chat_client import ChatClient
from supervisor.cli._operator import operator
from supervisor.launch import running_deployment
from tests.support.otlp import Received, otlp_collector
from tests.support.whole_stack import POSTING, RECRUITER, TENANT, Recruiter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
async def spans(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Received]]:
    """All spans of a deployment that was told of a collector, did one hiring job and stopped."""
    with otlp_collector() as collector, pytest.MonkeyPatch.context() as environment:
        environment.setenv("HIREMESH_OTLP_ENDPOINT", collector.url)
        async with running_deployment(tmp_path_factory.mktemp("deployment")) as up:
            async with operator(up.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
                token, _ = await issuer.mint(
                    RECRUITER,
                    tenant=TENANT,
                    scopes=["*.read", "*.write", "*.decide"],
                    audiences=["supervisor"],
                    lifetime=Recruiter.SIGN_IN,
                )
                client = ChatClient(http, up.url("supervisor"), token)
                recruiter = Recruiter(client, new_id("thread"), token, up.url("supervisor"))
                await recruiter.approve(await recruiter.say(POSTING))
            with psycopg.connect(up.run.postgres_url) as connection:
                assert connection.execute("select count(*) from telemetry.span").fetchone() == (0,)
        yield collector.spans


@pytest.fixture
def turn(spans: list[Received]) -> list[Received]:
    """The spans of the turn that approved the requirements."""
    [trace] = {span.trace for span in spans if span.attributes.get(names.GEN_AI_TOOL) == "update_shortlist"}
    return [span for span in spans if span.trace == trace]


def test_from_the_chat_message_to_the_last_tool_call_is_one_trace(turn: list[Received]) -> None:
    known = {span.id for span in turn}
    assert [(span.service, span.name) for span in turn if span.parent not in known] == [
        ("supervisor", "POST /agui")
    ]
    assert {span.service for span in turn} >= {"supervisor", "projects", "sourcing", "recruiter_search"}


def test_no_span_says_what_is_in_the_posting(spans: list[Received]) -> None:
    said = "\n".join(f"{span.name} {span.attributes}" for span in spans)
    assert [word for word in ("Tallowmere", "Airflow", "Kafka", "Lisbon") if word in said] == []
