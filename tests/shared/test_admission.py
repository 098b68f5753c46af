"""Who may come in: the rule under a clock of its own, and the door of a real server."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from uuid import UUID

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from accord.loopback import free_port
from shared.admission import (
    BODY_BYTES,
    HEADER_BYTES,
    LAGS,
    LEAST,
    PATIENCE,
    Admission,
    Gate,
)
from shared.serving import Door, Server

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
PATH = "/jars/api/v1/coalitions/a/jars"


@dataclass
class Street:
    """A gate whose clock stands still until it is told to move."""

    now: float = 100.0
    most: float = 4
    least: float = 1
    gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        self.gate = Gate(lambda: self.now, most=self.most, least=self.least, room=6)

    def enter(self, coalition: UUID | None = A, *, command: bool = True) -> bool | None:
        return self.gate.enter(coalition, command=command)

    def wait(self, coalition: UUID | None = A, *, command: bool = True) -> asyncio.Future[bool]:
        assert self.enter(coalition, command=command) is None
        called = asyncio.get_running_loop().create_future()
        self.gate.wait(coalition, called, command=command)
        return called

    def fill(self, coalition: UUID = A) -> None:
        while self.gate.in_hand < self.gate.limit:
            assert self.enter(coalition)


async def test_a_burst_waits_and_is_called_in_order() -> None:
    street = Street()
    street.fill()
    first, second = street.wait(), street.wait()
    street.gate.leave(A)
    assert first.result() is True
    assert not second.done()
    assert (street.gate.in_hand, street.gate.waiting) == (4, 1)


async def test_a_full_room_refuses_everybody_in_it_and_nobody_waits_any_longer() -> None:
    street = Street()
    street.fill()
    waiting = [street.wait() for _ in range(6)]
    assert street.enter() is False
    assert [one.result() for one in waiting] == [False] * 6
    street.now += 0.5
    assert street.enter() is False
    assert street.gate.waiting == 0


async def test_a_burst_that_comes_as_it_is_served_is_no_overload() -> None:
    street = Street()
    street.fill()
    waiting = [street.wait() for _ in range(5)]
    for n in range(20):
        street.now += 0.8
        street.gate.look()
        street.gate.leave(A)
        assert waiting[n].result() is True
        waiting.append(street.wait())
    assert not street.gate.overloaded


async def test_a_burst_that_nobody_follows_is_served_to_its_end() -> None:
    street = Street()
    street.fill()
    waiting = [street.wait() for _ in range(6)]
    for one in waiting:
        street.now += 0.3
        street.gate.look()
        street.gate.leave(A)
        assert one.result() is True
    assert not street.gate.overloaded


async def test_nobody_waits_longer_than_patience() -> None:
    street = Street()
    street.fill()
    waiting = street.wait()
    street.now += PATIENCE - 0.1
    street.gate.look()
    assert not waiting.done()
    street.now += 0.2
    street.gate.look()
    assert waiting.result() is False


async def test_who_left_the_room_is_passed_over() -> None:
    street = Street()
    street.fill()
    gone, there = street.wait(), street.wait()
    gone.cancel()
    street.gate.leave(A)
    assert there.result() is True
    assert street.gate.in_hand == 4


async def test_a_second_without_refusal_ends_the_overload() -> None:
    street = Street()
    street.fill()
    for _ in range(6):
        street.wait()
    assert street.enter() is False
    street.now += 0.9
    assert street.enter() is False
    street.now += 1.1
    assert street.enter() is None
    assert not street.gate.overloaded


async def test_who_has_less_than_another_comes_in_though_that_one_fills_the_house() -> None:
    street = Street()
    street.fill(A)
    street.wait(A)
    assert street.enter(A) is None
    assert [street.enter(B) for _ in range(3)] == [True, True, True]
    assert street.enter(B) is None  # it would have as much as A
    assert street.enter(C) is True
    assert street.enter(None) is None  # twice the limit: now the house is full for all


async def test_what_the_greedy_one_leaves_goes_to_the_others_until_all_have_alike() -> None:
    street = overloaded(most=6, least=1)
    answer(street, 0.010, 5)
    assert street.gate.limit == 6
    assert [street.enter(B) for _ in range(3)] == [True, True, True]
    for _ in range(3):
        street.gate.leave(A)
    assert street.enter(A) is False  # three each, six in all
    street.gate.leave(B)
    assert street.enter(A) is True


async def test_all_unknown_coalitions_together_are_one() -> None:
    street = Street()
    street.fill(A)
    assert [street.enter(None) for _ in range(4)] == [True, True, True, None]


async def test_many_coalitions_together_stay_below_twice_the_limit() -> None:
    street = Street()
    let_in = sum(street.enter(UUID(int=n)) is True for n in range(100))
    assert 4 <= let_in <= 8


async def test_reads_are_shed_before_commands() -> None:
    street = Street()
    assert [street.enter(command=False) for _ in range(3)] == [True, True, None]
    assert street.enter() is True
    assert street.enter() is True
    assert street.enter() is None


async def test_reads_that_wait_come_in_after_commands_and_keep_to_their_half() -> None:
    street = Street()
    street.fill()
    read, command = street.wait(command=False), street.wait()
    street.gate.leave(A)
    assert command.result() is True
    for _ in range(2):
        street.gate.leave(A)
    assert not read.done()
    street.gate.leave(A)
    assert read.result() is True


def overloaded(most: float = 64, least: float = LEAST) -> Street:
    street = Street(most=most, least=least)
    street.fill()
    for n in range(7):
        street.gate.wait(A, _future(), command=True) if n < 6 else street.enter()
    assert street.gate.overloaded
    return street


def _future() -> asyncio.Future[bool]:
    return asyncio.get_running_loop().create_future()


def answer(street: Street, seconds: float, windows: int) -> None:
    for _ in range(windows * 4):
        street.now += 0.026
        street.gate.answered(seconds)


async def test_slow_batches_narrow_the_gate_and_quick_ones_widen_it() -> None:
    street = overloaded()
    answer(street, 0.010, 1)
    before = street.gate.limit
    answer(street, 0.200, 5)
    assert street.gate.limit < before
    narrow = street.gate.limit
    answer(street, 0.020, 3)
    assert street.gate.limit == pytest.approx(narrow + 3)


async def test_a_late_loop_narrows_the_gate_and_a_very_late_one_at_once() -> None:
    street = overloaded()
    answer(street, 0.010, 20)
    wide = street.gate.limit
    street.gate.was_late(1.5 * LAGS)
    answer(street, 0.010, 1)
    assert street.gate.limit == pytest.approx(wide * 0.9)
    street.gate.was_late(3 * LAGS)
    answer(street, 0.010, 1)
    assert street.gate.limit == pytest.approx(wide * 0.45)
    street.gate.was_late(0.5 * LAGS)
    answer(street, 0.010, 1)
    assert street.gate.limit == pytest.approx(wide * 0.45 + 1)


async def test_in_an_overload_the_loop_is_timed() -> None:
    street = overloaded()
    timing = asyncio.create_task(Admission(_nothing, street.gate)._time())  # noqa: SLF001 - its task
    await asyncio.sleep(0)
    time.sleep(0.1)  # noqa: ASYNC251 - the loop is held up
    await asyncio.sleep(0.01)
    timing.cancel()
    answer(street, 0.010, 1)
    assert street.gate.limit == LEAST  # not one more


async def test_who_is_on_the_way_to_a_place_takes_it() -> None:
    street = overloaded(most=2, least=1)
    answer(street, 0.010, 1)
    street.gate.leave(A)
    assert not street.gate.turns_away(A, command=True)
    assert street.gate.passes(A)
    assert street.gate.turns_away(A, command=True)
    assert not street.gate.turns_away(B, command=True)  # its least, whoever else is on the way
    street.gate.have_passed()
    assert street.enter()


async def test_an_overload_by_one_turns_no_other_away() -> None:
    street = overloaded()
    assert street.gate.in_hand == 64
    for _ in range(60):
        street.gate.leave(A)
    least = int(LEAST)
    assert [street.enter(A) for _ in range(least - 3)] == [True] * (least - 4) + [False]
    for one in (B, C):
        assert [street.enter(one) for _ in range(least + 1)] == [True] * least + [False]


async def test_every_overload_begins_with_few() -> None:
    street = overloaded()
    answer(street, 0.010, 40)
    assert street.gate.limit > LEAST
    while street.gate.in_hand:
        street.gate.leave(A)
    street.now += 2
    street.fill()
    assert street.enter()
    street.fill()
    assert street.gate.limit == 64
    for _ in range(6):
        street.gate.wait(A, _future(), command=True)
    assert street.enter() is False
    assert street.gate.limit == LEAST


async def test_the_gate_never_closes() -> None:
    street = overloaded()
    answer(street, 9.0, 200)
    assert street.gate.limit == LEAST


async def test_what_is_slow_is_measured_against_this_machines_best() -> None:
    slow_disk = overloaded()
    answer(slow_disk, 0.045, 1)
    before = slow_disk.gate.limit
    answer(slow_disk, 0.120, 3)  # below three times its best: as it is with full batches
    assert slow_disk.gate.limit > before


@pytest.mark.parametrize(("seconds", "way"), [(0.011, 1), (0.013, -1)])
async def test_a_machine_of_quick_batches_is_not_held_to_less_than_can_be_noticed(
    seconds: float, way: int
) -> None:
    street = overloaded()
    answer(street, 0.001, 5)
    before = street.gate.limit
    answer(street, seconds, 1)
    assert (street.gate.limit - before) * way > 0


async def test_a_calm_gate_stays_wide_whatever_batches_take() -> None:
    street = Street()
    answer(street, 0.5, 10)
    assert street.gate.limit == 4


@dataclass
class House:
    """A server, and how many requests are inside."""

    port: int
    gate: Gate
    admission: Admission
    inside: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        self.inside += 1
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
        if not scope["path"].endswith("livez"):
            await self.go.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-length", b"2")]})  # fmt: skip
        await send({"type": "http.response.body", "body": b"ok"})

    async def ask(
        self, method: str = "POST", path: str = PATH, *, head: str = "", body: bytes = b"{}"
    ) -> tuple[int, dict[str, str], bytes]:
        length = "" if "ength" in head else f"Content-Length: {len(body)}\r\n"
        return await self.send(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\n{length}{head}\r\n".encode() + body
        )

    async def send(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return await read(reader)
        finally:
            writer.close()

    async def until(self, inside: int, waiting: int = 0) -> None:
        async with asyncio.timeout(5):
            while (self.inside, self.gate.waiting) != (inside, waiting):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.005)


async def read(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers["content-length"]))
    return int(head[0].split()[1]), headers, body


@asynccontextmanager
async def house(*, deadline: float = 10.0) -> AsyncIterator[House]:
    gate = Gate(most=2, room=2)
    made = House(free_port(), gate, Admission(_nothing, gate))
    made.admission = Admission(made.app, gate, deadline=deadline)
    config = uvicorn.Config(
        made.admission, port=made.port, log_level="error", http=Door, limit_concurrency=64,
        timeout_keep_alive=5, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = Server(config, gate)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.005)
    try:
        yield made
    finally:
        made.go.set()
        server.should_exit = True
        await serving


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Be there until the house is built."""


