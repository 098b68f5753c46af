"""Cosignatures: a witness states that it saw a checkpoint, when, and nothing that contradicts it.

Both types begin with the time, as a big-endian u64 of POSIX seconds (C2SP tlog-cosignature). An
Ed25519 key cosigns under one name only: its message does not hold the name.
"""

from dataclasses import dataclass
from typing import ClassVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.note import Key, NotSigned, Secret, Signature, check_ed25519

TIME_BYTES = 8
AHEAD_SECONDS = 300
"""How much a cosigner's clock may be ahead of ours."""
_SUBTREE = b"subtree/v1\n\0"
_OPAQUE = 255


class TimedKey(Key):
    """A key whose signatures begin with the time they were made at."""

    def check(self, text: str, signature: Signature, now: int) -> None:
        at = cosigned_at(signature)
        if at > now + AHEAD_SECONDS:
            raise NotSigned(
                f"{shown(self.name)} cosigned {at - now} seconds from now: one of the clocks is "
                "wrong."
            )
        self._check(text, at, signature.value[TIME_BYTES:])

    def _check(self, text: str, at: int, value: bytes) -> None:
        raise NotImplementedError


class CosignerKey(TimedKey):
    """Ed25519 over time and text (0x04, cosignature/v1)."""

    kind = 0x04

    def _check(self, text: str, at: int, value: bytes) -> None:
        check_ed25519(self, value, cosigned(text, at))


class MlDsaCosignerKey(TimedKey):
    """ML-DSA-44 over name, time, origin, size and root (0x06); read, never written."""

    kind = 0x06
    length: ClassVar[int] = 1_312

    @property
    def offered(self) -> bool:
        try:
            MLDSA44PublicKey.from_public_bytes(self.public)
        except UnsupportedAlgorithm:
            return False
        return True

    def _check(self, text: str, at: int, value: bytes) -> None:
        try:
            message = cosigned_tree(self.name, Checkpoint.parse(text), at)
            MLDSA44PublicKey.from_public_bytes(self.public).verify(value, message)
        except (InvalidSignature, Unreadable) as error:
            raise NotSigned(f"The signature of {shown(self.name)} does not hold.") from error


@dataclass(frozen=True)
class Cosigner(Secret):
    """Cosigns checkpoints (0x04). Its seed is no log's, and no other cosigner's."""

    of: ClassVar[type[Key]] = CosignerKey

    def cosign(self, text: str, at: int) -> Signature:
        """Sign the text of a checkpoint.

        Args:
            at: POSIX seconds.
        """
        value = self.private.sign(cosigned(text, at))
        return Signature.of(self.key, at.to_bytes(TIME_BYTES, "big") + value)


def cosigned_at(signature: Signature) -> int:
    """Return the POSIX seconds that a cosignature states.

    Raises:
        NotSigned: it is too short, or its time is 0, or 2⁶³ and above.
    """
    at = int.from_bytes(signature.value[:TIME_BYTES], "big")
    if len(signature.value) <= TIME_BYTES or not 0 < at < 1 << 63:
        raise NotSigned(f"The cosignature of {shown(signature.name)} states no time.")
    return at


def cosigned(text: str, at: int) -> bytes:
    """Return the message that cosignature/v1 signs."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosigned_tree(cosigner: str, checkpoint: Checkpoint, at: int) -> bytes:
    """Return the message that an ML-DSA-44 cosignature of a whole tree signs.

    Raises:
        Unreadable: a name beyond 255 bytes, which this form cannot hold.
    """
    return b"".join((
        _SUBTREE,
        _opaque(cosigner),
        at.to_bytes(8, "big"),
        _opaque(checkpoint.origin),
        bytes(8),  # the tree from its first leaf
        checkpoint.size.to_bytes(8, "big"),
        checkpoint.root,
    ))  # fmt: skip


def _opaque(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > _OPAQUE:
        raise Unreadable(f"A name of {len(raw)} bytes; {_OPAQUE} are the most: {shown(text)}")
    return bytes([len(raw)]) + raw
