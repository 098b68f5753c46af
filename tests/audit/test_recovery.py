"""Whatever is lost, a log ends in the root that was signed, or in a refusal."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson
import pytest

from services.audit.domain.entry import READER
from services.audit.recovery import CannotRepair, Case, Recovery
from services.audit.sealer import Found, Sealer
from services.audit.signing import NotSigned, SignerClient
from services.audit.views.served import Log
from services.audit.witnesses import Witnesses
from shared.database import tenant
from shared.source import Own
from shared.tlog.about import About
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.policy import Log as Known
from shared.tlog.policy import Policy
from shared.tlog.tree import leaf_hash, root_of
from tests.accord.witnessing import served, state_in
from tests.audit.house import HOST, NOBODY, House
from tests.audit.test_signer import Running
from tests.audit.test_witnesses import NAMES, Round

pytestmark = pytest.mark.servers
OF_THE_DATABASE = "entry", "tile", "checkpoint", "cosignature", "inconsistency", "log"


@dataclass
class Desk:
    """A log with a signer in a process of its own, that can be lost."""

    home: House
    coalition: UUID
    running: Running
    process: asyncio.subprocess.Process
    client: SignerClient
    policy: Policy = NOBODY

    @property
    def sealer(self) -> Sealer:
        """A sealer that has just started."""
        return Sealer(self.home.app, self.home.watch, self.client, HOST, 0.0)

    @property
    def recovery(self) -> Recovery:
        sources = {
            "members": Own("members", self.home.shop.relay),
            "meetings": Own("meetings", self.home.room.relay),
        }
        return Recovery(self.home.app, self.home.watch, self.client, sources, self.policy)

    async def grow(self, *counts: int) -> Log:
        """Record events, of members and of meetings in turn; seal and publish them."""
        for number, count in enumerate(counts):
            await self.home.put(self.coalition, count, meetings=number % 2 == 1)
        await self.look()
        await Witnesses(self.home.app, self.home.watch, self.policy).round(self.coalition)
        return await self.home.published(self.coalition)

    async def look(self) -> None:
        """Seal as a service that has just started does, and no other log."""
        sealer = self.sealer
        try:
            while (turn := await sealer.seal(self.coalition)) is not None and turn.left:
                pass
        except Exception as error:  # noqa: BLE001 - as `look` does, for one coalition
            await sealer._freeze(self.coalition, error)  # type: ignore[arg-type]  # noqa: SLF001

    async def leaves(self) -> list[bytes]:
        rows = await self.home.admin.fetch(
            "select leaf from log.entry join log.log using (coalition_id, log_id)"
            " where coalition_id = $1 and state <> 'ended' order by seq",
            self.coalition,
        )
        return [row["leaf"] for row in rows]

    async def run(self, statement: str, *more: object) -> None:
        await self.home.admin.execute(statement, self.coalition, *more)

    async def lose_database(self) -> None:
        for table in OF_THE_DATABASE:
            await self.run(f"delete from log.{table} where coalition_id = $1")  # noqa: S608
        await self.run("delete from inbox.cursor where coalition_id = $1")
        await self.run("delete from inbox.parked where coalition_id = $1")

    async def lose_signer(self, keep: Path | None = None) -> None:
        """End the signer, and start one on an empty folder, or on what was kept of it."""
        await self.end()
        shutil.rmtree(self.running.folder / "signed")
        if keep is not None:
            shutil.copytree(keep, self.running.folder / "signed")
        self.process = await self.running.start()

    async def end(self) -> None:
        await self.client.close()
        self.process.terminate()
        await self.process.wait()

    async def cases(self) -> list[Case]:
        return [each.case for each in await self.recovery.diagnose(self.coalition)]


@pytest.fixture
async def desk(home: House, coalition: UUID, tmp_path: Path) -> AsyncIterator[Desk]:
    running = Running(tmp_path)
    process = await running.start()
    made = Desk(home, coalition, running, process, SignerClient(running.socket))
    yield made
    await made.end()


@contextmanager
def witnessed(folder: Path, log: Log) -> Iterator[Round]:
    """Let three organisations witness a log."""
    states = [state_in(folder / f"w{number}", name) for number, name in enumerate(NAMES)]
    with ExitStack() as stack:
        known = {log.origin: [Known(vkey(log.vkey))]}
        yield Round(states, [stack.enter_context(served(state, known)) for state in states])


async def told(desk: Desk, policy: Policy, written: bytes, folder: Path) -> None:
    """Tell the signer's next process, and ours, by whom the log is witnessed."""
    (folder / "policy").write_bytes(written)
    desk.running.policy = folder / "policy"
    desk.policy = policy
    await desk.end()
    desk.process = await desk.running.start()


