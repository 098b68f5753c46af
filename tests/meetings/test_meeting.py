from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.agenda import (
    AgendaItemProposed,
    AgendaPublished,
    Newest,
    ProposeAgendaItem,
    PublishAgenda,
)
from services.meetings.domain.attendance import (
    AttendanceRecorded,
    BodyRules,
    Chairs,
    DepartureRecorded,
    QuorumEstablished,
    QuorumLost,
    RecordAttendance,
    RecordDeparture,
    SamePerson,
)
from services.meetings.domain.boundary import Bounds
from services.meetings.domain.ids import AttendanceId, ItemId, OrgId, SeriesId
from services.meetings.domain.meeting import (
    AppointFacilitator,
    CancelMeeting,
    CloseMeeting,
    FacilitatorAppointed,
    Formality,
    InviteBack,
    Meeting,
    MeetingCancelled,
    MeetingClosed,
    MeetingCommand,
    MeetingEvent,
    MeetingOpened,
    MeetingRescheduled,
    MeetingScheduled,
    OpenMeeting,
    Overridden,
    Override,
    Recurring,
    ReengagementInvited,
    RescheduleMeeting,
    ScheduleMeeting,
    WayBack,
    decider,
)
from services.meetings.domain.minutes import (
    ApproveMinutes,
    CorrectMinutes,
    DecisionRefs,
    DraftMinutes,
    MeetingSteps,
    MinutesApproved,
    MinutesCorrected,
    MinutesDrafted,
)
from services.meetings.domain.parking import Returning
from services.meetings.domain.rule import Method, Quorum, Rule
from shared.event import Context, Sealed, Text, Visibility
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    ANNA,
    BADGE,
    BEN,
    BUS,
    CLINIC,
    COST,
    DUSK,
    NOON,
    OTHER_BADGE,
    OTHER_STEP,
    PLENARY,
    SCHOOL,
    STEERING,
    STEP,
    TRANSPORT,
    UNION,
    VAN,
    YOUTH,
    by,
    imported,
    knowing,
)

HALL = Text(lang="en", text="The town hall.")
LATER = DUSK + timedelta(hours=2)
FACTS = (
    Bounds(),
    Formality(formal=True),
    BodyRules((), frozenset()),
    SamePerson(frozenset()),
    Chairs(frozenset({PLENARY})),
    DecisionRefs(known=frozenset({"meetings/7", "meetings/8"}), here=frozenset()),
    MeetingSteps(frozenset({STEP, OTHER_STEP}), frozenset()),
    WayBack(informed=True, entry=True),
    Recurring(body=PLENARY),
    Returning(()),
    Newest(None),
)
FIRST, SECOND = ItemId(UUID(int=1)), ItemId(UUID(int=2))
ONE, TWO, THREE = (AttendanceId(UUID(int=n)) for n in range(1, 4))

schedule = ScheduleMeeting(
    title=VAN, body=PLENARY, host=CLINIC, starts_at=DUSK, ends_at=LATER, place=HALL
)
scheduled = MeetingScheduled(
    title=Sealed(VAN),
    body=PLENARY,
    host=CLINIC,
    starts_at=DUSK,
    ends_at=LATER,
    place=Sealed(HALL),
)
propose = ProposeAgendaItem(item=FIRST, kind="decision", title=VAN, issue=TRANSPORT, minutes=20)
proposed = AgendaItemProposed(
    by=UNION, item=FIRST, kind="decision", title=Sealed(VAN), issue=TRANSPORT, minutes=20
)
appoint = AppointFacilitator(person=BEN, accreditation=BADGE, org=SCHOOL, external=False)
appointed = FacilitatorAppointed(
    person=Sealed(BEN, about=BEN), accreditation=BADGE, org=SCHOOL, external=False
)
opened = MeetingOpened()
sitting = scheduled, appointed, opened
closed = MeetingClosed(steps=(STEP, OTHER_STEP))


def given(*history: MeetingEvent) -> Given[MeetingCommand, Meeting | None, MeetingEvent]:
    return Given(decider, history)


def acting(org: OrgId = CLINIC, *facts: object, **more: Any) -> Context:
    return knowing(by(org, **more, facts=FACTS), *facts)


def past(*facts: object) -> Context:
    return knowing(imported(CLINIC, facts=FACTS), *facts)


def comes(attendance: AttendanceId, org: OrgId | None = UNION, **more: Any) -> RecordAttendance:
    return RecordAttendance(attendance=attendance, org=org, person=BEN, mode="remote", **more)


