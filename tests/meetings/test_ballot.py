from contextlib import suppress
from functools import reduce
from typing import Any
from uuid import uuid5

import pytest
from hypothesis import strategies as st

from services.meetings.domain.ballot import (
    OWN,
    BallotReceived,
    Ballots,
    CastBallot,
    Reasons,
    StanceRevealed,
    turnout,
)
from services.meetings.domain.ids import ObjectionId, OrgId
from services.meetings.domain.proposal import (
    AmendProposal,
    MakeDecision,
    Proposal,
    ProposalAmended,
    ProposalCommand,
    ProposalEvent,
    decider,
)
from services.meetings.domain.rule import AdoptRule, Governance, Method, Option, Quorum, Rule
from services.meetings.domain.rule import decider as rules
from services.meetings.domain.tally import VoteClass
from services.meetings.domain.voting import (
    ChangeStance,
    CloseVoting,
    QuorumNotMet,
    StanceTaken,
    TakeStance,
    VotingClosed,
    VotingOpened,
    WithdrawStance,
)
from shared.decider import Refused
from shared.event import Context, Event, Sealed, Text
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    COST,
    DUSK,
    NEWCOMER,
    NEWS,
    NOON,
    PLENARY,
    PROPOSAL,
    SCHOOL,
    UNION,
    YOUTH,
    by_itself,
    imported,
    knowing,
)
from tests.meetings.test_proposal import FACTS, acting, closed, counts, decision, opened, ready

AGREE, DISAGREE, ABSTAIN, OBJECT = Option
NOTHING = Ballots({})
KNOWN = Reasons({})


def given(*history: ProposalEvent) -> Given[ProposalCommand, Proposal | None, ProposalEvent]:
    return Given(decider, history)


def under(ballot: Any, **more: Any) -> VotingOpened:
    terms = Rule(method=Method.MAJORITY, ballot=ballot, **more)
    return opened.model_copy(update={"terms": terms})


sealed: tuple[ProposalEvent, ...] = (*ready, under("sealed_until_close"))
detached: tuple[ProposalEvent, ...] = (*ready, under("detached_anonymous"))


def took(org: OrgId, option: Option, reason: Text | None = None) -> StanceTaken:
    taken = StanceTaken(
        by=org, authority="full", option=option, reason=Sealed(reason), members_position=42
    )
    return taken.seen_by(OWN, within="dyad")


def received(org: OrgId) -> BallotReceived:
    return BallotReceived(voter=org, members_position=42).seen_by(OWN, within="dyad")


three = received(CLINIC), received(UNION), received(YOUTH)


def revealed(org: OrgId, option: Option, reason: Text | None = None) -> StanceRevealed:
    return StanceRevealed(org=org, option=option, reason=Sealed(reason))


def counting(reasons: Reasons = KNOWN, **ballots: int) -> Context:
    lying = Ballots({Option(option): times for option, times in ballots.items()})
    return knowing(acting(CLINIC, at=DUSK), lying, reasons)


# Detached


def test_d10_a_ballot_names_neither_option_nor_author() -> None:
    given(*detached).when(CastBallot(option=AGREE), acting(UNION)).then(received(UNION))
    event = received(UNION)
    assert type(event).unsigned
    assert {*type(event).model_fields} == {"voter", "members_position"}
    assert event.audience == (OWN,)
    assert event.recorded_within("public") == "dyad"


def test_d8_a_class_votes_once_and_cannot_change_it() -> None:
    together = VoteClass(class_=(UNION, YOUTH)), VoteClass(class_=(CLINIC,))
    paired = under("detached_anonymous").model_copy(update={"electorate": together})
    history = *ready, paired, received(UNION)
    cast = CastBallot(option=AGREE)
    given(*history).when(cast, acting(UNION)).then_refused("one_vote")
    given(*history).when(cast, acting(YOUTH)).then_refused("one_vote")
    given(*history).when(cast, acting(CLINIC)).then(received(CLINIC))


def test_d10_a_detached_voting_takes_no_stances_by_name() -> None:
    for ask in (
        TakeStance(option=AGREE),
        ChangeStance(to=AGREE, because=COST),
        WithdrawStance(because=COST),
    ):
        given(*detached, received(UNION)).when(ask, acting(UNION)).then_refused("detached")
    named = *ready, opened
    given(*named).when(CastBallot(option=AGREE), acting(UNION)).then_refused("not_detached")
    given(*sealed).when(CastBallot(option=AGREE), acting(UNION)).then_refused("not_detached")


