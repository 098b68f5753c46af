"""Who is at the browser: sign-in by one-time link, the cookie, and forms only our own pages send.

The only file that knows the issuer. A token never reaches the browser: it holds an opaque id of
256 random bits, and the token is made anew for what it asks.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asyncpg import Pool
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.identity import EmbeddedIssuer, Unauthenticated

OPERATOR = "operator"  # no person's subject, which is an address; made with the data folder only
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
LINK_KEPT = timedelta(days=1)  # longer than any sign-in link lives
NONCE = 12
NOTED_EVERY = timedelta(minutes=1)  # how exactly the last sight of a session is kept

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class SignedIn:
    """A person at a browser.

    Args:
        form_token: Stands in every form; derived from the session's id, so only our pages know it.
        known_in: The coalitions in which they were somebody when they looked.
    """

    subject: str
    access_token: str
    form_token: str
    known_in: frozenset[str] = frozenset()

    def sent(self, form_token: str) -> bool:
        """Tell whether a form with this token came from a page made for this session."""
        return hmac.compare_digest(self.form_token.encode(), form_token.encode())


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Sessions:
    """The sessions kept in the web service's own database."""

    pool: Pool
    issuer: EmbeddedIssuer
    now: Clock = _now

    async def begin(self, one_time_token: str) -> str | None:
        """Redeem a sign-in link, and return the new session's id for the cookie.

        Returns:
            `None` for a link that was used, is too old, or was never made here.
        """
        try:
            subject, link = self.issuer.redeem(one_time_token)
        except Unauthenticated:
            return None
        first = await self.pool.fetchval(
            "insert into web.used_link (id, at) values ($1, $2) on conflict do nothing"
            " returning true",
            link,
            self.now(),
        )
        return await self.begin_for(subject) if first else None

    async def begin_for(self, subject: str) -> str:
        """Begin a session for somebody whose identity is established; ended ones are swept out."""
        session_id = secrets.token_urlsafe(32)
        now = self.now()
        await self.pool.execute("delete from web.session where began <= $1", now - ABSOLUTE)
        await self.pool.execute("delete from web.used_link where at <= $1", now - LINK_KEPT)
        await self.pool.execute(
            "insert into web.session (id_hash, subject, began, seen) values ($1, $2, $3, $3)",
            _hashed(session_id),
            _sealed(session_id, subject),
            now,
        )
        return session_id

    async def find(self, session_id: str | None) -> SignedIn | None:
        """Return who holds this session; `None` when there is none, or it has ended."""
        if not session_id:
            return None
        now = self.now()
        row = await self.pool.fetchrow(
            "select subject, seen, known_in from web.session"
            " where id_hash = $1 and seen > $2 and began > $3",
            _hashed(session_id),
            now - IDLE,
            now - ABSOLUTE,
        )
        if row is None:
            return None
        if row["seen"] < now - NOTED_EVERY:
            await self.pool.execute(
                "update web.session set seen = $2 where id_hash = $1", _hashed(session_id), now
            )
        subject = _opened(session_id, row["subject"])
        token = self.issuer.mint(subject, operator=subject == OPERATOR)
        return SignedIn(subject, token, _form_token(session_id), frozenset(row["known_in"]))

    async def know(self, session_id: str | None, coalition: str) -> None:
        """Note that it belongs to somebody in a coalition: it ends when they are nobody there."""
        if session_id:
            await self.pool.execute(
                "update web.session set known_in = known_in || $2"
                " where id_hash = $1 and $2 <> all(known_in)",
                _hashed(session_id),
                coalition,
            )

    async def end(self, session_id: str | None) -> None:
        """Sign out."""
        if session_id:
            await self.pool.execute(
                "delete from web.session where id_hash = $1", _hashed(session_id)
            )


@dataclass(frozen=True)
class Cookie:
    """The session's cookie: bound to the host by its name where there is TLS."""

    secure: bool

    @property
    def name(self) -> str:
        """The name browsers hold it under."""
        return "__Host-accord" if self.secure else "accord"

    def holding(self, session_id: str) -> str:
        """Return the `Set-Cookie` that gives the browser a session."""
        return self._set(session_id, int(ABSOLUTE.total_seconds()))

    def emptied(self) -> str:
        """Return the `Set-Cookie` that takes it away."""
        return self._set("", 0)

    def _set(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{self.name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def from_our_page(headers: Mapping[str, str]) -> bool:
    """Tell whether the browser says that this request comes from one of our own pages.

    Browsers leave `Sec-Fetch-Site` out on plain HTTP hosts other than this machine; there the
    form's token must do.
    """
    return headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _hashed(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode()).digest()


def _cipher(session_id: str) -> AESGCM:
    return AESGCM(hmac.digest(session_id.encode(), b"accord subject", "sha256"))


def _sealed(session_id: str, subject: str) -> bytes:
    """Return the subject as only who brings the cookie can read it."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(session_id).encrypt(nonce, subject.encode(), None)


def _opened(session_id: str, sealed: bytes) -> str:
    return _cipher(session_id).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()


def _form_token(session_id: str) -> str:
    digest = hmac.digest(session_id.encode(), b"accord form", "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
