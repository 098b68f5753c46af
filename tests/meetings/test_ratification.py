from datetime import date, timedelta
from functools import reduce
from typing import Any

from hypothesis import strategies as st

from services.meetings.domain.electorate import Electorate, ElectorateExtended, ExtendElectorate
from services.meetings.domain.ids import OrgId
from services.meetings.domain.proposal import (
    DecisionMade,
    MakeDecision,
    Proposal,
    ProposalCommand,
    ProposalEvent,
    decider,
)
from services.meetings.domain.ratification import (
    DecisionRatified,
    DeclineRatification,
    EndRatification,
    RatificationDeclined,
    RatificationRequested,
    RatifyStance,
)
from services.meetings.domain.rule import Method, Option, Rule, Weight
from services.meetings.domain.tally import VoteClass
from services.meetings.domain.voting import (
    ChangeStance,
    CloseVoting,
    QuorumNotMet,
    TakeStance,
    WithdrawStance,
)
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    CLINIC,
    COST,
    DUSK,
    MIGRANTS,
    NEWCOMER,
    NEWS,
    NOON,
    PARENTS,
    SCHOOL,
    UNION,
    YOUTH,
    by_itself,
    imported,
)
from tests.meetings.test_proposal import (
    CLASSES,
    FACTS,
    acting,
    changed,
    closed,
    counts,
    decision,
    opened,
    raised,
    ready,
    took,
)

AGREE, DISAGREE, ABSTAIN, OBJECT = Option
WEEK = Rule(method=Method.MAJORITY, ratify_within_days=7)
LAST = date(2026, 1, 8)
LATE = NOON + timedelta(days=8)
under_way: tuple[ProposalEvent, ...] = (*ready, opened.model_copy(update={"terms": WEEK}))
asked = RatificationRequested(org=UNION, due=LAST)
waiting: tuple[ProposalEvent, ...] = (
    *under_way,
    took(UNION, AGREE, authority="ad_referendum"),
    asked,
)
ratify, decline = RatifyStance(reason=NEWS), DeclineRatification(reason=COST)
ratified = DecisionRatified(by=UNION, reason=Sealed(NEWS))
declined = RatificationDeclined(by=UNION, reason=Sealed(COST))
make = MakeDecision(accountable=(UNION,))


def given(*history: ProposalEvent) -> Given[ProposalCommand, Proposal | None, ProposalEvent]:
    return Given(decider, history)


def unsure(org: OrgId = UNION, **more: Any) -> Context:
    return acting(org, authority="ad_referendum", **more)


# Ratifying


def test_f45_a_stance_ad_referendum_asks_to_be_ratified() -> None:
    stance = TakeStance(option=AGREE)
    given(*under_way).when(stance, unsure()).then(
        took(UNION, AGREE, authority="ad_referendum"), asked
    )
    given(*under_way).when(stance, acting(UNION)).then(took(UNION, AGREE))
    never = *ready, opened
    given(*never).when(stance, unsure()).then(took(UNION, AGREE, authority="ad_referendum"))


def test_a_change_ad_referendum_asks_too() -> None:
    history = *under_way, took(UNION, AGREE)
    change = changed(UNION, AGREE, ABSTAIN).model_copy(update={"authority": "ad_referendum"})
    ask = ChangeStance(to=ABSTAIN, because=COST)
    given(*history).when(ask, unsure()).then(change, asked)
    objecting = ChangeStance(to=OBJECT, because=COST)
    against = changed(UNION, AGREE, OBJECT).model_copy(update={"authority": "ad_referendum"})
    given(*history).when(objecting, unsure()).then(against, asked, raised(UNION))


def test_d19_an_organisation_ratifies_until_the_last_day() -> None:
    given(*waiting).when(ratify, acting(UNION)).then(ratified)
    given(*waiting, closed()).when(ratify, acting(UNION, at=LATE - timedelta(days=1))).then(
        ratified
    )
    given(*waiting).when(ratify, acting(UNION, at=LATE)).then_refused("not_ratified")
    given(*waiting).when(decline, acting(UNION, at=LATE)).then_refused("not_ratified")


def test_what_was_said_is_said_once() -> None:
    given(*waiting, ratified).when(ratify, acting(UNION)).then_nothing()
    given(*waiting, declined).when(decline, acting(UNION)).then_nothing()
    given(*waiting, ratified).when(decline, acting(UNION)).then_refused("already_ratified")
    given(*waiting, declined).when(ratify, acting(UNION)).then_refused("not_ratified")
    given(*waiting).when(decline, acting(UNION)).then(declined)


