"""What the roll says of bodies, whatever was published."""

from hypothesis import strategies as st

from services.meetings.domain.ids import BodyId
from services.meetings.views.roll import Body, Roll
from tests.laws import over
from tests.meetings.coalition import CLINIC, PLENARY, STEERING

BODIES = PLENARY, STEERING, BodyId(CLINIC)
structures = st.none() | st.frozensets(st.sampled_from(BODIES))


def roll(structure: frozenset[BodyId] | None, *, informal: bool) -> Roll:
    bodies = {body: Body("working_group", None, frozenset()) for body in BODIES}
    return Roll(informal, {}, bodies, {}, {}, (), structure)


@over(structures, st.sampled_from(BODIES))
def test_m9_in_formal_mode_what_was_published_says_who_decides(
    structure: frozenset[BodyId] | None, body: BodyId
) -> None:
    assert roll(structure, informal=True).decides(body)
    named = structure is None or body in structure
    assert roll(structure, informal=False).decides(body) is named


@over(st.frozensets(st.sampled_from(BODIES)), st.sampled_from(BODIES))
def test_m9_naming_a_body_takes_nothing_from_the_others(
    structure: frozenset[BodyId], body: BodyId
) -> None:
    before = {each for each in BODIES if roll(structure, informal=False).decides(each)}
    after = roll(structure | {body}, informal=False)
    assert {each for each in BODIES if after.decides(each)} == before | {body}
