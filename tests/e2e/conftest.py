"""One whole deployment on free ports for all end-to-end tests, with a small talent pool in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice
from typing import Any

import httpx
import pytest

from shared.edge.units import Units
from shared.kernel.ids import new_id
from supervisor.cli._chat_client import ChatClient
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment, running_deployment
from supervisor.sample_pool import generate_pool
from tests.support.whole_stack import INJECTED, RECRUITER, TENANT, Recruiter

PEOPLE = 400
SEED = 11


@pytest.fixture(scope="session")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    async with running_deployment(tmp_path_factory.mktemp("deployment")) as up:
        yield up


@pytest.fixture(scope="session")
async def units(deployment: Deployment) -> AsyncIterator[Units]:
    """All units, called as the recruiter."""
    async with AsyncExitStack() as closing:
        issuer = await closing.enter_async_context(operator(deployment.folder.path))
        signed_in = signed_in_units(issuer, deployment.run.units, TENANT, RECRUITER)
        yield await closing.enter_async_context(signed_in)


@pytest.fixture(scope="session")
async def pool(units: Units) -> int:
    """The pool is imported and searchable; returns how many people are in it."""
    people: list[dict[str, Any]] = [
        one.model_dump(mode="json", exclude_none=True) for one in islice(generate_pool(SEED, PEOPLE), PEOPLE)
    ]
    arguments = {"items": [*people, INJECTED], "source": "test pool", "format": "json_resume"}
    await units.call_tool("candidates", "import_profiles", arguments, dict[str, Any], timeout=120)
    changes = await units.call_tool("candidates", "list_changes", {"after": 0, "limit": 500}, dict[str, Any])
    await units.call_tool(
        "recruiter_search", "index_status", {"at_least_seq": changes["next"]}, dict[str, Any], timeout=120
    )
    return PEOPLE + 1


@pytest.fixture
async def recruiter(deployment: Deployment, pool: int) -> AsyncIterator[Recruiter]:
    """A recruiter in a conversation of their own, in front of the loaded pool."""
    async with in_front_of(deployment, RECRUITER) as signed_in:
        yield signed_in


@pytest.fixture
async def newcomer(deployment: Deployment, pool: int) -> AsyncIterator[Recruiter]:
    """A recruiter who works on nothing yet."""
    async with in_front_of(deployment, f"person:{new_id('new')}") as signed_in:
        yield signed_in


@asynccontextmanager
async def in_front_of(deployment: Deployment, person: str) -> AsyncIterator[Recruiter]:
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        token, _ = await issuer.mint(
            person,
            tenant=TENANT,
            scopes=["*.read", "*.write", "*.decide"],
            audiences=["supervisor"],
            lifetime=Recruiter.SIGN_IN,
        )
        client = ChatClient(http, deployment.url("supervisor"), token)
        yield Recruiter(client, new_id("thread"), token, deployment.url("supervisor"))
