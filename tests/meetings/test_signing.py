"""Who stands behind a decision, who stood aside, and who files why it is wrong."""

from hypothesis import strategies as st

from services.meetings.domain.electorate import Roll
from services.meetings.domain.proposal import (
    DecisionReopened,
    ProposalCommand,
    PublishProposal,
    decider,
)
from services.meetings.domain.signing import (
    FileMinority,
    MemberSignedOn,
    MemberStoodAside,
    MinorityStatementFiled,
    Signed,
    Signing,
    SignOn,
    StandAside,
    signed_after,
)
from services.meetings.domain.voting import CloseVoting, TakeStance
from shared.event import Context, Sealed
from tests.laws import obey, over
from tests.meetings.coalition import (
    CLINIC,
    COST,
    DECISION,
    DUSK,
    NEWS,
    SCHOOL,
    UNION,
    YOUTH,
    by_itself,
)
from tests.meetings.test_proposal import (
    AGREE,
    DECIDED,
    accepted,
    acting,
    amended,
    closed,
    decision,
    draft,
    drafted,
    given,
    make,
    open_voting,
    ready,
    took,
    under_way,
)

voted = *under_way, took(UNION, AGREE), took(CLINIC, AGREE), closed(agree=2)
adopted = *voted, decision()
reopened = DecisionReopened(decision=DECIDED, new_information=Sealed(NEWS))
stand_aside = StandAside(public=True, reason=COST)
quietly = StandAside(public=False)
stood_aside = MemberStoodAside(by=YOUTH, public=True, reason=Sealed(COST))
stood_aside_quietly = MemberStoodAside(by=YOUTH, public=False)
sign_on = SignOn(decision=DECIDED)
signed_on = MemberSignedOn(by=YOUTH, decision=DECIDED)
file = FileMinority(decision=DECIDED, text=COST)
filed = MinorityStatementFiled(by=YOUTH, decision=DECIDED, text=Sealed(COST))


def test_an_organisation_stands_aside_before_or_after_the_decision() -> None:
    for history in (ready, under_way, voted, adopted):
        given(*history).when(stand_aside, acting(YOUTH)).then(stood_aside)
        given(*history, stood_aside).when(stand_aside, acting(YOUTH)).then_nothing()
    given(drafted).when(stand_aside, acting(YOUTH)).then_refused("wrong_stage")


def test_who_stood_aside_quietly_may_say_so_in_public_and_not_the_other_way() -> None:
    given(*ready, stood_aside_quietly).when(stand_aside, acting(YOUTH)).then(stood_aside)
    given(*ready, stood_aside).when(quietly, acting(YOUTH)).then_refused("already_public")


def test_i8_who_stands_aside_quietly_is_seen_by_members_alone() -> None:
    state = given(*ready).when(quietly, acting(YOUTH)).state
    [quiet] = decider.decide(quietly, state, acting(YOUTH))
    [open_] = decider.decide(stand_aside, state, acting(YOUTH))
    assert quiet.recorded_within("public") == "members"
    assert open_.recorded_within("public") == "public"


def test_the_decision_names_who_stood_aside_in_public() -> None:
    of_school = MemberStoodAside(by=SCHOOL, public=False)
    history = *voted, stood_aside, of_school
    given(*history).when(make, acting(CLINIC)).then(decision(stood_aside=(YOUTH,)))


def test_a_new_text_asks_everybody_again() -> None:
    for history in ((*ready, stood_aside, amended), (*adopted, stood_aside, reopened)):
        given(*history).when(stand_aside, acting(YOUTH)).then(stood_aside)


def test_an_organisation_signs_on_to_what_was_adopted() -> None:
    given(*adopted).when(sign_on, acting(YOUTH)).then(signed_on)
    given(*adopted, signed_on).when(sign_on, acting(YOUTH)).then_nothing()
    rejected = *voted, decision(outcome="rejected")
    given(*rejected).when(sign_on, acting(YOUTH)).then_refused("not_adopted")


def test_d25_who_stood_aside_does_not_sign_on() -> None:
    for stood in (stood_aside, stood_aside_quietly):
        given(*adopted, stood).when(sign_on, acting(YOUTH)).then_refused("stood_aside")
        given(*voted, stood, decision()).when(sign_on, acting(YOUTH)).then_refused("stood_aside")
    given(*adopted, stood_aside).when(sign_on, acting(CLINIC)).then(
        MemberSignedOn(by=CLINIC, decision=DECIDED)
    )


def test_a_minority_statement_is_filed_on_the_decision_in_force() -> None:
    given(*adopted).when(file, acting(YOUTH)).then(filed)
    rejected = *voted, decision(outcome="rejected")
    given(*rejected).when(file, acting(YOUTH)).then(filed)


def test_an_organisation_files_one_statement_on_a_decision() -> None:
    given(*adopted, filed).when(file, acting(YOUTH)).then_refused("already_filed")
    given(*adopted, filed).when(file, acting(CLINIC)).then(
        MinorityStatementFiled(by=CLINIC, decision=DECIDED, text=Sealed(COST))
    )


def test_nobody_signs_what_is_not_decided_or_no_longer_in_force() -> None:
    other = SignOn(decision=DECISION), FileMinority(decision=DECISION, text=COST)
    for ask in other:
        given(*adopted).when(ask, acting(YOUTH)).then_refused("unknown_decision")
    for history in (voted, (*adopted, reopened)):
        for ask in (sign_on, file):
            given(*history).when(ask, acting(YOUTH)).then_refused("unknown_decision")


def test_only_members_stand_anywhere() -> None:
    for ask in (stand_aside, sign_on, file):
        gone = acting(YOUTH, Roll(frozenset({CLINIC})))
        given(*adopted).when(ask, gone).then_refused("not_a_member")
        given(*adopted).when(ask, by_itself()).then_refused("no_organisation")


commands = st.one_of(
    st.builds(StandAside, public=st.booleans(), reason=st.none() | st.just(COST)),
    st.just(sign_on),
    st.just(file),
)
contexts = st.builds(acting, st.sampled_from([CLINIC, UNION, YOUTH]))


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_laws_of_signing(requests: list[tuple[ProposalCommand, Context]]) -> None:
    begun: tuple[ProposalCommand, ...] = draft, PublishProposal(), open_voting
    votes = [(TakeStance(option=AGREE), acting(org)) for org in (UNION, CLINIC)]
    ended = [(command, acting(CLINIC, at=DUSK)) for command in (CloseVoting(), make)]
    first = [(command, acting(UNION)) for command in begun]
    obey(decider, [*first, *votes, *ended, *requests])


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_d25_nobody_who_stood_aside_is_ever_among_those_who_sign(
    requests: list[tuple[ProposalCommand, Context]],
) -> None:
    signing = Signing()
    for event in accepted(adopted, requests)[len(adopted) :]:
        assert isinstance(event, Signed)
        if isinstance(event, MemberSignedOn):
            assert event.by not in signing.aside
        signing = signed_after(signing, event)
        assert not set(signing.sign_ons) & set(signing.aside)
