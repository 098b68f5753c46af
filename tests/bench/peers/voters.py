"""Voters with random arrivals, and how long until transparency has committed what each said.

`python -m tests.bench.peers.voters PLAN`: PLAN says who votes on what, and where to look.
"""

import asyncio
import json
import random
import sys
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, cast

import asyncpg
import uvloop

from shared.settings import secret
from tests.bench.meter import Sample, percentile, timed
from tests.bench.worker import serve

CONNECTIONS = 64
READER = "transparency-reports-v1"
HERE_WITHIN, LOOK_EVERY = 15.0, 0.0005
WARM_UP, MUST_TAKE = 200, 500  # stances a second: at first; above that some may be refused
TRIES = 2  # of a stance that was refused for now: the answer says when to ask again


class Voters:
    """Each voter takes a stance on each proposal, then changes it for ever."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._pairs = [(p, *voter) for p in plan["proposals"] for voter in plan["voters"]]
        self._stands = [""] * len(self._pairs)
        self._run, self._numbers = f"{time.time_ns():x}", count()

    def next(self) -> tuple[int, str, bytes]:
        """Return whose turn it is, for what, and the request that says so."""
        number = next(self._numbers)
        pair = number % len(self._pairs)
        proposal, token, org = self._pairs[pair]
        before = self._stands[pair]
        option = "disagree" if before == "agree" else "agree"
        words = {"lang": "en", "text": "It saves each of us a day a month."}
        said = {"to": option, "because": words} if before else {"option": option, "reason": words}
        body, plan = json.dumps(said).encode(), self._plan
        path = f"/meetings/api/v1/coalitions/{plan['coalition']}/proposals/{proposal}/stances"
        request = (
            f"POST {path}{'/changes' if before else ''} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{plan['port']}\r\nAuthorization: Bearer {token}\r\n"
            f"Accord-On-Behalf-Of: {org}\r\nIdempotency-Key: {self._run}-{number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode("ascii") + body
        return pair, option, request

    def stands(self, pair: int, option: str) -> None:
        """Keep what was answered: a stance that was refused is not changed."""
        self._stands[pair] = option


class Busy(Exception):
    """Too much is asked at once; nothing was done, and it may be asked again after so long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"ask again in {seconds} s")
        self.seconds = seconds


