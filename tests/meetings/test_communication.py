"""Who was told of a decision, by which channel, and who says that it knows."""

from hypothesis import strategies as st

from services.meetings.domain.communication import (
    AcknowledgeDecision,
    CommunicateDecision,
    DecisionAcknowledged,
    DecisionCommunicated,
)
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import DecisionId, OrgId
from services.meetings.domain.proposal import (
    DecisionReopened,
    ProposalCommand,
    PublishProposal,
    decider,
)
from services.meetings.domain.voting import CloseVoting, TakeStance
from shared.event import Context, Sealed
from tests.laws import obey, over
from tests.meetings.coalition import CLINIC, DECISION, DUSK, NEWS, SCHOOL, UNION, YOUTH, by_itself
from tests.meetings.test_proposal import (
    AGREE,
    DECIDED,
    acting,
    closed,
    decision,
    draft,
    given,
    make,
    open_voting,
    under_way,
)

voted = *under_way, closed(agree=2)
decided = *voted, decision()
acknowledge = AcknowledgeDecision(decision=DECIDED)
acknowledged = DecisionAcknowledged(by=YOUTH, decision=DECIDED)


def tell(*orgs: OrgId, channel: str = "email", about: DecisionId = DECIDED) -> CommunicateDecision:
    return CommunicateDecision(decision=about, channel=channel, orgs=orgs)


def told(*orgs: OrgId, channel: str = "email") -> DecisionCommunicated:
    return DecisionCommunicated(decision=DECIDED, channel=channel, orgs=tuple(sorted(orgs)))


def test_f35_who_tells_others_says_whom_and_how() -> None:
    given(*decided).when(tell(YOUTH, UNION, YOUTH), acting(CLINIC)).then(told(UNION, YOUTH))
    given(*decided, told(UNION, YOUTH)).when(tell(YOUTH), acting(SCHOOL)).then_nothing()


def test_f50_each_channel_is_recorded_for_itself() -> None:
    by_phone = tell(YOUTH, channel="phone")
    given(*decided, told(YOUTH)).when(by_phone, acting(CLINIC)).then(told(YOUTH, channel="phone"))
    both = *decided, told(YOUTH), told(UNION)
    given(*both).when(tell(YOUTH, UNION), acting(CLINIC)).then_nothing()


def test_each_organisation_acknowledges_for_itself_told_or_not() -> None:
    given(*decided).when(acknowledge, acting(YOUTH)).then(acknowledged)
    given(*decided, acknowledged).when(acknowledge, acting(YOUTH)).then_nothing()
    others = DecisionAcknowledged(by=UNION, decision=DECIDED)
    given(*decided, acknowledged).when(acknowledge, acting(UNION)).then(others)


def test_only_members_tell_and_are_told() -> None:
    there = acting(CLINIC, Roll(frozenset({CLINIC, UNION})))
    given(*decided).when(tell(UNION, YOUTH), there).then_refused("unknown_organisation")
    for ask in (tell(CLINIC), acknowledge):
        gone = acting(YOUTH, Roll(frozenset({CLINIC})))
        given(*decided).when(ask, gone).then_refused("not_a_member")
        given(*decided).when(ask, by_itself()).then_refused("no_organisation")


def test_only_of_the_decision_in_force_anybody_is_told() -> None:
    reopened = DecisionReopened(decision=DECIDED, new_information=Sealed(NEWS))
    for history in (voted, (*decided, reopened)):
        for ask in (tell(UNION), acknowledge):
            given(*history).when(ask, acting(CLINIC)).then_refused("unknown_decision")
    other = tell(UNION, about=DECISION)
    given(*decided).when(other, acting(CLINIC)).then_refused("unknown_decision")


them = st.lists(st.sampled_from([CLINIC, UNION, YOUTH]), min_size=1, max_size=3)
channels = st.sampled_from(["email", "phone"])
commands = st.one_of(
    st.builds(lambda orgs, how: tell(*orgs, channel=how), them, channels), st.just(acknowledge)
)
contexts = st.builds(acting, st.sampled_from([CLINIC, UNION, YOUTH]))


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_laws_of_communicating(requests: list[tuple[ProposalCommand, Context]]) -> None:
    begun: tuple[ProposalCommand, ...] = draft, PublishProposal(), open_voting
    first = [(command, acting(UNION)) for command in begun]
    votes = [(TakeStance(option=AGREE), acting(org)) for org in (UNION, CLINIC)]
    ended = [(command, acting(CLINIC, at=DUSK)) for command in (CloseVoting(), make)]
    obey(decider, [*first, *votes, *ended, *requests])
