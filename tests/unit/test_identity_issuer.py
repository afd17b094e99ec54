"""The embedded issuer: keys, clients, revocation and what it refuses."""

import stat
from datetime import timedelta
from itertools import count
from pathlib import Path

import jwt
import pytest

from shared.edge.issuer.keys import KeyRing
from shared.edge.issuer.scopes import for_audience
from shared.edge.tokens import TOKEN_EXCHANGE, TokenVerifier
from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Principal
from tests.support.identity import ISSUER, MovableClock, TestIssuer


@pytest.fixture
def issuer(tmp_path: Path) -> TestIssuer:
    return TestIssuer(tmp_path)


def kids(ring: KeyRing) -> list[str]:
    return [key["kid"] for key in ring.public()["keys"]]


def test_keys_lie_in_a_file_that_only_its_owner_reads_and_survive_a_restart(tmp_path):
    path = tmp_path / "issuer" / "keys.json"
    first = KeyRing(path, MovableClock())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kids(KeyRing(path, MovableClock())) == kids(first)


def test_a_new_key_is_published_before_it_signs(tmp_path):
    clock = MovableClock()
    ring = KeyRing(tmp_path / "keys.json", clock, lead=timedelta(minutes=5))
    old = ring.signing().kid
    new = ring.rotate().kid
    assert (kids(ring), ring.signing().kid) == ([old, new], old)
    clock.move(timedelta(minutes=6))
    assert ring.signing().kid == new


def test_an_old_key_stays_until_the_last_token_it_signed_has_expired(tmp_path):
    clock = MovableClock()
    ring = KeyRing(tmp_path / "keys.json", clock, lead=timedelta(0), keep=timedelta(days=2))
    old, new = ring.signing().kid, ring.rotate().kid
    clock.move(timedelta(days=1))
    assert kids(ring) == [old, new]
    clock.move(timedelta(days=2))
    assert kids(ring) == [new]


def test_keys_rotate_by_age_without_being_told(tmp_path):
    clock = MovableClock()
    ring = KeyRing(tmp_path / "keys.json", clock, max_age=timedelta(days=30))
    old = ring.signing().kid
    clock.move(timedelta(days=30))
    assert ring.signing().kid == old
    clock.move(timedelta(minutes=6))
    assert ring.signing().kid != old


def test_a_clock_that_was_set_back_does_not_stop_the_issuer(tmp_path):
    clock = MovableClock()
    ring = KeyRing(tmp_path / "keys.json", clock)
    clock.move(timedelta(days=-1))
    assert ring.signing().kid == kids(ring)[0]


async def test_a_verifier_that_knows_only_the_old_key_takes_tokens_signed_with_the_new_one(issuer):
    seconds = count(step=10)  # so that the pause between two fetches has always passed
    verifier = TokenVerifier(ISSUER, "supervisor", issuer.http, monotonic=lambda: next(seconds), leeway=900)
    before = await issuer.mint()
    await verifier.verify(before)
    await issuer.post("/admin/keys/rotate")
    issuer.clock.move(timedelta(minutes=6))
    after = await issuer.mint()
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    assert (await verifier.verify(after)).subject == (await verifier.verify(before)).subject


async def test_the_discovery_document_names_the_endpoints_at_both_well_known_paths(issuer):
    openid = (await issuer.http.get("/.well-known/openid-configuration")).json()
    oauth = (await issuer.http.get("/.well-known/oauth-authorization-server")).json()
    assert openid == oauth
    assert (openid["issuer"], openid["token_endpoint"]) == (ISSUER, f"{ISSUER}/token")


async def test_the_published_keys_hold_nothing_private(issuer):
    keys = (await issuer.http.get("/jwks.json")).json()["keys"]
    assert {name for key in keys for name in key} == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_a_revoked_token_and_what_was_exchanged_from_it_are_refused(issuer):
    minted = await issuer.minted(
        "person:ada", tenant="acme", scopes=["*.read"], audience="supervisor", lifetime=timedelta(hours=1)
    )
    who = await issuer.verifier("supervisor").verify(minted.json()["access_token"])
    onward = await issuer.tokens("supervisor").for_unit("candidates", who)
    answer = await issuer.post("/revoke", token_id=minted.json()["token_id"])
    assert answer.status_code == 200
    for audience, token in (("supervisor", who.token), ("candidates", onward)):
        with pytest.raises(Unauthenticated, match="revoked"):
            await issuer.verifier(audience).verify(token)
    with pytest.raises(Unauthenticated, match="revoked"):
        await issuer.tokens("supervisor").for_unit("candidates", who)


