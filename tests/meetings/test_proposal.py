from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from services.meetings.domain.consultation import (
    Constituencies,
    ConstituencyConsulted,
    RecordConsultation,
)
from services.meetings.domain.electorate import Electorate, Roll
from services.meetings.domain.ids import (
    DecisionId,
    Decisions,
    Itself,
    ObjectionId,
    ObjectiveId,
    Objectives,
    OrgId,
)
from services.meetings.domain.implementation import Cause
from services.meetings.domain.objection import (
    AccommodateObjection,
    ObjectionRaised,
    ObjectionRetracted,
    OutweighObjection,
    RaiseObjection,
    RegisterFormalObjection,
    ResolveFormalObjection,
    RetractObjection,
    SetAsideObjection,
)
from services.meetings.domain.proposal import (
    AmendProposal,
    DecisionDeferred,
    DecisionMade,
    DecisionReopened,
    DeferDecision,
    DraftProposal,
    MakeDecision,
    Proposal,
    ProposalAmended,
    ProposalCommand,
    ProposalDrafted,
    ProposalEvent,
    ProposalPublished,
    ProposalWithdrawn,
    PublishProposal,
    ReopenDecision,
    Supersedes,
    WithdrawProposal,
    decider,
)
from services.meetings.domain.rule import InForce, Method, Option, Quorum, Rule, Threshold
from services.meetings.domain.tally import VoteClass
from services.meetings.domain.voting import (
    ChangeStance,
    CloseVoting,
    Lead,
    OpenVoting,
    QuorumNotMet,
    Remit,
    RuleInForce,
    Sitting,
    Speaker,
    StanceChanged,
    StanceTaken,
    StanceWithdrawn,
    TakeStance,
    VotingClosed,
    VotingOpened,
    WithdrawStance,
    digest,
)
from shared.decider import Refused
from shared.event import Authority, Context, Sealed, Text
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    ASSEMBLY,
    BUS,
    CLINIC,
    COST,
    DECISION,
    DUSK,
    MIGRANTS,
    MORNING,
    NEWCOMER,
    NEWS,
    NOON,
    OTHER_RULE,
    PARENTS,
    PLENARY,
    PROPOSAL,
    PROXY,
    RULE,
    SCHOOL,
    STEERING,
    TRANSPORT,
    UNION,
    VAN,
    YOUTH,
    by,
    by_itself,
    imported,
    knowing,
)

AGREE, DISAGREE, ABSTAIN, OBJECT = Option
TERMS = Rule(method=Method.MAJORITY)
CLASSES = tuple(VoteClass(class_=(org,)) for org in (CLINIC, SCHOOL, UNION, YOUTH))
IN_FORCE = InForce(3, PLENARY, TERMS)
FACTS = (
    RuleInForce(IN_FORCE),
    Electorate(CLASSES, members_position=41),
    Remit(covers=True),
    Lead(None),
    Speaker(voting=True, members_position=42),
    Sitting(),
    Roll(frozenset({CLINIC, SCHOOL, UNION, YOUTH, NEWCOMER})),
    Itself(PROPOSAL),
    Decisions({DECISION}),
    Constituencies({PARENTS}),
    Cause(),
)
FIRST = ObjectionId(uuid5(PROPOSAL, "objection/1"))
SECOND = ObjectionId(uuid5(PROPOSAL, "objection/2"))
DECIDED = DecisionId(uuid5(PROPOSAL, "decision/1"))

draft = DraftProposal(body=PLENARY, issue=TRANSPORT, title=VAN, text=VAN)
drafted = ProposalDrafted(
    by=UNION, body=PLENARY, issue=TRANSPORT, title=Sealed(VAN), text=Sealed(VAN)
)
published = ProposalPublished(at=MORNING, text=VAN.digest())
ready = drafted, published
opened = VotingOpened(
    by=CLINIC,
    at=NOON,
    round=1,
    rule=RULE,
    rule_version=3,
    terms=TERMS,
    text=VAN.digest(),
    electorate=CLASSES,
    members_position=41,
    closes_at=DUSK,
    gate="passed",
)
under_way = *ready, opened
hopping = (
    *ready,
    opened.model_copy(update={"terms": TERMS.model_copy(update={"proxies": "one_hop"})}),
)
open_voting = OpenVoting(rule=RULE, closes_at=DUSK)
make = MakeDecision(accountable=(UNION,))
consult = RecordConsultation(constituency=PARENTS, org=UNION, on=NOON.date(), summary=COST)
consulted = ConstituencyConsulted(
    constituency=PARENTS, org=UNION, on=NOON.date(), summary=Sealed(COST)
)
unmet = QuorumNotMet(needed=2, reached=0)


def given(*history: ProposalEvent) -> Given[ProposalCommand, Proposal | None, ProposalEvent]:
    return Given(decider, history)


def acting(org: OrgId | None, *facts: object, **more: Any) -> Context:
    return knowing(by(org, **more, facts=FACTS), *facts)


def took(
    org: OrgId, option: Option, reason: Text | None = None, authority: Authority = "full"
) -> StanceTaken:
    return StanceTaken(
        by=org, authority=authority, option=option, reason=Sealed(reason), members_position=42
    )


def changed(org: OrgId, from_: Option, to: Option) -> StanceChanged:
    return StanceChanged(
        by=org, authority="full", from_=from_, to=to, because=Sealed(COST), members_position=42
    )


def raised(org: OrgId, objection: ObjectionId = FIRST) -> ObjectionRaised:
    return ObjectionRaised(by=org, objection=objection, grounds=Sealed(COST))


def counts(**votes: int) -> dict[Option, int]:
    return {option: votes.get(option, 0) for option in Option}


def closed(reason: Any = "deadline", **votes: int) -> VotingClosed:
    return VotingClosed(reason=reason, counts=counts(**votes))


made = DecisionMade(
    decision=DECIDED,
    outcome="adopted",
    counts=counts(agree=2),
    voters=2,
    entitled=4,
    group_results={},
    rule=RULE,
    rule_version=3,
    electorate=digest(CLASSES),
    text=VAN.digest(),
    issue=TRANSPORT,
    objections={},
    dissent=(),
    members_position=41,
    accountable=(UNION,),
)


def decision(**more: Any) -> DecisionMade:
    return made.model_copy(update=more)


