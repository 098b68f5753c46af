"""Four teachers begin by pages alone: one forms an alliance, and the others join by their links."""

import asyncio

from tests.end_to_end.coalition import mail
from tests.suite import Suite
from tests.web.browsing import Person, Shown

ALLIANCE = "teachers-by-page"


async def _formed(hana: Person) -> Shown:
    page = await hana.open("/begin")
    given = {
        "name": "Teachers of the hill", "slug": ALLIANCE, "person.name": "Hana",
        "founder.sector": "Education", "weekly.day": "TU",
    }  # fmt: skip
    wrong = await hana.send(page, "form", **given)
    assert wrong.errors == ["Say both, the day and the time."]
    lacking = await hana.send(wrong, "form", **{"founder.kind": "organization", "name": ""})
    assert {"Name it.", "Write the organisation's name."} <= set(lacking.errors)
    return await hana.send(wrong, "form", **given, **{"weekly.at": "15:30"})


async def _invited(hana: Person, name: str) -> str:
    """Invite somebody, and return the address that they are sent."""
    roster = await hana.open(f"/c/{ALLIANCE}/organisations")
    invited = await hana.send(roster, "invite", name=name)
    assert invited.status == 200, invited.errors
    door = await hana.open(f"/c/{ALLIANCE}/organisations?place=door")
    [row] = [row for row in door.page.all("tr") if row.words.startswith(name)]
    [address] = [
        link.attributes["href"] for link in row.all("a") if "/join/" in link.attributes["href"]
    ]
    return address


async def test_f104_a_coalition_is_formed_and_joined_by_pages(running: Suite) -> None:
    async with Person(running, mail("Hana"), "") as hana, Person(running, mail("Ines"), "") as ines:
        formed = await _formed(hana)
        assert formed.status == 200, formed.errors
        assert formed.url.endswith(f"/c/{ALLIANCE}")
        assert "Teachers of the hill" in formed.words

        address = await _invited(hana, "Ines")
        asked = await ines.open(address)
        assert f"Join {ALLIANCE}" in asked.words
        wrong = await ines.send(asked, "join", name="Ines")
        assert wrong.errors == ["Say in which sector."]
        joined = await ines.send(wrong, "join", name="Ines", sector="education")
        assert (joined.status, joined.url.endswith(f"/c/{ALLIANCE}")) == (200, True)
        roster = await ines.open(f"/c/{ALLIANCE}/organisations")
        assert {"Hana", "Ines"} <= set(roster.words.split())
        again = await hana.send(await hana.open(address), "join", name="Hana", sector="education")
        assert again.status == 409

        taken = await ines.open("/begin")
        refused = await ines.send(
            taken, "form", name="Others", slug=ALLIANCE, **{"person.name": "Ines"},
            **{"founder.sector": "education"},
        )  # fmt: skip
        assert (refused.status, "choose another" in refused.words) == (409, True)
        for _ in range(50):
            meetings = await ines.open(f"/c/{ALLIANCE}/meetings")
            if "every Tuesday" in meetings.words:
                break
            await asyncio.sleep(0.2)
        assert "Weekly meeting of Plenary: every Tuesday at 15:30 UTC" in meetings.words


async def test_who_is_not_signed_in_is_asked_to(running: Suite) -> None:
    for path in ("/begin", f"/join/{ALLIANCE}/{running.new_id()}"):
        answer = await running.client.get(f"{running.url}{path}")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?onward=/")
