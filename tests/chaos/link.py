"""A wire between two processes that a test can hurt: a TCP proxy."""

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Hurt = Literal[
    "whole", "partition", "black hole", "one-way", "delay", "reset", "half-open", "corrupt"
]
HURTS: tuple[Hurt, ...] = ("partition", "black hole", "one-way", "delay", "reset", "half-open")
CHUNK = 1 << 16
LONGEST_DELAY = 0.3
ODDS = 0.02  # of a reset or a flipped bit, per chunk


@dataclass(eq=False)
class _Pair:
    """One connection: its client's side, and the server's."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter | None = None
    lost: bool = False
    pumps: list[asyncio.Task[None]] = field(default_factory=list)

    def abort(self) -> None:
        for side in (self.near, self.far):
            if side is not None:
                _reset(side)


class Link:
    """Listens on a port of its own, and passes on what comes to where it leads."""

    def __init__(self, name: str, leads_to: int | Path, rng: random.Random) -> None:
        self.name = name
        self.port = 0
        self._leads_to = leads_to
        self._rng = rng
        self._hurt: Hurt = "whole"
        self._pairs: set[_Pair] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for pair in list(self._pairs):
            pair.abort()
        await asyncio.sleep(0)

    def hurt(self, how: Hurt) -> None:
        """Hurt connections that are there, and those to come."""
        self._hurt = how
        if how == "half-open":
            for pair in self._pairs:
                if pair.far is not None:
                    pair.lost = True
                    _reset(pair.far)

    def heal(self) -> None:
        """Be whole again; connections that have lost bytes end, as they could not go on."""
        self._hurt = "whole"
        for pair in list(self._pairs):
            if pair.lost:
                pair.abort()

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if self._hurt == "partition":
            _reset(near)
            return
        pair = _Pair(near)
        self._pairs.add(pair)
        try:
            if self._hurt in {"black hole", "half-open"}:
                pair.lost = True
                await self._swallow(reader)
                return
            back, pair.far = await self._open()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(pair, reader, pair.far, back=False))
                group.create_task(self._pump(pair, back, near, back=True))
        except* OSError:
            pass
        finally:
            self._pairs.discard(pair)
            pair.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._leads_to, Path):
            return await asyncio.open_unix_connection(str(self._leads_to))
        return await asyncio.open_connection("127.0.0.1", self._leads_to)

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(CHUNK):
            pass

    async def _pump(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if self._loses(back=back) or (pair.lost and not back):
                pair.lost = True
                continue
            match self._hurt:
                case "delay":
                    await asyncio.sleep(self._rng.uniform(0, LONGEST_DELAY))
                case "reset" if self._rng.random() < ODDS:
                    pair.abort()
                    return
                case "corrupt" if self._rng.random() < ODDS:
                    chunk = _flipped(chunk, self._rng)
            writer.write(chunk)
            await writer.drain()
        if pair.lost:  # nobody is told: the other side hears nothing until the link is whole
            return
        with contextlib.suppress(OSError):
            writer.write_eof()

    def _loses(self, *, back: bool) -> bool:
        return self._hurt in {"partition", "black hole", "half-open"} or (
            self._hurt == "one-way" and back
        )


def _flipped(chunk: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(chunk))
    return chunk[:place] + bytes([chunk[place] ^ (1 << rng.randrange(8))]) + chunk[place + 1 :]


def _reset(side: asyncio.StreamWriter) -> None:
    """End a connection with RST, not FIN."""
    wire = side.get_extra_info("socket")
    if wire is not None and wire.family == socket.AF_INET:
        with contextlib.suppress(OSError):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    side.transport.abort()
