"""What a service does when a text is redacted, its own or another's (`shared/redaction.py`).

As with an erasure, whoever reads the event does it before the cursor moves past, and each step may
be repeated. The key is that of all readers, and stays: what was sealed is known by its digest.

1. In the transaction that moves the cursor: the disclosure is deleted, the rows of every read model
   say instead who redacted the words and why, what was heard of others is emptied, and the digest
   is on the list of those that are gone.
2. Every reader refuses what is on that list, wherever it comes from again: a message on the bus, a
   feed, a backup. One that opened a value before finds at its end that the list has grown, and
   begins again.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import orjson
import structlog
from fastapi import Path

from shared import decoding
from shared.ask import Fact, Written
from shared.database import tenant
from shared.erasure import WITHIN
from shared.event import LARGEST, Recorded
from shared.feed import Entry
from shared.hot import REDACTIONS, Connection, Reading
from shared.http import Caller, CallerOf, Receipt, Router, body_of, requires
from shared.problems import not_found
from shared.redaction import (
    FieldName,
    FieldRedacted,
    Held,
    Redacted,
    RedactField,
    Words,
    on,
    text_of,
)

log = structlog.get_logger()

TYPE = FieldRedacted.__name__
BEYOND = frozenset({"partners", "funders"})
"""Classes whose audience comes to that of all who are here."""
_MARK = f'.{TYPE}"'.encode()


class Redaction(NamedTuple):
    """What an event says: the text with this digest, in the event at `of`, is gone."""

    position: int
    of: int
    field: str
    digest: str
    shown: Mapping[str, str]
    """What stands in place of the words: by whom they were redacted, why, and where it says so."""


def found(entries: Sequence[Entry], coalition: UUID, source: str) -> list[Redaction]:
    """Return which texts of the source are gone by these events of it.

    Raises:
        EventDecodeError: one of them cannot be read.
    """
    told = []
    for entry, _ in entries:
        if _MARK in entry and decoding.type_of(entry) == TYPE:
            event = decoding.recorded(entry, {})
            service, _, of = event.data["event"].partition("/")
            if (event.service, event.coalition, service) == (source, coalition, source):
                told.append(_told(event, int(of)))
    return told


def _told(event: Recorded, of: int) -> Redaction:
    field, digest = event.data["field"], event.data["digest"]
    shown = Redacted(reason=event.data["reason"], digest=digest, ref=event.ref, by=event.by)
    return Redaction(
        event.position, of, field, digest, shown.model_dump(mode="json", exclude_none=True)
    )


async def listed(db: Connection, coalition: UUID) -> Mapping[str, Mapping[str, str]]:
    """Return what is gone here, and cannot come again: what is shown instead, by digest."""
    rows = await db.fetch(
        "select digest, shown from inbox.redacted where coalition_id = $1", coalition
    )
    return {row["digest"]: orjson.loads(row["shown"]) for row in rows}


async def finish(db: Connection, coalition: UUID, source: str, told: Collection[Redaction]) -> None:
    """Delete and empty what is gone.

    Args:
        db: In the transaction of the reader, which has the coalition to itself (`erasure.alone`).
    """
    for one in told:
        name, shown = one.field.rpartition(".")[2], orjson.dumps(one.shown).decode()
        await db.execute(
            "insert into journal.erased select coalition_id, position, digest, audience, key_id, $4"
            " from journal.disclosure where (coalition_id, position, digest) = ($1, $2, $3)"
            " on conflict do nothing",
            coalition, one.of, one.digest, name,
        )  # fmt: skip
        await db.execute(
            "delete from journal.disclosure where (coalition_id, position, digest) = ($1, $2, $3)",
            coalition, one.of, one.digest,
        )  # fmt: skip
        await db.execute(
            "select inbox.clear(array(select schema from inbox.model), $1, $2, $3, $4),"
            " inbox.clear(array['heard'], $1, $2, null, null)",
            coalition, [one.digest], shown, one.of, timeout=WITHIN,
        )  # fmt: skip
        await db.execute(
            "insert into inbox.redacted values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            coalition, one.digest, source, one.position, one.of, shown,
        )  # fmt: skip
        log.info("text_redacted", coalition=str(coalition), source=source, position=one.position)


def router(service: str) -> Router:
    """Return the one route by which any text of a service is redacted."""
    made = Router()

    @made.post(
        "/events/{event}/fields/{field}/redactions", status_code=201, response_model=Receipt,
        dependencies=[requires(f"{service}:field:redact")],
    )  # fmt: skip
    async def redact_field(
        event: Position, field: FieldName, redacting: RedactField, caller: Caller
    ) -> Written:
        """Redact a text for good. Its digest, your reason and your organisation stay."""
        return await redact(caller, event, field, redacting)

    return made


Position = Annotated[int, Path(ge=1, le=LARGEST, description="position of the text's event")]


async def redact(caller: CallerOf, position: int, field: str, redacting: RedactField) -> Written:
    """Decide a redaction on the stream of the event that holds the text.

    Raises:
        Problem: 404, there is no such event, or not for the caller.
    """
    journal = caller.host.journal
    assert journal is not None
    async with tenant(caller.host.pool, [caller.coalition]) as db:
        stream: str | None = await db.fetchval(
            "select stream from journal.event where coalition_id = $1 and position = $2",
            caller.coalition, position,
        )  # fmt: skip
    if stream is None:
        raise not_found()
    prefix, _, key = stream.partition("-")
    decider = on(journal.rules.deciders[prefix])
    return await caller.handle(decider, key, redacting, facts=(words(caller, position, field),))


def words(caller: CallerOf, position: int, field: str) -> Fact:
    """Return what looks up the text, under the lock of the decision."""

    async def look(read: Reading, state: Any, redacting: RedactField) -> Words:
        host = caller.host
        assert host.journal is not None
        assert host.mandates is not None
        seen, mandates = await read.recorded(position), await host.mandates(read)
        if seen is None or caller.person is None:
            raise not_found()
        if not _sees(mandates.audiences(caller.person), seen):
            raise not_found()
        held, digest = held_in(seen, field)
        mandate = mandates.held.get(read.context.accreditation)  # type: ignore[arg-type]  # None is no key
        return Words(
            event=seen.ref,
            field=field,
            seal=text_of(host.journal.rules.types[seen.type], field),
            held=held,
            digest=digest,
            by=seen.by,
            chaired=mandate is not None and mandates.chairs(mandate, body_of(state, redacting)),
            because=(await read.fold(REDACTIONS)).get((seen.ref, field)),
            visibility=seen.visibility,
            audience=seen.audience,
        )

    return look


def _sees(own: Collection[str], seen: Recorded) -> bool:
    """Say whether somebody of these audiences may see an event at all."""
    if seen.visibility in BEYOND:
        return bool(own)
    named = [token if ":" in token else f"org:{token}" for token in seen.audience]
    return not set(named or [seen.visibility]).isdisjoint(own)


def held_in(seen: Recorded, field: str) -> tuple[Held, str | None]:
    """Return whether the words are there, and the digest under which they are or were sealed."""
    value: Any = seen.data
    for part in field.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = None
    under = seen.sealed.get(field.replace(".", "/"))
    if under is None:
        return ("nothing" if value is None else "clear"), None
    return ("gone" if value is None else "sealed"), under[2]
