"""Campaigns, policies and what belongs to them: told from the past, and by whom over HTTP."""

from typing import Any
from uuid import UUID

from tests.meetings.coalition import CLINIC, NEWCOMER, SCHOOL, UNION
from tests.meetings.hall import CARLA, SAM, UMA, Hall, text
from tests.meetings.test_imports import line, roll_call

CAMPAIGN, GROWN, WORK, DEMAND, POLICY, ASKED, IDEA = (str(UUID(int=n)) for n in range(91, 98))
AIM, TARGET, ROOM = (str(UUID(int=n)) for n in range(101, 104))

PAST = (
    line("LaunchCampaign", CAMPAIGN, 1, name=text("Milk for all")),
    line("SetObjective", CAMPAIGN, 2, objective=AIM, text=text("A cup a day"), due="1951-01-01"),
    line(
        "HoldAction", CAMPAIGN, 3, kind="rally", on="1950-02-01",
        orgs=[str(CLINIC), str(NEWCOMER)], participants=900,
    ),
    line("RecordTarget", CAMPAIGN, 4, target=TARGET, name=text("The mayor"), to="oppose"),
    line("StartWorkstream", WORK, 1, campaign=CAMPAIGN, lead=str(SCHOOL), name=text("Cows")),
    line("ReportProgress", WORK, 2, by=SCHOOL, percent=50, text=text("One of two.")),
    line(
        "PresentDemand", DEMAND, 1, campaign=CAMPAIGN, office=text("The dairy"),
        text=text("Milk."), due="1950-02-01",
    ),
    line("EscalateDemand", DEMAND, 2, to=text("The ministry"), due="1950-04-01"),
    line("AnswerDemand", DEMAND, 3, result="met", text=text("Yes.")),
    line("DraftPolicy", POLICY, 1, title=text("Clean hands"), text=text("Before milk.")),
    line(
        "AgreePolicy", POLICY, 2, relation="none",
        units=[{"unit": ROOM, "owner": str(UNION), "name": text("Room 1")}],
    ),
    line("AdoptPolicy", POLICY, 3, by=UNION, unit=ROOM, reason=text("Of course.")),
    line("ReportAdaptation", POLICY, 4, by=UNION, unit=ROOM, change=text("After, too.")),
    line("AskPractice", ASKED, 1, question=text("How do you keep it cold?")),
    line("SharePractice", ASKED, 2, by=UNION, answer=text("In the well."), works="yes"),
    line("PitchIdea", IDEA, 1, text=text("Straws")),
    line("ReviewIdea", IDEA, 2, by=UNION, text=text("Paper ones.")),
    line("StartPilot", IDEA, 3, by=UNION, until="1950-06-01"),
    line("ReportPilot", IDEA, 4, by=UNION, result="worked", text=text("They do.")),
)  # fmt: skip


async def test_a_campaign_of_the_past_is_told_once(hall: Hall) -> None:
    for recorded, skipped in ((len(PAST), 0), (0, len(PAST))):
        *_, total = await hall.bring(*PAST)
        assert (total["recorded"], total["skipped"], total["refused"]) == (recorded, skipped, 0)
    shown = await hall.get(f"/campaigns/{CAMPAIGN}")
    assert [row["percent"] for row in shown["workstreams"]] == [50]
    assert [(one["reads"], one["escalated"]) for one in shown["demands"]] == [("met", True)]
    assert [row["participants"] for row in shown["actions"]] == [900]
    assert (shown["version"], shown["targets"][0]["stance"]) == (4, "oppose")
    [policy] = (await hall.get("/policies"))["items"]
    assert policy["consistency"] == [1, 1]
    assert [row["answers"][0]["works"] for row in (await hall.get("/practices"))["items"]] == [
        "yes"
    ]
    idea = await hall.get(f"/ideas/{IDEA}")
    assert [row["result"] for row in idea["pilots"]] == ["worked"]


async def test_c11_nobody_adopts_for_another_in_the_past_either(hall: Hall) -> None:
    agreed = PAST[9:11]
    theirs = line("AdoptPolicy", POLICY, 3, by=SCHOOL, unit=ROOM, reason=text("They must."))
    refused, total = await hall.bring(*agreed, theirs)
    assert (refused["reason"], total["refused"]) == ("voluntary", 1)


async def test_i2_an_import_names_who_leads(hall: Hall) -> None:
    strange = line("StartWorkstream", WORK, 1, lead=str(NEWCOMER), name=text("Cows"))
    refused, total = await hall.bring(strange)
    assert (refused["reason"], total["recorded"]) == ("unknown_organisation", 0)


async def test_f31_a_decision_is_listed_with_the_campaign_whose_objective_it_serves(
    hall: Hall,
) -> None:
    rule = line(
        "AdoptRule", str(UUID(int=81)), 1, body=roll_call({})[0]["body"]["body"],
        rule={"method": "majority", "quorum": {"at_least": [0, 1]}},
    )  # fmt: skip
    draft, *others = roll_call({CLINIC: "agree", SCHOOL: "agree"})
    aimed = draft | {"body": draft["body"] | {"objective": AIM}}
    early, _ = await hall.bring(rule, aimed)
    assert early["reason"] == "unknown_objective"
    *_, total = await hall.bring(*PAST[:2], rule, aimed, *others)
    assert total["refused"] == 0
    [decision] = (await hall.get(f"/campaigns/{CAMPAIGN}"))["decisions"]
    assert (decision["outcome"], decision["objective"]) == ("adopted", AIM)
    assert decision["title"]["text"] == "To adopt"


async def test_who_may_launch_and_who_may_say(hall: Hall) -> None:
    launch: dict[str, Any] = {"name": text("Vans")}
    assert (await hall.post(UMA, "/campaigns", launch)).status_code == 403
    launched = await hall.post(CARLA, "/campaigns", launch)
    assert launched.status_code == 201, launched.text
    key = launched.json()["stream"].partition("-")[2]
    moved = {"target": TARGET, "name": text("The mayor"), "to": "undecided"}
    assert (await hall.post(UMA, f"/campaigns/{key}/targets", moved)).status_code == 201
    aim = {"objective": AIM, "text": text("Ten vans")}
    assert (await hall.post(SAM, f"/campaigns/{key}/objectives", aim)).status_code == 403
    again = await hall.post(UMA, f"/campaigns/{key}/targets", moved)
    assert (again.status_code, again.json()["events"]) == (200, [])


async def test_f101_what_others_say_has_happened_is_known_as_far_as_it_was_heard(
    hall: Hall,
) -> None:
    def grown(*refs: str) -> dict[str, Any]:
        return {"name": text("Vans"), "from": [*refs]}

    known = await hall.post(CARLA, "/campaigns", grown("members/1", "credit/7"))
    assert known.status_code == 201, known.text
    for ref in ("members/999999", "meetings/999999", "elsewhere/1"):
        refused = await hall.post(CARLA, "/campaigns", grown(ref))
        assert (refused.status_code, refused.json()["reason"]) == (409, "unknown_event")