async def test_a_database_that_is_lost_is_filled_in_the_order_that_was_signed(desk: Desk) -> None:
    before = await desk.grow(2, 3, 260, 1)
    leaves = await desk.leaves()
    assert before.note is not None
    await desk.lose_database()

    await desk.home.of_room.heal(desk.coalition)  # the other journal comes first this time
    await desk.home.reader.heal(desk.coalition)
    await desk.look()
    assert await desk.home.state(desk.coalition) == "frozen", "no other log begins silently"
    assert await desk.cases() == [Case.DATABASE_LOST]
    with pytest.raises(CannotRepair, match="database-lost"):
        await desk.recovery.repair(desk.coalition, Case.DATABASE_BEHIND)

    assert before.origin in await desk.recovery.repair(desk.coalition, Case.DATABASE_LOST)
    assert await desk.leaves() == leaves
    after = await desk.grow()
    assert (after.origin, after.size) == (before.origin, before.size)
    assert after.note is not None
    assert after.note.text == before.note.text
    assert await desk.cases() == []
    grown = await desk.grow(1, 2)
    assert (grown.size, grown.state) == (269, "open")
    assert [leaf_hash(each) for each in (await desk.leaves())[:266]] == [*map(leaf_hash, leaves)]


async def test_yesterdays_database_goes_on_where_the_signer_is(desk: Desk) -> None:
    await desk.grow(2, 1)
    yesterday = await desk.home.log_row(desk.coalition)
    before = await desk.grow(1, 2, 1)
    leaves = await desk.leaves()
    await desk.run("delete from log.checkpoint where coalition_id = $1 and size > 3")
    await desk.run("delete from log.entry where coalition_id = $1 and seq >= 3")
    await desk.run(
        "update log.log set size = 3, sealed_size = 3, sealed_peaks = $2 where coalition_id = $1",
        yesterday["sealed_peaks"],
    )
    for source, position in (("members", 2), ("meetings", 1)):
        await desk.run(
            "update inbox.cursor c set position = $3, chain = e.chain from"
            " (select sha256('') as chain) e"
            " where coalition_id = $1 and source = $2",
            source, position,
        )  # fmt: skip
    await desk.look()
    assert await desk.home.state(desk.coalition) == "frozen"
    assert await desk.cases() == [Case.DATABASE_BEHIND]
    await desk.recovery.repair(desk.coalition, Case.DATABASE_BEHIND)
    assert await desk.leaves() == leaves
    after = await desk.grow(1)
    assert (before.size, after.size, after.state) == (7, 8, "open")
    assert await desk.cases() == []


async def test_what_came_since_in_another_order_is_taken_back(desk: Desk) -> None:
    await desk.grow(1, 1)
    await desk.grow(1, 1)
    leaves = await desk.leaves()
    await desk.run("delete from log.checkpoint where coalition_id = $1 and size > 2")
    await desk.run("update log.entry set seq = seq + 10 where coalition_id = $1 and seq >= 2")
    await desk.run("update log.entry set seq = 14 - seq + 1 where coalition_id = $1 and seq >= 12")
    peaks = root_of([leaf_hash(each) for each in leaves[:2]])
    await desk.run(
        "update log.log set sealed_size = 2, sealed_peaks = $2 where coalition_id = $1", peaks
    )
    assert await desk.leaves() != leaves
    await desk.look()
    await desk.recovery.repair(desk.coalition, Case.DATABASE_BEHIND)
    assert await desk.leaves() == leaves
    assert (await desk.grow(1)).size == 5


async def test_a_hole_is_filled(desk: Desk) -> None:
    before = await desk.grow(3, 3)
    leaves = await desk.leaves()
    await desk.run("delete from log.entry where coalition_id = $1 and seq in (1, 4)")
    assert await desk.cases() == [Case.DATABASE_BEHIND]
    await desk.recovery.repair(desk.coalition, Case.DATABASE_BEHIND)
    assert await desk.leaves() == leaves
    assert (await desk.grow()).note == before.note


