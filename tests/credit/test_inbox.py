"""What credit hears is enough to know who may act, and what might deserve thanks."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.credit.inbox import from_meetings, from_members
from services.credit.views import roll
from tests.credit.ledger import (
    CARLA,
    CLINIC,
    GROUP,
    PLENARY,
    SAM,
    SCHOOL,
    TEACHER,
    TESS,
    UMA,
    UNION,
    Ledger,
    accreditation,
    terms,
)

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
HEARD = {"members": from_members, "meetings": from_meetings}
WORDS = {"lang": "en", "text": "Wrote the brief."}
MEETING, STEP = UUID(int=51), UUID(int=61)


async def acts(ledger: Ledger, person: UUID) -> bool:
    """Say whether somebody can record a contribution of the school, or of the clinic."""
    of = CLINIC if person == SAM else SCHOOL
    told = {"of": str(of), "role": "data", "degree": "equal", "what": WORDS}
    answer = await ledger.post(person, "/contributions", **told)
    assert answer.status_code in {201, 403, 404}, answer.text
    return answer.status_code == 201


async def suggested(ledger: Ledger, **query: Any) -> list[tuple[str, str, str]]:
    rows = (await ledger.get("/contributions/suggestions", **query))["items"]
    return [(row["of"], row["role"], row["about"]) for row in rows]


@pytest.mark.parametrize("sample", sorted(GOLDEN.glob("me*/*.json")), ids=lambda path: path.stem)
def test_every_event_ever_shipped_is_read_or_let_pass(sample: Path) -> None:
    if heard := HEARD[sample.parent.name].for_type(sample.name.partition(".")[0]):
        heard.reads.model_validate(json.loads(sample.read_bytes())["data"])


async def test_a_delegate_may_act_until_the_accreditation_ends(ledger: Ledger) -> None:
    assert await acts(ledger, CARLA)
    ended = str(accreditation(CARLA))
    await ledger.hear("members", "AccreditationEnded", CLINIC, accreditation=ended, reason="moved")
    assert not await acts(ledger, CARLA)


async def test_an_accreditation_has_a_first_and_a_last_day(ledger: Ledger) -> None:
    past, future = UUID(int=17), UUID(int=18)
    await ledger.accredit(CLINIC, past, until="2026-01-31")
    await ledger.accredit(CLINIC, future, **{"from": "2999-01-01"})
    assert not await acts(ledger, past)
    assert not await acts(ledger, future)


async def test_an_observer_does_not_speak(ledger: Ledger) -> None:
    await ledger.accredit(CLINIC, UUID(int=17), authority="observer")
    assert not await acts(ledger, UUID(int=17))


async def test_a_successor_acts_in_the_place_of_who_went(ledger: Ledger) -> None:
    successor = UUID(int=17)
    new: dict[str, Any] = terms(successor) | {"ended": str(accreditation(CARLA))}
    await ledger.hear("members", "RepresentativeReplaced", CLINIC, **new)
    assert not await acts(ledger, CARLA)
    assert await acts(ledger, successor)


async def test_nobody_acts_for_who_is_suspended_or_left(ledger: Ledger) -> None:
    await ledger.hear("members", "MemberSuspended", CLINIC)
    assert not await acts(ledger, CARLA)
    await ledger.hear("members", "MemberReinstated", CLINIC, decision="meetings/1")
    assert await acts(ledger, CARLA)
    await ledger.hear("members", "MemberLeft", CLINIC, reason_code="capacity")
    assert not await acts(ledger, CARLA)


async def test_who_left_is_still_thanked(ledger: Ledger) -> None:
    await ledger.hear("members", "MemberLeft", CLINIC, reason_code="capacity")
    assert await acts(ledger, SAM)


async def test_m18_who_was_erased_is_forgotten(ledger: Ledger) -> None:
    await ledger.hear("members", "PersonErased", CARLA, ground="request", approved_by=[])
    assert not await acts(ledger, CARLA)


async def test_m18_the_person_of_a_one_person_member_is_known(ledger: Ledger) -> None:
    journal = ledger.running.host.journal
    assert journal is not None
    known = await journal.look(ledger.coalition, lambda read: roll(read, None, None))
    assert known.persons == {TEACHER: TESS}
    assert known.orgs == {CLINIC, SCHOOL, UNION, TEACHER}


async def test_a_chair_presides_in_the_steering_body_where_there_is_one(ledger: Ledger) -> None:
    told = {"title": WORDS, "size": "step"}
    win = (await ledger.post(UMA, "/wins", **told)).headers["location"].rpartition("/")[2]

    async def announces(person: UUID, audience: str) -> int:
        answer = await ledger.post(person, f"/wins/{win}/announcements", audience=audience)
        return answer.status_code

    assert await announces(UMA, "members") == 201
    await ledger.hear("members", "BodyConstituted", GROUP, kind="steering", scope="all")
    assert await announces(UMA, "public") == 403
    await ledger.hear("members", "BodyDissolved", GROUP)
    assert await announces(UMA, "public") == 201
    uma = str(accreditation(UMA))
    await ledger.hear("members", "RoleReleased", PLENARY, role="chair", accreditation=uma)
    assert await announces(UMA, "partners") == 403


async def test_who_hosts_and_facilitates_is_suggested_once_it_was_held(ledger: Ledger) -> None:
    hosted = await ledger.hear("meetings", "MeetingScheduled", MEETING, host=str(SCHOOL))
    await ledger.hear("meetings", "FacilitatorAppointed", MEETING, org=str(UNION), external=False)
    led = await ledger.hear("meetings", "FacilitatorAppointed", MEETING, org=str(CLINIC))
    assert await suggested(ledger) == []
    await ledger.hear("meetings", "MeetingClosed", MEETING, steps=[])
    assert await suggested(ledger) == [
        (str(CLINIC), "facilitation", led),
        (str(SCHOOL), "hosting", hosted),
    ]
    assert await suggested(ledger, organisation=str(SCHOOL)) == [(str(SCHOOL), "hosting", hosted)]


async def test_what_is_recorded_is_suggested_no_more(ledger: Ledger) -> None:
    await ledger.hear("meetings", "NextStepProposed", STEP)
    await ledger.hear("meetings", "NextStepVolunteered", STEP, by=CLINIC, due="2026-06-01")
    done = await ledger.hear("meetings", "NextStepCompleted", STEP, by=CLINIC)
    yielded = await ledger.hear("members", "LeadYielded", UUID(int=71), by=UNION)
    assert await suggested(ledger) == [
        (str(CLINIC), "implementation", done),
        (str(UNION), "stepped_back", yielded),
    ]
    told = {"of": str(CLINIC), "role": "implementation", "degree": "lead", "what": WORDS}
    assert (await ledger.post(SAM, "/contributions", about=[done], **told)).status_code == 201
    assert await suggested(ledger) == [(str(UNION), "stepped_back", yielded)]


async def test_i8_what_one_body_knows_is_suggested_to_nobody_else(ledger: Ledger) -> None:
    seen_by = (f"body:{GROUP}",)
    await ledger.hear("members", "LeadYielded", UUID(int=71), by=UNION, audience=seen_by)
    assert await suggested(ledger) == []


async def test_wins_refer_to_objectives_and_targets_that_were_heard(ledger: Ledger) -> None:
    goal, target = str(UUID(int=81)), str(UUID(int=82))
    told: dict[str, Any] = {"title": WORDS, "size": "step", "objectives": [goal]}
    assert (await ledger.post(UMA, "/wins", **told)).json()["reason"] == "unknown_objective"
    await ledger.hear("meetings", "ObjectiveSet", UUID(int=83), objective=goal)
    win = (await ledger.post(UMA, "/wins", **told)).headers["location"].rpartition("/")[2]
    late: dict[str, Any] = {"to": str(CLINIC), "from": WORDS, "now": WORDS, "target": target}
    answer = await ledger.post(UMA, f"/wins/{win}/latecomers", **late)
    assert answer.json()["reason"] == "unknown_target"
    await ledger.hear("meetings", "TargetStanceRecorded", UUID(int=84), target=target, to="support")
    assert (await ledger.post(UMA, f"/wins/{win}/latecomers", **late)).status_code == 201
