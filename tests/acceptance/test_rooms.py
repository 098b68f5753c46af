"""In the room: who is asked and prepared, who speaks, what rests, and what is written down."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.acceptance.test_common_ground import named, part, report
from tests.end_to_end.coalition import Coalition, key_of, text
from tests.meetings.hall import Hall, running
from tests.meetings.test_floor_over_http import (
    test_f76_once_the_meeting_is_over_the_next_agenda_takes_it_up as parked_and_taken_up,
)


async def call(table: Coalition, title: str, **more: Any) -> str:
    """Return the path of a meeting of the plenary, a day from now, that Parents host."""
    starts = datetime.now(UTC) + timedelta(days=1)
    body = {
        "title": text(title), "body": table.plenary, "host": table.orgs["Parents"],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "place": text("The town hall"),
    }  # fmt: skip
    return f"meetings/{key_of(await table.post('meetings', 'meetings', body | more, 'Clinic'))}"


async def facilitate(table: Coalition, meeting: str, name: str, **more: Any) -> None:
    """Let the delegate of `name` lead through a meeting."""
    me = (await table.get("members", "me", name)).json()
    body = {
        "person": me["person"], "accreditation": table.accreditations[name],
        "org": table.orgs[name], "external": False,
    }  # fmt: skip
    await table.post("meetings", f"{meeting}/facilitators", body | more, "Clinic")


async def come(table: Coalition, meeting: str, name: str) -> str:
    """Record that the delegate of `name` is there; return the attendance."""
    attendance = str(table.suite.new_id())
    me = (await table.get("members", "me", name)).json()
    body = {
        "attendance": attendance, "org": table.orgs[name], "person": me["person"],
        "accreditation": table.accreditations[name], "mode": "in_person",
    }  # fmt: skip
    await table.post("meetings", f"{meeting}/attendances", body, name)
    return attendance


async def propose(table: Coalition, meeting: str, name: str, **more: Any) -> str:
    """Ask for time on the agenda as `name`; return the item."""
    item = str(table.suite.new_id())
    body = {"item": item, "kind": "discussion", "title": text("The playground"), "minutes": 15}
    await table.post("meetings", f"{meeting}/items", body | more, name)
    return item


async def shown(table: Coalition, path: str, receipt: Any, name: str = "Library") -> Any:
    position = f"meetings/{receipt['position']}"
    answer = await table.get("meetings", path, name, at_least=position)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(rows: list[dict[str, Any]]) -> list[str]:
    return [row["organisation"]["name"]["text"] for row in rows]


async def test_f57_f77_f79_who_was_not_heard_is_named_live_and_in_r3(table: Coalition) -> None:
    agreed = {"defaults": {"speech": "members"}, "text": text("All may know who spoke.")}
    known = await table.post("members", "boundaries", agreed, "Clinic")
    await table.settled(f"members/{known['position']}")
    meeting = await call(table, "On the playground")
    item = await propose(table, meeting, "Union")
    await facilitate(table, meeting, "Library")
    await table.post("meetings", f"{meeting}/openings", {}, "Library")
    for name in ("Clinic", "Union", "Parents"):
        await come(table, meeting, name)
    await table.post("meetings", f"{meeting}/floor-requests", {"item": item}, "Parents")
    speech = str(table.suite.new_id())
    me = (await table.get("members", "me", "Parents")).json()
    floor = {
        "speech": speech, "item": item, "org": table.orgs["Parents"], "speaker": me["person"],
    }  # fmt: skip
    await table.post("meetings", f"{meeting}/speeches", floor, "Library")
    other = floor | {"speech": str(table.suite.new_id()), "org": table.orgs["Union"]}
    refused = await table.try_post("meetings", f"{meeting}/speeches", other, "Library")
    assert (refused.status_code, refused.json()["reason"]) == (409, "floor_taken")
    await table.post("meetings", f"{meeting}/speeches/endings", {"speech": speech}, "Library")
    for change, why in (("raises", "Say what you fear."), ("reductions", "Enough for now.")):
        heat = {"item": item, "reason": text(why)}
        await table.post("meetings", f"{meeting}/heat/{change}", heat, "Library")
    refused = await table.try_post("meetings", f"{meeting}/heat/raises", heat, "Parents")
    assert refused.status_code == 403
    last = await table.post("meetings", f"{meeting}/dissent-invitations", {"item": item}, "Library")

    live = await shown(table, f"{meeting}/floor", last)
    assert said(live["not_heard"]) == ["Clinic", "Union"]
    assert said(live["heard"]) == ["Parents"]
    assert [(row["change"], row["reason"]["text"]) for row in live["heat"]] == [
        ("raised", "Say what you fear."), ("lowered", "Enough for now."),
    ]  # fmt: skip
    assert [row["name"]["text"] for row in live["dissent_invited"]] == ["The playground"]

    told = await report(table, "participation", last, "meetings")
    row = next(
        row for row in part(told, "meeting")
        if row["meeting"]["name"]["text"] == "On the playground"
    )  # fmt: skip
    assert named(row["not_heard"]) == ("Clinic", "Union")
    assert named(row["spoke"]) == ("Parents",)
    assert [(one["turns"], one["seconds"]) for one in row["voices"]] == [
        (0, 0), (1, live["heard"][0]["seconds"]), (0, 0),
    ]  # fmt: skip
    assert [(one["change"], one["reason"]["text"]) for one in part(told, "heat")] == [
        ("raised", "Say what you fear."), ("lowered", "Enough for now."),
    ]  # fmt: skip


@pytest.fixture
async def alone(postgres: str, data: Path) -> AsyncIterator[Hall]:
    """Meetings alone, as days have to pass: its clock is the test's."""
    async with running(postgres, data) as started:
        hall = Hall(started, UUID(int=7_600))
        await hall.found()
        yield hall


async def test_f76_a_parked_item_is_on_the_next_agenda_once_its_day_has_come(alone: Hall) -> None:
    await parked_and_taken_up(alone)


async def test_f105_the_agenda_of_an_alliance_begins_with_the_newest_member(
    table: Coalition,
) -> None:
    meeting = await call(table, "Every Tuesday")
    topics = await propose(table, meeting, "Clinic")
    older = await propose(table, meeting, "Parents", kind="support", title=text("A tent"))
    newest = await propose(table, meeting, "Library", kind="support", title=text("A shelf"))
    agenda = {"items": [topics, older, newest]}
    last = await table.post("meetings", f"{meeting}/agendas", agenda, "Clinic")
    listed = (await shown(table, meeting, last))["agenda"]
    assert [row["item"] for row in listed] == [newest, topics, older]
    assert listed[0]["proposed_by"]["name"]["text"] == "Library"
