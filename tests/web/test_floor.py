"""The floor of a meeting on its page: asked for, given and ended; heat, rest and recording."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright, expect

from accord.token import sign_in_link
from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import suite
from tests.web.browsing import Person, person
from tests.web.chromium import CHROMIUM, QUIET

pytestmark = pytest.mark.servers
CHAIR, UNION, PARENTS = "Clinic", "Union", "Parents"
SERIOUS = {"serious", "critical"}
OF_THE_FACILITATOR = {"give", "end", "raise-heat", "lower-heat", "invite-dissent", "park", "resume"}


@dataclass
class Room:
    """A meeting in session with two items; the chair facilitates, Parents did not come."""

    coalition: Coalition
    meeting: str
    path: str
    chair: Person
    union: Person
    parents: Person


async def in_session(coalition: Coalition) -> str:
    """Hold a meeting with two items, to which the chair and the Union came."""
    starts = datetime.now(UTC) + timedelta(hours=1)
    scheduled = {
        "title": text("Plenary in May"), "body": coalition.plenary,
        "host": coalition.orgs[CHAIR], "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(), "place": text("Reading room"),
    }  # fmt: skip
    meeting = key_of(await coalition.post("meetings", "meetings", scheduled, CHAIR))
    path = f"meetings/{meeting}"
    for words in ("The late bus", "The budget"):
        item = {"item": str(coalition.suite.new_id()), "kind": "discussion", "title": text(words),
                "minutes": 20}  # fmt: skip
        await coalition.post("meetings", f"{path}/items", item, CHAIR)
    me = {name: (await coalition.get("members", "me", name)).json() for name in (CHAIR, UNION)}
    who = {
        name: {"org": coalition.orgs[name], "person": found["person"],
               "accreditation": coalition.accreditations[name]}
        for name, found in me.items()
    }  # fmt: skip
    await coalition.post(
        "meetings", f"{path}/facilitators", {**who[CHAIR], "external": False}, CHAIR
    )
    await coalition.post("meetings", f"{path}/openings", {}, CHAIR)
    for name in (CHAIR, UNION):
        came = {**who[name], "attendance": str(coalition.suite.new_id()), "mode": "in_person"}
        last = await coalition.post("meetings", f"{path}/attendances", came, name)
    await coalition.settled(f"meetings/{last['position']}")
    return meeting


@pytest.fixture(scope="module")
async def room() -> AsyncIterator[Room]:
    async with suite(ACCORD_DEMO="true") as running, AsyncExitStack() as stack:
        coalition = await form(running, "floor", CHAIR)
        await coalition.admit(UNION)
        position = await coalition.admit(PARENTS)
        await coalition.settled(f"members/{position}")
        meeting = await in_session(coalition)
        people = [
            await stack.enter_async_context(person(running, "floor", name))
            for name in (CHAIR, UNION, PARENTS)
        ]
        yield Room(coalition, meeting, f"/meetings/{meeting}/floor", *people)


async def test_the_floor_is_asked_for_given_and_ended(room: Room) -> None:
    page = await room.union.open(room.path)
    assert OF_THE_FACILITATOR.isdisjoint(page.forms())
    nothing = await room.union.send(page, "ask")
    assert nothing.errors == ["Choose the item."]
    asked = await room.union.send(page, "ask", item=_item(page.html, "The late bus"))
    assert asked.status == 200, asked.errors
    assert "Union on The late bus" in asked.words

    desk = await room.chair.open(room.path)
    given = await room.chair.send(desk, "give", room.coalition.orgs[UNION])
    assert given.status == 200, given.errors
    speaks = given.words.partition("Who speaks")[2].partition("Heard, and")[0]
    assert "Union's delegate" in speaks
    assert "on The late bus, since" in speaks
    assert "Waiting" not in given.words
    assert "Not heard yet: Clinic." in given.words
    again = await room.chair.send(desk, "give", room.coalition.orgs[UNION])
    assert again.status == 200, "the same form sent twice acts once"
    assert again.words.count("on The late bus, since") == 1
    ended = await room.chair.send(given, "end")
    assert "Nobody has the floor." in ended.words
    assert "Union 1 time" in ended.words


async def test_who_is_not_in_the_room_only_reads(room: Room) -> None:
    page = await room.parents.open(room.path)
    assert page.forms() == ["sign-out"]
    assert "Nobody of your organisation was recorded as here" in page.words


async def test_heat_dissent_and_rest_are_the_facilitators(room: Room) -> None:
    page = await room.chair.open(room.path)
    bus, budget = _item(page.html, "The late bus"), _item(page.html, "The budget")
    why = await room.chair.send(page, "raise-heat", item=bus)
    assert why.errors == ["Give the reason."]
    hot = await room.chair.send(why, "raise-heat", reason="Nobody says what it costs.")
    assert "The late bus: made hotter" in hot.words
    assert "Nobody says what it costs." in hot.words
    cool = await room.chair.send(hot, "lower-heat", item=bus, reason="A pause.")
    assert "The late bus: cooled down" in cool.words
    against = await room.chair.send(cool, "invite-dissent", item=bus)
    assert "Asked what speaks against: The late bus." in against.words

    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    rests = await room.chair.send(
        against, "park", item=budget, until=until, reason="The figures are missing."
    )
    assert rests.status == 200, rests.errors
    assert "The figures are missing." in rests.words
    member = await room.union.open(room.path)
    assert f'value="{budget}"' not in member.html
    resumed = await room.chair.send(rests, "resume")
    assert "No item rests." in resumed.words
    assert f'value="{budget}"' in (await room.union.open(room.path)).html


async def test_its_data_can_be_had(room: Room) -> None:
    answer = await room.union.raw(f"{room.path}.json")
    assert answer.json()["meeting"] == room.meeting


@pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="Chromium is not installed")
async def test_it_is_used_by_keyboard_without_script_and_accessible(room: Room) -> None:
    running = room.coalition.suite
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(sign_in_link(running.data, running.url, mail(CHAIR)))
        await page.goto(f"{running.url}/c/floor{room.path}")
        opens = page.locator("summary", has_text="Ask for the floor")
        await opens.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Recorded")
        await expect(page.locator("ol.plain").first).to_contain_text("Clinic on")
        scripted = await browser.new_page()
        await scripted.goto(sign_in_link(running.data, running.url, mail(CHAIR)))
        await scripted.goto(f"{running.url}/c/floor{room.path}")
        for closed in await scripted.locator("details").all():
            await closed.evaluate("each => each.open = true")
        found = await Axe().run(scripted)
        await browser.close()
    broken = [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in found.response["violations"]
        if each["impact"] in SERIOUS
    ]
    assert broken == []


async def test_one_refusal_forbids_recording(room: Room) -> None:
    page = await room.chair.open(room.path)
    assert "before everybody here has agreed" in page.words
    agreed = await room.chair.send(page, "agree")
    assert agreed.status == 200, agreed.errors
    assert "before everybody here has agreed" in agreed.words
    both = await room.union.send(await room.union.open(room.path), "agree")
    assert "It may be recorded: everybody here agreed." in both.words
    refused = await room.union.send(both, "refuse")
    assert "It may not be recorded: somebody refused, and that stands." in refused.words
    assert {"agree", "refuse"}.isdisjoint(refused.forms())


def _item(html: str, words: str) -> str:
    """Return the id of an item: the value of the first choice called so."""
    before = html.partition(f">{words}</")[0]
    name = before.rpartition('for="')[2].partition('"')[0]
    if before.rstrip().endswith('"') and before.rpartition("<")[2].startswith("option"):
        return before.rpartition('value="')[2].partition('"')[0]
    return html.partition(f'id="{name}"')[0].rpartition('value="')[2].partition('"')[0]
