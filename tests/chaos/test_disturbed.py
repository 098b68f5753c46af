"""X11: a bus that repeats, reorders, drops, damages and forges."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.bus import Packed, Stored, pack
from shared.canonical import chain_next, leaf_hash
from shared.ear import Ear
from shared.feed import read
from tests.chaos.line import HEARD_BY, KEY, SERVICE, Line, Say, coalitions, line, shelf
from tests.shared.test_inbox import message

READER = HEARD_BY["reports"]
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
WINDOW, FETCHED = 50, 32
ROUNDS = 40


async def packed(running: Line, of: Sequence[UUID]) -> tuple[list[Packed], list[Packed]]:
    """Return messages of four events as they were sent, and forged events to follow some."""
    sent: list[Packed] = []
    forged: list[Packed] = []
    async with running.shop.relay.acquire() as db:
        for coalition in of:
            stored = await read(db, coalition, 0, 10_000)
            for at in range(0, len(stored), 4):
                sent += pack(SERVICE, stored[at : at + 4], KEY)
                if at % 16 == 0:
                    forged += pack(SERVICE, [after(stored[at : at + 4][-1])], FORGER)
        forged += pack(SERVICE, [after(stored[-1])], FORGER)
    return sent, forged


def after(last: Stored) -> Stored:
    """Return an event that would fit behind another: only nobody signed it."""
    said = orjson.loads(last.entry)
    position = last.position + 1
    said |= {"id": str(UUID(int=position)), "sequence": f"{position:020}"}
    entry = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    assert last.chain is not None
    chain = chain_next(last.chain, leaf_hash(entry))
    return replace(last, position=position, entry=entry, chain=chain)


def damaged(good: Packed, chance: random.Random) -> Packed:
    """Return a message with one thing wrong."""
    payload = bytearray(good.payload)
    payload[chance.randrange(len(payload))] ^= 1 << chance.randrange(8)
    elsewhere = str(UUID(int=chance.getrandbits(128)))
    coalition = good.subject.split(".")[3]
    return chance.choice(
        [
            replace(good, payload=bytes(payload)),
            replace(good, payload=chance.randbytes(chance.randrange(400))),
            replace(good, payload=good.payload[: len(good.payload) // 2]),
            replace(good, subject=good.subject.replace(coalition, elsewhere)),
            replace(good, subject=good.subject.replace(SERVICE, "members")),
            replace(good, headers={}),
            replace(good, headers=dict.fromkeys(good.headers, "\x00")),
            replace(good, headers=good.headers | {"Accord-Chain": "AAAA.AAAA"}),
        ]
    )


def disturbed(
    sent: Sequence[Packed], forged: Sequence[Packed], chance: random.Random
) -> Iterator[Packed]:
    """Yield what arrives: a tenth twice, some never, some wrong, within a window of disorder."""
    arriving: list[tuple[float, Packed]] = []
    for number, one in enumerate(sent):
        if chance.random() > 0.05:
            arriving.append((number + chance.uniform(0, WINDOW), one))
        if chance.random() < 0.10:
            arriving.append((number + chance.uniform(0, WINDOW), one))
        if chance.random() < 0.10:
            arriving.append((number + chance.uniform(0, WINDOW), damaged(one, chance)))
    for number, one in enumerate(forged):
        arriving.append((number + chance.uniform(0, WINDOW), one))
    yield from (one for _, one in sorted(arriving, key=lambda pair: pair[0]))
    yield from forged  # what they would follow has arrived by now


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.chaos)])
async def test_x11_what_a_bad_bus_delivers_is_never_believed(
    postgres: str, say: Say, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same each time
    of = coalitions(5)
    async with line(postgres, f"x11_{seed}") as running:
        for _ in range(ROUNDS):
            await running.put_many(of, each=4)
        sent, forged = await packed(running, of)
        chance.shuffle(forged)
        arriving = list(disturbed(sent, forged, chance))
        reader = running.reader(shelf(READER))
        ear = Ear(SERVICE, READER, None, lambda: [reader])
        for at in range(0, len(arriving), FETCHED):
            await ear.tell([message(one) for one in arriving[at : at + FETCHED]])
        await reader._compare(None)  # noqa: SLF001 - one turn of the reconciler
        assert await running.parked() == {}
        await running.check(READER)
    dropped = ear.dropped + reader.dropped
    say(
        f"X11 seed {seed}: {len(running.ledger)} events, {len(sent)} messages sent,"
        f" {len(arriving)} arrived, {len(forged) * 2} of them forged;"
        f" {dropped} dropped, {reader.heals} heals, read model = ledger"
    )
    assert dropped > len(forged)
