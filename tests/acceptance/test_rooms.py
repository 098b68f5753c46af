"""In the room: who is asked and prepared, who speaks, what rests, and what is written down."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.acceptance.test_common_ground import named, part, report
from tests.acceptance.test_issues import raise_issue
from tests.acceptance.test_mandates import work
from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.end_to_end.test_voting import later
from tests.meetings.hall import Hall
from tests.meetings.hall import running as meetings_alone
from tests.meetings.test_floor_over_http import (
    test_f76_once_the_meeting_is_over_the_next_agenda_takes_it_up as parked_and_taken_up,
)
from tests.suite import Suite


async def call(table: Coalition, title: str, **more: Any) -> str:
    """Return the path of a meeting of the plenary, a day from now, that Parents host."""
    starts = datetime.now(UTC) + timedelta(days=1)
    body = {
        "title": text(title), "body": table.plenary, "host": table.orgs.get("Parents"),
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


async def test_f57_f77_who_was_not_heard_is_named_live_and_in_r3(table: Coalition) -> None:
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
    async with meetings_alone(postgres, data) as started:
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


async def test_f48_one_call_makes_a_piggybacked_meeting_that_needs_no_notice(
    table: Coalition,
) -> None:
    rule = {"body": table.plenary, "rule": {"method": "majority", "notice_hours": 72}}
    await table.post("meetings", "rules", rule, "Clinic")
    for riding, late in (({"piggyback_on": text("The parents' evening")}, False), ({}, True)):
        meeting = await call(table, "Beside the parents' evening", **riding)
        item = await propose(table, meeting, "Union")
        last = await table.post("meetings", f"{meeting}/agendas", {"items": [item]}, "Clinic")
        assert (await shown(table, meeting, last))["short_notice"] is late


async def test_f55_a_late_agenda_is_stamped_and_it_shows_who_is_prepared(
    table: Coalition,
) -> None:
    meeting = await call(table, "With homework")
    item = await propose(table, meeting, "Union")
    await table.post("meetings", f"{meeting}/agendas", {"items": [item]}, "Clinic")
    key, due = str(table.suite.new_id()), datetime.now(UTC).date() + timedelta(days=1)
    asked = {
        "prework": key, "item": item, "orgs": [table.orgs["Union"], table.orgs["Parents"]],
        "what": text("Read the survey."), "due": str(due),
    }  # fmt: skip
    await table.post("meetings", f"{meeting}/prework", asked, "Clinic")
    last = await table.post("meetings", f"{meeting}/prework/completions", {"prework": key}, "Union")
    found = await shown(table, f"{meeting}/preparation", last)
    assert found["short_notice"] is True
    [row] = found["prework"]
    assert (said(row["done"]), [one["name"]["text"] for one in row["open"]]) == (
        ["Union"], ["Parents"],
    )  # fmt: skip


async def test_f56_a_formal_meeting_opens_with_a_facilitator_only(table: Coalition) -> None:
    await work(table, "formal")
    meeting = await call(table, "In form")
    refused = await table.try_post("meetings", f"{meeting}/openings", {}, "Clinic")
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_facilitator")
    await facilitate(table, meeting, "Library")
    await table.post("meetings", f"{meeting}/openings", {}, "Library")
    await work(table, "informal")


async def test_f58_a_meeting_closes_once_its_steps_are_owned_or_named(table: Coalition) -> None:
    meeting = await call(table, "Who does it")
    await table.post("meetings", f"{meeting}/openings", {}, "Clinic")
    key = meeting.partition("/")[2]
    step = {"what": text("Ask the school board"), "meeting": key}
    unowned, assigned = [
        key_of(await table.post("meetings", "steps", step, "Union")) for _ in range(2)
    ]
    me = (await table.get("members", "me", "Parents")).json()
    owner = {"owner": table.orgs["Parents"], "owners": [me["person"]], "due": "2099-01-01"}
    await table.post("meetings", f"steps/{assigned}/assignments", owner, "Union")

    async def refused(body: dict[str, Any]) -> str:
        answer = await table.try_post("meetings", f"{meeting}/closings", body, "Clinic")
        assert (answer.status_code, answer.json()["reason"]) == (409, "unowned_steps")
        return str(answer.json()["detail"])

    detail = await refused({})
    assert unowned in detail
    assert assigned in detail
    why = text("Nobody has time before summer.")
    assert unowned not in await refused({"override": {"steps": [unowned], "reason": why}})
    await table.post("meetings", f"steps/{assigned}/acceptances", {}, "Parents")
    override = {"override": {"steps": [unowned], "reason": why}}
    last = await table.post("meetings", f"{meeting}/closings", override, "Clinic")
    assert (await shown(table, meeting, last))["state"] == "closed"


async def test_f78_the_external_facilitators_organisation_takes_no_stance(
    table: Coalition,
) -> None:
    meeting = await call(table, "Led from outside")
    await facilitate(table, meeting, "Library", external=True)
    issue = await raise_issue(table, "Opening hours")
    rule = {"body": table.plenary, "rule": {"method": "majority"}}
    adopted = key_of(await table.post("meetings", "rules", rule, "Clinic"))
    draft = {
        "body": table.plenary, "issue": issue, "affected": [], "title": text("Open on Sundays"),
        "text": text("From ten to four."),
    }  # fmt: skip
    proposal = key_of(await table.post("meetings", "proposals", draft, "Clinic"))
    await propose(table, meeting, "Clinic", kind="decision", proposal=proposal)
    await table.post("meetings", f"proposals/{proposal}/publications", {}, "Clinic")
    terms = {"rule": adopted, "closes_at": later(hours=2)}
    await table.post("meetings", f"proposals/{proposal}/votings", terms, "Clinic")
    path, agree = f"proposals/{proposal}/stances", {"option": "agree"}
    refused = await table.try_post("meetings", path, agree, "Library")
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_facilitator")
    await table.post("meetings", path, agree, "Union")


async def test_f17_the_report_shows_who_hosts_and_how_evenly(running: Suite) -> None:
    table = await form(running, "accept-hosts")
    await table.settled(f"members/{await table.admit('Union')}")
    for host in ("Union", "Clinic", "Union"):
        meeting = await call(table, f"At {host}'s", host=table.orgs[host])
        last = await table.post("meetings", f"{meeting}/openings", {}, "Clinic")
    answer = await table.get(
        "transparency", "reports/participation.json", "Union",
        at_least=f"meetings/{last['position']}", limit=200,
    )  # fmt: skip
    told = answer.json()
    hosts = [row["host"]["name"]["text"] for row in part(told, "meeting")]
    assert sorted(hosts) == ["Clinic", "Union", "Union"]
    figures = {each["figure"]: each["value"] for each in told["summary"]}
    assert figures["evenness_hosts"] == "0.918296"  # (2/3 ln 3/2 + 1/3 ln 3) / ln 2
    held = {
        each["organisation"]["name"]["text"]: each["value"]
        for each in told["summary"] if each["figure"] == "hosted"
    }  # fmt: skip
    assert held == {"Clinic": 1, "Union": 2}


async def test_f49_everybody_is_asked_and_the_calendar_follows(table: Coalition) -> None:
    meeting = await call(table, "Every month")
    some = {"orgs": [table.orgs["Clinic"], table.orgs["Union"], table.orgs["Parents"]]}
    refused = await table.try_post("meetings", f"{meeting}/invitations", some, "Clinic")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_all_invited")
    assert table.orgs["Library"] in refused.json()["detail"]
    exempt = {"exempt": [{"org": table.orgs["Library"], "reason": text("It hosts the fair.")}]}
    await table.post("meetings", f"{meeting}/invitations", some | exempt, "Clinic")
    last = await table.post(
        "meetings", f"{meeting}/invitations/answers", {"answer": "yes"}, "Union"
    )
    found = await shown(table, f"{meeting}/preparation", last)
    assert [(row["organisation"]["name"]["text"], row["answer"]) for row in found["invitations"]] \
        == [("Clinic", None), ("Parents", None), ("Union", "yes")]  # fmt: skip
    assert said(found["exemptions"]) == ["Library"]
    assert found["forgotten"] == []

    feed = await table.suite.post(
        f"/meetings/api/v1/coalitions/{table.slug}/calendar-addresses", {"of": "mine"},
        mail("Union"), by=table.orgs["Union"],
    )  # fmt: skip
    assert feed.status_code == 201, feed.text
    path = f"/meetings{feed.json()['path']}"
    uid = meeting.partition("/")[2]

    async def event(after: Any) -> dict[str, str]:
        await table.settled(f"meetings/{after['position']}")
        calendar = (await table.suite.client.get(f"{table.suite.url}{path}")).text
        [lines] = [one for one in calendar.split("BEGIN:VEVENT\r\n") if f"UID:{uid}\r\n" in one]
        return dict(line.split(":", 1) for line in lines.split("\r\n") if ":" in line)

    before = await event(last)
    assert (before["SEQUENCE"], before["STATUS"]) == ("0", "CONFIRMED")
    starts = datetime.now(UTC) + timedelta(days=9)
    moved = {
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "place": text("The library"),
    }  # fmt: skip
    last = await table.post("meetings", f"{meeting}/reschedulings", moved, "Clinic")
    after = await event(last)
    assert (after["SEQUENCE"], after["LOCATION"]) == ("1", "The library")
    assert after["DTSTART"] == f"{starts:%Y%m%dT%H%M%SZ}"
    reason = {"reason": text("The fair.")}
    last = await table.post("meetings", f"{meeting}/cancellations", reason, "Clinic")
    over = await event(last)
    assert (over["SEQUENCE"], over["STATUS"]) == ("2", "CANCELLED")
