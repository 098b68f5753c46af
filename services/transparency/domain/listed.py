"""Lists that are too large for their event, which then states their digest (ADR 0030)."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson

from shared.event import base64url


def listed(stated: Any, beside: Any) -> Sequence[Any] | None:
    """Return the list that an event states, in itself or by its digest.

    Args:
        beside: The list that came beside the event; it counts only if it has that digest.

    Returns:
        `None` where no such list is known.
    """
    if isinstance(stated, list) or not isinstance(beside, list):
        return stated if isinstance(stated, list) else None
    canonical = orjson.dumps(beside, option=orjson.OPT_SORT_KEYS)
    return beside if base64url(sha256(canonical).digest()) == stated else None