class Line(asyncio.Protocol):
    """A connection that answers one request after another."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: bytes) -> bytes:
        """Return the body of the answer.

        Raises:
            Busy: it may be asked again later.
            OSError: it is no success, or the connection was lost.
        """
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        length = _number(head, b"content-length")
        if found and len(body) >= length and self._answer is not None:
            if head[9:12] in {b"200", b"201"}:
                self._answer.set_result(body)
            elif head[9:12] == b"503":
                self._answer.set_exception(Busy(_number(head, b"retry-after")))
            else:
                self._answer.set_exception(OSError(self._buffer.decode("utf-8", "replace")))
            self._buffer = b""

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(OSError(f"the connection was lost: {exc!r}"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _number(head: bytes, name: bytes) -> int:
    """Return what a header says, 0 where it is absent."""
    return int(head.lower().partition(b"\r\n" + name + b":")[2].split(b"\r\n", 1)[0] or 0)


@dataclass
class Cursor:
    """How far transparency has come, and when that was first seen."""

    db: asyncpg.Connection
    coalition: str
    positions: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    _awaited: int = 0
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def await_(self, position: int) -> None:
        self._awaited = max(self._awaited, position)
        self._wanted.set()

    @property
    def reached(self) -> bool:
        return self._awaited <= (self.positions[-1] if self.positions else 0)

    async def watch(self) -> None:
        """Look again and again while something is awaited, until cancelled."""
        while True:
            if self.reached:
                self._wanted.clear()
                await self._wanted.wait()
            position = await self.db.fetchval(
                "select position from inbox.cursor where coalition_id = $1"
                " and source = 'meetings' and reader = $2",
                self.coalition, READER,
            )  # fmt: skip
            if not self.positions or position > self.positions[-1]:
                self.positions.append(position)
                self.times.append(time.perf_counter())
            else:
                await asyncio.sleep(LOOK_EVERY)

    def when(self, position: int) -> float | None:
        """Return when a position was first seen committed."""
        at = bisect_left(self.positions, position)
        return self.times[at] if at < len(self.times) else None


@dataclass
class Crowd:
    """All who ask at the same time, over a few connections, and what was answered.

    Args:
        tries: How often a stance is asked for while the answer is: not now.
    """

    voters: Voters
    free: deque[Line]
    cursor: Cursor
    tries: int
    answered: list[tuple[float, float, int]] = field(default_factory=list)
    """When it was planned, when it was answered, and its position."""
    errors: list[str] = field(default_factory=list)
    refused: int = 0
    sent_away: int = 0
    waiting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))

    async def ask(self, planned: float) -> None:
        """Take a stance; where it is refused for now, ask again when the answer says."""
        turn: tuple[int, str, bytes] | None = None
        for left in reversed(range(self.tries)):
            async with self.waiting:
                line = self.free.popleft()
                turn = pair, option, request = turn or self.voters.next()
                try:
                    position = json.loads(await line.ask(request))["position"]
                except Busy as busy:
                    self.refused += 1
                    again = busy.seconds
                except OSError as error:
                    self.errors.append(str(error))
                    return
                else:
                    self.answered.append((planned, time.perf_counter(), position))
                    self.voters.stands(pair, option)
                    self.cursor.await_(position)
                    return
                finally:
                    self.free.append(line)
            if left:
                await asyncio.sleep(again)
        self.sent_away += 1


async def vote(plan: dict[str, Any]) -> None:
    voters = Voters(plan)
    database = plan["database"].replace("{service}", "transparency")
    password = secret(Path(plan["password_file"].replace("{service}", "transparency")))
    db = await asyncpg.connect(database, password=password)

    async def measure(at: int, secs: float) -> Sample:
        free = await _lines(plan["port"])
        cursor = Cursor(db, plan["coalition"])
        watching = asyncio.create_task(cursor.watch())
        crowd = Crowd(voters, free, cursor, TRIES if at <= MUST_TAKE else 1)

        cpu, began = time.process_time(), time.perf_counter()
        asking, planned = list[asyncio.Task[None]](), began
        while (planned := planned + random.expovariate(at)) < began + secs or not asking:
            await asyncio.sleep(planned - time.perf_counter())
            asking.append(asyncio.create_task(crowd.ask(planned)))
        await asyncio.gather(*asking)
        end = time.perf_counter() + HERE_WITHIN
        while not cursor.reached and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        for line in free:
            line.close()
        for error in crowd.errors[:3]:
            sys.stderr.write(error + "\n")
        found = _sample(cursor, crowd.answered, began, time.process_time() - cpu)
        if crowd.refused:
            found = replace(found, note=f"{found.note}; {crowd.refused:,} refused at first")
        missing = crowd.sent_away if at <= MUST_TAKE else 0
        return replace(found, errors=len(crowd.errors) + missing)

    everybody = len(plan["voters"]) * len(plan["proposals"])
    await measure(WARM_UP, everybody / WARM_UP)  # so that all are known from now on
    await serve(measure)
    await db.close()


async def _lines(port: int) -> deque[Line]:
    loop, made = asyncio.get_running_loop(), deque[Line]()
    for _ in range(CONNECTIONS):
        _, line = await loop.create_connection(Line, "127.0.0.1", port)
        made.append(line)
    return made


def _sample(
    cursor: Cursor, answered: Sequence[tuple[float, float, int]], began: float, cpu: float
) -> Sample:
    took, whole = [], []
    for planned, at, position in answered:
        if (seen := cursor.when(position)) is not None:
            took.append(max(0.0, seen - at))
            whole.append(seen - planned)
    secs = max((at for _, at, _ in answered), default=began) - began
    note = ""
    if whole:
        slow = percentile(sorted(whole), 0.99) * 1000
        note = f"from the planned start: p99 {slow:.0f} ms"
    found = timed(took, secs=secs, cpu=cpu, lost=len(answered) - len(took))
    return replace(found, note=note)


if __name__ == "__main__":
    uvloop.run(vote(json.loads(Path(sys.argv[1]).read_text())))