def with_rule(**terms: Any) -> VotingOpened:
    return opened.model_copy(update={"terms": Rule(method=Method.MAJORITY, **terms)})


# Drafting


def test_a_proposal_is_drafted_by_an_organisation() -> None:
    given().when(draft, acting(UNION)).then(drafted)
    given().when(draft, acting(None)).then_refused("no_organisation")


def test_f31_a_proposal_serves_an_objective_that_was_set() -> None:
    aim, other = (ObjectiveId(UUID(int=n)) for n in (61, 62))
    aimed = draft.model_copy(update={"objective": aim})
    known = acting(UNION, Objectives({aim}))
    given().when(aimed, known).then(drafted.model_copy(update={"objective": aim}))
    given().when(aimed, acting(UNION, Objectives({other}))).then_refused("unknown_objective")


def test_i4_drafting_again_changes_nothing() -> None:
    given(drafted).when(draft, acting(UNION)).then_nothing()
    given(*under_way).when(draft, acting(UNION)).then_nothing()


def test_an_id_names_one_proposal() -> None:
    given(drafted).when(draft, acting(YOUTH)).then_refused("already_drafted")
    other = draft.model_copy(update={"body": STEERING})
    given(drafted).when(other, acting(UNION)).then_refused("already_drafted")


def test_what_is_superseded_was_decided() -> None:
    effect = Supersedes(decision=DECISION, effect="replaced")
    ask = draft.model_copy(update={"supersedes": effect})
    given().when(ask, acting(UNION)).then(drafted.model_copy(update={"supersedes": effect}))
    given().when(ask, acting(UNION, Decisions(set()))).then_refused("unknown_decision")


def test_the_proposer_publishes() -> None:
    given(drafted).when(PublishProposal(), acting(UNION, at=MORNING)).then(published)
    given(drafted).when(PublishProposal(), acting(YOUTH)).then_refused("not_the_proposer")
    given(*ready).when(PublishProposal(), acting(UNION)).then_nothing()
    gone = ProposalWithdrawn(reason=Sealed(COST))
    given(drafted, gone).when(PublishProposal(), acting(UNION)).then_refused("wrong_stage")


def test_nothing_can_be_done_to_a_proposal_that_is_not() -> None:
    for ask in (PublishProposal(), open_voting, CloseVoting(), make):
        given().when(ask, acting(UNION)).then_refused("unknown_proposal")


amended = ProposalAmended(at=NOON, version=2, text=Sealed(BUS), because=Sealed(COST))
amend = AmendProposal(text=BUS, because=COST)


def test_the_proposer_amends() -> None:
    given(drafted).when(amend, acting(UNION)).then(amended)
    given(*ready).when(amend, acting(UNION)).then(amended)
    given(*ready).when(amend, acting(CLINIC)).then_refused("not_the_proposer")
    given(*ready, amended).when(amend, acting(UNION)).then_nothing()


def test_d1_amending_closes_the_round() -> None:
    history = *under_way, took(CLINIC, AGREE)
    given(*history).when(amend, acting(UNION)).then(closed("amended", agree=1), amended)


def test_d1_after_an_amendment_every_stance_is_asked_for_again() -> None:
    history = *under_way, took(CLINIC, AGREE), closed("amended", agree=1), amended
    again = opened.model_copy(update={"round": 2, "text": BUS.digest()})
    given(*history).when(open_voting, acting(CLINIC)).then(again)
    ask = TakeStance(option=AGREE)
    given(*history, again).when(ask, acting(CLINIC)).then(took(CLINIC, AGREE))


def test_an_amended_text_has_its_own_notice() -> None:
    rule = RuleInForce(replace(IN_FORCE, terms=Rule(method=Method.MAJORITY, notice_hours=4)))
    given(*ready).when(open_voting, acting(CLINIC, rule)).then(with_rule(notice_hours=4))
    given(*ready, amended).when(open_voting, acting(CLINIC, rule)).then_refused("too_soon")


def test_what_is_decided_is_not_amended() -> None:
    history = *under_way, closed(agree=2), decision()
    given(*history).when(amend, acting(UNION)).then_refused("wrong_stage")


def test_the_proposer_withdraws_before_the_vote() -> None:
    ask, gone = WithdrawProposal(reason=COST), ProposalWithdrawn(reason=Sealed(COST))
    given(*ready).when(ask, acting(UNION)).then(gone)
    given(*ready, gone).when(ask, acting(UNION)).then_nothing()
    given(*ready).when(ask, acting(YOUTH)).then_refused("not_the_proposer")
    given(*under_way).when(ask, acting(UNION)).then_refused("wrong_stage")


# Opening


def test_d1_opening_freezes_rule_text_and_electorate() -> None:
    given(*ready).when(open_voting, acting(CLINIC)).then(opened)


def test_d1_what_is_frozen_stays() -> None:
    for ask in (
        OpenVoting(rule=OTHER_RULE, closes_at=DUSK),
        OpenVoting(rule=RULE, closes_at=DUSK + timedelta(hours=1)),
    ):
        given(*under_way).when(ask, acting(CLINIC)).then_refused("voting_frozen")
        given(*under_way, closed()).when(ask, acting(CLINIC)).then_refused("voting_frozen")


def test_d1_a_rule_revised_later_counts_nothing() -> None:
    later = RuleInForce(InForce(4, PLENARY, Rule(method=Method.CONSENT)))
    history = *under_way, took(CLINIC, AGREE), took(YOUTH, AGREE), closed(agree=2)
    given(*history).when(make, acting(CLINIC, later)).then(decision())


def test_d1_a_large_electorate_is_listed_beside_its_event() -> None:
    many = tuple(VoteClass(class_=(OrgId(UUID(int=n)),)) for n in range(1, 5_001))
    for size, listed in ((500, False), (501, True), (5_000, True)):
        crowd = Electorate(many[:size], members_position=900)
        beside = {"electorate": digest(many[:size]), "listed": many[:size]}
        given(*ready).when(open_voting, acting(CLINIC, crowd)).then(
            opened.model_copy(
                update={"electorate": many[:size], "members_position": 900}
                | (beside if listed else {})
            )
        )
    large = opened.model_copy(update={"electorate": digest(many), "listed": many})
    stance = TakeStance(option=AGREE)
    last = OrgId(UUID(int=5_000))
    given(*ready, large).when(stance, acting(last)).then(took(last, AGREE))
    votes = {"counts": counts(agree=1), "voters": 1, "entitled": 5_000}
    free = Rule(method=Method.MAJORITY, quorum=Quorum(at_least=(0, 1)))
    few = large.model_copy(update={"terms": free})
    given(*ready, few, took(last, AGREE), closed(agree=1)).when(make, acting(CLINIC)).then(
        decision(**votes, electorate=digest(many))
    )


