"""Concerns over HTTP, on a real PostgreSQL: who reads them, who may know whose they are."""

from typing import Any
from uuid import UUID, uuid4

import orjson

from services.meetings.domain.concern import AT_ONCE
from shared.database import tenant
from shared.identity import Signed
from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, STEERING, UNION
from tests.meetings.hall import CARLA, SAM, UMA, YARA, Hall, accreditation, text
from tests.meetings.test_ballots_over_http import fetch, published
from tests.meetings.test_meetings_over_http import ITEM, sat

CONCERN = {"source": "community", "kind": "implementation", "text": text("The van is late.")}
HIDDEN: dict[str, Any] = CONCERN | {"anonymous": True}
ENDED = {"how": "explained", "text": text("It comes at noon.")}


async def listed(hall: Hall, person: UUID = SAM, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await hall.get("/concerns", person, **query))["items"]
    return rows


async def raiser(hall: Hall, concern: str, person: UUID) -> Any:
    """Return whom a person is told, or the status of the answer where they are told nothing."""
    await hall.running.views.heal(hall.coalition)
    headers = {"Authorization": f"Bearer {hall.token(person)}"}
    path = f"{hall.base}/concerns/{concern}/raiser"
    answer = await hall.running.client.get(path, headers=headers)
    return answer.json()["raised_by"] if answer.status_code == 200 else answer.status_code


async def everything(hall: Hall) -> set[tuple[str, str]]:
    """Return every row that the service keeps of the coalition: its table, and all it says."""
    rows: set[tuple[str, str]] = set()
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        tables = await db.fetch(
            "select table_schema, table_name from information_schema.columns"
            " where column_name = 'coalition_id' and has_schema_privilege(table_schema, 'usage')"
            " and has_table_privilege("
            "  quote_ident(table_schema) || '.' || quote_ident(table_name), 'select')"
        )
        for schema, name in tables:
            for row in await db.fetch(f'select * from "{schema}"."{name}"'):  # noqa: S608 - names from the catalogue
                rows.add((f"{schema}.{name}", "\n".join(map(_written, row.values()))))
    return rows


def _written(value: Any) -> str:
    return f"{value!r} {value.hex()}" if isinstance(value, bytes) else str(value)


async def test_f72_an_anonymous_concern_shows_its_age_and_leads_to_nobody(hall: Hall) -> None:
    await listed(hall)
    before = await everything(hall)
    key = "a-guess"
    receipt = await hall.post(UMA, "/concerns", HIDDEN, Idempotency_Key=key)
    assert receipt.status_code == 201, receipt.text
    again = await hall.post(UMA, "/concerns", HIDDEN, Idempotency_Key=key)
    assert again.json() == receipt.json()
    assert len(await fetch(hall, "select from box.raiser")) == 1
    [row] = await listed(hall)
    assert (row["raised_by"], row["days"], row["resolution"]) == (None, 0, None)
    assert "T" not in row["raised_on"]

    concern = row["concern"]
    new = await everything(hall) - before
    about = {where for where, said in new if concern in said}
    assert about >= {"journal.event", "journal.idempotency", "box.raiser"}
    subject = f"{UMA}@{hall.coalition}"
    leads = {
        str(UNION), UNION.hex, str(UMA), UMA.hex, str(accreditation(UMA)), subject, key,
        Signed("accord", subject).principal,
    }  # fmt: skip
    for where, said in new:
        for lead in leads:
            assert lead not in said, (where, lead)
    [event] = await fetch(hall, "select bytes, traceparent from journal.event")
    held = orjson.loads(event["bytes"])
    assert not {"onbehalfof", "accreditation", "authority"} & held.keys()
    assert event["traceparent"] is None
    assert "The van is late." not in event["bytes"].decode()

    assert await raiser(hall, concern, SAM) == 403
    assert await raiser(hall, concern, UMA) == 403
    assert (await raiser(hall, concern, CARLA))["id"] == str(UNION)
    assert await hall.refuse(SAM, f"/concerns/{concern}/resolutions", ENDED) == (
        "not_the_facilitator"
    )
    await hall.make(CARLA, f"/concerns/{concern}/resolutions", ENDED)
    [row] = await listed(hall)
    assert row["resolution"]["how"] == "explained"
    assert row["resolution"]["by"]["id"] == str(CLINIC)
    assert await raiser(hall, concern, CARLA) is None
    assert await fetch(hall, "select from box.raiser") == []


