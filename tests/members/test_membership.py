from contextlib import suppress
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import strategies as st

from services.members.domain.ids import PersonId
from services.members.domain.membership import (
    Acceptance,
    AcceptInvitation,
    AdmitMember,
    ApplyForMembership,
    Commitment,
    CommitmentLevelSet,
    DeclineMembership,
    InterestStated,
    InviteMember,
    Itself,
    Joined,
    LeaveCoalition,
    Leaving,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    Membership,
    MembershipApplied,
    MembershipCommand,
    MembershipDeclined,
    MembershipEvent,
    MemberSuspended,
    ReinstateMember,
    SetCommitment,
    StateInterest,
    SuspendMember,
    decider,
)
from services.members.domain.standing import Charter, Standing, Table
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ADOPTED,
    ANA,
    BO,
    CHAIR,
    CLINIC,
    FORMAL,
    INFORMAL,
    NAME,
    OWN,
    PARENTS,
    PUPILS,
    SCHOOL,
    STRANGER,
    UNION,
    UNKNOWN,
    WHY,
    by,
    imported,
)

apply = ApplyForMembership(name=NAME, kind="organization", sector="health", why=WHY)
admit = AdmitMember(
    name=NAME,
    kind="organization",
    sector="health",
    constituencies=(PUPILS, PARENTS, PUPILS),
    commitment="homework",
    voting_right=True,
)
alone = admit.model_copy(update={"kind": "person", "person": BO})
applied = MembershipApplied(
    name=Sealed(NAME), kind="organization", sector="health", why=Sealed(WHY)
)
joined = MemberJoined(
    name=Sealed(NAME),
    kind="organization",
    sector="health",
    constituencies=(PARENTS, PUPILS),
    commitment="homework",
    voting_right=True,
    ground_rules=0,
)
joined_alone = joined.model_copy(update={"kind": "person", "name": Sealed(NAME, BO)})
declined = MembershipDeclined(reason=Sealed(WHY))
invited = MemberInvited(name=Sealed(NAME), why=Sealed(WHY))
interest = StateInterest(mutual_benefit=WHY, answers_to=(NAME,))
interested = InterestStated(mutual_benefit=Sealed(WHY), answers_to=Sealed((NAME,)))
suspended = MemberSuspended(reason=Sealed(WHY))
reinstated = MemberReinstated(reason=Sealed(WHY))
left = MemberLeft(reason_code="goals")
suspend, reinstate = SuspendMember(reason=WHY), ReinstateMember(reason=WHY)
leave = LeaveCoalition(reason_code="goals")
SELF = Standing(own=True, presides=False, person=BO)


def given(*history: MembershipEvent) -> Given[MembershipCommand, Membership, MembershipEvent]:
    return Given(decider, history)


def test_anybody_may_apply() -> None:
    given().when(apply, by(CLINIC)).then(applied)
    given(declined).when(apply, by(CLINIC)).then(applied)
    given(joined, left).when(apply, by(CLINIC)).then(applied)


def test_a_person_who_applies_is_whom_the_text_is_about() -> None:
    ask = apply.model_copy(update={"kind": "person"})
    given().when(ask, by(CLINIC)).then(
        MembershipApplied(
            name=Sealed(NAME, ANA), kind="person", sector="health", why=Sealed(WHY, ANA)
        )
    )


def test_nobody_applies_as_a_person_unknown() -> None:
    ask = apply.model_copy(update={"kind": "person"})
    nobody = replace(by(CLINIC), actor=None)
    given().when(ask, nobody).then_refused("person_missing")
    given().when(apply, nobody).then(applied)
    given().when(ask, imported()).then(applied.model_copy(update={"kind": "person"}))


def test_i4_applying_again_changes_nothing() -> None:
    given(applied).when(apply, by(CLINIC)).then_nothing()


@pytest.mark.parametrize("history", [(applied,), (joined,), (joined, suspended)], ids=str)
def test_m5_who_applied_or_joined_cannot_apply_otherwise(
    history: tuple[MembershipEvent, ...],
) -> None:
    ask = apply.model_copy(update={"sector": "education"})
    given(*history).when(ask, by(CLINIC)).then_refused("already_member")


def test_who_was_invited_may_apply_or_be_admitted() -> None:
    ask = InviteMember(name=NAME, why=WHY)
    for history in ((), (declined,), (joined, left)):
        given(*history).when(ask, by(UNION)).then(invited)
    given(invited).when(apply, by(CLINIC)).then(applied)
    given(invited).when(admit, by(UNION, INFORMAL)).then(joined)