async def test_a_full_house_answers_503_with_retry_after_and_then_serves_again() -> None:
    async with house() as full:
        inside = [asyncio.create_task(full.ask()) for _ in range(2)]
        await full.until(2)
        waiting = [asyncio.create_task(full.ask()) for _ in range(2)]
        await full.until(2, 2)
        for _ in range(2):  # at the last place of the room, and then at the door
            status, headers, body = await full.ask()
            assert (status, headers["retry-after"]) == (503, "1")
            assert headers["content-type"] == "application/problem+json"
            problem = json.loads(body)
            assert (problem["reason"], problem["instance"]) == ("busy", PATH)
            assert problem["retryable"] is True
        assert [(await one)[0] for one in waiting] == [503, 503]
        assert (await full.ask("GET", "/jars/livez", body=b""))[0] == 200
        full.go.set()
        assert [(await one)[0] for one in inside] == [200, 200]
        assert (await full.ask())[0] == 200
        assert full.gate.in_hand == 0


async def test_a_connection_goes_on_after_refusals_at_the_door() -> None:
    async with house() as full:
        inside = [asyncio.create_task(full.ask()) for _ in range(2)]
        await full.until(2)
        refused = [asyncio.create_task(full.ask()) for _ in range(3)]
        assert [(await one)[0] for one in refused] == [503] * 3
        reader, writer = await asyncio.open_connection("127.0.0.1", full.port)
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n".encode()
        writer.write(head + b"12345" + head + b"12")
        assert [(await read(reader))[0] for _ in range(2)] == [503, 503]
        full.go.set()
        assert [(await one)[0] for one in inside] == [200, 200]
        writer.write(b"345" + head + b"12345")
        assert (await read(reader))[0] == 200
        writer.close()


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        (f"Content-Length: {64 * 1024 * 1024}\r\n", b"{", 413),
        (f"Content-Length: {BODY_BYTES + 1}\r\n", b"{", 413),
        (f"X-Long: {'x' * HEADER_BYTES}\r\n", b"{}", 400),
    ],
    ids=["a body of 64 MiB", "a byte too many", "headers"],
)
async def test_what_is_too_large_is_refused_unread(head: str, body: bytes, status: int) -> None:
    async with house() as small:
        answered, headers, _ = await small.ask(head=head, body=body)
        assert (answered, headers["connection"]) == (status, "close")
        assert (small.inside, small.gate.in_hand) == (0, 0)


