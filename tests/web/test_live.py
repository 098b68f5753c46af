"""A meeting's live page in Debian's Chromium: it moves by itself, and stands still when paused."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from accord.token import sign_in_link
from tests.end_to_end.coalition import key_of, mail, text
from tests.suite import suite
from tests.web.chromium import CHROMIUM, QUIET
from tests.web.town import CHAIR, Town, build

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ, reason="Chromium is not installed"
    ),
]
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[Town]:
    async with suite(ACCORD_DEMO="true") as running:
        yield await build(running)


@pytest.fixture(scope="module")
async def meeting(town: Town) -> str:
    """A meeting in session, whose agenda has a voting that is open."""
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
    return path


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser, town: Town, meeting: str) -> AsyncIterator[Page]:
    """The live page of the Union's delegate; it complains about whatever the browser refuses."""
    context = await browser.new_context()
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    running = town.coalition.suite
    await opened.goto(sign_in_link(running.data, running.url, mail("Union")))
    await opened.goto(f"{town.url}/{meeting}/live")
    await expect(opened.get_by_role("status")).to_contain_text("Live, as of")
    yield opened
    await context.close()
    assert complaints == []


async def arrived(town: Town, name: str) -> str:
    """Let somebody arrive; return where that was recorded."""
    coalition = town.coalition
    me = (await coalition.get("members", "me", name)).json()["person"]
    body: dict[str, Any] = {
        "attendance": str(coalition.suite.new_id()), "org": coalition.orgs[name], "person": me,
        "accreditation": coalition.accreditations[name], "mode": "remote",
    }  # fmt: skip
    receipt = await coalition.post("meetings", f"meetings/{town.meeting}/attendances", body, name)
    return key_of(receipt)


async def test_arrivals_stances_and_steps_come_by_themselves(page: Page, town: Town) -> None:
    room, stances = page.locator("#live-room"), page.locator("#live-stances")
    assert "Parents" not in await room.inner_text()
    await arrived(town, "Parents")
    await expect(room).to_contain_text("Parents (remote)")
    path = f"proposals/{town.open}/stances"
    await town.coalition.post("meetings", path, {"option": "agree"}, "Parents")
    await expect(stances).to_contain_text("Parents: Agree")
    step = {"what": text("Count the seats"), "meeting": town.meeting}
    await town.coalition.post("meetings", "steps", step, CHAIR)
    await expect(page.locator("#live-steps")).to_contain_text("Count the seats")


async def test_it_is_paused_and_goes_on_by_keyboard(page: Page, town: Town) -> None:
    pause, room = page.get_by_role("button", name="Pause"), page.locator("#live-room")
    await pause.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Paused, as of")
    await arrived(town, "Library")
    await expect(page.get_by_role("status")).to_contain_text("Something has changed since.")
    assert "Library" not in await room.inner_text()
    await page.keyboard.press("Enter")
    await expect(room).to_contain_text("Library (remote)")
    await expect(page.get_by_role("status")).to_contain_text("Live, as of")
    await expect(page.get_by_role("button", name="Pause")).to_be_focused()


async def test_who_reads_a_link_keeps_their_place(page: Page, town: Town) -> None:
    link = page.locator("#live-stances").get_by_role("link").first
    await link.focus()
    path = f"proposals/{town.open}/stances"
    await town.coalition.post("meetings", path, {"option": "abstain"}, CHAIR)
    await expect(page.locator("#live-stances")).to_contain_text(f"{CHAIR}: Abstain")
    focused = await page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == await page.locator("#live-stances a").first.get_attribute("href")


async def test_no_rule_of_accessibility_is_broken_seriously(page: Page) -> None:
    found = await Axe().run(page)
    broken = [
        (each["id"], each["impact"], [node["html"] for node in each["nodes"]])
        for each in found.response["violations"]
        if each["impact"] in SERIOUS
    ]
    assert broken == []


async def test_without_the_script_it_is_a_page(browser: Browser, town: Town, meeting: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    opened, running = await context.new_page(), town.coalition.suite
    await opened.goto(sign_in_link(running.data, running.url, mail("Parents")))
    await opened.goto(f"{town.url}/{meeting}/live")
    await expect(opened.locator("#live-agenda")).to_contain_text("The late bus")
    await expect(opened.get_by_role("button", name="Pause")).to_have_count(0)
    await opened.get_by_role("link", name="Show it as it stands now").click()
    await expect(opened.get_by_role("heading", level=1)).to_have_text("Plenary in spring")
    await context.close()


async def test_a_stranger_hears_nothing(town: Town, meeting: str) -> None:
    running = town.coalition.suite
    answer = await running.client.get(f"{town.url}/{meeting}/live/stream", follow_redirects=False)
    assert answer.status_code in {303, 404}
