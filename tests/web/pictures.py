"""Takes the pictures of `docs/images` from the demo: `python -m tests.web.pictures`.

Wants Chromium; starts an Accord of its own, and leaves nothing behind but the pictures.
"""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ViewportSize, async_playwright

from accord.token import sign_in_link
from tests.suite import Suite, suite
from tests.web.chromium import CHROMIUM, QUIET

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SEEDED_WITHIN = 120  # seconds


DUE = "the first stance that is due"


@dataclass(frozen=True)
class Picture:
    """A page, and how it is looked at; `path` is below the coalition."""

    name: str
    path: str = ""
    wide: int = 1280
    high: int = 1400
    scheme: Literal["light", "dark"] = "light"
    opens: str = ""


DISSENT = "Walk to school together"
PICTURES = (
    Picture("home", opens="", high=860),
    Picture("decisions", "/decisions", high=1200),
    Picture("decision", "/decisions", opens=DISSENT, high=2000),
    Picture("decision-dark", "/decisions", opens=DISSENT, scheme="dark", high=2000),
    Picture("decision-phone", "/decisions", opens=DISSENT, wide=390, high=1700),
    Picture("stance", opens=DUE, high=1500),
    Picture("next-steps", "/steps", high=1080),
)


async def take(browser: Browser, running: Suite, coalition: str, person: str) -> None:
    """Take every picture as one person sees the pages."""
    for picture in PICTURES:
        size = ViewportSize(width=picture.wide, height=picture.high)
        context = await browser.new_context(
            java_script_enabled=False, viewport=size, color_scheme=picture.scheme
        )
        page = await context.new_page()
        await page.goto(sign_in_link(running.data, running.url, person))
        if picture.path:
            await page.goto(f"{running.url}/c/{coalition}{picture.path}")
        if picture.opens == DUE:
            await page.locator(".third--due").get_by_role("link").first.click()
        elif picture.opens:
            await page.get_by_role("link", name=picture.opens).first.click()
        await page.screenshot(path=IMAGES / f"{picture.name}.png")
        await context.close()


async def main() -> None:
    """Start the demo, and look at it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with suite("--demo") as running, async_playwright() as playwright:
        written = running.data / "demo-accounts.json"
        for _ in range(SEEDED_WITHIN * 5):
            if written.exists():
                break
            await asyncio.sleep(0.2)
        people = json.loads(written.read_text())
        person = next(each["subject"] for each in people if "due" in each["role"])
        mine = await running.get("/members/api/v1/coalitions", person)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        await take(browser, running, mine.json()["items"][0]["slug"], person)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
