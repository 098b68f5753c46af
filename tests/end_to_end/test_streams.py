"""Events are told as they are recorded, to whoever may see them, and to nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import Suite, suite

pytestmark = pytest.mark.servers
CHAIR, UNION, LIBRARY = "Clinic", "Union", "Library"
SOON = 10.0


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Suite]:
    async with suite(ACCORD_DEMO="true") as started:
        yield started


@pytest.fixture(scope="module")
async def coalition(running: Suite) -> Coalition:
    made = await form(running, "streams", CHAIR)
    last = 0
    for name in (UNION, LIBRARY):
        last = await made.admit(name)
    await made.settled(f"members/{last}")
    return made


class Heard:
    """What a stream says, message by message."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str, dict[str, Any]]:
        """Return the id of the next message, and what it tells."""
        at = ""
        async with asyncio.timeout(SOON):
            async for line in self._lines:
                if line.startswith("id: "):
                    at = line.removeprefix("id: ")
                elif line.startswith("data: "):
                    return at, json.loads(line.removeprefix("data: "))
        raise AssertionError("the stream ended")


@asynccontextmanager
async def hearing(
    coalition: Coalition, name: str, service: str = "members", after: str = "", **query: Any
) -> AsyncIterator[Heard]:
    running = coalition.suite
    url = f"{running.url}/{service}/api/v1/coalitions/{coalition.slug}/events/stream"
    headers = running.headers(mail(name)) | ({"Last-Event-ID": after} if after else {})
    async with running.client.stream(
        "GET", url, params=query, headers=headers, timeout=30
    ) as answer:
        yield Heard(answer)


async def raised(coalition: Coalition, name: str = CHAIR) -> tuple[str, str]:
    """Raise an issue; return where it was recorded, and its stream."""
    body = {"name": text("Meals"), "summary": text("What pupils eat.")}
    receipt = await coalition.post("members", "issues", body, name)
    return f"members/{receipt['position']}", f"issue-{key_of(receipt)}"


async def test_f119_what_is_recorded_is_told_and_goes_on_where_it_broke_off(
    coalition: Coalition,
) -> None:
    async with hearing(coalition, UNION) as heard:
        assert heard.answer.status_code == 200
        assert heard.answer.headers["content-type"].startswith("text/event-stream")
        assert heard.answer.headers["x-accel-buffering"] == "no"
        first, stream = await raised(coalition)
        at, told = await heard.next()
        assert at == first
        assert told == {
            "position": int(first.partition("/")[2]), "type": "IssueRaised", "subject": stream,
        }  # fmt: skip
    second, _ = await raised(coalition)
    async with hearing(coalition, UNION, after=first) as again:
        assert (await again.next())[0] == second


async def test_only_what_was_asked_for_is_told(coalition: Coalition) -> None:
    _, stream = await raised(coalition)
    stand = {"position": "support", "reason": text("Hunger.")}
    async with (
        hearing(coalition, UNION, type="PositionTaken") as of_type,
        hearing(coalition, UNION, subject=stream) as of_one,
    ):
        await raised(coalition)
        path = f"issues/{stream.partition('-')[2]}/positions"
        taken = await coalition.post("members", path, stand, LIBRARY)
        for heard in (of_type, of_one):
            assert (await heard.next())[0] == f"members/{taken['position']}"


async def test_i8_what_is_for_two_is_told_to_these_two_alone(coalition: Coalition) -> None:
    union, clinic = coalition.orgs[UNION], coalition.orgs[CHAIR]
    path = f"relationships/{'_'.join(sorted((union, clinic)))}/tensions"
    async with hearing(coalition, UNION) as party, hearing(coalition, LIBRARY) as other:
        await coalition.post("members", path, {"cause": text("The rent.")}, UNION)
        after, _ = await raised(coalition)
        assert (await party.next())[1]["type"] == "HistoricTensionRecorded"
        assert (await other.next())[0] == after


async def test_who_hears_too_many_or_names_no_position_is_told_so(coalition: Coalition) -> None:
    async with hearing(coalition, LIBRARY, after="meetings/1") as wrong:
        assert wrong.answer.status_code == 400
    stranger = coalition.suite.headers("nobody@elsewhere.example")
    url = f"{coalition.suite.url}/members/api/v1/coalitions/{coalition.slug}/events/stream"
    assert (await coalition.suite.client.get(url, headers=stranger)).status_code == 404
    opened = [hearing(coalition, LIBRARY) for _ in range(7)]
    answers = [(await one.__aenter__()).answer for one in opened]
    try:
        assert [answer.status_code for answer in answers] == [200] * 6 + [429]
        assert answers[-1].headers["retry-after"]
    finally:
        for one in opened:
            await one.__aexit__(None, None, None)
