"""The load over HTTP: `PORT PLAN SIZE together|spread|again`, a process of its own.

It keeps `at` connections busy with stances that nobody has taken before, in the plan's batches of
SIZE proposals: all of one proposal before the next (`together`), or one organisation's in all of
them before the next organisation (`spread`). `again` is spread, and begins anew at its end: for
servers that do not mind.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import uvloop

from tests.bench.meter import Sample, timed
from tests.bench.worker import serve

BODY = json.dumps(
    {"option": "agree", "reason": {"lang": "en", "text": "It saves each of us a day a month."}}
).encode()
GIVES_UP = 30.0
Plan = dict[str, Any]


class Requests:
    """Each command once, as the bytes of its request."""

    def __init__(self, port: int, plan: Path, size: int, how: str) -> None:
        self._port = port
        self._plan = plan
        self._size = size
        self._how = how
        self._run = token_hex(6)
        self._numbers = itertools.count()
        self._ready: Iterator[bytes] = iter(())
        self._known = 0

    def look_again(self) -> None:
        """Learn of proposals opened meanwhile."""
        plan = json.loads(self._plan.read_text())
        batches = [batch for batch in plan["batches"] if len(batch) == self._size]
        for batch in batches[self._known :]:
            self._ready = itertools.chain(self._ready, self._requests(plan, batch))
        self._known = len(batches)

    def _requests(self, plan: Plan, batch: list[str]) -> Iterator[bytes]:
        people, coalition = plan["people"], plan["coalition"]
        if self._how == "together":
            for proposal, person in itertools.product(batch, people):
                yield self._request(coalition, proposal, person)
            return
        while True:
            for person, proposal in itertools.product(people, batch):
                yield self._request(coalition, proposal, person)
            if self._how == "spread":
                return

    def _request(self, coalition: str, proposal: str, person: dict[str, str]) -> bytes:
        return (
            f"POST /api/v1/coalitions/{coalition}/proposals/{proposal}/stances HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {person['token']}\r\n"
            f"Accord-On-Behalf-Of: {person['org']}\r\n"
            f"Idempotency-Key: {self._run}-{next(self._numbers)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        ).encode("ascii") + BODY

    def next(self) -> bytes | None:
        return next(self._ready, None)


class Caller(asyncio.Protocol):
    """One connection: asks, waits for the answer, asks again until time is up."""

    def __init__(self, requests: Requests, end: float) -> None:
        self._requests = requests
        self._end = end
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._began = 0.0
        self.took: list[float] = []
        self.errors: list[str] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is of no such class
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        request = self._requests.next() if time.perf_counter() < self._end else None
        if request is None:
            if time.perf_counter() < self._end:
                self.errors.append("there are no more stances to take")
            self._transport.close()
            self._finish()
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        _, named, rest = head.lower().partition(b"content-length:")
        if named and len(body) < int(rest.split(b"\r\n", 1)[0]):
            return
        self.took.append(time.perf_counter() - self._began)
        if self._buffer[9:12] != b"201":
            self.errors.append(self._buffer[:400].decode("utf-8", "replace"))
        self._buffer = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.errors.append(f"the connection was lost: {exc!r}")
        self._finish()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def main(port: int, plan: Path, size: int, how: str) -> None:
    """Measure until there are no more orders."""
    requests = Requests(port, plan, size, how)
    loop = asyncio.get_running_loop()

    async def measure(at: int, secs: float) -> Sample:
        requests.look_again()
        cpu, began = time.process_time(), time.perf_counter()
        callers = [Caller(requests, began + secs) for _ in range(at)]
        await asyncio.gather(
            *(loop.create_connection(lambda c=caller: c, "127.0.0.1", port) for caller in callers)  # type: ignore[misc]  # mypy has no type for a default
        )
        async with asyncio.timeout(secs + GIVES_UP):
            await asyncio.gather(*(caller.done for caller in callers))
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        errors = [error for caller in callers for error in caller.errors]
        for error in errors[:3]:
            sys.stderr.write(error + "\n")
        took = [one for caller in callers for one in caller.took]
        return timed(took, secs=seconds, cpu=used, errors=len(errors))

    await serve(measure)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
