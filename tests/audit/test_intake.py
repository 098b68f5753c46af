"""What comes to the log twice, late, in disorder or not at all, or is no event."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.audit.domain.entry import READER
from services.audit.inbox import Intake
from shared.bus import Stored, pack, unpack
from shared.canonical import chain_start, chained
from shared.ear import Ear
from shared.feed import Page, read
from shared.inbox import Reader
from shared.source import Own
from tests.audit.house import KEY, House
from tests.audit.test_log import bytes_of
from tests.shared.jars import Put, ask


async def recorded(home: House, coalition: UUID, count: int) -> list[Stored]:
    """Record events, and return them; nobody has told the log."""
    for _ in range(count):
        await home.shop.journal.write(ask(coalition, UUID(int=900), Put(coins=1)))
    async with home.shop.relay.acquire() as db:
        return await read(db, coalition, 0, 2_000)


def messages(events: Sequence[Stored]) -> list[Msg]:
    """Return each event as a message of its own."""
    return [
        Msg(Client(), packed.subject, "", packed.payload, dict(packed.headers))
        for event in events
        for packed in pack("members", [event], KEY)
    ]


def ear(home: House) -> Ear:
    return Ear("members", READER, None, lambda: [home.reader])


async def kept(home: House, coalition: UUID) -> list[bytes]:
    rows = await home.admin.fetch(
        "select leaf from log.entry where coalition_id = $1 order by seq", coalition
    )
    return [row["leaf"] for row in rows]


async def whole(home: House, coalition: UUID) -> bool:
    """Say whether the log has the journal: all of it, once, in order, and is open."""
    return await kept(home, coalition) == await bytes_of(home, coalition) and (
        await home.state(coalition) == "open"
    )


async def test_what_is_told_again_and_again_is_kept_once(home: House, coalition: UUID) -> None:
    told = messages(await recorded(home, coalition, 6))
    for _ in range(3):
        await ear(home).tell(told)
    await asyncio.gather(*(ear(home).tell(told[first:]) for first in range(6)))
    assert await whole(home, coalition)


async def test_what_comes_in_disorder_is_kept_in_order(home: House, coalition: UUID) -> None:
    told = messages(await recorded(home, coalition, 7))
    for message in reversed(told):
        await ear(home).tell([message])
    assert await whole(home, coalition)


async def test_what_did_not_come_is_fetched(home: House, coalition: UUID) -> None:
    told = messages(await recorded(home, coalition, 9))
    await ear(home).tell([*told[:2], *told[5:6]])
    assert await whole(home, coalition)
    assert len(await kept(home, coalition)) == 9


async def test_a_bus_that_was_wiped_costs_nothing(home: House, coalition: UUID) -> None:
    """No message ever comes, and then one that knows nothing of those before."""
    first = await recorded(home, coalition, 5)
    await home.compare()
    assert len(await kept(home, coalition)) == 5
    after = await recorded(home, coalition, 4)
    await ear(home).tell(messages(after[-1:]))
    assert await whole(home, coalition)
    assert (len(first), len(after)) == (5, 9)


async def test_garbage_on_the_bus_is_dropped(home: House, coalition: UUID) -> None:
    events = await recorded(home, coalition, 3)
    told = messages(events)
    subject, headers = told[0].subject, dict(told[0].headers or {})
    garbage = [
        Msg(Client(), subject, "", b"\xff\x00", headers),
        Msg(Client(), subject, "", b"", {}),
        Msg(Client(), subject, "", events[1].entry, headers),
        Msg(Client(), "accord.evt.nonsense", "", events[0].entry, headers),
    ]
    await ear(home).tell([*garbage, *told])
    await home.reader.heal(coalition)
    assert await whole(home, coalition)


@pytest.mark.parametrize(
    ("changed", "into", "reason", "why"),
    [
        (b'"sequence":"', b'"sequence": "', "unfit_entry", "canonical"),
        (b"00003", b"00004", "unfit_entry", "another place"),
        (b"/members", b"/credits", "unfit_entry", "another place"),
        (b"{", b"[", "unfit_entry", "no event"),
    ],
)
async def test_garbage_in_a_journal_stops_that_journal_and_no_other(
    home: House, coalition: UUID, changed: bytes, into: bytes, reason: str, why: str
) -> None:
    entry = (await recorded(home, coalition, 3))[2].entry
    assert changed in entry
    await plant(home, coalition, 3, entry.replace(changed, into))
    await home.reader.heal(coalition)
    assert await kept(home, coalition) == [], "a page is taken whole or not at all"
    parked = await home.admin.fetchrow(
        "select * from inbox.parked where coalition_id = $1", coalition
    )
    assert parked is not None
    assert (parked["reason"], why in parked["error"]) == (reason, True)
    await home.put(coalition, 2, meetings=True)
    assert len(await kept(home, coalition)) == 2


async def plant(home: House, coalition: UUID, position: int, entry: bytes) -> None:
    """Put other bytes into a journal, with a chain that fits, as whoever holds it can."""
    db = home.shop.admin
    await db.execute(
        "update journal.event set bytes = $3 where coalition_id = $1 and position = $2",
        coalition, position, entry,
    )  # fmt: skip
    chain = chain_start("members", coalition)
    rows = await db.fetch(
        "select position, bytes from journal.event where coalition_id = $1 order by position",
        coalition,
    )
    for row in rows:
        chain = chained(chain, [row["bytes"]])[0]
        await db.execute(
            "update journal.event set chain = $3 where coalition_id = $1 and position = $2",
            coalition, row["position"], chain,
        )  # fmt: skip
    await db.execute("update journal.head set chain = $2 where coalition_id = $1", coalition, chain)


async def test_a_journal_that_was_rewritten_with_a_chain_that_fits_freezes_the_log(
    home: House, coalition: UUID
) -> None:
    events = await recorded(home, coalition, 4)
    await home.reader.heal(coalition)
    other = events[1].entry.replace(b"app_user", b"api_user")
    assert other != events[1].entry
    await plant(home, coalition, 2, other)
    await home.compare()
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    assert (found["service"], found["position"]) == ("members", 4)
    assert orjson.loads(found["evidence"])["head"][0] == 4


async def test_a_rewritten_journal_that_went_on_freezes_the_log(
    home: House, coalition: UUID
) -> None:
    events = await recorded(home, coalition, 3)
    await home.reader.heal(coalition)
    await recorded(home, coalition, 2)
    await plant(home, coalition, 2, events[1].entry.replace(b"app_user", b"api_user"))
    await home.reader.heal(coalition)
    assert await home.state(coalition) == "frozen"
    assert len(await kept(home, coalition)) == 3
    assert len(await home.inconsistencies(coalition)) == 1


async def test_what_a_message_contradicts_is_asked_of_its_journal(
    home: House, coalition: UUID
) -> None:
    """A bit that flips on the way freezes nothing, and hides nothing that comes with it."""
    events = await recorded(home, coalition, 3)
    await home.reader.heal(coalition)
    events = await recorded(home, coalition, 2)
    other = replace(events[2], entry=events[2].entry.replace(b"app_user", b"api_user"))
    assert other != events[2]
    dropped = home.reader.dropped
    await ear(home).tell(messages([other, *events[3:]]))
    assert home.reader.dropped == dropped + 1
    assert await whole(home, coalition)
    assert len(await kept(home, coalition)) == 5
    assert await home.inconsistencies(coalition) == []


async def test_a_message_that_contradicts_with_its_journal_freezes_the_log(
    home: House, coalition: UUID
) -> None:
    events = await recorded(home, coalition, 3)
    await home.reader.heal(coalition)
    entry = events[1].entry.replace(b"app_user", b"api_user")
    await plant(home, coalition, 2, entry)
    await ear(home).tell(messages([replace(events[1], entry=entry)]))
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    assert found["position"] == 2
    evidence = orjson.loads(found["evidence"])
    assert (evidence["kept"], evidence["came"]) == (events[1].entry.decode(), entry.decode())


async def test_a_message_that_contradicts_waits_while_its_journal_is_silent(
    home: House, coalition: UUID
) -> None:
    events = await recorded(home, coalition, 2)
    await home.reader.heal(coalition)
    entry = events[1].entry.replace(b"app_user", b"api_user")
    runs = [unpack(told) for told in messages([replace(events[1], entry=entry)])]
    silent = Reader(
        Intake("members"), Silent("members", home.shop.relay), home.app, home.watch, None
    )
    assert not await silent.hear(coalition, runs)
    assert await home.reader.hear(coalition, runs)
    assert await whole(home, coalition)


class Silent(Own):
    """A journal that does not answer."""

    async def page(self, _coalition: UUID, _after: int) -> Page:
        raise OSError("no answer")


async def test_nothing_is_shown_before_it_is_stored_and_published(
    home: House, coalition: UUID
) -> None:
    await home.put(coalition, 3)
    assert await home.sealer.seal(coalition) is not None
    log = await home.published(coalition)
    assert (log.size, log.note, log.kept) == (None, None, 3)
    async with home.site() as site:
        assert (await site.get(f"/c/{log.id}/checkpoint")).status_code == 404
        assert (await site.get(f"/c/{log.id}/tile/0/000.p/3")).status_code == 404
        await home.asking().round(coalition)
        assert (await site.get(f"/c/{log.id}/checkpoint")).status_code == 200
        assert (await site.get(f"/c/{log.id}/tile/0/000.p/3")).status_code == 200
