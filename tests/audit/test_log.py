"""From a journal to a signed checkpoint, on a real PostgreSQL and a real signer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast
from uuid import UUID

import orjson
import pytest

from services.audit import sealer
from services.audit.domain.entry import Unfit, entries
from services.audit.sealer import Sealer
from services.audit.signing import SignerClient
from services.audit.views.served import Log, proof, tile
from shared.database import tenant
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note
from shared.tlog.tiles import Tile, bundles, split, tiles
from shared.tlog.tiles import entries as unbundled
from shared.tlog.tree import Unproved, leaf_hash, root_of, verify_inclusion
from tests.audit.house import HOST, House

NOW = 1_800_000_000


async def bytes_of(home: House, coalition: UUID) -> list[bytes]:
    """Return a journal's bytes, as members keeps them."""
    rows = await home.shop.admin.fetch(
        "select bytes from journal.event where coalition_id = $1 order by position", coalition
    )
    return [row["bytes"] for row in rows]


def checkpoint(log: Log) -> Checkpoint:
    """Return the newest checkpoint, once its signature holds."""
    assert log.note is not None
    log.note.verified([vkey(log.vkey)], NOW)
    return Checkpoint.parse(log.note.text)


async def test_what_is_recorded_is_kept_sealed_and_served(home: House, coalition: UUID) -> None:
    await home.put(coalition, 5)
    await home.sealer.look()
    log, written = await home.log(coalition), await bytes_of(home, coalition)
    hashes = [leaf_hash(each) for each in written]
    assert checkpoint(log) == Checkpoint(log.origin, 5, root_of(hashes))
    assert log.origin == f"host.example/audit/c/{log.id}"
    async with tenant(home.app, [coalition]) as db:
        bundle = await tile(db, log, Tile(None, 0, 5))
        leaves = await tile(db, log, Tile(0, 0, 5))
        assert bundle is not None
        assert unbundled(bundle) == written
        assert leaves == b"".join(hashes)
        assert await tile(db, log, Tile(0, 0, 6)) is None
        assert await tile(db, log, Tile(1, 0, 1)) is None
        for index, each in enumerate(hashes):
            shown = await proof(db, log, index, each)
            verify_inclusion(index, 5, each, shown, root_of(hashes))


async def test_nothing_new_makes_no_new_checkpoint(home: House, coalition: UUID) -> None:
    await home.put(coalition, 1)
    assert await home.sealer.seal(coalition) is not None
    assert await home.sealer.seal(coalition) is None
    assert await home.again().seal(coalition) is None


