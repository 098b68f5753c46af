"""What stands between the browser and the pages: headers, forms, and plain words for errors."""

import httpx2
import pytest

from services.web.edge import ASSETS, FORM_BYTES
from tests.web.conftest import Site
from tests.web.samples import TEACHERS, uid
from tests.web.shown import read

STANCES = f"/c/harbour-schools/decisions/{uid('bus')}/stances"


async def form_token(browser: httpx2.AsyncClient) -> str:
    page = read((await browser.get("/sign-in")).text)
    return page.all("input", name="form_token")[0].attributes["value"]


def stance(token: str) -> dict[str, str]:
    return {
        "form_token": token,
        "idempotency_key": "k",
        "organisation": TEACHERS["id"],
        "proposal": uid("bus"),
        "mode": "take",
        "option": "agree",
    }


async def test_every_answer_has_the_headers_that_guard_it(site: Site) -> None:
    browser = await site.signed_in()
    style = f"/static/{ASSETS['accord.css'].name}"
    for path in ("/", "/sign-in", "/nowhere", style, "/c/x/decisions"):
        headers = (await browser.get(path)).headers
        assert "script-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == (
            "public, max-age=31536000, immutable" if path == style else "no-store"
        )


async def test_a_form_of_another_site_is_refused(site: Site) -> None:
    browser = await site.signed_in()
    sent = stance(await form_token(browser))
    for origin in ("cross-site", "same-site", "none"):
        answer = await browser.post(STANCES, data=sent, headers={"Sec-Fetch-Site": origin})
        assert answer.status_code == 403
    ours = await browser.post(STANCES, data=sent, headers={"Sec-Fetch-Site": "same-origin"})

    assert ours.status_code == 503  # it went as far as the services


async def test_a_form_without_this_sessions_token_is_refused(site: Site) -> None:
    browser, other = await site.signed_in(), await site.signed_in("joon@example.org")
    anothers = await form_token(other)
    nobody = site.browser()

    for token in ("", "x", anothers):
        assert (await browser.post(STANCES, data=stance(token))).status_code == 403
    assert (await nobody.post(STANCES, data=stance(anothers))).status_code == 403
    assert (await browser.post("/sign-out", data={"form_token": anothers})).status_code == 403
    assert (await browser.get("/")).status_code == 503  # still signed in


async def test_a_form_that_is_none_is_refused(site: Site) -> None:
    browser = await site.signed_in()
    sent = {"Content-Type": "application/x-www-form-urlencoded"}

    as_json = await browser.post(STANCES, json={"option": "agree"})
    too_long = await browser.post(STANCES, content=b"a=" + b"x" * FORM_BYTES, headers=sent)
    not_utf8 = await browser.post(STANCES, content=b"a=\xff", headers=sent)
    escaped = await browser.post(STANCES, content=b"a=%ff", headers=sent)

    statuses = [each.status_code for each in (as_json, too_long, not_utf8, escaped)]
    assert statuses == [415, 413, 400, 400]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is no such page"),
        ("/c/harbour-schools/decisions/not-an-id", 404, "There is no such page"),
        ("/c/harbour-schools/decisions", 503, "Accord does not answer just now"),
        ("/c/harbour-schools/reports/decision-register.csv", 503, "does not answer"),
    ],
)
async def test_an_error_is_a_page_in_plain_words(
    site: Site, path: str, status: int, words: str
) -> None:
    answer = await (await site.signed_in()).get(path)

    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    if status == 503:
        assert answer.headers["retry-after"] == "2"


async def test_a_fault_of_ours_is_a_page_too(site: Site) -> None:
    @site.app.get("/fault")
    async def fault() -> None:
        raise RuntimeError("planted")

    answer = await site.browser().get("/fault")

    assert answer.status_code == 500
    assert "planted" not in answer.text
    assert "script-src 'none'" in answer.headers["content-security-policy"]


async def test_style_is_packed_for_browsers_that_take_it(site: Site) -> None:
    asset = ASSETS["accord.css"]
    browser = site.browser()
    plain = await browser.get(f"/static/{asset.name}", headers={"Accept-Encoding": "identity"})
    packed = await browser.get(f"/static/{asset.name}", headers={"Accept-Encoding": "gzip"})

    assert plain.content == packed.content == asset.body
    assert packed.headers["content-encoding"] == "gzip"
    assert (await browser.get("/static/accord.css")).status_code == 404


async def test_it_says_whether_it_lives_and_is_ready(site: Site) -> None:
    browser = site.browser()

    assert (await browser.get("/livez")).status_code == 200
    assert (await browser.get("/readyz")).json() == {"database": True}
