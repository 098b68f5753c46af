"""The signer signs no two histories, whatever it is asked."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accord.up import listens
from services.audit.signed import Refused, Store
from services.audit.signer import wrapping_key
from services.audit.signing import NotSigned, SignerClient
from shared.settings import BadSettings
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note
from shared.tlog.tree import leaf_hash, root_of

ORIGIN = "host.example/audit/c/1"
LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
WRAPS = bytes(range(32))
NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "signer.sqlite", WRAPS)) as opened:
        opened.open(ORIGIN)
        yield opened


def tree(note: str, store: Store) -> Checkpoint:
    """Return what a note says, once its signature holds."""
    read = Note.parse(note.encode())
    read.verified([store.open(ORIGIN)[0].key], NOW)
    return Checkpoint.parse(read.text)


def test_it_signs_a_tree_that_grows(store: Store) -> None:
    for begins, ends in ((0, 1), (1, 7), (7, 7), (3, 20)):
        note = store.sign(ORIGIN, begins, LEAVES[begins:ends])
        assert tree(note, store) == Checkpoint(ORIGIN, ends, root_of(LEAVES[:ends]))


def test_a_lost_answer_is_asked_for_again(store: Store) -> None:
    assert store.sign(ORIGIN, 0, LEAVES[:5]) == store.sign(ORIGIN, 0, LEAVES[:5])


@pytest.mark.parametrize(
    ("begins", "hashes", "code"),
    [
        (0, LEAVES[:4], "older"),
        (0, LEAVES[1:6], "other_leaf"),
        (4, [LEAVES[5], LEAVES[6]], "other_leaf"),
        (6, LEAVES[6:8], "gap"),
        (5, [], None),
    ],
)
def test_it_signs_nothing_else(
    store: Store, begins: int, hashes: list[bytes], code: str | None
) -> None:
    store.sign(ORIGIN, 0, LEAVES[:5])
    if code is not None:
        with pytest.raises(Refused) as refused:
            store.sign(ORIGIN, begins, hashes)
        assert refused.value.code == code
    note = store.sign(ORIGIN, 5, [])
    assert tree(note, store) == Checkpoint(ORIGIN, 5, root_of(LEAVES[:5]))


def test_it_signs_for_no_log_that_was_not_opened(store: Store) -> None:
    with pytest.raises(Refused) as refused:
        store.sign("elsewhere.example", 0, LEAVES)
    assert refused.value.code == "unknown_origin"


def test_its_key_and_its_tree_outlive_it(tmp_path: Path) -> None:
    path = tmp_path / "signer.sqlite"
    with closing(Store(path, WRAPS)) as store:
        first = str(store.open(ORIGIN)[0].key)
        store.sign(ORIGIN, 0, LEAVES[:5])
    with closing(Store(path, WRAPS)) as store:
        key, size = store.open(ORIGIN)
        assert (str(key.key), size) == (first, 5)
        with pytest.raises(Refused, match="5 leaves are signed"):
            store.sign(ORIGIN, 0, LEAVES[:4])
    assert key.seed not in path.read_bytes()
    with closing(Store(path, bytes(32))) as store, pytest.raises(Refused) as refused:
        store.open(ORIGIN)
    assert refused.value.code == "wrong_secret"


def test_what_wraps_the_keys_is_32_bytes(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("00" * 31)
    with pytest.raises(BadSettings, match="64 hexadecimal digits"):
        wrapping_key(tmp_path / "secret")


class Running:
    """The signer as a process, which can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "socket"
        self.policy: Path | None = None
        self.failpoints = folder / "failpoints"
        self.failpoints.mkdir()
        (folder / "secret").write_text(WRAPS.hex())

    async def start(self) -> asyncio.subprocess.Process:
        told = {
            "ACCORD_SIGNER__SOCKET": str(self.socket),
            "ACCORD_SIGNER__FOLDER": str(self.folder / "signed"),
            "ACCORD_SIGNER__KEY_FILE": str(self.folder / "secret"),
            "ACCORD_ENV": "test",
            "ACCORD_FAILPOINTS": str(self.failpoints),
        }
        if self.policy is not None:
            told["ACCORD_AUDIT__POLICY_FILE"] = str(self.policy)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.audit.signer", env={**os.environ, **told}
        )
        async with asyncio.timeout(20):
            while not await listens(self.socket):  # noqa: ASYNC110 - another process says nothing
                await asyncio.sleep(0.02)
        return process


