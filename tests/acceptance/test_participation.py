"""Who is in the room, and whether they may decide there: reports R2 and R3."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.test_common_ground import named, part, report
from tests.end_to_end.coalition import Coalition, key_of, mail, text
from tests.end_to_end.test_voting import open_voting, stance


async def accredit_head(table: Coalition, name: str) -> tuple[str, str]:
    """Accredit the head of an organisation, who may decide for it; return person and badge."""
    person = {"name": text(f"Head of {name}"), "contact": text(mail(f"head-{name}")),
              "locale": "en"}  # fmt: skip
    head = key_of(await table.post("members", "people", person, name))
    badge = str(table.suite.new_id())
    terms = {"authority": "full", "voting": False, "executive": True, "body": table.plenary}
    await table.post(
        "members", f"members/{table.orgs[name]}/accreditations",
        {"accreditation": badge, "person": head, **terms}, name,
    )  # fmt: skip
    return head, badge


async def limit(table: Coalition, name: str) -> int:
    """Let a delegate speak from now on only as long as their organisation agrees afterwards."""
    me = (await table.get("members", "me", name)).json()
    given = {
        "ended": table.accreditations[name], "accreditation": str(table.suite.new_id()),
        "person": me["person"], "body": table.plenary, "authority": "ad_referendum",
        "voting": True,
    }  # fmt: skip
    path = f"members/{table.orgs[name]}/replacements"
    return int((await table.post("members", path, given, name))["position"])


async def test_f59_authority_per_stance_and_how_many_in_the_room_may_decide(
    table: Coalition,
) -> None:
    heads = {name: await accredit_head(table, name) for name in ("Union", "Parents")}
    reached = await limit(table, "Library")
    shown = await table.get(
        "members", f"members/{table.orgs['Union']}", "Clinic", at_least=f"members/{reached}"
    )
    voices = shown.json()["representatives"]
    assert {one["name"]["text"]: one["executive"] for one in voices} == {
        "Union's delegate": False, "Head of Union": True,
    }  # fmt: skip
    await table.settled(f"members/{reached}")

    proposal = await open_voting(table, "majority", "A common fund")
    for name in ("Clinic", "Union", "Library"):
        await stance(table, proposal, name, "agree")
    await table.post("meetings", f"proposals/{proposal}/votings/closings", {}, "Clinic")
    made = await table.post(
        "meetings", f"proposals/{proposal}/decisions",
        {"accountable": [table.orgs["Clinic"]]}, "Clinic",
    )  # fmt: skip
    found = await report(table, "who-decided-what", made, "meetings")
    [decision] = found["rows"]
    authority = {each["organisation"]: each["authority"] for each in decision["stances"]}
    assert authority == {
        table.orgs["Clinic"]: "full", table.orgs["Union"]: "full",
        table.orgs["Library"]: "ad_referendum",
    }  # fmt: skip
    page = await table.get("transparency", "reports/who-decided-what.html", "Parents")
    assert "Library (ad referendum)" in page.text
    assert "Union (" not in page.text

    starts = datetime.now(UTC) + timedelta(days=1)
    held = {
        "title": text("Annual meeting"), "body": table.plenary, "host": table.orgs["Parents"],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "place": text("The town hall"),
    }  # fmt: skip
    meeting = f"meetings/{key_of(await table.post('meetings', 'meetings', held, 'Clinic'))}"
    await table.post("meetings", f"{meeting}/openings", {}, "Clinic")
    for name, (person, badge) in heads.items():
        last = await come(table, meeting, name, person, badge)
    me = (await table.get("members", "me", "Clinic")).json()
    last = await come(table, meeting, "Clinic", me["person"], table.accreditations["Clinic"])

    told = await report(table, "participation", last, "meetings")
    assert told["head"]["report"] == "R3"
    [row] = part(told, "meeting")
    assert named([row["meeting"]]) == ("Annual meeting",)
    assert named(row["attended"]) == ("Clinic", "Parents", "Union")
    assert (row["executives"], row["attendances"]) == (2, 3)
    assert row["executive_attendance"] == "0.666667"
    [figure] = [each for each in told["summary"] if each["figure"] == "executive_attendance"]
    assert figure["value"] == "0.666667"
    assert len([ref for ref in figure["refs"] if ref.startswith("members/")]) == 2
    sheet = await table.get("transparency", "reports/participation.csv", "Library")
    lines = [line for line in csv.DictReader(io.StringIO(sheet.text)) if line["part"] == "meeting"]
    assert [line["executive_attendance"] for line in lines] == ["0.666667"]
    page = await table.get("transparency", "reports/participation.html", "Library")
    assert "66.7 %: 2 of 3" in page.text


async def come(table: Coalition, meeting: str, name: str, person: str, badge: str) -> Any:
    came = {
        "attendance": str(table.suite.new_id()), "org": table.orgs[name], "person": person,
        "accreditation": badge, "mode": "in_person",
    }  # fmt: skip
    return await table.post("meetings", f"{meeting}/attendances", came, "Clinic")
