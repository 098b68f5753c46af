from datetime import timedelta

import pytest
from hypothesis import strategies as st

from services.meetings.domain.pilot import (
    IdeaPitched,
    IdeaReviewed,
    Pilot,
    PilotCommand,
    PilotEvent,
    PilotReported,
    PilotStarted,
    PitchIdea,
    ReportPilot,
    ReviewIdea,
    StartPilot,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import BUS, CLINIC, COST, NEWS, NOON, SCHOOL, UNION, VAN, by

LATER = NOON + timedelta(hours=1)
SPRING, SUMMER = (NOON.date() + timedelta(days=n) for n in (90, 180))

pitch = PitchIdea(text=VAN)
pitched = IdeaPitched(by=CLINIC, text=Sealed(VAN))
review = ReviewIdea(text=COST)
reviewed = IdeaReviewed(by=UNION, at=NOON, text=Sealed(COST))
start = StartPilot(until=SPRING)
started = PilotStarted(by=SCHOOL, until=SPRING)
report = ReportPilot(result="partly", text=NEWS)
reported = PilotReported(by=SCHOOL, result="partly", text=Sealed(NEWS))


def given(*history: PilotEvent) -> Given[PilotCommand, Pilot, PilotEvent]:
    return Given(decider, history)


def test_an_idea_is_pitched_once() -> None:
    given().when(pitch, by(CLINIC)).then(pitched)
    given(pitched).when(pitch, by(CLINIC)).then_nothing()
    given(pitched).when(pitch, by(UNION)).then_refused("already_pitched")


def test_f112_others_review_an_idea() -> None:
    given(pitched).when(review, by(UNION)).then(reviewed)
    given(pitched, reviewed).when(review, by(UNION)).then_nothing()
    given(pitched, reviewed).when(review, by(UNION, LATER)).then(
        reviewed.model_copy(update={"at": LATER})
    )
    given(pitched).when(review, by(CLINIC)).then_refused("own_idea")


def test_f112_one_at_a_time_tries_an_idea_out() -> None:
    given(pitched).when(start, by(SCHOOL)).then(started)
    given(pitched).when(start, by(CLINIC)).then(started.model_copy(update={"by": CLINIC}))
    given(pitched, started).when(start, by(SCHOOL)).then_nothing()
    longer = StartPilot(until=SUMMER)
    for org in (SCHOOL, UNION):
        given(pitched, started).when(longer, by(org)).then_refused("already_started")
    again = PilotStarted(by=UNION, until=SUMMER)
    given(pitched, started, reported).when(longer, by(UNION)).then(again)


def test_f112_who_tried_it_out_says_what_came_of_it() -> None:
    given(pitched, started).when(report, by(SCHOOL)).then(reported)
    given(pitched, started, reported).when(report, by(SCHOOL)).then_nothing()
    given(pitched, started).when(report, by(CLINIC)).then_refused("not_the_owner")
    given(pitched).when(report, by(SCHOOL)).then_refused("not_started")
    better = ReportPilot(result="worked", text=BUS)
    given(pitched, started, reported).when(better, by(SCHOOL)).then_refused("already_reported")


@pytest.mark.parametrize("command", [review, start, report])
def test_what_was_not_pitched_is_not_tried_out(command: PilotCommand) -> None:
    given().when(command, by(SCHOOL)).then_refused("unknown_idea")


@pytest.mark.parametrize("command", [pitch, review, start, report])
def test_i2_an_organisation_says_it(command: PilotCommand) -> None:
    history = (pitched, started) if command is not pitch else ()
    given(*history).when(command, by(None)).then_refused("no_organisation")


commands: st.SearchStrategy[PilotCommand] = st.one_of(
    st.just(pitch),
    st.just(review),
    st.builds(StartPilot, until=st.sampled_from([SPRING, SUMMER])),
    st.builds(ReportPilot, result=st.sampled_from(["worked", "not"]), text=st.just(NEWS)),
)
contexts = st.builds(by, st.sampled_from([CLINIC, SCHOOL]), st.sampled_from([NOON, LATER]))
Requests = list[tuple[PilotCommand, Context]]


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=5, max_size=30), examples=100)
def test_i2_each_report_follows_a_start_by_the_same_organisation(requests: Requests) -> None:
    pilot, told = decider.initial, list[PilotEvent]()
    for command, context in requests:
        try:
            events = decider.decide(command, pilot, context)
        except Refused:
            continue
        for event in events:
            pilot = decider.evolve(pilot, event)
        told.extend(events)
    tries = [one for one in told if isinstance(one, PilotStarted | PilotReported)]
    for start_, end in zip(tries[::2], tries[1::2], strict=False):
        assert isinstance(start_, PilotStarted)
        assert isinstance(end, PilotReported)
        assert start_.by == end.by