def test_i4_inviting_again_changes_nothing() -> None:
    given(invited).when(InviteMember(name=NAME), by(UNION)).then_nothing()


def test_m5_who_applied_or_joined_is_not_invited() -> None:
    for history in ((applied,), (joined,)):
        given(*history).when(InviteMember(name=NAME), by(UNION)).then_refused("already_member")


def test_an_application_can_be_declined() -> None:
    ask = DeclineMembership(reason=WHY)
    for context in (by(UNION, CHAIR), imported()):
        given(applied).when(ask, context).then(declined)
    given(applied).when(ask, by(SCHOOL, STRANGER)).then_refused("not_the_chair")
    given(applied, declined).when(ask, by(UNION, CHAIR)).then_nothing()
    given().when(ask, by(UNION, CHAIR)).then_refused("no_application")
    given(joined).when(ask, by(UNION, CHAIR)).then_refused("already_member")
    given(joined, left).when(ask, by(UNION, CHAIR)).then_refused("no_application")


def test_an_invitation_is_declined_by_who_acts_for_no_member_or_the_chair() -> None:
    ask = DeclineMembership(reason=WHY)
    given(invited).when(ask, replace(by(CLINIC, STRANGER), by=None)).then(declined)
    given(invited).when(ask, by(UNION, CHAIR)).then(declined)
    given(invited).when(ask, by(SCHOOL, STRANGER)).then_refused("not_the_chair")
    given(applied).when(ask, replace(by(CLINIC, STRANGER), by=None)).then_refused("not_the_chair")


def test_m5_an_interest_is_stated_where_one_is_required() -> None:
    required = Charter(interest_required=True)
    for history in ((), (invited,), (applied,), (declined,)):
        given(*history).when(admit, by(UNION, required)).then_refused("interest_missing")
    given(applied, interested).when(admit, by(UNION, required)).then(joined)


def test_an_interest_comes_with_the_application_or_after_it() -> None:
    ask = apply.model_copy(update={"interest": interest})
    given().when(ask, by(CLINIC)).then(applied, interested)
    given(applied).when(ask, by(CLINIC)).then(interested)
    given(applied, interested).when(ask, by(CLINIC)).then_nothing()
    alone = ask.model_copy(update={"kind": "person"})
    given(applied).when(alone, by(CLINIC)).then_refused("already_member")


def test_m4_there_is_room_for_so_many() -> None:
    two = Charter(max_members=2)
    given().when(admit, by(UNION, two, Table(2))).then_refused("coalition_full")
    given().when(admit, by(UNION, two, Table(1))).then(joined)
    given(joined).when(admit, by(UNION, two, Table(2))).then_nothing()


def test_a_member_is_admitted() -> None:
    for history in ((), (applied,), (declined,), (joined, left)):
        given(*history).when(admit, by(UNION, INFORMAL)).then(joined)


def test_m5_one_open_membership() -> None:
    ask = admit.model_copy(update={"voting_right": False})
    for history in ((joined,), (joined, suspended)):
        given(*history).when(ask, by(UNION, INFORMAL)).then_refused("already_member")


def test_m5_joining_carries_the_current_ground_rules() -> None:
    second = Charter(ground_rules=2)
    given().when(admit, by(UNION, second)).then_refused("unknown_version")
    ask = admit.model_copy(update={"ground_rules": 2})
    given().when(ask, by(UNION, second)).then(joined.model_copy(update={"ground_rules": 2}))
    given().when(ask, imported(INFORMAL)).then_refused("unknown_version")


def test_m5_leaving_removes_no_history() -> None:
    history = joined, left
    given(*history).when(suspend, by(UNION, INFORMAL)).then_refused("not_a_member")
    given(*history).when(admit, by(UNION, INFORMAL)).then(joined)


def test_i4_admitting_again_changes_nothing() -> None:
    observing = CommitmentLevelSet(level="observer")
    for history in ((joined,), (joined, observing), (joined, suspended)):
        given(*history).when(admit, by(UNION, INFORMAL)).then_nothing()


def test_a_one_person_member_is_somebody() -> None:
    given().when(alone, by(UNION, INFORMAL)).then(joined_alone)
    nobody = alone.model_copy(update={"person": None})
    given().when(nobody, by(UNION, INFORMAL)).then_refused("person_missing")
    given().when(nobody, imported(INFORMAL, Itself(CLINIC))).then(
        joined.model_copy(update={"kind": "person", "name": Sealed(NAME, PersonId(CLINIC))})
    )


