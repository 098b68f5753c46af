"""Witness rounds: organisations outside the host say that they saw a checkpoint, and when.

All witnesses of the policy are asked at once. A checkpoint is published when they are a quorum, or
when the round is over: recording never waits for them. What comes late is added.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog

from services.audit.views.served import Log, consistent, log_of, newest_note
from shared.database import DB_TRANSIENT, tenant
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from shared.tlog.policy import Policy
from shared.tlog.submit import ROUND_SECONDS, Answer, submit

log = structlog.get_logger()

LOOK_SECONDS = 0.25
AGAIN_AFTER_S = 24 * 3_600
"""An idle log is cosigned again once a day, so that it is known to be watched still."""
_DUE = (
    "select distinct on (coalition_id, log_id) coalition_id from log.checkpoint c"
    " join log.log l using (coalition_id, log_id) where l.state <> 'ended'"
    " and c.size = (select max(n.size) from log.checkpoint n"
    "  where n.coalition_id = c.coalition_id and n.log_id = c.log_id)"
    " and (published_at is null or asked_at < clock_timestamp() - make_interval(secs => $1))"
)


class Witnesses:
    """Asks the witnesses of one policy about every log of this service.

    Args:
        policy: Without witnesses each checkpoint is published as it is.
    """

    def __init__(self, app: asyncpg.Pool, watch: asyncpg.Pool, policy: Policy) -> None:
        self._app = app
        self._watch = watch
        self._policy = policy
        self._names = {witness.key.name: witness.name for witness in policy.witnesses}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Publish what was sealed until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except (*DB_TRANSIENT, ValueError) as error:
                log.info("witness_later", error=type(error).__name__)
            except Exception:
                log.exception("witness_round_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stopping.wait()

    async def look(self) -> None:
        """Hold a round for every log whose newest checkpoint is not published, or old."""
        async with self._watch.acquire(timeout=2) as db:
            due = await db.fetch(_DUE, AGAIN_AFTER_S)
        await asyncio.gather(*(self.round(row["coalition_id"]) for row in due))

    async def round(self, coalition: UUID) -> Mapping[str, str]:
        """Ask all witnesses about a log's newest checkpoint; return why some gave no signature."""
        async with tenant(self._app, [coalition]) as db:
            found, note = await log_of(db, coalition), await newest_note(db, coalition)
            if found is None or note is None:
                return {}
            size = Checkpoint.parse(note.text).size
            rows = await db.fetch(
                "select cosigner, max(size) as size from log.cosignature"
                " where coalition_id = $1 and log_id = $2 group by cosigner",
                coalition, found.id,
            )  # fmt: skip
            await db.execute(
                "update log.checkpoint set asked_at = clock_timestamp()"
                " where coalition_id = $1 and log_id = $2 and size = $3",
                coalition, found.id, size,
            )  # fmt: skip
        olds = {
            self._names[row["cosigner"]]: row["size"]
            for row in rows
            if row["cosigner"] in self._names
        }
        signed, silent = set[bytes](), dict[str, str]()
        async for answer in self._answers(found, note, size, olds):
            if not answer.signatures:
                silent[answer.witness.key.name] = answer.why
                continue
            signed.add(answer.witness.name)
            await self._add(found, size, answer, met=self._policy.met_by(signed))
        await self._publish(found, size)
        if silent:
            log.info("witnesses_silent", coalition=str(coalition), size=size, why=silent)
        return silent

    async def _answers(
        self, found: Log, note: Note, size: int, olds: Mapping[bytes, int]
    ) -> AsyncIterator[Answer]:
        """Yield the witnesses' answers as they come; they are asked from threads."""
        loop, came = asyncio.get_running_loop(), asyncio.Queue[Answer | None]()

        def prove(old: int) -> Sequence[bytes]:
            asked = asyncio.run_coroutine_threadsafe(self._proof(found, old, size), loop)
            return asked.result(ROUND_SECONDS)

        def ask() -> None:
            try:
                for answer in submit(note, self._policy.witnesses, olds, prove):
                    loop.call_soon_threadsafe(came.put_nowait, answer)
            finally:
                loop.call_soon_threadsafe(came.put_nowait, None)

        asking = loop.run_in_executor(None, ask)
        while (answer := await came.get()) is not None:
            yield answer
        await asking

    async def _proof(self, found: Log, old: int, size: int) -> list[bytes]:
        async with tenant(self._app, [found.coalition]) as db:
            return await consistent(db, found, old, size)

    async def _add(self, found: Log, size: int, answer: Answer, *, met: bool) -> None:
        """Keep a witness's signatures; publish once there is a quorum."""
        async with tenant(self._app, [found.coalition]) as db:
            for signature in answer.signatures:
                await db.execute(
                    "insert into log.cosignature (coalition_id, log_id, size, cosigner, line)"
                    " values ($1, $2, $3, $4, $5)"
                    " on conflict (coalition_id, log_id, size, cosigner)"
                    " do update set line = excluded.line, at = clock_timestamp()",
                    found.coalition, found.id, size, signature.name, signature.line,
                )  # fmt: skip
            if met:
                await db.execute(
                    "update log.checkpoint set witnessed_at = coalesce(witnessed_at, $4)"
                    " where coalition_id = $1 and log_id = $2 and size = $3",
                    found.coalition, found.id, size, datetime.now(UTC),
                )  # fmt: skip
        if met:
            await self._publish(found, size)

    async def _publish(self, found: Log, size: int) -> None:
        async with tenant(self._app, [found.coalition]) as db:
            await db.execute(
                "update log.checkpoint"
                " set published_at = coalesce(published_at, clock_timestamp())"
                " where coalition_id = $1 and log_id = $2 and size = $3",
                found.coalition, found.id, size,
            )  # fmt: skip
