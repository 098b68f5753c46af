from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import CampaignId, Campaigns
from services.meetings.domain.workstream import (
    CloseWorkstream,
    ProgressReported,
    ReportProgress,
    StartWorkstream,
    Workstream,
    WorkstreamClosed,
    WorkstreamCommand,
    WorkstreamEvent,
    WorkstreamStarted,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import BUS, CLINIC, NEWCOMER, NOON, SCHOOL, UNION, VAN, by, imported

CAMPAIGN = CampaignId(UUID(int=60))
ROLL = Roll(frozenset({CLINIC, SCHOOL, UNION}))
KNOWN = Campaigns(frozenset({CAMPAIGN}))
LATER = NOON + timedelta(days=3)

start = StartWorkstream(campaign=CAMPAIGN, lead=SCHOOL, name=VAN)
started = WorkstreamStarted(campaign=CAMPAIGN, lead=SCHOOL, name=Sealed(VAN))
report = ReportProgress(percent=40, text=BUS)
reported = ProgressReported(by=SCHOOL, at=NOON, percent=40, text=Sealed(BUS))
close = CloseWorkstream(result=BUS)
closed = WorkstreamClosed(result=Sealed(BUS))


def given(*history: WorkstreamEvent) -> Given[WorkstreamCommand, Workstream, WorkstreamEvent]:
    return Given(decider, history)


def test_a_workstream_has_a_lead_who_is_a_member_and_a_campaign_that_was_launched() -> None:
    known = by(CLINIC, facts=(KNOWN, ROLL))
    given().when(start, known).then(started)
    given(started).when(start, by(CLINIC)).then_nothing()
    other = start.model_copy(update={"lead": UNION})
    given(started).when(other, known).then_refused("already_started")
    strange = start.model_copy(update={"lead": NEWCOMER})
    given().when(strange, known).then_refused("unknown_organisation")
    nothing = by(CLINIC, facts=(Campaigns(frozenset()), ROLL))
    given().when(start, nothing).then_refused("unknown_campaign")
    alone = StartWorkstream(lead=SCHOOL, name=VAN)
    given().when(alone, nothing).then(WorkstreamStarted(lead=SCHOOL, name=Sealed(VAN)))
    given().when(start, imported(None, facts=(KNOWN, ROLL))).then(started)


def test_f62_any_member_says_how_far_it_is_while_it_goes_on() -> None:
    given(started).when(report, by(SCHOOL)).then(reported)
    given(started, reported).when(report, by(SCHOOL)).then_nothing()
    once_more = reported.model_copy(update={"at": LATER})
    given(started, reported).when(report, by(SCHOOL, LATER)).then(once_more)
    theirs = reported.model_copy(update={"by": UNION})
    given(started, reported).when(report, by(UNION)).then(theirs)
    given(started, closed).when(report, by(SCHOOL)).then_refused("wrong_stage")
    given(started, reported, closed).when(report, by(SCHOOL)).then_nothing()
    given(started).when(report, by(None)).then_refused("no_organisation")


def test_a_workstream_is_closed_once() -> None:
    given(started).when(close, by(CLINIC)).then(closed)
    given(started, closed).when(close, by(CLINIC)).then_nothing()


@pytest.mark.parametrize("command", [report, close])
def test_what_was_not_started_does_not_go_on(command: WorkstreamCommand) -> None:
    given().when(command, by(SCHOOL)).then_refused("unknown_workstream")


commands: st.SearchStrategy[WorkstreamCommand] = st.one_of(
    st.builds(
        StartWorkstream,
        campaign=st.sampled_from([None, CAMPAIGN]),
        lead=st.sampled_from([SCHOOL, UNION]),
        name=st.just(VAN),
    ),
    st.builds(ReportProgress, percent=st.sampled_from([None, 0, 100]), text=st.just(BUS)),
    st.just(close),
)
contexts = st.builds(
    lambda org, at: by(org, at, facts=(KNOWN, ROLL)),
    st.sampled_from([CLINIC, SCHOOL]),
    st.sampled_from([NOON, LATER]),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[WorkstreamCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=5, max_size=20))
def test_i2_who_started_leads_and_nothing_follows_the_end(
    requests: list[tuple[WorkstreamCommand, Context]],
) -> None:
    workstream, told = decider.initial, list[WorkstreamEvent]()
    for command, context in requests:
        try:
            events = decider.decide(command, workstream, context)
        except Refused:
            continue
        for event in events:
            workstream = decider.evolve(workstream, event)
        told.extend(events)
    assert all(isinstance(one, WorkstreamStarted) == (n == 0) for n, one in enumerate(told))
    ends = [n for n, one in enumerate(told) if isinstance(one, WorkstreamClosed)]
    assert ends in ([], [len(told) - 1])
    if told:
        assert workstream is not None
        assert workstream.lead in ROLL.joined
