"""A log that contradicts itself, its signer or a journal takes nothing more, and says why."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from shared.hot import Connection

_FREEZE = (
    "update log.log set state = 'frozen', reason = $2 where coalition_id = $1 and state = 'open'"
)


async def freeze(
    db: Connection, coalition: UUID, service: str, position: int, evidence: Mapping[str, Any]
) -> None:
    """Freeze a coalition's log, and publish why; what was said first stays.

    Args:
        service: Whose journal it concerns; `audit` where it is the log itself.
    """
    await db.execute(_FREEZE, coalition, f"{service} at {position}: see what was found")
    await db.execute(
        "insert into log.inconsistency (coalition_id, log_id, service, position, evidence)"
        " select $1, log_id, $2, $3, $4 from log.log"
        " where coalition_id = $1 and state <> 'ended' on conflict do nothing",
        coalition, service, position, orjson.dumps(evidence).decode(),
    )  # fmt: skip
