"""Who is asked to a meeting: nobody is forgotten, and who was asked answers."""

from hypothesis import strategies as st

from services.meetings.domain.ids import OrgId
from services.meetings.domain.invitation import (
    AnswerInvitation,
    Exempted,
    Exemption,
    InvitationAnswered,
    InvitationSent,
    Invite,
    Seated,
)
from services.meetings.domain.meeting import Meeting, decider
from shared.decider import Refused
from shared.event import Sealed
from tests.laws import obey, over
from tests.meetings.coalition import CLINIC, COST, NEWCOMER, SCHOOL, UNION, YOUTH
from tests.meetings.test_meeting import (
    acting,
    closed,
    given,
    past,
    schedule,
    scheduled,
    sitting,
)

SITTING = frozenset({CLINIC, SCHOOL, UNION})
SEATED = Seated(SITTING, SITTING | {YOUTH})
invite = Invite(orgs=(UNION, CLINIC, CLINIC), exempt=(Exemption(org=SCHOOL, reason=COST),))
invited = InvitationSent(orgs=(CLINIC, UNION), exempt=(Exempted(org=SCHOOL, reason=Sealed(COST)),))
answer, answered = AnswerInvitation(answer="yes"), InvitationAnswered(by=UNION, answer="yes")


def test_f49_all_who_sit_in_the_body_are_invited_or_exempt() -> None:
    given(scheduled).when(invite, acting(CLINIC, SEATED)).then(invited)
    given(scheduled, invited).when(invite, acting(CLINIC, SEATED)).then_nothing()
    forgotten = Invite(orgs=(UNION, CLINIC))
    given(scheduled).when(forgotten, acting(CLINIC, SEATED)).then_refused("not_all_invited")
    given(scheduled).when(forgotten, past()).then(InvitationSent(orgs=(CLINIC, UNION)))
    given(*sitting, closed).when(invite, acting(CLINIC, SEATED)).then_refused("wrong_stage")


def test_who_joins_later_is_invited_beside_the_others() -> None:
    grown = Seated(SITTING | {YOUTH}, SITTING | {YOUTH})
    given(scheduled, invited).when(Invite(orgs=(YOUTH,)), acting(CLINIC, grown)).then(
        InvitationSent(orgs=(YOUTH,))
    )


def test_a_guest_is_a_member_too() -> None:
    guest = invite.model_copy(update={"orgs": (CLINIC, UNION, YOUTH)})
    told = invited.model_copy(update={"orgs": (CLINIC, UNION, YOUTH)})
    given(scheduled).when(guest, acting(CLINIC, SEATED)).then(told)
    stranger = invite.model_copy(update={"orgs": (CLINIC, UNION, NEWCOMER)})
    given(scheduled).when(stranger, acting(CLINIC, SEATED)).then_refused("unknown_organisation")


def test_nobody_is_both() -> None:
    both = invite.model_copy(update={"orgs": (CLINIC, UNION, SCHOOL)})
    given(scheduled).when(both, acting(CLINIC, SEATED)).then_refused("invited_and_exempt")
    late = Invite(orgs=(), exempt=(Exemption(org=UNION, reason=COST),))
    given(scheduled, invited).when(late, acting(CLINIC, SEATED)).then_refused("invited_and_exempt")
    again = Invite(orgs=(SCHOOL,))
    given(scheduled, invited).when(again, acting(CLINIC, SEATED)).then(
        InvitationSent(orgs=(SCHOOL,))
    )


def test_who_was_invited_answers_and_may_think_again() -> None:
    given(scheduled, invited).when(answer, acting(UNION)).then(answered)
    given(scheduled, invited, answered).when(answer, acting(UNION)).then_nothing()
    no = AnswerInvitation(answer="no")
    given(scheduled, invited, answered).when(no, acting(UNION)).then(
        InvitationAnswered(by=UNION, answer="no")
    )
    for org in (SCHOOL, YOUTH):
        given(scheduled, invited).when(answer, acting(org)).then_refused("not_invited")
    given(*sitting, invited, closed).when(answer, acting(UNION)).then_refused("wrong_stage")


orgs = st.lists(st.sampled_from([CLINIC, SCHOOL, UNION, YOUTH]), max_size=4)
exemptions = orgs.map(lambda found: tuple(Exemption(org=org, reason=COST) for org in found))
commands = st.builds(Invite, orgs=orgs.map(tuple), exempt=exemptions)


@over(st.lists(commands, max_size=6), examples=150)
def test_f49_who_sits_in_the_body_is_never_forgotten(asked: list[Invite]) -> None:
    state: Meeting | None = decider.evolve(None, scheduled)
    for command in asked:
        try:
            events = decider.decide(command, state, acting(CLINIC, SEATED))
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
            assert state is not None
            told: frozenset[OrgId] = state.invitations.invited | state.invitations.exempt
            assert told >= SITTING
            assert not state.invitations.invited & state.invitations.exempt


answers = st.sampled_from(["yes", "no", "maybe"])


@over(st.lists(commands | st.builds(AnswerInvitation, answer=answers), max_size=8))
def test_invitations_obey_the_laws(asked: list[Invite | AnswerInvitation]) -> None:
    context = acting(CLINIC, SEATED)
    obey(decider, [(schedule, context), *((command, context) for command in asked)])