@pytest.mark.servers
async def test_killed_outright_it_goes_on_where_it_was(tmp_path: Path) -> None:
    signer = Running(tmp_path)
    process = await signer.start()
    client = SignerClient(signer.socket)
    opened = await client.open(ORIGIN)
    await client.sign(ORIGIN, 0, LEAVES[:5])
    process.send_signal(signal.SIGKILL)
    await process.wait()
    with pytest.raises(OSError, match=r".*"):
        await client.sign(ORIGIN, 5, LEAVES[5:9])

    process = await signer.start()
    again = await client.open(ORIGIN)
    assert (again.vkey, again.size) == (opened.vkey, 5)
    note = await client.sign(ORIGIN, 0, LEAVES[:9])
    note.verified([vkey(opened.vkey)], NOW)
    with pytest.raises(NotSigned) as refused:
        await client.sign(ORIGIN, 0, LEAVES[:5])
    assert refused.value.code == "older"
    await client.close()
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.servers
async def test_killed_between_commit_and_answer_it_signs_the_same_again(tmp_path: Path) -> None:
    signer = Running(tmp_path)
    process = await signer.start()
    client = SignerClient(signer.socket)
    opened = await client.open(ORIGIN)
    first = await client.sign(ORIGIN, 0, LEAVES[:3])
    (signer.failpoints / "signer.before_answer").write_text("kill")
    with pytest.raises(OSError, match=r".*"):
        await client.sign(ORIGIN, 3, LEAVES[3:8])
    assert await process.wait() == -signal.SIGKILL

    process = await signer.start()
    assert (await client.open(ORIGIN)).size == 8, "it was committed before anything was answered"
    for code, begins, hashes in (
        ("older", 0, LEAVES[:3]),
        ("other_leaf", 3, [*LEAVES[3:7], LEAVES[9]]),
    ):
        with pytest.raises(NotSigned) as refused:
            await client.sign(ORIGIN, begins, hashes)
        assert refused.value.code == code
    again = await client.sign(ORIGIN, 3, LEAVES[3:8])
    again.verified([vkey(opened.vkey)], NOW)
    assert Checkpoint.parse(again.text) == Checkpoint(ORIGIN, 8, root_of(LEAVES[:8]))
    assert Checkpoint.parse(first.text) == Checkpoint(ORIGIN, 3, root_of(LEAVES[:3]))
    await client.close()
    process.terminate()
    await process.wait()


def test_a_log_does_not_begin_with_what_another_has(store: Store) -> None:
    store.sign(ORIGIN, 0, LEAVES[:5])
    other = "host.example/audit/c/2"
    store.open(other)
    for begins_with in (LEAVES[:1], [LEAVES[12], LEAVES[4]]):
        with pytest.raises(Refused) as refused:
            store.sign(other, 0, begins_with)
        assert refused.value.code == "known_leaves"
    assert store.open(other)[1] == 0
    store.sign(other, 0, LEAVES[6:8])
    successor = "host.example/audit/c/3"
    store.open(successor, after=Checkpoint(ORIGIN, 5, root_of(LEAVES[:5])))
    store.sign(successor, 0, LEAVES[:5])


def test_it_makes_a_key_only_for_a_log_that_is_new(store: Store) -> None:
    with pytest.raises(Refused) as refused:
        store.open("host.example/audit/c/2", new=False)
    assert refused.value.code == "unknown_origin"
    assert store.open(ORIGIN, new=False) == store.open(ORIGIN)


def test_what_is_adopted_is_not_signed_before_it_is_concluded(store: Store) -> None:
    store.sign(ORIGIN, 0, LEAVES[:5])
    assert store.adopt(ORIGIN, 5, LEAVES[5:9]) == 9
    assert store.open(ORIGIN)[1] == 5
    assert store.leaves(ORIGIN, 0) == LEAVES[:5]
    for code, begins, hashes in (("gap", 12, LEAVES[12:]), ("other_leaf", 3, LEAVES[4:6])):
        with pytest.raises(Refused) as refused:
            store.adopt(ORIGIN, begins, hashes)
        assert refused.value.code == code
    note = store.sign(ORIGIN, 5, LEAVES[10:12])
    assert tree(note, store) == Checkpoint(ORIGIN, 7, root_of([*LEAVES[:5], *LEAVES[10:12]]))


def test_keys_of_before_they_could_change_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "signer.sqlite"
    with closing(Store(path, WRAPS)) as store:
        key = store.open(ORIGIN)[0]
        store.sign(ORIGIN, 0, LEAVES[:5])
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "create table origin (origin text primary key, seed blob not null);"
            "insert into origin select origin, seed from key; delete from key;"
        )
    with closing(Store(path, WRAPS)) as store:
        assert store.open(ORIGIN, new=False) == (key, 5)
