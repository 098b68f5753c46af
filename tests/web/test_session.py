"""Signing in, staying so, and signing out, on a real database."""

import json

import httpx2
import pytest

from services.web.pages.sign_in import within
from services.web.session import Cookie
from shared.identity import Tokens, TrustedIssuer
from tests.web.conftest import Site
from tests.web.shown import read

SILENT = 503  # who is signed in reaches a page, and the services it asks do not answer
SIGN_IN = "/sign-in"


def cookie_of(answer: httpx2.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0].partition("=")[2]


async def test_a_link_signs_in_and_the_cookie_keeps_its_secret(site: Site) -> None:
    browser = site.browser()
    answer = await browser.get(site.link("amina@example.org"))

    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    kept = await site.app.state.sessions.pool.fetchrow("select * from web.session")
    assert b"amina" not in kept["subject"]
    assert cookie_of(answer).encode() not in kept["id_hash"]
    assert (await browser.get("/")).status_code == SILENT


async def test_a_link_works_once(site: Site) -> None:
    link = site.link("amina@example.org")
    await site.browser().get(link)
    again = await site.browser().get(link)

    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert "does not work any more" in again.text


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ey.ey.ey"])
async def test_a_made_up_link_signs_nobody_in(site: Site, token: str) -> None:
    answer = await site.browser().get(f"/sign-in?token={token}")

    assert answer.status_code == (403 if token else 200)
    assert "set-cookie" not in answer.headers


async def test_an_access_token_is_no_link(site: Site) -> None:
    token = site.issuer.mint("amina@example.org")

    assert (await site.browser().get(f"/sign-in?token={token}")).status_code == 403


async def test_the_operator_signs_in_as_the_operator_and_nobody_else_does(site: Site) -> None:
    sessions = site.app.state.sessions
    trusted = TrustedIssuer(site.issuer.issuer, (site.issuer.key,), embedded=True)
    for subject, operator in (("operator", True), ("operator@example.org", False)):
        signed_in = await sessions.find(await sessions.begin(site.issuer.once(subject)))
        assert Tokens([trusted]).verify(signed_in.access_token).operator is operator


async def test_a_browser_that_looks_ahead_does_not_use_the_link_up(site: Site) -> None:
    link = site.link("amina@example.org")
    await site.browser(**{"Sec-Purpose": "prefetch"}).get(link)

    assert (await site.browser().get(link)).status_code == 303


async def test_without_a_session_the_home_page_asks_to_sign_in(site: Site) -> None:
    answer = await site.browser().get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)


async def test_a_session_ends_after_twelve_quiet_hours(site: Site) -> None:
    browser = await site.signed_in()
    for _ in range(3):
        site.clock.go(hours=11)
        assert (await browser.get("/")).status_code == SILENT
    site.clock.go(hours=12, seconds=1)

    assert (await browser.get("/")).headers["location"] == SIGN_IN


async def test_a_session_ends_after_seven_days_whatever_happens(site: Site) -> None:
    browser = await site.signed_in()
    for _ in range(15):
        site.clock.go(hours=11)
        assert (await browser.get("/")).status_code == SILENT
    site.clock.go(hours=4)

    assert (await browser.get("/")).headers["location"] == SIGN_IN


async def test_signing_out_ends_the_session_not_only_the_cookie(site: Site) -> None:
    browser = await site.signed_in()
    session_id = browser.cookies["accord"]
    form_token = read((await browser.get("/sign-in")).text).all("input", name="form_token")
    out = await browser.post("/sign-out", data={"form_token": form_token[0].attributes["value"]})

    assert (out.status_code, out.headers["location"]) == (303, SIGN_IN)
    browser.cookies["accord"] = session_id
    assert (await browser.get("/")).headers["location"] == SIGN_IN


async def test_demo_accounts_are_for_this_machine_only(site: Site) -> None:
    accounts = [{"subject": "joon@example.org", "name": "Joon Park", "role": "Chair"}]
    site.demo_accounts.write_text(json.dumps(accounts))
    sent = {"subject": "joon@example.org", "onward": "/c/harbour-schools"}

    here = await site.browser().post("/sign-in/demo", data=sent)
    away = await site.browser(address="192.0.2.7").post("/sign-in/demo", data=sent)
    rebound = await site.browser(Host="attacker.example").post("/sign-in/demo", data=sent)
    other = await site.browser().post("/sign-in/demo", data=sent | {"subject": "x@example.org"})

    assert (here.status_code, here.headers["location"]) == (303, "/c/harbour-schools")
    assert [each.status_code for each in (away, rebound, other)] == [404, 404, 404]
    assert "Joon Park" in (await site.browser().get(SIGN_IN)).text
    assert "Joon Park" not in (await site.browser(address="192.0.2.7").get(SIGN_IN)).text


def test_over_tls_the_cookie_is_bound_to_the_host() -> None:
    held = Cookie(secure=True).holding("x")

    assert held.startswith("__Host-accord=x; Path=/;")
    assert held.endswith("; Secure")
    assert "Domain" not in held


@pytest.mark.parametrize(
    ("address", "onward"),
    [
        ("/c/harbour-schools/decisions?q=bus", "/c/harbour-schools/decisions?q=bus"),
        ("https://attacker.example/", "/"),
        ("//attacker.example", "/"),
        ("/\\attacker.example", "/"),
        ("/\t/attacker.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_host_after_signing_in(address: str, onward: str) -> None:
    assert within(address) == onward
