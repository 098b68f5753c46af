"""Publish what is committed: in order, at least once, by any number of replicas.

A replica owns a coalition while it holds its relay row. Its cursor moves to the last contiguous
acknowledgement; what a stream lost is healed by its readers, so the relay never goes back.
"""

import asyncio
import random

import asyncpg
import structlog
from cryptography.hazmat.primitives.asymmetric import ed25519

from shared.bus import Bus, Packed, pack
from shared.database import DB_TRANSIENT
from shared.failpoint import reach
from shared.feed import read
from shared.telemetry import span

log = structlog.get_logger()

AT_ONCE = 1_024
POLL_SECONDS = 0.25
BACK_OFF_SECONDS = (0.2, 5.0)


class Relay:
    """The relay of one service."""

    def __init__(
        self,
        service: str,
        pool: asyncpg.Pool,
        bus: Bus,
        key: ed25519.Ed25519PrivateKey,
        written: asyncio.Event,
    ) -> None:
        self._service = service
        self._pool = pool
        self._bus = bus
        self._key = key
        self._written = written
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()
        self._written.set()

    async def run(self) -> None:
        """Publish until `stop`."""
        pause = BACK_OFF_SECONDS[0]
        while not self._stopping.is_set():
            try:
                moved = await self.turn()
            except DB_TRANSIENT as error:
                log.warning("relay_waits", error=type(error).__name__)
                moved = None
            except Exception:
                log.exception("relay_failed")
                moved = None
            if moved is None:
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
                pause = min(pause * 2, BACK_OFF_SECONDS[1])
            elif moved:
                pause = BACK_OFF_SECONDS[0]
            else:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._written.wait()
        except TimeoutError:
            pass
        self._written.clear()

    async def turn(self) -> bool | None:
        """Publish the next events of one coalition: True, False for nothing, None on failure."""
        async with self._pool.acquire(timeout=2) as db, db.transaction():
            row = await db.fetchrow(
                "select r.coalition_id, r.position from journal.relay r"
                " join journal.head h using (coalition_id) where h.position > r.position"
                " order by random() limit 1 for update of r skip locked"
            )
            if row is None:
                return False
            await reach("relay.after_lock")
            coalition, after = row["coalition_id"], row["position"]
            events = await read(db, coalition, after, AT_ONCE)
            stream = self._service.upper()
            writers = {event.traceparent for event in events} - {None}
            with span(
                f"publish accord.evt.{{p}}.{{coalition}}.{self._service}",
                links=sorted(str(writer) for writer in writers)[:16],
                attributes={"messaging.system": "nats", "messaging.destination.name": stream},
            ):
                messages = list(pack(self._service, events, self._key))
                stored = await asyncio.gather(
                    *(self._publish(message, stream) for message in messages)
                )
            await reach("relay.after_last_ack")
            reached = after
            for message, done in zip(messages, stored, strict=True):
                if not done:
                    break
                reached = message.last
            await db.execute(
                "update journal.relay set position = $2 where coalition_id = $1",
                coalition, reached,
            )  # fmt: skip
            await reach("relay.before_commit")
        return True if all(stored) else None

    async def _publish(self, message: Packed, stream: str) -> bool:
        stored = await self._bus.publish(message, stream)
        await reach("relay.mid_batch")
        return stored