async def test_a_unit_revokes_only_its_own_tokens(issuer):
    token = await issuer.mint()
    answer = await issuer.post("/revoke", "supervisor", token=token)
    assert answer.status_code == 403
    await issuer.verifier("supervisor").verify(token)


async def test_minted_tokens_are_listed_until_they_are_revoked_and_never_stored(issuer):
    token = await issuer.mint("person:ada")
    (listed,) = (await issuer.post("/admin/tokens")).json()["tokens"]
    assert (listed["subject"], listed["scopes"]) == ("person:ada", ["*.decide", "*.read", "*.write"])
    assert token not in (issuer.folder / "issuer" / "records.json").read_text()
    await issuer.post("/revoke", token_id=listed["token_id"])
    assert (await issuer.post("/admin/tokens")).json() == {"tokens": []}


async def test_a_partner_gets_tokens_with_its_own_secret_for_its_own_units_only(issuer):
    made = (
        await issuer.post(
            "/admin/partners", name="globex", tenant="acme", scope="evaluator.read evaluator.write"
        )
    ).json()
    sign_in = (made["client_id"], made["client_secret"])
    form = {"grant_type": "client_credentials", "audience": "evaluator"}
    token = (await issuer.http.post("/token", data=form, auth=sign_in)).json()["access_token"]
    seen = await issuer.verifier("evaluator").verify(token)
    assert (seen.subject, seen.kind, seen.tenant) == ("partner:globex", "partner", "acme")
    elsewhere = await issuer.http.post("/token", data=form | {"audience": "candidates"}, auth=sign_in)
    assert elsewhere.json()["error"] == "invalid_target"
    more = await issuer.http.post("/token", data=form | {"scope": "candidates.read"}, auth=sign_in)
    assert more.json()["error"] == "invalid_scope"
    assert made["client_secret"] not in (issuer.folder / "issuer" / "records.json").read_text()