async def test_tiles_fill_while_a_log_grows(home: House, coalition: UUID) -> None:
    await grow(home, coalition, 700)
    hashes = []
    for size in (1, 255, 256, 257, 511, 512, 600, 700):
        await home.admin.execute(
            "update log.log set size = $2 where coalition_id = $1", coalition, size
        )
        await home.sealer.seal(coalition)
        log = await home.log(coalition)
        async with tenant(home.app, [coalition]) as db:
            for each in (*tiles(size), *bundles(size)):
                assert await tile(db, log, each) is not None, each
            full = [await tile(db, log, Tile(0, n)) or b"" for n in range(size // 256)]
        hashes = [one for each in full for one in split(each)]
    kept = await home.admin.fetch(
        "select leaf_hash from log.entry where coalition_id = $1 order by seq", coalition
    )
    leaves = [row["leaf_hash"] for row in kept]
    assert hashes == leaves[:512]
    log = await home.log(coalition)
    assert checkpoint(log).root == root_of(leaves)
    async with tenant(home.app, [coalition]) as db:
        for index in (0, 255, 256, 511, 512, 699):
            verify_inclusion(
                index,
                700,
                leaves[index],
                await proof(db, log, index, leaves[index]),
                root_of(leaves),
            )


async def grow(home: House, coalition: UUID, count: int) -> None:
    """Put entries into a log that no journal has."""
    await home.put(coalition, 1)
    await home.admin.execute(
        "insert into log.entry"
        " select e.coalition_id, log_id, n, service, n + 1, gen_random_uuid(),"
        " leaf || n::text::bytea,"
        " sha256('\\x00'::bytea || leaf || n::text::bytea)"
        " from log.entry e, generate_series(1, $2 - 1) n where e.coalition_id = $1",
        coalition, count,
    )  # fmt: skip


async def test_what_is_stored_otherwise_than_it_was_signed_is_not_proved(
    home: House, coalition: UUID
) -> None:
    await home.put(coalition, 3)
    await home.sealer.look()
    log = await home.log(coalition)
    leaves = [leaf_hash(each) for each in await bytes_of(home, coalition)]
    other = "update log.entry set leaf_hash = $2 where coalition_id = $1 and seq = 1"
    async with tenant(home.app, [coalition]) as db:
        await home.admin.execute(other, coalition, bytes(32))
        with pytest.raises(Unproved):
            await proof(db, log, 0, leaves[0])
        await home.admin.execute(other, coalition, leaves[1])
        verify_inclusion(0, 3, leaves[0], await proof(db, log, 0, leaves[0]), root_of(leaves))
        await home.admin.execute(other, coalition, bytes(32))
        for index, each in enumerate(leaves):
            shown = await proof(db, log, index, each)
            verify_inclusion(index, 3, each, shown, root_of(leaves))
        with pytest.raises(Unproved):
            await proof(db, log, 1, bytes(32))
        await home.admin.execute("delete from log.entry where coalition_id = $1", coalition)
        with pytest.raises(Unproved, match="not there as wide"):
            await proof(db, log, 0, leaves[0])


# Intake


async def test_a_repeated_event_is_compared_and_kept_once(home: House, coalition: UUID) -> None:
    await home.put(coalition, 3)
    await home.tell_again(coalition)
    assert await home.state(coalition) == "open"
    assert (await home.log_row(coalition))["size"] == 3


async def test_an_event_with_other_bytes_freezes_the_log(home: House, coalition: UUID) -> None:
    await home.put(coalition, 3)
    await home.sealer.look()
    before = await home.log(coalition)
    await rewrite(home, coalition, 2)
    await home.tell_again(coalition)
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    evidence = orjson.loads(found["evidence"])
    assert (found["service"], found["position"]) == ("members", 2)
    assert leaf_hash(evidence["kept"].encode()) != leaf_hash(evidence["came"].encode())

    await home.put(coalition, 1)
    await home.sealer.look()
    after = await home.log(coalition)
    assert (after.kept, after.size, after.note) == (3, 3, before.note), "what was read stays"


async def rewrite(home: House, coalition: UUID, position: int) -> None:
    """Change an event where it is kept, as whoever holds the database can."""
    await home.shop.admin.execute(
        "update journal.event set bytes = convert_to("
        " replace(convert_from(bytes, 'utf8'), 'app_user', 'api_user'), 'utf8')"
        " where coalition_id = $1 and position = $2",
        coalition, position,
    )  # fmt: skip


async def test_a_journal_that_ends_before_what_was_kept_freezes_the_log(
    home: House, coalition: UUID
) -> None:
    await home.put(coalition, 3)
    await taken_back(home, coalition, 2)
    await home.compare()
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    assert orjson.loads(found["evidence"])["head"][0] == 2


async def taken_back(home: House, coalition: UUID, position: int) -> None:
    """Restore a journal from a backup of the time when it ended at a position."""
    await home.shop.admin.execute(
        "delete from journal.event where coalition_id = $1 and position > $2", coalition, position
    )
    await home.shop.admin.execute(
        "update journal.head h set position = $2, chain = e.chain from journal.event e"
        " where h.coalition_id = $1 and e.coalition_id = $1 and e.position = $2",
        coalition, position,
    )  # fmt: skip


async def test_one_frozen_log_stops_no_other(home: House, coalition: UUID) -> None:
    other = UUID(int=coalition.int + (1 << 64))
    await home.put(coalition, 2)
    await rewrite(home, coalition, 1)
    await home.tell_again(coalition)
    await home.put(other, 2)
    await home.sealer.look()
    assert (await home.log(other)).size == 2
    assert await home.state(coalition) == "frozen"


GOOD = {
    "coalition": str(UUID(int=1)), "id": str(UUID(int=2)), "sequence": f"{7:020d}",
    "source": f"/coalitions/{UUID(int=1)}/members", "type": "accord.members.MemberJoined",
}  # fmt: skip


def written(**more: object) -> bytes:
    return orjson.dumps(GOOD | more, option=orjson.OPT_SORT_KEYS)


def sequence(position: int) -> str:
    return f"{position:020d}"


def test_an_entry_is_canonical_and_of_its_place() -> None:
    found = entries([written()], UUID(int=1), "members", 7)
    assert (found.ids, found.urgent) == ([str(UUID(int=2))], False)
    assert entries([written(type="accord.x.DecisionMade")], UUID(int=1), "members", 7).urgent
    assert entries([written(type="accord.x.NeverHeardOf")], UUID(int=1), "members", 7)
    assert entries([], UUID(int=1), "members", 7).ids == []


REFUSED = [
    (b"", "no event"),
    (b"[]", "no event"),
    (orjson.dumps({"id": 1}), "no event"),
    (written(id="1"), "no event"),
    (written(id=str(UUID(int=0xABC)).upper()), "no event"),
    (written(type=[]), "no event"),
    (b"[" * 300 + b"]" * 300, "canonical"),
    (written().replace(b",", b", "), "canonical"),
    (b" " + written(), "canonical"),
    (written() + b"," + written(), "no event"),
    (orjson.dumps(dict(reversed(GOOD.items()))), "canonical"),
    (written(coalition=str(UUID(int=9))), "another place"),
    (written(source=f"/coalitions/{UUID(int=1)}/credit"), "another place"),
    (written(sequence=sequence(9)), "another place"),
    (written(data={"x": "a" * 65_535}), "65535 at most"),
]


@pytest.mark.parametrize(("leaf", "why"), REFUSED)
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "among others"])
def test_what_is_no_entry_of_this_place_is_refused(leaf: bytes, why: str, *, alone: bool) -> None:
    before, after = written(sequence=sequence(6)), written(sequence=sequence(8))
    first, run = (7, [leaf]) if alone else (6, [before, leaf, after])
    with pytest.raises(Unfit, match=f"^event 7 .*{why}"):
        entries(run, UUID(int=1), "members", first)