def test_an_organisation_is_not_a_person() -> None:
    ask = admit.model_copy(update={"person": BO})
    given().when(ask, by(UNION, INFORMAL)).then_refused("not_a_person")


def test_a_member_sets_its_own_commitment() -> None:
    ask = SetCommitment(level="observer", reason=WHY)
    observing = CommitmentLevelSet(level="observer", reason=Sealed(WHY))
    given(joined).when(ask, by(CLINIC, OWN)).then(observing)
    given(joined).when(ask, imported()).then(observing)
    given(joined, observing).when(ask, by(CLINIC, OWN)).then_nothing()
    given(joined).when(ask, by(UNION, CHAIR)).then_refused("not_your_organisation")
    given(applied).when(ask, by(CLINIC, OWN)).then_refused("not_a_member")


def test_an_observer_or_suspended_member_is_not_active() -> None:
    def active(*history: MembershipEvent) -> bool:
        member = decider.initial
        for event in history:
            member = decider.evolve(member, event)
        assert isinstance(member, Joined)
        return member.active

    observing = CommitmentLevelSet(level="observer")
    assert active(joined)
    assert not active(joined, observing)
    assert not active(joined, suspended)
    assert active(joined, observing, CommitmentLevelSet(level="voice_only"))
    assert active(joined, suspended, reinstated)


def test_a_member_is_suspended_and_reinstated() -> None:
    given(joined).when(suspend, by(UNION, INFORMAL)).then(suspended)
    given(joined, suspended).when(reinstate, by(UNION, INFORMAL)).then(reinstated)


def test_i4_suspending_or_reinstating_again_changes_nothing() -> None:
    given(joined, suspended).when(suspend, by(UNION, FORMAL)).then_nothing()
    given(joined).when(reinstate, by(UNION, FORMAL)).then_nothing()
    given(joined, suspended, reinstated).when(reinstate, by(UNION, FORMAL)).then_nothing()


def test_only_a_member_is_suspended() -> None:
    for history in ((), (applied,), (declined,)):
        for ask in (suspend, reinstate, leave):
            given(*history).when(ask, by(UNION, INFORMAL)).then_refused("not_a_member")


def test_m1_in_formal_mode_suspension_cites_a_decision() -> None:
    given(joined).when(suspend, by(UNION, FORMAL, UNKNOWN)).then_refused("needs_decision")
    ask = suspend.model_copy(update={"decision": "meetings/7"})
    given(joined).when(ask, by(UNION, FORMAL, UNKNOWN)).then_refused("needs_decision")
    given(joined).when(ask, by(UNION, FORMAL, ADOPTED)).then(
        MemberSuspended(reason=Sealed(WHY), decision="meetings/7")
    )


def test_m1_a_cited_decision_was_made_in_any_mode() -> None:
    ask = suspend.model_copy(update={"decision": "meetings/7"})
    given(joined).when(ask, by(UNION, INFORMAL, UNKNOWN)).then_refused("needs_decision")
    back = reinstate.model_copy(update={"decision": "meetings/8"})
    given(joined, suspended).when(back, by(UNION, FORMAL, UNKNOWN)).then_refused("needs_decision")
    given(joined, suspended).when(back, by(UNION, FORMAL, ADOPTED)).then(
        MemberReinstated(reason=Sealed(WHY), decision="meetings/8")
    )


def test_a_member_leaves_or_is_recorded_as_gone() -> None:
    ask = leave.model_copy(update={"note": WHY})
    gone = MemberLeft(reason_code="goals", note=Sealed(WHY))
    for context in (by(CLINIC, OWN), by(UNION, CHAIR), imported()):
        given(joined).when(ask, context).then(gone)
    given(joined).when(leave, by(CLINIC, OWN)).then(left)
    given(joined).when(leave, by(UNION, STRANGER)).then_refused("not_your_organisation")


def test_i4_leaving_again_changes_nothing() -> None:
    given(joined, left).when(leave, by(CLINIC, OWN)).then_nothing()


def test_words_about_a_one_person_member_go_with_the_person() -> None:
    about = Sealed(WHY, BO)
    given(joined_alone).when(SetCommitment(level="observer", reason=WHY), by(CLINIC, SELF)).then(
        CommitmentLevelSet(level="observer", reason=about)
    )
    given(joined_alone).when(suspend, by(UNION, INFORMAL, SELF)).then(MemberSuspended(reason=about))
    given(joined_alone, suspended).when(reinstate, by(UNION, INFORMAL, SELF)).then(
        MemberReinstated(reason=about)
    )
    note = leave.model_copy(update={"note": WHY})
    given(joined_alone).when(note, by(CLINIC, SELF)).then(
        MemberLeft(reason_code="goals", note=about)
    )