def came(attendance: AttendanceId, org: OrgId | None = UNION, **more: Any) -> AttendanceRecorded:
    person = Sealed(BEN, about=BEN)
    return AttendanceRecorded(attendance=attendance, org=org, person=person, mode="remote", **more)


# Calling it


def test_a_meeting_is_scheduled() -> None:
    given().when(schedule, acting()).then(scheduled)
    given(scheduled).when(schedule, acting()).then_nothing()
    other = schedule.model_copy(update={"host": UNION})
    given(scheduled).when(other, acting()).then_refused("already_scheduled")


def test_a_meeting_has_title_host_end_and_place() -> None:
    for field in ("title", "host", "ends_at", "place"):
        ask = schedule.model_copy(update={field: None})
        given().when(ask, acting()).then_refused("details_missing")


def test_of_a_meeting_in_the_past_less_is_known() -> None:
    ask = ScheduleMeeting(body=PLENARY, starts_at=DUSK)
    given().when(ask, past()).then(MeetingScheduled(body=PLENARY, starts_at=DUSK))


TUESDAYS = SeriesId(UUID(int=91))
weekly = schedule.model_copy(update={"series": TUESDAYS, "title": None})
recurred = scheduled.model_copy(update={"series": TUESDAYS, "title": Sealed()})


def test_a_meeting_of_a_series_is_called_as_the_series() -> None:
    given().when(weekly, acting()).then(recurred)
    given(recurred).when(weekly, acting()).then_nothing()
    given(scheduled).when(weekly, acting()).then_refused("already_scheduled")
    for known, reason in (
        (Recurring(body=None), "unknown_series"),
        (Recurring(body=STEERING), "other_body"),
    ):
        given().when(weekly, acting(CLINIC, known)).then_refused(reason)


def test_c5_a_meeting_opens_once_the_one_before_is_written_down() -> None:
    unwritten = Recurring(body=PLENARY, written=False)
    history = recurred, appointed
    given(*history).when(OpenMeeting(), acting(CLINIC, unwritten)).then_refused("minutes_missing")
    given(*history).when(OpenMeeting(), acting()).then(opened)
    given(*history, opened).when(OpenMeeting(), acting(CLINIC, unwritten)).then_nothing()
    given(*history).when(OpenMeeting(), past(unwritten)).then(opened)
    given(scheduled, appointed).when(OpenMeeting(), acting(CLINIC, unwritten)).then(opened)


def test_a_meeting_ends_after_it_starts() -> None:
    ask = schedule.model_copy(update={"ends_at": DUSK})
    given().when(ask, acting()).then_refused("ends_before_start")


def test_a_meeting_is_moved_until_it_opens() -> None:
    ask = RescheduleMeeting(starts_at=NOON, ends_at=DUSK, place=HALL)
    moved = MeetingRescheduled(starts_at=NOON, ends_at=DUSK, place=Sealed(HALL))
    given(scheduled).when(ask, acting()).then(moved)
    given(scheduled, moved).when(ask, acting()).then_nothing()
    given(*sitting).when(ask, acting()).then_refused("wrong_stage")
    wrong = RescheduleMeeting(starts_at=DUSK, ends_at=NOON, place=HALL)
    given(scheduled).when(wrong, acting()).then_refused("ends_before_start")


def test_a_meeting_is_cancelled_until_it_opens() -> None:
    ask, cancelled = CancelMeeting(reason=COST), MeetingCancelled(reason=Sealed(COST))
    given(scheduled).when(ask, acting()).then(cancelled)
    given(scheduled, cancelled).when(ask, acting()).then_nothing()
    given(*sitting).when(ask, acting()).then_refused("wrong_stage")
    for late in (OpenMeeting(), propose, comes(ONE), DraftMinutes(text=VAN)):
        given(scheduled, cancelled).when(late, acting()).then_refused("wrong_stage")


def test_nothing_happens_in_a_meeting_that_is_not() -> None:
    for ask in (OpenMeeting(), propose, CloseMeeting(), comes(ONE)):
        given().when(ask, acting()).then_refused("unknown_meeting")


# Preparing it


invite_back = InviteBack(org=UNION, entry="meetings/7")
invited_back = ReengagementInvited(org=UNION, entry="meetings/7")


