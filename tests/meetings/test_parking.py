"""What is parked rests until its day, and is on the next agenda then."""

from datetime import timedelta

from hypothesis import strategies as st

from services.meetings.domain.agenda import AgendaPublished, Newest, PublishAgenda
from services.meetings.domain.ids import ItemId, OrgId
from services.meetings.domain.meeting import decider
from services.meetings.domain.parking import (
    DiscussionParked,
    DiscussionResumed,
    ParkDiscussion,
    ResumeDiscussion,
    Returning,
)
from shared.event import Sealed
from tests.laws import over
from tests.meetings.coalition import CLINIC, COST, NOON, SCHOOL, UNION, by_itself, knowing
from tests.meetings.test_floor import UNKNOWN, lasted, later, room, started
from tests.meetings.test_meeting import (
    FIRST,
    SECOND,
    acting,
    closed,
    given,
    past,
    proposed,
    scheduled,
)

TOMORROW = NOON.date() + timedelta(days=1)
park = ParkDiscussion(item=FIRST, until=TOMORROW, reason=COST)
parked = DiscussionParked(item=FIRST, until=TOMORROW, reason=Sealed(COST))
resume, resumed = ResumeDiscussion(item=FIRST), DiscussionResumed(item=FIRST)


def test_an_item_rests_until_a_later_day() -> None:
    given(*room).when(park, acting()).then(parked)
    given(*room, parked).when(park, acting()).then_nothing()
    longer = TOMORROW + timedelta(days=7)
    given(*room, parked).when(park.model_copy(update={"until": longer}), acting()).then(
        parked.model_copy(update={"until": longer})
    )
    today = park.model_copy(update={"until": NOON.date()})
    given(*room).when(today, acting()).then_refused("in_the_past")
    given(*room).when(today, past()).then(parked.model_copy(update={"until": NOON.date()}))
    unknown = park.model_copy(update={"item": UNKNOWN})
    given(*room).when(unknown, acting()).then_refused("unknown_item")
    for history in ((scheduled, proposed), (*room, closed)):
        given(*history).when(park, acting()).then_refused("wrong_stage")


def test_who_speaks_on_it_is_heard_no_longer() -> None:
    ended = lasted(30)
    given(*room, started).when(park, later(30)).then(ended, parked)
    other = park.model_copy(update={"item": SECOND})
    told = parked.model_copy(update={"item": SECOND})
    given(*room, started).when(other, later(30)).then(told)


def test_it_is_taken_up_again() -> None:
    given(*room, parked).when(resume, acting()).then(resumed)
    given(*room).when(resume, acting()).then_nothing()
    given(*room, parked, resumed).when(resume, acting()).then_nothing()
    given(*room, parked, closed).when(resume, acting()).then_refused("wrong_stage")
    unknown = ResumeDiscussion(item=UNKNOWN)
    given(*room).when(unknown, acting()).then_refused("unknown_item")


def test_by_itself_on_its_day_though_the_meeting_is_over() -> None:
    dawn = by_itself(NOON + timedelta(hours=12))
    for history in ((*room, parked), (*room, parked, closed)):
        given(*history).when(resume, by_itself()).then_refused("too_soon")
        given(*history).when(resume, dawn).then(resumed)
        given(*history, resumed).when(resume, dawn).then_nothing()


def test_f76_what_is_back_is_on_the_next_agenda() -> None:
    back = Returning((SECOND,))
    ask = PublishAgenda(items=(FIRST,))
    listed = AgendaPublished(items=(FIRST, SECOND), short_notice=False)
    given(scheduled, proposed).when(ask, acting(CLINIC, back)).then(listed)
    given(scheduled, proposed, listed).when(ask, acting(CLINIC, back)).then_nothing()
    early = PublishAgenda(items=(SECOND, FIRST))
    turned = AgendaPublished(items=(SECOND, FIRST), short_notice=False)
    given(scheduled, proposed).when(early, acting(CLINIC, back)).then(turned)
    given(scheduled, proposed).when(ask, past(back)).then(
        AgendaPublished(items=(FIRST,), short_notice=False)
    )
    unlisted = PublishAgenda(items=(UNKNOWN,))
    given(scheduled, proposed).when(unlisted, acting(CLINIC, back)).then_refused("unknown_item")


def test_what_came_back_is_parked_again() -> None:
    listed = AgendaPublished(items=(FIRST, SECOND), short_notice=False)
    again = park.model_copy(update={"item": SECOND})
    history = *(event for event in room if event != room[4]), listed
    given(*history).when(again, acting()).then(parked.model_copy(update={"item": SECOND}))


def test_f105_an_alliance_begins_with_the_support_of_its_newest_member() -> None:
    support = proposed.model_copy(update={"item": SECOND, "kind": "support", "by": SCHOOL})
    ask = PublishAgenda(items=(FIRST, SECOND))
    for newest, order in (
        (SCHOOL, (SECOND, FIRST)), (UNION, (FIRST, SECOND)), (None, (FIRST, SECOND)),
    ):  # fmt: skip
        listed = AgendaPublished(items=order, short_notice=False)
        context = acting(CLINIC, Newest(newest))
        given(scheduled, proposed, support).when(ask, context).then(listed)
        given(scheduled, proposed, support, listed).when(ask, context).then_nothing()
    given(scheduled, proposed, support).when(ask, past(Newest(SCHOOL))).then(
        AgendaPublished(items=(FIRST, SECOND), short_notice=False)
    )


@over(
    st.permutations([FIRST, SECOND]),
    st.lists(st.sampled_from([FIRST, SECOND]), unique=True),
    st.sampled_from([None, SCHOOL, UNION]),
)
def test_c12_an_agenda_lists_each_item_once_and_all_that_are_back(
    asked: list[ItemId], back: list[ItemId], newest: OrgId | None
) -> None:
    support = proposed.model_copy(update={"item": SECOND, "kind": "support", "by": SCHOOL})
    context = knowing(acting(), Newest(newest), Returning(tuple(back)))
    state = given(scheduled, proposed, support).when(PublishAgenda(items=()), acting()).state
    for event in decider.decide(PublishAgenda(items=tuple(asked[:1])), state, context):
        assert isinstance(event, AgendaPublished)
        assert len({*event.items}) == len(event.items)
        assert {*event.items} == {asked[0], *back}