def test_what_is_only_canonical_together_is_refused() -> None:
    """Two halves of an event make one, where they meet: each must be an event by itself."""
    whole = written()
    for at in range(1, len(whole)):
        with pytest.raises(Unfit):
            entries([whole[:at], whole[at:]], UUID(int=1), "members", 7)
    pair = whole + b"," + written(sequence=sequence(8))
    for at, byte in enumerate(pair):
        if byte == ord(","):
            halves = [pair[:at], pair[at + 1 :]]
            if halves[0] != whole:
                with pytest.raises(Unfit):
                    entries(halves, UUID(int=1), "members", 7)


# Sealing


async def test_an_entry_that_was_changed_is_not_sealed(home: House, coalition: UUID) -> None:
    await home.put(coalition, 3)
    await home.admin.execute(
        "update log.entry set leaf = leaf || ' ' where coalition_id = $1 and seq = 1", coalition
    )
    await home.sealer.look()
    row = await home.log_row(coalition)
    assert (row["state"], row["sealed_size"]) == ("frozen", 0)
    [found] = await home.inconsistencies(coalition)
    assert orjson.loads(found["evidence"])["why"] == "entry 1 is not what came"


async def test_an_entry_that_is_gone_is_not_passed_over(home: House, coalition: UUID) -> None:
    await home.put(coalition, 3)
    await home.admin.execute("delete from log.entry where coalition_id = $1 and seq = 2", coalition)
    await home.sealer.look()
    [found] = await home.inconsistencies(coalition)
    assert orjson.loads(found["evidence"])["why"] == "entry 2 is missing"


async def test_yesterdays_database_freezes_the_log_loudly(home: House, coalition: UUID) -> None:
    await home.put(coalition, 3)
    await home.sealer.look()
    yesterday = await home.log_row(coalition)
    await home.put(coalition, 2)
    await home.sealer.look()
    await home.admin.execute(
        "delete from log.checkpoint where coalition_id = $1 and size > 3", coalition
    )
    await home.admin.execute(
        "delete from log.entry where coalition_id = $1 and seq >= 3", coalition
    )
    await home.admin.execute(
        "update log.log set size = 3, sealed_size = 3, sealed_peaks = $2 where coalition_id = $1",
        coalition, yesterday["sealed_peaks"],
    )  # fmt: skip
    await home.admin.execute(
        "update log.log set size = 4, changed_at = now() - interval '1 day'"
        " where coalition_id = $1",
        coalition,
    )
    await home.again().look()
    [found] = await home.inconsistencies(coalition)
    why = orjson.loads(found["evidence"])["why"]
    assert why == "the database is older than what was signed"
    assert await home.state(coalition) == "frozen"


