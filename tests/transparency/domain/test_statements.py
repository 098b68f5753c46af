"""Who once stood against another of those who sign a statement together."""

from datetime import timedelta
from uuid import UUID

from services.transparency.domain.issues import IssueEvent
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names
from services.transparency.domain.statements import (
    Belongs,
    Statement,
    former_opponents,
    row,
)
from tests.transparency.history import NOON

CLINIC, SCHOOL, UNION = (UUID(int=n) for n in (1, 2, 3))
VANS, RENTS = UUID(int=11), UUID(int=12)
ALL = (CLINIC, SCHOOL, UNION)
NAMES = Names({CLINIC: {"text": "Clinic"}, SCHOOL: {"text": "School"}, UNION: {"text": "Union"}})


def cited(position: int) -> Cited:
    return Cited("members", position, bytes([position]) * 32)


def stand(position: int, org: UUID, position_taken: str, issue: UUID = VANS) -> IssueEvent:
    at = NOON + timedelta(minutes=position)
    return IssueEvent(cited(position), "PositionTaken", issue, at, org, position_taken)


STANDS = [
    stand(1, CLINIC, "support"),
    stand(2, SCHOOL, "oppose"),
    stand(3, SCHOOL, "support"),  # they came round
    stand(4, UNION, "oppose", RENTS),
    stand(5, SCHOOL, "no_position", RENTS),
]
LATER = NOON + timedelta(hours=1)


def test_f12_opponents_once_stood_on_the_other_side_of_another_who_signs() -> None:
    found = former_opponents(ALL, STANDS, LATER)
    assert found.issues == {CLINIC: {VANS}, SCHOOL: {VANS}}
    assert found.events == [cited(1), cited(2)]
    assert former_opponents((CLINIC, UNION), STANDS, LATER).issues == {}
    assert former_opponents(ALL, STANDS, NOON + timedelta(minutes=2)).issues == {}


def test_who_changed_sides_is_nobodys_opponent_by_that() -> None:
    alone = [stand(1, SCHOOL, "oppose"), stand(2, SCHOOL, "support")]
    assert former_opponents(ALL, alone, LATER).issues == {}


def test_f12_a_statement_tells_sectors_and_how_diverse_they_are() -> None:
    belongs = {
        CLINIC: Belongs(cited(21), "health"),
        SCHOOL: Belongs(cited(22), "education"),
        UNION: Belongs(cited(23), None),
    }
    statement = Statement(
        Cited("meetings", 9, b"9" * 32), LATER, CLINIC, UUID(int=31), UUID(int=32), "public",
        "A" * 43, (UNION, SCHOOL, CLINIC), (),
    )  # fmt: skip
    said = row(statement, belongs, STANDS, NAMES)
    assert [each["organisation"]["name"]["text"] for each in said["sign_ons"]] == [
        "Clinic", "School", "Union",
    ]  # fmt: skip
    assert (said["sectors"], said["diversity"]["value"]) == (["education", "health"], "1.000000")
    assert said["refs"] == [
        "meetings/9", "members/1", "members/2", "members/21", "members/22", "members/23",
    ]  # fmt: skip
    one = row(statement, {CLINIC: belongs[CLINIC]}, [], NAMES)
    assert (one["diversity"]["value"], one["diversity"]["reason"]) == (
        None,
        "fewer than two sectors sign",
    )
