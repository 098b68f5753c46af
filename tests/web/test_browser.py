"""A delegate at a browser: signs in, searches, takes a stance and changes it. No JavaScript."""

import os
import re
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from accord.token import sign_in_link
from tests.end_to_end.coalition import key_of, mail, text
from tests.suite import suite
from tests.web.chromium import CHROMIUM, QUIET
from tests.web.town import CHAIR, DISSENT, Town, build

DESK, PHONE, SMALLEST = (1280, 900), (390, 844), (320, 640)

SERIOUS = {"serious", "critical"}

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ, reason="Chromium is not installed"
    ),
]


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[Town]:
    """A whole Accord, with a coalition in it."""
    async with suite(ACCORD_DEMO="true") as running:
        yield await build(running)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, never a downloaded one."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield started
        await started.close()


@pytest.fixture(scope="module")
async def union(browser: Browser, town: Town) -> AsyncIterator[BrowserContext]:
    """The browser of the Union's delegate, signed in by link, with JavaScript off."""
    context = await browser.new_context(java_script_enabled=False, viewport=size(DESK))
    page = await context.new_page()
    running = town.coalition.suite
    await page.goto(sign_in_link(running.data, running.url, mail("Union")))
    assert page.url == f"{running.url}/"
    yield context
    await context.close()


def _failed(request: Request) -> list[str]:
    """Return what to complain about; a page may be left before its icon has come."""
    return [] if request.failure == "net::ERR_ABORTED" else [request.url]


@pytest.fixture
async def page(union: BrowserContext) -> AsyncIterator[Page]:
    """A page that complains about every refused style, script and failed request."""
    opened = await union.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("requestfailed", lambda request: complaints.extend(_failed(request)))
    yield opened
    await opened.close()
    errors_we_provoke = "the server responded with a status of 4"
    assert [said for said in complaints if errors_we_provoke not in said] == []


def size(pixels: tuple[int, int]) -> ViewportSize:
    return ViewportSize(width=pixels[0], height=pixels[1])


async def test_home_says_what_is_due(page: Page, town: Town) -> None:
    await page.goto(town.coalition.suite.url)

    due = page.locator(".third--due")
    await expect(due.get_by_role("link")).to_have_text(
        ["A late bus for homework hours", "A common sick-note form"]
    )
    await expect(page.get_by_text("Ask the bus company")).to_be_visible()
    await expect(page.get_by_text("Free breakfast in every school")).to_be_visible()


async def test_the_register_is_searched_and_a_decision_opened(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/decisions")
    await page.get_by_label("Words in the title").fill("breakfast")
    await page.get_by_role("button", name="Search").click()

    assert "q=breakfast" in page.url
    await page.get_by_role("link", name="Free breakfast in every school").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Free breakfast in every school"
    )
    await expect(page.locator(".outcome .badge")).to_have_text("Adopted")
    assert await page.locator(".stance__org").all_inner_texts() == [
        "Clinic", "Library", "Parents", "Union",
    ]  # fmt: skip
    await expect(page.locator(".stance", has_text="Library")).to_contain_text(DISSENT)


