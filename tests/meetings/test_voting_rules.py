"""Histories by chance, and what holds of every voting in them, whatever was asked and known."""

from datetime import datetime, timedelta
from functools import reduce

from hypothesis import strategies as st

from services.meetings.domain.electorate import Electorate
from services.meetings.domain.ids import OrgId
from services.meetings.domain.proposal import (
    AmendProposal,
    DecisionMade,
    MakeDecision,
    ProposalAmended,
    ProposalCommand,
    ProposalEvent,
    decider,
)
from services.meetings.domain.rule import DISSENT, InForce, Method, Option, Quorum, Rule
from services.meetings.domain.tally import VoteClass
from services.meetings.domain.voting import (
    ChangeStance,
    CloseVoting,
    OpenVoting,
    Remit,
    RuleInForce,
    Speaker,
    StanceChanged,
    StanceTaken,
    TakeStance,
    VotingOpened,
    WithdrawStance,
    digest,
)
from shared.decider import Refused
from shared.event import Context, Text
from tests.laws import over
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    COST,
    MIGRANTS,
    NEWCOMER,
    NOON,
    PARENTS,
    PLENARY,
    RULE,
    SCHOOL,
    UNION,
    VAN,
    YOUTH,
)
from tests.meetings.test_proposal import acting, drafted, published

HOURS = [NOON + timedelta(hours=n) for n in (0, 1, 2, 4, 8)]
ORGS = CLINIC, SCHOOL, UNION, YOUTH, NEWCOMER
affected = drafted.model_copy(update={"affected": (PARENTS,)})
noticed = published.model_copy(update={"at": NOON})
BEGUN: tuple[ProposalEvent, ...] = (affected, noticed)

options = st.sampled_from(Option)
reasons = st.none() | st.just(COST)
overrides: st.SearchStrategy[Text | None] = st.none() | st.just(COST)
opening = st.builds(
    OpenVoting, rule=st.just(RULE), closes_at=st.sampled_from(HOURS[2:]), override=overrides
)
commands = st.one_of(
    opening,
    opening,
    st.builds(TakeStance, option=options, reason=reasons),
    st.builds(TakeStance, option=options, reason=reasons),
    st.builds(ChangeStance, to=options, because=st.just(COST)),
    st.builds(WithdrawStance, because=st.just(COST)),
    st.builds(AmendProposal, text=st.sampled_from([VAN, BUS]), because=st.just(COST)),
    st.just(CloseVoting()),
    st.just(MakeDecision(accountable=(UNION,))),
)
terms = st.builds(
    Rule,
    method=st.sampled_from([Method.MAJORITY, Method.CONSENT]),
    quorum=st.just(Quorum(at_least=(0, 1))),
    notice_hours=st.integers(0, 2),
    min_open_hours=st.integers(0, 2),
    representation_gate=st.sampled_from(["off", "warn", "block"]),
)
classes = st.sets(st.sampled_from(ORGS), min_size=1).map(
    lambda orgs: tuple(
        VoteClass(class_=(org,), constituencies=(PARENTS,) if org == SCHOOL else (MIGRANTS,))
        for org in sorted(orgs)
    )
)
often = st.sampled_from([True] * 9 + [False])


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    rule = InForce(draw(st.integers(1, 3)), PLENARY, draw(terms))
    return acting(
        draw(st.sampled_from(ORGS)),
        RuleInForce(rule),
        Electorate(draw(classes), draw(st.integers(40, 45))),
        Remit(covers=draw(often), scoped_out=not draw(often), parked=not draw(often)),
        Speaker(voting=draw(often), members_position=draw(st.integers(46, 50))),
        at=draw(st.sampled_from(HOURS)),
    )


requests = st.lists(st.tuples(commands, contexts()), min_size=10, max_size=25)
Happened = list[tuple[ProposalEvent, ProposalCommand, Context]]


def played(asked: list[tuple[ProposalCommand, Context]]) -> Happened:
    """Return what happened, each event with what it followed and what was known then."""
    state = reduce(decider.evolve, BEGUN, decider.initial)
    happened: Happened = []
    for command, context in sorted(asked, key=lambda each: each[1].at):
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
            happened.append((event, command, context))
    return happened


@over(requests, examples=120)
def test_d1_a_decision_is_of_the_rule_text_and_electorate_that_were_frozen(
    asked: list[tuple[ProposalCommand, Context]],
) -> None:
    opened: VotingOpened | None = None
    text = VAN
    for event, command, context in played(asked):
        match event:
            case VotingOpened():
                opened = event
                assert event.terms == _rule(context).terms
                assert event.rule_version == _rule(context).version
                assert event.classes == context.fact(Electorate).classes
                assert event.text == text.digest()
            case ProposalAmended():
                assert isinstance(command, AmendProposal)
                text, opened = command.text, None
            case DecisionMade():
                assert opened is not None
                assert event.rule_version == opened.rule_version
                assert event.text == opened.text
                assert event.electorate == digest(opened.classes)
                assert event.entitled == len(opened.classes)


@over(requests, examples=120)
def test_d2_d3_nothing_is_opened_or_decided_outside_mandate_and_scope(
    asked: list[tuple[ProposalCommand, Context]],
) -> None:
    for event, _, context in played(asked):
        if isinstance(event, VotingOpened | DecisionMade):
            remit = context.fact(Remit)
            assert remit.covers
            assert not remit.scoped_out
            assert not remit.parked


@over(requests, examples=120)
def test_d4_d5_opening_waits_for_those_affected_for_notice_and_lasts(
    asked: list[tuple[ProposalCommand, Context]],
) -> None:
    since: datetime = NOON
    for event, _, context in played(asked):
        if isinstance(event, ProposalAmended):
            since = event.at
        if not isinstance(event, VotingOpened):
            continue
        heard = {group for each in event.classes for group in each.constituencies}
        if event.terms.representation_gate != "off" and PARENTS not in heard:
            assert event.gate in {"warned", "overridden"}
            assert event.gate == "overridden" or event.terms.representation_gate == "warn"
        else:
            assert event.gate == "passed"
        assert context.at >= since + timedelta(hours=event.terms.notice_hours)
        assert event.closes_at >= context.at + timedelta(hours=event.terms.min_open_hours)
        assert event.closes_at > context.at


@over(requests, examples=120)
def test_d7_d9_a_stance_is_of_the_entitled_by_who_may_speak_and_says_why(
    asked: list[tuple[ProposalCommand, Context]],
) -> None:
    entitled: set[OrgId] = set()
    closes_at = NOON
    for event, _, context in played(asked):
        match event:
            case VotingOpened():
                entitled = {org for each in event.classes for org in each.class_}
                closes_at = event.closes_at
            case (
                StanceTaken(option=option, reason=reason) | StanceChanged(to=option, because=reason)
            ):
                assert event.by in entitled
                assert context.at < closes_at
                assert context.fact(Speaker).voting
                assert event.members_position == context.fact(Speaker).members_position
                assert option not in DISSENT or reason.value is not None


def _rule(context: Context) -> InForce:
    rule = context.fact(RuleInForce).rule
    assert rule is not None
    return rule
