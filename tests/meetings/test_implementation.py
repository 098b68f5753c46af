"""How a decision fares: its review, what goes wrong with it, and what comes in its place."""

from datetime import date, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.communication import AcknowledgeDecision
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ConstituencyId, DecisionId, ProposalId
from services.meetings.domain.implementation import (
    Cause,
    DecisionReviewScheduled,
    DecisionSuperseded,
    ImplementationIssueReported,
    ReportImplementationIssue,
    ScheduleReview,
    Successor,
    SupersedeDecision,
)
from services.meetings.domain.proposal import (
    AmendProposal,
    DecisionReopened,
    MakeDecision,
    Proposal,
    ProposalCommand,
    ProposalEvent,
    PublishProposal,
    ReopenDecision,
    decider,
)
from services.meetings.domain.voting import CloseVoting, TakeStance
from shared.event import Context, Sealed
from tests.laws import obey, over
from tests.meetings.coalition import (
    CLINIC,
    COST,
    DECISION,
    DUSK,
    MIGRANTS,
    NEWS,
    NOON,
    PARENTS,
    SCHOOL,
    UNION,
    VAN,
    YOUTH,
    by_itself,
    imported,
)
from tests.meetings.test_proposal import (
    AGREE,
    DECIDED,
    FACTS,
    acting,
    closed,
    decision,
    draft,
    given,
    make,
    open_voting,
    opened,
    ready,
    took,
    under_way,
    with_rule,
)

LATER = ProposalId(UUID(int=71))
SECOND, THIRD = (DecisionId(UUID(int=n)) for n in (72, 73))
MARCH = date(2026, 3, 1)

voted = *under_way, closed(agree=2)
decided = *voted, decision()
reopened = DecisionReopened(decision=DECIDED, new_information=Sealed(NEWS))
report = ReportImplementationIssue(decision=DECIDED, what=COST)
reported = ImplementationIssueReported(by=YOUTH, decision=DECIDED, what=Sealed(COST))
replace_it = SupersedeDecision(decision=DECIDED, successor=LATER, effect="replaced")
superseded = DecisionSuperseded(decision=DECIDED, successor=SECOND, effect="replaced")


def review(on: date, of: DecisionId = DECIDED) -> ScheduleReview:
    return ScheduleReview(decision=of, on=on)


def scheduled(on: date) -> DecisionReviewScheduled:
    return DecisionReviewScheduled(decision=DECIDED, on=on)


def replaced(by: DecisionId | None = SECOND) -> Context:
    return acting(CLINIC, Successor(by))


def test_f15_an_issue_is_reported_by_any_member_for_whom_it_concerns() -> None:
    given(*decided).when(report, acting(YOUTH)).then(reported)
    concerned = report.model_copy(update={"constituency": PARENTS})
    given(*decided).when(concerned, acting(YOUTH)).then(
        reported.model_copy(update={"constituency": PARENTS})
    )


@pytest.mark.parametrize(
    ("constituency", "reason"), [(MIGRANTS, "unknown_constituency"), (None, "not_a_member")]
)
def test_who_reports_is_a_member_and_names_whom_there_is(
    constituency: ConstituencyId | None, reason: str
) -> None:
    ask = report.model_copy(update={"constituency": constituency})
    there = acting(YOUTH) if constituency else acting(YOUTH, Roll(frozenset({CLINIC})))
    given(*decided).when(ask, there).then_refused(reason)
    given(*decided).when(ask, by_itself()).then_refused("no_organisation")


def test_d20_an_issue_reported_is_reason_enough_to_reopen() -> None:
    ask = ReopenDecision(decision=DECIDED, because="meetings/9")
    because = reopened.model_copy(update={"new_information": Sealed(), "because": "meetings/9"})
    given(*decided, reported).when(ask, acting(CLINIC, Cause(DECIDED))).then(because)
    for other in (Cause(), Cause(DECISION)):
        given(*decided, reported).when(ask, acting(CLINIC, other)).then_refused(
            "no_new_information"
        )


def test_the_chair_sets_when_a_decision_is_looked_at_again() -> None:
    given(*decided).when(review(MARCH), acting(CLINIC)).then(scheduled(MARCH))
    given(*decided, scheduled(MARCH)).when(review(MARCH), acting(CLINIC)).then_nothing()
    given(*decided).when(review(NOON.date()), acting(CLINIC)).then(scheduled(NOON.date()))
    yesterday = review(NOON.date() - timedelta(days=1))
    given(*decided).when(yesterday, acting(CLINIC)).then_refused("in_the_past")


