"""What is prepared before a meeting: who was asked does it, once."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import OrgId, PreWorkId
from services.meetings.domain.meeting import Meeting, decider
from services.meetings.domain.prework import (
    AssignPreWork,
    CompletePreWork,
    PreWorkAssigned,
    PreWorkCompleted,
)
from shared.decider import Refused
from shared.event import Sealed
from tests.laws import over
from tests.meetings.coalition import CLINIC, COST, NEWCOMER, NOON, SCHOOL, UNION, YOUTH
from tests.meetings.test_floor import UNKNOWN
from tests.meetings.test_meeting import (
    FIRST,
    SECOND,
    acting,
    closed,
    given,
    past,
    proposed,
    scheduled,
    sitting,
)

READ = PreWorkId(UUID(int=81))
JOINED = Roll(frozenset({CLINIC, SCHOOL, UNION, YOUTH}))
TODAY = NOON.date()
assign = AssignPreWork(prework=READ, item=FIRST, orgs=(UNION, CLINIC), what=COST, due=TODAY)
assigned = PreWorkAssigned(
    prework=READ, item=FIRST, orgs=(CLINIC, UNION), what=Sealed(COST), due=TODAY
)
complete, completed = CompletePreWork(prework=READ), PreWorkCompleted(by=UNION, prework=READ)
called = scheduled, proposed


def test_organisations_are_asked_to_prepare_an_item() -> None:
    context = acting(CLINIC, JOINED)
    given(*called).when(assign, context).then(assigned)
    given(*called, assigned).when(assign, context).then_nothing()
    for changed in ({"orgs": (UNION,)}, {"due": TODAY + timedelta(days=1)}, {"item": SECOND}):
        other = assign.model_copy(update=changed)
        given(*called, assigned).when(other, context).then_refused("already_assigned")
    unknown = assign.model_copy(update={"item": UNKNOWN})
    given(*called).when(unknown, context).then_refused("unknown_item")
    strange = assign.model_copy(update={"orgs": (NEWCOMER,)})
    given(*called).when(strange, context).then_refused("unknown_organisation")
    given(*sitting, proposed, closed).when(assign, context).then_refused("wrong_stage")


def test_it_is_due_today_or_later_except_in_the_past() -> None:
    late = assign.model_copy(update={"due": TODAY - timedelta(days=1)})
    told = assigned.model_copy(update={"due": TODAY - timedelta(days=1)})
    given(*called).when(late, acting(CLINIC, JOINED)).then_refused("in_the_past")
    given(*called).when(late, past()).then(told)


def test_f55_who_was_asked_completes_it_once() -> None:
    given(*called, assigned).when(complete, acting(UNION)).then(completed)
    given(*called, assigned, completed).when(complete, acting(UNION)).then_nothing()
    given(*called, assigned, completed).when(complete, acting(CLINIC)).then(
        PreWorkCompleted(by=CLINIC, prework=READ)
    )
    given(*called, assigned).when(complete, acting(YOUTH)).then_refused("not_asked")
    given(*called).when(complete, acting(UNION)).then_refused("unknown_prework")
    history = *sitting, proposed, assigned, closed
    given(*history).when(complete, acting(UNION)).then_refused("wrong_stage")


orgs = st.sampled_from([CLINIC, SCHOOL, UNION])
ids = st.integers(81, 82).map(lambda n: PreWorkId(UUID(int=n)))
commands = st.one_of(
    st.builds(
        AssignPreWork,
        prework=ids,
        item=st.just(FIRST),
        orgs=st.lists(orgs, min_size=1).map(tuple),
        what=st.just(COST),
        due=st.just(TODAY),
    ),
    st.builds(CompletePreWork, prework=ids),
)


@over(st.lists(st.tuples(commands, orgs), max_size=12))
def test_f55_only_who_was_asked_has_done_it(
    asked: list[tuple[AssignPreWork | CompletePreWork, OrgId]],
) -> None:
    state: Meeting | None = given(*called).when(assign, acting()).state
    for command, org in asked:
        try:
            events = decider.decide(command, state, acting(org, JOINED))
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
    assert state is not None
    for work in state.prework.values():
        assert work.done <= {*work.orgs}
