"""The way to the signer: one connection over its Unix socket, one request after another."""

import asyncio
import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.tlog.about import About
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from shared.tlog.tiles import split

ANSWERS_WITHIN = 10.0
LONGEST_ANSWER = 1 << 18
MOST = 65_536
"""Leaf hashes in one request."""


class NotSigned(Exception):
    """The signer refused, and says why; what it refused is not to be asked again.

    Attributes:
        code: Stable, such as `older`.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True)
class Opened:
    """A log's key, and how many leaves were signed under it."""

    vkey: str
    size: int


class SignerClient:
    """Asks the signer; a lost connection is made anew at the next request."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._lock = asyncio.Lock()
        self._way: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(
        self, origin: str, *, new: bool = True, after: Checkpoint | None = None
    ) -> Opened:
        """Return the key of an origin.

        Args:
            new: Whether its key is made if there is none.
            after: The last good checkpoint of the log that a new one takes over from.

        Raises:
            NotSigned: it cannot be used, or is not known.
            OSError: the signer does not answer.
        """
        told = None if after is None else str(after)
        answer = await self._ask({"do": "open", "origin": origin, "new": new, "after": told})
        return Opened(answer["vkey"], answer["size"])

    async def leaves(self, origin: str) -> list[bytes]:
        """Return every leaf hash that was signed of a log, in order.

        Raises:
            OSError: the signer does not answer.
        """
        found: list[bytes] = []
        while True:
            asked = {"do": "leaves", "origin": origin, "from": len(found)}
            page = split(base64.b64decode((await self._ask(asked))["hashes"]))
            if not page:
                return found
            found += page

    async def whose(self, hashes: Sequence[bytes]) -> str | None:
        """Return the origin of the log that one of these leaves was signed in, if any was.

        Raises:
            OSError: the signer does not answer.
        """
        answer = await self._ask({"do": "whose", "count": len(hashes)}, hashes)
        origin: str | None = answer["origin"]
        return origin

    async def adopt(self, note: Note, former: About | None, leaves: Sequence[bytes]) -> None:
        """Let the signer go on from a checkpoint that it did not sign, or forgot.

        Args:
            note: With its witnesses' signatures.
            former: What the log said of itself, where its keys were lost.
            leaves: All leaf hashes under it.

        Raises:
            NotSigned: it does not: the message says why.
            OSError: the signer does not answer.
        """
        origin = Checkpoint.parse(note.text).origin
        for first in range(0, len(leaves), MOST):
            page = leaves[first : first + MOST]
            asked = {"do": "adopt", "origin": origin, "from": first, "count": len(page)}
            await self._ask(asked, page)
        told = None if former is None else str(former)
        said = bytes(note).decode()
        await self._ask({"do": "conclude", "origin": origin, "note": said, "former": told})

    async def about(self, origin: str) -> Note:
        """Return what the log says of itself, signed with its current keys.

        Raises:
            NotSigned: it is not known, or its keys cannot be used.
            OSError: the signer does not answer.
        """
        return await self._noted("about", origin)

    async def rotate(self, origin: str) -> Note:
        """Let a new key sign beside the old one; return what the log says of itself then.

        Raises:
            NotSigned: two sign already.
            OSError: the signer does not answer.
        """
        return await self._noted("rotate", origin)

    async def retire(self, origin: str) -> Note:
        """End the old one of two keys; return what the log says of itself then.

        Raises:
            NotSigned: only one signs.
            OSError: the signer does not answer.
        """
        return await self._noted("retire", origin)

    async def _noted(self, what: str, origin: str) -> Note:
        answer = await self._ask({"do": what, "origin": origin})
        return Note.parse(answer["note"].encode())

    async def sign(self, origin: str, begins: int, hashes: Sequence[bytes]) -> Note:
        """Return the signed checkpoint of a tree that ends with these leaf hashes.

        Args:
            begins: Which leaf the first of them is of.

        Raises:
            NotSigned: they contradict what was signed.
            OSError: the signer does not answer.
        """
        asked = {"do": "sign", "origin": origin, "from": begins, "count": len(hashes)}
        return Note.parse((await self._ask(asked, hashes))["note"].encode())

    async def close(self) -> None:
        if self._way is not None:
            _, writer = self._way
            self._way = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _ask(self, asked: dict[str, Any], hashes: Sequence[bytes] = ()) -> dict[str, Any]:
        async with self._lock, asyncio.timeout(ANSWERS_WITHIN):
            try:
                if self._way is None:
                    self._way = await asyncio.open_unix_connection(
                        self._socket, limit=LONGEST_ANSWER
                    )
                reader, writer = self._way
                writer.write(json.dumps(asked).encode() + b"\n" + b"".join(hashes))
                await writer.drain()
                line = await reader.readline()
            except BaseException:
                await self.close()
                raise
        if not line:
            await self.close()
            raise ConnectionResetError("the signer hung up")
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise NotSigned(answer["refused"], answer["why"])
        return answer
