"""A next step on its pages, from being proposed to being done, without JavaScript."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from tests.end_to_end.coalition import Coalition, form
from tests.suite import suite
from tests.web.browsing import Person, Shown, person

pytestmark = pytest.mark.servers
CHAIR, UNION = "Clinic", "Union"


@dataclass
class Desk:
    coalition: Coalition
    chair: Person
    union: Person


@pytest.fixture(scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with suite(ACCORD_DEMO="true") as running, AsyncExitStack() as stack:
        coalition = await form(running, "desk", CHAIR)
        last = await coalition.admit(UNION)
        await coalition.settled(f"members/{last}")
        people = [
            await stack.enter_async_context(person(running, "desk", name))
            for name in (CHAIR, UNION)
        ]
        yield Desk(coalition, *people)


def path_of(shown: Shown) -> str:
    return shown.url.partition("/c/desk")[2].partition("?")[0]


async def proposed(desk: Desk, what: str) -> Shown:
    page = await desk.chair.send(await desk.chair.open("/steps"), "propose", what=what)
    assert page.status == 200, page.errors
    return page


async def test_a_step_is_asked_of_an_organisation_that_declines_and_one_that_takes_it(
    desk: Desk,
) -> None:
    bare = await desk.chair.send(await desk.chair.open("/steps"), "propose")
    assert bare.errors == ["Say what is to be done."]
    page = await desk.chair.send(bare, "propose", what="Write to the district", hours="3")
    assert page.page.all("h1")[0].words == "Write to the district"
    assert "Nobody yet" in page.words
    path = path_of(page)
    nobody = await desk.chair.send(page, "assign", owner=desk.coalition.orgs[UNION])
    assert nobody.errors == ["Choose at least one person.", "Say until when."]
    asked = await desk.chair.tick(
        nobody, "assign", ["Union's delegate, Union"],
        owner=desk.coalition.orgs[UNION], due="2999-01-31",
    )  # fmt: skip
    assert "Union was asked, and has not accepted it" in asked.words
    declined = await desk.union.send(await desk.union.open(path), "decline", reason="No time.")
    assert "Declined" in declined.words
    taken = await desk.chair.send(await desk.chair.open(path), "volunteer", due="2999-02-01")
    assert taken.status == 200, taken.errors
    assert "Owner Clinic" in taken.words
    started = await desk.chair.send(taken, "start")
    blocked = await desk.chair.send(started, "block", reason="The office is closed.")
    assert "Next step · Blocked" in blocked.words
    moved = await desk.chair.send(blocked, "move", due="2999-03-01", reason="Holidays.")
    assert "moved once" in moved.words or "moved 1 time" in moved.words
    done = await desk.chair.send(moved, "complete", note="They answered.")
    assert "Next step · Done" in done.words
    assert done.forms() == ["sign-out"]


async def test_a_step_is_accepted_and_finished_where_all_are_listed(desk: Desk) -> None:
    page = await proposed(desk, "Ask the bus company")
    path = path_of(page)
    asked = await desk.chair.tick(
        page, "assign", ["Union's delegate, Union"],
        owner=desk.coalition.orgs[UNION], due="2999-01-31",
    )  # fmt: skip
    assert asked.status == 200, asked.errors
    again = await desk.union.tick(
        await desk.union.open(path), "reassign", ["Clinic's chair, Clinic"],
        owner=desk.coalition.orgs[CHAIR], due="2999-01-31",
    )  # fmt: skip
    assert "Clinic was asked" in again.words
    listed = await desk.chair.send(await desk.chair.open("/steps"), "accept")
    assert path_of(listed) == "/steps"
    assert "Accepted" in listed.words
    finished = await desk.chair.send(listed, "finish")
    assert "Ask the bus company" not in finished.page.all("main")[0].words


async def test_who_proposed_a_step_drops_it(desk: Desk) -> None:
    page = await proposed(desk, "Paint the wall")
    dropped = await desk.chair.send(page, "drop", reason="It is painted.")
    assert "Next step · Dropped" in dropped.words
    missing = await desk.chair.raw("/steps/00000000-0000-7000-8000-000000000000")
    assert missing.status_code == 404
    data = await desk.chair.raw(f"{path_of(page)}.json")
    assert data.json()["state"] == "dropped"
