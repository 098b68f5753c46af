"""Sheets as a service gives them, and what an import needs beside them: on a real PostgreSQL."""

import csv
import io
from typing import Any

from tests.members.service import Members, new_id, words
from tests.members.test_service import (
    ANA,
    BO,
    SCHOOL,
    Formed,
    formed,
    here,
    plenary,
)

__all__ = ["formed", "here"]

PAST = "2020-05-01T00:00:00.000Z"
MIDDAY = "2021-06-02T12:30:00.007Z"


async def sheet(coalition: Formed, kind: str, person: str = ANA, **query: Any) -> list[list[str]]:
    answer = await coalition.here.get(
        f"{coalition.path}/{kind}.csv", person, at_least=coalition.reached, **query
    )
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


def rows(read: list[list[str]]) -> list[dict[str, str]]:
    header, *found = read
    return [dict(zip(header, cells, strict=True)) for cells in found]


def line(command: str, key: str, body: Any, *, at: str = PAST, **more: Any) -> dict[str, Any]:
    return {"command": command, "id": key, "at": at, "version": 1, "body": body} | more


def admission(name: str, **more: Any) -> dict[str, Any]:
    return SCHOOL | {"name": words(name), "constituencies": [], "ground_rules": 0} | more


async def test_what_is_in_a_sheet(formed: Formed) -> None:
    school = await formed.admitted(SCHOOL | {"name": words("=School; of Arts")})
    person = await formed.registered(BO)
    accreditation = new_id()
    given = {"accreditation": accreditation, "body": await plenary(formed), "person": person,
             "authority": "full", "voting": True}  # fmt: skip
    await formed.post(f"/members/{school}/accreditations", given)
    (own,) = [row for row in rows(await sheet(formed, "members")) if row["id"] == school]
    assert (own["name"], own["kind"], own["voting"]) == ("'=School; of Arts", "organization", "yes")
    (told,) = [
        row for row in rows(await sheet(formed, "accreditations")) if row["id"] == accreditation
    ]
    assert (told["organisation"], told["body"], told["person"]) == (school, "Plenary", "bo")
    founders = [row["role"] for row in rows(await sheet(formed, "accreditations"))]
    assert sorted(founders) == ["", "chair"]
    (name, *_) = (await sheet(formed, "people", bom=True))[0]
    assert name == "\ufeffid"
    answer = await formed.here.get(f"{formed.path}/people.csv", ANA)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''people.csv"
    assert f"members/{answer.headers['accord-position']}" == formed.reached


async def test_addresses_are_for_who_presides_and_for_the_operator(formed: Formed) -> None:
    school, person = await formed.admitted(), await formed.registered(BO)
    given = {"accreditation": new_id(), "body": await plenary(formed), "person": person,
             "authority": "full", "voting": True}  # fmt: skip
    await formed.post(f"/members/{school}/accreditations", given)
    for who in (ANA, BO, "operator"):  # in informal mode, every representative presides
        assert [row["email"] for row in rows(await sheet(formed, "people", who))] == [ANA, BO]
    await formed.post("/operating-modes", {"mode": "formal"})
    for who in (ANA, "operator"):
        assert [row["email"] for row in rows(await sheet(formed, "people", who))] == [ANA, BO]
    withheld = await sheet(formed, "people", BO)
    assert withheld[0][:4] == ["id", "name", "language", "email [withheld]"]
    assert [cells[3] for cells in withheld[1:]] == ["", ""]
    assert [cells[1] for cells in withheld[1:]] == ["ana", "bo"]
    answer = await formed.here.get(f"{formed.path}/people.csv", "nobody@else.example")
    assert answer.status_code == 404


async def test_a_line_brings_all_of_its_commands_or_none(formed: Formed, here: Members) -> None:
    whole, half = new_id(), new_id()
    suspended = {"command": "SuspendMember", "at": MIDDAY, "body": {"reason": words("Fees.")}}
    unknown = {"command": "SetCommitment", "at": MIDDAY, "body": {"level": "homework"}}
    answer = await here.bring(
        formed.id,
        line("AdmitMember", whole, admission("Whole"), then=[suspended | {"id": whole}]),
        line("AdmitMember", half, admission("Half"), then=[unknown | {"id": new_id()}]),
    )
    assert [said["reason"] for said in answer if "reason" in said] == ["not_a_member"]
    assert (answer[-1]["recorded"], answer[-1]["refused"]) == (2, 1)
    formed.reached = f"members/{answer[-1]['position']}"
    found = {row["id"]: row for row in rows(await sheet(formed, "members"))}
    assert half not in found
    assert found[whole]["from"] == "2020-05-01"
    assert (found[whole]["suspended"], found[whole]["suspended_because"]) == (MIDDAY, "Fees.")


async def test_a_command_that_is_brought_along_is_looked_at_like_any(
    formed: Formed, here: Members
) -> None:
    for part, reason in (
        ({"command": "SetCommitment", "at": "2999-01-01T00:00:00.000Z"}, "in_the_future"),
        ({"command": "Nothing", "at": PAST}, "unknown_command"),
        ({"command": "SetCommitment", "at": PAST, "then": []}, "invalid"),
    ):
        org = new_id()
        along = part | {"id": org, "body": {"level": "observer"}}
        brought = line("AdmitMember", org, admission("It"), then=[along])
        answer = await here.bring(formed.id, brought)
        assert [said["reason"] for said in answer if "reason" in said] == [reason]
        assert answer[-1]["recorded"] == 0


async def test_who_may_import_learns_where_streams_stand(formed: Formed, here: Members) -> None:
    school, person = await formed.admitted(), await formed.registered(BO)
    given = {"accreditation": new_id(), "body": await plenary(formed), "person": person,
             "authority": "full", "voting": True}  # fmt: skip
    await formed.post(f"/members/{school}/accreditations", given)
    await formed.post("/operating-modes", {"mode": "formal"})
    for who in (ANA, "operator"):
        answer = await here.get(f"{formed.path}/import", who)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert f"members/{said['position']}" == formed.reached
        assert said["versions"][f"membership-{school}"] == 1
        assert said["versions"][f"coalition-{formed.id}"] == 2
        assert sum(said["versions"].values()) == said["position"]
    assert (await here.get(f"{formed.path}/import", BO)).status_code == 403
    assert (await here.get(f"{formed.path}/import", "nobody@else.example")).status_code == 404
    assert (await here.get("/coalitions/nowhere/import", "operator")).status_code == 404
