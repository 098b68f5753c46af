"""Who asks, for whom, and with which authority.

A token only says which person it is; rights come from our own data, read under the lock of the
decision. Own checks stand around the library's: exact issuer and audience, type, lifetime,
no duplicate claims.
"""

import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from shared.event import Authority, base64url
from shared.uuid7 import random_bytes

Who = Literal["any", "rep", "chair", "fac", "self", "operator"]

TOKEN_BYTES = 8_192
ACCESS_SECONDS = 15 * 60
LONGEST_SECONDS = 60 * 60
LEEWAY_SECONDS = 30
SERVICE_SECONDS = 5 * 60
_CHAIRS = frozenset({"chair", "secretary"})
_SPEAKS = frozenset({"full", "ad_referendum"})
_once = random_bytes(16)


@dataclass(frozen=True)
class Mandate:
    """An accreditation in force: this person acts for `by` in `body`.

    Args:
        alone: `by` is this one person: what they say for it goes with them.
    """

    accreditation: UUID
    person: UUID | None
    by: UUID
    body: UUID
    authority: Authority
    voting: bool
    begins: date
    ends: date | None = None
    roles: frozenset[str] = frozenset()
    alone: bool = False

    def speaks(self, on: date) -> bool:
        """Whether it lets its holder act for the organisation on that day."""
        in_time = self.begins <= on and (self.ends is None or on <= self.ends)
        return in_time and self.authority in _SPEAKS


@dataclass(frozen=True)
class Mandates:
    """All accreditations of a coalition that have not been ended, by id."""

    held: Mapping[UUID, Mandate] = field(default_factory=dict)
    informal: bool = False
    plenary: UUID | None = None
    steering: UUID | None = None

    @cached_property
    def by_person(self) -> Mapping[UUID, Sequence[Mandate]]:
        found: dict[UUID, list[Mandate]] = {}
        for mandate in self.held.values():
            if mandate.person is not None:
                found.setdefault(mandate.person, []).append(mandate)
        return found

    def choose(self, person: UUID, by: UUID | None, body: UUID | None, on: date) -> Mandate | None:
        """Return the accreditation under which a person acts, the most fitting first.

        In the body concerned before elsewhere, with a role before without, full before
        ad referendum.
        """
        fitting = [
            mandate
            for mandate in self.by_person.get(person, ())
            if (by is None or mandate.by == by) and mandate.speaks(on)
        ]
        if not fitting or (by is None and len({mandate.by for mandate in fitting}) > 1):
            return None

        def order(mandate: Mandate) -> tuple[bool, bool, bool, str]:
            return (
                mandate.body != body,
                not mandate.roles & _CHAIRS,
                mandate.authority != "full",
                str(mandate.accreditation),
            )

        return min(fitting, key=order)

    def audiences(self, person: UUID) -> frozenset[str]:
        """Return the audiences that a person belongs to; none without any mandate."""
        held = self.by_person.get(person, ())
        if not held:
            return frozenset()
        found = {"members", "public", f"person:{person}"}
        if self.plenary is not None:
            found.add(f"body:{self.plenary}")
        for mandate in held:
            found |= {f"body:{mandate.body}", f"org:{mandate.by}"}
        return frozenset(found)

    def chairs(self, mandate: Mandate, body: UUID | None) -> bool:
        """Whether it lets its holder act as chair or secretary of `body` (else of the charter)."""
        concerned = body or self.steering or self.plenary
        if self.informal:
            return True
        return any(
            other.body == concerned and bool(other.roles & _CHAIRS)
            for other in self.by_person.get(mandate.person, ())  # type: ignore[arg-type]  # chosen by person
            if other.by == mandate.by
        )


class Unauthenticated(Exception):
    """No token, or one that does not hold."""


@dataclass(frozen=True)
class Signed:
    """What a verified token says.

    Args:
        operator: Runs the deployment; reads at class `members`, acts for nobody.
        demo: May claim when something happened; only where the demo is on.
        service: The peer that asks, of a service token.
    """

    issuer: str
    subject: str
    operator: bool = False
    demo: bool = False
    service: str | None = None

    @cached_property
    def principal(self) -> str:
        """A name for idempotency rows and limits that holds no personal value."""
        return base64url(sha256(f"{self.issuer}\n{self.subject}".encode()).digest())[:22]


