"""The front line over HTTP: the verdict, consents, the decision, and the report that is owed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.meetings.domain.frontline import CHECKS, WITHIN
from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, UNION, YOUTH
from tests.meetings.hall import CARLA, SAM, UMA, YARA, Hall, text
from tests.meetings.test_imports import line

FEE, STREET, LIGHT = (UUID(int=n) for n in (401, 402, 403))
LAST = "2999-12-31"
WORDS = {"text": text("We take 40.")}


async def declare(hall: Hall, org: UUID, term: UUID, accepted: Any, **more: Any) -> None:
    said: dict[str, Any] = {"term": str(term), "acceptable": accepted, "valid_until": LAST}
    await hall.hear("BottomLineDeclared", org, org, **(said | more))


async def terms(hall: Hall) -> None:
    """Let it hear of three terms, two of them with lines: the clinic's, and the school's."""
    for term in (FEE, STREET, LIGHT):
        await hall.hear("TermDefined", hall.coalition, term=str(term))
    await declare(hall, CLINIC, FEE, {"min": 0, "max": 30})
    await declare(hall, SCHOOL, STREET, ["hill"])


def ask(**values: int | str) -> dict[str, Any]:
    named = {"fee": FEE, "street": STREET, "light": LIGHT}
    return {"terms": {str(named[name]): value for name, value in values.items()}}


async def shown(hall: Hall, id_: str, person: UUID = SAM) -> dict[str, Any]:
    found: dict[str, Any] = await hall.get(f"/front-lines/{id_}", person)
    return found


async def test_f75_what_crosses_is_named_and_waits_for_a_consent(hall: Hall) -> None:
    await terms(hall)
    id_ = await hall.make(UMA, "/front-lines", ask(fee=20, street="hill"))
    row = await shown(hall, id_)
    assert (row["verdict"], row["crosses"], row["checks"]) == ("within", [], 1)
    await hall.make(UMA, f"/front-lines/{id_}/checks", ask(fee=40, street="hill"))
    row = await shown(hall, id_)
    assert (row["verdict"], row["checks"]) == ("crosses", 2)
    assert [org["name"] for org in row["crosses"]] == [text("Org 1")]
    assert row["waits_for"] == row["crosses"]
    path = f"/front-lines/{id_}/consents"
    assert await hall.refuse(YARA, path, {}) == "not_crossed"
    await hall.make(CARLA, path, {"reason": text("For once.")})
    row = await shown(hall, id_)
    assert row["waits_for"] == []
    assert row["consents"][0]["reason"] == text("For once.")

    await hall.make(UMA, f"/front-lines/{id_}/decisions", WORDS)
    made = (await shown(hall, id_))["decision"]
    assert (made["verdict"], made["outside_mandate"]) == ("crosses", False)
    assert made["text"] == WORDS["text"]
    [step] = (await hall.get("/steps", organisation=str(UNION)))["items"]
    assert (step["step"], step["state"], step["overdue"]) == (
        made["report_back"]["step"], "accepted", False,
    )  # fmt: skip
    assert step["owner"]["id"] == str(UNION)
    assert made["report_back"] == {
        "step": step["step"], "due": step["due"], "done": False, "overdue": False,
    }  # fmt: skip
    kinds = [kind for kind, _ in await hall.events()]
    assert kinds[-3:] == ["FrontLineDecisionMade", "NextStepProposed", "NextStepVolunteered"]
    told = dict(await hall.events())
    assert told["NextStepProposed"]["decision"] == made["decision"]
    assert (
        told["FrontLineDecisionMade"]["members_position"]
        == told["MandateChecked"]["members_position"]
    )
    further = {"what": text("Tell the parents."), "decision": made["decision"]}
    await hall.make(SAM, "/steps", further)
    unknown = further | {"decision": str(UUID(int=5))}
    assert await hall.refuse(SAM, "/steps", unknown) == "unknown_decision"

    review = {"result": "corrected", "text": text("35 would have done.")}
    path = f"/front-lines/{id_}/reviews"
    assert await hall.refuse(UMA, path, review) == "not_allowed"
    await hall.make(CARLA, path, review)
    await hall.make(UMA, f"/steps/{step['step']}/completions", {})
    row = await shown(hall, id_)
    assert [one["result"] for one in row["reviews"]] == ["corrected"]
    assert row["decision"]["report_back"]["done"]
    assert await hall.get("/front-lines", organisation=str(UNION)) == {
        "items": [row], "next_cursor": None,
    }  # fmt: skip
    assert (await hall.get("/front-lines", organisation=str(CLINIC)))["items"] == []
    assert (await hall.get("/front-lines", decision=made["decision"]))["items"] == [row]
    assert (await hall.get("/front-lines", decision=str(FEE)))["items"] == []
    owed, told_on = await hall.get(f"/steps/{step['step']}"), {"id": made["decision"]}
    assert owed["decision"] == told_on | {"name": WORDS["text"]}


async def test_f75_who_did_not_consent_is_decided_over_outside_the_mandate(hall: Hall) -> None:
    await terms(hall)
    id_ = await hall.make(UMA, "/front-lines", ask(fee=40, light="dim"))
    await declare(hall, YOUTH, LIGHT, ["bright"])
    path = f"/front-lines/{id_}/decisions"
    assert await hall.refuse(UMA, path, WORDS) == "crosses_bottom_line"
    await hall.make(UMA, f"/front-lines/{id_}/checks", ask(fee=40, light="dim"))
    await hall.make(YARA, f"/front-lines/{id_}/consents", {})
    await hall.make(UMA, path, WORDS)
    row = await shown(hall, id_)
    assert row["decision"]["outside_mandate"] is True
    assert [org["id"] for org in row["waits_for"]] == [str(CLINIC)]
    await hall.make(CARLA, "/front-lines", ask(fee=10))
    assert len((await hall.get("/front-lines"))["items"]) == 2


async def test_f75_the_report_is_due_as_the_rule_for_the_front_line_says(hall: Hall) -> None:
    await terms(hall)
    for rule, days in (
        ({"method": "majority", "report_back_hours": 24 * 9}, 2),
        ({"method": "front_line", "report_back_hours": 24 * 5}, 5),
    ):
        await hall.take_role(CARLA)
        adopted = {"body": str(PLENARY), "rule": rule}
        if days == 5:
            await hall.hear("OperatingModeSet", hall.coalition, mode="informal")
        await hall.make(CARLA, "/rules", adopted)
        id_ = await hall.make(UMA, "/front-lines", ask(light="dim"))
        await hall.make(UMA, f"/front-lines/{id_}/decisions", WORDS)
        made = (await shown(hall, id_))["decision"]
        assert made["verdict"] == "unknown"
        due = datetime.fromisoformat(made["at"]) + timedelta(days=days)
        assert made["report_back"]["due"] == due.date().isoformat()


async def test_d21_checks_are_limited_by_organisation_and_day(hall: Hall) -> None:
    await terms(hall)
    id_ = await hall.make(UMA, "/front-lines", ask(fee=0))
    path = f"/front-lines/{id_}/checks"
    for fee in range(1, CHECKS):
        await hall.make(UMA, path, ask(fee=fee))
    assert await hall.refuse(UMA, path, ask(fee=CHECKS)) == "too_many_checks"
    assert await hall.refuse(UMA, "/front-lines", ask(fee=CHECKS)) == "too_many_checks"
    await hall.make(YARA, "/front-lines", ask(fee=CHECKS))
    hall.running.clock.ahead += WITHIN
    await hall.make(UMA, path, ask(fee=CHECKS))


async def test_an_organisation_that_is_gone_is_crossed_by_nothing(hall: Hall) -> None:
    await terms(hall)
    await hall.hear("MemberSuspended", CLINIC)
    id_ = await hall.make(UMA, "/front-lines", ask(fee=40))
    assert (await shown(hall, id_))["verdict"] == "unknown"


async def test_what_was_settled_elsewhere_is_brought_in_once(hall: Hall) -> None:
    lines = (
        line("CheckMandate", str(UUID(int=411)), 1, UNION, **ask(fee=40)),
        line("DecideFrontLine", str(UUID(int=411)), 2, UNION, **WORDS),
    )
    for recorded, skipped in ((2, 0), (0, 2)):
        *_, total = await hall.bring(*lines)
        assert (total["recorded"], total["skipped"], total["refused"]) == (recorded, skipped, 0)
    [row] = (await hall.get("/front-lines"))["items"]
    assert (row["verdict"], row["decision"]["report_back"]) == ("unknown", None)