async def test_what_no_journal_has_is_not_made_up(desk: Desk) -> None:
    await desk.grow(3)
    await desk.run("delete from log.entry where coalition_id = $1 and seq = 1")
    await desk.home.shop.admin.execute(
        "update journal.event set bytes = bytes || ' ' where coalition_id = $1 and position = 2",
        desk.coalition,
    )
    with pytest.raises(CannotRepair, match="the first is entry 1"):
        await desk.recovery.repair(desk.coalition, Case.DATABASE_BEHIND)
    assert await desk.home.state(desk.coalition) == "frozen"


async def test_an_entry_that_was_changed_is_not_built_upon(desk: Desk) -> None:
    await desk.grow(3)
    await desk.run("delete from log.entry where coalition_id = $1 and seq = 1")
    await desk.run("update log.entry set leaf = leaf || ' ' where coalition_id = $1 and seq = 0")
    with pytest.raises(CannotRepair, match="Entry 0 in the database is not what was signed"):
        await desk.recovery.repair(desk.coalition, Case.DATABASE_BEHIND)
    assert await desk.home.state(desk.coalition) == "frozen"


# The signer


async def test_a_signer_that_is_lost_goes_on_from_the_database(desk: Desk, tmp_path: Path) -> None:
    before = await desk.grow(2, 2)
    with witnessed(tmp_path, before) as three:
        await told(desk, three.policy(3), three.written(3), tmp_path)
        before = await desk.grow(1)
        assert before.witnessed
        await desk.lose_signer()
        await desk.look()
        assert await desk.home.state(desk.coalition) == "frozen", "no key is made silently"
        assert await desk.cases() == [Case.SIGNER_LOST]

        three.servers[1].shutdown()
        with pytest.raises(CannotRepair, match=NAMES[1]):
            await desk.recovery.repair(desk.coalition, Case.SIGNER_LOST)
        await told(desk, three.policy(2, but=1), three.written(2, but=1), tmp_path)
        await desk.recovery.repair(desk.coalition, Case.SIGNER_LOST)
    desk.policy = NOBODY
    after = await desk.grow(1)
    assert (after.origin, after.size, after.state) == (before.origin, 6, "open")
    assert after.vkey != before.vkey
    assert after.about is not None
    about = About.parse(after.about.text)
    assert [(str(term.key), term.begins, term.until) for term in about.terms] == [
        (before.vkey, 0, 5), (after.vkey, 5, None),
    ]  # fmt: skip
    assert after.note is not None
    after.note.verified([vkey(after.vkey)], 4_000_000_000)
    assert await desk.cases() == []


async def test_a_witness_that_is_ahead_keeps_a_signer_from_going_back(
    desk: Desk, tmp_path: Path
) -> None:
    before = await desk.grow(3)
    with witnessed(tmp_path, before) as three:
        await told(desk, three.policy(2), three.written(2), tmp_path)
        await desk.grow(2)
        await desk.lose_signer()
        await desk.run("delete from log.cosignature where coalition_id = $1 and size > 3")
        await desk.run("delete from log.checkpoint where coalition_id = $1 and size > 3")
        assert await desk.cases() == [Case.SIGNER_LOST]
        with pytest.raises(CannotRepair, match="holds size 5, which is beyond 3"):
            await desk.recovery.repair(desk.coalition, Case.SIGNER_LOST)
    assert await desk.home.state(desk.coalition) != "ended"
    with pytest.raises(NotSigned, match="no such log"):
        await desk.client.open(before.origin, new=False)


async def test_a_signer_from_an_old_backup_keeps_its_key(desk: Desk, tmp_path: Path) -> None:
    await desk.grow(2)
    await desk.end()
    shutil.copytree(desk.running.folder / "signed", tmp_path / "backup")
    desk.process = await desk.running.start()
    before = await desk.grow(3, 1)
    await desk.lose_signer(tmp_path / "backup")
    await desk.look()
    assert await desk.cases() == [Case.SIGNER_LOST]
    await desk.recovery.repair(desk.coalition, Case.SIGNER_LOST)
    after = await desk.grow(1)
    assert (after.vkey, after.size) == (before.vkey, 7)


