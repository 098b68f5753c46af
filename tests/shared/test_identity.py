"""The token battery: everything that must not pass for a signed-in person."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from shared.identity import (
    EmbeddedIssuer,
    Mandate,
    Mandates,
    ServiceKey,
    Tokens,
    TrustedIssuer,
    Unauthenticated,
)

TODAY = date(2026, 5, 1)


def _key() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


ISSUER = EmbeddedIssuer(_key())
TOKENS = Tokens((TrustedIssuer("accord", (ISSUER.key,), embedded=True),))
NOW = int(time.time())
GOOD: dict[str, Any] = {
    "iss": "accord", "sub": "ada@example.org", "aud": "accord", "iat": NOW, "exp": NOW + 600,
}  # fmt: skip


def made(
    header: dict[str, Any] | None = None, key: Any = None, /, drop: str = "", **claims: Any
) -> str:
    said = {name: value for name, value in (GOOD | claims).items() if name != drop}
    head = {"alg": "ES256", "typ": "at+jwt"} | (header or {})
    return jwt.encode(head, said, key or ISSUER.key)


def raw(header: str, claims: str, signature: str = "AAAA") -> str:
    def part(text: str) -> str:
        return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims)}.{signature}"


def hs256(secret: bytes) -> str:
    """A token signed with HMAC under the public key, which some verifiers mistake for a secret."""
    signed = raw('{"alg":"HS256","typ":"at+jwt"}', json.dumps(GOOD), "").rstrip(".")
    mac = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def signed_as(claims: str) -> str:
    """A token whose payload is these very characters, signed well."""
    token: str = jws.serialize_compact({"alg": "ES256", "typ": "at+jwt"}, claims, ISSUER.key)
    return token


def test_a_good_token_holds() -> None:
    signed = TOKENS.verify(ISSUER.mint("ada@example.org"))
    assert (signed.subject, signed.operator, signed.demo) == ("ada@example.org", False, False)
    now = int(time.time())  # the others were made when tests were collected
    assert TOKENS.verify(made(iat=now, exp=now + 600)).subject == "ada@example.org"


BAD = {
    "nothing": "",
    "two parts": "a.b",
    "no json": raw("{", "{}"),
    "alg none": raw('{"alg":"none","typ":"at+jwt"}', json.dumps(GOOD), ""),
    "alg NoNe": raw('{"alg":"NoNe","typ":"at+jwt"}', json.dumps(GOOD), ""),
    "hs256 with the public key": hs256(ISSUER.key.as_pem(private=False)),
    "another key": made(None, ECKey.import_key(_key())),
    "embedded jwk": made({"jwk": dict(ISSUER.public)}),
    "jku": made({"jku": "https://keys.example"}),
    "no typ": raw('{"alg":"ES256"}', json.dumps(GOOD)),
    "an ID token": made({"typ": "JWT"}),
    "iss another": made(iss="accord2"),
    "iss prefix": made(iss="accord/x"),
    "aud another": made(aud="other"),
    "aud missing": made(drop="aud"),
    "sub missing": made(drop="sub"),
    "exp missing": made(drop="exp"),
    "iat missing": made(drop="iat"),
    "expired": made(iat=NOW - 7200, exp=NOW - 3600),
    "from the future": made(iat=NOW + 3600, exp=NOW + 4000),
    "not before": made(nbf=NOW + 3600),
    "lives too long": made(exp=NOW + 90_000),
    "exp true": signed_as(json.dumps(GOOD | {"exp": True})),
    "exp huge": signed_as(json.dumps(GOOD).replace(str(NOW + 600), "1e30")),
    "exp infinite": signed_as(json.dumps(GOOD | {"exp": float("inf")})),
    "exp not a number": signed_as(json.dumps(GOOD | {"exp": float("nan")})),
    "sub twice": signed_as(json.dumps(GOOD)[:-1] + ',"sub":"admin"}'),
    "sub int": signed_as(json.dumps(GOOD | {"sub": 7})),
    "sub list": signed_as(json.dumps(GOOD | {"sub": ["ada"]})),
    "iss list": signed_as(json.dumps(GOOD | {"iss": ["accord"]})),
    "payload a list": signed_as("[]"),
    "too long": made(sub="x" * 9_000),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(name: str) -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.verify(BAD[name])


def test_only_the_embedded_issuer_makes_operators_and_only_a_demo_claims_times() -> None:
    token = ISSUER.mint("o", operator=True, demo=True)
    assert TOKENS.verify(token).operator
    assert not TOKENS.verify(token).demo
    assert (
        Tokens((TrustedIssuer("accord", (ISSUER.key,), embedded=True),), demo=True)
        .verify(token)
        .demo
    )
    foreign = Tokens((TrustedIssuer("accord", (ISSUER.key,)),), demo=True).verify(token)
    assert not foreign.operator
    assert not foreign.demo


def test_a_sign_in_link_is_no_access_token_and_the_other_way_round() -> None:
    once = ISSUER.once("ada@example.org")
    assert ISSUER.redeem(once)[0] == "ada@example.org"
    with pytest.raises(Unauthenticated):
        TOKENS.verify(once)
    with pytest.raises(Unauthenticated):
        ISSUER.redeem(ISSUER.mint("ada@example.org"))


PLENARY, STEERING, ADA = UUID(int=1), UUID(int=2), UUID(int=3)
CLINIC, UNION = UUID(int=4), UUID(int=5)


def mandate(number: int, by: UUID = CLINIC, body: UUID = PLENARY, **more: Any) -> Mandate:
    fields: dict[str, Any] = {"authority": "full", "voting": True, "begins": date(2026, 1, 1)}
    return Mandate(UUID(int=number), ADA, by, body, **(fields | more))


def held(*mandates: Mandate, **more: Any) -> Mandates:
    return Mandates({one.accreditation: one for one in mandates}, plenary=PLENARY, **more)


def test_the_accreditation_in_the_body_concerned_comes_first() -> None:
    mandates = held(mandate(10), mandate(11, body=STEERING))
    chosen = mandates.choose(ADA, None, STEERING, TODAY)
    assert chosen is not None
    assert chosen.accreditation == UUID(int=11)


def test_who_speaks_for_two_has_to_say_for_which() -> None:
    mandates = held(mandate(10), mandate(11, by=UNION))
    assert mandates.choose(ADA, None, PLENARY, TODAY) is None
    chosen = mandates.choose(ADA, UNION, PLENARY, TODAY)
    assert chosen is not None
    assert chosen.by == UNION


@pytest.mark.parametrize(
    "more",
    [{"authority": "observer"}, {"begins": date(2026, 6, 1)}, {"ends": date(2026, 4, 30)}],
    ids=["observes", "begins later", "has ended"],
)
def test_who_may_not_act(more: dict[str, Any]) -> None:
    assert held(mandate(10, **more)).choose(ADA, None, PLENARY, TODAY) is None


def test_only_the_chair_chairs_but_informally_everybody() -> None:
    plain, chair = mandate(10), mandate(11, roles=frozenset({"chair"}))
    assert not held(plain).chairs(plain, PLENARY)
    assert held(chair).chairs(chair, PLENARY)
    assert not held(chair).chairs(chair, STEERING)
    assert held(plain, informal=True).chairs(plain, PLENARY)


def service_key(seed: int) -> ServiceKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return ServiceKey("members", pem.decode())


def test_what_is_veiled_tells_parts_apart_and_needs_the_key() -> None:
    one, same, other = (service_key(seed) for seed in (1, 1, 2))
    veil = one.veil("ada", b"{}")
    assert (veil, len(veil)) == (same.veil("ada", "{}"), 32)
    others = {one.veil("ad", "a{}"), one.veil("ada{}"), other.veil("ada", "{}")}
    assert len(others | {veil}) == 4
