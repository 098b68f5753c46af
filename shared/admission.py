"""Who may come in: how many requests are in hand, who waits, and who is told to come back.

Up to `MOST` requests are in hand at once; a burst beyond waits for its turn. When the waiting room
is full, this is no burst: everybody who waits is refused, nobody waits any longer, and only as many
are let in as keep the batches of the journal and the loop quick. That number follows what batches
were seen to take, and how late the loop was. A second without a refusal ends it.

A coalition that has less in hand than the one with most is let in even when the house is full, so
that one that asks for more than everything takes nothing from the others.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.turns import Turns

MOST, LEAST = 64.0, 6.0  # in hand: while calm; in an overload, and always of each coalition
READS = 0.5  # of what commands may have
ROOM = 256
PATIENCE = 5.0  # seconds; so long a burst may take on a slow machine
CALM_AFTER = 1.0
WINDOW_SECONDS, WINDOW_BATCHES = 0.1, 4
SLOWER = 3.0  # times the quickest: so long a batch's oldest command may take in an overload
QUICK, SLOW = 0.012, 0.25  # seconds: never held to less than that, never allowed more
LAGS = 0.006  # seconds; so late the loop may come to what is due, before fewer are let in
AGES = 0.1 / 60  # a second, of the quickest time seen: a machine can become slower

BODY_BYTES = 64 * 1024
HEADER_BYTES = 16 * 1024
DEADLINE, AT_THE_END = 9.0, 3.0  # seconds; the second once the process is told to end
LOOK_EVERY, TICK = 0.25, 0.01
ALWAYS = frozenset({"livez", "readyz", "startupz", "version", "metrics", "openapi.json"})
READING = frozenset({"GET", "HEAD"})
API, NAMED = "/api/v1/", "/api/v1/coalitions/"


def named(path: str) -> str:
    """Return the coalition's name in an address; nothing where none stands there."""
    return path.partition(NAMED)[2].partition("/")[0]


class Waiting(NamedTuple):
    """Somebody in the waiting room."""

    coalition: UUID | None
    since: float
    called: asyncio.Future[bool]