async def test_a_signer_adopts_nothing_that_too_few_have_witnessed(
    desk: Desk, tmp_path: Path
) -> None:
    before = await desk.grow(3)
    with witnessed(tmp_path, before) as three:
        await told(desk, three.policy(3), three.written(3), tmp_path)
        before = await desk.grow(1)
        leaves = [leaf_hash(each) for each in await desk.leaves()]
        await desk.lose_signer()
        assert before.note is not None
        assert before.about is not None
        about = About.parse(before.about.text)
        for note in (
            replace(before.note, signatures=before.note.signatures[:3]),
            replace(before.note, signatures=before.note.signatures[1:]),
        ):
            with pytest.raises(NotSigned) as refused:
                await desk.client.adopt(note, about, leaves)
            assert refused.value.code in {"no_quorum", "not_signed"}
        with pytest.raises(NotSigned) as refused:
            await desk.client.adopt(before.note, about, [*leaves[:3], bytes(32)])
        assert refused.value.code == "other_tree"
        await desk.client.adopt(before.note, about, leaves)
        assert (await desk.client.open(before.origin, new=False)).size == 4


# Both


async def each_of(entries: Sequence[bytes]) -> AsyncIterator[bytes]:
    for one in entries:
        yield one


async def test_both_are_put_back_from_a_copy_that_no_witness_is_ahead_of(
    desk: Desk, tmp_path: Path
) -> None:
    before = await desk.grow(3, 2)
    with witnessed(tmp_path, before) as three:
        await told(desk, three.policy(3), three.written(3), tmp_path)
        older = await desk.grow(1)
        old_leaves = await desk.leaves()
        newest = await desk.grow(1, 1)
        leaves = await desk.leaves()
        assert older.note is not None
        assert newest.note is not None
        assert newest.about is not None
        about = bytes(newest.about).decode()
        await desk.lose_database()
        await desk.lose_signer()

        async def restored(raw: bytes, entries: Sequence[bytes]) -> str:
            return await desk.recovery.restore(
                desk.coalition, raw, about, newest.vkey, each_of(entries)
            )

        with pytest.raises(CannotRepair, match="beyond 6"):
            await restored(bytes(older.note), old_leaves)
        assert await desk.leaves() == [], "nothing was begun"
        for damaged in (leaves[:-1], [leaves[1], leaves[0], *leaves[2:]]):
            with pytest.raises(CannotRepair):
                await restored(bytes(newest.note), damaged)
        assert newest.origin in await restored(bytes(newest.note), leaves)
    desk.policy = NOBODY
    assert await desk.leaves() == leaves
    await desk.home.reader.heal(desk.coalition)
    await desk.home.of_room.heal(desk.coalition)
    after = await desk.grow(1)
    assert (after.origin, after.size, after.state) == (newest.origin, 9, "open")
    assert await desk.cases() == []


async def test_what_is_lost_for_good_is_followed_by_a_log_that_says_so(desk: Desk) -> None:
    before = await desk.grow(3, 1)
    assert before.note is not None
    with pytest.raises(CannotRepair, match="frozen"):
        await desk.recovery.begin_anew(desk.coalition)
    await desk.run("delete from log.entry where coalition_id = $1 and seq = 1")
    await desk.home.put(desk.coalition, 1)
    await desk.run("update log.log set state = 'frozen' where coalition_id = $1")
    assert "size 4" in await desk.recovery.begin_anew(desk.coalition)
    await desk.home.reader.heal(desk.coalition)
    await desk.home.of_room.heal(desk.coalition)
    after = await desk.grow()
    assert (after.origin != before.origin, after.size, after.state) == (True, 5, "open")
    assert after.about is not None
    about = About.parse(after.about.text)
    assert about.predecessor == Checkpoint.parse(before.note.text)
    ended = await desk.home.admin.fetchrow(
        "select state from log.log where origin = $1", before.origin
    )
    assert ended is not None
    assert ended["state"] == "ended"
    await desk.grow(1)
    assert await desk.cases() == []


# Journals


