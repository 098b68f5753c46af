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
