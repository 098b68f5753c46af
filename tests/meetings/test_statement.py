from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import strategies as st
from immutables import Map

from services.meetings.domain.boundary import Bounds
from services.meetings.domain.ids import IssueId, OrgId
from services.meetings.domain.message import (
    ApproveMessage,
    Message,
    MessageApproved,
    MessageCommand,
    MessageDrafted,
    MessageEvent,
    decider,
)
from services.meetings.domain.signing import Signing
from services.meetings.domain.statement import Behind, ReleaseStatement, StatementReleased
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    DECISION,
    SCHOOL,
    TRANSPORT,
    UNION,
    YOUTH,
    by,
    imported,
)

drafted = MessageDrafted(by=UNION, issue=TRANSPORT, text=Sealed(BUS))
ready: tuple[MessageEvent, ...] = (
    drafted,
    *(MessageApproved(by=org) for org in (CLINIC, UNION, YOUTH)),
)
SIGNED = Signing(Map({YOUTH: False}), frozenset({CLINIC, UNION, YOUTH}), frozenset({SCHOOL}))
KNOWN = Behind(TRANSPORT, SIGNED, ("meetings/58",), frozenset({"members", "funders"}))

release = ReleaseStatement(decision=DECISION, audience="funders", sign_ons=(UNION, CLINIC))
released = StatementReleased(
    by=UNION, decision=DECISION, audience_="funders", text=BUS.digest(),
    sign_ons=(CLINIC, UNION), minority=("meetings/58",),
)  # fmt: skip


def given(*history: MessageEvent) -> Given[MessageCommand, Message, MessageEvent]:
    return Given(decider, history)


def test_a_message_goes_out_with_names_and_with_what_the_minority_says() -> None:
    given(*ready).when(release, by(UNION, facts=(KNOWN,))).then(released)
    given(*ready, released).when(release, by(CLINIC, facts=(KNOWN,))).then_nothing()
    fewer = release.model_copy(update={"sign_ons": (UNION,)})
    named = released.model_copy(update={"sign_ons": (UNION,)})
    given(*ready, released).when(fewer, by(UNION, facts=(KNOWN,))).then(named)
    given().when(release, by(UNION, facts=(KNOWN,))).then_refused("unknown_message")
    given(*ready).when(release, by(None, facts=(KNOWN,))).then_refused("no_organisation")


def test_f84_a_statement_filed_since_goes_out_with_the_next_release() -> None:
    signing = replace(SIGNED, filed=frozenset({SCHOOL, CLINIC}))
    more = replace(KNOWN, minority=("meetings/58", "meetings/70"), signing=signing)
    both = released.model_copy(update={"minority": more.minority})
    given(*ready, released).when(release, by(UNION, facts=(more,))).then(both)
    unsettled = replace(more, minority=("meetings/58",))
    given(*ready).when(release, by(UNION, facts=(unsettled,))).then_refused("minority_unsettled")


def test_c10_it_cites_a_decision_in_force_on_its_issue_and_who_is_named_approved() -> None:
    for changed, reason in (
        (replace(KNOWN, issue=None), "unknown_decision"),
        (replace(KNOWN, issue=IssueId(UUID(int=99))), "other_issue"),
    ):
        given(*ready).when(release, by(UNION, facts=(changed,))).then_refused(reason)
    given(*ready[:2]).when(release, by(UNION, facts=(KNOWN,))).then_refused("not_approved")
    alone = release.model_copy(update={"sign_ons": ()})
    given(drafted).when(alone, by(UNION, facts=(KNOWN,))).then_refused("not_approved")
    unsigned = replace(KNOWN, signing=replace(SIGNED, signed=frozenset({UNION})))
    given(*ready).when(release, by(UNION, facts=(unsigned,))).then_refused("not_signed_on")


def test_d25_who_stood_aside_is_in_no_statement() -> None:
    theirs = release.model_copy(update={"sign_ons": (UNION, YOUTH)})
    given(*ready).when(theirs, by(UNION, facts=(KNOWN,))).then_refused("stood_aside")


@pytest.mark.parametrize(
    ("audience", "shown_to", "within"),
    [
        ("members", {"members"}, "members"),
        ("funders", {"members", "funders"}, "members"),
        ("funders", {"public"}, "members"),
        ("public", {"members", "public"}, "public"),
        ("public", {"members", "funders"}, None),
        ("partners", {"members", "funders"}, None),
        ("members", {"body"}, None),
    ],
)
def test_nothing_goes_to_whom_the_message_was_not_disclosed(
    audience: str, shown_to: set[str], within: str | None
) -> None:
    known = replace(KNOWN, shown_to=frozenset(shown_to))
    asked = release.model_copy(update={"audience": audience})
    when = given(*ready).when(asked, by(UNION, facts=(known,)))
    if within is None:
        when.then_refused("not_disclosed")
        return
    message = decider.initial
    for event in ready:
        message = decider.evolve(message, event)
    [said] = decider.decide(asked, message, by(UNION, facts=(known,)))
    assert said.recorded_within(None) == within
    [told] = decider.decide(asked, message, imported(UNION, facts=(known,)))
    assert told.recorded_within(None) == "members"


ORGS = (CLINIC, SCHOOL, UNION, YOUTH)
some: st.SearchStrategy[frozenset[OrgId]] = st.frozensets(st.sampled_from(ORGS))
commands: st.SearchStrategy[MessageCommand] = st.one_of(
    st.just(ApproveMessage()),
    st.builds(
        ReleaseStatement,
        decision=st.just(DECISION),
        audience=st.sampled_from(["members", "public"]),
        sign_ons=some.map(lambda orgs: tuple(sorted(orgs))),
    ),
)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    aside = Map(dict.fromkeys(draw(some), False))
    behind = Behind(
        TRANSPORT, Signing(aside, draw(some) | {UNION}, frozenset()), (),
        frozenset({"members", "public"}),
    )  # fmt: skip
    return by(draw(st.sampled_from(ORGS)), facts=(behind, Bounds()))


@over(st.lists(st.tuples(commands, contexts()), min_size=2))
def test_laws(requests: list[tuple[MessageCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts()), min_size=4, max_size=12), examples=200)
def test_c10_d25_whoever_is_named_approved_signed_and_did_not_stand_aside(
    requests: list[tuple[MessageCommand, Context]],
) -> None:
    message = decider.evolve(decider.initial, drafted)
    approved: set[OrgId] = set()
    for command, context in requests:
        try:
            events = decider.decide(command, message, context)
        except Refused:
            continue
        for event in events:
            message = decider.evolve(message, event)
            if isinstance(event, MessageApproved):
                approved.add(event.by)
            if isinstance(event, StatementReleased):
                signing = context.fact(Behind).signing
                assert set(event.sign_ons) <= approved
                assert set(event.sign_ons) <= signing.signed
                assert not set(event.sign_ons) & set(signing.aside)