accept = AcceptInvitation(name=NAME, sector="health")
FIRST, AGAIN = Acceptance(own=False), Acceptance(own=True)
accepted = joined.model_copy(
    update={"kind": "person", "name": Sealed(NAME, BO), "constituencies": ()}
)


def bo(*facts: object) -> Context:
    """Return the context of a person who acts for no member."""
    return replace(by(CLINIC, *facts, actor=BO), by=None, authority=None)


def test_f104_who_is_invited_joins_as_one_person_by_accepting() -> None:
    given(invited).when(accept, bo(FIRST, INFORMAL)).then(accepted)
    given(invited).when(accept, bo(FIRST, FORMAL)).then(accepted)
    given(invited, accepted).when(accept, bo(AGAIN, INFORMAL)).then_nothing()
    told = accepted.model_copy(update={"name": Sealed(NAME, PersonId(SCHOOL))})
    past = imported(FIRST, INFORMAL, Itself(SCHOOL))
    given(invited).when(accept, past).then(told)


def test_f104_an_invitation_serves_once_and_only_while_it_stands() -> None:
    given(invited, accepted).when(accept, bo(FIRST, INFORMAL)).then_refused("already_member")
    for history in ((), (applied,), (invited, declined), (joined, left)):
        given(*history).when(accept, bo(FIRST, INFORMAL)).then_refused("not_invited")


def test_f104_accepting_asks_what_admitting_asks() -> None:
    full = replace(INFORMAL, max_members=4)
    given(invited).when(accept, bo(FIRST, full, Table(4))).then_refused("coalition_full")
    given(invited).when(accept, bo(FIRST, full, Table(3))).then(accepted)
    ruled = replace(INFORMAL, ground_rules=2)
    given(invited).when(accept, bo(FIRST, ruled)).then_refused("unknown_version")
    asked = replace(INFORMAL, interest_required=True)
    given(invited).when(accept, bo(FIRST, asked)).then_refused("interest_missing")
    gains = accept.model_copy(update={"interest": interest})
    about = InterestStated(mutual_benefit=Sealed(WHY, BO), answers_to=Sealed((NAME,), BO))
    given(invited).when(gains, bo(FIRST, asked)).then(accepted, about)


def test_f104_who_speaks_for_a_member_or_is_nobody_accepts_nothing() -> None:
    given(invited).when(accept, by(CLINIC, FIRST, INFORMAL)).then_refused("speaks_already")
    nobody = replace(bo(FIRST, INFORMAL), actor=None)
    given(invited).when(accept, nobody).then_refused("person_missing")


maybe = st.none() | st.just("meetings/7")
commands = st.one_of(
    st.just(InviteMember(name=NAME)),
    st.just(accept),
    st.sampled_from([apply, apply.model_copy(update={"interest": interest})]),
    st.just(DeclineMembership(reason=WHY)),
    st.sampled_from([admit, alone, admit.model_copy(update={"voting_right": False})]),
    st.builds(
        SetCommitment,
        level=st.sampled_from(get_args(Commitment)),
        reason=st.none() | st.just(WHY),
    ),
    st.builds(SuspendMember, reason=st.just(WHY), decision=maybe),
    st.builds(ReinstateMember, reason=st.just(WHY), decision=maybe),
    st.builds(LeaveCoalition, reason_code=st.sampled_from(get_args(Leaving)), note=st.just(WHY)),
)
contexts = st.builds(
    lambda *facts: by(CLINIC, *facts),
    st.sampled_from([INFORMAL, FORMAL]),
    st.sampled_from([ADOPTED, UNKNOWN]),
    st.sampled_from([OWN, CHAIR, STRANGER, SELF]),
    st.sampled_from([FIRST, AGAIN]),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[MembershipCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=5, max_size=20))
def test_m5_between_two_joinings_somebody_left(
    requests: list[tuple[MembershipCommand, Context]],
) -> None:
    membership = decider.initial
    sitting = False
    for command, context in requests:
        with suppress(Refused):
            for event in decider.decide(command, membership, context):
                assert not (sitting and isinstance(event, MemberJoined))
                joins = isinstance(event, MemberJoined)
                sitting = joins or (sitting and not isinstance(event, MemberLeft))
                membership = decider.evolve(membership, event)
