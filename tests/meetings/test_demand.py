from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.demand import (
    AnswerDemand,
    Demand,
    DemandAnswered,
    DemandCommand,
    DemandEscalated,
    DemandEvent,
    DemandPresented,
    EscalateDemand,
    PresentDemand,
    decider,
    reads,
)
from services.meetings.domain.ids import CampaignId, Campaigns
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import BUS, CLINIC, COST, NEWS, NOON, UNION, VAN, by

CAMPAIGN = CampaignId(UUID(int=60))
KNOWN = Campaigns(frozenset({CAMPAIGN}))
TODAY = NOON.date()
IN_A_WEEK, IN_A_MONTH = TODAY + timedelta(days=7), TODAY + timedelta(days=30)
ON_THE_DAY, AFTER = NOON + timedelta(days=7), NOON + timedelta(days=8)

present = PresentDemand(campaign=CAMPAIGN, office=VAN, text=BUS, due=IN_A_WEEK)
presented = DemandPresented(
    by=UNION, campaign=CAMPAIGN, office=Sealed(VAN), text=Sealed(BUS), due=IN_A_WEEK
)
answer = AnswerDemand(result="partly", text=COST)
answered = DemandAnswered(by=UNION, result="partly", text=Sealed(COST))
refused = answered.model_copy(update={"result": "refused"})
met = answered.model_copy(update={"result": "met"})
escalate = EscalateDemand(to=NEWS, due=IN_A_MONTH)
escalated = DemandEscalated(by=UNION, to=Sealed(NEWS), due=IN_A_MONTH)


def given(*history: DemandEvent) -> Given[DemandCommand, Demand, DemandEvent]:
    return Given(decider, history)


def test_a_demand_is_presented_with_a_day() -> None:
    given().when(present, by(UNION, facts=(KNOWN,))).then(presented)
    given(presented).when(present, by(UNION)).then_nothing()
    given(presented, escalated).when(present, by(UNION)).then_nothing()
    given(presented).when(present, by(CLINIC)).then_refused("already_presented")
    unknown = by(UNION, facts=(Campaigns(frozenset()),))
    given().when(present, unknown).then_refused("unknown_campaign")
    alone = PresentDemand(office=VAN, text=BUS, due=IN_A_WEEK)
    given().when(alone, unknown).then(presented.model_copy(update={"campaign": None}))
    given().when(present, by(None, facts=(KNOWN,))).then_refused("no_organisation")


def test_what_an_office_answers_is_recorded_and_may_change() -> None:
    given(presented).when(answer, by(UNION)).then(answered)
    given(presented, answered).when(answer, by(CLINIC)).then_nothing()
    given(presented, refused).when(answer, by(UNION)).then(answered)
    given(presented, answered, escalated).when(answer, by(UNION)).then(answered)
    given(presented).when(answer, by(None)).then_refused("no_organisation")


def test_c12_a_demand_unanswered_past_its_day_reads_no_answer() -> None:
    assert reads(None, IN_A_WEEK, ON_THE_DAY.date()) == "waiting"
    assert reads(None, IN_A_WEEK, AFTER.date()) == "no_answer"
    assert reads("refused", IN_A_WEEK, AFTER.date()) == "refused"


def test_f114_what_was_not_answered_in_time_or_not_met_can_be_escalated() -> None:
    given(presented).when(escalate, by(UNION, AFTER)).then(escalated)
    given(presented).when(escalate, by(UNION, ON_THE_DAY)).then_refused("not_due")
    for unmet in (answered, refused):
        given(presented, unmet).when(escalate, by(UNION)).then(escalated)
    given(presented, met).when(escalate, by(UNION, AFTER)).then_refused("demand_met")
    given(presented, escalated).when(escalate, by(CLINIC)).then_nothing()
    higher = escalate.model_copy(update={"due": IN_A_MONTH + timedelta(days=1)})
    given(presented, escalated).when(higher, by(UNION, AFTER)).then_refused("not_due")
    given(presented, refused).when(escalate, by(None)).then_refused("no_organisation")


@pytest.mark.parametrize("command", [answer, escalate])
def test_what_was_not_presented_is_not_answered(command: DemandCommand) -> None:
    given().when(command, by(UNION)).then_refused("unknown_demand")


DAYS = [NOON + timedelta(days=n) for n in (0, 8, 31, 60)]
commands: st.SearchStrategy[DemandCommand] = st.one_of(
    st.builds(
        PresentDemand,
        campaign=st.just(CAMPAIGN),
        office=st.just(VAN),
        text=st.just(BUS),
        due=st.sampled_from([IN_A_WEEK, IN_A_MONTH]),
    ),
    st.builds(
        AnswerDemand, result=st.sampled_from(["met", "partly", "refused"]), text=st.just(COST)
    ),
    st.builds(EscalateDemand, to=st.just(NEWS), due=st.sampled_from([IN_A_WEEK, IN_A_MONTH])),
)
contexts = st.builds(
    lambda org, at: by(org, at, facts=(KNOWN,)),
    st.sampled_from([CLINIC, UNION]),
    st.sampled_from(DAYS),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[DemandCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=6, max_size=20), examples=200)
def test_c12_silence_is_read_from_the_day_and_never_before(
    requests: list[tuple[DemandCommand, Context]],
) -> None:
    demand = decider.initial
    for command, context in requests:
        before = demand
        try:
            events = decider.decide(command, demand, context)
        except Refused:
            continue
        for event in events:
            demand = decider.evolve(demand, event)
        if [one for one in events if isinstance(one, DemandEscalated)]:
            assert before is not None
            assert before.result in {"partly", "refused"} or context.at.date() > before.due
    if demand is not None and demand.result is None:
        assert reads(None, demand.due, demand.due) == "waiting"
        assert reads(None, demand.due, demand.due + timedelta(days=1)) == "no_answer"


def test_the_days_are_those_of_the_moment() -> None:
    late = datetime.combine(IN_A_WEEK, NOON.timetz()).replace(hour=23, minute=59)
    given(presented).when(escalate, by(UNION, late)).then_refused("not_due")
