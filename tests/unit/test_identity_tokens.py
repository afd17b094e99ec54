"""Tokens: what a unit accepts, and what it gets for calling others."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from shared.edge.token_source import TokenSource
from shared.edge.tokens import TENANTLESS, TokenVerifier, client_secret
from shared.kernel.errors import Denied, Unauthenticated, Unavailable
from shared.kernel.principal import Principal
from tests.support.identity import ISSUER, SECRET, TestIssuer


@pytest.fixture
def issuer(tmp_path: Path) -> TestIssuer:
    return TestIssuer(tmp_path)


async def person(issuer: TestIssuer, **how) -> Principal:
    """The principal the supervisor sees when a person calls it."""
    return await issuer.verifier("supervisor").verify(await issuer.mint(**how))


def forged(key, *, alg: str, kid: str, **claims) -> str:
    now = int(time.time())
    payload = {"iss": ISSUER, "sub": "person:eve", "aud": "supervisor", "exp": now + 60, "tenant": "acme"}
    return jwt.encode(payload | claims, key, alg, headers={"kid": kid})


async def published_kid(issuer: TestIssuer) -> str:
    return (await issuer.http.get("/jwks.json")).json()["keys"][0]["kid"]


async def test_a_good_token_names_subject_kind_tenant_and_scopes(issuer):
    who = await person(issuer, scopes=["candidates.read", "*.write"])
    assert (who.subject, who.kind, who.tenant, who.actor) == ("person:ada", "person", "acme", None)
    assert who.scopes == {"candidates.read", "*.write"}


async def test_an_expired_token_is_refused_by_saying_so(issuer):
    issuer.clock.move(timedelta(hours=-2))
    token = await issuer.mint(lifetime=timedelta(hours=1))
    with pytest.raises(Unauthenticated, match="expired"):
        await issuer.verifier("supervisor").verify(token)


async def test_a_token_for_another_unit_is_refused_and_the_answer_names_the_right_audience(issuer):
    token = await issuer.mint(audience="candidates")
    with pytest.raises(Unauthenticated, match=r"another audience.*supervisor"):
        await issuer.verifier("supervisor").verify(token)


async def test_a_token_of_an_unknown_issuer_is_refused(issuer):
    token = forged("x" * 32, alg="HS256", kid="any", iss="https://elsewhere.example")
    with pytest.raises(Unauthenticated, match="algorithm"):
        await issuer.verifier("supervisor").verify(token)
    key = generate_private_key(SECP256R1())
    with pytest.raises(Unauthenticated, match="issuer that is not trusted"):
        await issuer.verifier("supervisor").verify(
            forged(key, alg="ES256", kid="any", iss="https://elsewhere.example")
        )


async def test_an_unsigned_token_is_refused(issuer):
    token = forged(None, alg="none", kid=await published_kid(issuer))
    with pytest.raises(Unauthenticated, match="algorithm"):
        await issuer.verifier("supervisor").verify(token)


async def test_a_token_signed_with_a_foreign_key_under_a_known_key_id_is_refused(issuer):
    token = forged(generate_private_key(SECP256R1()), alg="ES256", kid=await published_kid(issuer))
    with pytest.raises(Unauthenticated, match="signature"):
        await issuer.verifier("supervisor").verify(token)


async def test_a_token_signed_with_an_unpublished_key_is_refused(issuer):
    token = forged(generate_private_key(SECP256R1()), alg="ES256", kid="key_of_mine")
    with pytest.raises(Unauthenticated, match="key its issuer does not have"):
        await issuer.verifier("supervisor").verify(token)


@pytest.mark.parametrize("rubbish", ["", "a.b.c", "x" * 9000, "é" * 10, "eyJhbGciOiJFUzI1NiJ9.e30."])
async def test_rubbish_is_refused_without_an_exception_of_the_library(issuer, rubbish):
    with pytest.raises(Unauthenticated):
        await issuer.verifier("supervisor").verify(rubbish)


async def test_a_token_without_a_tenant_is_refused(issuer):
    verifier = TokenVerifier(ISSUER, "supervisor", issuer.http, tenant_claim="organisation")
    with pytest.raises(Unauthenticated, match="organisation"):
        await verifier.verify(await issuer.mint())


async def test_made_up_key_ids_do_not_become_traffic_for_the_issuer(issuer):
    fetched: list[str] = []
    issuer.http.event_hooks["request"].append(_noting(fetched))
    verifier = issuer.verifier("supervisor")
    for n in range(20):
        with pytest.raises(Unauthenticated):
            await verifier.verify(forged(generate_private_key(SECP256R1()), alg="ES256", kid=f"key_{n}"))
    assert fetched.count("/jwks.json") == 1


async def test_without_an_issuer_the_answer_is_unavailable_and_may_be_retried():
    def dead(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(transport=httpx.MockTransport(dead)) as http:
        with pytest.raises(Unavailable) as caught:
            await TokenSource(ISSUER, "supervisor", "secret", http).for_unit("candidates")
    assert caught.value.retryable


async def test_an_exchange_keeps_the_person_and_tenant_and_names_the_acting_service(issuer):
    token = await issuer.tokens("supervisor").for_unit("evaluator", await person(issuer))
    seen = await issuer.verifier("evaluator").verify(token)
    assert (seen.subject, seen.tenant, seen.actor) == ("person:ada", "acme", "service:supervisor")


async def test_a_chain_of_exchanges_lists_every_actor_the_newest_outermost(issuer):
    first = await issuer.tokens("supervisor").for_unit("evaluator", await person(issuer))
    at_evaluator = await issuer.verifier("evaluator").verify(first)
    second = await issuer.tokens("evaluator").for_unit("candidates", at_evaluator)
    act = jwt.decode(second, options={"verify_signature": False})["act"]
    assert act == {"sub": "service:evaluator", "act": {"sub": "service:supervisor"}}


async def test_an_endless_chain_of_exchanges_ends(issuer):
    who = await person(issuer, audience="supervisor")
    for _ in range(6):
        token = await issuer.tokens("supervisor").for_unit("supervisor", who)
        who = await issuer.verifier("supervisor").verify(token)
    with pytest.raises(Unauthenticated, match="too long"):
        await issuer.tokens("supervisor").for_unit("supervisor", who)


async def test_the_right_to_decide_goes_to_the_called_unit_and_no_further(issuer):
    first = await issuer.tokens("supervisor").for_unit("projects", await person(issuer))
    at_projects = await issuer.verifier("projects").verify(first)
    second = await issuer.tokens("projects").for_unit("candidates", at_projects)
    assert at_projects.scopes == {"*.read", "*.write", "projects.decide"}
    assert (await issuer.verifier("candidates").verify(second)).scopes == {"*.read", "*.write"}


async def test_an_exchange_narrows_to_the_scopes_asked_for(issuer):
    token = await issuer.tokens("supervisor").for_unit(
        "candidates", await person(issuer), scopes=["candidates.read"]
    )
    assert (await issuer.verifier("candidates").verify(token)).scopes == {"candidates.read"}


async def test_an_exchange_never_widens(issuer):
    reader = await person(issuer, scopes=["candidates.read"])
    with pytest.raises(Denied, match=r"candidates\.write is more"):
        await issuer.tokens("supervisor").for_unit("candidates", reader, scopes=["candidates.write"])


async def test_a_unit_cannot_exchange_a_token_that_was_meant_for_another(issuer):
    with pytest.raises(Unauthenticated, match="not meant for sourcing"):
        await issuer.tokens("sourcing").for_unit("candidates", await person(issuer))


async def test_a_unit_acting_for_itself_reads_and_writes_and_never_decides(issuer):
    itself = Principal(subject="service:sourcing", kind="service", tenant="acme")
    token = await issuer.tokens("sourcing").for_unit("candidates", itself)
    seen = await issuer.verifier("candidates").verify(token)
    assert (seen.subject, seen.kind, seen.tenant) == ("service:sourcing", "service", "acme")
    assert seen.scopes == {"*.read", "*.write"}
    with pytest.raises(Denied):
        await issuer.tokens("sourcing").for_unit("candidates", itself, scopes=["candidates.decide"])


async def test_work_without_a_caller_is_in_no_tenant(issuer):
    token = await issuer.tokens("registry").for_unit("candidates")
    assert (await issuer.verifier("candidates").verify(token)).tenant == TENANTLESS


async def test_a_person_whose_token_is_not_at_hand_cannot_be_acted_for(issuer):
    with pytest.raises(Unauthenticated, match="not at hand"):
        await issuer.tokens("supervisor").for_unit(
            "candidates", Principal(subject="person:ada", kind="person", tenant="acme")
        )


async def test_a_delegation_outlives_the_token_and_serves_only_the_unit_it_was_given_to(issuer):
    issuer.clock.move(timedelta(minutes=-61))
    token = await issuer.mint(lifetime=timedelta(hours=1))
    source = issuer.tokens("supervisor")
    stored = await source.delegate(Principal(subject="person:ada", kind="person", tenant="acme", token=token))
    issuer.clock.move(timedelta(minutes=61))
    seen = await issuer.verifier("projects").verify(await source.for_unit("projects", stored))
    assert (seen.subject, seen.actor) == ("person:ada", "service:supervisor")
    assert "projects.decide" in seen.scopes
    with pytest.raises(Unauthenticated, match="not meant for evaluator"):
        await issuer.tokens("evaluator").for_unit("projects", stored)
    with pytest.raises(Unauthenticated, match="delegation"):
        await issuer.verifier("supervisor").verify(stored.token)


async def test_concurrent_calls_share_one_request_and_later_ones_the_cached_token(issuer):
    asked: list[str] = []
    issuer.http.event_hooks["request"].append(_noting(asked))
    source, who = issuer.tokens("supervisor"), await person(issuer)
    asked.clear()
    tokens = await asyncio.gather(*(source.for_unit("candidates", who) for _ in range(20)))
    tokens.append(await source.for_unit("candidates", who))
    assert len(set(tokens)) == 1
    assert asked.count("/token") == 1


async def test_the_token_cache_is_bounded(issuer):
    source = TokenSource(ISSUER, "registry", client_secret(SECRET, "registry"), issuer.http, capacity=2)
    for unit in ("candidates", "projects", "jobs"):
        await source.for_unit(unit)
    assert len(source._endpoint._grants) == 2


def _noting(paths: list[str]):
    async def note(request: httpx.Request) -> None:
        paths.append(request.url.path)

    return note
