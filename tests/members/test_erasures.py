from datetime import timedelta
from typing import Any
from uuid import UUID

from services.members.views.erasures import erasures
from services.members.views.queries import Names
from services.members.views.said import Entry
from tests.members.table import ANA, BO, CLINIC, NOON, SCHOOL

NAMES: Names = {CLINIC: {"lang": "en", "text": "Clinic"}}


def entry(position: int, of: UUID, type_: str, by: UUID | None = None, **data: Any) -> Entry:
    at = NOON + timedelta(hours=position)
    return Entry(position, str(of), type_, at, by, data)


ASKED = entry(1, ANA, "ErasureRequested", CLINIC, ground="left")
ERASED = entry(
    3, ANA, "PersonErased", SCHOOL, ground="left", approved_by=[str(CLINIC), str(SCHOOL)]
)
CONFIRMED = entry(4, ANA, "ErasureReceiptIssued", services={"meetings": 5})


def test_m18_what_was_asked_for_waits_in_front() -> None:
    of_bo = entry(5, BO, "PersonErased", ground="wish", approved_by=[])
    late = entry(6, CLINIC, "ErasureRequested", CLINIC, ground="left")
    rows = erasures([ASKED, ERASED, CONFIRMED, of_bo, late], NAMES)
    assert [row.person for row in rows] == [CLINIC, BO, ANA]
    [request] = rows[0].requests
    assert (request.ground, request.ref) == ("left", "members/6")
    assert request.by.name == {"lang": "en", "text": "Clinic"}
    assert (rows[0].erased_at, rows[0].complete_on, rows[0].services) == (None, None, None)


def test_m18_an_erasure_says_who_approved_who_has_done_it_and_when_no_backup_holds_a_key() -> None:
    [row] = erasures([ASKED, ERASED, CONFIRMED], NAMES)
    assert [org.id for org in row.approved_by] == [CLINIC, SCHOOL]
    assert (row.services, row.receipt, row.ref) == ({"meetings": 5}, "members/4", "members/3")
    assert row.erased_at is not None
    assert row.complete_on == row.erased_at.date() + timedelta(days=30)


def test_what_else_is_said_of_a_person_is_no_erasure() -> None:
    assert erasures([entry(1, ANA, "GrowthGoalReached", goal=str(BO))], NAMES) == []
