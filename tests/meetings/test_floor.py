"""The floor of a meeting: one speaks at a time, each is counted, and who leads sets the heat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.boundary import Bounds
from services.meetings.domain.floor import (
    DissentInvited,
    EndSpeech,
    FloorCommand,
    FloorRequested,
    HeatLowered,
    HeatRaised,
    InviteDissent,
    LowerHeat,
    RaiseHeat,
    RequestFloor,
    SpeechEnded,
    SpeechStarted,
    StartSpeech,
)
from services.meetings.domain.ids import ItemId, OrgId, SpeechId
from services.meetings.domain.meeting import (
    CloseMeeting,
    Meeting,
    MeetingCommand,
    MeetingEvent,
    decider,
)
from services.meetings.domain.parking import DiscussionParked
from shared.decider import Refused
from shared.event import Context, Sealed, Visibility
from tests.laws import obey, over
from tests.meetings.coalition import ANNA, BEN, CLINIC, COST, DUSK, NOON, PLENARY, UNION, YOUTH
from tests.meetings.test_meeting import (
    FIRST,
    ONE,
    SECOND,
    TWO,
    acting,
    came,
    closed,
    given,
    past,
    proposed,
    scheduled,
    sitting,
)

BODY = f"body:{PLENARY}"
SPEECH, OTHER_SPEECH = SpeechId(UUID(int=51)), SpeechId(UUID(int=52))
UNKNOWN = ItemId(UUID(int=404))
second = proposed.model_copy(update={"item": SECOND})
room = *sitting, proposed, second, came(ONE), came(TWO, CLINIC, accreditation=None)
ask, asked = RequestFloor(item=FIRST), FloorRequested(by=UNION, item=FIRST).seen_by(BODY)
start = StartSpeech(speech=SPEECH, item=FIRST, org=UNION, speaker=BEN)
started = SpeechStarted(
    at=NOON, speech=SPEECH, item=FIRST, org=UNION, speaker=Sealed(BEN, about=BEN)
).seen_by(BODY)
parked = DiscussionParked(item=FIRST, until=DUSK.date(), reason=Sealed(COST))
end = EndSpeech(speech=SPEECH)


def lasted(seconds: int) -> SpeechEnded:
    return SpeechEnded(speech=SPEECH, seconds=seconds).seen_by(BODY)


def later(seconds: float, org: OrgId = CLINIC) -> Context:
    context: Context = acting(org, at=NOON + timedelta(seconds=seconds))
    return context


def test_an_organisation_in_the_room_asks_for_the_floor() -> None:
    given(*room).when(ask, acting(UNION)).then(asked)
    given(*room, asked).when(ask, acting(UNION)).then_nothing()
    given(*room).when(ask, acting(YOUTH)).then_refused("not_present")
    given(*room).when(ask, past()).then(asked.model_copy(update={"by": CLINIC}))
    nothing = RequestFloor(item=UNKNOWN)
    given(*room).when(nothing, acting(UNION)).then_refused("unknown_item")
    given(*room, parked).when(ask, acting(UNION)).then_refused("parked")
    given(*room, closed).when(ask, acting(UNION)).then_refused("wrong_stage")


def test_who_spoke_may_ask_again() -> None:
    over_ = lasted(5)
    given(*room, asked, started, over_).when(ask, acting(UNION)).then(asked)


def test_c8_the_floor_is_given_to_one_at_a_time_on_an_item() -> None:
    given(*room).when(start, acting()).then(started)
    given(*room, started).when(start, acting()).then_nothing()
    other = start.model_copy(update={"speech": OTHER_SPEECH, "org": CLINIC})
    given(*room, started).when(other, acting()).then_refused("floor_taken")
    elsewhere = other.model_copy(update={"item": SECOND})
    told = started.model_copy(update={"speech": OTHER_SPEECH, "item": SECOND, "org": CLINIC})
    given(*room, started).when(elsewhere, acting()).then(told)
    over_ = lasted(5)
    then = started.model_copy(update={"speech": OTHER_SPEECH, "org": CLINIC})
    given(*room, started, over_).when(other, acting()).then(then)
    again = start.model_copy(update={"org": CLINIC})
    given(*room, started, over_).when(again, acting()).then_refused("already_spoken")


def test_only_who_is_there_speaks_on_what_is_there_to_discuss() -> None:
    absent = start.model_copy(update={"org": YOUTH})
    given(*room).when(absent, acting()).then_refused("not_present")
    given(*room).when(absent, past()).then(started.model_copy(update={"org": YOUTH}))
    nothing = start.model_copy(update={"item": UNKNOWN})
    given(*room).when(nothing, acting()).then_refused("unknown_item")
    given(*room, parked).when(start, acting()).then_refused("parked")
    given(scheduled, proposed, came(ONE)).when(start, acting()).then_refused("wrong_stage")


def test_a_speech_is_as_long_as_the_clock_says() -> None:
    for seconds, whole in ((0.0, 0), (95.0, 95), (95.9, 95), (-3.0, 0)):
        ended = lasted(whole)
        given(*room, started).when(end, later(seconds)).then(ended)
    ended = lasted(5)
    given(*room, started, ended).when(end, later(9)).then_nothing()
    given(*room).when(end, later(9)).then_refused("unknown_speech")


def test_it_is_over_when_the_meeting_is() -> None:
    ended = lasted(60)
    given(*room, started).when(CloseMeeting(), later(60)).then(ended, closed)
    given(*room, started, ended).when(CloseMeeting(), later(90)).then(closed)


def test_the_heat_rises_and_falls_with_a_reason() -> None:
    for command, event in (
        (
            RaiseHeat(item=FIRST, reason=COST),
            HeatRaised(item=FIRST, reason=Sealed(COST)).seen_by(BODY),
        ),
        (
            LowerHeat(item=FIRST, reason=COST),
            HeatLowered(item=FIRST, reason=Sealed(COST)).seen_by(BODY),
        ),
    ):
        given(*room).when(command, acting()).then(event)
        unknown = command.model_copy(update={"item": UNKNOWN})
        given(*room).when(unknown, acting()).then_refused("unknown_item")
        given(*room, parked).when(command, acting()).then_refused("parked")
        given(*room, closed).when(command, acting()).then_refused("wrong_stage")


def test_dissent_is_invited_once_on_an_item() -> None:
    invite, invited = InviteDissent(item=FIRST), DissentInvited(item=FIRST)
    given(*room).when(invite, acting()).then(invited)
    given(*room, invited).when(invite, acting()).then_nothing()
    given(*room).when(InviteDissent(item=UNKNOWN), acting()).then_refused("unknown_item")
    given(*room, closed).when(invite, acting()).then_refused("wrong_stage")


@pytest.mark.parametrize(
    ("agreed", "within", "audience"),
    [
        ({}, "body", (BODY,)),
        ({"speech": "dyad"}, "body", (BODY,)),
        ({"minutes": "members"}, "body", (BODY,)),
        ({"speech": "members"}, "members", ()),
        ({"speech": "public"}, "members", ()),
    ],
)
def test_what_is_said_is_for_the_body_unless_the_boundary_agreement_says_so(
    agreed: dict[str, Visibility], within: str, audience: tuple[str, ...]
) -> None:
    history: Sequence[MeetingEvent] = (*room, started)
    for command in (ask, end, RaiseHeat(item=SECOND, reason=COST), CloseMeeting()):
        state = given(*history).when(ask, acting()).state
        event = decider.decide(command, state, acting(UNION, Bounds(agreed)))[0]
        assert (event.recorded_within(None), event.audience) == (within, audience)


# What is searched

items = st.sampled_from([FIRST, SECOND])
speeches = st.integers(51, 54).map(lambda n: SpeechId(UUID(int=n)))
orgs = st.sampled_from([CLINIC, UNION, YOUTH])
commands: st.SearchStrategy[FloorCommand] = st.one_of(
    st.builds(RequestFloor, item=items),
    st.builds(
        StartSpeech, speech=speeches, item=items, org=orgs, speaker=st.sampled_from([ANNA, BEN])
    ),
    st.builds(EndSpeech, speech=speeches),
    st.builds(RaiseHeat, item=items, reason=st.just(COST)),
    st.builds(LowerHeat, item=items, reason=st.just(COST)),
    st.builds(InviteDissent, item=items),
)
contexts = st.builds(later, st.integers(0, 600), orgs)
Histories = list[tuple[FloorCommand, Context]]


def told(requests: Histories) -> list[MeetingEvent]:
    """Return all that happens in the room when these are asked, one after another."""
    state: Meeting | None = given(*room).when(ask, acting()).state
    found: list[MeetingEvent] = []
    for command, context in sorted(requests, key=lambda one: one[1].at):
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
        found += events
    return found


@over(st.lists(st.tuples(commands, contexts), max_size=30), examples=150)
def test_c8_never_two_speak_on_an_item_at_once(requests: Histories) -> None:
    speaking: dict[ItemId, SpeechId] = {}
    for event in told(requests):
        if isinstance(event, SpeechStarted):
            assert event.item not in speaking
            speaking[event.item] = event.speech
        elif isinstance(event, SpeechEnded):
            assert event.speech in speaking.values()
            assert event.seconds >= 0
            speaking = {item: one for item, one in speaking.items() if one != event.speech}


@over(st.lists(st.tuples(commands, contexts), max_size=30))
def test_the_floor_obeys_the_laws(requests: list[tuple[MeetingCommand, Context]]) -> None:
    state: Meeting | None = given(*room).when(ask, acting()).state
    obey(replace(decider, initial=state), requests)
