"""One learns from another."""

from tests.acceptance.test_issues import shown
from tests.end_to_end.coalition import Coalition, text


async def test_f106_sessions_are_counted_and_nothing_holds_their_content(table: Coalition) -> None:
    people = (await table.get("members", "people", "Clinic")).json()["items"]
    ids = {row["name"]["text"]: row["id"] for row in people}
    started = await table.post(
        "members", "mentorships",
        {"mentor": ids["Union's delegate"], "mentees": [ids["Parents's delegate"]]}, "Union",
    )  # fmt: skip
    mentorship = started["stream"].partition("-")[2]
    path = f"mentorships/{mentorship}/sessions"
    for extra in ({"notes": text("She is tired.")}, {"content": "x"}, {"topic": "boards"}):
        refused = await table.try_post("members", path, {"on": "2026-03-12"} | extra, "Union")
        assert refused.status_code == 422, refused.text
    stranger = await table.try_post("members", path, {"on": "2026-03-12"}, "Library")
    assert stranger.status_code in {403, 409}, stranger.text
    await table.post("members", path, {"on": "2026-03-12"}, "Union")
    last = await table.post("members", path, {"on": "2026-03-19"}, "Parents")
    [row] = (await shown(table, "mentorships", last))["items"]
    assert (row["id"], row["sessions"], row["last_session"]) == (mentorship, 2, "2026-03-19")
