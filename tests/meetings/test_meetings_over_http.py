"""Meetings and their next steps over HTTP, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2

from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, TRANSPORT, UNION, YOUTH
from tests.meetings.hall import CARLA, SAM, UMA, YARA, Hall, accreditation, text
from tests.meetings.test_decisions_over_http import decided_by, opened

SOON = datetime.now(UTC) + timedelta(days=7)
ONE, TWO, THREE = (str(UUID(int=n)) for n in range(61, 64))
ITEM, OTHER_ITEM = str(UUID(int=64)), str(UUID(int=65))


async def scheduled(hall: Hall, **more: Any) -> str:
    """Return the path of a meeting of the plenary."""
    body = {
        "title": text("Assembly"),
        "body": str(PLENARY),
        "host": str(SCHOOL),
        "starts_at": SOON.isoformat(),
        "ends_at": (SOON + timedelta(hours=2)).isoformat(),
        "place": text("The town hall"),
    }
    return f"/meetings/{await hall.make(CARLA, '/meetings', body | more)}"


async def sat(hall: Hall) -> str:
    """Return the path of a meeting that Sam facilitates and that is open."""
    path = await scheduled(hall)
    facilitator = {
        "person": str(SAM),
        "accreditation": str(accreditation(SAM)),
        "org": str(SCHOOL),
        "external": False,
    }
    await hall.make(CARLA, f"{path}/facilitators", facilitator)
    await hall.make(SAM, f"{path}/openings")
    return path


def comes(attendance: str, person: UUID, org: UUID) -> dict[str, Any]:
    return {
        "attendance": attendance,
        "org": str(org),
        "person": str(person),
        "accreditation": str(accreditation(person)),
        "mode": "remote",
    }


async def test_c5_meetings_of_a_series_are_written_down_one_after_another(hall: Hall) -> None:
    rrule = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=15;BYMINUTE=30"
    asked = {"body": str(PLENARY), "rrule": rrule, "name": text("Tuesdays")}
    assert await hall.refuse(UMA, "/series", asked) == "not_allowed"
    series = await hall.make(CARLA, "/series", asked)
    [listed] = (await hall.get("/series"))["items"]
    assert (listed["series"], listed["rrule"], listed["name"]) == (series, rrule, text("Tuesdays"))

    async def week(number: int, **more: Any) -> str:
        starts = SOON + timedelta(weeks=number)
        when = {
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=1)).isoformat(),
        }
        path = await scheduled(hall, series=series, title=None, **when, **more)
        await hall.make(
            CARLA, f"{path}/facilitators",
            {"person": str(CARLA), "accreditation": str(accreditation(CARLA)), "external": False},
        )  # fmt: skip
        return path

    first, second, third = [await week(n) for n in range(3)]
    assert (await hall.get(first))["series"] == {"id": series, "name": text("Tuesdays")}
    titles = [row["title"] for row in (await hall.get("/meetings"))["items"]]
    assert titles == [text("Tuesdays")] * 3
    await hall.make(CARLA, f"{first}/openings")
    assert await hall.refuse(CARLA, f"{third}/openings") == "minutes_missing"
    await hall.make(CARLA, f"{first}/minutes", {"text": text("We met.")})
    await hall.make(CARLA, f"{third}/openings")  # the second was never held
    moved = {
        "starts_at": (SOON + timedelta(weeks=5)).isoformat(),
        "ends_at": (SOON + timedelta(weeks=5, hours=1)).isoformat(), "place": text("The barn"),
    }  # fmt: skip
    await hall.make(CARLA, f"{second}/reschedulings", moved)
    assert await hall.refuse(CARLA, f"{second}/openings") == "minutes_missing"
    unknown: dict[str, Any] = {"series": str(UUID(int=99)), "starts_at": SOON.isoformat()}
    unknown |= {"body": str(PLENARY), "host": str(SCHOOL), "place": text("Here")}
    unknown |= {"ends_at": (SOON + timedelta(hours=1)).isoformat()}
    assert await hall.refuse(CARLA, "/meetings", unknown) == "unknown_series"
    nowhere = f"/meetings/{UUID(int=99)}/openings"
    assert await hall.refuse(CARLA, nowhere) == "unknown_meeting"


async def kinds(hall: Hall) -> list[str]:
    return [kind for kind, _ in await hall.events()]


async def test_a_meeting_from_scheduling_to_closing(hall: Hall) -> None:
    path = await sat(hall)
    item = {"item": ITEM, "kind": "decision", "title": text("The van"), "minutes": 20}
    other = {"item": OTHER_ITEM, "kind": "support", "title": text("New here"), "minutes": 10}
    for proposed in (item, other):
        await hall.make(YARA, f"{path}/items", proposed)
    await hall.make(CARLA, f"{path}/agendas", {"items": [OTHER_ITEM, ITEM]})
    for key, person, org in ((ONE, CARLA, CLINIC), (TWO, UMA, UNION)):
        await hall.make(person, f"{path}/attendances", comes(key, person, org))
    await hall.make(UMA, f"{path}/departures", {"attendance": TWO})
    await hall.make(CARLA, f"{path}/minutes", {"text": text("We met.")})
    correction = {"corrects": 1, "text": text("We met twice."), "reason": text("Twice.")}
    version = (await hall.get(path))["version"]
    await hall.make(UMA, f"{path}/minutes/corrections", correction, If_Match=f'"{version}"')
    await hall.make(UMA, f"{path}/minutes/approvals", {"version": 2})
    assert (await hall.get(path))["minutes"][1]["state"] == "draft"
    await hall.make(CARLA, f"{path}/minutes/approvals", {"version": 2})
    await hall.make(SAM, f"{path}/closings")

    shown = await hall.get(path)
    assert (shown["state"], shown["present"], shown["title"]) == ("closed", 2, text("Assembly"))
    assert shown["body"] == {"id": str(PLENARY), "name": text("Plenary")}
    assert shown["host"]["name"] == text(f"Org {SCHOOL.int}")
    assert [row["item"] for row in shown["agenda"]] == [OTHER_ITEM, ITEM]
    assert shown["short_notice"] is False
    assert [(row["person"]["text"], row["left"]) for row in shown["attendance"]] == [
        (f"Person {CARLA.int}", False),
        (f"Person {UMA.int}", True),
    ]
    assert [(row["version"], row["state"]) for row in shown["minutes"]] == [
        (1, "superseded"),
        (2, "final"),
    ]
    assert shown["minutes"][1]["text"] == text("We met twice.")
    (row,) = (await hall.get("/meetings"))["items"]
    assert (row["present"], row["date"], row["state"]) == (2, f"{SOON:%Y-%m-%d}", "closed")


async def test_meetings_are_listed_from_the_latest_in_pages(hall: Hall) -> None:
    for days in (1, 3, 2):
        starts = SOON + timedelta(days=days)
        times = {
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=1)).isoformat(),
        }
        await scheduled(hall, **times)
    first = await hall.get("/meetings", limit=2)
    second = await hall.get("/meetings", limit=2, cursor=first["next_cursor"])
    dates = [row["date"] for row in first["items"] + second["items"]]
    assert dates == [f"{SOON + timedelta(days=days):%Y-%m-%d}" for days in (3, 2, 1)]
    assert second["next_cursor"] is None


async def test_c6_a_formal_meeting_opens_with_a_facilitator(hall: Hall) -> None:
    path = await scheduled(hall)
    assert await hall.refuse(CARLA, f"{path}/openings") == "no_facilitator"
    await hall.hear("OperatingModeSet", hall.coalition, mode="informal")
    await hall.make(YARA, f"{path}/openings")


async def test_c6_an_external_facilitators_organisation_takes_no_stance(hall: Hall) -> None:
    path = await sat(hall)
    outside = {"person": str(YARA), "org": str(YOUTH), "external": True}
    await hall.make(CARLA, f"{path}/facilitators", outside)
    proposal = await opened(hall, meeting=path.rpartition("/")[2])
    assert await hall.refuse(YARA, f"{proposal}/stances", {"option": "agree"}) == "no_facilitator"
    await hall.make(UMA, f"{proposal}/stances", {"option": "agree"})


async def test_c7_a_person_is_counted_once_for_an_organisation(hall: Hall) -> None:
    path = await sat(hall)
    await hall.make(UMA, f"{path}/attendances", comes(ONE, UMA, UNION))
    again = comes(TWO, UMA, UNION)
    del again["accreditation"]
    assert await hall.refuse(UMA, f"{path}/attendances", again) == "counted_twice"
    await hall.make(CARLA, f"{path}/attendances", comes(THREE, UMA, YOUTH))
    assert (await hall.get(path))["present"] == 1


async def test_c7_the_quorum_comes_and_goes_with_organisations(hall: Hall) -> None:
    await opened(hall)
    path = await sat(hall)
    for key, person, org in ((ONE, CARLA, CLINIC), (TWO, UMA, UNION)):
        await hall.make(person, f"{path}/attendances", comes(key, person, org))
    assert (await kinds(hall))[-1] == "QuorumEstablished"
    await hall.make(UMA, f"{path}/departures", {"attendance": TWO})
    assert (await kinds(hall))[-1] == "QuorumLost"
    assert (await hall.get(path))["quorum"]["present"] == 1


async def test_a_representative_records_only_its_own(hall: Hall) -> None:
    path = await sat(hall)
    ask = comes(ONE, UMA, UNION)
    assert await hall.refuse(YARA, f"{path}/attendances", ask) == "not_your_organisation"


async def test_c1_a_meeting_closes_when_its_steps_have_owners(hall: Hall) -> None:
    path = await sat(hall)
    meeting = path.rpartition("/")[2]
    body = {"what": text("Buy the van"), "meeting": meeting}
    step = await hall.make(UMA, "/steps", body)
    assert await hall.refuse(CARLA, f"{path}/closings") == "unowned_steps"
    owner = {"owner": str(YOUTH), "owners": [str(YARA)], "due": "2030-01-01"}
    await hall.make(UMA, f"/steps/{step}/assignments", owner)
    assert await hall.refuse(CARLA, f"{path}/closings") == "unowned_steps"
    await hall.make(YARA, f"/steps/{step}/acceptances")
    await hall.make(CARLA, f"{path}/closings")
    closed = dict(await hall.events())["MeetingClosed"]
    assert closed["steps"] == [step]


async def test_c1_or_names_them_and_says_why(hall: Hall) -> None:
    path = await sat(hall)
    meeting = path.rpartition("/")[2]
    step = await hall.make(UMA, "/steps", {"what": text("Buy the van"), "meeting": meeting})
    override = {"steps": [step], "reason": text("Next week.")}
    await hall.make(CARLA, f"{path}/closings", {"override": override})
    closed = dict(await hall.events())["MeetingClosed"]
    assert closed["override"]["steps"] == [step]
    assert "reason" not in closed["override"]


async def test_c2_minutes_cite_the_decisions_of_their_meeting(hall: Hall) -> None:
    path = await sat(hall)
    proposal = await opened(hall, meeting=path.rpartition("/")[2])
    await decided_by(hall, proposal)
    ref = f"meetings/{len(await hall.events())}"
    draft: dict[str, Any] = {"text": text("We decided.")}
    assert await hall.refuse(CARLA, f"{path}/minutes", draft) == "retyped_decision"
    wrong = draft | {"decisions": [ref, "meetings/1"]}
    assert await hall.refuse(CARLA, f"{path}/minutes", wrong) == "retyped_decision"
    await hall.make(CARLA, f"{path}/minutes", draft | {"decisions": [ref]})
    assert (await hall.get(path))["minutes"][0]["decisions"] == [ref]


async def test_who_is_only_informed_is_invited_back_or_listed_as_not(hall: Hall) -> None:
    for org, level in ((UNION, "inform"), (YOUTH, "inform"), (SCHOOL, "decide")):
        await hall.hear("InvolvementLevelSet", org, phase="campaign", level=level)
    path = await scheduled(hall)
    body = {
        "body": str(PLENARY),
        "issue": str(TRANSPORT),
        "affected": [],
        "title": text("A van"),
        "text": text("One van for all."),
    }
    proposal = await hall.make(CARLA, "/proposals", body)
    drafted = f"meetings/{len(await hall.events())}"
    item = {"item": ITEM, "kind": "decision", "title": text("The van"), "minutes": 20}
    await hall.make(CARLA, f"{path}/items", item | {"proposal": proposal})
    listed = f"meetings/{len(await hall.events())}"

    async def informed() -> dict[str, str | None]:
        rows = (await hall.get(f"/proposals/{proposal}"))["informed"]
        assert all(row["phases"] == ["campaign"] for row in rows)
        return {row["organisation"]["id"]: row["invited"] for row in rows}

    assert await informed() == {str(UNION): None, str(YOUTH): None}
    back = f"{path}/reengagements"
    await hall.make(CARLA, back, {"org": str(UNION), "entry": drafted})
    first = f"meetings/{len(await hall.events())}"
    await hall.make(CARLA, back, {"org": str(YOUTH), "entry": "members/1"})
    assert await informed() == {str(UNION): first, str(YOUTH): None}
    await hall.make(CARLA, back, {"org": str(YOUTH), "entry": listed})
    second = f"meetings/{len(await hall.events())}"
    assert await informed() == {str(UNION): first, str(YOUTH): second}
    nowhere = {"org": str(YOUTH), "entry": "meetings/4000"}
    assert await hall.refuse(CARLA, back, nowhere) == "unknown_entry"
    decides = {"org": str(SCHOOL), "entry": drafted}
    assert await hall.refuse(CARLA, back, decides) == "not_at_inform"
    assert await hall.refuse(SAM, back, decides) == "not_allowed"


async def test_a_step_is_owned_once_accepted_and_too_many_hours_are_warned_of(hall: Hall) -> None:
    today = datetime.now(UTC).date()
    days: dict[str, Any] = {"from": f"{today - timedelta(days=9)}", "until": f"{today}"}
    await hall.hear("CapacityPledged", YOUTH, hours_per_month=10, **days)

    async def row(step: str) -> Any:
        (found,) = (one for one in (await hall.get("/steps"))["items"] if one["step"] == step)
        return found

    async def asked(hours: int) -> str:
        step = await hall.make(UMA, "/steps", {"what": text("Buy the van"), "hours": hours})
        owner = {"owner": str(YOUTH), "owners": [str(YARA)], "due": "2030-01-01"}
        await hall.make(UMA, f"/steps/{step}/assignments", owner)
        return step

    first = await asked(6)
    shown = await row(first)
    assert (shown["owner"], shown["asked"]["id"], shown["hours"]) == (None, str(YOUTH), 6)
    assert not shown["overload"]
    await hall.make(YARA, f"/steps/{first}/acceptances")
    assert (await row(first))["owner"]["id"] == str(YOUTH)
    second = await asked(5)
    assert ((await row(first))["overload"], (await row(second))["overload"]) == (False, True)
    await hall.make(YARA, f"/steps/{second}/acceptances")
    assert (await row(first))["overload"]
    await hall.make(YARA, f"/steps/{first}/completions")
    assert not (await row(second))["overload"]
    third = await hall.make(UMA, "/steps", {"what": text("Buy two"), "hours": 5})
    await hall.make(
        YARA, f"/steps/{third}/volunteers", {"owners": [str(YARA)], "due": "2030-01-01"}
    )
    assert not (await row(third))["overload"]
    assert (await row(third))["owner"]["id"] == str(YOUTH)


async def test_i8_drafts_of_minutes_are_for_the_body(hall: Hall) -> None:
    path = await sat(hall)
    await hall.make(CARLA, f"{path}/minutes", {"text": text("We met.")})
    shown = await hall.get(path)
    assert len(shown["minutes"]) == 1


async def test_a_step_from_its_proposal_to_its_end(hall: Hall) -> None:
    proposal = await opened(hall)
    decision = (await decided_by(hall, proposal))["decision"]
    step = await hall.make(UMA, "/steps", {"what": text("Buy the van"), "decision": decision})
    path = f"/steps/{step}"
    mine = {"owners": [str(YARA), str(SAM)], "due": "2020-01-01"}
    await hall.make(YARA, f"{path}/volunteers", mine)
    await hall.make(YARA, f"{path}/due-dates", {"due": "2020-02-01", "reason": text("Snow.")})
    await hall.make(YARA, f"{path}/starts")
    await hall.make(YARA, f"{path}/blocks", {"reason": text("No key.")})
    (row,) = (await hall.get("/steps", organisation=str(YOUTH), state="open"))["items"]
    assert (row["state"], row["due"], row["overdue"], row["moved"]) == (
        "blocked",
        "2020-02-01",
        True,
        1,
    )
    assert row["owner"] == {"id": str(YOUTH), "name": text(f"Org {YOUTH.int}")}
    assert row["decision"] == {"id": decision, "name": text("One van for all")}
    assert row["what"] == text("Buy the van")
    await hall.make(YARA, f"{path}/completions", {"note": text("Done.")})
    assert (await hall.get("/steps", state="open"))["items"] == []
    assert len((await hall.get("/steps", state="completed"))["items"]) == 1
    volunteered = dict(await hall.events())["NextStepVolunteered"]
    assert [set(owner) for owner in volunteered["owners"]] == [{"_sd", "_sd_alg"}] * 2


async def test_s3_an_observer_owns_no_step(hall: Hall) -> None:
    step = await hall.make(UMA, "/steps", {"what": text("Buy the van")})
    await hall.hear("CommitmentLevelSet", YOUTH, level="observer")
    owner = {"owner": str(YOUTH), "owners": [str(YARA)], "due": "2030-01-01"}
    assert await hall.refuse(UMA, f"/steps/{step}/assignments", owner) == "voice_only"


async def test_a_step_names_a_meeting_and_decision_that_are(hall: Hall) -> None:
    for field, reason in (("meeting", "unknown_meeting"), ("decision", "unknown_decision")):
        body = {"what": text("Buy the van"), field: str(UUID(int=404))}
        assert await hall.refuse(UMA, "/steps", body) == reason


async def test_minutes_are_exported_and_their_versions_compared(hall: Hall) -> None:
    path = await sat(hall)
    for key, person, org in ((ONE, CARLA, CLINIC), (TWO, UMA, UNION)):
        await hall.make(person, f"{path}/attendances", comes(key, person, org))
    proposal = await opened(hall, meeting=path.rpartition("/")[2])
    await decided_by(hall, proposal)
    ref = f"meetings/{len(await hall.events())}"
    await hall.make(CARLA, f"{path}/minutes", {"text": text("We met.\nBye."), "decisions": [ref]})
    correction = {"corrects": 1, "text": text("We met.\nGoodbye."), "reason": text("Manners.")}
    await hall.make(
        UMA, f"{path}/minutes/corrections", correction,
        If_Match=f'"{(await hall.get(path))["version"]}"',
    )  # fmt: skip
    for person in (CARLA, UMA):
        await hall.make(person, f"{path}/minutes/approvals", {"version": 2})

    found = await hall.get(f"{path}/minutes/differences", before=1, after=2)
    assert [(row["change"], row["text"]) for row in found["lines"]] == [
        ("kept", "We met."), ("removed", "Bye."), ("added", "Goodbye."),
    ]  # fmt: skip

    async def exported(**query: str) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {hall.token(SAM)}"}
        return await hall.running.client.get(
            f"{hall.base}{path}/minutes.md", params=query, headers=headers
        )

    answer = await exported()
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert f"{SOON:%Y-%m-%d}-{path.rpartition('/')[2]}.md" in answer.headers["content-disposition"]
    assert "Version 2: final, approved by Org 1, Org 3." in answer.text
    assert "\n### One van for all: adopted\n" in answer.text
    assert f" Recorded as {ref}.\n" in answer.text
    assert answer.text.endswith("\nWe met.\nGoodbye.\n")
    assert (await exported(version="1")).text.endswith("\nWe met.\nBye.\n")
    assert (await exported(version="3")).status_code == 404