async def test_a_removed_partner_gets_no_more_tokens(issuer):
    made = (await issuer.post("/admin/partners", name="globex", tenant="acme", scope="evaluator.read")).json()
    await issuer.post("/admin/partners/remove", name="globex")
    answer = await issuer.http.post(
        "/token",
        data={"grant_type": "client_credentials", "audience": "evaluator"},
        auth=(made["client_id"], made["client_secret"]),
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"name": "globex", "tenant": "acme", "scope": "*.read"}, "invalid_scope"),
        ({"name": "globex", "tenant": "acme", "scope": ""}, "invalid_scope"),
        ({"name": "globex", "tenant": "", "scope": "evaluator.read"}, "invalid_request"),
        ({"name": "Not A Name", "tenant": "acme", "scope": "evaluator.read"}, "invalid_request"),
    ],
)
async def test_a_partner_needs_a_name_a_tenant_and_scopes_that_name_their_unit(issuer, form, error):
    answer = await issuer.post("/admin/partners", **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_target"),
        ({"grant_type": "client_credentials", "audience": "Not a unit"}, "invalid_target"),
        ({"grant_type": "client_credentials", "audience": "jobs", "tenant": "a b"}, "invalid_request"),
        ({"grant_type": "client_credentials", "audience": "jobs", "scope": "everything"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "audience": "jobs", "scope": "*.decide"}, "invalid_scope"),
        ({"grant_type": TOKEN_EXCHANGE, "audience": "jobs"}, "invalid_request"),
        ({"grant_type": "urn:hiremesh:params:oauth:grant-type:mint"}, "unauthorized_client"),
    ],
)
async def test_a_request_that_cannot_be_granted_gets_the_oauth_error_for_it(issuer, form, error):
    answer = await issuer.post("/token", "sourcing", **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_only_the_operator_mints_registers_and_rotates(issuer):
    for path in ("/admin/tokens", "/admin/partners", "/admin/keys/rotate"):
        assert (await issuer.post(path, "sourcing")).status_code == 403


async def test_a_wrong_secret_is_refused_and_guessing_is_slowed_down(issuer):
    answers = [
        await issuer.http.post("/token", auth=("sourcing", f"guess {n}"), data={"audience": "jobs"})
        for n in range(21)
    ]
    assert {answer.status_code for answer in answers[:20]} == {401}
    assert (answers[20].status_code, answers[20].headers["retry-after"]) == (429, "60")
    assert (await issuer.post("/token", "jobs", grant_type="none")).status_code == 400


async def test_an_oversized_a_repeated_and_a_non_form_body_are_refused(issuer):
    too_long = await issuer.post("/token", "sourcing", scope="x" * 70_000)
    twice = await issuer.http.post(
        "/token",
        content="audience=a&audience=b",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    json_body = await issuer.http.post("/token", json={})
    assert [answer.status_code for answer in (too_long, twice, json_body)] == [413, 400, 415]


async def test_the_secret_may_come_in_the_form_as_well(issuer):
    sent = await issuer.http.post(
        "/token", data={"client_id": "sourcing", "client_secret": "wrong", "audience": "jobs"}
    )
    assert sent.json()["error"] == "invalid_client"


async def test_a_unit_finishes_what_it_began_for_an_hour_after_its_token_ended_and_no_longer(issuer):
    who = Principal(subject="person:ada", kind="person", tenant="acme", token=await issuer.mint())
    issuer.clock.move(timedelta(minutes=119))
    onward = await issuer.tokens("supervisor").for_unit("jobs", who)
    claims = jwt.decode(onward, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 60
    issuer.clock.move(timedelta(minutes=2))
    with pytest.raises(Unauthenticated, match="expired"):
        await issuer.tokens("supervisor").for_unit("jobs", who)


async def test_records_survive_a_restart(issuer, tmp_path):
    await issuer.mint("person:ada")
    again = TestIssuer(tmp_path)
    assert [token["subject"] for token in (await again.post("/admin/tokens")).json()["tokens"]] == [
        "person:ada"
    ]


def test_a_scope_that_binds_goes_to_its_audience_alone():
    held = ["*.read", "jobs.write", "*.decide", "projects.contact"]
    assert for_audience(held, "projects") == {"*.read", "jobs.write", "projects.decide", "projects.contact"}
    assert for_audience(held, "jobs") == {"*.read", "jobs.write", "jobs.decide"}


async def sign_in_code(issuer: TestIssuer, audience: str = "supervisor") -> str:
    order = {"subject": "person:ada", "tenant": "acme", "scope": "*.read", "audience": audience}
    return (await issuer.post("/admin/sign-in-codes", **order, lifetime="43200")).json()["code"]


async def test_a_sign_in_code_is_exchanged_once_for_what_was_ordered(issuer):
    code = await sign_in_code(issuer)
    tokens = issuer.tokens("supervisor")

    person = await issuer.verifier("supervisor").verify(await tokens.redeem(code))

    assert (person.subject, person.tenant, person.scopes) == ("person:ada", "acme", {"*.read"})
    with pytest.raises(Unauthenticated, match="used already"):
        await tokens.redeem(code)


async def test_a_sign_in_code_expires_within_minutes(issuer):
    code = await sign_in_code(issuer)
    issuer.clock.move(timedelta(minutes=10))

    with pytest.raises(Unauthenticated, match="has expired"):
        await issuer.tokens("supervisor").redeem(code)


async def test_a_sign_in_code_is_of_no_use_to_another_unit(issuer):
    code = await sign_in_code(issuer)

    with pytest.raises(Unauthenticated, match="not meant for evaluator"):
        await issuer.tokens("evaluator").redeem(code)


async def test_only_the_operator_makes_sign_in_codes(issuer):
    answer = await issuer.post("/admin/sign-in-codes", "supervisor", subject="person:ada")

    assert answer.status_code == 403


async def test_of_a_sign_in_code_only_a_digest_is_kept(issuer):
    code = await sign_in_code(issuer)

    assert all(code not in path.read_text() for path in issuer.folder.rglob("*.json"))