def test_who_is_only_informed_is_invited_back_in() -> None:
    given(scheduled).when(invite_back, acting()).then(invited_back)
    given(scheduled, invited_back).when(invite_back, acting()).then_nothing()
    again = InviteBack(org=UNION, entry="meetings/8")
    told = ReengagementInvited(org=UNION, entry="meetings/8")
    given(scheduled, invited_back).when(again, acting()).then(told)
    given(*sitting, closed).when(invite_back, acting()).then_refused("wrong_stage")


def test_only_who_is_informed_is_invited_back_and_only_to_what_is_there() -> None:
    for way, reason in (
        (WayBack(informed=False, entry=True), "not_at_inform"),
        (WayBack(informed=True, entry=False), "unknown_entry"),
    ):
        given(scheduled).when(invite_back, acting(CLINIC, way)).then_refused(reason)


def test_an_item_is_proposed() -> None:
    given(scheduled).when(propose, acting(UNION)).then(proposed)
    given(scheduled, proposed).when(propose, acting(UNION)).then_nothing()
    other = propose.model_copy(update={"minutes": 5})
    given(scheduled, proposed).when(other, acting(UNION)).then_refused("already_proposed")
    given(*sitting, closed).when(propose, acting(UNION)).then_refused("wrong_stage")


def test_an_item_has_its_minutes_except_in_the_past() -> None:
    ask = propose.model_copy(update={"minutes": None})
    given(scheduled).when(ask, acting(UNION)).then_refused("details_missing")
    told = proposed.model_copy(update={"by": CLINIC, "minutes": None})
    given(scheduled).when(ask, past()).then(told)


def test_an_agenda_lists_what_was_proposed() -> None:
    given(scheduled, proposed).when(PublishAgenda(items=(FIRST,)), acting()).then(
        AgendaPublished(items=(FIRST,), short_notice=False)
    )
    ask = PublishAgenda(items=(FIRST, SECOND))
    given(scheduled, proposed).when(ask, acting()).then_refused("unknown_item")


def test_i4_publishing_the_same_agenda_again_changes_nothing() -> None:
    second = proposed.model_copy(update={"item": SECOND})
    published = AgendaPublished(items=(SECOND, FIRST), short_notice=False)
    history = scheduled, proposed, second, published
    given(*history).when(PublishAgenda(items=(SECOND, FIRST)), acting()).then_nothing()
    given(*history).when(PublishAgenda(items=(FIRST, SECOND)), acting()).then(
        AgendaPublished(items=(FIRST, SECOND), short_notice=False)
    )


def test_c12_a_late_agenda_is_stamped_not_refused() -> None:
    rules = tuple(Rule(method=Method.MAJORITY, notice_hours=hours) for hours in (2, 8))
    late = BodyRules(rules, frozenset())
    ask = PublishAgenda(items=(FIRST,))
    stamped = AgendaPublished(items=(FIRST,), short_notice=True)
    given(scheduled, proposed).when(ask, acting(CLINIC, late)).then(stamped)
    in_time = BodyRules(rules[:1], frozenset())
    unstamped = AgendaPublished(items=(FIRST,), short_notice=False)
    given(scheduled, proposed).when(ask, acting(CLINIC, in_time)).then(unstamped)


def test_c12_a_piggybacked_meeting_needs_no_notice() -> None:
    late = BodyRules((Rule(method=Method.MAJORITY, notice_hours=8),), frozenset())
    riding = scheduled.model_copy(update={"piggyback_on": Sealed(BUS)})
    given(riding, proposed).when(PublishAgenda(items=(FIRST,)), acting(CLINIC, late)).then(
        AgendaPublished(items=(FIRST,), short_notice=False)
    )


def test_a_facilitator_is_appointed() -> None:
    given(scheduled).when(appoint, acting()).then(appointed)
    given(scheduled, appointed).when(appoint, acting()).then_nothing()
    given(*sitting, closed).when(appoint, acting()).then_refused("wrong_stage")


def test_c6_a_formal_meeting_needs_a_facilitator() -> None:
    given(scheduled).when(OpenMeeting(), acting()).then_refused("no_facilitator")
    given(scheduled, appointed).when(OpenMeeting(), acting()).then(opened)
    informal = Formality(formal=False)
    given(scheduled).when(OpenMeeting(), acting(CLINIC, informal)).then(opened)
    given(scheduled).when(OpenMeeting(), past()).then(opened)


def test_c6_the_organisation_of_an_external_facilitator_is_known() -> None:
    outside = appointed.model_copy(update={"external": True})
    for event, facilitating in ((outside, {SCHOOL}), (appointed, set())):
        state = decider.evolve(decider.evolve(None, scheduled), event)
        assert state is not None
        assert state.facilitating == facilitating
        assert state.facilitators == {BADGE}


