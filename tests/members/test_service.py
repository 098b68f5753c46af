"""The service as people meet it: over HTTP, on a real PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx2
import pytest

from services.members.inbox import from_meetings
from shared.event import Recorded
from tests.members.service import Members, members, new_id, words
from tests.members.table import NOON

ANA, BO, CY = "ana@clinic.example", "bo@school.example", "cy@home.example"
FOUNDER = {
    "name": words("Clinic"),
    "kind": "organization",
    "sector": "health",
    "commitment": "homework",
    "voting_right": True,
}
SCHOOL = FOUNDER | {"name": words("School"), "sector": "education"}


@pytest.fixture(scope="module")
async def here(postgres: str, data: Path) -> AsyncIterator[Members]:
    async with members(postgres, data) as running:
        yield running


@dataclass
class Formed:
    """A coalition that Ana formed for the clinic; everybody sees what was answered before."""

    here: Members
    id: str
    slug: str
    reached: str

    @property
    def path(self) -> str:
        return f"/coalitions/{self.slug}"

    async def post(
        self, path: str, body: Any, person: str = ANA, **headers: str
    ) -> httpx2.Response:
        address = f"{self.path}{path}?at_least={self.reached}"
        answer = await self.here.post(address, body, person, **headers)
        if answer.status_code == 201:
            self.reached = reached(answer)
        return answer

    async def get(self, path: str, person: str = ANA, **query: Any) -> Any:
        answer = await self.here.get(f"{self.path}{path}", person, at_least=self.reached, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def admitted(self, body: dict[str, Any] = SCHOOL) -> str:
        answer = await self.post("/members", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["stream"]).partition("-")[2]

    async def registered(self, person: str) -> str:
        answer = await self.post("/people", of(person))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["stream"]).partition("-")[2]


def of(person: str) -> dict[str, Any]:
    return {"name": words(person.partition("@")[0]), "contact": words(person), "locale": "en"}


def reached(answer: httpx2.Response) -> str:
    return f"members/{answer.headers['accord-position']}"


async def form(
    here: Members, address: str, signed_in: str = ANA, key: str | None = None, **more: Any
) -> httpx2.Response:
    body = {
        "slug": address,
        "template": "alliance",
        "name": words(f"Alliance {address}"),
        "founder": FOUNDER,
        "person": of(signed_in),
    }
    headers = {"Idempotency_Key": key} if key else {}
    return await here.post("/coalitions", body | more, signed_in, **headers)


@pytest.fixture
async def formed(here: Members, request: pytest.FixtureRequest) -> Formed:
    slug = request.node.name.replace("_", "-")[:63]
    answer = await form(here, slug)
    assert answer.status_code == 201, answer.text
    stream = str(answer.json()["stream"])
    return Formed(here, stream.partition("-")[2], slug, reached(answer))


async def plenary(coalition: Formed) -> str:
    bodies = (await coalition.get("/bodies"))["items"]
    return str(bodies[0]["id"])


async def test_forming_sets_the_table_at_once(here: Members) -> None:
    answer = await form(here, "at-once")
    assert answer.status_code == 201
    assert [event["type"] for event in answer.json()["events"]] == [
        "CoalitionFormed",
        "BodyConstituted",
        "MemberJoined",
        "PersonRegistered",
        "RepresentativeAccredited",
        "RoleTaken",
    ]
    made = answer.json()["stream"].partition("-")[2]
    assert answer.headers["location"].endswith(f"/coalitions/{made}")
    coalition = Formed(here, made, "at-once", reached(answer))
    body = (await coalition.get("/bodies"))["items"][0]
    shown = await coalition.get("")
    assert shown == {
        "coalition": made,
        "slug": "at-once",
        "name": words("Alliance at-once"),
        "mode": "informal",
        "template": "alliance",
        "plenary": body["id"],
    }
    assert (await coalition.get("/members"))["items"][0]["name"] == words("Clinic")
    assert (body["kind"], body["scope"]) == ("plenary", "all")
    assert [role["role"] for role in body["roles"]] == ["chair"]
    me = await coalition.get("/me")
    assert me["name"] == words("ana")
    assert [(m["authority"], m["voting"], m["roles"]) for m in me["mandates"]] == [
        ("full", True, ["chair"])
    ]


async def test_forming_again_with_the_same_key_answers_the_same(here: Members) -> None:
    first = await form(here, "lost-answer", key="lost")
    again = await form(here, "lost-answer", key="lost")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    another = await form(here, "another", key="lost")
    assert (another.status_code, another.json()["reason"]) == (422, "key_reused")
    of_another_person = await form(here, "bos-own", BO, key="lost")
    assert of_another_person.json()["stream"] != first.json()["stream"]


async def test_a_slug_is_taken_once(here: Members, formed: Formed) -> None:
    answer = await form(here, formed.slug)
    assert (answer.status_code, answer.json()["reason"]) == (409, "slug_taken")


async def test_nobody_forms_a_coalition_under_anothers_address(here: Members) -> None:
    answer = await form(here, "not-mine", BO, person=of(ANA))
    assert answer.status_code == 403


async def test_what_is_asked_wrongly_is_said_so(here: Members) -> None:
    for wrong in ({"slug": "Ümlaut"}, {"founder": None}, {"by": new_id()}):
        answer = await form(here, "wrong", **wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["reason"] == "invalid"


async def test_people_see_their_own_coalitions_only(here: Members, formed: Formed) -> None:
    await formed.get("")
    answer = await here.get("/coalitions", ANA)
    assert formed.slug in [row["slug"] for row in answer.json()["items"]]
    assert (await here.get("/coalitions", "nobody@else.example")).json()["items"] == []
    everything = (await here.get("/coalitions", "operator")).json()["items"]
    assert formed.slug in [row["slug"] for row in everything]
    acquainted = (await here.get("/me", ANA)).json()
    assert acquainted["name"] == words("ana")
    for path in ("", "/members", "/bodies", "/issues", "/people", "/me"):
        answer = await here.get(f"{formed.path}{path}", "nobody@else.example")
        assert answer.status_code == 404, path


async def test_who_is_unknown_here_can_command_nothing(formed: Formed) -> None:
    stranger = "nobody@else.example"
    answer = await formed.post("/issues", {"name": words("x"), "summary": words("y")}, stranger)
    assert answer.status_code == 404
    answer = await formed.post("/operating-modes", {"mode": "formal"}, stranger)
    assert answer.status_code == 404


async def test_an_organisation_applies_joins_and_is_spoken_for(formed: Formed) -> None:
    application = {
        "name": words("School"), "kind": "organization", "sector": "education", "why": words("w"),
    }  # fmt: skip
    answer = await formed.post("/applications", application, BO)
    assert answer.status_code == 201, answer.text
    school = answer.json()["stream"].partition("-")[2]
    answer = await formed.post(f"/members/{school}/admissions", SCHOOL)
    assert [event["type"] for event in answer.json()["events"]] == ["MemberJoined"]
    bo = await formed.registered(BO)
    accredit = {
        "accreditation": new_id(), "body": await plenary(formed), "person": bo,
        "authority": "full", "voting": True,
    }  # fmt: skip
    answer = await formed.post(f"/members/{school}/accreditations", accredit)
    assert answer.status_code == 201, answer.text
    repeated = await formed.post(f"/members/{school}/accreditations", accredit)
    assert (repeated.status_code, repeated.json()["events"]) == (200, [])
    me = await formed.get("/me", BO)
    assert me["mandates"][0]["organisation"] == {"id": school, "name": words("School")}
    answer = await formed.post(
        f"/members/{school}/accreditations", accredit | {"accreditation": new_id()}, BO
    )
    assert (answer.status_code, answer.json()["reason"]) == (409, "voting_seat_taken")
    answer = await formed.post(f"/members/{school}/commitments", {"level": "observer"}, BO)
    assert answer.status_code == 201
    answer = await formed.post(f"/members/{school}/commitments", {"level": "homework"}, ANA)
    assert (answer.status_code, answer.json()["reason"]) == (409, "not_your_organisation")
    raised = await formed.post("/issues", {"name": words("Meals"), "summary": words("s")}, BO)
    assert raised.status_code == 201
    issue = (await formed.get("/issues"))["items"][0]
    assert (issue["name"], issue["scope"]) == (words("Meals"), "in")
    assert issue["raised_by"]["id"] == school


async def test_a_person_joins_and_speaks_at_once(formed: Formed) -> None:
    answer = await formed.post("/people", of(CY), CY)
    assert answer.status_code == 201, answer.text
    cy = answer.json()["stream"].partition("-")[2]
    alone = SCHOOL | {"name": words("Cy"), "kind": "person", "person": cy}
    answer = await formed.post("/members", alone)
    assert [event["type"] for event in answer.json()["events"]] == [
        "MemberJoined",
        "RepresentativeAccredited",
    ]
    raised = await formed.post("/issues", {"name": words("Buses"), "summary": words("s")}, CY)
    assert raised.status_code == 201, raised.text


async def test_nobody_registers_themselves_under_anothers_address(formed: Formed) -> None:
    assert (await formed.post("/people", of(BO), CY)).status_code == 403


async def test_an_address_belongs_to_who_registered_it_first(formed: Formed) -> None:
    before = await formed.get("/me")
    answer = await formed.post("/people", of(ANA))
    assert answer.status_code == 201
    assert (await formed.get("/me"))["person"] == before["person"]
    assert len((await formed.get("/people"))["items"]) == 2


async def test_i5_nothing_of_several_steps_is_kept_when_one_is_refused(formed: Formed) -> None:
    unknown = SCHOOL | {"name": words("Cy"), "kind": "person", "person": new_id()}
    answer = await formed.post("/members", unknown)
    assert (answer.status_code, answer.json()["reason"]) == (409, "unknown_person")
    async with formed.here.rows(formed.id) as db:
        written = await db.fetchval("select count(*) from journal.event")
    assert formed.reached == f"members/{written}"


async def test_m1_formal_mode_asks_for_a_decision_that_was_heard(formed: Formed) -> None:
    school = await formed.admitted()
    assert (await formed.post("/operating-modes", {"mode": "formal"})).status_code == 201
    suspend: dict[str, Any] = {"reason": words("Unpaid")}
    path = f"/members/{school}/suspensions"
    answer = await formed.post(path, suspend)
    assert (answer.status_code, answer.json()["reason"]) == (409, "needs_decision")
    suspend["decision"] = "meetings/41"
    answer = await formed.post(path, suspend)
    assert answer.json()["reason"] == "needs_decision"
    async with formed.here.rows(formed.id) as db:
        await from_meetings.apply(db, [decided(formed.id, 41), decided(formed.id, 42, "rejected")])
    assert (await formed.post(path, suspend | {"decision": "meetings/42"})).status_code == 409
    answer = await formed.post(path, suspend)
    assert answer.status_code == 201, answer.text
    rows = await formed.get("/members", state="suspended")
    assert [row["id"] for row in rows["items"]] == [school]


def decided(coalition: str, position: int, outcome: str = "adopted") -> Recorded:
    return Recorded(
        coalition=UUID(coalition),
        service="meetings",
        position=position,
        type="DecisionMade",
        stream=f"proposal-{UUID(int=1)}",
        version=9,
        at=NOON,
        recorded_at=NOON,
        visibility="members",
        data={"outcome": outcome},
        leaf=b"",
    )


async def test_a_suspended_members_people_can_do_nothing(formed: Formed) -> None:
    school, bo = await formed.admitted(), await formed.registered(BO)
    accredit = {
        "accreditation": new_id(), "body": await plenary(formed), "person": bo,
        "authority": "full", "voting": True,
    }  # fmt: skip
    await formed.post(f"/members/{school}/accreditations", accredit)
    await formed.post(f"/members/{school}/suspensions", {"reason": words("Unpaid")})
    again = await formed.post(f"/members/{school}/reinstatements", {"reason": words("Paid")}, BO)
    assert again.status_code == 404
    again = await formed.post(f"/members/{school}/reinstatements", {"reason": words("Paid")})
    assert again.status_code == 201


async def test_a_body_has_seats_and_roles(formed: Formed) -> None:
    issue = new_id()
    answer = await formed.post(
        "/bodies", {"name": words("Meals"), "kind": "working_group", "scope": [issue]}
    )
    assert answer.status_code == 201, answer.text
    group, me = answer.json()["stream"].partition("-")[2], await formed.get("/me")
    clinic, seat = me["mandates"][0]["organisation"]["id"], new_id()
    assert (await formed.post(f"/bodies/{group}/seats", {"seat": seat})).status_code == 201
    seating = {"seat": seat, "org": clinic}
    assert (await formed.post(f"/bodies/{group}/seatings", seating)).status_code == 201
    elsewhere = {"role": "treasurer", "accreditation": me["mandates"][0]["accreditation"]}
    answer = await formed.post(f"/bodies/{group}/roles", elsewhere)
    assert (answer.status_code, answer.json()["reason"]) == (409, "not_accredited")
    accredit = {
        "accreditation": new_id(), "body": group, "person": me["person"],
        "authority": "full", "voting": True,
    }  # fmt: skip
    await formed.post(f"/members/{clinic}/accreditations", accredit)
    here = {"role": "treasurer", "accreditation": accredit["accreditation"]}
    answer = await formed.post(f"/bodies/{group}/roles", here)
    assert answer.status_code == 201, answer.text
    body = (await formed.get("/bodies"))["items"][1]
    assert body["scope"] == [issue]
    assert [role["role"] for role in body["roles"]] == ["treasurer"]
    assert [(s["seat"], s["organisation"]["id"]) for s in body["seats"]] == [(seat, clinic)]
    vacancy = {"seat": seat, "reason": "moved"}
    assert (await formed.post(f"/bodies/{group}/vacancies", vacancy)).status_code == 201
    assert (await formed.post(f"/bodies/{group}/releases", here)).status_code == 201
    answer = await formed.post(f"/bodies/{group}/dissolutions", {"reason": words("Done")})
    assert answer.status_code == 201
    body = (await formed.get("/bodies"))["items"][1]
    assert (body["dissolved"], body["roles"], body["seats"][0]["organisation"]) == (True, [], None)


async def test_anothers_coalition_is_not_there(here: Members, formed: Formed) -> None:
    other = await form(here, "of-others", BO)
    assert other.status_code == 201
    school = await formed.admitted()
    answer = await here.post(
        f"/coalitions/of-others/members/{school}/suspensions", {"reason": words("x")}, ANA
    )
    assert answer.status_code == 404
    async with here.rows(formed.id) as db:
        foreign = await db.fetchval(
            "select count(*) from membership where coalition_id <> $1", UUID(formed.id)
        )
    assert foreign == 0


def line(command: str, of: UUID, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a line of an import, of class `public`."""
    told = {"command": command, "id": str(of), "at": "1946-01-10T00:00:00Z", "version": 1}
    return told | {"body": body, "visibility": "public"} | more