async def test_f72_a_concern_in_an_organisations_name_says_whose_it_is(hall: Hall) -> None:
    concern = await hall.make(UMA, "/concerns", CONCERN)
    assert await fetch(hall, "select from box.raiser") == []
    [row] = await listed(hall)
    assert row["raised_by"]["id"] == str(UNION)
    assert (await raiser(hall, concern, SAM))["id"] == str(UNION)
    assert await raiser(hall, str(uuid4()), SAM) == 404


async def test_f72_what_is_sent_again_with_other_words_is_the_same_concern(hall: Hall) -> None:
    for words in ("The van is late.", "The bus is late."):
        sent = HIDDEN | {"text": text(words)}
        assert (await hall.post(UMA, "/concerns", sent, Idempotency_Key="once")).status_code == 201
    [row] = await listed(hall)
    assert row["text"] == text("The van is late.")


async def test_f72_an_organisation_floods_nobody_with_anonymous_concerns(hall: Hall) -> None:
    first = await hall.make(UMA, "/concerns", HIDDEN)
    for _ in range(AT_ONCE - 1):
        await hall.make(UMA, "/concerns", HIDDEN)
    assert await hall.refuse(UMA, "/concerns", HIDDEN) == "too_many_anonymous"
    assert len(await fetch(hall, "select from box.raiser")) == AT_ONCE
    await hall.make(YARA, "/concerns", HIDDEN)
    await hall.make(UMA, "/concerns", CONCERN)
    await hall.make(CARLA, f"/concerns/{first}/resolutions", ENDED)
    await hall.make(UMA, "/concerns", HIDDEN)


async def test_f72_who_facilitates_the_meeting_knows_and_the_chair_does_not(hall: Hall) -> None:
    path = await sat(hall)
    item = {"item": ITEM, "kind": "discussion", "title": text("The van"), "minutes": 20}
    await hall.make(YARA, f"{path}/items", item)
    concern = await hall.make(UMA, "/concerns", HIDDEN | {"item": ITEM})
    assert await raiser(hall, concern, CARLA) == 403
    assert (await raiser(hall, concern, SAM))["id"] == str(UNION)
    [row] = await listed(hall)
    assert (row["may_know"], row["may_resolve"]) == (True, True)
    [row] = await listed(hall, YARA)
    assert (row["may_know"], row["may_resolve"]) == (False, False)
    assert await hall.refuse(YARA, f"/concerns/{concern}/resolutions", ENDED) == (
        "not_the_facilitator"
    )
    await hall.make(SAM, f"/concerns/{concern}/resolutions", ENDED)


async def test_f72_nobody_presides_over_names_in_informal_mode_but_who_holds_the_role(
    hall: Hall,
) -> None:
    await hall.hear("OperatingModeSet", hall.coalition, mode="informal")
    concern = await hall.make(UMA, "/concerns", HIDDEN)
    for person in (SAM, UMA, YARA):
        assert await raiser(hall, concern, person) == 403
    assert (await raiser(hall, concern, CARLA))["id"] == str(UNION)
    await hall.make(YARA, f"/concerns/{concern}/resolutions", ENDED)


async def test_f72_what_a_one_person_member_says_anonymously_is_under_nobodys_key(
    hall: Hall,
) -> None:
    person = UUID(int=53)
    await hall.admit(UUID(int=51), person, kind="person")
    keys = hall.running.host.keys
    assert keys is not None
    await hall.make(person, "/concerns", CONCERN)
    closed = await fetch(hall, "select key_id from journal.disclosure where position = 1")
    theirs = await keys.of(hall.coalition, person)
    assert {row["key_id"] for row in closed} & theirs
    await hall.make(person, "/concerns", HIDDEN)
    closed = await fetch(hall, "select key_id from journal.disclosure where position = 2")
    assert closed
    assert not {row["key_id"] for row in closed} & await keys.of(hall.coalition, person)


async def test_f85_a_concern_stands_with_the_proposal_it_is_about(hall: Hall) -> None:
    proposal = (await published(hall)).rpartition("/")[2]
    await hall.make(SAM, "/concerns", CONCERN)
    concern = await hall.make(SAM, "/concerns", CONCERN | {"about": proposal})
    [row] = await listed(hall, about=proposal)
    assert row["concern"] == concern
    assert row["about"] == {"id": proposal, "name": text("One van for all")}
    assert (row["source"], row["body"]["id"]) == ("community", str(PLENARY))
    missing = CONCERN | {"about": str(uuid4())}
    assert await hall.refuse(SAM, "/concerns", missing) == "unknown_proposal"


