"""Load from a process of its own: `python -m tests.chaos.load PLAN SAMPLES`.

An open flow sends at planned times, whatever comes back, and times each answer from the moment it
was planned for; a closed one keeps so many requests in flight. The plan is JSON, the samples are
triples of doubles: when planned, seconds until answered, status (0: no answer).
"""

import asyncio
import gc
import json
import sys
import time
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, cast

import uvloop

TICK = 0.002
AT_ONCE, OPENS_WITHIN = 0.2, 2.0  # seconds until all begin
KEPT = 4.0  # seconds; less than a server keeps a quiet connection, so none is closed on reuse
LAST_ANSWERS = 3.0
NO_ANSWER = 0


@dataclass(frozen=True)
class Flow:
    """One kind of request, again and again.

    Args:
        rate: Requests a second; `None` for a closed flow.
        connections: At most so many; a closed flow has exactly so many requests in flight.
        opened: So many of them are open before it begins.
        starts, seconds: When it begins after the start of all, and for how long it sends.
    """

    name: str
    method: str
    path: str
    headers: dict[str, str]
    seconds: float
    body: str = ""
    rate: float | None = None
    connections: int = 300
    opened: int = 0
    starts: float = 0.0

    def request(self) -> tuple[bytes, bytes]:
        """Return what stands before and after the idempotency key."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        body = self.body.encode()
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "Idempotency-Key: "]).encode(), b"\r\n\r\n" + body


class Connection(asyncio.Protocol):
    """One request at a time; reads no more of an answer than its status and length."""

    def __init__(self, sender: "Sender") -> None:
        self._sender = sender
        self._got = b""
        self._transport: asyncio.Transport | None = None
        self.planned: float | None = None
        self.quiet_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own, of no common class
        self._sender.free(self)

    def send(self, planned: float, request: bytes) -> None:
        assert self._transport is not None
        self.planned = planned
        self._transport.write(request)

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        got = self._got = self._got + data if self._got else data
        end = got.find(b"\r\n\r\n")
        if end < 0:
            return
        at = got.find(b"content-length: ", 0, end)
        if at < 0:
            raise ValueError("an answer without a length")
        length = int(got[at + 16 : got.index(b"\r", at)])
        if len(got) < end + 4 + length:
            return
        self._got = b""
        assert self.planned is not None
        self._sender.sample(self.planned, int(got[9:12]))
        self.planned = None
        if got.find(b"connection: close", 0, end) < 0:
            self._sender.free(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the same either way
        self._sender.lost(self)


class Sender:
    """Sends one flow."""

    def __init__(self, flow: Flow, host: str, port: int, begin: float) -> None:
        self.flow = flow
        self._at = host, port
        self._begin = begin + flow.starts
        self._end = self._begin + flow.seconds
        self._head, self._tail = flow.request()
        self._keys: Iterator[int] = count()
        self._unique = f"{flow.name}-{time.time_ns()}-"
        self._free: list[Connection] = []
        self._late: deque[float] = deque()
        self._open = 0
        self._opening: set[asyncio.Task[None]] = set()
        self.samples = array("d")

    def free(self, connection: Connection) -> None:
        if self.flow.rate is None:
            now = time.monotonic()
            if self._begin <= now < self._end:
                self._send(connection, now)
        elif self._late:
            self._send(connection, self._late.popleft())
        else:
            connection.quiet_since = time.monotonic()
            self._free.append(connection)

    def lost(self, connection: Connection) -> None:
        self._open -= 1
        if connection.planned is not None:
            self.sample(connection.planned, NO_ANSWER)
        if connection in self._free:
            self._free.remove(connection)

    def sample(self, planned: float, status: int) -> None:
        self.samples.extend((planned - self._begin, time.monotonic() - planned, status))

    async def run(self) -> None:
        for _ in range(self.flow.opened):
            self._connect()
        await asyncio.sleep(self._begin - time.monotonic())
        if self.flow.rate is None:
            for _ in range(self.flow.connections):
                self._connect()
            await asyncio.sleep(self.flow.seconds + LAST_ANSWERS)
            return
        planned, gap = self._begin, 1 / self.flow.rate
        while planned < self._end:
            now = time.monotonic()
            while planned <= now and planned < self._end:
                self._due(planned)
                planned += gap
            await asyncio.sleep(TICK)
        await asyncio.sleep(LAST_ANSWERS)
        while self._late:  # who has given up sends nothing any more
            self.sample(self._late.popleft(), NO_ANSWER)

    def _due(self, planned: float) -> None:
        if self._free and time.monotonic() - self._free[-1].quiet_since > KEPT:
            for connection in self._free:
                connection.close()
            self._free.clear()
        if self._free:
            self._send(self._free.pop(), planned)
            return
        self._late.append(planned)
        if self._open < self.flow.connections:
            self._connect()

    def _send(self, connection: Connection, planned: float) -> None:
        key = f"{self._unique}{next(self._keys)}".encode()
        connection.send(planned, self._head + key + self._tail)

    def _connect(self) -> None:
        self._open += 1
        opening = asyncio.create_task(self._connected())
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)

    async def _connected(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: Connection(self), *self._at)
        except OSError:
            self._open -= 1


async def run(plan: dict[str, Any]) -> list[Sender]:
    """Send all flows of a plan; return the senders with their samples."""
    gc.disable()
    flows = [Flow(**flow) for flow in plan["flows"]]
    begin = time.monotonic() + (OPENS_WITHIN if any(flow.opened for flow in flows) else AT_ONCE)
    senders = [Sender(flow, plan["host"], plan["port"], begin) for flow in flows]
    await asyncio.gather(*(sender.run() for sender in senders))
    return senders


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    senders = uvloop.run(run(plan))
    with Path(sys.argv[2]).open("wb") as out:
        for sender in senders:
            out.write(len(sender.samples).to_bytes(8, "little"))
            sender.samples.tofile(out)


if __name__ == "__main__":
    main()