def test_d1_a_wide_electorate_is_listed_beside_its_event() -> None:
    """Few classes of many organisations are as large as many of few."""
    wide = tuple(
        VoteClass(class_=tuple(OrgId(UUID(int=100 * n + m)) for m in range(8)))
        for n in range(1, 401)
    )
    crowd = Electorate(wide, members_position=900)
    beside = {"electorate": digest(wide), "listed": wide, "members_position": 900}
    given(*ready).when(open_voting, acting(CLINIC, crowd)).then(opened.model_copy(update=beside))


def test_i4_opening_again_changes_nothing() -> None:
    for history in (under_way, (*under_way, closed()), (*under_way, closed(), unmet)):
        given(*history).when(open_voting, acting(CLINIC)).then_nothing()


def test_only_what_was_published_is_voted_on() -> None:
    given(drafted).when(open_voting, acting(CLINIC)).then_refused("not_published")
    gone = ProposalWithdrawn(reason=Sealed(COST))
    given(*ready, gone).when(open_voting, acting(CLINIC)).then_refused("wrong_stage")


def test_a_voting_names_a_rule_in_force_in_its_body() -> None:
    for rule, reason in (
        (None, "unknown_rule"),
        (InForce(3, STEERING, TERMS), "unknown_rule"),
        (InForce(3, PLENARY, TERMS, retired=True), "rule_retired"),
        (InForce(3, PLENARY, Rule(method=Method.FRONT_LINE)), "method_not_offered"),
    ):
        given(*ready).when(open_voting, acting(CLINIC, RuleInForce(rule))).then_refused(reason)


def test_d2_the_body_covers_the_issue_at_opening_and_at_deciding() -> None:
    remit = Remit(covers=False)
    given(*ready).when(open_voting, acting(CLINIC, remit)).then_refused("out_of_mandate")
    history = *under_way, closed(agree=2)
    given(*history).when(make, acting(CLINIC, remit)).then_refused("out_of_mandate")


def test_m9_a_body_outside_the_published_structure_does_not_decide() -> None:
    remit = Remit(covers=True, structured=False)
    given(*ready).when(open_voting, acting(CLINIC, remit)).then_refused("no_scope")
    history = *under_way, closed(agree=2)
    given(*history).when(make, acting(CLINIC, remit)).then_refused("no_scope")


def test_d3_an_issue_out_of_scope_or_parked_is_not_decided() -> None:
    for remit in (Remit(covers=True, scoped_out=True), Remit(covers=True, parked=True)):
        given(*ready).when(open_voting, acting(CLINIC, remit)).then_refused("out_of_scope")
        history = *under_way, closed(agree=2)
        given(*history).when(make, acting(CLINIC, remit)).then_refused("out_of_scope")


def test_a_consultation_is_recorded_once_it_was_held() -> None:
    given(*ready).when(consult, acting(UNION)).then(consulted)
    given(drafted).when(consult, acting(UNION)).then(consulted)
    given(*under_way).when(consult, acting(YOUTH)).then(consulted)
    alone = consult.model_copy(update={"org": None})
    given(*ready, consulted).when(alone, acting(UNION)).then(
        consulted.model_copy(update={"org": None})
    )
    given(*ready, consulted).when(consult, acting(CLINIC)).then_nothing()
    tomorrow = consult.model_copy(update={"on": NOON.date() + timedelta(days=1)})
    given(*ready).when(tomorrow, acting(UNION)).then_refused("not_yet")
    gone = acting(UNION, Roll(frozenset({CLINIC})))
    given(*ready).when(consult, gone).then_refused("unknown_organisation")
    elsewhere = consult.model_copy(update={"constituency": MIGRANTS})
    given(*ready).when(elsewhere, acting(UNION)).then_refused("unknown_constituency")
    withdrawn = ProposalWithdrawn(reason=Sealed(COST))
    given(*ready, withdrawn).when(consult, acting(UNION)).then_refused("wrong_stage")


def test_d4_who_was_consulted_is_heard() -> None:
    affected = drafted.model_copy(update={"affected": (PARENTS,)}), published
    gate = Rule(method=Method.MAJORITY, representation_gate="block")
    block = RuleInForce(replace(IN_FORCE, terms=gate))
    given(*affected, consulted).when(open_voting, acting(CLINIC, block)).then(
        opened.model_copy(update={"terms": gate})
    )
    both = drafted.model_copy(update={"affected": (PARENTS, MIGRANTS)}), published, consulted
    given(*both).when(open_voting, acting(CLINIC, block)).then_refused("not_heard")


def test_d4_an_affected_constituency_is_heard() -> None:
    affected = drafted.model_copy(update={"affected": (PARENTS,)}), published
    gate = Rule(method=Method.MAJORITY, representation_gate="block")
    block = RuleInForce(replace(IN_FORCE, terms=gate))
    given(*affected).when(open_voting, acting(CLINIC, block)).then_refused("not_heard")

    overriding = OpenVoting(rule=RULE, closes_at=DUSK, override=COST)
    stamped = {"terms": gate, "gate": "overridden", "override": Sealed(COST)}
    given(*affected).when(overriding, acting(CLINIC, block)).then(opened.model_copy(update=stamped))
    warn = Rule(method=Method.MAJORITY, representation_gate="warn")
    given(*affected).when(
        open_voting, acting(CLINIC, RuleInForce(replace(IN_FORCE, terms=warn)))
    ).then(opened.model_copy(update={"terms": warn, "gate": "warned"}))

    parents = VoteClass(class_=(CLINIC,), constituencies=(PARENTS, MIGRANTS))
    electorate = Electorate((parents,), members_position=41)
    given(*affected).when(open_voting, acting(CLINIC, block, electorate)).then(
        opened.model_copy(update={"terms": gate, "electorate": (parents,)})
    )
    given(*affected).when(open_voting, knowing(imported(CLINIC, facts=FACTS), block)).then(
        opened.model_copy(update={"terms": gate})
    )