async def test_a_journal_that_is_behind_is_named_and_compared_once_it_is_back(desk: Desk) -> None:
    await desk.grow(3, 1)
    shop = desk.home.shop.admin
    last = await shop.fetchrow(
        "delete from journal.event where coalition_id = $1 and position = 3 returning *",
        desk.coalition,
    )
    head = await shop.fetchrow("select * from journal.head where coalition_id = $1", desk.coalition)
    assert last is not None
    assert head is not None
    await shop.execute(
        "update journal.head h set position = 2, chain = e.chain from journal.event e"
        " where h.coalition_id = $1 and e.coalition_id = $1 and e.position = 2",
        desk.coalition,
    )
    await desk.home.compare()
    assert await desk.home.state(desk.coalition) == "frozen"
    assert await desk.cases() == [Case.JOURNAL_BEHIND]
    with pytest.raises(CannotRepair, match="Restore that journal first"):
        await desk.recovery.repair(desk.coalition, Case.JOURNAL_BEHIND)

    values = ", ".join(f"${number}" for number in range(1, len(last) + 1))
    await shop.execute(f"insert into journal.event values ({values})", *last.values())  # noqa: S608
    await shop.execute(
        "update journal.head set position = 3, chain = $2 where coalition_id = $1",
        desk.coalition, head["chain"],
    )  # fmt: skip
    assert await desk.cases() == [Case.FROZEN]
    await desk.recovery.repair(desk.coalition, Case.FROZEN)
    assert await desk.home.state(desk.coalition) == "open"
    parked = await desk.home.admin.fetch(
        "select * from inbox.parked where coalition_id = $1 and reader = $2",
        desk.coalition, READER,
    )  # fmt: skip
    assert parked == []


async def test_a_log_that_still_differs_stays_frozen(desk: Desk) -> None:
    await desk.grow(3)
    await desk.home.shop.admin.execute(
        "update journal.event set bytes = convert_to("
        " replace(convert_from(bytes, 'utf8'), 'app_user', 'api_user'), 'utf8')"
        " where coalition_id = $1 and position = 2",
        desk.coalition,
    )
    await desk.home.tell_again(desk.coalition)
    assert await desk.cases() == [Case.FROZEN]
    with pytest.raises(CannotRepair, match="event 2 of members"):
        await desk.recovery.repair(desk.coalition, Case.FROZEN)
    assert await desk.home.state(desk.coalition) == "frozen"
    [found] = await desk.home.inconsistencies(desk.coalition)
    assert orjson.loads(found["evidence"])["position"] == 2


async def test_the_service_itself_deletes_nothing_that_was_sealed(desk: Desk) -> None:
    await desk.grow(2)
    gone = "delete from log.entry where coalition_id = $1 and seq = 1"
    for state in ("open", "frozen"):
        await desk.run("update log.log set state = $2 where coalition_id = $1", state)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="entry 1 stays"):
            async with tenant(desk.home.app, [desk.coalition]) as db:
                await db.execute(gone, desk.coalition)
    await desk.run("update log.log set sealed_size = 1 where coalition_id = $1")
    async with tenant(desk.home.app, [desk.coalition]) as db:
        await db.execute(gone, desk.coalition)


async def test_while_a_log_of_the_policy_is_missing_no_other_begins(desk: Desk) -> None:
    before = await desk.grow(3)
    assert before.about is not None
    await desk.lose_database()
    await desk.lose_signer()
    await desk.home.reader.heal(desk.coalition)
    sealer = Sealer(
        desk.home.app, desk.home.watch, desk.client, HOST, 0.0, frozenset({before.origin})
    )
    with pytest.raises(Found, match="the policy names it"):
        await sealer.seal(desk.coalition)
    recovery = replace_expected(desk, before.origin)
    [found] = await recovery.diagnose(desk.coalition)
    assert (found.case, before.origin in found.words) == (Case.BOTH_LOST, True)
    with pytest.raises(CannotRepair, match="Only a copy"):
        await recovery.repair(desk.coalition, Case.BOTH_LOST)


def replace_expected(desk: Desk, *origins: str) -> Recovery:
    """Return a recovery that expects these logs to be there."""
    recovery = desk.recovery
    recovery._expected = origins  # noqa: SLF001 - as the settings would
    return recovery


async def test_a_log_that_began_when_nobody_knew_better_ends(desk: Desk) -> None:
    before = await desk.grow(3)
    leaves = await desk.leaves()
    assert before.note is not None
    assert before.about is not None
    await desk.lose_database()
    await desk.lose_signer()
    await desk.home.reader.heal(desk.coalition)
    false = await desk.grow(1)
    assert false.origin != before.origin
    await desk.recovery.restore(
        desk.coalition, bytes(before.note), bytes(before.about).decode(), before.vkey,
        each_of(leaves),
    )  # fmt: skip
    await desk.home.reader.heal(desk.coalition)
    after = await desk.grow(1)
    assert (after.origin, after.size) == (before.origin, 5)
    assert (await desk.leaves())[:3] == leaves
