"""Many browsers look at one meeting: all see a stance soon, and each costs little memory.

`make crowd` has a thousand of them, and says how long it took.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.end_to_end.coalition import text
from tests.suite import Suite, suite
from tests.web.browsing import person
from tests.web.town import CHAIR, Town, build

pytestmark = pytest.mark.servers
VIEWERS, AT_ONCE = int(os.environ.get("VIEWERS", "200")), 40
PATIENCE_S = 60.0
LARGEST_KIB = 100
PEOPLE = ("Clinic", "Union", "Library", "Parents")


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[Town]:
    async with suite(ACCORD_DEMO="true") as running:
        yield await build(running)


class Viewer:
    """A browser's connection, without the browser."""

    def __init__(self) -> None:
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self, running: Suite, path: str, cookie: str) -> None:
        """Begin to look, again when told to; return once the page's first state has come."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nCookie: {cookie}\r\n\r\n"
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self._reader, self._writer = await asyncio.open_connection(
                    "127.0.0.1", running.port
                )
                self._writer.write(head.encode())
                answer = await self._reader.readuntil(b"\r\n\r\n")
                if b" 200 " in answer.partition(b"\r\n")[0]:
                    break
                self.close()
                again = re.search(rb"(?i)\r\nretry-after: ([0-9]+)\r\n", answer)
                assert again, answer
                await asyncio.sleep(int(again[1]))
        await self.sees(b"live-room")

    async def sees(self, words: bytes) -> float:
        """Read until these words come; return when."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE_S):
            while words not in await self._reader.readline():
                pass
        return asyncio.get_running_loop().time()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def memory(running: Suite) -> int:
    """Return how many KiB the process of the pages holds."""
    data = str(running.data).encode()
    for process in Path("/proc").iterdir():
        command = (process / "cmdline").read_bytes() if process.name.isdigit() else b""
        if data in command and b"web" in command.split(b"\0"):
            found = re.search(r"VmRSS:\s+(\d+)", (process / "status").read_text())
            assert found
            return int(found[1])
    raise AssertionError("the pages do not run")


async def _in_session(town: Town) -> str:
    coalition, item = town.coalition, str(town.coalition.suite.new_id())
    path = f"meetings/{town.meeting}"
    proposed = {
        "item": item, "kind": "decision", "title": text("The late bus"), "minutes": 20,
        "proposal": town.open,
    }  # fmt: skip
    await coalition.post("meetings", f"{path}/items", proposed, CHAIR)
    await coalition.post("meetings", f"{path}/agendas", {"items": [item]}, CHAIR)
    last = await coalition.post("meetings", f"{path}/openings", {}, CHAIR)
    await coalition.settled(f"meetings/{last['position']}")
    return f"/c/{coalition.slug}/meetings/{town.meeting}/live/stream"


async def test_many_browsers_see_a_stance_soon(town: Town) -> None:
    running, path = town.coalition.suite, await _in_session(town)
    viewers = [Viewer() for _ in range(VIEWERS)]
    few = asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:
        cookies = []
        for name in PEOPLE:
            somebody = await stack.enter_async_context(person(running, town.coalition.slug, name))
            jar = somebody.client.cookies.jar
            cookies.append("; ".join(f"{each.name}={each.value}" for each in jar))

        async def opened(number: int) -> None:
            async with few:
                await viewers[number].open(running, path, cookies[number % len(cookies)])

        for viewer in viewers:
            stack.callback(viewer.close)
        await opened(0)
        before = memory(running)
        await asyncio.gather(*(opened(number) for number in range(1, VIEWERS)))
        each_kib = (memory(running) - before) / VIEWERS
        loop = asyncio.get_running_loop()
        waiting = [asyncio.create_task(viewer.sees(b"Parents: ")) for viewer in viewers]
        await asyncio.sleep(0)
        began = loop.time()
        stance = {"option": "agree"}
        await town.coalition.post("meetings", f"proposals/{town.open}/stances", stance, "Parents")
        took = sorted(at - began for at in await asyncio.gather(*waiting))
    print(  # noqa: T201 - figures for the record
        f"{VIEWERS} viewers: median {median(took):.2f} s, p99 {quantiles(took, n=100)[98]:.2f} s,"
        f" last {took[-1]:.2f} s; {each_kib:.0f} KiB each"
    )
    assert each_kib < LARGEST_KIB
    assert took[-1] < PATIENCE_S