def test_i4_opening_again_changes_nothing() -> None:
    for history in (sitting, (*sitting, closed)):
        given(*history).when(OpenMeeting(), acting()).then_nothing()


# Holding it


def test_attendance_is_recorded() -> None:
    given(*sitting).when(comes(ONE), acting(UNION)).then(came(ONE))
    given(*sitting, came(ONE)).when(comes(ONE), acting(UNION)).then_nothing()
    given(*sitting, closed).when(comes(ONE), acting(UNION)).then_refused("wrong_stage")


def test_a_representative_records_its_own_the_chair_everybody() -> None:
    rep = Chairs(frozenset({STEERING}))
    given(*sitting).when(comes(ONE), acting(YOUTH, rep)).then_refused("not_your_organisation")
    given(*sitting).when(comes(ONE), acting(UNION, rep)).then(came(ONE))
    given(*sitting).when(comes(ONE), acting(YOUTH)).then(came(ONE))
    gone = RecordDeparture(attendance=ONE)
    history = *sitting, came(ONE)
    given(*history).when(gone, acting(YOUTH, rep)).then_refused("not_your_organisation")


def test_the_past_may_not_say_for_whom_somebody_came() -> None:
    given(*sitting).when(comes(ONE, None), acting()).then_refused("no_organisation")
    given(*sitting).when(comes(ONE, None), past()).then(came(ONE, None))


def test_c7_a_person_is_counted_once_for_an_organisation() -> None:
    history = *sitting, came(ONE)
    same = SamePerson(frozenset({ONE}))
    given(*history).when(comes(TWO), acting(UNION, same)).then_refused("counted_twice")
    given(*history).when(comes(TWO, YOUTH), acting(CLINIC, same)).then(came(TWO, YOUTH))
    given(*history).when(comes(TWO), acting(UNION)).then(came(TWO))


def test_c7_an_accreditation_is_counted_once() -> None:
    history = *sitting, came(ONE, accreditation=BADGE)
    again, another = comes(TWO, accreditation=BADGE), comes(TWO, accreditation=OTHER_BADGE)
    given(*history).when(again, acting(UNION)).then_refused("counted_twice")
    given(*history).when(another, acting(UNION)).then(came(TWO, accreditation=OTHER_BADGE))


def test_c7_an_id_is_of_one_attendance() -> None:
    given(*sitting, came(ONE)).when(comes(ONE, YOUTH), acting()).then_refused("counted_twice")


def test_who_left_may_come_back() -> None:
    left = DepartureRecorded(attendance=ONE)
    history = *sitting, came(ONE, accreditation=BADGE)
    gone = RecordDeparture(attendance=ONE)
    given(*history).when(gone, acting(UNION)).then(left)
    given(*history, left).when(gone, acting(UNION)).then_nothing()
    same = SamePerson(frozenset({ONE}))
    back = comes(TWO, accreditation=BADGE)
    given(*history, left).when(back, acting(UNION, same)).then(came(TWO, accreditation=BADGE))
    nobody = RecordDeparture(attendance=THREE)
    given(*history).when(nobody, acting(UNION)).then_refused("unknown_attendance")


def test_c7_the_quorum_is_of_organisations_and_counted_at_each_arrival() -> None:
    members = frozenset({CLINIC, SCHOOL, UNION})
    rules = BodyRules(
        (
            Rule(method=Method.MAJORITY, quorum=Quorum(at_least=(1, 3))),
            Rule(method=Method.MAJORITY, quorum=Quorum(at_least=(1, 2))),
        ),
        members,
    )
    established = QuorumEstablished(present=2, needed=2)
    one = *sitting, came(ONE)
    given(*sitting).when(comes(ONE), acting(UNION, rules)).then(came(ONE))
    given(*one).when(comes(TWO), acting(UNION, rules)).then(came(TWO))
    given(*one).when(comes(TWO, YOUTH), acting(CLINIC, rules)).then(came(TWO, YOUTH))
    given(*one).when(comes(TWO, SCHOOL), acting(CLINIC, rules)).then(came(TWO, SCHOOL), established)
    two = *one, came(TWO, SCHOOL), established
    given(*two).when(comes(THREE, CLINIC), acting(CLINIC, rules)).then(came(THREE, CLINIC))
    given(*one).when(comes(TWO, SCHOOL), past(rules)).then(came(TWO, SCHOOL))


