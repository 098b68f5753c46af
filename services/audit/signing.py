"""The way to the signer: one connection over its Unix socket, one request after another."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.tlog.note import Note

ANSWERS_WITHIN = 10.0
LONGEST_ANSWER = 1 << 16


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

    async def open(self, origin: str) -> Opened:
        """Return the key of an origin, which is made when it is first asked for.

        Raises:
            NotSigned: it cannot be used.
            OSError: the signer does not answer.
        """
        answer = await self._ask({"do": "open", "origin": origin})
        return Opened(answer["vkey"], answer["size"])

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
