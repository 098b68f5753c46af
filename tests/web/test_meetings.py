"""A meeting on its page, from being scheduled to minutes that everybody there approved."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.end_to_end.coalition import Coalition, form, text
from tests.suite import suite
from tests.web.browsing import Person, Shown, person

pytestmark = pytest.mark.servers
CHAIR, UNION = "Clinic", "Union"


@dataclass
class Room:
    coalition: Coalition
    chair: Person
    union: Person


@pytest.fixture(scope="module")
async def room() -> AsyncIterator[Room]:
    async with suite(ACCORD_DEMO="true") as running, AsyncExitStack() as stack:
        coalition = await form(running, "room", CHAIR)
        await coalition.admit(UNION)
        structure = {"bodies": [coalition.plenary], "text": text("All decide.")}
        await coalition.post("members", "decision-structures", structure, CHAIR)
        last = await coalition.post("members", "operating-modes", {"mode": "formal"}, CHAIR)
        await coalition.settled(f"members/{last['position']}")
        people = [
            await stack.enter_async_context(person(running, "room", name))
            for name in (CHAIR, UNION)
        ]
        yield Room(coalition, *people)


def path_of(shown: Shown) -> str:
    return shown.url.partition("/c/room")[2].partition("?")[0]


def at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def choice(shown: Shown, words: str) -> str:
    """Return the value of a choice that is called so."""
    for option in shown.page.all("option"):
        if option.words == words:
            return option.attributes["value"]
    [label, *_] = [each for each in shown.page.all("label") if each.words == words]
    [button] = shown.page.all("input", id=label.attributes["for"])
    return button.attributes["value"]


async def scheduled(room: Room, title: str) -> Shown:
    page = await room.chair.open("/meetings")
    made = await room.chair.send(
        page, "schedule", title=title, starts_at=at(1), ends_at=at(3), place="Reading room",
        host=room.coalition.orgs[UNION],
    )  # fmt: skip
    assert made.status == 200, made.errors
    return made


async def test_a_meeting_is_prepared_held_and_written_down(room: Room) -> None:
    page = await room.chair.open("/meetings")
    bare = await room.chair.send(page, "schedule")
    assert bare.errors == [
        "Give it a title.", "Say when it begins.", "Say when it ends.", "Say where.",
    ]  # fmt: skip
    made = await scheduled(room, "Plenary in May")
    path = path_of(made)
    assert made.page.all("h1")[0].words == "Plenary in May"
    assert "open" not in (await room.union.open(path)).forms()

    asked = await room.union.send(
        await room.union.open(path), "propose-item", title="The late bus", kind="discussion",
        minutes="20",
    )  # fmt: skip
    assert "The late bus" in asked.words
    published = await room.chair.send(await room.chair.open(path), "publish-agenda")
    assert published.status == 200, published.errors
    later = await room.union.send(
        await room.union.open(path), "propose-item", title="A thank you", kind="support",
        minutes="5",
    )  # fmt: skip
    assert "For discussion · 20 minutes" in later.words
    assert "Asked for, and not on the agenda:" in later.words
    assert "A thank you" in later.words

    alone = await room.chair.send(published, "open")
    assert alone.status == 409, alone.errors
    led = await room.chair.send(
        await room.chair.open(path), "appoint",
        who=choice(published, "Clinic's chair, Clinic"),
    )  # fmt: skip
    assert "Facilitated by" in led.words
    opened = await room.chair.send(led, "open")
    assert opened.status == 200, opened.errors
    here = await room.union.open(path)
    came = await room.union.send(
        here, "came", who=choice(here, "Union's delegate, Union"), mode="remote"
    )
    assert "Union's delegate Union (remote)" in came.words
    both = await room.chair.send(
        await room.chair.open(path), "came", who=choice(opened, "Clinic's chair, Clinic")
    )
    assert "(2)" in both.words

    stepped = await room.union.send(came, "next-step", what="Ask the bus company")
    [step] = [a for a in stepped.page.all("a") if a.words == "Ask the bus company"]
    kept_open = await room.chair.send(await room.chair.open(path), "close")
    assert kept_open.status == 409
    assert "left" in kept_open.forms()
    await room.union.send(await room.union.open(path), "left", "left-")
    closed = await room.chair.tick(
        kept_open, "close-anyway", ["Ask the bus company"], **{"override.reason": "No time left."}
    )
    assert closed.status == 200, closed.errors
    assert step.attributes["href"]

    page = await room.chair.open(path)
    [written] = page.page.all("textarea", name="text")
    assert written.words == "The late bus:"
    drafted = await room.chair.send(page, "draft-minutes", text="The late bus: we ask.")
    assert "The late bus: we ask." in drafted.words
    approved = await room.union.send(await room.union.open(path), "approve-minutes")
    assert "approved by Union" in approved.words
    corrected = await room.chair.send(
        await room.chair.open(path),
        "correct-minutes",
        text="The late bus: the union asks.",
        reason="Who asks was missing.",
    )
    assert "Version 2" in corrected.words
    assert "Corrected because: Who asks was missing." in corrected.words
    old = await room.chair.send(page, "draft-minutes", text="Again.")
    assert old.status != 200


async def test_a_meeting_is_moved_and_cancelled(room: Room) -> None:
    made = await scheduled(room, "Plenary in June")
    moved = await room.chair.send(made, "reschedule", starts_at=at(5), ends_at=at(6), place="Gym")
    assert "Gym" in moved.words
    cancelled = await room.chair.send(moved, "cancel", reason="Nobody can come.")
    assert "Cancelled" in cancelled.words or "Will not take place" in cancelled.words
    assert cancelled.forms() == ["sign-out"]