def test_d5_notice_is_kept() -> None:
    rule = Rule(method=Method.MAJORITY, notice_hours=5)
    facts = RuleInForce(replace(IN_FORCE, terms=rule))
    given(*ready).when(open_voting, acting(CLINIC, facts)).then_refused("too_soon")
    history = knowing(imported(CLINIC, facts=FACTS), facts)
    given(*ready).when(open_voting, history).then(opened.model_copy(update={"terms": rule}))


def test_d5_a_voting_is_open_long_enough() -> None:
    rule = Rule(method=Method.MAJORITY, min_open_hours=7)
    facts = RuleInForce(replace(IN_FORCE, terms=rule))
    given(*ready).when(open_voting, acting(CLINIC, facts)).then_refused("too_soon")
    given(*ready).when(
        OpenVoting(rule=RULE, closes_at=NOON), imported(CLINIC, facts=FACTS)
    ).then_refused("too_soon")


def test_a_voting_belongs_to_a_meeting_that_is() -> None:
    ask = OpenVoting(rule=RULE, closes_at=DUSK, meeting=ASSEMBLY)
    given(*ready).when(ask, acting(CLINIC)).then(opened.model_copy(update={"meeting": ASSEMBLY}))
    nowhere = Sitting(exists=False)
    given(*ready).when(ask, acting(CLINIC, nowhere)).then_refused("unknown_meeting")


# Stances


def test_a_delegate_speaks_for_the_organisation() -> None:
    ask = TakeStance(option=AGREE)
    given(*under_way).when(ask, acting(UNION)).then(took(UNION, AGREE))


def test_d7_who_joined_later_has_no_vote() -> None:
    ask = TakeStance(option=AGREE)
    given(*under_way).when(ask, acting(NEWCOMER)).then_refused("not_accredited")


def test_d7_a_stance_needs_a_voting_accreditation_of_its_own_moment() -> None:
    mute = Speaker(voting=False, members_position=50)
    ask = TakeStance(option=AGREE)
    given(*under_way).when(ask, acting(UNION, mute)).then_refused("not_accredited")
    observer = acting(UNION, authority="observer")
    given(*under_way).when(ask, observer).then_refused("not_accredited")

    change = ChangeStance(to=ABSTAIN, because=COST)
    history = *under_way, took(UNION, AGREE)
    given(*history).when(change, acting(UNION, mute)).then_refused("not_accredited")

    replaced = Speaker(voting=True, members_position=50)
    heard = took(UNION, AGREE).model_copy(update={"members_position": 50})
    given(*under_way).when(ask, acting(UNION, replaced)).then(heard)


def test_d7_the_past_has_no_accreditations() -> None:
    mute = Speaker(voting=False, members_position=42)
    context = knowing(imported(UNION, facts=FACTS), mute)
    given(*under_way).when(TakeStance(option=AGREE), context).then(
        took(UNION, AGREE, authority="imported")
    )


def by_proxy(org: OrgId, giver: OrgId | None = SCHOOL) -> Context:
    return acting(org, Speaker(voting=True, members_position=42, giver=giver))


def test_d7_by_proxy_an_organisation_speaks_for_another() -> None:
    ask = TakeStance(option=AGREE, proxy=PROXY)
    given(*hopping).when(ask, by_proxy(UNION)).then(
        took(SCHOOL, AGREE).model_copy(update={"proxy": PROXY})
    )
    history = *hopping, took(SCHOOL, AGREE)
    change = ChangeStance(to=ABSTAIN, because=COST, proxy=PROXY)
    given(*history).when(change, by_proxy(UNION)).then(
        changed(SCHOOL, AGREE, ABSTAIN).model_copy(update={"proxy": PROXY})
    )
    given(*history).when(ask, by_proxy(UNION)).then_nothing()
    given(*history).when(TakeStance(option=AGREE), by_proxy(UNION)).then(took(UNION, AGREE))


def test_d7_a_proxy_needs_the_rule_the_grant_and_a_representative() -> None:
    ask = TakeStance(option=AGREE, proxy=PROXY)
    given(*under_way).when(ask, by_proxy(UNION)).then_refused("no_proxies")
    given(*hopping).when(ask, by_proxy(UNION, None)).then_refused("not_accredited")
    given(*hopping).when(ask, by_proxy(UNION, NEWCOMER)).then_refused("not_accredited")
    mute = acting(UNION, Speaker(voting=False, members_position=42, giver=SCHOOL))
    given(*hopping).when(ask, mute).then_refused("not_accredited")


def test_who_facilitates_from_outside_speaks_for_nobody() -> None:
    ask = TakeStance(option=AGREE, proxy=PROXY)
    for outside in (UNION, SCHOOL):
        context = knowing(by_proxy(UNION), Sitting(facilitating=frozenset({outside})))
        given(*hopping).when(ask, context).then_refused("no_facilitator")


def test_d8_one_stance_at_a_time() -> None:
    history = *under_way, took(UNION, AGREE)
    given(*history).when(TakeStance(option=ABSTAIN), acting(UNION)).then_refused("one_vote")
    again = imported(UNION, facts=FACTS)
    given(*history).when(TakeStance(option=ABSTAIN), again).then_refused("one_vote")


def test_d8_a_class_has_one_vote() -> None:
    pair = VoteClass(class_=(UNION, YOUTH)), VoteClass(class_=(CLINIC,))
    together = opened.model_copy(update={"electorate": pair})
    history = *ready, together, took(UNION, AGREE)
    given(*history).when(TakeStance(option=ABSTAIN), acting(YOUTH)).then_refused("one_vote")
    given(*history).when(TakeStance(option=AGREE), acting(YOUTH)).then_nothing()
    ask = ChangeStance(to=ABSTAIN, because=COST)
    given(*history).when(ask, acting(YOUTH)).then(changed(YOUTH, AGREE, ABSTAIN))


def test_d9_dissent_gives_a_reason() -> None:
    for option in (DISAGREE, OBJECT):
        ask = TakeStance(option=option)
        given(*under_way).when(ask, acting(UNION)).then_refused("reason_required")
    ask = TakeStance(option=DISAGREE, reason=COST)
    given(*under_way).when(ask, acting(UNION)).then(took(UNION, DISAGREE, COST))


