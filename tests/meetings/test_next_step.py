from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.meetings.domain.ids import Decisions, FrontLineId, OrgId, PersonId
from services.meetings.domain.next_step import (
    REPORT_BACK,
    AcceptStep,
    AssignStep,
    BlockStep,
    Commitments,
    CompleteStep,
    DeclineStep,
    DropStep,
    Meetings,
    MoveDueDate,
    NextStepAccepted,
    NextStepAssigned,
    NextStepBlocked,
    NextStepCompleted,
    NextStepDeclined,
    NextStepDropped,
    NextStepDueDateMoved,
    NextStepProposed,
    NextStepReassigned,
    NextStepStarted,
    NextStepVolunteered,
    Owed,
    Owner,
    ProposeStep,
    ReassignStep,
    ReportBack,
    StartStep,
    Step,
    StepCommand,
    StepEvent,
    VolunteerForStep,
    decider,
)
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    ANNA,
    ASSEMBLY,
    BEN,
    CLINIC,
    COST,
    DECISION,
    NEWCOMER,
    NEWS,
    SCHOOL,
    UNION,
    VAN,
    YOUTH,
    by,
    imported,
    knowing,
)

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
FACTS = (
    Commitments({CLINIC: "homework", UNION: "homework", YOUTH: "voice_only", SCHOOL: "observer"}),
    Meetings({ASSEMBLY}),
    Decisions({DECISION}),
)

propose = ProposeStep(what=VAN, meeting=ASSEMBLY, decision=DECISION, hours=4)
proposed = NextStepProposed(
    by=CLINIC, what=Sealed(VAN), meeting=ASSEMBLY, decision=DECISION, hours=4
)
volunteer = VolunteerForStep(owners=(ANNA,), due=MARCH)
assign = AssignStep(owner=UNION, owners=(BEN,), due=MARCH)


def owners(*people: PersonId) -> tuple[Owner, ...]:
    return tuple(Owner(person=Sealed(person, about=person)) for person in people)


volunteered = NextStepVolunteered(by=UNION, owners=owners(ANNA), due=MARCH)
assigned = NextStepAssigned(owner=UNION, owners=owners(BEN), due=MARCH)
accepted = NextStepAccepted()
owned = proposed, assigned, accepted
declined = NextStepDeclined(reason=Sealed(COST))
dropped = NextStepDropped(reason=Sealed(COST))
completed = NextStepCompleted()
asked_of_owner: tuple[StepCommand, ...] = (
    StartStep(),
    BlockStep(reason=COST),
    MoveDueDate(due=APRIL, reason=COST),
    CompleteStep(),
)


def given(*history: StepEvent) -> Given[StepCommand, Step | None, StepEvent]:
    return Given(decider, history)


def acting(org: OrgId, *facts: object, **more: Any) -> Context:
    return knowing(by(org, **more, facts=FACTS), *facts)


def test_a_step_is_proposed() -> None:
    given().when(propose, acting(CLINIC)).then(proposed)
    given(proposed).when(propose, acting(CLINIC)).then_nothing()
    given(proposed).when(propose, acting(UNION)).then_refused("already_proposed")


def test_a_step_belongs_to_a_meeting_and_a_decision_that_are() -> None:
    given().when(propose, acting(CLINIC, Meetings(set()))).then_refused("unknown_meeting")
    given().when(propose, acting(CLINIC, Decisions(set()))).then_refused("unknown_decision")
    free = ProposeStep(what=VAN)
    given().when(free, acting(CLINIC, Meetings(set()), Decisions(set()))).then(
        NextStepProposed(by=CLINIC, what=Sealed(VAN))
    )


def test_nothing_can_be_done_with_a_step_that_is_not() -> None:
    for ask in (volunteer, assign, AcceptStep(), *asked_of_owner):
        given().when(ask, acting(UNION)).then_refused("unknown_step")


def test_d22_a_decision_at_the_front_line_gives_its_organisation_an_accepted_step() -> None:
    back, owed = ReportBack(frontline=FrontLineId(UUID(int=90))), Owed(DECISION, MARCH)
    asked = NextStepProposed(by=UNION, what=Sealed(REPORT_BACK), decision=DECISION)
    given().when(back, acting(UNION, owed)).then(asked, volunteered)
    given(asked, volunteered).when(back, acting(UNION, owed)).then_nothing()
    given().when(back, acting(UNION, Owed(None, MARCH))).then_nothing()
    given().when(back, acting(SCHOOL, owed)).then_refused("voice_only")
    given(asked, volunteered).when(CompleteStep(), acting(UNION)).then(completed)