def test_c7_and_at_each_departure() -> None:
    rules = BodyRules((Rule(method=Method.MAJORITY),), frozenset({CLINIC, SCHOOL, UNION}))
    established, lost = QuorumEstablished(present=2, needed=2), QuorumLost(present=1, needed=2)
    two = *sitting, came(ONE), came(TWO, SCHOOL), established
    gone, left = RecordDeparture(attendance=ONE), DepartureRecorded(attendance=ONE)
    given(*two).when(gone, acting(CLINIC, rules)).then(left, lost)
    spare = *two, came(THREE, CLINIC)
    given(*spare).when(gone, acting(CLINIC, rules)).then(left)
    given(*two, left, lost).when(comes(THREE), acting(CLINIC, rules)).then(came(THREE), established)


# Minutes

BODY = f"body:{PLENARY}"
drafted = MinutesDrafted(
    version=1, decisions=("meetings/7",), steps=(STEP,), text=Sealed(VAN)
).seen_by(BODY)
draft = DraftMinutes(decisions=("meetings/7",), steps=(STEP,), text=VAN)
corrected = MinutesCorrected(version=2, corrects=1, text=Sealed(BUS), reason=Sealed(COST)).seen_by(
    BODY
)
correct = CorrectMinutes(corrects=1, text=BUS, reason=COST)


def test_minutes_are_drafted_once_the_meeting_is_open() -> None:
    given(*sitting).when(draft, acting()).then(drafted)
    given(*sitting, closed).when(draft, acting()).then(drafted)
    given(*sitting, drafted).when(draft, acting()).then_nothing()
    given(scheduled).when(draft, acting()).then_refused("wrong_stage")
    again = draft.model_copy(update={"text": BUS})
    given(*sitting, drafted).when(again, acting()).then(
        drafted.model_copy(update={"version": 2, "text": Sealed(BUS)})
    )


def test_drafts_are_for_the_body_and_what_was_public_is_not_hidden() -> None:
    state = given(*sitting).when(draft, acting()).state
    (event,) = decider.decide(draft, state, acting())
    assert (event.visibility, event.audience) == ("body", (BODY,))
    (event,) = decider.decide(draft, state, replace(past(), visibility="public"))
    assert event.audience == ()


@pytest.mark.parametrize(
    ("agreed", "within", "audience"),
    [
        ({"message": "dyad"}, "body", (BODY,)),
        ({"minutes": "body"}, "body", (BODY,)),
        ({"minutes": "dyad"}, "body", (BODY,)),
        ({"minutes": "members"}, "members", ()),
        ({"minutes": "public"}, "members", ()),
    ],
)
def test_f21_minutes_are_for_whom_the_boundary_agreement_says_and_never_public(
    agreed: dict[str, Visibility], within: str, audience: tuple[str, ...]
) -> None:
    context = knowing(acting(), Bounds(agreed))
    told: tuple[tuple[MeetingCommand, tuple[MeetingEvent, ...]], ...] = (
        (draft, sitting), (correct, (*sitting, drafted)),
    )  # fmt: skip
    for command, history in told:
        state = given(*history).when(ApproveMinutes(version=9), acting()).state
        (event,) = decider.decide(command, state, context)
        assert (event.recorded_within(None), event.audience) == (within, audience)


def test_c2_minutes_cite_decisions() -> None:
    wrong = DraftMinutes(decisions=("meetings/9",), text=VAN)
    given(*sitting).when(wrong, acting()).then_refused("retyped_decision")
    here = DecisionRefs(
        known=frozenset({"meetings/7", "meetings/8"}), here=frozenset({"meetings/8"})
    )
    given(*sitting).when(draft, acting(CLINIC, here)).then_refused("retyped_decision")
    both = draft.model_copy(update={"decisions": ("meetings/8", "meetings/7")})
    given(*sitting).when(both, acting(CLINIC, here)).then(
        drafted.model_copy(update={"decisions": ("meetings/7", "meetings/8")})
    )


def test_minutes_list_steps_of_their_meeting() -> None:
    elsewhere = MeetingSteps(frozenset({OTHER_STEP}), frozenset())
    given(*sitting).when(draft, acting(CLINIC, elsewhere)).then_refused("unknown_step")


def test_organisations_approve_the_newest_version() -> None:
    ask, approved = ApproveMinutes(version=1), MinutesApproved(by=UNION, version=1)
    given(*sitting, drafted).when(ask, acting(UNION)).then(approved)
    given(*sitting, drafted, approved).when(ask, acting(UNION)).then_nothing()
    given(*sitting).when(ask, acting(UNION)).then_refused("minutes_version")


