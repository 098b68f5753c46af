"""Signed notes: a text, and below an empty line the lines that sign it (C2SP signed-note).

    — <key name> <base64 of 4 bytes of key id, and the signature>

Key name and key id together say which key signed. Lines of keys that the reader does not know
are let pass; of a key that the reader knows, one line that fails condemns the whole note.
"""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.tlog.encoding import Unreadable, base64_bytes, check_controls, check_name, shown

NOTE_BYTES = 1 << 20
SIGNATURES = 100
KEY_ID_BYTES = 4
ED25519_BYTES = 32
SECRET_PREFIX = "PRIVATE+KEY+"  # noqa: S105 - says that a secret follows
_DASH = "— "


class NotSigned(ValueError):
    """A note without a signature of a key that is trusted, or with a false one."""


@dataclass(frozen=True)
class Signature:
    """One line below a note, kept as it stands."""

    name: str
    encoded: str

    @classmethod
    def of(cls, key: "Key", value: bytes) -> Self:
        return cls(key.name, base64.b64encode(key.id + value).decode())

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line without its newline.

        Raises:
            Unreadable: it is no signature line.
        """
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not encoded:
            raise Unreadable(
                "A signature line is an em dash (U+2014), a space, a key name, a space and base64; "
                f"this one is not: {shown(line)}"
            )
        check_name(name)
        signature = cls(name, encoded)
        if len(signature._raw) <= KEY_ID_BYTES:
            raise Unreadable(f"The signature of {shown(name)} is too short to be one.")
        return signature

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {self.encoded}\n"

    @property
    def key_id(self) -> bytes:
        return self._raw[:KEY_ID_BYTES]

    @property
    def value(self) -> bytes:
        """What follows the key id; its form is the key's own.

        Raises:
            NotSigned: the base64 has other bits than any encoder would write.
        """
        if base64.b64encode(self._raw).decode() != self.encoded:
            raise NotSigned(f"The signature of {shown(self.name)} is not in canonical base64.")
        return self._raw[KEY_ID_BYTES:]

    @cached_property
    def _raw(self) -> bytes:
        try:
            return base64.b64decode(self.encoded.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise Unreadable(f"The signature of {shown(self.name)} is not base64.") from error


@dataclass(frozen=True)
class Key(ABC):
    """A public key that signs notes under a name.

    Args:
        name: Not empty, without Unicode spaces and without `+`.
        public: Its bytes, as long as keys of its type are.
    """

    name: str
    public: bytes
    kind: ClassVar[int]
    length: ClassVar[int] = ED25519_BYTES

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != self.length:
            raise Unreadable(
                f"The key of {shown(self.name)} has {len(self.public)} bytes; "
                f"a key of type 0x{self.kind:02x} has {self.length}."
            )

    def __str__(self) -> str:
        """Return the vkey: name, key id in hex, base64 of type and key."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    @cached_property
    def id(self) -> bytes:
        """Four bytes of SHA-256 over name, newline, type and key."""
        return key_id(self.name, self.kind, self.public)

    @property
    def offered(self) -> bool:
        """Whether signatures of this type can be checked here; else they are let pass."""
        return True

    @abstractmethod
    def check(self, text: str, signature: Signature, now: int) -> None:
        """Check one signature over the text of a note.

        Args:
            now: POSIX seconds; a signature that states a time may not be from the future.

        Raises:
            NotSigned: it does not hold.
        """


class LogKey(Key):
    """Ed25519 over the text itself (0x01): how a log signs its checkpoints."""

    kind = 0x01

    def check(self, text: str, signature: Signature, now: int) -> None:
        del now  # it states no time
        check_ed25519(self, signature.value, text.encode())


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a note. Nobody has signed its text yet: see `verified`.

        Raises:
            Unreadable: it is no note, or beyond 1 MiB or 100 signatures.
        """
        if len(raw) > NOTE_BYTES:
            raise Unreadable(f"The note has {len(raw)} bytes; {NOTE_BYTES} are the most.")
        try:
            whole = raw.decode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"The note is not UTF-8 at byte {error.start}.") from error
        check_controls(whole)
        text, gap, below = whole.rpartition("\n\n")
        if not gap or not below:
            raise Unreadable("The note has no signatures below an empty line.")
        if not below.endswith("\n"):
            raise Unreadable("The note's last line does not end in a newline.")
        lines = below[:-1].split("\n")
        if len(lines) > SIGNATURES:
            raise Unreadable(f"The note has {len(lines)} signatures; {SIGNATURES} are the most.")
        return cls(text + "\n", tuple(map(Signature.parse, lines)))

    def __bytes__(self) -> bytes:
        return "".join((self.text, "\n", *(each.line for each in self.signatures))).encode()

    def signed_by(self, *signatures: Signature) -> Self:
        """Return the note with more signatures; one that it has already is not repeated."""
        more = dict.fromkeys((*self.signatures, *signatures))
        return replace(self, signatures=tuple(more))

    def verified(self, keys: Iterable[Key], now: int) -> list[tuple[Key, Signature]]:
        """Return which of these keys signed, in the order of the lines.

        Args:
            now: POSIX seconds.

        Raises:
            NotSigned: by none of them, or a signature of one of them does not hold.
        """
        known = {(key.name, key.id): key for key in keys if key.offered}
        found = []
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is not None:
                key.check(self.text, signature, now)
                found.append((key, signature))
        if not found:
            expected = ", ".join(sorted({shown(name) for name, _ in known})) or "nobody"
            raise NotSigned(f"None of the keys that are trusted here signed this: {expected}.")
        return found


@dataclass(frozen=True)
class Secret(ABC):
    """A secret key that signs notes under a name; never shown.

    Args:
        seed: 32 random bytes.
    """

    name: str
    seed: bytes = field(repr=False)
    of: ClassVar[type[Key]] = LogKey

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `text` returned.

        Raises:
            Unreadable: it is no secret key of this type; the message never repeats it.
        """
        prefix, _, rest = text.strip().partition(SECRET_PREFIX)
        name, _, coded = rest.partition("+")
        stated, _, encoded = coded.partition("+")
        try:
            raw = base64_bytes(encoded)
            secret = cls(name, raw[1:])
            whole = not prefix and raw[0] == cls.of.kind and secret.key.id.hex() == stated
        except (ValueError, IndexError):
            whole = False
        if not whole:
            raise Unreadable(f"This is not a secret key of type 0x{cls.of.kind:02x}, or damaged.")
        return secret

    @property
    def text(self) -> str:
        """The secret in the form that other note tools read; keep it where nobody else reads."""
        encoded = base64.b64encode(bytes([self.of.kind]) + self.seed).decode()
        return f"{SECRET_PREFIX}{self.name}+{self.key.id.hex()}+{encoded}"

    @cached_property
    def key(self) -> Key:
        return self.of(self.name, self.private.public_key().public_bytes_raw())

    @cached_property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


class Signer(Secret):
    """Signs the text itself (0x01)."""

    def sign(self, text: str) -> Signature:
        return Signature.of(self.key, self.private.sign(text.encode()))


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the four bytes that tell keys of one name apart."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


def check_ed25519(key: Key, value: bytes, message: bytes) -> None:
    """Check a bare Ed25519 signature.

    Raises:
        NotSigned: it does not hold.
    """
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except InvalidSignature as error:
        raise NotSigned(f"The signature of {shown(key.name)} does not hold.") from error