def test_s2_volunteering_is_accepting() -> None:
    given(proposed).when(volunteer, acting(UNION)).then(volunteered)
    given(proposed, volunteered).when(StartStep(), acting(UNION)).then(NextStepStarted())
    given(proposed, volunteered).when(volunteer, acting(UNION)).then_nothing()
    given(proposed, volunteered).when(volunteer, acting(CLINIC)).then_refused("wrong_stage")


def test_s2_assigned_is_not_accepted() -> None:
    given(proposed).when(assign, acting(CLINIC)).then(assigned)
    given(proposed, assigned).when(assign, acting(CLINIC)).then_nothing()
    for ask in asked_of_owner:
        given(proposed, assigned).when(ask, acting(UNION)).then_refused("not_accepted")
    given(proposed, assigned).when(AcceptStep(), acting(UNION)).then(accepted)
    given(*owned).when(AcceptStep(), acting(UNION)).then_nothing()
    given(*owned).when(StartStep(), acting(UNION)).then(NextStepStarted())


def test_assigning_to_oneself_is_volunteering() -> None:
    ask = AssignStep(owner=UNION, owners=(ANNA,), due=MARCH)
    given(proposed).when(ask, acting(UNION)).then(volunteered)
    again = ReassignStep(owner=CLINIC, owners=(ANNA,), due=MARCH)
    given(*owned).when(again, acting(CLINIC)).then(volunteered.model_copy(update={"by": CLINIC}))


def test_s2_a_reassigned_step_is_accepted_anew() -> None:
    ask = ReassignStep(owner=CLINIC, owners=(ANNA,), due=APRIL)
    reassigned = NextStepReassigned(owner=CLINIC, owners=owners(ANNA), due=APRIL)
    given(*owned).when(ask, acting(UNION)).then(reassigned)
    given(*owned, reassigned).when(ask, acting(UNION)).then_nothing()
    given(*owned, reassigned).when(StartStep(), acting(CLINIC)).then_refused("not_accepted")
    given(*owned, reassigned).when(AcceptStep(), acting(UNION)).then_refused("not_the_owner")
    given(proposed).when(ask, acting(UNION)).then_refused("wrong_stage")
    given(*owned, completed).when(ask, acting(UNION)).then_refused("wrong_stage")


def test_a_step_in_hand_is_reassigned_not_assigned() -> None:
    ask = AssignStep(owner=YOUTH, owners=(ANNA,), due=MARCH)
    given(*owned).when(ask, acting(CLINIC)).then_refused("wrong_stage")


def test_s1_a_step_has_an_owner_and_a_person() -> None:
    for ask in (
        VolunteerForStep(due=MARCH),
        AssignStep(owner=CLINIC, due=MARCH),
        AssignStep(owner=UNION, due=MARCH),
    ):
        given(proposed).when(ask, acting(UNION)).then_refused("unowned")
    nobody = VolunteerForStep(due=MARCH)
    given(proposed).when(nobody, imported(UNION, facts=FACTS)).then(
        volunteered.model_copy(update={"owners": ()})
    )


def test_s1_every_person_is_sealed_apart() -> None:
    ask = VolunteerForStep(owners=(BEN, ANNA, BEN), due=MARCH)
    both = volunteered.model_copy(update={"owners": owners(BEN, ANNA)})
    given(proposed).when(ask, acting(UNION)).then(both)


def test_s3_observers_own_no_step() -> None:
    given(proposed).when(volunteer, acting(SCHOOL)).then_refused("voice_only")
    ask = AssignStep(owner=SCHOOL, owners=(ANNA,), due=MARCH)
    given(proposed).when(ask, acting(CLINIC)).then_refused("voice_only")
    lowered = Commitments({UNION: "observer"})
    given(proposed, assigned).when(AcceptStep(), acting(UNION, lowered)).then_refused("voice_only")


