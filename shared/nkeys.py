"""NATS user keys: Ed25519 seeds and public keys in the bus's own spelling.

A key is written as base32 without padding over prefix, 32 bytes and a CRC-16
(XMODEM, low byte first). Seeds begin with `SU`, public keys with `U`.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED, USER = 18 << 3, 20 << 3  # they turn into the letters S and U
SEED_PREFIX = bytes([SEED | USER >> 5, (USER & 31) << 3])
SEED_LENGTH = len(SEED_PREFIX) + 32


class NotASeed(ValueError):
    """The text is not the seed of a NATS user; the message never repeats it."""


@dataclass(frozen=True)
class NKey:
    """The key of one user of the bus."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_seed(cls, text: str) -> Self:
        """Read a seed.

        Raises:
            NotASeed: it is damaged, or of another kind of key.
        """
        raw = _decoded(text.strip())
        if len(raw) != SEED_LENGTH or not raw.startswith(SEED_PREFIX):
            raise NotASeed("This is not the seed of a NATS user: those begin with SU.")
        return cls(raw[len(SEED_PREFIX) :])

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the seed in a file.

        Raises:
            NotASeed: the file holds none.
        """
        try:
            return cls.from_seed(path.read_text("ascii"))
        except (NotASeed, UnicodeDecodeError) as error:
            raise NotASeed(f"{path} does not hold the seed of a NATS user.") from error

    @property
    def seed(self) -> str:
        return _encoded(SEED_PREFIX + self.secret)

    @property
    def public(self) -> str:
        return _encoded(bytes([USER]) + self._private.public_key().public_bytes_raw())

    def sign(self, nonce: str) -> bytes:
        """Answer the server's challenge, as base64: the client's `signature_cb`."""
        return base64.b64encode(self._private.sign(nonce.encode()))

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def _encoded(raw: bytes) -> str:
    return base64.b32encode(raw + _checksum(raw)).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        framed = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise NotASeed("This is not a NATS key: it is not base32.") from error
    raw, checksum = framed[:-2], framed[-2:]
    if _checksum(raw) != checksum:
        raise NotASeed("This NATS key is damaged: its checksum does not fit.")
    return raw


def _checksum(raw: bytes) -> bytes:
    return binascii.crc_hqx(raw, 0).to_bytes(2, "little")