def test_d7_only_who_may_vote_casts_a_ballot() -> None:
    cast = CastBallot(option=AGREE)
    given(*detached).when(cast, acting(NEWCOMER)).then_refused("not_accredited")
    given(*detached).when(cast, acting(UNION, at=DUSK)).then_refused("not_open")
    unsure = acting(UNION, authority="ad_referendum")
    given(*detached).when(cast, unsure).then_refused("detached")
    given(*detached).when(cast, imported(UNION, facts=FACTS)).then_refused("detached")


def test_d10_only_counts_leave_the_box() -> None:
    history = *detached, *three
    given(*history).when(CloseVoting(), counting(agree=2, disagree=1)).then(
        closed(agree=2, disagree=1)
    )


def test_d10_fewer_than_three_ballots_are_not_counted() -> None:
    voted = received(CLINIC), received(UNION)
    free = under("detached_anonymous", quorum=Quorum(at_least=(0, 1)))
    lapsed = QuorumNotMet(needed=3, reached=2)
    given(*ready, free, *voted).when(CloseVoting(), counting(agree=2)).then(closed(), lapsed)
    given(*ready, free, *voted, closed(), lapsed).when(
        MakeDecision(accountable=(UNION,)), acting(CLINIC)
    ).then_refused("no_quorum")


def test_d10_an_amended_round_says_nothing() -> None:
    amend = AmendProposal(text=BUS, because=NEWS)
    amended = ProposalAmended(at=NOON, version=2, text=Sealed(BUS), because=Sealed(NEWS))
    for history in (
        (*detached, *three),
        (*sealed, took(CLINIC, AGREE), took(UNION, AGREE), took(YOUTH, DISAGREE, COST)),
    ):
        given(*history).when(amend, acting(UNION)).then(closed("amended"), amended)


def test_a_box_that_holds_something_else_is_not_counted() -> None:
    history = *detached, *three
    given(*history).when(CloseVoting(), counting(agree=2)).then_refused("box_differs")
    given(*history).when(CloseVoting(), counting(agree=4)).then_refused("box_differs")
    stuck = by_itself(DUSK, *FACTS, Ballots({AGREE: 9}), KNOWN)
    given(*history).when(CloseVoting(), stuck).then_refused("box_differs")


def test_d18_a_detached_decision_is_what_the_closing_said() -> None:
    history = *detached, *three, closed(agree=2, disagree=1)
    votes = {"counts": counts(agree=2, disagree=1), "voters": 3, "group_results": {}}
    given(*history).when(MakeDecision(accountable=(UNION,)), acting(CLINIC)).then(decision(**votes))


def test_d18_silence_assents_to_ballots_too() -> None:
    lazy = {"silence": "assent_if_uncontested", "quorum": Quorum(at_least=(0, 1))}
    history = *ready, under("detached_anonymous", **lazy), *three
    end = closed(agree=3, abstain=1)
    given(*history).when(CloseVoting(), counting(agree=2, abstain=1)).then(end)
    votes = {"counts": counts(agree=3, abstain=1), "voters": 3}
    given(*history, end).when(MakeDecision(accountable=(UNION,)), acting(CLINIC)).then(
        decision(**votes)
    )
    contested = counting(agree=2, disagree=1)
    given(*history).when(CloseVoting(), contested).then(closed(agree=2, disagree=1))


@pytest.mark.parametrize(
    ("heard", "quorum", "shown"),
    [(2, (1, 4), None), (3, (1, 4), 3), (3, (1, 2), None), (4, (1, 2), 4), (3, (0, 1), None)],
)
def test_d10_turnout_shows_once_quorum_and_three_have_voted(
    heard: int, quorum: tuple[int, int], shown: int | None
) -> None:
    rule = Rule(method=Method.MAJORITY, ballot="detached_anonymous", quorum=Quorum(at_least=quorum))
    assert turnout(heard, 8, rule) == shown
    assert turnout(heard, 8, Rule(method=Method.MAJORITY)) == heard


def test_d10_a_rule_that_would_tell_ballots_apart_is_refused() -> None:
    first = acting(CLINIC, Governance(formal=False, in_force=frozenset()))
    weights = ({"org": UNION, "weight": 2},)
    for more in (
        {"method": Method.ADVICE}, {"method": Method.LEAD_DECIDES}, {"weights": weights},
    ):  # fmt: skip
        said = {"method": Method.MAJORITY, "ballot": "detached_anonymous"} | more
        ask = AdoptRule(body=PLENARY, rule=Rule.model_validate(said))
        Given(rules, ()).when(ask, first).then_refused("detached")
    for ballot in ("sealed_until_close", "detached_anonymous"):
        rule = Rule.model_validate({"method": Method.MAJORITY, "ballot": ballot})
        (event,) = rules.decide(AdoptRule(body=PLENARY, rule=rule), None, first)
        assert getattr(event, "rule", None) == rule


