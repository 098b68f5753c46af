from dataclasses import replace as swap

import pytest
from hypothesis import strategies as st

from services.members.domain.ids import OrgId
from services.members.domain.issue import (
    AgreedToDisagree,
    AgreeToDisagree,
    AssignLead,
    ChangePosition,
    ChooseMessenger,
    DisagreementReopened,
    Issue,
    IssueCommand,
    IssueEvent,
    IssueRaised,
    IssueScoped,
    LeadAssigned,
    LeadYielded,
    MessengerChosen,
    Named,
    PositionChanged,
    PositionTaken,
    Raised,
    RaiseIssue,
    ReopenDisagreement,
    ScopeIssue,
    StillHere,
    TakePosition,
    YieldLead,
    decider,
)
from services.members.domain.standing import Author
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ANA,
    BO,
    CLINIC,
    NAME,
    SCHOOL,
    UNION,
    WHY,
    by,
    imported,
)

HERE, AWAY = Named(members=True), Named(members=False)
STILL, LEFT = StillHere(), StillHere(lead=False, party=False)
MANY, ALONE = Author(), Author(ANA)

raise_it = RaiseIssue(name=NAME, summary=WHY)
raised = IssueRaised(name=Sealed(NAME), summary=Sealed(WHY))
out = IssueScoped(scope="out", reason=Sealed(WHY))
back = IssueScoped(scope="in", reason=Sealed(WHY))

take = TakePosition(position="support", reason=WHY)
took = PositionTaken(by=CLINIC, position="support", reason=Sealed(WHY))
change = ChangePosition(to="oppose", reason=WHY)
changed = PositionChanged(by=CLINIC, from_="support", to="oppose", reason=Sealed(WHY))

disagree = AgreeToDisagree(parties=(SCHOOL, CLINIC), terms=WHY)
offered = AgreedToDisagree(by=CLINIC, parties=(CLINIC, SCHOOL), terms=Sealed(WHY))
agree = AgreeToDisagree()
agreed = AgreedToDisagree(by=SCHOOL)
reopen = ReopenDisagreement(reason=WHY)
reopened = DisagreementReopened(reason=Sealed(WHY))

assign = AssignLead(lead=CLINIC)
leads = LeadAssigned(lead=CLINIC)
step_back = YieldLead(reason=WHY)
stepped_back = LeadYielded(reason=Sealed(WHY))
hand_over = YieldLead(reason=WHY, successor=SCHOOL)
handed_over = LeadYielded(reason=Sealed(WHY), successor=SCHOOL)

choose = ChooseMessenger(org=CLINIC, audience="public")
chosen = MessengerChosen(org=CLINIC, audience_="public")


def given(*history: IssueEvent) -> Given[IssueCommand, Issue, IssueEvent]:
    return Given(decider, history)


def after(*history: IssueEvent) -> Raised:
    issue = decider.initial
    for event in history:
        issue = decider.evolve(issue, event)
    assert issue is not None
    return issue


def test_an_issue_is_raised_once() -> None:
    given().when(raise_it, by(UNION, MANY)).then(raised)
    given(raised).when(raise_it, by(UNION, MANY)).then_nothing()
    given(raised, out).when(raise_it, by(UNION, MANY)).then_nothing()


def test_an_issue_is_left_out_and_taken_up_again() -> None:
    given(raised).when(ScopeIssue(scope="out", reason=WHY), by(UNION, MANY)).then(out)
    given(raised, out).when(ScopeIssue(scope="in", reason=WHY), by(UNION, MANY)).then(back)


def test_i4_scoping_again_changes_nothing() -> None:
    given(raised).when(ScopeIssue(scope="in", reason=WHY), by(UNION, MANY)).then_nothing()
    given(raised, out).when(ScopeIssue(scope="out", reason=WHY), by(UNION, MANY)).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        ScopeIssue(scope="out", reason=WHY),
        *(take, change, disagree, agree, reopen, assign, step_back, choose),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_happens_to_what_nobody_raised(command: IssueCommand) -> None:
    given().when(command, by(UNION, MANY, HERE)).then_refused("unknown_issue")