def test_s3_voice_only_owns_after_accepting() -> None:
    ask = AssignStep(owner=YOUTH, owners=(BEN,), due=MARCH)
    handed = assigned.model_copy(update={"owner": YOUTH})
    given(proposed).when(ask, acting(CLINIC)).then(handed)
    given(proposed, handed).when(StartStep(), acting(YOUTH)).then_refused("not_accepted")
    given(proposed, handed).when(DropStep(reason=COST), acting(YOUTH)).then_refused("not_accepted")
    given(proposed, handed).when(AcceptStep(), acting(YOUTH)).then(accepted)


def test_steps_are_for_members() -> None:
    given(proposed).when(volunteer, acting(NEWCOMER)).then_refused("unknown_organisation")


def test_s4_a_step_has_a_due_date() -> None:
    for ask in (
        VolunteerForStep(owners=(ANNA,)),
        AssignStep(owner=CLINIC, owners=(ANNA,)),
        ReassignStep(owner=CLINIC, owners=(ANNA,)),
    ):
        given(proposed, declined).when(ask, acting(UNION)).then_refused("no_due_date")


def test_a_step_is_declined_and_given_to_another() -> None:
    ask = DeclineStep(reason=COST)
    given(proposed, assigned).when(ask, acting(UNION)).then(declined)
    given(proposed, assigned).when(ask, acting(CLINIC)).then_refused("not_the_owner")
    given(*owned).when(ask, acting(UNION)).then_refused("wrong_stage")
    given(proposed, assigned, declined).when(assign, acting(CLINIC)).then(assigned)
    given(proposed, assigned, declined).when(volunteer, acting(UNION)).then(volunteered)


def test_a_step_is_started_blocked_and_started_again() -> None:
    started, blocked = NextStepStarted(), NextStepBlocked(reason=Sealed(COST))
    given(*owned).when(BlockStep(reason=COST), acting(UNION)).then(blocked)
    given(*owned, blocked).when(BlockStep(reason=NEWS), acting(UNION)).then_nothing()
    given(*owned, blocked).when(StartStep(), acting(UNION)).then(started)
    given(*owned, started).when(StartStep(), acting(UNION)).then_nothing()


def test_only_the_owner_moves_a_step_on() -> None:
    for ask in asked_of_owner:
        given(*owned).when(ask, acting(CLINIC)).then_refused("not_the_owner")
        given(*owned, dropped).when(ask, acting(UNION)).then_refused("wrong_stage")


def test_owner_or_proposer_drop_a_step() -> None:
    ask = DropStep(reason=COST)
    given(*owned).when(ask, acting(UNION)).then(dropped)
    given(*owned).when(ask, acting(CLINIC)).then(dropped)
    given(*owned).when(ask, acting(YOUTH)).then_refused("not_the_owner")
    given(*owned, dropped).when(ask, acting(UNION)).then_nothing()
    given(*owned, completed).when(ask, acting(CLINIC)).then_refused("wrong_stage")


def test_a_due_date_is_moved_with_a_reason() -> None:
    moved = NextStepDueDateMoved(due=APRIL, reason=Sealed(COST))
    ask = MoveDueDate(due=APRIL, reason=COST)
    given(*owned).when(ask, acting(UNION)).then(moved)
    given(*owned, moved).when(ask, acting(UNION)).then_nothing()


def test_a_step_is_completed() -> None:
    noted = NextStepCompleted(note=Sealed(NEWS))
    given(*owned).when(CompleteStep(note=NEWS), acting(UNION)).then(noted)
    given(*owned).when(CompleteStep(), acting(UNION)).then(completed)
    given(*owned, completed).when(CompleteStep(), acting(UNION)).then_nothing()


orgs = st.sampled_from([CLINIC, UNION, YOUTH, SCHOOL])
people = st.lists(st.sampled_from([ANNA, BEN]), max_size=2).map(tuple)
days = st.sampled_from([None, MARCH, APRIL])
commands = st.one_of(
    st.just(propose),
    st.builds(VolunteerForStep, owners=people, due=days),
    st.builds(AssignStep, owner=orgs, owners=people, due=days),
    st.builds(ReassignStep, owner=orgs, owners=people, due=days),
    st.builds(DeclineStep, reason=st.just(COST)),
    st.builds(DropStep, reason=st.just(COST)),
    st.sampled_from([AcceptStep(), *asked_of_owner]),
)


@over(st.lists(st.tuples(commands, st.builds(acting, orgs)), max_size=30), examples=100)
def test_laws(requests: list[tuple[StepCommand, Context]]) -> None:
    obey(decider, [(propose, acting(CLINIC)), *requests])