def test_d9_the_past_gave_no_reasons() -> None:
    ask = TakeStance(option=DISAGREE)
    given(*under_way).when(ask, imported(UNION, facts=FACTS)).then(
        took(UNION, DISAGREE, authority="imported")
    )


def test_an_object_stance_raises_an_objection() -> None:
    ask = TakeStance(option=OBJECT, reason=COST)
    given(*under_way).when(ask, acting(YOUTH)).then(took(YOUTH, OBJECT, COST), raised(YOUTH))
    history = *under_way, took(YOUTH, OBJECT, COST), raised(YOUTH)
    given(*history).when(ask, acting(SCHOOL)).then(
        took(SCHOOL, OBJECT, COST), raised(SCHOOL, SECOND)
    )


def test_i1_a_change_of_mind_keeps_what_was() -> None:
    ask = ChangeStance(to=DISAGREE, because=COST)
    given(*under_way, took(CLINIC, AGREE)).when(ask, acting(CLINIC)).then(
        changed(CLINIC, AGREE, DISAGREE)
    )


def test_changing_to_object_raises_an_objection_and_leaving_it_retracts_it() -> None:
    ask = ChangeStance(to=OBJECT, because=COST)
    history = *under_way, took(CLINIC, AGREE)
    given(*history).when(ask, acting(CLINIC)).then(changed(CLINIC, AGREE, OBJECT), raised(CLINIC))

    back = ChangeStance(to=AGREE, because=COST)
    objecting = took(CLINIC, OBJECT, COST), raised(CLINIC), raised(YOUTH, SECOND)
    given(*under_way, *objecting).when(back, acting(CLINIC)).then(
        changed(CLINIC, OBJECT, AGREE), ObjectionRetracted(objection=FIRST, reason=Sealed(COST))
    )


def test_only_a_stance_can_be_changed_or_withdrawn() -> None:
    for ask in (ChangeStance(to=ABSTAIN, because=COST), WithdrawStance(because=COST)):
        given(*under_way).when(ask, acting(UNION)).then_refused("no_stance")


def test_a_stance_is_withdrawn_with_its_objection() -> None:
    history = *under_way, took(UNION, OBJECT, COST), raised(UNION)
    gone = StanceWithdrawn(by=UNION, because=Sealed(COST))
    given(*history).when(WithdrawStance(because=COST), acting(UNION)).then(
        gone, ObjectionRetracted(objection=FIRST, reason=Sealed(COST))
    )
    given(*history, gone).when(TakeStance(option=AGREE), acting(UNION)).then(took(UNION, AGREE))


def test_i4_repeating_a_stance_changes_nothing() -> None:
    for option in Option:
        for ask in (TakeStance(option=option), ChangeStance(to=option, because=COST)):
            given(*under_way, took(UNION, option)).when(ask, acting(UNION)).then_nothing()


def test_nobody_speaks_after_closing_time() -> None:
    for ask in (TakeStance(option=AGREE), RaiseObjection(objection=FIRST, grounds=COST)):
        given(*under_way).when(ask, acting(UNION, at=DUSK)).then_refused("not_open")
        given(*under_way, closed()).when(ask, acting(UNION)).then_refused("not_open")


def test_a_stance_of_an_import_is_judged_at_its_own_time() -> None:
    ask = TakeStance(option=AGREE)
    given(*under_way).when(ask, imported(UNION, at=NOON, facts=FACTS)).then(
        took(UNION, AGREE, authority="imported")
    )
    given(*under_way).when(ask, imported(UNION, at=DUSK, facts=FACTS)).then_refused("not_open")


def test_c6_who_facilitates_from_outside_takes_no_stance() -> None:
    linked = opened.model_copy(update={"meeting": ASSEMBLY})
    outside = Sitting(facilitating=frozenset({YOUTH}))
    ask = TakeStance(option=AGREE)
    given(*ready, linked).when(ask, acting(YOUTH, outside)).then_refused("no_facilitator")
    given(*ready, linked).when(ask, acting(UNION, outside)).then(took(UNION, AGREE))


def test_d19_what_was_said_ad_referendum_does_not_count() -> None:
    delegate = acting(YOUTH, authority="ad_referendum")
    reserved = took(YOUTH, AGREE, authority="ad_referendum")
    given(*under_way).when(TakeStance(option=AGREE), delegate).then(reserved)
    history = *under_way, reserved, took(UNION, AGREE)
    given(*history).when(CloseVoting(), acting(CLINIC, at=DUSK)).then(
        closed(agree=1), QuorumNotMet(needed=2, reached=1)
    )
    ask = ChangeStance(to=AGREE, because=COST)
    given(*under_way, reserved).when(ask, acting(YOUTH)).then(changed(YOUTH, AGREE, AGREE))


# Closing and deciding


def test_the_chair_closes_at_the_deadline_before_it_or_when_all_are_in() -> None:
    some = *under_way, took(UNION, AGREE), took(YOUTH, AGREE)
    every = *some, took(SCHOOL, AGREE), took(CLINIC, ABSTAIN)
    given(*some).when(CloseVoting(), acting(CLINIC, at=DUSK)).then(closed(agree=2))
    given(*some).when(CloseVoting(), acting(CLINIC)).then(closed("chair", agree=2))
    given(*every).when(CloseVoting(), acting(CLINIC)).then(closed("all_in", agree=3, abstain=1))


def test_d5_closing_waits_for_the_time_the_rule_gives() -> None:
    history = *ready, with_rule(min_open_hours=3), took(UNION, AGREE), took(YOUTH, AGREE)
    early, late = NOON + timedelta(hours=2), NOON + timedelta(hours=3)
    given(*history).when(CloseVoting(), acting(CLINIC, at=early)).then_refused("too_soon")
    given(*history).when(CloseVoting(), acting(CLINIC, at=late)).then(closed("chair", agree=2))
    past = imported(CLINIC, at=early, facts=FACTS)
    given(*history).when(CloseVoting(), past).then(closed("chair", agree=2))


def test_an_imported_voting_is_closed_at_its_own_time() -> None:
    history = *under_way, took(UNION, AGREE), took(YOUTH, AGREE)
    past = imported(CLINIC, at=DUSK, facts=FACTS)
    given(*history).when(CloseVoting(), past).then(closed(agree=2))


