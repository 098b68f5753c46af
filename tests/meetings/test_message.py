from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.boundary import Bounds
from services.meetings.domain.ids import OrgId
from services.meetings.domain.message import (
    ApproveMessage,
    ApproveVariant,
    Bearing,
    Drafted,
    DraftMessage,
    Message,
    MessageApproved,
    MessageCommand,
    MessageDrafted,
    MessageEvent,
    MessageVariantApproved,
    VariantId,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Sealed, Visibility
from tests.given import Given
from tests.laws import obey, over
from tests.meetings import coalition
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    PLENARY,
    SCHOOL,
    TRANSPORT,
    UNION,
    VAN,
    YOUTH,
    imported,
    knowing,
)

OURS, THEIRS = (VariantId(UUID(int=n)) for n in (51, 52))
RAISED, USUAL = Bearing(raised=True), Bounds()

draft = DraftMessage(issue=TRANSPORT, text=VAN)
drafted = MessageDrafted(by=UNION, issue=TRANSPORT, text=Sealed(VAN))
approve = ApproveMessage()
approved = MessageApproved(by=CLINIC)
vary = ApproveVariant(variant=OURS, audience="funders", text=BUS)
varied = MessageVariantApproved(by=CLINIC, variant=OURS, audience_="funders", text=Sealed(BUS))


def by(org: OrgId, *, facts: tuple[object, ...] = ()) -> Context:
    return knowing(coalition.by(org, facts=(USUAL,)), *facts)


def given(*history: MessageEvent) -> Given[MessageCommand, Message, MessageEvent]:
    return Given(decider, history)


def test_a_message_is_drafted_about_an_issue_that_was_raised() -> None:
    given().when(draft, by(UNION, facts=(RAISED,))).then(drafted)
    given(drafted).when(draft, by(UNION)).then_nothing()
    given(drafted).when(draft, by(CLINIC)).then_refused("already_drafted")
    unraised = by(UNION, facts=(Bearing(raised=False),))
    given().when(draft, unraised).then_refused("unknown_issue")
    given().when(draft, imported(UNION, facts=(RAISED,))).then(drafted)


def test_each_organisation_approves_a_message_for_itself() -> None:
    given(drafted).when(approve, by(CLINIC)).then(approved)
    given(drafted, approved).when(approve, by(CLINIC)).then_nothing()
    given(drafted, approved).when(approve, by(UNION)).then(MessageApproved(by=UNION))
    for ask in (approve, vary):
        given().when(ask, by(CLINIC)).then_refused("unknown_message")


def test_f64_a_variant_has_an_audience_and_an_approved_message() -> None:
    given(drafted, approved).when(vary, by(CLINIC)).then(varied)
    given(drafted).when(vary, by(CLINIC)).then_refused("not_approved")
    given(drafted, approved).when(vary, by(UNION)).then_refused("not_approved")


def test_i4_approving_a_variant_again_changes_nothing() -> None:
    history = drafted, approved, varied
    given(*history).when(vary, by(CLINIC)).then_nothing()
    other = vary.model_copy(update={"audience": "public"})
    given(*history).when(other, by(CLINIC)).then_refused("already_approved")
    theirs = *history, MessageApproved(by=UNION)
    given(*theirs).when(vary, by(UNION)).then_refused("already_approved")
    more = other.model_copy(update={"variant": THEIRS})
    given(*history).when(more, by(CLINIC)).then(
        varied.model_copy(update={"variant": THEIRS, "audience_": "public"})
    )


@pytest.mark.parametrize(
    ("agreed", "within", "audience"),
    [
        (None, "members", ()),
        ("members", "members", ()),
        ("public", "members", ()),
        ("funders", "members", ()),
        ("body", "body", (f"body:{PLENARY}",)),
        ("dyad", "dyad", (f"org:{UNION}",)),
    ],
)
def test_f21_the_boundary_agreement_sets_the_class_and_never_makes_it_public(
    agreed: Visibility | None, within: str, audience: tuple[str, ...]
) -> None:
    bounds = Bounds({"message": agreed, "stance": "public"} if agreed else {}, PLENARY)
    history = (drafted, MessageApproved(by=UNION))
    told: tuple[tuple[MessageCommand, tuple[MessageEvent, ...]], ...] = (
        (draft, ()), (approve, (drafted,)), (vary, history),
    )  # fmt: skip
    for command, before in told:
        message = decider.initial
        for happened in before:
            message = decider.evolve(message, happened)
        [event] = decider.decide(command, message, by(UNION, facts=(RAISED, bounds)))
        assert event.recorded_within(None) == within
        assert event.audience == audience


commands = st.one_of(
    st.just(draft),
    st.just(approve),
    st.builds(
        ApproveVariant,
        variant=st.sampled_from([OURS, THEIRS]),
        audience=st.sampled_from(["funders", "public"]),
        text=st.just(BUS),
    ),
)
contexts = st.builds(
    lambda org: by(org, facts=(RAISED,)), st.sampled_from([CLINIC, SCHOOL, UNION, YOUTH])
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[MessageCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=5, max_size=20))
def test_f64_whoever_says_it_their_way_stands_behind_it(
    requests: list[tuple[MessageCommand, Context]],
) -> None:
    message = decider.initial
    for command, context in requests:
        try:
            events = decider.decide(command, message, context)
        except Refused:
            continue
        for event in events:
            message = decider.evolve(message, event)
    if isinstance(message, Drafted):
        assert {variant.by for variant in message.variants.values()} <= message.approved_by