async def test_an_import_may_be_long() -> None:
    async with house() as small:
        small.go.set()
        path = PATH.removesuffix("/jars") + "/import"
        assert (await small.ask(path=path, body=b"x" * (BODY_BYTES + 1)))[0] == 200


async def test_a_body_that_does_not_come_is_given_up() -> None:
    async with house(deadline=0.3) as patient:
        begun = time.monotonic()
        status, headers, body = await patient.ask(head="Content-Length: 100\r\n", body=b"{}")
        assert time.monotonic() - begun < 8
        assert (status, headers["connection"]) == (503, "close")
        assert json.loads(body)["reason"] == "late"
        assert patient.gate.in_hand == 0


async def test_waiting_for_a_turn_is_part_of_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ahead = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead)
    monkeypatch.setattr("shared.admission.time", clock)
    async with house(deadline=60.0) as full:
        asked = [asyncio.create_task(full.ask()) for _ in range(3)]
        await full.until(2, 1)
        ahead = 61.0
        async with asyncio.timeout(10):
            answers = await asyncio.gather(*asked)
        assert [(status, json.loads(body)["reason"]) for status, _, body in answers] == [
            (503, "late")
        ] * 3


async def test_whoever_hangs_up_in_the_room_leaves_no_trace() -> None:
    async with house() as full:
        inside = [asyncio.create_task(full.ask()) for _ in range(2)]
        await full.until(2)
        gone = asyncio.create_task(full.ask())
        await full.until(2, 1)
        gone.cancel()
        full.go.set()
        assert [(await one)[0] for one in inside] == [200, 200]
        await full.until(0)
        assert full.gate.in_hand == 0


async def test_a_stream_ends_and_a_process_too_when_it_is_told() -> None:
    """With a stream, a quiet connection and a body that never comes: under seven seconds."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.shared.streaming", str(port), env=os.environ
    )
    quiet = await _connected(port)
    stream = await _connected(port)
    stream[1].write(b"GET /jars/api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in await stream[0].readuntil(b"\r\n\r\n")
    slow = await _connected(port)
    slow[1].write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{".encode())
    await asyncio.sleep(0.1)
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert (await stream[0].read()).endswith(b"0\r\n\r\n")  # its own end, not a cut
    assert time.monotonic() - told < 8
    assert (await read(slow[0]))[0] == 503
    await process.wait()
    assert time.monotonic() - told < 30
    for _, writer in (quiet, stream, slow):
        writer.close()


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(400):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
    raise TimeoutError
