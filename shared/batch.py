"""A batch on the wire: one question that locks and looks up, one call that writes."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.ask import Ask, KeyReused, Repeat, Written
from shared.hot import Connection, Head
from shared.sealing import Disclosure


class Locked:
    """What the lock call answered: free heads, known keys, what was heard, the batch's time."""

    def __init__(
        self,
        heads: Mapping[UUID, Head],
        known: dict[tuple[UUID, str, str, str], tuple[bytes, bytes]],
        heard: Mapping[UUID, Mapping[str, int]],
        at: datetime,
    ) -> None:
        self.heads = heads
        self._known = known
        self._heard = heard
        self.at = at

    def heard_of(self, coalition: UUID) -> Mapping[str, int]:
        return self._heard.get(coalition, {})

    def repeated(self, ask: Ask) -> Written | None:
        """Return the stored answer of an exact repeat.

        Raises:
            KeyReused: same key, other body.
        """
        if ask.repeat is None:
            return None
        repeat = ask.repeat
        row = self._known.get((ask.coalition, repeat.principal, repeat.operation, repeat.key))
        if row is None:
            return None
        if row[0] != repeat.fingerprint:
            raise KeyReused
        return Written.again(row[1])

    def keep(self, ask: Ask, written: Written) -> None:
        """Let a twin in the same batch find the answer."""
        assert ask.repeat is not None
        repeat = ask.repeat
        scope = ask.coalition, repeat.principal, repeat.operation, repeat.key
        self._known[scope] = repeat.fingerprint, written.json()


def in_milliseconds(at: datetime) -> datetime:
    """Return a moment as events hold it, so that a state is the same hot and read back."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@dataclass(frozen=True)
class Question:
    """Which heads of a service to lock, and which idempotency keys to look up."""

    service: str
    batch: Sequence[Ask]
    waits: bool

    def _coalitions(self) -> list[UUID]:
        """Return which heads are wanted; the first, for which it may wait, by chance.

        So what one frozen replica holds delays few others.
        """
        wanted = list({ask.coalition for ask in self.batch})
        if self.waits:
            random.shuffle(wanted)
        return wanted

    async def put(self, db: Connection) -> Locked:
        asked = [(ask.coalition, ask.repeat) for ask in self.batch if ask.repeat]
        row = await db.fetchrow(
            "select * from journal.lock($1, $2, $3, $4, $5, $6)",
            self._coalitions(),
            [coalition for coalition, _ in asked],
            [repeat.principal for _, repeat in asked],
            [repeat.operation for _, repeat in asked],
            [repeat.key for _, repeat in asked],
            self.waits,
        )
        assert row is not None
        heard: dict[UUID, dict[str, int]] = {}
        for cursor in row["heard"] or ():
            if (
                cursor["source"] != self.service
            ):  # a view's own place says nothing of what was heard
                heard.setdefault(cursor["coalition_id"], {})[cursor["source"]] = cursor["position"]
        heads = {h["coalition_id"]: Head(h["position"], h["chain"]) for h in row["heads"] or ()}
        known = {
            (k["coalition_id"], k["principal"], k["operation"], k["key"]): (
                k["fingerprint"],
                k["answer"],
            )
            for k in row["known"] or ()
        }
        return Locked(heads, known, heard, in_milliseconds(row["at"]))


class Stood(NamedTuple):
    """What a coalition's decisions rest on: its head, and what was heard from others."""

    head: Head
    heard: Mapping[str, int]


class Rows:
    """What a batch writes: rows in the order of their types in `journal.sql`."""

    def __init__(self) -> None:
        self._events: list[tuple[Any, ...]] = []
        self._disclosures: list[tuple[Any, ...]] = []
        self._repeats: list[tuple[Any, ...]] = []
        self._heads: list[tuple[Any, ...]] = []
        self._addresses: list[tuple[UUID, str]] = []
        self._beside: list[tuple[Any, ...]] = []

    @property
    def in_one_call(self) -> bool:
        """Whether there is nothing but what one call writes."""
        return not (self._addresses or self._beside)

    @property
    def has_events(self) -> bool:
        return bool(self._events)

    def mark(self) -> tuple[int, int, int, int, int]:
        return (
            len(self._events), len(self._disclosures), len(self._repeats), len(self._addresses),
            len(self._beside),
        )  # fmt: skip

    def back(self, mark: tuple[int, int, int, int, int]) -> None:
        """Forget what a refused command had collected."""
        del self._events[mark[0] :]
        del self._disclosures[mark[1] :]
        del self._repeats[mark[2] :]
        del self._addresses[mark[3] :]
        del self._beside[mark[4] :]

    def event(
        self, coalition: str, position: int, event: str, stream: str, version: int, kind: str,
        entry: bytes, chain: bytes, traceparent: str | None, disclosures: list[Disclosure],
    ) -> None:  # fmt: skip
        self._events.append(
            (coalition, position, event, stream, version, kind, entry, chain, traceparent)
        )
        self._disclosures.extend((coalition, position, *closed[:5]) for closed in disclosures)

    def remember(self, coalition: UUID, repeat: Repeat, answer: bytes) -> None:
        self._repeats.append(
            (coalition, repeat.principal, repeat.operation, repeat.key, repeat.fingerprint, answer)
        )

    def move_heads(self, heads: Iterable[tuple[UUID, Head]]) -> None:
        self._heads.extend((coalition, head.position, head.chain) for coalition, head in heads)

    def beside(self, statements: Iterable[tuple[Any, ...]]) -> None:
        """Keep statements with their values, to be carried out with what is written."""
        self._beside.extend(statements)

    def address(self, coalition: UUID, slug: str) -> None:
        self._addresses.append((coalition, slug))

    async def write(self, db: Connection, at: datetime) -> None:
        """Write all: the events and what belongs to them in one call."""
        if self._addresses:
            await db.executemany("insert into tenancy.coalition values ($1, $2)", self._addresses)
        if self._events or self._repeats:
            await db.execute(
                "select journal.write($1, $2, $3, $4, $5)",
                self._events, self._disclosures, self._repeats, self._heads, at,
            )  # fmt: skip
        for statement, *values in self._beside:
            await db.execute(statement, *values)

    async def append(
        self, db: Connection, service: str, batch: Sequence[Ask], stood: Mapping[UUID, Stood],
        at: datetime,
    ) -> tuple[str, datetime]:  # fmt: skip
        """Write all in one trip if everything is as it was decided on.

        Returns:
            `written`, or what was otherwise; and the database's time.
        """
        row = await db.fetchrow(
            "select * from journal.append($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            [(coalition, *head) for coalition, (head, _) in stood.items()],
            [_written(heard) for _, heard in stood.values()],
            [(ask.coalition, *ask.repeat[:3]) for ask in batch if ask.repeat],
            self._events, self._disclosures, self._repeats, self._heads, at, service,
        )  # fmt: skip
        assert row is not None
        return row["said"], row["at"]


def _written(heard: Mapping[str, int]) -> str:
    """Return what was heard as `journal.append` writes it."""
    return ",".join(f"{source} {position}" for source, position in sorted(heard.items()))
