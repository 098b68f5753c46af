"""Told to end while commands are under way: what came in is written and answered, then it ends."""

import asyncio
import signal

import httpx2
import pytest

from tests.end_to_end.coalition import form, mail, text
from tests.suite import suite

pytestmark = pytest.mark.servers
AT_ONCE = 40
HELD_UP = 30.0  # seconds: then somebody holds up the end


async def test_commands_in_hand_are_answered_and_nobody_holds_up_the_end() -> None:
    async with suite(ACCORD_DEMO="true") as running:
        coalition = await form(running, "closing")
        quiet = await asyncio.open_connection("127.0.0.1", running.port)
        slow = await asyncio.open_connection("127.0.0.1", running.port)
        head = "\r\n".join(
            f"{name}: {value}" for name, value in running.headers(mail("Clinic")).items()
        )
        slow[1].write(
            f"POST /members/api/v1/coalitions/{coalition.slug}/issues HTTP/1.1\r\nHost: x\r\n{head}"
            "\r\nContent-Length: 90\r\nContent-Type: application/json\r\nIdempotency-Key: slow"
            "\r\n\r\n{".encode()
        )
        issue = {"name": text("An issue"), "summary": text("In short.")}
        asked = [
            asyncio.create_task(coalition.try_post("members", "issues", issue, "Clinic"))
            for _ in range(AT_ONCE)
        ]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert running.process is not None
        running.process.send_signal(signal.SIGTERM)
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        answered = [one for one in outcomes if isinstance(one, httpx2.Response)]
        assert {answer.status_code for answer in answered} == {201}
        assert all(
            isinstance(one, httpx2.Response | httpx2.TransportError) for one in outcomes
        )  # who had not come in yet found nobody
        assert (await slow[0].read()).startswith(b"HTTP/1.1 503 ")
        assert await asyncio.wait_for(running.process.wait(), HELD_UP) == 0
        for _, writer in (quiet, slow):
            writer.close()
        await running.start(ACCORD_DEMO="true")
        kept = await coalition.get("members", "issues", "Clinic", limit=100)
        assert len(kept.json()["items"]) == len(answered)