@pytest.mark.parametrize(
    ("history", "command"),
    [
        ((), raise_it),
        ((raised,), ScopeIssue(scope="out", reason=WHY)),
        ((raised,), take),
        ((raised, took), change),
        ((raised,), disagree),
        ((raised, offered), reopen),
        ((raised, leads), step_back),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_a_one_person_member_says_goes_with_the_person(
    history: tuple[IssueEvent, ...], command: IssueCommand
) -> None:
    issue = after(*history) if history else decider.initial
    (event,) = decider.decide(command, issue, by(CLINIC, ALONE, HERE))
    sealed = [value for _, value in event if isinstance(value, Sealed)]
    assert sealed
    assert all(value.about == ANA for value in sealed)


def test_f1_an_organisation_takes_a_position_and_changes_it() -> None:
    given(raised).when(take, by(CLINIC, MANY)).then(took)
    given(raised, took).when(change, by(CLINIC, MANY)).then(changed)
    assert dict(after(raised, took, changed).positions) == {CLINIC: "oppose"}


def test_f1_each_organisation_has_its_own_position() -> None:
    theirs = PositionTaken(by=SCHOOL, position="oppose", reason=Sealed(WHY))
    ask = TakePosition(position="oppose", reason=WHY)
    given(raised, took).when(ask, by(SCHOOL, MANY)).then(theirs)
    assert dict(after(raised, took, theirs).positions) == {CLINIC: "support", SCHOOL: "oppose"}


def test_m11_a_first_position_is_taken() -> None:
    given(raised).when(change, by(CLINIC, MANY)).then_refused("not_taken")
    given(raised, took).when(change, by(SCHOOL, MANY)).then_refused("not_taken")


def test_m11_a_later_one_is_changed() -> None:
    ask = TakePosition(position="oppose", reason=WHY)
    given(raised, took).when(ask, by(CLINIC, MANY)).then_refused("use_change")
    given(raised, took, changed).when(take, by(CLINIC, MANY)).then_refused("use_change")


def test_i4_the_same_position_again_changes_nothing() -> None:
    given(raised, took).when(take, by(CLINIC, MANY)).then_nothing()
    ask = ChangePosition(to="support", reason=WHY)
    given(raised, took).when(ask, by(CLINIC, MANY)).then_nothing()


def test_a_position_is_an_organisations() -> None:
    nobody = swap(imported(MANY), by=None)
    given(raised).when(take, nobody).then_refused("no_organisation")


def test_f3_organisations_agree_to_disagree() -> None:
    given(raised).when(disagree, by(CLINIC, MANY, HERE)).then(offered)
    given(raised, offered).when(agree, by(SCHOOL, MANY, HERE)).then(agreed)


def test_f3_a_party_reopens_it() -> None:
    for party in (CLINIC, SCHOOL):
        given(raised, offered, agreed).when(reopen, by(party, MANY)).then(reopened)
    given(raised, offered, agreed, reopened).when(disagree, by(CLINIC, MANY, HERE)).then(offered)


def test_f3_what_was_only_offered_is_taken_back_or_declined() -> None:
    for party in (CLINIC, SCHOOL):
        given(raised, offered).when(reopen, by(party, MANY)).then(reopened)
    assert after(raised, offered, reopened).disagreement is None


def test_i4_agreeing_and_reopening_again_changes_nothing() -> None:
    for again in (disagree, agree):
        given(raised, offered).when(again, by(CLINIC, MANY, HERE)).then_nothing()
    given(raised, offered, agreed).when(agree, by(SCHOOL, MANY, HERE)).then_nothing()
    given(raised).when(reopen, by(CLINIC, MANY)).then_nothing()
    given(raised, offered, agreed, reopened).when(reopen, by(SCHOOL, MANY)).then_nothing()


def test_m12_only_a_party_agrees_or_reopens() -> None:
    given(raised).when(disagree, by(UNION, MANY, HERE)).then_refused("not_a_party")
    given(raised, offered).when(agree, by(UNION, MANY, HERE)).then_refused("not_a_party")
    given(raised, offered).when(disagree, by(UNION, MANY, HERE)).then_refused("not_a_party")
    given(raised, offered, agreed).when(reopen, by(UNION, MANY, STILL)).then_refused("not_a_party")


def test_f3_without_its_parties_anybody_reopens_it() -> None:
    given(raised, offered, agreed).when(reopen, by(UNION, MANY, LEFT)).then(reopened)


@pytest.mark.parametrize(
    "ask",
    [
        agree,
        AgreeToDisagree(parties=(CLINIC, SCHOOL)),
        AgreeToDisagree(parties=(CLINIC, CLINIC), terms=WHY),
        AgreeToDisagree(terms=WHY),
    ],
)
def test_the_first_names_parties_and_terms(ask: AgreeToDisagree) -> None:
    given(raised).when(ask, by(CLINIC, MANY, HERE)).then_refused("terms_missing")


@pytest.mark.parametrize("ask", [disagree, AgreeToDisagree(terms=WHY)])
def test_who_agrees_later_names_no_others(ask: AgreeToDisagree) -> None:
    given(raised, offered).when(ask, by(SCHOOL, MANY, HERE)).then_refused("terms_stand")


def test_who_agreed_does_not_agree_with_others_too() -> None:
    ask = AgreeToDisagree(parties=(CLINIC, UNION), terms=WHY)
    given(raised, offered).when(ask, by(CLINIC, MANY, HERE)).then_refused("terms_stand")


def test_only_members_disagree_lead_and_bring_the_message() -> None:
    given(raised).when(disagree, by(CLINIC, MANY, AWAY)).then_refused("not_a_member")
    given(raised).when(assign, by(UNION, MANY, AWAY)).then_refused("not_a_member")
    given(raised, leads).when(hand_over, by(CLINIC, MANY, AWAY)).then_refused("not_a_member")
    given(raised).when(choose, by(UNION, MANY, AWAY)).then_refused("not_a_member")


def test_f32_one_organisation_leads_an_issue() -> None:
    given(raised).when(assign, by(UNION, HERE)).then(leads)
    given(raised, leads, stepped_back).when(AssignLead(lead=SCHOOL), by(UNION, HERE)).then(
        LeadAssigned(lead=SCHOOL)
    )


def test_m10_one_lead_at_a_time() -> None:
    ask = AssignLead(lead=SCHOOL)
    given(raised, leads).when(ask, by(UNION, HERE, STILL)).then_refused("lead_taken")
    given(raised, leads, handed_over).when(assign, by(UNION, HERE, STILL)).then_refused(
        "lead_taken"
    )


def test_f32_another_leads_where_the_lead_has_left() -> None:
    ask, now_leads = AssignLead(lead=SCHOOL), LeadAssigned(lead=SCHOOL)
    given(raised, leads).when(ask, by(UNION, HERE, LEFT)).then(now_leads)


def test_f67_the_lead_steps_back() -> None:
    given(raised, leads).when(step_back, by(CLINIC, MANY, HERE)).then(stepped_back)
    assert after(raised, leads, stepped_back).lead is None


def test_f67_who_steps_back_may_name_who_leads_next() -> None:
    given(raised, leads).when(hand_over, by(CLINIC, MANY, HERE)).then(handed_over)
    given(raised, leads, handed_over).when(step_back, by(SCHOOL, MANY, HERE)).then(stepped_back)


def test_m10_only_the_lead_yields() -> None:
    given(raised).when(step_back, by(CLINIC, MANY, HERE)).then_refused("not_the_lead")
    given(raised, leads).when(step_back, by(SCHOOL, MANY, HERE)).then_refused("not_the_lead")
    over = (raised, leads, handed_over)
    given(*over).when(step_back, by(CLINIC, MANY, HERE)).then_refused("not_the_lead")


def test_i4_leading_and_yielding_again_changes_nothing() -> None:
    given(raised, leads).when(assign, by(UNION, HERE)).then_nothing()
    given(raised, leads, stepped_back).when(step_back, by(CLINIC, MANY, HERE)).then_nothing()
    given(raised, leads, handed_over).when(hand_over, by(CLINIC, MANY, HERE)).then_nothing()
    to_itself = YieldLead(reason=WHY, successor=CLINIC)
    given(raised, leads).when(to_itself, by(CLINIC, MANY, HERE)).then_nothing()


def test_who_leads_again_may_step_back_again() -> None:
    history = raised, leads, stepped_back, leads
    given(*history).when(step_back, by(CLINIC, MANY, HERE)).then(stepped_back)


def test_f60_one_messenger_for_each_audience() -> None:
    given(raised).when(choose, by(UNION, HERE)).then(chosen)
    to_funders = ChooseMessenger(org=CLINIC, audience="funders")
    chosen_for_funders = MessengerChosen(org=CLINIC, audience_="funders")
    given(raised, chosen).when(to_funders, by(UNION, HERE)).then(chosen_for_funders)
    other = ChooseMessenger(org=SCHOOL, audience="public")
    instead = MessengerChosen(org=SCHOOL, audience_="public")
    given(raised, chosen).when(other, by(UNION, HERE)).then(instead)
    issue = after(raised, chosen, chosen_for_funders, instead)
    assert dict(issue.messengers) == {"public": SCHOOL, "funders": CLINIC}


def test_f60_a_messenger_may_be_a_person() -> None:
    ask = ChooseMessenger(org=CLINIC, audience="public", person=BO)
    named = MessengerChosen(org=CLINIC, audience_="public", person=Sealed(BO, BO))
    given(raised, chosen).when(ask, by(UNION, HERE)).then(named)
    nobody = Named(members=True, person=False)
    given(raised).when(ask, by(UNION, nobody)).then_refused("unknown_person")


def test_i4_choosing_the_same_messenger_changes_nothing() -> None:
    given(raised, chosen).when(choose, by(UNION, HERE)).then_nothing()


orgs = st.sampled_from([CLINIC, SCHOOL, UNION])
positions = st.sampled_from(["support", "can_live_with", "oppose", "no_position"])
why = st.just(WHY)
commands = st.one_of(
    st.just(raise_it),
    st.builds(ScopeIssue, scope=st.sampled_from(["in", "out"]), reason=why),
    st.builds(TakePosition, position=positions, reason=why),
    st.builds(ChangePosition, to=positions, reason=why),
    st.builds(
        AgreeToDisagree,
        parties=st.none() | st.lists(orgs, max_size=3).map(tuple),
        terms=st.none() | why,
    ),
    st.just(agree),
    st.just(reopen),
    st.builds(AssignLead, lead=orgs),
    st.builds(YieldLead, reason=why, successor=st.none() | orgs),
    st.builds(
        ChooseMessenger,
        org=orgs,
        audience=st.sampled_from(["public", "funders"]),
        person=st.none() | st.just(BO),
    ),
)
contexts = st.builds(
    by, orgs, st.sampled_from([MANY, ALONE]), st.sampled_from([HERE, AWAY]), st.just(STILL)
)
Requests = list[tuple[IssueCommand, Context]]
histories = st.lists(st.tuples(commands, contexts), min_size=8, max_size=40).map(
    lambda asked: [(raise_it, by(UNION, MANY)), *asked]
)


def recorded(requests: Requests) -> list[tuple[OrgId, Raised, IssueEvent]]:
    """Return who did what, and what the issue was before; what is refused is left out."""
    issue, seen = decider.initial, []
    for command, context in requests:
        try:
            events = decider.decide(command, issue, context)
        except Refused:
            continue
        for event in events:
            if issue is not None:
                assert context.by is not None
                seen.append((OrgId(context.by), issue, event))
            issue = decider.evolve(issue, event)
    return seen


@over(histories)
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


@over(histories, examples=200)
def test_m10_the_lead_changes_only_by_its_own_will(requests: Requests) -> None:
    lead = None
    for org, _, event in recorded(requests):
        if isinstance(event, LeadAssigned):
            assert lead is None
            lead = event.lead
        if isinstance(event, LeadYielded):
            assert org == lead
            lead = event.successor


@over(histories, examples=200)
def test_m11_the_first_is_taken_and_each_change_goes_from_the_one_before(
    requests: Requests,
) -> None:
    stands: dict[OrgId, str] = {}
    for org, _, event in recorded(requests):
        if isinstance(event, PositionTaken):
            assert event.by == org
            assert org not in stands
            stands[org] = event.position
        if isinstance(event, PositionChanged):
            assert event.by == org
            assert stands[org] == event.from_ != event.to
            stands[org] = event.to


@over(histories, examples=200)
def test_m12_nobody_agrees_for_another(requests: Requests) -> None:
    parties: set[OrgId] = set()
    consented: set[OrgId] = set()
    for org, issue, event in recorded(requests):
        between = issue.disagreement
        assert (between.agreed if between else set()) == consented
        if isinstance(event, AgreedToDisagree):
            assert (event.parties is None) == bool(parties)
            parties = parties or set(event.parties or ())
            assert event.by == org
            assert org in parties - consented
            consented.add(org)
        if isinstance(event, DisagreementReopened):
            assert org in parties
            parties, consented = set(), set()