async def test_the_past_is_imported_once(here: Members) -> None:
    assembly = uuid5(UUID(int=1), "assembly")
    founder, state, issue = (uuid5(assembly, name) for name in ("secretariat", "state", "issue"))
    someone, member = uuid5(assembly, "someone"), {k: v for k, v in FOUNDER.items() if k != "name"}
    forming = {
        "slug": "assembly",
        "template": "alliance",
        "name": words("assembly"),
        "founder": member | {"name": words("Secretariat"), "org": str(founder)},
        "plenary": str(uuid5(assembly, "plenary")),
    }
    lines = (
        line("FormCoalition", assembly, forming),
        line("AdmitMember", state, member | {"name": words("Ruritania")}, by=str(founder)),
        line("RaiseIssue", issue, {"name": words("Other"), "summary": words("s")}),
        line("RegisterPerson", someone, {"name": words("Somebody"), "locale": "en"}),
        line(
            "AdmitMember",
            uuid5(assembly, "helper"),
            member | {"name": words("helper"), "kind": "person"},
        ),
    )
    answer = await here.bring(assembly, *lines)
    assert answer == [{"recorded": 7, "skipped": 0, "refused": 0, "position": 7}]
    answer = await here.bring(assembly, *lines)
    assert answer == [{"recorded": 0, "skipped": 5, "refused": 0, "position": 7}]
    shown = await here.get("/coalitions/assembly/members", "operator", at_least="members/7")
    assert {row["name"]["text"] for row in shown.json()["items"]} == {
        "Secretariat",
        "Ruritania",
        "helper",
    }
    async with here.rows(assembly) as db:
        entries = [row["bytes"] for row in await db.fetch("select bytes from journal.event")]
    everything = b"\n".join(entries)
    assert b"Ruritania" in everything  # public before, and in clear
    assert b"Somebody" not in everything
    assert b"helper" not in everything


async def test_an_import_refuses_what_the_rules_forbid(here: Members) -> None:
    fresh = uuid5(UUID(int=1), "fresh")
    named = FOUNDER | {"ground_rules": 3}
    answer = await here.bring(
        fresh,
        line("AdmitMember", uuid5(fresh, "a"), named),
        line("AdmitMember", UUID(int=1), {}),
        line("AdmitMember", uuid5(fresh, "b"), FOUNDER) | {"id": "not-an-id"},
    )
    assert {one["index"]: one["reason"] for one in answer[:-1]} == {
        0: "unknown_version",
        1: "invalid",
        2: "invalid",
    }
