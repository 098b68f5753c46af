"""Perspectives that should be heard, and how they are reached."""

from typing import Any

from tests.acceptance.test_issues import shown
from tests.end_to_end.coalition import Coalition, key_of, text


async def identify(table: Coalition, *, excluded: bool) -> str:
    body = {
        "name": text("Night-shift families"), "kind": "families", "least_well_served": True,
        "implementer": False, "historically_excluded": excluded, "seats_wanted": 1,
    }  # fmt: skip
    return key_of(await table.post("members", "constituencies", body, "Clinic"))


async def test_f16_outreach_to_the_historically_excluded_says_why_now(table: Coalition) -> None:
    excluded, others = await identify(table, excluded=True), await identify(table, excluded=False)
    asked = {"to": text("The night-shift families' circle")}
    refused = await table.try_post(
        "members", f"constituencies/{excluded}/outreaches", asked, "Union"
    )
    assert (refused.status_code, refused.json()["reason"]) == (409, "why_now_missing")
    why = {"why_now": text("The bus plan is open until May."),
           "different_now": text("You sit in the working group.")}  # fmt: skip
    await table.post("members", f"constituencies/{excluded}/outreaches", asked | why, "Union")
    await table.post("members", f"constituencies/{others}/outreaches", asked, "Union")


async def test_f20_a_listening_session_without_consent_stores_no_needs(table: Coalition) -> None:
    constituency = await identify(table, excluded=False)
    held: dict[str, Any] = {"on": "2026-03-12", "participants": 9, "consent": False}
    path = f"constituencies/{constituency}/listenings"
    refused = await table.try_post(
        "members", path, held | {"needs": [text("A bus at six.")]}, "Parents"
    )
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_consent")
    await table.post("members", path, held, "Parents")
    agreed = held | {"consent": True, "needs": [text("A bus at six.")]}
    last = await table.post("members", path, agreed, "Parents")
    row = (await listed(table, last))[constituency]
    sessions = [
        (one["consent"], [need["text"] for need in one["needs"]]) for one in row["sessions"]
    ]
    assert sessions == [(True, ["A bus at six."]), (False, [])]


async def listed(table: Coalition, after: Any) -> dict[str, Any]:
    rows = (await shown(table, "constituencies", after))["items"]
    return {row["id"]: row for row in rows}


async def test_f10_a_constituency_that_nobody_represents_is_a_gap(table: Coalition) -> None:
    heard, unheard = await identify(table, excluded=False), await identify(table, excluded=False)
    path = f"constituencies/{heard}/representations"
    last = await table.post("members", path, {"since": "2026-01-01"}, "Parents")
    rows = await listed(table, last)
    assert [one["name"]["text"] for one in rows[heard]["represented_by"]] == ["Parents"]
    assert (rows[heard]["gap"], rows[unheard]["gap"]) == (False, True)
    position = await table.admit("Night Nurses", constituencies=[unheard])
    last = {"position": position}
    assert [
        one["name"]["text"] for one in (await listed(table, last))[unheard]["represented_by"]
    ] == ["Night Nurses"]
    over = {"since": "2026-01-01", "until": "2026-02-01"}
    last = await table.post("members", path, over, "Parents")
    assert (await listed(table, last))[heard]["gap"] is True