def test_only_the_organisation_itself_ratifies_and_with_full_authority() -> None:
    given(*waiting).when(ratify, unsure()).then_refused("not_accredited")
    given(*waiting).when(ratify, acting(YOUTH)).then_refused("no_stance")
    given(*waiting).when(ratify, acting(NEWCOMER)).then_refused("not_accredited")
    given(*ready).when(ratify, acting(UNION)).then_refused("not_open")
    given(*under_way).when(decline, acting(UNION)).then_refused("no_stance")
    paired = VoteClass(class_=(UNION, YOUTH)), VoteClass(class_=(CLINIC,))
    together = opened.model_copy(update={"terms": WEEK, "electorate": paired})
    history = *ready, together, took(UNION, AGREE, authority="ad_referendum"), asked
    given(*history).when(ratify, acting(YOUTH)).then_refused("no_stance")


def test_where_the_rule_says_nothing_nothing_is_ratified() -> None:
    history = *ready, opened, took(UNION, AGREE, authority="ad_referendum")
    given(*history).when(ratify, acting(UNION)).then_refused("not_ratified")


def test_d19_a_ratified_stance_counts() -> None:
    history = *waiting, took(CLINIC, AGREE), took(YOUTH, DISAGREE, COST)
    before, after = closed(agree=1, disagree=1), closed(agree=2, disagree=1)
    given(*history).when(CloseVoting(), acting(CLINIC, at=DUSK)).then(before)
    given(*history, ratified).when(CloseVoting(), acting(CLINIC, at=DUSK)).then(after)
    votes = {"counts": counts(agree=2, disagree=1), "voters": 3, "dissent": (YOUTH,)}
    late = acting(CLINIC, at=DUSK)
    given(*history, before, ratified).when(make, late).then(decision(**votes))


def test_d19_a_decision_waits_while_a_stance_may_be_ratified() -> None:
    history = *waiting, took(CLINIC, AGREE), took(YOUTH, AGREE), closed(agree=2)
    given(*history).when(make, acting(CLINIC, at=DUSK)).then_refused("not_ratified")
    given(*history).when(make, acting(CLINIC, at=LATE)).then(decision())
    given(*history, declined).when(make, acting(CLINIC, at=DUSK)).then(decision())


def test_d19_a_voting_does_not_lapse_while_ratifying_may_make_its_quorum() -> None:
    history = *waiting, took(CLINIC, AGREE)
    given(*history).when(CloseVoting(), acting(CLINIC, at=DUSK)).then(closed(agree=1))
    lapsed = QuorumNotMet(needed=2, reached=1)
    over_ = *history, closed(agree=1)
    given(*over_).when(EndRatification(), by_itself(DUSK)).then_nothing()
    given(*over_).when(EndRatification(), by_itself(LATE)).then(lapsed)
    given(*over_, declined).when(EndRatification(), by_itself(DUSK)).then(lapsed)
    given(*over_, ratified).when(EndRatification(), by_itself(LATE)).then_nothing()
    given(*over_).when(make, acting(CLINIC, at=LATE)).then(lapsed)
    given(*over_, lapsed).when(make, acting(CLINIC, at=LATE)).then_refused("no_quorum")
    given(*waiting).when(EndRatification(), by_itself(LATE)).then_nothing()
    given().when(EndRatification(), by_itself(LATE)).then_refused("unknown_proposal")


said = st.one_of(
    st.builds(TakeStance, option=st.sampled_from(Option), reason=st.just(COST)),
    st.builds(ChangeStance, to=st.sampled_from(Option), because=st.just(COST)),
    st.builds(WithdrawStance, because=st.just(COST)),
    st.just(ratify),
    st.just(decline),
    st.just(CloseVoting()),
    st.just(make),
)
contexts = st.builds(
    lambda org, at, authority: acting(org, at=at, authority=authority),
    st.sampled_from([CLINIC, UNION, YOUTH]),
    st.sampled_from([NOON, DUSK, LATE]),
    st.sampled_from(["full", "ad_referendum"]),
)


@over(st.lists(st.tuples(said, contexts), max_size=25), examples=150)
def test_d19_no_stance_counts_that_was_neither_full_nor_ratified_in_time(
    requests: list[tuple[ProposalCommand, Context]],
) -> None:
    state = reduce(decider.evolve, under_way, decider.initial)
    stands: dict[OrgId, bool] = {}
    for command, context in requests:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        org = OrgId(context.by) if context.by else UNION
        for event in events:
            state = decider.evolve(state, event)
            match event:
                case DecisionRatified():
                    assert not stands[org]
                    stands[org] = True
                case RatificationDeclined():
                    stands[org] = False
                case DecisionMade():
                    assert event.voters == sum(stands.values())
                case _ if isinstance(command, TakeStance | ChangeStance):
                    stands[org] = context.authority == "full"
                case _ if isinstance(command, WithdrawStance):
                    stands.pop(org, None)


