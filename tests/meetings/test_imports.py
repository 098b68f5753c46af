"""Roll calls and minutes of the past come in through the same commands and rules."""

from typing import Any
from uuid import UUID

from tests.meetings.coalition import CLINIC, NEWCOMER, PLENARY, SCHOOL, TRANSPORT, UNION, YOUTH
from tests.meetings.hall import DELEGATES, SAM, Hall, text

RULE, PROPOSAL, MEETING, STEP = (str(UUID(int=n)) for n in range(81, 85))
ON = "1950-03-01T00:00:00.000Z"


def line(command: str, key: str, version: int, by: UUID = CLINIC, **body: Any) -> dict[str, Any]:
    told = {"command": command, "id": key, "version": version, "by": str(by)}
    return told | {"at": ON, "body": body, "visibility": "public"}


def roll_call(stances: dict[UUID, str], source: str = "77") -> list[dict[str, Any]]:
    """Return the lines that tell a roll call."""
    draft: dict[str, Any] = {
        "body": str(PLENARY),
        "issue": str(TRANSPORT),
        "affected": [],
        "title": text("To adopt"),
        "text": text("To adopt the proposal."),
    }
    opening: dict[str, Any] = {"rule": RULE, "closes_at": "1950-03-02T00:00:00Z"}
    last = len(stances) + 4
    return [
        line("DraftProposal", PROPOSAL, 1, **draft),
        line("PublishProposal", PROPOSAL, 2),
        line("OpenVoting", PROPOSAL, 3, **opening),
        *(
            line("TakeStance", PROPOSAL, version, by=org, option=option)
            for version, (org, option) in enumerate(stances.items(), 4)
        ),
        line("CloseVoting", PROPOSAL, last),
        line("MakeDecision", PROPOSAL, last + 1, accountable=[str(CLINIC)], source_id=source),
    ]


majority = line(
    "AdoptRule",
    RULE,
    1,
    body=str(PLENARY),
    rule={"method": "majority", "quorum": {"at_least": [0, 1]}},
)
STANCES: dict[UUID, str] = {CLINIC: "agree", SCHOOL: "agree", UNION: "disagree"}


async def test_a_roll_call_of_the_past_is_told_once(hall: Hall) -> None:
    lines = majority, *roll_call(STANCES)
    for recorded, skipped in ((len(lines), 0), (0, len(lines))):
        (total,) = await hall.bring(*lines)
        assert (total["recorded"], total["skipped"], total["refused"]) == (recorded, skipped, 0)
    made = dict(await hall.events())["DecisionMade"]
    assert made["counts"] == {"agree": 2, "disagree": 1, "abstain": 0, "object": 0}
    assert (made["outcome"], made["source_id"]) == ("adopted", "77")
    assert made["dissent"] == [str(UNION)]
    assert await hall.get("/sources") == ["77"]


async def test_the_same_roll_call_gives_the_same_decision_wherever_it_is_told(hall: Hall) -> None:
    await hall.bring(majority, *roll_call(STANCES))
    first = dict(await hall.events())["DecisionMade"]["decision"]
    other = Hall(hall.running, UUID(int=hall.coalition.int + 100_000))
    await other.found()
    await other.bring(majority, *roll_call(STANCES))
    assert dict(await other.events())["DecisionMade"]["decision"] == first


async def test_d8_d7_protect_a_result_of_the_past_too(hall: Hall) -> None:
    lines = roll_call(STANCES)
    twice = line("TakeStance", PROPOSAL, 7, by=UNION, option="agree")
    stranger = line("TakeStance", PROPOSAL, 7, by=NEWCOMER, option="agree")
    late = line("TakeStance", PROPOSAL, 7, by=YOUTH, option="agree") | {
        "at": "1950-03-02T00:00:00Z"
    }
    *refused, total = await hall.bring(majority, *lines[:-2], twice, stranger, late)
    assert [one["reason"] for one in refused] == ["one_vote", "not_accredited", "not_open"]
    assert total["refused"] == 3


async def test_minutes_of_the_past_say_what_they_know(hall: Hall) -> None:
    person, item, here = (str(UUID(int=n)) for n in range(91, 94))
    reason: dict[str, Any] = {"override": {"steps": [STEP], "reason": text("imported")}}
    await hall.hear("PersonRegistered", UUID(person), name=text("Ana"))
    lines = (
        line(
            "ScheduleMeeting", MEETING, 1, body=str(PLENARY), title=text("Assembly"), starts_at=ON
        ),
        line("ProposeAgendaItem", MEETING, 2, item=item, kind="discussion", title=text("Meals")),
        line("OpenMeeting", MEETING, 3),
        line("RecordAttendance", MEETING, 4, attendance=here, person=person, mode="remote"),
        line("ProposeStep", STEP, 1, what=text("Ask the mayor"), meeting=MEETING),
        line("DraftMinutes", MEETING, 5, steps=[STEP], text=text("We met.")),
        line("CloseMeeting", MEETING, 6, **reason),
    )
    (total,) = await hall.bring(*lines)
    assert (total["recorded"], total["refused"]) == (len(lines), 0)
    shown = await hall.get(f"/meetings/{MEETING}")
    assert (shown["imported"], shown["state"], shown["present"]) == (True, "closed", 1)
    assert (shown["host"], shown["ends_at"], shown["place"]) == (None, None, None)
    assert shown["attendance"][0]["org"] is None
    assert shown["attendance"][0]["person"] == text("Ana")
    assert shown["agenda"][0]["minutes"] is None
    assert shown["minutes"][0]["text"] == text("We met.")
    assert shown["steps"][0]["state"] == "proposed"


async def test_live_and_past_meet_in_one_coalition(hall: Hall) -> None:
    await hall.bring(majority, *roll_call(STANCES))
    shown = await hall.get(f"/proposals/{PROPOSAL}", SAM)
    assert shown["state"] == "decided"
    assert len(DELEGATES) == 4
