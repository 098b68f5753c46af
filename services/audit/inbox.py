"""Journals to the tree: every event's bytes, checked, in the order in which they came.

What comes again is compared with what is kept. Where it is another, or a journal ends before what
is kept of it, the log is frozen: no intake, no signing; reads and the journals go on.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.audit.domain.entry import READER, Unfit, entries
from services.audit.freezing import freeze
from shared.event import Recorded
from shared.hot import Connection
from shared.inbox import Halt

AT_ONCE = 500
"""Events that are checked before others of this process have their turn."""

_OPEN = (
    "insert into log.log (coalition_id, log_id) values ($1, $2)"
    " on conflict (coalition_id) where state <> 'ended' do nothing"
)
_LOCK = "select log_id, size, state from log.log where coalition_id = $1 and state <> 'ended'"
_KEEP = (
    "insert into log.entry"
    " (coalition_id, log_id, seq, service, position, event_id, leaf, leaf_hash)"
    " select $1, $2, $3 + n - 1, $4, $5 + n - 1, id, leaf, hash"
    " from unnest($6::uuid[], $7::bytea[], $8::bytea[]) with ordinality as new(id, leaf, hash, n)"
)
_GROW = (
    "update log.log set size = size + $3, urgent = urgent or $4,"
    " changed_at = coalesce(changed_at, clock_timestamp())"
    " where coalition_id = $1 and log_id = $2"
)


class Intake:
    """Keeps the journals of one service. It has no keys, and reads no field."""

    reader = READER

    def __init__(self, source: str) -> None:
        self.source = source

    def wants(self, _kind: str) -> bool:
        return False

    def opens(self, _kind: str) -> bool:
        return False

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Do nothing: what an event says is no matter of the log's."""

    async def keep(
        self, db: Connection, coalition: UUID, first: int, written: Sequence[bytes],
        leaves: Sequence[bytes],
    ) -> None:  # fmt: skip
        """Append events to the coalition's log, which is opened by the first one.

        Raises:
            Halt: the log is frozen, or an event is no entry of this place.
        """
        log = await db.fetchrow(f"{_LOCK} for update", coalition)
        if log is None:
            await db.execute(_OPEN, coalition, secrets.token_hex(16))
            log = await db.fetchrow(f"{_LOCK} for update", coalition)
        assert log is not None
        if log["state"] != "open":
            raise Halt("frozen", "the log is frozen")
        ids, urgent = await self._checked(coalition, first, written)
        await db.execute(
            _KEEP, coalition, log["log_id"], log["size"], self.source, first, ids, written, leaves
        )
        await db.execute(_GROW, coalition, log["log_id"], len(ids), urgent)

    async def _checked(
        self, coalition: UUID, first: int, written: Sequence[bytes]
    ) -> tuple[list[str], bool]:
        """Return the ids of events, and whether one is urgent.

        Raises:
            Halt: one is no entry of its place.
        """
        ids, urgent = list[str](), False
        for at in range(0, len(written), AT_ONCE):
            try:
                fit = entries(written[at : at + AT_ONCE], coalition, self.source, first + at)
            except Unfit as error:
                raise Halt("unfit_entry", str(error)) from error
            ids += fit.ids
            urgent |= fit.urgent
            await asyncio.sleep(0)
        return ids, urgent

    async def compare(
        self, db: Connection, coalition: UUID, first: int, written: Sequence[bytes]
    ) -> None:
        """Compare events that came again with those kept, byte for byte.

        Raises:
            Halt: one is another; both versions are the evidence.
        """
        rows = await db.fetch(
            "select position, leaf from log.entry where coalition_id = $1 and service = $2"
            " and log_id = (select log_id from log.log where coalition_id = $1"
            " and state <> 'ended') and position between $3 and $4 order by position",
            coalition, self.source, first, first + len(written) - 1,
        )  # fmt: skip
        kept = {row["position"]: row["leaf"] for row in rows}
        for position, came in enumerate(written, first):
            if position in kept and kept[position] != came:
                evidence = {
                    "position": position,
                    "kept": kept[position].decode("utf-8", "backslashreplace"),
                    "came": came.decode("utf-8", "backslashreplace"),
                }
                words = f"event {position} of {self.source} came again with other bytes"
                raise Halt("history_changed", words, evidence)

    async def changed(self, db: Connection, coalition: UUID, evidence: Mapping[str, Any]) -> None:
        """Freeze the log, and keep what shows that a journal is no longer what it was."""
        position = evidence.get("position") or evidence.get("after") or 0
        if "head" in evidence:
            position = evidence["head"][0]
        await freeze(db, coalition, self.source, position, evidence)