async def test_a_search_that_fits_nothing_says_so(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/decisions?q=zeppelin")

    await expect(page.get_by_text("No decision fits this search")).to_be_visible()
    await expect(page.get_by_label("Words in the title")).to_have_value("zeppelin")


async def test_a_stance_is_taken_changed_with_a_reason_and_kept(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/decisions/{town.open}")
    form = page.locator(".act form")

    await form.get_by_label("Disagree").check()
    await form.get_by_role("button", name="Record").click()
    summary = page.get_by_role("alert")
    await expect(summary).to_contain_text("Give the reason")
    await expect(form.get_by_label("Disagree")).to_be_checked()

    await form.get_by_label("The reason").fill("The bus passes two schools of six.\r\nWhy?")
    await form.get_by_role("button", name="Record").click()
    await expect(page.get_by_text("Union has been heard")).to_be_visible()
    assert "at_least=meetings/" in page.url
    mine = page.locator(".ledger .stance", has_text="Union")
    await expect(mine).to_contain_text("Disagree")
    await expect(mine).to_contain_text("The bus passes two schools of six.")

    await page.get_by_text("Change this stance").click()
    await form.get_by_label("Agree", exact=True).check()
    await form.get_by_label("Why the stance changes").fill("The text now names all six.")
    await form.get_by_role("button", name="Record").click()
    await expect(mine).to_contain_text("Changed from Disagree to Agree")
    await expect(mine).to_contain_text("The text now names all six.")

    history = page.locator(".timeline")
    await expect(history).to_contain_text("The bus passes two schools of six.")
    await expect(history).to_contain_text("The text now names all six.")
    permalink = mine.locator(".stance__foot .ref")
    target = await permalink.get_attribute("href")
    await permalink.click()
    await expect(page.locator(f"{target}:target")).to_contain_text("Agree", ignore_case=True)


async def test_a_refusal_is_shown_in_the_services_words_and_nothing_typed_is_lost(
    page: Page, town: Town
) -> None:
    await page.goto(f"{town.url}/decisions/{town.closing}")
    form = page.locator(".act form")
    await form.get_by_label("Abstain").check()
    await form.get_by_label("The reason").fill("Written while the chair closed the voting.")
    path = f"proposals/{town.closing}/votings/closings"
    closed = await town.coalition.post("meetings", path, {}, CHAIR)
    await town.coalition.settled(f"meetings/{closed['position']}")
    await form.get_by_role("button", name="Record").click()

    await expect(page.get_by_role("alert")).to_contain_text("It was not recorded")
    await expect(page.locator("#written")).to_contain_text("Written while the chair closed")


async def test_the_owner_accepts_a_step_and_finishes_it(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/steps")
    step = page.locator(f"#step-{town.step}")

    await step.get_by_role("button", name="Accept").click()
    await expect(step).to_contain_text("Accepted")
    await step.get_by_role("button", name="Done").click()
    await expect(step).to_have_count(0)
    await expect(page.get_by_role("status")).to_contain_text("Recorded")


async def test_downloads_are_the_services_own(page: Page, town: Town) -> None:
    as_csv = await page.request.get(f"{town.url}/decisions.csv")
    as_json = await page.request.get(f"{town.url}/decisions/{town.decided}.json")

    assert as_csv.headers["content-type"].startswith("text/csv")
    assert (await as_csv.text()).startswith("decision,")
    assert (await as_json.json())["proposal"] == town.decided


@pytest.mark.parametrize("pixels", [DESK, PHONE, SMALLEST], ids=["desk", "phone", "smallest"])
async def test_no_page_scrolls_sideways(page: Page, town: Town, pixels: tuple[int, int]) -> None:
    await page.set_viewport_size(size(pixels))
    org = town.coalition.orgs["Union"]
    for path in (
        "", "/decisions", f"/decisions/{town.decided}", f"/decisions/{town.open}", "/meetings",
        f"/meetings/{town.meeting}", "/steps", f"/steps/{town.step}", "/propose",
        "/organisations", f"/organisations/{org}",
        f"/organisations/{org}/credit", "/reports", "/organisations?place=door", "/charter",
        "/charter/acceptances/ground-rules", "/structure", "/reviews", "/alignment", "/issues",
        f"/issues/{town.issue}", "/constituencies", "/threats", "/exchanges", "/conflicts",
        "/relationships", f"/relationships?with={town.coalition.orgs[CHAIR]}", "/lessons",
        f"/lessons?campaign={town.meeting}",
        "/messages", "/concerns", "/frontline", "/claims", "/charter/orphans", "/wins",
        "/contributions", "/impact", "/audit", "/shares",
        "/partners", "/you", f"/structure/{town.coalition.plenary}",
    ):  # fmt: skip
        answer = await page.goto(f"{town.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= pixels[0], path
    await page.goto(f"{town.coalition.suite.url}/begin")
    assert await page.evaluate("document.documentElement.scrollWidth") <= pixels[0]


@pytest.mark.parametrize("path", ["/decisions", "/organisations", "/charter", "/structure"])
async def test_targets_are_large_enough(page: Page, town: Town, path: str) -> None:
    """Controls that do not stand in a line of text (WCAG 2.2, 2.5.8)."""
    await page.set_viewport_size(size(PHONE))
    await page.goto(f"{town.url}{path}")
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    for target in await page.locator(
        "button, input:not([type=hidden]), select, textarea, summary, .tabs a, .within a, .places a"
    ).all():
        if await target.is_visible():
            box = await target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24, await target.evaluate("e => e.outerHTML")


async def test_impact_and_shares_stand_up_to_axe_with_every_form_open(
    browser: Browser, town: Town
) -> None:
    grant = {
        "pot": text("A grant for lunches"),
        "shares": [{"org": str(town.coalition.orgs[CHAIR]), "basis_points": 10_000}],
    }
    meals = {
        "name": text("Meals"), "unit": "meals", "kind": "counter", "source": text("The kitchen."),
    }  # fmt: skip
    metric = key_of(await town.coalition.post("credit", "metrics", meals, CHAIR))
    day = {"value": 40, "on": "2026-01-02"}
    await town.coalition.post("credit", f"metrics/{metric}/records", day, CHAIR)
    last = await town.coalition.post("credit", "shares", grant, CHAIR)
    context = await browser.new_context(viewport=size(PHONE))
    page = await context.new_page()
    running = town.coalition.suite
    await page.goto(sign_in_link(running.data, running.url, mail(CHAIR)))
    for path, shown in (("/impact", "40 meals in all."), ("/shares", "A grant for lunches")):
        await page.goto(f"{town.url}{path}?at_least=credit/{last['position']}")
        await expect(page.locator("main")).to_contain_text(shown)
        opening = "for (const each of document.querySelectorAll('details')) each.open = true"
        await page.evaluate(opening)
        found = await Axe().run(page)
        assert [
            (each["id"], [node["html"] for node in each["nodes"]])
            for each in found.response["violations"]
            if each["impact"] in SERIOUS
        ] == []
    await context.close()


async def test_a_position_is_taken_by_keyboard_alone(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/issues/{town.issue}")
    summary = page.locator("summary", has_text="Say where Union stands")
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await summary.evaluate("e => e === document.activeElement"):
            break
    await expect(summary).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    summed_up = page.get_by_role("alert")
    await expect(summed_up).to_contain_text("Give the reason, in a sentence or more.")
    await expect(summed_up).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("#take-position-.*-reason$"))
    reason = page.locator("textarea[aria-invalid]")
    await expect(reason).to_be_visible()
    await reason.fill("Meals come first.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    mine = page.locator(".stance", has_text="Union")
    await expect(mine).to_contain_text("Supports it")
    await expect(mine).to_contain_text("Meals come first.")


async def test_the_first_press_of_tab_reaches_the_skip_link(page: Page, town: Town) -> None:
    await page.goto(f"{town.url}/decisions")
    await page.keyboard.press("Tab")

    await expect(page.locator(".skip")).to_be_focused()
    await expect(page.locator(".skip")).to_be_in_viewport()


async def test_a_stranger_sees_no_page_of_the_coalition(browser: Browser, town: Town) -> None:
    running = town.coalition.suite
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{town.url}/decisions")
    assert "/sign-in?onward=" in page.url

    await page.goto(sign_in_link(running.data, running.url, "stranger@example.org"))
    answer = await page.goto(f"{town.url}/decisions/{town.decided}")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    await context.close()
