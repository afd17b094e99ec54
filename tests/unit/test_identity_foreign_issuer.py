"""Any OpenID Connect issuer by URL: one that signs with RSA and knows nothing of Hiremesh."""

import json
import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from shared.edge.tokens import TokenVerifier
from shared.kernel.errors import Unauthenticated, Unavailable

URL = "https://id.example.org/realms/hiring"


class ForeignIssuer:
    """Serves a discovery document and a key set, and signs what it is told."""

    def __init__(self, *, issuer: str = URL) -> None:
        self.key: RSAPrivateKey = generate_private_key(65537, 2048)
        jwk = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        documents = {
            "/realms/hiring/.well-known/openid-configuration": {"issuer": issuer, "jwks_uri": f"{URL}/certs"},
            "/realms/hiring/certs": {"keys": [{**jwk, "kid": "one", "use": "sig", "alg": "RS256"}]},
        }

        def answer(request: httpx.Request) -> httpx.Response:
            found = documents.get(request.url.path)
            return httpx.Response(200 if found else 404, text=json.dumps(found))

        self.http = httpx.AsyncClient(transport=httpx.MockTransport(answer))

    def sign(self, **claims: object) -> str:
        payload = {"iss": URL, "sub": "8f2c", "aud": "candidates", "exp": int(time.time()) + 60} | claims
        return jwt.encode(payload, self.key, "RS256", headers={"kid": "one"})


@pytest.fixture(scope="module")
def foreign() -> ForeignIssuer:
    return ForeignIssuer()


async def test_its_subjects_are_people_and_its_own_claim_names_the_tenant(foreign):
    verifier = TokenVerifier(URL, "candidates", foreign.http, tenant_claim="org")
    token = foreign.sign(org="acme", scp=["candidates.read"])
    who = await verifier.verify(token)
    assert (who.subject, who.kind, who.tenant) == ("person:8f2c", "person", "acme")
    assert who.scopes == {"candidates.read"}


async def test_a_token_for_the_units_public_url_is_taken_too(foreign):
    verifier = TokenVerifier(URL, ["candidates", "https://mcp.example.org"], foreign.http)
    who = await verifier.verify(foreign.sign(aud="https://mcp.example.org", tenant="acme"))
    assert who.tenant == "acme"


async def test_a_token_signed_with_its_public_key_as_a_shared_secret_is_refused(foreign):
    header = jwt.get_unverified_header(foreign.sign())
    with pytest.raises(Unauthenticated, match="algorithm"):
        await TokenVerifier(URL, "candidates", foreign.http).verify(
            jwt.encode({"iss": URL, "sub": "x"}, "public key" * 8, "HS256", headers={"kid": header["kid"]})
        )


async def test_a_discovery_document_of_another_issuer_is_not_believed():
    other = ForeignIssuer(issuer="https://elsewhere.example")
    with pytest.raises(Unavailable, match="names another issuer"):
        await TokenVerifier(URL, "candidates", other.http).verify(other.sign(tenant="acme"))
