"""What Schemathesis loads: each command that is sent is a new one."""

from itertools import count
from typing import Any

import schemathesis

KEY = "Idempotency-Key"
_keys = count()


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Draw a new key, except where a missing or bad one is what is tried."""
    given = (case.headers or {}).get(KEY)
    if isinstance(given, str) and 0 < len(given) <= 128 and given.isascii() and given.isprintable():
        case.headers[KEY] = f"{next(_keys)}-{given}"[:128]


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """Write an import as it was generated."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else repr(value).encode()


@schemathesis.deserializer("text/csv", "text/html", "application/x-ndjson")
def words(_context: Any, response: Any) -> str:
    """Read an answer that is not JSON."""
    read: str = response.content.decode("utf-8")
    return read
