"""What meetings hears is enough to know who may act, and who may decide."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.meetings.domain.ids import TermId
from services.meetings.domain.mandate import Mandate, Range
from services.meetings.inbox import from_members
from services.meetings.views.lines import mandate
from services.meetings.views.roll import ROLL, Roll
from shared.canonical import jsonable
from shared.event import Event
from tests.contracts.samples_members import SAMPLES
from tests.meetings.coalition import (
    ANNA,
    CLINIC,
    PARENTS,
    PLENARY,
    SCHOOL,
    STEERING,
    TRANSPORT,
    UNION,
    YOUTH,
)
from tests.meetings.hall import CARLA, DELEGATES, SAM, YARA, Hall, accreditation, text

TODAY = date(2026, 3, 1)


async def roll(hall: Hall) -> Roll:
    assert hall.running.host.journal is not None
    return await hall.running.host.journal.look(hall.coalition, lambda read: read.snapshot(ROLL))


@pytest.mark.parametrize("event", [event for _, event in SAMPLES], ids=lambda e: type(e).__name__)
def test_every_event_of_members_is_read_or_let_pass(event: Event) -> None:
    if heard := from_members.for_type(type(event).__name__):
        heard.reads.model_validate(jsonable(event))


async def test_members_sit_in_the_plenary(hall: Hall) -> None:
    known = await roll(hall)
    assert known.sitting(PLENARY, TODAY) == set(DELEGATES.values()) == known.joined
    assert (known.informal, known.plenary, known.steering) == (False, PLENARY, None)


async def test_d4_who_speaks_for_a_constituency_brings_its_voice(hall: Hall) -> None:
    await hall.hear("ConstituencyIdentified", PARENTS)
    await hall.hear(
        "ConstituencyRepresented", PARENTS, by=YOUTH, since="2026-02-01", until="2026-03-01"
    )
    known = await roll(hall)
    assert known.constituencies == {PARENTS}

    def voices(day: date) -> dict[UUID, tuple[UUID, ...]]:
        return {each.class_[0]: each.constituencies for each in known.classes(PLENARY, day)}

    assert voices(TODAY) == dict.fromkeys(DELEGATES.values(), ()) | {YOUTH: (PARENTS,)}
    assert voices(date(2026, 1, 31)) == voices(date(2026, 3, 2))
    assert voices(date(2026, 3, 2))[YOUTH] == ()


async def test_who_is_suspended_or_gone_sits_nowhere(hall: Hall) -> None:
    await hall.hear("MemberSuspended", SCHOOL)
    await hall.hear("MemberLeft", YOUTH, reason_code="capacity")
    known = await roll(hall)
    assert known.sitting(PLENARY, TODAY) == {CLINIC, UNION}
    assert known.joined == {CLINIC, SCHOOL, UNION}
    assert {each.by for each in known.mandates.values()} == {CLINIC, UNION}
    await hall.hear("MemberReinstated", SCHOOL)
    assert SCHOOL in (await roll(hall)).sitting(PLENARY, TODAY)


async def test_in_another_body_sit_those_with_a_seat_or_a_voting_accreditation(hall: Hall) -> None:
    await hall.hear("BodyConstituted", STEERING, kind="steering", scope=[str(TRANSPORT)])
    seat = str(UUID(int=90))
    await hall.hear("SeatReserved", STEERING, seat=seat)
    await hall.hear("SeatFilled", STEERING, seat=seat, org=str(UNION))
    await hall.accredit(SCHOOL, SAM, accreditation=str(UUID(int=91)), body=str(STEERING))
    mute = {"accreditation": str(UUID(int=92)), "body": str(STEERING), "voting": False}
    await hall.accredit(CLINIC, CARLA, **mute)
    over = {"accreditation": str(UUID(int=93)), "body": str(STEERING), "until": "2026-02-01"}
    await hall.accredit(YOUTH, YARA, **over)
    known = await roll(hall)
    assert known.sitting(STEERING, TODAY) == {UNION, SCHOOL}
    assert known.steering == STEERING
    assert known.bodies[STEERING].scope == frozenset({TRANSPORT})
    await hall.hear("SeatVacated", STEERING, seat=seat)
    assert (await roll(hall)).sitting(STEERING, TODAY) == {SCHOOL}
    await hall.hear("BodyDissolved", STEERING)
    assert (await roll(hall)).bodies[STEERING].scope == frozenset()


async def test_a_class_speaks_for_the_constituencies_of_its_organisations(hall: Hall) -> None:
    await hall.admit(UUID(int=70), UUID(int=44), constituencies=[str(PARENTS)])
    classes = (await roll(hall)).classes(PLENARY, TODAY)
    assert [each.constituencies for each in classes if each.constituencies] == [(PARENTS,)]


async def test_a_role_ends(hall: Hall) -> None:
    path = "/rules"
    ask = {"body": str(PLENARY), "rule": {"method": "majority"}}
    office: dict[str, Any] = {"role": "chair", "accreditation": str(accreditation(CARLA))}
    await hall.hear("RoleReleased", PLENARY, **office)
    assert await hall.refuse(CARLA, path, ask) == "not_allowed"
    await hall.hear("RoleTaken", PLENARY, **office, until="2020-01-01")
    assert await hall.refuse(CARLA, path, ask) == "not_allowed"
    await hall.hear("RoleTaken", PLENARY, **office, until="2999-01-01")
    await hall.make(CARLA, path, ask)


async def test_an_accreditation_ends(hall: Hall) -> None:
    step = {"what": text("Buy the van")}
    await hall.make(SAM, "/steps", step)
    await hall.hear("AccreditationEnded", SCHOOL, accreditation=str(accreditation(SAM)))
    assert await hall.refuse(SAM, "/steps", step) == "not_found"


async def test_m18_who_was_erased_is_forgotten(hall: Hall) -> None:
    alone = UUID(int=71)
    await hall.admit(alone, ANNA, kind="person")
    await hall.hear("PersonErased", ANNA)
    known = await roll(hall)
    assert known.mandates[accreditation(ANNA)].person is None
    step = await hall.make(SAM, "/steps", {"what": text("Buy the van")})
    owner = {"owner": str(alone), "owners": [str(SAM)], "due": "2030-01-01"}
    await hall.make(SAM, f"/steps/{step}/assignments", owner)
    (row,) = (await hall.get("/steps"))["items"]
    assert row["asked"] == {"id": str(alone), "name": None}


async def test_d21_what_members_accept_is_at_hand(hall: Hall) -> None:
    async def known() -> Mandate:
        assert hall.running.host.journal is not None
        return await hall.running.host.journal.look(hall.coalition, mandate)

    rent, street, deal = (UUID(int=n) for n in (81, 82, 83))
    assert await known() == {}
    await hall.hear("TermDefined", hall.coalition, term=str(rent), min=1)
    await hall.hear("TermDefined", hall.coalition, term=str(street), choices=["hill", "park"])
    line: dict[str, Any] = {"term": str(rent), "sealed": False, "valid_until": "2999-12-31"}
    await hall.hear("BottomLineDeclared", CLINIC, acceptable={"min": 1, "max": 5}, **line)
    await hall.hear("BottomLineDeclared", CLINIC, acceptable={"min": 1, "max": 9}, **line)
    await hall.hear("BottomLineDeclared", UNION, **line)
    over = line | {"valid_until": "2020-01-01"}
    await hall.hear("BottomLineDeclared", SCHOOL, acceptable={"min": 1, "max": 2}, **over)
    named: dict[str, Any] = {
        "parties": [str(CLINIC), str(UNION)], "terms": {str(street): ["hill"]},
        "valid_until": "2999-12-31",
    }  # fmt: skip
    await hall.hear("CompromiseAgreed", CLINIC, compromise=str(deal), **named)
    assert await known() == {rent: {CLINIC: (Range(1, 9),)}, street: {}}
    await hall.hear("CompromiseAgreed", UNION, compromise=str(deal))
    hill = (frozenset({"hill"}),)
    assert await known() == {rent: {CLINIC: (Range(1, 9),)}, street: {CLINIC: hill, UNION: hill}}
    await hall.hear("MemberSuspended", UNION)
    assert (await known())[TermId(street)] == {CLINIC: hill}


async def test_m9_in_formal_mode_only_bodies_of_the_published_structure_decide(hall: Hall) -> None:
    assert (await roll(hall)).decides(PLENARY)
    await hall.hear("DecisionStructurePublished", hall.coalition, bodies=[str(STEERING)])
    known = await roll(hall)
    assert (known.decides(STEERING), known.decides(PLENARY)) == (True, False)
    both = [str(PLENARY), str(STEERING)]
    await hall.hear("DecisionStructurePublished", hall.coalition, bodies=both)
    assert (await roll(hall)).decides(PLENARY)
    await hall.hear("DecisionStructurePublished", hall.coalition, bodies=[str(STEERING)])
    await hall.hear("OperatingModeSet", hall.coalition, mode="informal")
    assert (await roll(hall)).decides(PLENARY)