class Gate:
    """Counts who is in hand, and decides who comes next. Knows no HTTP, and keeps no task.

    Args:
        clock: Seconds that only grow.
        most: So many in hand at once, while all is calm.
        least: So many in an overload, and then always of each coalition, up to twice `most` in all.
        room: So many may wait.

    Attributes:
        names: Which coalition an address means, as far as hosts have found out.
        closing: Whether the process has been told to end.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, most: float = MOST,
        least: float = LEAST, room: int = ROOM,
    ) -> None:  # fmt: skip
        self._clock, self._most, self._room = clock, most, room
        self.names: dict[str, UUID] = {}
        self.overloaded = self.closing = False
        self.limit = most
        self.in_hand = 0
        self._held: dict[UUID | None, int] = {}
        self._commands: Turns[UUID | None, Waiting] = Turns()
        self._reads: Turns[UUID | None, Waiting] = Turns()
        self._least = self._narrow = min(least, most)
        self._refused_at = 0.0
        self._quickest, self._quickest_at = SLOW, clock()
        self._window_at, self._spent, self._batches = clock(), 0.0, 0
        self._late, self._looks = 0.0, 0
        self._passing: dict[UUID | None, int] = {}

    @property
    def waiting(self) -> int:
        return len(self._commands) + len(self._reads)

    def meant(self, path: str) -> UUID | None:
        """Return the coalition that an address is about; `None` where that is not known yet."""
        return self.names.get(named(path))

    def enter(self, coalition: UUID | None, *, command: bool) -> bool | None:
        """Let somebody in, or refuse; `None`: they may wait.

        Args:
            coalition: `None` for all whose coalition is not known.
        """
        if self._has_place(coalition, command=command):
            self._take_in(coalition)
            return True
        if self.turns_away(coalition, command=command):
            return False
        if self._has_place(coalition, command=command):  # the overload is over
            self._take_in(coalition)
            return True
        if self.waiting < self._room:
            return None
        self._overload()
        return False

    def turns_away(self, coalition: UUID | None, *, command: bool) -> bool:
        """Refuse in an overload, at the least cost; nobody is let in by this."""
        if not self.overloaded or self._has_place(coalition, command=command):
            return False
        now = self._clock()
        if now - self._refused_at > CALM_AFTER:
            self.overloaded, self.limit = False, self._most
            return False
        self._refused_at = now
        return True

    def wait(self, coalition: UUID | None, called: asyncio.Future[bool], *, command: bool) -> None:
        """Give somebody a place in the waiting room; `called` is told whether they come in."""
        room = self._commands if command else self._reads
        room.add(coalition, Waiting(coalition, self._clock(), called))

    def leave(self, coalition: UUID | None) -> None:
        """Count somebody out, and call who is next."""
        self.in_hand -= 1
        if (held := self._held[coalition] - 1) > 0:
            self._held[coalition] = held
        else:
            del self._held[coalition]
        if self._commands:
            self._call(self._commands, self.limit)
        if self._reads:
            self._call(self._reads, self.limit * READS)

    def look(self) -> None:
        """Refuse who has waited for too long; to be called now and then."""
        late = self._clock() - PATIENCE
        for room in (self._commands, self._reads):
            for one in room.take(len(room)):
                if one.since < late:
                    _tell(one, come_in=False)
                else:
                    room.add(one.coalition, one)

    def answered(self, seconds: float) -> None:
        """Learn how long the oldest command of a batch took, and adapt."""
        self._spent += seconds
        self._batches += 1
        now = self._clock()
        if now - self._window_at < WINDOW_SECONDS or self._batches < WINDOW_BATCHES:
            return
        took, late = self._spent / self._batches, self._late / max(self._looks, 1)
        self._window_at, self._spent, self._batches = now, 0.0, 0
        self._late, self._looks = 0.0, 0
        aged = self._quickest * (1 + AGES * (now - self._quickest_at))
        self._quickest, self._quickest_at = min(took, aged), now
        if not self.overloaded:
            return
        if late > LAGS or took > min(max(QUICK, SLOWER * self._quickest), SLOW):
            self._narrow = max(self._least, self._narrow * (0.5 if late > 2 * LAGS else 0.9))
        else:
            self._narrow = min(self._most, self._narrow + 1)
        self.limit = self._narrow

    def was_late(self, seconds: float) -> None:
        """Learn how late the loop came to something that was due."""
        self._late += seconds
        self._looks += 1

    def passes(self, coalition: UUID | None) -> bool:
        """Count somebody who is on the way to `enter`, and takes a place there; the first?"""
        first = not self._passing
        self._passing[coalition] = self._passing.get(coalition, 0) + 1
        return first

    def have_passed(self) -> None:
        """Forget who is on the way: they have entered, or not come."""
        self._passing.clear()

    def _has_place(self, coalition: UUID | None, *, command: bool) -> bool:
        limit = self.limit if command else self.limit * READS
        in_hand, held = self.in_hand, self._held.get(coalition, 0)
        if self._passing:
            in_hand += sum(self._passing.values())
            held += self._passing.get(coalition, 0)
        if in_hand < limit:
            return True
        if in_hand >= 2 * (self._most if command else limit):
            return False
        if command and self.overloaded and held < self._least:
            return True
        return held + 1 < max(self._held.values(), default=0)

    def _take_in(self, coalition: UUID | None) -> None:
        self.in_hand += 1
        self._held[coalition] = self._held.get(coalition, 0) + 1

    def _overload(self) -> None:
        self._narrow = self._least
        self.overloaded, self.limit, self._refused_at = True, self._narrow, self._clock()
        for room in (self._commands, self._reads):
            for one in room.take(len(room)):
                _tell(one, come_in=False)

    def _call(self, room: Turns[UUID | None, Waiting], limit: float) -> None:
        while room and self.in_hand < limit:
            [one] = room.take(1)
            if _tell(one, come_in=True):
                self._take_in(one.coalition)


def _tell(one: Waiting, *, come_in: bool) -> bool:
    """Say whether they were still there to hear it."""
    if one.called.done():
        return False
    one.called.set_result(come_in)
    return True


class Admission:
    """What every request to a process passes first: limits of size, number and time.

    Args:
        deadline: Seconds from when a request came, a turn waited for included: a command has to be
            answered by then, a read to begin. One more second is kept for ending it.

    Attributes:
        gate: Of the services; the pages have a gate of their own, because each page asks services
            and must not hold the place that its own questions need.
    """

    def __init__(self, app: ASGIApp, gate: Gate, *, deadline: float = DEADLINE) -> None:
        self._app = app
        self._deadline = deadline
        self.gate = gate
        self.pages = Gate()
        self._begun: dict[asyncio.Task[object], float] = {}
        self._overdue: set[asyncio.Task[object]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        came = time.monotonic()
        path: str = scope["path"]
        command = scope["method"] not in READING
        gate, coalition = self.gate, None
        if API in path:
            if path.endswith("/import"):
                await self._app(scope, receive, send)
                return
            coalition = gate.meant(path)
        elif path.rpartition("/")[2] in ALWAYS or "/internal/" in path or "/.well-known/" in path:
            await self._app(scope, receive, send)
            return
        else:
            gate = self.pages
        let_in = gate.enter(coalition, command=command)
        if let_in is None:
            let_in = await _turn(gate, coalition, command=command)
        if not let_in:
            await refuse(send, path, BUSY)
            return
        if (fault := _too_large(scope)) is not None:
            gate.leave(coalition)
            await refuse(send, path, fault)
            return
        if command:
            await self._command(scope, receive, send, gate, coalition, came)
        else:
            await self._read(scope, receive, send, gate, coalition, came)

    async def _command(
        self, scope: Scope, receive: Receive, send: Send, gate: Gate, coalition: UUID | None,
        came: float,
    ) -> None:  # fmt: skip
        """Pass it on; it has to come, and be answered, before its deadline."""
        task = asyncio.current_task()
        assert task is not None
        self._begun[task] = came
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if task not in self._overdue:
                raise
            task.uncancel()
            with suppress(RuntimeError):  # it had begun to answer
                await refuse(send, scope["path"], LATE)
        finally:
            del self._begun[task]
            self._overdue.discard(task)
            gate.leave(coalition)

    async def _read(
        self, scope: Scope, receive: Receive, send: Send, gate: Gate, coalition: UUID | None,
        came: float,
    ) -> None:  # fmt: skip
        """Pass it on; once an answer flows it takes nobody's place, however long it is."""
        task = asyncio.current_task()
        assert task is not None
        self._begun[task] = came

        def answers() -> None:
            if self._begun.pop(task, None) is not None:
                gate.leave(coalition)

        async def watched(message: Message) -> None:
            answers()
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            if task not in self._overdue:
                raise
            task.uncancel()
            answers()
            with suppress(RuntimeError):
                await refuse(send, scope["path"], LATE)
        finally:
            self._overdue.discard(task)
            answers()

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        beside = [self._look(), self._time()] if scope["type"] == "lifespan" else []
        tasks = [asyncio.create_task(each) for each in beside]
        try:
            await self._app(scope, receive, send)
        finally:
            for task in tasks:
                task.cancel()

    async def _time(self) -> None:
        """See how late the loop is while there is an overload."""
        clock = asyncio.get_running_loop().time
        while True:
            pause = TICK if self.gate.overloaded else LOOK_EVERY
            due = clock() + pause
            await asyncio.sleep(pause)
            self.gate.was_late(clock() - due)

    async def _look(self) -> None:
        """End what is overdue, for as long as the process runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.gate.look()
            self.pages.look()
            deadline = AT_THE_END if self.gate.closing else self._deadline
            late = time.monotonic() - deadline
            for task, came in self._begun.items():
                if came < late and task not in self._overdue:
                    self._overdue.add(task)
                    task.cancel()


async def _turn(gate: Gate, coalition: UUID | None, *, command: bool) -> bool:
    called: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    gate.wait(coalition, called, command=command)
    try:
        return await called
    except asyncio.CancelledError:
        if called.done() and not called.cancelled() and called.result():
            gate.leave(coalition)
        raise


class Refusal:
    """An answer that costs as little as can be: all but the path is made beforehand."""

    def __init__(self, status: int, title: str, reason: str, detail: str, *, close: bool) -> None:
        retryable = status == 503  # noqa: PLR2004 - the one that passes by itself
        body = orjson.dumps(
            {
                "type": f"/problems/{reason}", "title": title, "status": status, "detail": detail,
                "reason": reason, "retryable": retryable, "instance": "",
            }
        )  # fmt: skip
        self.status = status
        self.body = body.removesuffix(b'""}')
        self.headers = [(b"content-type", b"application/problem+json")]
        if retryable:
            self.headers.append((b"retry-after", b"1"))
        if close:
            self.headers.append((b"connection", b"close"))
        lines = [b"%s: %s\r\n" % header for header in self.headers]
        self._head = b"HTTP/1.1 %d %s\r\n" % (status, title.encode()) + b"".join(lines)

    def about(self, path: str) -> bytes:
        """Return the body of an answer to a request for `path`."""
        return self.body + orjson.dumps(path) + b"}"

    def written(self, path: str) -> bytes:
        """Return the whole answer as it goes over the wire."""
        body = self.about(path)
        return b"%scontent-length: %d\r\n\r\n%s" % (self._head, len(body), body)


BUSY = Refusal(
    503, "Service Unavailable", "busy",
    "More is asked of this service than it can do: please ask again in a moment.", close=False,
)  # fmt: skip
LATE = Refusal(
    503, "Service Unavailable", "late",
    "This did not arrive, or could not be answered, in time: please ask again.", close=True,
)  # fmt: skip
LARGE_BODY = Refusal(
    413, "Content Too Large", "too_large",
    f"A command has at most {BODY_BYTES} bytes; an import is streamed.", close=True,
)  # fmt: skip
LARGE_HEADERS = Refusal(
    400, "Bad Request", "headers_too_large",
    f"The headers of a request have at most {HEADER_BYTES} bytes.", close=True,
)  # fmt: skip


async def refuse(send: Send, path: str, refusal: Refusal) -> None:
    """Answer with a problem, without having read what was sent."""
    body = refusal.about(path)
    headers = [*refusal.headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _too_large(scope: Scope) -> Refusal | None:
    size, length = 0, b""
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"content-length":
            length = value
    if size > HEADER_BYTES:
        return LARGE_HEADERS
    if len(length) > 4 and int(length) > BODY_BYTES:  # noqa: PLR2004 - five digits or more
        return LARGE_BODY
    return None