@over(st.lists(st.tuples(said, contexts), max_size=25))
def test_laws(requests: list[tuple[ProposalCommand, Context]]) -> None:
    obey(decider, requests)


# Extending the electorate

KNOWN = Electorate(
    (*CLASSES, VoteClass(class_=(NEWCOMER,), constituencies=(MIGRANTS,))), members_position=50
)
extend = ExtendElectorate(orgs=(NEWCOMER,), reason=NEWS)
joined = VoteClass(class_=(NEWCOMER,), constituencies=(MIGRANTS,))


def extended(*classes: VoteClass) -> ElectorateExtended:
    return ElectorateExtended(
        orgs=(NEWCOMER,), classes=classes, reason=Sealed(NEWS), members_position=50
    )


def test_d6_an_organisation_is_added_with_a_reason() -> None:
    given(*under_way).when(extend, acting(CLINIC, KNOWN)).then(extended(joined))
    given(*under_way, extended(joined)).when(extend, acting(CLINIC, KNOWN)).then_nothing()
    some = ExtendElectorate(orgs=(UNION, NEWCOMER), reason=NEWS)
    given(*under_way).when(some, acting(CLINIC, KNOWN)).then(extended(joined))
    history = *under_way, extended(joined)
    given(*history).when(TakeStance(option=AGREE), acting(NEWCOMER)).then(took(NEWCOMER, AGREE))


def test_d6_only_who_may_decide_now_is_added_and_only_while_voting_is_open() -> None:
    given(*under_way).when(extend, acting(CLINIC)).then_refused("additions_only")
    given(*under_way).when(extend, acting(CLINIC, KNOWN, at=DUSK)).then_refused("not_open")
    given(*ready).when(extend, acting(CLINIC, KNOWN)).then_refused("not_open")


def test_d6_quorum_uses_the_larger_base() -> None:
    history = *under_way, took(UNION, AGREE), took(CLINIC, AGREE)
    late = acting(CLINIC, at=DUSK)
    given(*history).when(CloseVoting(), late).then(closed(agree=2))
    given(*history, extended(joined)).when(CloseVoting(), late).then(
        closed(agree=2), QuorumNotMet(needed=3, reached=2)
    )


def test_d6_d8_a_related_organisation_shares_the_vote_that_there_is() -> None:
    pair = VoteClass(class_=(UNION, NEWCOMER), constituencies=(PARENTS,))
    related = Electorate((VoteClass(class_=(CLINIC,)), pair), members_position=50)
    together = extended(VoteClass(class_=(UNION, NEWCOMER), constituencies=(PARENTS,)))
    given(*under_way).when(extend, acting(CLINIC, related)).then(together)
    history = *under_way, took(UNION, AGREE), together
    given(*history).when(TakeStance(option=DISAGREE, reason=COST), acting(NEWCOMER)).then_refused(
        "one_vote"
    )
    given(*history).when(ChangeStance(to=ABSTAIN, because=COST), acting(NEWCOMER)).then(
        changed(NEWCOMER, AGREE, ABSTAIN)
    )


def test_d6_an_addition_weighs_what_the_frozen_rule_says() -> None:
    heavy = Rule(method=Method.MAJORITY, weights=(Weight(org=NEWCOMER, weight=5),))
    history = *ready, opened.model_copy(update={"terms": heavy})
    weighed = joined.model_copy(update={"weight": 5})
    given(*history).when(extend, acting(CLINIC, KNOWN)).then(extended(weighed))


@over(st.lists(st.sets(st.sampled_from([CLINIC, SCHOOL, UNION, YOUTH, NEWCOMER]), min_size=1)))
def test_d6_the_electorate_only_grows(asked_for: list[set[OrgId]]) -> None:
    few = opened.model_copy(update={"electorate": CLASSES[:1]})
    history: tuple[ProposalEvent, ...] = (*ready, few)
    state = reduce(decider.evolve, history, decider.initial)
    entitled = {CLINIC}
    for orgs in asked_for:
        ask = ExtendElectorate(orgs=tuple(orgs), reason=NEWS)
        for event in decider.decide(ask, state, acting(CLINIC, KNOWN)):
            state = decider.evolve(state, event)
        entitled |= orgs
        assert state is not None
        assert state.voting is not None
        assert {org for each in state.voting.electorate for org in each.class_} == entitled
        assert len(state.voting.electorate) == len(entitled)
        assert all(
            org in state.voting.electorate[n].class_ for org, n in state.voting.places.items()
        )


def test_a_stance_of_the_past_is_ratified_by_what_is_imported() -> None:
    past = imported(UNION, facts=FACTS)
    given(*waiting).when(ratify, past).then(ratified)