class EmbeddedIssuer:
    """Mints access tokens and one-time links with an ES256 key on this machine.

    The token's subject is the person's e-mail address, lower case.
    """

    def __init__(self, key: str, issuer: str = "accord") -> None:
        self.key = ECKey.import_key(key)
        self.issuer = issuer

    @classmethod
    def read(cls, path: Path) -> "EmbeddedIssuer":
        return cls(path.read_text("ascii"))

    @property
    def public(self) -> Mapping[str, Any]:
        """The public key as a JWK."""
        return self.key.as_dict(private=False)

    def mint(
        self, subject: str, *, seconds: int = ACCESS_SECONDS, operator: bool = False,
        demo: bool = False,
    ) -> str:  # fmt: skip
        """Return an access token (RFC 9068), for every service of this deployment."""
        claims: dict[str, Any] = {"aud": "accord", "operator": operator, "demo": demo}
        return self._token("at+jwt", subject, min(seconds, LONGEST_SECONDS), claims)

    def once(self, subject: str, *, seconds: int = ACCESS_SECONDS) -> str:
        """Return a token for one sign-in."""
        return self._token(
            "accord-once+jwt", subject, seconds,
            {"aud": "accord:web", "jti": base64url(next(_once))},
        )  # fmt: skip

    def redeem(self, token: str) -> tuple[str, str]:
        """Return subject and id of a one-time token; the caller keeps the id as used.

        Raises:
            Unauthenticated: it does not hold.
        """
        claims = _checked(
            token, self.key, ["ES256"], "accord-once+jwt", self.issuer, "accord:web",
            LONGEST_SECONDS,
        )  # fmt: skip
        return str(claims["sub"]), str(claims.get("jti"))

    def _token(self, typ: str, subject: str, seconds: int, claims: dict[str, Any]) -> str:
        now = int(time.time())
        claims |= {"iss": self.issuer, "sub": subject, "iat": now, "exp": now + seconds}
        return jwt.encode({"alg": "ES256", "typ": typ}, claims, self.key)