def test_a_voting_closes_by_itself_when_its_time_is_over() -> None:
    some = *under_way, took(UNION, AGREE), took(YOUTH, AGREE)
    given(*some).when(CloseVoting(), by_itself(DUSK, *FACTS)).then(closed(agree=2))
    given(*under_way).when(CloseVoting(), by_itself(DUSK, *FACTS)).then(closed(), unmet)


def test_a_voting_never_closes_by_itself_before() -> None:
    stances = [took(each, AGREE) for each in (UNION, YOUTH, SCHOOL, CLINIC)]
    every: tuple[ProposalEvent, ...] = (*under_way, *stances)
    early = by_itself(DUSK - timedelta(milliseconds=1), *FACTS)
    for so_far in ((*under_way,), every):
        given(*so_far).when(CloseVoting(), early).then_refused("too_soon")
    later = DUSK + timedelta(days=1)
    again = opened.model_copy(update={"round": 2, "closes_at": later})
    given(*under_way, closed(), unmet, again).when(
        CloseVoting(), by_itself(DUSK, *FACTS)
    ).then_refused("too_soon")


def test_where_no_voting_is_open_nothing_closes_by_itself() -> None:
    history = *under_way, closed("amended"), amended
    histories: tuple[tuple[ProposalEvent, ...], ...] = (
        (*under_way, closed()),
        history,
        ready,
        (*history, ProposalWithdrawn(reason=Sealed(COST))),
    )
    for done in histories:
        given(*done).when(CloseVoting(), by_itself(DUSK, *FACTS)).then_nothing()


def test_i4_closing_twice_changes_nothing() -> None:
    for history in (
        (*under_way, closed()),
        (*under_way, closed(), unmet),
        (*under_way, closed(agree=2), decision()),
    ):
        given(*history).when(CloseVoting(), acting(CLINIC)).then_nothing()
    given(*ready).when(CloseVoting(), acting(CLINIC)).then_refused("not_open")


def test_the_present_are_those_of_the_linked_meeting() -> None:
    linked = opened.model_copy(update={"meeting": ASSEMBLY})
    history = *ready, linked, took(UNION, AGREE), took(YOUTH, AGREE)
    sitting = Sitting(present=frozenset({YOUTH, CLINIC}))
    ended = VotingClosed(reason="chair", present=(CLINIC, YOUTH), counts=counts(agree=2))
    given(*history).when(CloseVoting(), acting(CLINIC, sitting)).then(ended)


def test_the_present_of_a_large_meeting_are_listed_beside_the_event() -> None:
    there = tuple(OrgId(UUID(int=n)) for n in range(1, 2_001))
    linked = opened.model_copy(update={"meeting": ASSEMBLY})
    history = *ready, linked, took(UNION, AGREE), took(YOUTH, AGREE)
    for size, listed in ((500, None), (501, there[:501]), (2_000, there)):
        sitting = Sitting(present=frozenset(there[:size]))
        ended = VotingClosed(
            reason="chair",
            present=there[:size] if listed is None else digest(listed),
            listed=listed,
            counts=counts(agree=2),
        )
        given(*history).when(CloseVoting(), acting(CLINIC, sitting)).then(ended)


def test_those_present_count_wherever_they_are_listed() -> None:
    half = Threshold(option=AGREE, test="at_least", ratio=(1, 2), base="entitled_present")
    terms = Rule(method=Method.MAJORITY, thresholds=(half,))
    linked = opened.model_copy(update={"meeting": ASSEMBLY, "terms": terms})
    few = CLINIC, UNION, YOUTH
    many = *few, *(OrgId(UUID(int=n)) for n in range(1, 600))
    for present in ({"present": few}, {"present": digest(many), "listed": many}):
        ended = closed("chair", agree=2).model_copy(update=present)
        history = *ready, linked, took(UNION, AGREE), took(YOUTH, AGREE), ended
        given(*history).when(make, acting(CLINIC)).then(decision(meeting=ASSEMBLY))


def test_d15_without_a_quorum_the_voting_lapses() -> None:
    given(*under_way, took(UNION, AGREE)).when(CloseVoting(), acting(UNION, at=DUSK)).then(
        closed(agree=1), QuorumNotMet(needed=2, reached=1)
    )


def test_d15_what_lapsed_is_not_decided_but_opened_again() -> None:
    history = *under_way, closed(), unmet
    given(*history).when(make, acting(CLINIC)).then_refused("no_quorum")
    later = DUSK + timedelta(days=1)
    again = opened.model_copy(update={"round": 2, "closes_at": later})
    ask = OpenVoting(rule=RULE, closes_at=later)
    given(*history).when(ask, acting(CLINIC)).then(again)


def test_d16_a_decision_names_its_dissent() -> None:
    history = (
        *under_way,
        took(UNION, AGREE),
        took(YOUTH, AGREE),
        took(SCHOOL, ABSTAIN),
        took(CLINIC, AGREE),
        changed(CLINIC, AGREE, DISAGREE),
        closed("all_in", agree=2, abstain=1, disagree=1),
    )
    votes = counts(agree=2, abstain=1, disagree=1)
    given(*history).when(make, acting(CLINIC)).then(
        decision(counts=votes, voters=4, dissent=(CLINIC,))
    )


def test_d16_with_too_few_for_it_it_is_rejected() -> None:
    history = *under_way, took(UNION, AGREE), took(YOUTH, DISAGREE, COST), closed()
    given(*history).when(make, acting(CLINIC)).then(
        decision(outcome="rejected", counts=counts(agree=1, disagree=1), dissent=(YOUTH,))
    )


def test_d17_an_open_objection_stands_in_the_way_where_the_rule_says_so() -> None:
    consensus = opened.model_copy(update={"terms": Rule(method=Method.CONSENSUS)})
    votes = took(UNION, AGREE), took(CLINIC, AGREE), took(SCHOOL, AGREE)
    history = *ready, consensus, *votes, raised(YOUTH), closed(agree=3)
    three = {"counts": counts(agree=3), "voters": 3}
    blocked = decision(**three, outcome="rejected", objections={FIRST: "stands"})
    given(*history).when(make, acting(CLINIC)).then(blocked)

    retracted = ObjectionRetracted(objection=FIRST, reason=Sealed(COST))
    given(*history, retracted).when(make, acting(CLINIC)).then(
        decision(**three, objections={FIRST: "retracted"})
    )


