"""The log of a coalition, read as everybody reads it: over HTTP, as C2SP tiles and bundles."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import orjson

from shared.peers import Peers
from shared.problems import Problem
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from shared.tlog.tiles import WIDTH, Tile, entries, split
from shared.tlog.tree import Peaks, parents, spans

OK, ABSENT = 200, 404
LATER = {"Retry-After": "2"}


@dataclass(frozen=True)
class PublishedLog:
    """A log at its newest published checkpoint.

    Args:
        token: Of who asks: entries are for members.
        note: That checkpoint, as it is signed.
        policy: Whose signatures the host relies on.
    """

    peers: Peers
    token: str
    id: str
    checkpoint: Checkpoint
    note: bytes
    policy: bytes

    async def checkpoint_at(self, size: int) -> tuple[Checkpoint, bytes]:
        """Return the checkpoint that was published at a size.

        Raises:
            Problem: 422, there is none.
        """
        note = await _read(self.peers, self.token, f"/c/{self.id}/checkpoint/{size}")
        if note is None or size > self.checkpoint.size:
            detail = "No checkpoint of that size was published: give the size of one that you hold."
            raise Problem(422, "unknown_checkpoint", detail)
        return Checkpoint.parse(Note.parse(note).text), note

    async def peaks(self, size: int) -> list[bytes]:
        """Return the peaks of the tree at a size, the largest first."""
        return [await self._top(first, leaves) for first, leaves in spans(0, size)]

    async def bundles(self, first: int) -> AsyncIterator[list[bytes]]:
        """Yield the entries from one on, a bundle at a time."""
        for n in range(first // WIDTH, -(-self.checkpoint.size // WIDTH)):
            found = entries(await self.tile(None, n))
            yield found[max(0, first - n * WIDTH) :]

    async def tile(self, level: int | None, n: int) -> bytes:
        """Return a tile, or a bundle of entries, as wide as it is at the checkpoint.

        Raises:
            Problem: 503, it is not there.
        """
        wide = self.checkpoint.size // WIDTH ** (level or 0) - n * WIDTH
        tile = Tile(level, n, min(WIDTH, wide))
        found = await _read(self.peers, self.token, f"/c/{self.id}/{tile.path}")
        if found is None:
            raise _incomplete()
        return found

    async def _top(self, first: int, leaves: int) -> bytes:
        """Return the root of a complete subtree."""
        level = (leaves.bit_length() - 1) // 8
        start, count = first // WIDTH**level, leaves // WIDTH**level
        row = split(await self.tile(level, start // WIDTH))
        row = row[start % WIDTH : start % WIDTH + count]
        while len(row) > 1:
            row = parents(row)
        return row[0]

    def check(self, peaks: Peaks, signed: Checkpoint | None = None) -> None:
        """Check that what was read is what was signed, in the end or at another checkpoint.

        Raises:
            Problem: 503, it is not.
        """
        signed = signed or self.checkpoint
        if (peaks.size, peaks.root()) != (signed.size, signed.root):
            raise _incomplete()


async def published(peers: Peers, token: str, coalition: UUID) -> PublishedLog:
    """Return the log of a coalition.

    Raises:
        Problem: 503, it is not sealed yet, or cannot be reached.
    """
    where = await _read(peers, token, f"/api/v1/coalitions/{coalition}/log")
    if where is None:
        raise _unsealed()
    log_id = _origin(where).rpartition("/")[2]
    note = await _read(peers, token, f"/c/{log_id}/checkpoint")
    policy = await _read(peers, token, f"/c/{log_id}/policy")
    if note is None or policy is None:
        raise _unsealed()
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    return PublishedLog(peers, token, log_id, checkpoint, note, policy)


async def _read(peers: Peers, token: str, path: str) -> bytes | None:
    try:
        answer = await peers.ask("audit", path, token)
    except OSError as error:
        raise _silent() from error
    if answer.status_code == ABSENT:
        return None
    if answer.status_code != OK:
        raise _silent()
    return answer.content


def _origin(said: bytes) -> str:
    return str(orjson.loads(said)["origin"])


def _unsealed() -> Problem:
    detail = "The log of this coalition has no checkpoint yet: ask again in a few seconds."
    return Problem(503, "not_sealed_yet", detail, headers=LATER)


def _silent() -> Problem:
    detail = "The log does not answer: ask again in a few seconds."
    return Problem(503, "log_silent", detail, headers=LATER)


def _incomplete() -> Problem:
    detail = (
        "The log does not hold what its checkpoint says. Ask again; if that goes on, tell the "
        "operator: `accord doctor` names what is wrong."
    )
    return Problem(503, "log_incomplete", detail, headers=LATER)
