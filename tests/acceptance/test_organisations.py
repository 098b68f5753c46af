"""What an organisation gains, and how it takes part."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import own, post
from tests.acceptance.test_mandates import adopt, open_voting, propose_step, publish, raised, settle
from tests.end_to_end.coalition import Coalition, key_of, text


async def page_of(table: Coalition, name: str, *after: str) -> Any:
    path = f"organisations/{table.orgs[name]}"
    heard = {"at_least": ",".join(after)} if after else {}
    answer = await table.get("transparency", path, "Library", **heard)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_f46_its_page_shows_its_interest_and_engagement_over_three_windows(
    table: Coalition,
) -> None:
    for gain in ("We learn.", "We reach more people."):
        interest = {"mutual_benefit": text(gain), "answers_to": [text("Our members")]}
        await post(table, own(table, "Union", "interests"), interest, "Union")
    level = {"level": "voice_only"}
    last = await post(table, own(table, "Union", "commitments"), level, "Union")
    await settle(table, last)

    starts = datetime.now(UTC) + timedelta(hours=1)
    meeting = {
        "title": text("Assembly"), "body": table.plenary, "host": table.orgs["Library"],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "place": text("The library"),
    }  # fmt: skip
    path = f"meetings/{key_of(await table.post('meetings', 'meetings', meeting, 'Clinic'))}"
    await table.post("meetings", f"{path}/openings", {}, "Clinic")
    person = (await table.get("members", "me", "Union")).json()["person"]
    came = {
        "attendance": str(uuid4()), "org": table.orgs["Union"], "person": person,
        "accreditation": table.accreditations["Union"], "mode": "remote",
    }  # fmt: skip
    attended = await table.post("meetings", f"{path}/attendances", came, "Union")
    proposal = await publish(table, await raised(table, "Lamps"))
    assert (await open_voting(table, proposal, await adopt(table, table.plenary))).is_success
    stance = {"option": "agree", "reason": text("It is dark.")}
    took = await table.post("meetings", f"proposals/{proposal}/stances", stance, "Union")
    step = f"steps/{await propose_step(table)}"
    mine = {"owners": [person], "due": "2030-01-01"}
    await table.post("meetings", f"{step}/volunteers", mine, "Union")
    done = await table.post("meetings", f"{step}/completions", {}, "Union")

    page = await page_of(
        table, "Union", f"members/{last['position']}", f"meetings/{done['position']}"
    )
    assert page["interest"]["mutual_benefit"]["text"] == "We reach more people."
    assert [one["text"] for one in page["interest"]["answers_to"]] == ["Our members"]
    assert [row["level"] for row in page["commitments"]] == ["voice_only", "homework"]
    newest, *before = page["engagement"]
    assert [newest[kind] for kind in ("attended", "stances", "steps_done")] == [1, 1, 1]
    assert newest["refs"] == [
        f"meetings/{receipt['position']}" for receipt in (attended, took, done)
    ]
    assert len(before) == 2
    assert all(row["attended"] + row["stances"] + row["steps_done"] == 0 for row in before)
    ends = [datetime.fromisoformat(row["to"]) for row in page["engagement"]]
    assert ends == sorted(ends, reverse=True)

    other = await page_of(table, "Parents")
    assert (other["interest"], other["engagement"][0]["refs"]) == (None, [])
    nobody = f"organisations/{uuid4()}"
    assert (await table.get("transparency", nobody, "Library")).status_code == 404