def test_c4_a_correction_is_a_new_version() -> None:
    given(*sitting, drafted).when(correct, acting(UNION)).then(corrected)
    history = *sitting, drafted, corrected
    given(*history).when(correct, acting(UNION)).then_refused("minutes_version")
    given(*history).when(ApproveMinutes(version=1), acting(UNION)).then_refused("minutes_version")


def test_c4_a_correction_needs_approval_again() -> None:
    history = *sitting, drafted, MinutesApproved(by=UNION, version=1), corrected
    again = MinutesApproved(by=UNION, version=2)
    given(*history).when(ApproveMinutes(version=2), acting(UNION)).then(again)


# Closing


def test_a_meeting_closes_with_its_steps() -> None:
    given(*sitting).when(CloseMeeting(), acting()).then(closed)
    given(*sitting, closed).when(CloseMeeting(), acting()).then_nothing()
    given(scheduled).when(CloseMeeting(), acting()).then_refused("wrong_stage")


def test_c1_no_step_is_left_unowned() -> None:
    unowned = MeetingSteps(frozenset({STEP, OTHER_STEP}), frozenset({OTHER_STEP}))
    given(*sitting).when(CloseMeeting(), acting(CLINIC, unowned)).then_refused("unowned_steps")
    wrong = CloseMeeting(override=Override(steps=(STEP,), reason=COST))
    given(*sitting).when(wrong, acting(CLINIC, unowned)).then_refused("unowned_steps")


def test_c1_an_override_names_them() -> None:
    unowned = MeetingSteps(frozenset({STEP, OTHER_STEP}), frozenset({OTHER_STEP}))
    ask = CloseMeeting(override=Override(steps=(OTHER_STEP,), reason=COST))
    override = Overridden(steps=(OTHER_STEP,), reason=Sealed(COST))
    given(*sitting).when(ask, acting(CLINIC, unowned)).then(
        MeetingClosed(steps=(STEP, OTHER_STEP), override=override)
    )


# Laws

orgs = st.sampled_from([CLINIC, UNION, YOUTH])
attendances = st.sampled_from([ONE, TWO, THREE])
commands = st.one_of(
    st.just(schedule),
    st.just(RescheduleMeeting(starts_at=NOON, ends_at=DUSK, place=HALL)),
    st.builds(CancelMeeting, reason=st.just(COST)),
    st.builds(
        ProposeAgendaItem,
        item=st.sampled_from([FIRST, SECOND]),
        kind=st.sampled_from(["decision", "support"]),
        title=st.just(VAN),
        minutes=st.just(5),
    ),
    st.builds(PublishAgenda, items=st.lists(st.sampled_from([FIRST, SECOND])).map(tuple)),
    st.builds(InviteBack, org=orgs, entry=st.sampled_from(["meetings/7", "members/8"])),
    st.builds(
        AppointFacilitator,
        person=st.sampled_from([ANNA, BEN]),
        accreditation=st.none() | st.just(BADGE),
        org=st.none() | orgs,
        external=st.booleans(),
    ),
    st.just(OpenMeeting()),
    st.builds(
        RecordAttendance,
        attendance=attendances,
        org=orgs,
        person=st.sampled_from([ANNA, BEN]),
        mode=st.just("remote"),
    ),
    st.builds(RecordDeparture, attendance=attendances),
    st.builds(DraftMinutes, text=st.sampled_from([VAN, BUS])),
    st.builds(ApproveMinutes, version=st.integers(0, 3)),
    st.builds(CorrectMinutes, corrects=st.integers(0, 3), text=st.just(BUS), reason=st.just(COST)),
    st.just(CloseMeeting()),
    st.just(CloseMeeting(override=Override(steps=(STEP,), reason=COST))),
)
quorate = BodyRules((Rule(method=Method.MAJORITY),), frozenset({CLINIC, UNION, YOUTH}))
unsettled = MeetingSteps(frozenset({STEP}), frozenset({STEP}))
contexts = st.builds(acting, orgs, st.sampled_from([quorate, unsettled, Formality(formal=False)]))


@over(st.lists(st.tuples(commands, contexts), max_size=30), examples=100)
def test_laws(requests: list[tuple[MeetingCommand, Context]]) -> None:
    obey(decider, [(schedule, acting()), *requests])
