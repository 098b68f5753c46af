"""Witness rounds: organisations outside the host say that they saw a checkpoint, and when.

All witnesses of the policy are asked at once. A checkpoint is published when they are a quorum, or
when the round is over: recording never waits for them. What comes late is added.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

import asyncpg
import structlog

from services.audit.freezing import freeze
from services.audit.views.served import Log, consistent, log_of, newest_note
from shared.database import DB_TRANSIENT, tenant
from shared.hot import Connection
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.note import Note, NotSigned, Signature
from shared.tlog.policy import Policy
from shared.tlog.submit import ROUND_SECONDS, Answer, submit
from shared.tlog.witness import Declined

log = structlog.get_logger()

LOOK_SECONDS = 0.25
AT_ONCE = 16
"""Logs whose rounds are held side by side."""
AGAIN_AFTER_S = 24 * 3_600
"""An idle log is cosigned again once a day, so that it is known to be watched still."""
_DUE = (
    "select distinct on (coalition_id, log_id) coalition_id from log.checkpoint c"
    " join log.log l using (coalition_id, log_id) where l.state <> 'ended'"
    " and c.size = (select max(n.size) from log.checkpoint n"
    "  where n.coalition_id = c.coalition_id and n.log_id = c.log_id)"
    " and (published_at is null or asked_at < clock_timestamp() - make_interval(secs => $1))"
)
_PUBLISH = (
    "update log.checkpoint set published_at = coalesce(published_at, clock_timestamp())"
    " where coalition_id = $1 and log_id = $2 and size = $3"
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
        self._looked = False
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
        """Hold a round for every log whose newest checkpoint is not published, or old.

        The first look is at all of them: a witness may have seen more than a restored database.
        """
        all_of_them = not self._looked and bool(self._policy.witnesses)
        async with self._watch.acquire(timeout=2) as db:
            due = await db.fetch(_DUE, 0 if all_of_them else AGAIN_AFTER_S)
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(coalition: UUID) -> None:
            async with turns:
                await self.round(coalition)

        await asyncio.gather(*(in_turn(row["coalition_id"]) for row in due))
        self._looked = True

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
        silent = dict[str, str]()
        async for answer in self._answers(found, note, size, olds):
            if not answer.signatures:
                silent[answer.witness.key.name] = answer.why
                await self._not_behind(found, answer)
                continue
            await self._add(found, size, answer)
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

    async def _not_behind(self, found: Log, answer: Answer) -> None:
        """Freeze a log of which a witness has seen more than was ever signed here."""
        if answer.holds is None:
            return
        async with tenant(self._app, [found.coalition]) as db:
            newest = await newest_note(db, found.coalition)
            size = Checkpoint.parse(newest.text).size if newest else 0
            if answer.holds > size:
                who = answer.witness.key.name
                why = (
                    f"the database is older than what {who} saw: {answer.holds} leaves, not {size}"
                )
                log.critical("log_frozen", coalition=str(found.coalition), why=why)
                evidence = {"code": "witness_ahead", "why": why}
                await freeze(db, found.coalition, "audit", size, evidence)

    async def _add(self, found: Log, size: int, answer: Answer) -> None:
        async with tenant(self._app, [found.coalition]) as db:
            await keep(db, found, size, answer.signatures, self._policy)

    async def _publish(self, found: Log, size: int) -> None:
        async with tenant(self._app, [found.coalition]) as db:
            await db.execute(_PUBLISH, found.coalition, found.id, size)


async def keep(
    db: Connection, found: Log, size: int, signatures: Iterable[Signature], policy: Policy
) -> None:
    """Keep witnesses' signatures, which were checked; publish once there is a quorum."""
    where = found.coalition, found.id, size
    for signature in signatures:
        await db.execute(
            "insert into log.cosignature (coalition_id, log_id, size, cosigner, line)"
            " values ($1, $2, $3, $4, $5)"
            " on conflict (coalition_id, log_id, size, cosigner)"
            " do update set line = excluded.line, at = clock_timestamp()",
            *where, signature.name, signature.line,
        )  # fmt: skip
    rows = await db.fetch(
        "select line from log.cosignature where coalition_id = $1 and log_id = $2 and size = $3",
        *where,
    )
    signed = [Signature.parse(row["line"].rstrip("\n")) for row in rows]
    whose = {(each.name, each.key_id) for each in signed}
    names = {each.name for each in policy.witnesses if (each.key.name, each.key.id) in whose}
    if policy.witnesses and policy.met_by(names):
        await db.execute(
            "update log.checkpoint set witnessed_at = coalesce(witnessed_at, $4)"
            " where coalition_id = $1 and log_id = $2 and size = $3",
            *where, datetime.now(UTC),
        )  # fmt: skip
        await db.execute(_PUBLISH, *where)


async def take(pool: asyncpg.Pool, found: Log, raw: bytes, policy: Policy, now: int) -> None:
    """Take what a witness hands in: a whole cosigned note, or only its lines for the newest one.

    A checkpoint that the log's key signed, and that this log does not have, freezes the log: then
    it has signed two histories, or forgot the end of one.

    Args:
        now: POSIX seconds.

    Raises:
        Declined: 400 unreadable, 403 by no witness of the policy, 404 of another log or size, 409
            of another history.
    """
    try:
        if raw.startswith("\N{EM DASH} ".encode()):
            raw = (found.note.text if found.note else "").encode() + b"\n" + raw
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
    except Unreadable as error:
        raise Declined(HTTPStatus.BAD_REQUEST, str(error)) from error
    if checkpoint.origin != found.origin:
        raise Declined(
            HTTPStatus.NOT_FOUND, f"This log is {found.origin}, not {shown(checkpoint.origin)}."
        )
    try:
        signed = note.verified([witness.key for witness in policy.witnesses], now)
    except NotSigned as error:
        raise Declined(HTTPStatus.FORBIDDEN, str(error)) from error
    async with tenant(pool, [found.coalition]) as db:
        ours = await db.fetchval(
            "select root from log.checkpoint"
            " where coalition_id = $1 and log_id = $2 and size = $3",
            found.coalition, found.id, checkpoint.size,
        )  # fmt: skip
        if ours == checkpoint.root:
            lines = [signature for _, signature in signed]
            await keep(db, found, checkpoint.size, lines, policy)
            return
        newest = await newest_note(db, found.coalition)
        size = Checkpoint.parse(newest.text).size if newest else 0
        if (ours is not None or checkpoint.size > size) and _signed_by(found, note, now):
            evidence = {"code": "other_history", "why": "a witness holds what this log does not",
                        "kept": bytes(newest).decode() if newest else None,
                        "came": bytes(note).decode()}  # fmt: skip
            await freeze(db, found.coalition, "audit", checkpoint.size, evidence)
            log.critical("log_frozen", coalition=str(found.coalition), code="other_history")
    if ours is None and checkpoint.size <= size:
        raise Declined(
            HTTPStatus.NOT_FOUND, f"This log published no checkpoint of size {checkpoint.size}."
        )
    raise Declined(
        HTTPStatus.CONFLICT,
        f"At size {checkpoint.size} this log has another root."
        if ours is not None
        else f"This log ends at size {size}; you hold {checkpoint.size}.",
    )


def _signed_by(found: Log, note: Note, now: int) -> bool:
    try:
        note.verified(found.keys, now)
    except NotSigned:
        return False
    return True
