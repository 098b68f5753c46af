"""Which unit follows which policy, folded from what was said."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.meetings.domain.policy import FOLLOWED
from services.meetings.views.policies import PolicyRow, matrix, policies
from services.meetings.views.rows import Named, Names
from services.meetings.views.said import Entry
from tests.laws import over
from tests.meetings.coalition import CLINIC, NOON, SCHOOL, UNION

FIRST, SECOND = (UUID(int=n) for n in (901, 902))
RED, BLUE, GREEN = (UUID(int=n) for n in (903, 904, 905))
NAMES = Names({SCHOOL: '{"lang": "en", "text": "School"}'}, {}, {})
Told = tuple[str, UUID, dict[str, Any]]


def words(said: str) -> dict[str, str]:
    return {"lang": "en", "text": said}


def told(*said: Told) -> list[Entry]:
    """Return entries an hour apart, the first at position 1."""
    return [
        Entry(n, "policy", key, type_, NOON + timedelta(hours=n), SCHOOL, data)
        for n, (type_, key, data) in enumerate(said, 1)
    ]


def drafted(key: UUID = FIRST, title: str = "Phones stay in the bag") -> Told:
    return "PolicyDrafted", key, {"title": words(title), "text": words("All day.")}


def agreed(
    *units: UUID, key: UUID = FIRST, version: int = 1, owner: UUID = SCHOOL, relation: str = "none"
) -> Told:
    asked = [{"unit": str(one), "owner": str(owner), "name": words(f"{one}")} for one in units]
    return "PolicyAgreed", key, {"version": version, "relation": relation, "units": asked}


def answer(type_: str, unit: UUID, key: UUID = FIRST) -> Told:
    said = "change" if type_ == "PolicyAdaptationReported" else "reason"
    return type_, key, {"unit": str(unit), said: words(type_)}


def answers(row: PolicyRow) -> dict[UUID, str]:
    return {unit.unit: unit.answer for unit in row.units}


def test_f107_each_unit_shows_its_answer_with_reasons_and_changes() -> None:
    [row] = policies(
        told(
            drafted(),
            agreed(RED, BLUE, GREEN),
            answer("PolicyAdopted", RED),
            answer("PolicyAdaptationReported", RED),
            answer("PolicyDeclined", BLUE),
        ),
        NAMES,
    )
    assert answers(row) == {RED: "adapted", BLUE: "declined", GREEN: "unanswered"}
    assert row.counts == {"adapted": 1, "declined": 1, "unanswered": 1}
    assert row.consistency == (1, 3)
    red, blue, _ = row.units
    assert (red.reason, blue.reason) == (words("PolicyAdopted"), words("PolicyDeclined"))
    assert [(one.change, one.ref) for one in red.adaptations] == [
        (words("PolicyAdaptationReported"), "meetings/4")
    ]
    assert [one.answer for one in red.history] == ["adapted", "adopted"]
    assert (row.state, row.refs) == ("agreed", ["meetings/1", "meetings/2"])
    assert red.owner == Named(id=SCHOOL, name=words("School"))


def test_a_dropped_policy_does_not_count_and_may_be_adopted_again() -> None:
    said = drafted(), agreed(RED), answer("PolicyAdopted", RED), answer("PolicyRetired", RED)
    [row] = policies(told(*said), NAMES)
    assert (answers(row), row.consistency, row.state) == ({RED: "dropped"}, (0, 1), "agreed")
    [row] = policies(told(*said, answer("PolicyAdopted", RED)), NAMES)
    assert (answers(row), row.consistency) == ({RED: "adopted"}, (1, 1))
    adapted = drafted(), agreed(RED), answer("PolicyAdaptationReported", RED)
    [row] = policies(told(*adapted, answer("PolicyAdopted", RED)), NAMES)
    assert (row.units[0].adaptations, len(row.units[0].history)) == ([], 2)


def test_f109_the_relation_is_that_of_the_newest_version_and_units_keep_their_answers() -> None:
    said = drafted(), agreed(RED, BLUE), answer("PolicyAdopted", RED), answer("PolicyAdopted", BLUE)
    again = agreed(RED, GREEN, version=2, relation="overrides")
    [row] = policies(told(*said, again), NAMES)
    assert (row.version, row.relation) == (2, "overrides")
    assert answers(row) == {RED: "adopted", GREEN: "unanswered"}
    handed = agreed(RED, version=2, owner=UNION)
    [row] = policies(told(*said, handed, answer("PolicyAdopted", BLUE)), NAMES)
    assert answers(row) == {RED: "unanswered"}
    assert row.units[0].owner.id == UNION


def test_f107_the_matrix_is_of_the_policies_that_hold() -> None:
    third = UUID(int=910)
    rows = policies(
        told(
            drafted(), agreed(RED, BLUE), answer("PolicyAdopted", RED),
            drafted(SECOND, "Quiet reading"), agreed(BLUE, GREEN, key=SECOND),
            drafted(third, "A draft"),
            drafted(CLINIC, "Over"), agreed(RED, key=CLINIC),
            ("PolicyRetired", CLINIC, {"reason": words("Nobody needs it.")}),
        ),
        NAMES,
    )  # fmt: skip
    assert [(row.policy, row.state) for row in rows] == [
        (SECOND, "agreed"), (FIRST, "agreed"), (third, "drafted"), (CLINIC, "retired"),
    ]  # fmt: skip
    assert rows[2].consistency is None
    assert rows[3].retired_because == words("Nobody needs it.")
    found = matrix(rows)
    assert [one.unit for one in found.units] == [RED, BLUE, GREEN]
    assert [(one.policy, one.answers, one.consistency) for one in found.policies] == [
        (SECOND, {BLUE: "unanswered", GREEN: "unanswered"}, (0, 2)),
        (FIRST, {RED: "adopted", BLUE: "unanswered"}, (1, 2)),
    ]  # fmt: skip
    assert found.consistency == (1, 4)
    assert matrix([]).consistency is None


def test_who_may_not_see_how_it_began_sees_nothing_of_it() -> None:
    assert policies(told(agreed(RED)), NAMES) == []


kinds = st.sampled_from(
    ["PolicyAdopted", "PolicyDeclined", "PolicyAdaptationReported", "PolicyRetired"]
)


@over(st.lists(st.tuples(kinds, st.sampled_from([RED, BLUE])), max_size=12))
def test_c11_f107_every_unit_asked_counts_once(said: list[tuple[str, UUID]]) -> None:
    [row] = policies(
        told(drafted(), agreed(RED, BLUE, GREEN), *(answer(*each) for each in said)), NAMES
    )
    assert sum(row.counts.values()) == len(row.units) == 3
    followed = sum(unit.answer in FOLLOWED for unit in row.units)
    assert row.consistency == (followed, 3)
    assert matrix([row]).consistency == row.consistency