def test_a_rule_may_set_when_what_it_adopts_is_looked_at_again() -> None:
    voting = with_rule(review_after_days=90)
    taken = took(UNION, AGREE), took(CLINIC, AGREE)
    history = *ready, voting, *taken, closed(agree=2)
    due = NOON.date() + timedelta(days=90)
    given(*history).when(make, acting(CLINIC)).then(decision(), scheduled(due))
    given(*history).when(make, imported(CLINIC, facts=FACTS)).then(decision())


def test_what_is_rejected_is_not_reviewed() -> None:
    taken = (
        took(UNION, AGREE),
        took(CLINIC, AGREE.DISAGREE, COST),
        took(YOUTH, AGREE.DISAGREE, COST),
    )
    history = *ready, with_rule(review_after_days=90), *taken, closed(agree=1, disagree=2)
    context = acting(CLINIC)
    assert [type(event).__name__ for event in decider.decide(make, folded(history), context)] == [
        "DecisionMade"
    ]


def folded(history: tuple[ProposalEvent, ...]) -> Proposal | None:
    return reduce(decider.evolve, history, decider.initial)


def test_a_decision_adopted_in_its_place_supersedes_it() -> None:
    for history in (decided, (*decided, reopened)):
        given(*history).when(replace_it, replaced()).then(superseded)
        given(*history).when(replace_it, replaced(None)).then_nothing()
        given(*history, superseded).when(replace_it, replaced()).then_nothing()
        again = superseded.model_copy(update={"successor": THIRD})
        given(*history, superseded).when(replace_it, replaced(THIRD)).then(again)
    given(*voted).when(replace_it, replaced()).then_refused("unknown_decision")


def test_what_is_superseded_is_over() -> None:
    over_ = *decided, superseded
    acknowledge = AcknowledgeDecision(decision=DECIDED)
    for late in (report, review(MARCH), acknowledge):
        given(*over_).when(late, acting(YOUTH)).then_refused("unknown_decision")
    amend = AmendProposal(text=COST, because=NEWS)
    reopen = ReopenDecision(decision=DECIDED, new_information=NEWS)
    for ask in (amend, reopen, open_voting, make):
        given(*over_).when(ask, acting(UNION)).then_refused(
            "not_closed" if isinstance(ask, MakeDecision) else "wrong_stage"
        )


def test_a_round_under_way_goes_on_when_the_decision_before_it_is_superseded() -> None:
    second = opened.model_copy(update={"round": 2})
    history = *decided, reopened, second, superseded
    given(*history).when(TakeStance(option=AGREE), acting(SCHOOL)).then(took(SCHOOL, AGREE))


def test_only_the_decision_in_force_is_reported_on_or_reviewed() -> None:
    for history in (voted, (*decided, reopened)):
        for ask in (report, review(MARCH)):
            given(*history).when(ask, acting(YOUTH)).then_refused("unknown_decision")
    given(*decided).when(review(MARCH, DECISION), acting(CLINIC)).then_refused("unknown_decision")


commands = st.one_of(
    st.builds(review, st.dates(date(2025, 12, 30), date(2026, 1, 4))),
    st.just(report),
    st.just(replace_it),
    st.builds(
        ReopenDecision,
        decision=st.just(DECIDED),
        new_information=st.sampled_from([NEWS, None]),
        because=st.just("meetings/9"),
    ),
    st.just(AmendProposal(text=VAN, because=COST)),
)
contexts = st.builds(
    lambda org, cause, successor: acting(org, Cause(cause), Successor(successor), at=DUSK),
    st.sampled_from([CLINIC, UNION, YOUTH]),
    st.sampled_from([None, DECIDED]),
    st.sampled_from([None, SECOND, THIRD]),
)


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_laws_of_how_decisions_fare(requests: list[tuple[ProposalCommand, Context]]) -> None:
    begun: tuple[ProposalCommand, ...] = draft, PublishProposal(), open_voting
    first = [(command, acting(UNION)) for command in begun]
    votes = [(TakeStance(option=AGREE), acting(org)) for org in (UNION, CLINIC)]
    ended = [(command, acting(CLINIC, at=DUSK)) for command in (CloseVoting(), make)]
    obey(decider, [*first, *votes, *ended, *requests])
