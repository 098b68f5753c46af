"""UUIDs of version 7 with 74 random bits and no counter, so that an id cannot be guessed."""

from collections.abc import Iterator
from secrets import token_bytes
from uuid import UUID

_AT_ONCE = 256


def uuid7(milliseconds: int, chance: bytes) -> UUID:
    """Return the UUID of a moment and 10 random bytes (RFC 9562, 5.7)."""
    drawn = int.from_bytes(chance)
    high = (milliseconds & (2**48 - 1)) << 80
    return UUID(int=high | 7 << 76 | (drawn >> 64 & 0xFFF) << 64 | 2 << 62 | drawn & (2**62 - 1))


def random_bytes(size: int) -> Iterator[bytes]:
    """Yield random strings of `size` bytes, drawn many at once."""
    while True:
        drawn = token_bytes(size * _AT_ONCE)
        for start in range(0, len(drawn), size):
            yield drawn[start : start + size]
