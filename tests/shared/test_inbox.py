"""A reader on a real PostgreSQL: once, in order, gaps fetched, forgery refused, poison parked."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import cast
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.bus import Damaged, Packed, Stored, holds, pack, unpack
from shared.canonical import chain_next, chain_start, leaf_hash
from shared.changes import Changes
from shared.ear import Ear
from shared.event import Heard, Recorded, Text
from shared.feed import read
from shared.inbox import GATHERED, GATHERS_AT_MOST, Hears, Reader, Subscription, pause_after
from shared.projection import UnknownType
from shared.source import Own
from tests.shared.jars import Label, Put, Shop, Smash, ask, shop

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOTE = Text(lang="en", text="for the van")
heard: list[tuple[UUID, int, int, str | None]] = []
poison: set[UUID] = set()


class CoinsPut(Heard):
    coins: int = 0
    note: Text | None = None


async def hear(_changes: Changes, seen: Recorded, put: CoinsPut) -> None:
    if seen.coalition in poison:
        raise ZeroDivisionError
    heard.append((seen.coalition, seen.position, put.coins, put.note.text if put.note else None))


LISTENS = Subscription("ears", "listens", (Hears(CoinsPut, hear),), frozenset({"JarLabelled"}))


@dataclass(frozen=True)
class Ears:
    """A journal, and a reader of it with its cursor in the same database."""

    shop: Shop
    reader: Reader
    ear: Ear

    async def put(self, coalition: UUID, *coins: int) -> None:
        asks = [
            ask(coalition, UUID(int=500 + n), Put(coins=one, note=NOTE))
            for n, one in enumerate(coins)
        ]
        await self.shop.journal.write_all(asks)

    async def packed(self, coalition: UUID, after: int = 0) -> list[Packed]:
        async with self.shop.relay.acquire() as db:
            return list(pack("ears", await read(db, coalition, after, 2_000), KEY))

    async def cursor(self, coalition: UUID) -> int:
        found: int | None = await self.shop.admin.fetchval(
            "select position from inbox.cursor where coalition_id = $1", coalition
        )
        return found or 0


def message(packed: Packed) -> Msg:
    return Msg(Client(), packed.subject, "", packed.payload, dict(packed.headers))


def got(coalition: UUID) -> list[tuple[int, int]]:
    return [(position, coins) for of, position, coins, _ in heard if of == coalition]


async def relay_key() -> bytes:
    return KEY.public_key().public_bytes_raw()


@pytest.fixture(scope="module")
async def ears(postgres: str) -> AsyncIterator[Ears]:
    async with shop(postgres, "ears") as opened:
        task = asyncio.create_task(opened.journal.run())
        own = Own("ears", opened.relay)
        reader = Reader(LISTENS, own, opened.app, opened.relay, opened.keys, relay_key=relay_key)
        yield Ears(opened, reader, Ear("ears", "listens", None, lambda: [reader]))
        opened.journal.stop()
        await task


async def deliver(ears: Ears, *messages: Packed) -> None:
    await ears.ear.tell([message(one) for one in messages])


async def test_what_is_delivered_is_heard_opened(ears: Ears) -> None:
    coalition = UUID(int=1001)
    await ears.put(coalition, 1, 2, 3)
    messages = await ears.packed(coalition)
    assert len(messages) == 1
    await deliver(ears, *messages)
    assert [row[1:] for row in heard if row[0] == coalition] == [
        (1, 1, "for the van"), (2, 2, "for the van"), (3, 3, "for the van"),
    ]  # fmt: skip
    assert await ears.cursor(coalition) == 3


async def test_duplicates_overlaps_and_disorder_change_nothing(ears: Ears) -> None:
    coalition = UUID(int=1002)
    await ears.put(coalition, 1, 2)
    early = await ears.packed(coalition)
    await ears.put(coalition, 9, 8)
    whole, tail = await ears.packed(coalition), await ears.packed(coalition, 2)
    before = ears.reader.heals
    await deliver(ears, *tail, *whole, *early, *tail)
    await deliver(ears, *early)
    assert ears.reader.heals == before  # nothing of it looked damaged
    assert got(coalition) == [(1, 1), (2, 2), (3, 9), (4, 8)]


async def test_a_gap_is_fetched_from_the_source(ears: Ears) -> None:
    coalition = UUID(int=1003)
    await ears.put(coalition, 1, 2, 3, 4)
    await deliver(ears, *await ears.packed(coalition, 3))
    assert got(coalition) == [(1, 1), (2, 2), (3, 3), (4, 4)]


def reader_of(ears: Ears, source: Own) -> Reader:
    return Reader(LISTENS, source, ears.shop.app, ears.shop.relay, ears.shop.keys)


async def test_a_heal_takes_page_after_page(ears: Ears) -> None:
    coalition = UUID(int=1034)
    await ears.put(coalition, 1, 2, 3, 4, 5)
    paged = Own("ears", ears.shop.relay, size=2)
    assert await reader_of(ears, paged).heal(coalition)
    assert got(coalition) == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]


async def test_two_replicas_that_heal_at_once_apply_each_event_once(ears: Ears) -> None:
    coalition = UUID(int=1035)
    await ears.put(coalition, *range(1, 21))
    replicas = [reader_of(ears, Own("ears", ears.shop.relay, size=size)) for size in (2, 3)]
    assert all(await asyncio.gather(*(replica.heal(coalition) for replica in replicas)))
    assert got(coalition) == [(n, n) for n in range(1, 21)]


async def test_an_address_is_known_though_its_event_is_let_pass(ears: Ears) -> None:
    coalition = UUID(int=1021)
    await ears.shop.journal.write_all([ask(coalition, UUID(int=500), Label(slug="blue-jar"))])
    await deliver(ears, *await ears.packed(coalition))
    found = await ears.shop.admin.fetchval(
        "select coalition_id from tenancy.coalition where slug = 'blue-jar'"
    )
    assert found == coalition


async def test_forged_and_damaged_messages_are_dropped(ears: Ears) -> None:
    coalition = UUID(int=1004)
    await ears.put(coalition, 5)
    [good] = await ears.packed(coalition)
    before = ears.reader.dropped + ears.ear.dropped
    forger = Ed25519PrivateKey.generate()
    async with ears.shop.relay.acquire() as db:
        [forged] = pack("ears", await read(db, coalition, 0, 10), forger)
    elsewhere = good.subject.replace(str(coalition), str(UUID(int=1)))
    await deliver(
        ears,
        forged,
        replace(good, subject=elsewhere),
        replace(good, headers=good.headers | {"Nats-Msg-Id": f"ears/{coalition}/1-9"}),
    )
    assert ears.reader.dropped + ears.ear.dropped == before + 3
    assert got(coalition) == [(1, 5)]  # as the source has it


async def test_bytes_that_do_not_fit_the_chain_are_fetched_again(ears: Ears) -> None:
    coalition = UUID(int=1012)
    await ears.put(coalition, 5)
    [good] = await ears.packed(coalition)
    altered = replace(good, payload=good.payload.replace(b"jar-", b"jam-"))
    await deliver(ears, altered)
    assert got(coalition) == [(1, 5)]


def with_nonce(packed: Packed, nonce: str) -> Packed:
    """Return the message with other nonces in its disclosures, which no signature covers."""
    disclosed = json.loads(urlsafe_b64decode(packed.headers["Accord-Disclosures"]))
    for one in disclosed:
        one["nonce"] = nonce
    header = urlsafe_b64encode(json.dumps(disclosed).encode()).decode()
    return replace(packed, headers=packed.headers | {"Accord-Disclosures": header})


async def test_damage_beside_the_chain_is_fetched_again_and_parks_nothing(ears: Ears) -> None:
    coalition = UUID(int=1014)
    await ears.put(coalition, 5)
    [good] = await ears.packed(coalition)
    no_event = good.payload.replace(b'"id":', b'"ix":')
    for bad in (with_nonce(good, ""), replace(good, payload=no_event)):
        for _ in range(3):
            await deliver(ears, bad)
    assert got(coalition) == [(1, 5)]
    parked = await ears.shop.admin.fetchval(
        "select count(*) from inbox.parked where coalition_id = $1", coalition
    )
    assert parked == 0


async def test_what_was_stripped_of_its_disclosures_is_fetched_again(ears: Ears) -> None:
    coalition = UUID(int=1015)
    await ears.put(coalition, 5)
    [good] = await ears.packed(coalition)
    kept = {name: held for name, held in good.headers.items() if name != "Accord-Disclosures"}
    await deliver(ears, replace(good, headers=kept))
    assert got(coalition) == [(1, 5)]


async def test_a_signature_vouches_only_for_what_its_chain_reaches(ears: Ears) -> None:
    coalition = UUID(int=1013)
    await ears.put(coalition, 5, 6, 7)
    async with ears.shop.relay.acquire() as db:
        stored = await read(db, coalition, 0, 10)
    altered = replace(stored[0], entry=stored[0].entry.replace(b"jar-", b"jam-"))
    chain = chain_next(chain_start("ears", coalition), leaf_hash(altered.entry))
    [forged] = pack("ears", [replace(altered, chain=chain)], Ed25519PrivateKey.generate())
    [signed] = pack("ears", stored[2:], KEY)
    await deliver(ears, forged, signed)
    assert got(coalition) == [(1, 5), (2, 6), (3, 7)]
    assert all(b"jam-" not in one.entry for one in stored)


async def test_an_unknown_type_parks_its_coalition_only(ears: Ears) -> None:
    stuck, free = UUID(int=1005), UUID(int=1006)
    await ears.put(stuck, 1)
    await ears.shop.journal.write(ask(stuck, UUID(int=600), Smash()))
    await ears.put(free, 7)
    await deliver(ears, *await ears.packed(stuck), *await ears.packed(free))
    row = await ears.shop.admin.fetchrow(
        "select reason, error, position from inbox.parked where coalition_id = $1", stuck
    )
    assert row is not None
    assert tuple(row) == ("unknown_type", "JarSmashed", 2)
    assert got(free) == [(1, 7)]


async def test_poison_is_tried_three_times_and_then_parked(ears: Ears) -> None:
    coalition = UUID(int=1007)
    poison.add(coalition)
    await ears.put(coalition, 1)
    for _ in range(3):
        await deliver(ears, *await ears.packed(coalition))
    reason = await ears.shop.admin.fetchval(
        "select reason from inbox.parked where coalition_id = $1", coalition
    )
    assert reason == "cannot_apply"
    assert await ears.cursor(coalition) == 0


async def test_the_reconciler_finds_what_no_message_told(ears: Ears) -> None:
    coalition = UUID(int=1008)
    await ears.put(coalition, 4, 4)
    await ears.reader._compare(None)  # noqa: SLF001 - one turn of the reconciler
    assert got(coalition) == [(1, 4), (2, 4)]


async def test_a_source_that_fell_behind_is_history_changed(ears: Ears) -> None:
    coalition = UUID(int=1009)
    await ears.put(coalition, 4)
    await ears.reader.heal(coalition)
    await ears.shop.admin.execute(
        "update inbox.cursor set position = 5 where coalition_id = $1", coalition
    )
    await ears.reader._compare(None)  # noqa: SLF001 - one turn of the reconciler
    reason = await ears.shop.admin.fetchval(
        "select reason from inbox.parked where coalition_id = $1", coalition
    )
    assert reason == "history_changed"


async def test_runs_of_one_type_are_packed_and_sliced_again(ears: Ears) -> None:
    coalition = UUID(int=1010)
    await ears.put(coalition, *range(1, 251))
    await ears.shop.journal.write(ask(coalition, UUID(int=600), Smash()))
    messages = await ears.packed(coalition)
    assert messages[-1].headers["Content-Type"] == "application/cloudevents+json"
    assert sum(one.headers["Content-Type"].endswith("batch+json") for one in messages) > 1
    async with ears.shop.relay.acquire() as db:
        stored: list[Stored] = await read(db, coalition, 0, 2_000)
    sliced = [unpack(message(one)) for one in messages]
    assert [entry for run in sliced for entry in run.entries] == [one.entry for one in stored]
    public = await relay_key()
    assert all(holds(run, public) for run in sliced)
    assert all(len(one.headers.get("Accord-Disclosures", "")) <= 48 * 1024 for one in messages)


async def test_lengths_that_do_not_fit_are_damage(ears: Ears) -> None:
    coalition = UUID(int=1011)
    await ears.put(coalition, 1, 2)
    [packed] = await ears.packed(coalition)
    lengths = packed.headers["Accord-Lengths"].split(",")
    wrong = ",".join([str(int(lengths[0]) + 1), *lengths[1:]])
    with pytest.raises(Damaged):
        unpack(message(replace(packed, headers=packed.headers | {"Accord-Lengths": wrong})))


class Watched(Msg):
    """A message that notes what becomes of it."""

    became: str | None = None

    async def ack(self) -> None:
        self.became = "acknowledged"

    async def nak(self, delay: float | None = None) -> None:
        self.became = f"again in {delay} s"


@dataclass(frozen=True)
class Listening:
    """A reader that is done with what it hears, or not yet."""

    name: str
    told: list[str]
    done: bool = True

    async def hear(self, _of: UUID, _runs: object) -> bool:
        self.told.append(self.name)
        return self.done


async def test_a_message_waits_until_somebody_reads_and_is_told_to_all(ears: Ears) -> None:
    coalition = UUID(int=1022)
    await ears.put(coalition, 3)
    [packed] = await ears.packed(coalition)
    told: list[str] = []
    new, old, late = Listening("new", told), Listening("old", told), Listening("late", told, False)  # noqa: FBT003 - it is not done
    for readers, became in (
        ([], "again in 1 s"),
        ([new, old], "acknowledged"),
        ([late, old], "again in 1 s"),
    ):
        sent = Watched(Client(), packed.subject, "", packed.payload, dict(packed.headers))
        stand_ins = cast("list[Reader]", readers)
        await Ear("ears", "listens", None, partial(list, stand_ins)).tell([sent])
        assert sent.became == became
    assert told == ["new", "old", "late", "old"]


class Happened(Heard):
    pass


def test_sealed_fields_are_opened_only_where_one_is_needed() -> None:
    heard_of = Subscription("ears", "opens", (Hears(CoinsPut, hear), Hears(Happened, hear)))
    assert [heard_of.opens(kind) for kind in ("CoinsPut", "Happened")] == [True, False]
    with pytest.raises(UnknownType):
        heard_of.opens("JarLabelled")


def test_more_is_gathered_where_much_comes_and_never_for_long() -> None:
    assert [pause_after(events) for events in (0, 1, 20)] == [0, 0.001, 0.02]
    assert pause_after(GATHERED - 1) == GATHERS_AT_MOST
    assert pause_after(GATHERED) == 0, "they are enough, and more are waiting"


@pytest.mark.parametrize(
    ("messages", "events", "hurried", "patient"),
    [(0, 0, 0, 0), (1, 1, 0.001, 0.25), (15, 15, 0.015, 0.25), (16, 16, 0.016, 0.016),
     (3, 300, 0.03, 0.25), (32, 3_200, 0, 0)],
)  # fmt: skip
def test_who_is_in_no_hurry_gathers_longer_but_not_where_much_is_waiting(
    messages: int, events: int, hurried: float, patient: float
) -> None:
    for ear, pause in (
        (Ear("members", "ears", None, list), hurried),
        (Ear("members", "keeps", None, list, patience=0.25), patient),
    ):
        assert ear.pause(messages, events) == pause
