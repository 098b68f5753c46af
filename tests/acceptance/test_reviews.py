"""A coalition looks again at what it is for and who does what: on a day, and when things change.

Members alone, as a year has to pass: its clock is the test's.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.members.service import members, new_id, words
from tests.members.test_service import ANA, BO, CY, SCHOOL, Formed, form, plenary, reached
from tests.shared.kitchen import Clock

YEAR = timedelta(days=365)


async def sit_down(here: Any, slug: str) -> Formed:
    """Form a coalition of the clinic, in the chair, and the school."""
    answer = await form(here, slug)
    assert answer.status_code == 201, answer.text
    coalition = Formed(here, str(answer.json()["stream"]).partition("-")[2], slug, reached(answer))
    await coalition.admitted(SCHOOL)
    return coalition


async def said(coalition: Formed, path: str, body: Any, person: str = ANA, **more: str) -> Any:
    answer = await coalition.post(path, body, person, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def reviews(coalition: Formed, number: int) -> list[dict[str, Any]]:
    """Wait until there are so many reviews; return them as listed, the open ones first."""
    async with asyncio.timeout(10):
        while len(found := (await coalition.get("/reviews"))["items"]) < number:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.1)
    listed: list[dict[str, Any]] = found
    return listed


async def planned(coalition: Formed) -> dict[str, str]:
    charter = await coalition.get("/charter")
    return {row["kind"]: row["on"] for row in charter["next_reviews"]}


def day(clock: Clock, after: timedelta = timedelta(0)) -> str:
    return str((clock(datetime.now(UTC)) + after).date())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def table(
    postgres: str, data: Path, clock: Clock, request: pytest.FixtureRequest
) -> AsyncIterator[Formed]:
    async with members(postgres, data, clock) as here:
        yield await sit_down(here, request.node.name.replace("_", "-")[:63])


async def test_f102_a_review_opens_on_its_date_and_on_its_triggers(
    table: Formed, clock: Clock
) -> None:
    await said(table, "/north-stars", {"text": words("No child is ill at school.")})
    structure = {"bodies": [await plenary(table)], "text": words("The plenary decides.")}
    sooner = day(clock, timedelta(days=200))
    await said(table, "/decision-structures", structure | {"next_review": sooner})
    assert await planned(table) == {"vision": day(clock, YEAR), "roles": sooner}

    shift = {"what": words("A new minister.")}
    await said(table, "/context-shifts", shift)
    [shifted] = await reviews(table, 1)
    assert (shifted["kind"], shifted["trigger"]) == ("positions", "context_shift")

    clock.ahead = timedelta(days=200)
    roles = next(row for row in await reviews(table, 2) if row["kind"] == "roles")
    assert (roles["trigger"], roles["result"]) == ("schedule", None)
    assert {one["name"]["text"] for one in roles["asked"]} == {"Clinic", "School"}
    assert roles["due"] == day(clock, timedelta(days=30))
    assert await planned(table) == {"vision": day(clock, YEAR - timedelta(days=200))}
    await said(table, "/review-closings", {"review": roles["review"], "result": "changed"})

    clock.ahead = YEAR
    vision = next(row for row in await reviews(table, 3) if row["kind"] == "vision")
    assert (vision["trigger"], len(vision["refs"])) == ("schedule", 1)
    assert await planned(table) == {"roles": day(clock, timedelta(days=200))}
    another = day(clock, timedelta(days=90))
    closing = {"review": vision["review"], "result": "kept", "next_review": another}
    await said(table, "/review-closings", closing)
    assert (await planned(table))["vision"] == another

    clock.ahead = YEAR + timedelta(days=90)
    again = [row for row in await reviews(table, 4) if row["kind"] == "vision"]
    assert [row["result"] for row in again] == [None, "kept"]
    await asyncio.sleep(2.5)  # it looks again, and again
    assert len(await reviews(table, 4)) == 4


async def test_f102_what_is_due_while_nothing_runs_is_done_at_the_next_start(
    postgres: str, data: Path, clock: Clock
) -> None:
    async with members(postgres, data, clock) as here:
        table = await sit_down(here, "slept-in")
        await said(table, "/north-stars", {"text": words("No child is ill at school.")})
        assert await planned(table) == {"vision": day(clock, YEAR)}
    clock.ahead = 3 * YEAR
    async with members(postgres, data, clock) as here:
        table.here = here
        [vision] = await reviews(table, 1)
        assert (vision["kind"], vision["trigger"]) == ("vision", "schedule")
        assert vision["opened_at"][:10] == day(clock)
        assert await planned(table) == {}


async def test_f102_a_replacement_is_a_trigger_that_leaves_the_date(
    table: Formed, clock: Clock
) -> None:
    body = await plenary(table)
    structure = {"bodies": [body], "text": words("The plenary decides.")}
    await said(table, "/decision-structures", structure)
    clinic = next(
        row["id"]
        for row in (await table.get("/members"))["items"]
        if row["name"] == words("Clinic")
    )
    helper, second = new_id(), await table.registered(BO)
    terms = {"body": body, "authority": "full", "voting": False}
    named = terms | {"accreditation": helper, "person": second}
    await said(table, f"/members/{clinic}/accreditations", named)
    other = terms | {"accreditation": new_id(), "person": await table.registered(CY)}
    await said(table, f"/members/{clinic}/replacements", other | {"ended": helper})
    [review] = await reviews(table, 1)
    assert (review["kind"], review["trigger"]) == ("roles", "replacement")
    assert [one["id"] for one in review["asked"]] == [clinic]
    await said(table, "/review-closings", {"review": review["review"], "result": "kept"})
    assert await planned(table) == {"roles": day(clock, YEAR)}
