"""Who is asked to a meeting and what is prepared, over HTTP, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, TRANSPORT, UNION, YOUTH
from tests.meetings.hall import CARLA, SAM, UMA, YARA, Hall, text
from tests.meetings.test_decisions_over_http import rule
from tests.meetings.test_meetings_over_http import ITEM, SOON, scheduled

WORK = str(UUID(int=83))


async def test_f49_who_sits_in_the_body_is_invited_or_exempt_or_named(hall: Hall) -> None:
    path = await scheduled(hall)
    exempt = [{"org": str(SCHOOL), "reason": text("They move house.")}]
    some = {"orgs": [str(CLINIC), str(UNION)], "exempt": exempt}
    assert await hall.refuse(CARLA, f"{path}/invitations", some) == "not_all_invited"
    assert await hall.refuse(UMA, f"{path}/invitations", some) == "not_allowed"
    everybody = some | {"orgs": [str(CLINIC), str(UNION), str(YOUTH)]}
    await hall.make(CARLA, f"{path}/invitations", everybody)
    await hall.make(UMA, f"{path}/invitations/answers", {"answer": "maybe"})
    await hall.make(UMA, f"{path}/invitations/answers", {"answer": "yes"})
    assert await hall.refuse(SAM, f"{path}/invitations/answers", {"answer": "no"}) == "not_invited"
    shown = await hall.get(f"{path}/preparation")
    assert [(row["organisation"]["id"], row["answer"]) for row in shown["invitations"]] == [
        (str(CLINIC), None), (str(UNION), "yes"), (str(YOUTH), None),
    ]  # fmt: skip
    [row] = shown["exemptions"]
    assert (row["organisation"]["id"], row["reason"]) == (str(SCHOOL), text("They move house."))
    assert shown["forgotten"] == []
    newcomer, nora = UUID(int=6), UUID(int=36)
    await hall.admit(newcomer, nora)
    shown = await hall.get(f"{path}/preparation")
    assert [row["id"] for row in shown["forgotten"]] == [str(newcomer)]
    await hall.make(CARLA, f"{path}/invitations", {"orgs": [str(newcomer)]})
    assert (await hall.get(f"{path}/preparation"))["forgotten"] == []


async def test_f55_what_is_prepared_and_what_is_still_open_is_shown(hall: Hall) -> None:
    path = await scheduled(hall)
    item = {"item": ITEM, "kind": "discussion", "title": text("The van"), "minutes": 20}
    await hall.make(YARA, f"{path}/items", item)
    today = datetime.now(UTC).date()
    work = {
        "prework": WORK, "item": ITEM, "orgs": [str(UNION), str(YOUTH)],
        "what": text("Read the offer."), "due": str(today),
    }  # fmt: skip
    assert await hall.refuse(UMA, f"{path}/prework", work) == "not_allowed"
    await hall.make(CARLA, f"{path}/prework", work)
    await hall.make(UMA, f"{path}/prework/completions", {"prework": WORK})
    [row] = (await hall.get(f"{path}/preparation"))["prework"]
    assert (row["item"]["name"], row["what"]) == (text("The van"), text("Read the offer."))
    assert [one["organisation"]["id"] for one in row["done"]] == [str(UNION)]
    assert [one["id"] for one in row["open"]] == [str(YOUTH)]
    assert row["overdue"] is False
    hall.running.clock.ahead = timedelta(days=1)
    [row] = (await hall.get(f"{path}/preparation"))["prework"]
    assert row["overdue"] is True
    await hall.make(YARA, f"{path}/prework/completions", {"prework": WORK})
    [row] = (await hall.get(f"{path}/preparation"))["prework"]
    assert (row["open"], row["overdue"]) == ([], False)


async def test_f78_who_facilitates_where_a_proposal_is_tabled_takes_no_stance(hall: Hall) -> None:
    path = await scheduled(hall)
    draft = {
        "body": str(PLENARY), "issue": str(TRANSPORT), "affected": [], "title": text("A van"),
        "text": text("One van for all."),
    }  # fmt: skip
    key = await hall.make(CARLA, "/proposals", draft)
    item = {
        "item": ITEM, "kind": "decision", "title": text("The van"), "minutes": 20, "proposal": key,
    }  # fmt: skip
    await hall.make(YARA, f"{path}/items", item)
    outside = {"person": str(YARA), "org": str(YOUTH), "external": True}
    await hall.make(CARLA, f"{path}/facilitators", outside)
    proposal = f"/proposals/{key}"
    await hall.make(CARLA, f"{proposal}/publications")
    terms = {"rule": await rule(hall, "majority"), "closes_at": SOON.isoformat()}
    await hall.make(CARLA, f"{proposal}/votings", terms)
    agree = {"option": "agree"}
    assert await hall.refuse(YARA, f"{proposal}/stances", agree) == "no_facilitator"
    await hall.make(UMA, f"{proposal}/stances", agree)
