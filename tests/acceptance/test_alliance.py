"""Teachers who begin on their own."""

import asyncio
from typing import Any

from tests.acceptance.test_mandates import refusal
from tests.end_to_end.coalition import Coalition, key_of, made, mail, text
from tests.suite import Suite

TEACHERS = ("Ines", "Juri", "Kofi")


def register(name: str) -> dict[str, Any]:
    return {"name": text(name), "contact": text(mail(name)), "locale": "en"}


async def begin(suite: Suite, slug: str) -> Coalition:
    """Let Hana form an alliance as one person: this is the one call."""
    asked = {
        "slug": slug, "template": "alliance", "name": text("Teachers of Hill School"),
        "founder": {
            "name": text("Hana"), "kind": "person", "sector": "education",
            "commitment": "homework", "voting_right": True,
        },
        "person": register("Hana"), "weekly": {"day": "TU", "at": "15:30"},
    }  # fmt: skip
    receipt = made(await suite.post("/members/api/v1/coalitions", asked, mail("Hana")))
    alliance = Coalition(suite, slug, key_of(receipt), "", "Hana")
    reached = f"members/{receipt['position']}"
    me = (await alliance.get("members", "me", "Hana", at_least=reached)).json()
    alliance.orgs["Hana"] = me["mandates"][0]["organisation"]["id"]
    alliance.plenary = me["mandates"][0]["body"]["id"]
    return alliance


async def accept(alliance: Coalition, invitation: str, name: str, **more: Any) -> Any:
    asked = {"name": text(name), "sector": "education", "person": register(name)} | more
    path = f"invitations/{invitation}/acceptances"
    return await alliance.try_post("members", path, asked, name)


async def weekly_slot(alliance: Coalition) -> Any:
    """Return the one series, once meetings has established it."""
    async with asyncio.timeout(15):
        while True:
            answer = await alliance.get("meetings", "series", "Kofi")
            assert answer.status_code == 200, answer.text
            if rows := answer.json()["items"]:
                [row] = rows
                return row
            await asyncio.sleep(0.2)


async def test_f104_one_call_and_three_invitations_give_four_teachers_and_a_weekly_slot(
    running: Suite,
) -> None:
    alliance = await begin(running, "hill-teachers")
    invitations = {
        name: key_of(
            await alliance.post("members", "invitations", {"name": text(name)}, "Hana")
        )
        for name in TEACHERS
    }  # fmt: skip
    for name, invitation in invitations.items():
        receipt = made(await accept(alliance, invitation, name))
        alliance.orgs[name] = key_of(receipt)
        assert alliance.orgs[name] == invitation

    reached = f"members/{receipt['position']}"
    for name in TEACHERS:
        me = (await alliance.get("members", "me", name, at_least=reached)).json()
        [mandate] = me["mandates"]
        assert mandate["organisation"]["id"] == invitations[name]
        assert (mandate["authority"], mandate["voting"]) == ("full", True)
        assert mandate["body"]["id"] == alliance.plenary
    rows = (await alliance.get("members", "members", "Hana")).json()["items"]
    assert {(row["name"]["text"], row["kind"], row["state"]) for row in rows} == {
        (name, "person", "joined") for name in ("Hana", *TEACHERS)
    }

    await alliance.settled(reached)
    slot = await weekly_slot(alliance)
    assert slot["rrule"] == "FREQ=WEEKLY;BYDAY=TU;BYHOUR=15;BYMINUTE=30"
    assert slot["body"]["id"] == alliance.plenary
    assert slot["name"]["text"] == "Weekly meeting"
    tuesday = {
        "series": slot["series"], "body": alliance.plenary, "host": alliance.orgs["Juri"],
        "starts_at": "2030-01-01T15:30:00Z", "ends_at": "2030-01-01T16:15:00Z",
        "place": text("Room 4"),
    }  # fmt: skip
    called = await alliance.post("meetings", "meetings", tuesday, "Juri")
    path, first = f"meetings/{key_of(called)}", f"meetings/{called['position']}"
    shown = (await alliance.get("meetings", path, "Kofi", at_least=first)).json()
    assert shown["title"]["text"] == shown["series"]["name"]["text"] == "Weekly meeting"
    person = (await alliance.get("members", "me", "Kofi")).json()["person"]
    step = key_of(
        await alliance.post("meetings", "steps", {"what": text("Bring the chairs")}, "Juri")
    )
    mine = {"owners": [person], "due": "2030-01-01"}
    await alliance.post("meetings", f"steps/{step}/volunteers", mine, "Kofi")


async def test_an_invitation_serves_once_for_who_has_its_id(running: Suite) -> None:
    alliance = await begin(running, "valley-teachers")
    asked = {"name": text("Lena")}
    invitation = key_of(await alliance.post("members", "invitations", asked, "Hana"))
    stolen = await accept(alliance, invitation, "Mara", person=register("Lena"))
    assert stolen.status_code == 403
    assert (await accept(alliance, str(running.new_id()), "Lena")).json()["reason"] == "not_invited"
    assert refusal(await accept(alliance, invitation, "Hana", person=None)) == (
        409, "speaks_already",
    )  # fmt: skip

    first = made(await accept(alliance, invitation, "Lena"))
    late = await accept(alliance, invitation, "Mara")
    assert refusal(late) == (409, "already_member")
    reached = f"members/{first['position']}"
    assert (await alliance.get("members", "me", "Lena", at_least=reached)).json()["person"]
    again = await accept(alliance, invitation, "Lena")
    assert (again.status_code, again.json()["events"]) == (200, [])
    people = (await alliance.get("members", "people", "Hana")).json()["items"]
    assert {row["name"]["text"] for row in people} == {"Hana", "Lena"}