def ed25519_key(pem: str) -> ed25519.Ed25519PrivateKey:
    """Return the Ed25519 private key in a PEM text."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise TypeError("the file holds another kind of key")
    return key


class ServiceKey:
    """Signs what one service asks another: five minutes, for that peer only."""

    def __init__(self, service: str, pem: str) -> None:
        self.service = service
        self._private = ed25519_key(pem)
        self._key = OKPKey.import_key(pem)
        raw = self._private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        self._veil = b"veil" + raw
        self._minted: dict[str, tuple[float, str]] = {}

    @property
    def public(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def veil(self, *parts: str | bytes) -> bytes:
        """Return a digest that nobody without this key can make: no guess at the parts is tested.

        Replicas of the service have the same key; with a new one, digests are others.
        """
        said = [part.encode() if isinstance(part, str) else part for part in parts]
        framed = b"".join(len(part).to_bytes(8) + part for part in said)
        return hmac.digest(self._veil, framed, "sha256")

    def mint(self, peer: str) -> str:
        """Return a token for that peer; one is used for half its life."""
        now = time.time()
        held = self._minted.get(peer)
        if held and held[0] - SERVICE_SECONDS / 2 <= now < held[0]:  # a clock may jump back
            return held[1]
        claims = {
            "iss": self.service, "sub": f"svc:{self.service}", "aud": f"svc:{peer}",
            "iat": int(now), "exp": int(now) + SERVICE_SECONDS,
        }  # fmt: skip
        token = jwt.encode({"alg": "Ed25519", "typ": "at+jwt"}, claims, self._key,
                           algorithms=["Ed25519"])  # fmt: skip
        self._minted[peer] = now + SERVICE_SECONDS / 2, token
        return token


def verify_service(token: str, peer: str, public: bytes, audience: str) -> Signed:
    """Check a peer's token with its public key.

    Raises:
        Unauthenticated: it does not hold.
    """
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": base64url(public)})
    claims = _checked(token, key, ["Ed25519"], "at+jwt", peer, f"svc:{audience}", SERVICE_SECONDS)
    if claims["sub"] != f"svc:{peer}":
        raise Unauthenticated("the token is another's")
    return Signed(peer, claims["sub"], service=peer)


@dataclass(frozen=True)
class TrustedIssuer:
    """An issuer whose tokens are accepted, with its public keys by `kid` (None: the only one)."""

    issuer: str
    keys: tuple[Any, ...]
    algorithms: tuple[str, ...] = ("ES256",)
    typ: str = "at+jwt"
    longest: int = LONGEST_SECONDS
    embedded: bool = False


class Tokens:
    """Verifies access tokens; a verified one is remembered for a minute at most."""

    def __init__(self, issuers: Sequence[TrustedIssuer], *, demo: bool = False) -> None:
        self._issuers = {trusted.issuer: trusted for trusted in issuers}
        self._demo = demo
        self._seen: dict[str, tuple[float, float, Signed]] = {}

    def verify(self, token: str) -> Signed:
        """Return what the token says.

        Raises:
            Unauthenticated: it does not hold.
        """
        now = time.time()
        seen = self._seen.get(token)
        if seen is not None and seen[0] <= now < seen[1]:  # a clock may jump back
            return seen[2]
        claimed = unverified(token)
        trusted = self._issuers.get(claimed) if isinstance(claimed, str) else None
        if trusted is None:
            raise Unauthenticated("the token's issuer is not known here")
        claims = None
        for key in trusted.keys:
            try:
                claims = _checked(
                    token, key, list(trusted.algorithms), trusted.typ, trusted.issuer, "accord",
                    trusted.longest,
                )  # fmt: skip
                break
            except Unauthenticated as error:
                refused = error
        if claims is None:
            raise refused
        signed = Signed(
            trusted.issuer,
            claims["sub"],
            operator=trusted.embedded and claims.get("operator") is True,
            demo=self._demo and trusted.embedded and claims.get("demo") is True,
        )
        if len(self._seen) > 10_000:  # noqa: PLR2004 - a bound, not a rule
            self._seen.clear()
        self._seen[token] = now, min(now + 60, claims["exp"]), signed
        return signed


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unauthenticated("the token names a claim twice")
    return found


def _part(token: str, index: int) -> dict[str, Any]:
    from base64 import urlsafe_b64decode  # noqa: PLC0415 - only here

    parts = token.split(".")
    if len(token) > TOKEN_BYTES or len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        raise Unauthenticated("that is no token")
    try:
        raw = urlsafe_b64decode(parts[index] + "=" * (-len(parts[index]) % 4))
        found = json.loads(raw, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise Unauthenticated("that is no token") from error
    if not isinstance(found, dict):
        raise Unauthenticated("that is no token")
    return found


def unverified(token: str) -> Any:
    """Return the issuer that a token claims, before anything is checked."""
    return _part(token, 1).get("iss")


def _checked(
    token: str, key: Any, algorithms: list[str], typ: str, issuer: str, audience: str, longest: int
) -> dict[str, Any]:
    header, claims = _part(token, 0), _part(token, 1)
    if header.get("typ") != typ or header.keys() - {"alg", "typ", "kid"}:
        raise Unauthenticated("the token is of another kind")
    try:
        jwt.decode(token, key, algorithms=algorithms)
    except (JoseError, ValueError, TypeError) as error:
        raise Unauthenticated("the token's signature does not hold") from error
    now = time.time()
    began, ends = claims.get("iat"), claims.get("exp")
    if type(began) is not int or type(ends) is not int or not 0 < ends - began <= longest:
        raise Unauthenticated("the token's times do not hold")
    if ends + LEEWAY_SECONDS < now:
        raise Unauthenticated("the token has expired: sign in again")
    if began - LEEWAY_SECONDS > now or _after(claims.get("nbf"), now):
        raise Unauthenticated("the token is not valid yet")
    if claims.get("iss") != issuer or not isinstance(claims.get("sub"), str):
        raise Unauthenticated("the token is another issuer's")
    meant = claims.get("aud")
    if audience not in (meant if isinstance(meant, list) else [meant]):
        raise Unauthenticated("the token is for another service")
    return claims


def _after(moment: Any, now: float) -> bool:
    return moment is not None and (type(moment) is not int or moment - LEEWAY_SECONDS > now)