def test_d17_objections_that_need_no_answer_are_listed() -> None:
    history = *under_way, took(UNION, AGREE), took(CLINIC, AGREE), raised(YOUTH), closed(agree=2)
    given(*history).when(make, acting(CLINIC)).then(decision(objections={FIRST: "stands"}))


def test_i2_a_decision_names_who_answers_for_it() -> None:
    history = *under_way, took(UNION, AGREE), took(CLINIC, AGREE), closed(agree=2)
    nobody = MakeDecision(accountable=())
    given(*history).when(nobody, acting(CLINIC)).then_refused("unaccountable")
    stranger = MakeDecision(accountable=(OrgId(UUID(int=99)),))
    given(*history).when(stranger, acting(CLINIC)).then_refused("unknown_organisation")


def test_only_imports_have_the_number_of_their_source() -> None:
    history = *under_way, took(UNION, AGREE), took(CLINIC, AGREE), closed(agree=2)
    ask = MakeDecision(accountable=(UNION,), source_id="77")
    given(*history).when(ask, acting(CLINIC)).then_refused("imports_only")
    given(*history).when(ask, imported(CLINIC, facts=FACTS)).then(decision(source_id="77"))


def test_i4_deciding_again_changes_nothing() -> None:
    history = *under_way, closed(agree=2), decision()
    given(*history).when(make, acting(CLINIC)).then_nothing()
    ask = MakeDecision(accountable=(YOUTH,))
    given(*history).when(ask, acting(CLINIC)).then_refused("already_decided")


def test_a_voting_is_closed_before_it_is_decided() -> None:
    given(*under_way).when(make, acting(CLINIC)).then_refused("not_closed")
    given(*ready).when(make, acting(CLINIC)).then_refused("not_closed")


def test_a_decision_belongs_to_the_meeting_of_its_voting() -> None:
    linked = opened.model_copy(update={"meeting": ASSEMBLY})
    history = *ready, linked, took(UNION, AGREE), took(CLINIC, AGREE), closed(agree=2)
    given(*history).when(make, acting(CLINIC)).then(decision(meeting=ASSEMBLY))
    nowhere = MakeDecision(accountable=(UNION,), meeting=ASSEMBLY)
    away = acting(CLINIC, Sitting(exists=False))
    given(*history).when(nowhere, away).then_refused("unknown_meeting")


def test_a_decision_is_deferred_and_voted_on_later() -> None:
    until = date(2026, 3, 1)
    ask, deferred = DeferDecision(until=until, reason=COST), None
    deferred = DecisionDeferred(until=until, reason=Sealed(COST))
    given(*under_way, closed()).when(ask, acting(CLINIC)).then(deferred)
    given(*ready, deferred).when(ask, acting(CLINIC)).then_nothing()
    given(*ready, deferred).when(open_voting, acting(CLINIC)).then(opened)
    given(*under_way).when(ask, acting(CLINIC)).then_refused("wrong_stage")


def test_d20_reopening_needs_new_information() -> None:
    history = *under_way, closed(agree=2), decision()
    for bare in (
        ReopenDecision(decision=DECIDED),
        ReopenDecision(decision=DECIDED, because="meetings/7"),
    ):
        given(*history).when(bare, acting(CLINIC)).then_refused("no_new_information")
    reopened = DecisionReopened(decision=DECIDED, new_information=Sealed(NEWS))
    ask = ReopenDecision(decision=DECIDED, new_information=NEWS)
    given(*history).when(ask, acting(CLINIC)).then(reopened)
    given(*history, reopened).when(ask, acting(CLINIC)).then_nothing()


def test_d20_what_is_reopened_is_voted_on_again() -> None:
    reopened = DecisionReopened(decision=DECIDED, new_information=Sealed(NEWS))
    history = *under_way, closed(agree=2), decision(), reopened
    again = opened.model_copy(update={"round": 2})
    given(*history).when(open_voting, acting(CLINIC)).then(again)
    second = DecisionId(uuid5(PROPOSAL, "decision/2"))
    votes = took(UNION, AGREE), took(CLINIC, AGREE), closed(agree=2)
    given(*history, again, *votes).when(make, acting(CLINIC)).then(decision(decision=second))


def test_only_a_decision_of_this_proposal_is_reopened() -> None:
    ask = ReopenDecision(decision=DECISION, new_information=NEWS)
    given(*under_way, closed(agree=2), decision()).when(ask, acting(CLINIC)).then_refused(
        "unknown_decision"
    )


def test_d18_counts_are_those_of_the_stream() -> None:
    claimed = closed(agree=4)
    history = *under_way, took(UNION, AGREE), took(CLINIC, AGREE), claimed
    given(*history).when(make, acting(CLINIC)).then(decision())


# One organisation decides


def by_method(method: Method, **more: Any) -> VotingOpened:
    return opened.model_copy(update={"terms": Rule(method=method), **more})


def under(method: Method) -> RuleInForce:
    return RuleInForce(replace(IN_FORCE, terms=Rule(method=method)))


def test_the_lead_is_frozen_when_voting_opens() -> None:
    rule = under(Method.LEAD_DECIDES)
    asked = acting(CLINIC, rule, Lead(SCHOOL))
    given(*ready).when(open_voting, asked).then(by_method(Method.LEAD_DECIDES, lead=SCHOOL))
    given(*ready).when(open_voting, acting(CLINIC, rule)).then_refused("no_lead")
    outside = acting(CLINIC, rule, Lead(NEWCOMER))
    given(*ready).when(open_voting, outside).then_refused("not_accredited")


def test_d16_the_stance_of_the_frozen_lead_decides() -> None:
    history = *ready, by_method(Method.LEAD_DECIDES, lead=SCHOOL), took(CLINIC, DISAGREE, COST)
    for option, outcome in ((AGREE, "adopted"), (ABSTAIN, "rejected")):
        ended = given(*history, took(SCHOOL, option), closed())
        votes = counts(**{"disagree": 1, option: 1})
        against = {"counts": votes, "dissent": (CLINIC,), "outcome": outcome}
        ended.when(make, acting(CLINIC, Lead(UNION))).then(decision(**against))