async def steered(hall: Hall) -> None:
    """Let there be a steering committee of the clinic and the union."""
    await hall.hear(
        "BodyConstituted", STEERING, name=text("Steering"), kind="steering", scope="all"
    )
    for org, person in ((CLINIC, CARLA), (UNION, UMA)):
        await hall.accredit(
            org, person, accreditation=str(UUID(int=person.int + 2_000_000)), body=str(STEERING)
        )


async def request(hall: Hall, person: UUID, position: int, **more: Any) -> Any:
    return await hall.post(
        person, "/disclosures", {"items": [f"meetings/{position}"], "to": "members"} | more
    )


async def test_f86_c9_an_interpersonal_concern_is_not_disclosed_above_its_body(hall: Hall) -> None:
    await steered(hall)
    personal = CONCERN | {"kind": "interpersonal", "body": str(STEERING)}
    receipt = await hall.post(UMA, "/concerns", personal)
    position = receipt.json()["position"]
    assert await listed(hall) == [], "Sam is not of that body"
    for to in ("members", "public"):
        refused = await request(hall, UMA, position, to=to)
        assert (refused.status_code, refused.json()["reason"]) == (409, "interpersonal")
    hidden = await request(hall, SAM, position)
    assert hidden.json()["reason"] == "unknown_item", "who may not see it is told that it is not"
    anonymous = await hall.post(UMA, "/concerns", HIDDEN | {"body": str(STEERING)})
    refused = await request(hall, UMA, anonymous.json()["position"])
    assert refused.json()["reason"] == "anonymous"


async def test_f86_c9_a_boundary_agreement_opens_other_concerns_only(hall: Hall) -> None:
    await steered(hall)
    agreed = {"concern": "members"}
    await hall.hear("BoundaryAgreed", hall.coalition, version=1, defaults=agreed, min_group=3)
    open_ = await hall.make(UMA, "/concerns", CONCERN | {"body": str(STEERING)})
    await hall.make(UMA, "/concerns", CONCERN | {"kind": "interpersonal", "body": str(STEERING)})
    assert [row["concern"] for row in await listed(hall)] == [open_]


async def test_a_concern_is_shown_to_all_once_whoever_raised_it_approves(hall: Hall) -> None:
    await steered(hall)
    receipt = await hall.post(UMA, "/concerns", CONCERN | {"body": str(STEERING)})
    assert await listed(hall) == []
    unseen = await request(hall, SAM, receipt.json()["position"])
    assert unseen.json()["reason"] == "unknown_item", "it would say whose it is"
    asked = await request(hall, CARLA, receipt.json()["position"])
    disclosure = asked.json()["stream"].partition("-")[2]
    assert await listed(hall) == []
    await hall.make(UMA, f"/disclosures/{disclosure}/approvals")
    concern = receipt.json()["stream"].partition("-")[2]
    [row] = await listed(hall)
    assert (row["answered"], row["days"]) == (False, 0)
    office: dict[str, Any] = {
        "role": "chair", "accreditation": str(UUID(int=CARLA.int + 2_000_000)),
    }  # fmt: skip
    await hall.hear("RoleTaken", STEERING, **office)
    await hall.make(CARLA, f"/concerns/{concern}/resolutions", ENDED)
    [row] = await listed(hall)
    assert row["text"] == text("The van is late.")
    assert row["raised_by"]["id"] == str(UNION)
    seen = row["answered"], row["resolution"], row["days"]
    assert seen == (True, None, None), "what was said is for the body"


async def test_f115_a_mediated_concern_ends_with_its_outcome_in_its_class(hall: Hall) -> None:
    await steered(hall)
    personal = CONCERN | {"kind": "interpersonal", "body": str(STEERING)}
    concern = await hall.make(UMA, "/concerns", personal)
    agreed = {"concern": "members"}
    await hall.hear("BoundaryAgreed", hall.coalition, version=1, defaults=agreed, min_group=3)
    mediated = {"how": "mediated", "text": text("Both shook hands.")}
    await hall.take_role(SAM)
    assert await hall.refuse(YARA, f"/concerns/{concern}/resolutions", mediated)
    office: dict[str, Any] = {
        "role": "chair", "accreditation": str(UUID(int=CARLA.int + 2_000_000)),
    }  # fmt: skip
    await hall.hear("RoleTaken", STEERING, **office)
    await hall.make(CARLA, f"/concerns/{concern}/resolutions", mediated)
    events = await fetch(hall, "select bytes from journal.event order by position")
    told = [orjson.loads(row["bytes"]) for row in events]
    assert [(one["visibility"], one["audience"]) for one in told] == [
        ("body", f"body:{STEERING}"), ("body", f"body:{STEERING}"),
    ]  # fmt: skip
    assert await listed(hall) == []
    assert str(SCHOOL) not in str(told)