# Sealed until close


def test_d10_a_sealed_stance_is_for_nobody_before_voting_closes() -> None:
    stance = TakeStance(option=OBJECT, reason=COST)
    context = acting(UNION)
    given(*sealed).when(stance, context).then(took(UNION, OBJECT, COST))
    (event,) = decider.decide(stance, reduce(decider.evolve, sealed, decider.initial), context)
    assert (event.audience, event.recorded_within("public")) == ((OWN,), "dyad")
    held = reduce(decider.evolve, (*sealed, event), decider.initial)
    for ask in (ChangeStance(to=AGREE, because=NEWS), WithdrawStance(because=NEWS)):
        (event,) = decider.decide(ask, held, context)
        assert event.audience == (OWN,)


def test_d10_closing_says_what_each_class_held() -> None:
    history = *sealed, took(YOUTH, OBJECT, COST), took(CLINIC, AGREE), took(UNION, AGREE)
    why = Reasons({YOUTH: Sealed(COST)})
    objection = ObjectionId(uuid5(PROPOSAL, f"objection/1/{YOUTH}"))
    objected = revealed(YOUTH, OBJECT, COST).model_copy(update={"objection": objection})
    ended = (
        closed(agree=2, object=1), revealed(CLINIC, AGREE), revealed(UNION, AGREE), objected,
    )  # fmt: skip
    given(*history).when(CloseVoting(), counting(reasons=why)).then(*ended)
    votes = {
        "counts": counts(agree=2, object=1), "voters": 3, "dissent": (YOUTH,),
        "objections": {objection: "stands"},
    }  # fmt: skip
    given(*history, *ended).when(MakeDecision(accountable=(UNION,)), acting(CLINIC)).then(
        decision(**votes)
    )


def test_d10_what_lapsed_is_revealed_before_it_lapses() -> None:
    given(*sealed, took(CLINIC, AGREE)).when(CloseVoting(), counting()).then(
        closed(agree=1), revealed(CLINIC, AGREE), QuorumNotMet(needed=2, reached=1)
    )


options = st.sampled_from(Option)
asked = st.one_of(
    st.builds(TakeStance, option=options, reason=st.just(COST)),
    st.builds(ChangeStance, to=options, because=st.just(COST)),
    st.builds(WithdrawStance, because=st.just(COST)),
    st.builds(CastBallot, option=options),
)
voters = st.sampled_from([CLINIC, SCHOOL, UNION, YOUTH, NEWCOMER])
steps = st.lists(st.tuples(asked, voters), max_size=20)


def _told(event: Event) -> bool:
    return event.audience != (OWN,)


@over(steps, st.sampled_from(["sealed_until_close", "detached_anonymous"]), examples=150)
def test_d10_nothing_is_told_before_a_secret_voting_closes(
    requests: list[tuple[ProposalCommand, OrgId]], ballot: str
) -> None:
    begun: list[ProposalEvent] = [*ready, under(ballot)]
    state = reduce(decider.evolve, begun, decider.initial)
    box: dict[Option, int] = {}
    voted = []
    for command, org in requests:
        with suppress(Refused):
            for event in decider.decide(command, state, acting(org)):
                assert not _told(event)
                state = decider.evolve(state, event)
                if isinstance(command, CastBallot):
                    assert str(command.option) not in event.model_dump_json()
                    box[command.option] = box.get(command.option, 0) + 1
                    voted.append(org)
    assert len(voted) == len(set(voted))
    lying = {str(option): times for option, times in box.items()}
    context = knowing(acting(CLINIC, at=DUSK), Ballots(box), KNOWN)
    ended = decider.decide(CloseVoting(), state, context)
    assert all(map(_told, ended))
    first = ended[0]
    assert isinstance(first, VotingClosed)
    said = [event.org for event in ended if isinstance(event, StanceRevealed)]
    assert said == sorted(set(said))
    if ballot == "detached_anonymous":
        assert not said
        assert first.counts == (counts(**lying) if len(voted) >= 3 else counts())


@over(steps)
def test_laws_of_ballots(requests: list[tuple[ProposalCommand, OrgId]]) -> None:
    obey(decider, [(command, acting(org)) for command, org in requests])
