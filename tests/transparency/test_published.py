"""The log is read as everybody reads it; where it cannot be proved from, the answer says why."""

from dataclasses import dataclass, field
from uuid import UUID

import httpx2
import pytest

from services.transparency.published import PublishedLog, published
from shared.peers import Peers
from shared.problems import Problem
from shared.tlog.tiles import WIDTH, BadPath, Tile, bundled
from shared.tlog.tree import Peaks, leaf_hash
from tests.shared.tlog.growing import GrowingLog

COALITION = UUID(int=1)
LOG = "/c/7f3a/"


@dataclass
class Audit(Peers):
    """Answers as audit does, from a log in memory."""

    log: GrowingLog
    older: dict[int, bytes] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    status: int = 404

    async def ask(self, service: str, path: str, token: str) -> httpx2.Response:
        assert (service, token) == ("audit", "of who asks")
        found = None if path in self.lacks else self.found(path)
        if found is None:
            return httpx2.Response(self.status)
        return httpx2.Response(200, content=found)

    def found(self, path: str) -> bytes | None:
        if path == f"/api/v1/coalitions/{COALITION}/log":
            return b'{"origin":"host.example/audit/c/7f3a"}'
        name = path.removeprefix(LOG)
        if name in {"checkpoint", "policy"}:
            return bytes(self.log.note) if name == "checkpoint" else b"quorum none\n"
        if name.startswith("checkpoint/"):
            return self.older.get(int(name.removeprefix("checkpoint/")))
        try:
            tile = Tile.at(name)
        except BadPath:
            return None
        if tile.level is None:
            first = tile.n * WIDTH
            return bundled(self.log.leaves[first : first + tile.width])
        return self.log.tile(tile.level, tile.n, tile.width)


def peaks_of(log: GrowingLog, size: int) -> Peaks:
    peaks = Peaks()
    peaks.extend([leaf_hash(each) for each in log.leaves[:size]])
    return peaks


async def opened(audit: Audit) -> PublishedLog:
    return await published(audit, "of who asks", COALITION)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 700])
async def test_entries_are_read_from_wherever_one_begins(size: int) -> None:
    audit = Audit(GrowingLog().grow(size))
    log = await opened(audit)
    assert (log.checkpoint.size, log.policy) == (size, b"quorum none\n")
    for first in {0, 1, 254, 256, size} & set(range(size + 1)):
        read = [entry async for bundle in log.bundles(first) for entry in bundle]
        assert read == audit.log.leaves[first:]
        peaks = Peaks(first, await log.peaks(first))
        assert peaks.hashes == peaks_of(audit.log, first).hashes
        peaks.extend([leaf_hash(entry) for entry in read])
        log.check(peaks)


@pytest.mark.parametrize("lacks", [f"/api/v1/coalitions/{COALITION}/log", f"{LOG}checkpoint"])
async def test_before_the_first_checkpoint_one_is_told_to_come_again(lacks: str) -> None:
    with pytest.raises(Problem) as refused:
        await opened(Audit(GrowingLog().grow(3), lacks=frozenset({lacks})))
    assert (refused.value.status, refused.value.reason) == (503, "not_sealed_yet")
    assert "no checkpoint yet: ask again" in refused.value.detail
    assert refused.value.headers["Retry-After"] == "2"


async def test_a_log_that_does_not_answer_is_told() -> None:
    silent = Audit(GrowingLog().grow(3), lacks=frozenset({f"{LOG}policy"}), status=500)
    with pytest.raises(Problem) as refused:
        await opened(silent)
    assert (refused.value.status, refused.value.reason) == (503, "log_silent")


async def test_where_no_checkpoint_was_published_no_report_begins() -> None:
    audit = Audit(GrowingLog().grow(9))
    audit.older = {4: bytes(audit.log.forked(4).note), 12: bytes(GrowingLog().grow(12).note)}
    log = await opened(audit)
    checkpoint, note = await log.checkpoint_at(4)
    assert (checkpoint.size, note) == (4, audit.older[4])
    log.check(Peaks(4, await log.peaks(4)), checkpoint)
    for size in (5, 12):
        with pytest.raises(Problem) as refused:
            await log.checkpoint_at(size)
        assert (refused.value.status, refused.value.reason) == (422, "unknown_checkpoint")


async def test_what_does_not_lead_to_the_checkpoint_is_no_report() -> None:
    audit = Audit(GrowingLog().grow(9))
    log = await opened(audit)
    for peaks in (peaks_of(audit.log, 8), peaks_of(GrowingLog().grow(9, "other"), 9)):
        with pytest.raises(Problem) as refused:
            log.check(peaks)
        assert (refused.value.status, refused.value.reason) == (503, "log_incomplete")
    audit.lacks = frozenset({f"{LOG}tile/entries/000.p/9"})
    with pytest.raises(Problem) as refused:
        [entry async for bundle in log.bundles(0) for entry in bundle]
    assert refused.value.reason == "log_incomplete"