def test_the_proposer_decides_only_after_advice_with_a_reason() -> None:
    history = *ready, by_method(Method.ADVICE)
    agree = TakeStance(option=AGREE)
    given(*history).when(agree, acting(UNION)).then_refused("not_advised")
    silent = *history, took(YOUTH, ABSTAIN)
    given(*silent).when(agree, acting(UNION)).then_refused("not_advised")
    advised = *history, took(YOUTH, DISAGREE, COST)
    given(*advised).when(agree, acting(UNION)).then(took(UNION, AGREE))
    given(*silent, changed(YOUTH, ABSTAIN, AGREE)).when(agree, acting(UNION)).then(
        took(UNION, AGREE)
    )
    past = imported(UNION, facts=FACTS)
    given(*history).when(agree, past).then(took(UNION, AGREE, authority="imported"))
    given(*history).when(agree, acting(YOUTH)).then(took(YOUTH, AGREE))


def test_advice_is_not_asked_of_a_proposer_who_may_not_decide() -> None:
    foreign = drafted.model_copy(update={"by": NEWCOMER})
    asked = acting(CLINIC, under(Method.ADVICE))
    given(foreign, published).when(open_voting, asked).then_refused("not_accredited")


# Laws

quorums = st.sampled_from([TERMS, Rule(method=Method.CONSENSUS, quorum=Quorum(at_least=(0, 1)))])
texts = st.sampled_from([VAN, BUS])
options = st.sampled_from(Option)
known = st.sampled_from([FIRST, SECOND])
commands = st.one_of(
    st.just(draft),
    st.just(PublishProposal()),
    st.builds(AmendProposal, text=texts, because=st.just(COST)),
    st.builds(WithdrawProposal, reason=st.just(COST)),
    st.builds(OpenVoting, rule=st.just(RULE), closes_at=st.sampled_from([DUSK, NOON])),
    st.builds(TakeStance, option=options, reason=st.none() | st.just(COST)),
    st.builds(ChangeStance, to=options, because=st.just(COST)),
    st.builds(WithdrawStance, because=st.just(COST)),
    st.builds(RaiseObjection, objection=known, grounds=st.just(COST)),
    st.builds(AccommodateObjection, objection=known, amendment=st.integers(1, 3)),
    st.builds(RetractObjection, objection=known, reason=st.just(COST)),
    st.builds(SetAsideObjection, objection=known, reasoning=st.none() | st.just(COST)),
    st.builds(
        OutweighObjection,
        objection=known,
        reasoning=st.just(COST),
        alternatives=st.sampled_from([(), (BUS,)]),
    ),
    st.builds(RegisterFormalObjection, objection=known, to=st.sampled_from([PLENARY, STEERING])),
    st.builds(
        ResolveFormalObjection,
        objection=known,
        result=st.sampled_from(["upheld", "overruled"]),
        reasoning=st.just(COST),
    ),
    st.just(CloseVoting()),
    st.just(make),
    st.builds(DeferDecision, until=st.just(date(2026, 3, 1)), reason=st.just(COST)),
    st.builds(ReopenDecision, decision=st.just(DECIDED), new_information=st.just(NEWS)),
)
rules = st.builds(lambda terms: RuleInForce(replace(IN_FORCE, terms=terms)), quorums)
contexts = st.builds(
    lambda org, at, rule: acting(org, rule, at=at),
    st.sampled_from([CLINIC, UNION, YOUTH, NEWCOMER]),
    st.sampled_from([NOON, DUSK]),
    rules,
)
steps = st.tuples(commands, contexts)


@over(st.lists(steps, max_size=30), examples=100)
def test_laws_from_nothing(requests: list[tuple[ProposalCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(steps, max_size=30), examples=100)
def test_laws_of_a_voting(requests: list[tuple[ProposalCommand, Context]]) -> None:
    begun: tuple[ProposalCommand, ...] = draft, PublishProposal(), open_voting
    obey(decider, [*((command, acting(UNION)) for command in begun), *requests])


def accepted(
    history: tuple[ProposalEvent, ...], requests: list[tuple[ProposalCommand, Context]]
) -> list[ProposalEvent]:
    """Return all that happened when `requests` were made in turn."""
    happened = list(history)
    state = reduce(decider.evolve, history, decider.initial)
    for command, context in requests:
        with suppress(Refused):
            events = decider.decide(command, state, context)
            state = reduce(decider.evolve, events, state)
            happened += events
    return happened


@over(st.lists(steps, max_size=30), examples=100)
def test_d8_no_class_ever_holds_two_stances(
    requests: list[tuple[ProposalCommand, Context]],
) -> None:
    pair = VoteClass(class_=(UNION, YOUTH)), VoteClass(class_=(CLINIC,))
    together = opened.model_copy(update={"electorate": pair})
    places = {UNION: "pair", YOUTH: "pair", CLINIC: "clinic"}
    holding: set[str] = set()
    for event in accepted((*ready, together), requests):
        match event:
            case VotingOpened():
                holding.clear()
                places = {o: str(n) for n, each in enumerate(event.classes) for o in each.class_}
            case StanceTaken(by=org):
                assert places[org] not in holding
                holding.add(places[org])
            case StanceChanged(by=org):
                assert places[org] in holding
            case StanceWithdrawn(by=org):
                holding.remove(places[org])
            case _:
                pass


@over(st.lists(steps, max_size=30), examples=100)
def test_d17_no_proposal_is_adopted_over_an_objection_to_be_addressed(
    requests: list[tuple[ProposalCommand, Context]],
) -> None:
    terms = Rule(method=Method.CONSENSUS, quorum=Quorum(at_least=(0, 1)))
    consensus = opened.model_copy(update={"terms": terms})
    rule = RuleInForce(replace(IN_FORCE, terms=terms))
    asked = [(command, knowing(context, rule)) for command, context in requests]
    for event in accepted((*ready, consensus), asked):
        if isinstance(event, DecisionMade) and event.outcome == "adopted":
            assert "stands" not in event.objections.values()


@over(st.sets(st.sampled_from([CLINIC, UNION])))
def test_i2_somebody_answers_for_whatever_is_decided(answering: set[OrgId]) -> None:
    history = *under_way, took(UNION, AGREE), took(CLINIC, AGREE), closed(agree=2)
    asked = MakeDecision(accountable=tuple(answering))
    when = given(*history).when(asked, acting(CLINIC))
    if answering:
        when.then(decision(accountable=tuple(sorted(answering))))
    else:
        when.then_refused("unaccountable")