async def test_a_turn_that_was_broken_off_is_taken_up(home: House, coalition: UUID) -> None:
    """After a crash between signing and storing, the same checkpoint is signed again."""
    await home.put(coalition, 4)
    await home.sealer.look()
    note = (await home.log(coalition)).note
    await home.admin.execute("delete from log.checkpoint where coalition_id = $1", coalition)
    await home.put(coalition, 1)
    await home.again().look()
    log = await home.log(coalition)
    assert (log.size, await home.state(coalition)) == (5, "open")
    assert note is not None
    assert checkpoint(log).size == 5


class Away:
    """A signer that does not answer, once it knows a log."""

    def __init__(self, signer: SignerClient) -> None:
        self.open, self.about = signer.open, signer.about

    async def sign(self, *_: object) -> Note:
        raise ConnectionRefusedError


async def test_what_comes_while_the_signer_is_away_is_sealed_in_turns(
    home: House, coalition: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it was away, it is told of no more than a turn's leaves at once."""
    monkeypatch.setattr(sealer, "MOST", 4)
    await home.put(coalition, 10)
    alone = Sealer(home.app, home.watch, cast("SignerClient", Away(home.signer)), HOST, 0.0)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await alone.seal(coalition)
    await home.put(coalition, 1)
    assert (await home.log_row(coalition))["sealed_size"] == 4
    await home.again().look()
    rows = await home.admin.fetch(
        "select size from log.checkpoint where coalition_id = $1 order by size", coalition
    )
    assert [row["size"] for row in rows] == [4, 8, 11]
    log = await home.log(coalition)
    leaves = [leaf_hash(each) for each in await bytes_of(home, coalition)]
    assert checkpoint(log) == Checkpoint(log.origin, 11, root_of(leaves))


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[None]]) -> None:
    """Let something happen whenever entries are about to be read for sealing."""
    read = sealer.checked

    async def delayed(*what: Any) -> AsyncIterator[list[bytes]]:
        await happens()
        async for page in read(*what):
            yield page

    monkeypatch.setattr(sealer, "checked", delayed)


async def test_intake_does_not_wait_for_sealing(
    home: House, coalition: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.put(coalition, 3)

    async def happens() -> None:
        assert await home.again().seal(coalition) is None, "one replica seals it"
        await home.put(coalition, 2)

    meanwhile(monkeypatch, happens)
    turn = await home.sealer.seal(coalition)
    assert turn is not None
    assert turn.peaks.size == 3
    row = await home.log_row(coalition)
    assert (row["size"], row["sealed_size"]) == (5, 3)
    assert row["changed_at"] is not None, "the two others are due"


async def test_what_is_frozen_while_it_is_read_is_not_sealed(
    home: House, coalition: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.put(coalition, 300)

    async def happens() -> None:
        await home.admin.execute(
            "update log.log set state = 'frozen' where coalition_id = $1", coalition
        )

    meanwhile(monkeypatch, happens)
    assert await home.sealer.seal(coalition) is None
    assert (await home.log_row(coalition))["sealed_size"] == 0
    tiles = "select count(*) from log.tile where coalition_id = $1"
    assert await home.admin.fetchval(tiles, coalition) == 0


async def test_a_sealed_tile_that_was_changed_freezes_the_log(home: House, coalition: UUID) -> None:
    """What new leaves are hashed with must be what was sealed."""
    await home.put(coalition, 3)
    await home.sealer.look()
    await home.admin.execute(
        "update log.entry set leaf_hash = sha256('other') where coalition_id = $1 and seq = 1",
        coalition,
    )
    await home.put(coalition, 1)
    await home.sealer.look()
    [found] = await home.inconsistencies(coalition)
    assert orjson.loads(found["evidence"])["why"] == "the tiles are not those of the sealed tree"
    assert (await home.log_row(coalition))["sealed_size"] == 3


async def test_what_is_urgent_is_sealed_at_once(home: House, coalition: UUID) -> None:
    slow = Sealer(home.app, home.watch, home.signer, HOST, 3_600.0)
    await home.put(coalition, 1)
    await slow.look()  # its first: it needs a key
    await home.put(coalition, 1)
    await slow.look()
    assert (await home.log(coalition)).size == 1
    await home.admin.execute("update log.log set urgent = true where coalition_id = $1", coalition)
    await slow.look()
    assert (await home.log(coalition)).size == 2
    assert not (await home.log_row(coalition))["urgent"]
