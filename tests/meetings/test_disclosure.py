"""F21: nothing is shown to more than before without every needed approval."""

from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.disclosure import (
    ApproveDisclosure,
    Disclosure,
    DisclosureApproved,
    DisclosureCommand,
    DisclosureEvent,
    DisclosureRefused,
    DisclosureRequested,
    Item,
    Items,
    Kept,
    RefuseDisclosure,
    RequestDisclosure,
    decider,
)
from services.meetings.domain.ids import OrgId
from shared.decider import Refused
from shared.event import Context, Sealed, Visibility
from tests import given as tests_given
from tests.laws import obey, over
from tests.meetings import coalition
from tests.meetings.coalition import CLINIC, COST, SCHOOL, UNION, YOUTH

DRAFT, VARIANT = "meetings/4", "meetings/6"
FOUNDATION = OrgId(UUID(int=77))


def items(within: Visibility = "members") -> Items:
    return Items(
        {
            DRAFT: Item(frozenset({UNION}), within),
            VARIANT: Item(frozenset({CLINIC}), within),
        }
    )


def by(org: OrgId, known: Items | None = None) -> Context:
    return coalition.by(org, facts=(known or items(),))


def given(
    *history: DisclosureEvent,
) -> tests_given.Given[DisclosureCommand, Disclosure, DisclosureEvent]:
    return tests_given.Given(decider, history)


ask = RequestDisclosure(items=(VARIANT, DRAFT), to="public")
asked = DisclosureRequested(
    by=UNION, items=(DRAFT, VARIANT), to="public", audience_=(), needs=(CLINIC, UNION)
)
approve, refuse = ApproveDisclosure(), RefuseDisclosure(reason=COST)
ours, theirs = DisclosureApproved(by=UNION), DisclosureApproved(by=CLINIC)
refused = DisclosureRefused(by=CLINIC, reason=Sealed(COST))


def test_f21_a_request_needs_everybody_it_shows_and_approves_what_is_its_own() -> None:
    given().when(ask, by(UNION)).then(asked, ours)
    given().when(ask, by(YOUTH)).then(asked.model_copy(update={"by": YOUTH}))
    given(asked, ours).when(ask, by(UNION)).then_nothing()
    given(asked, ours).when(ask, by(CLINIC)).then_refused("already_requested")
    wider = ask.model_copy(update={"to": "partners", "audience": (FOUNDATION,)})
    given(asked).when(wider, by(UNION)).then_refused("already_requested")


def test_f21_only_what_is_there_and_can_be_disclosed_is_asked_for() -> None:
    more = ask.model_copy(update={"items": (DRAFT, "meetings/5")})
    one = Items({DRAFT: items().known[DRAFT]})
    given().when(more, by(UNION, one)).then_refused("unknown_item")


@pytest.mark.parametrize("kept", ["interpersonal", "anonymous"])
def test_f86_c9_what_is_kept_in_its_body_is_disclosed_with_nothing(kept: Kept) -> None:
    known = {**items("body").known, DRAFT: Item(frozenset(), "body", kept)}
    for to in ("members", "public"):
        wider = ask.model_copy(update={"to": to})
        given().when(wider, by(UNION, Items(known))).then_refused(kept)
    both = known | {VARIANT: Item(frozenset(), "body", "interpersonal")}
    given().when(ask, by(UNION, Items(both))).then_refused("interpersonal")


@pytest.mark.parametrize(
    ("to", "within"),
    [
        ("public", "public"), ("members", "members"), ("members", "public"),
        ("partners", "public"), ("funders", "partners"),
    ],
)  # fmt: skip
def test_f21_what_they_see_already_is_not_raised(to: str, within: Visibility) -> None:
    named = (FOUNDATION,) if to in {"partners", "funders"} else ()
    given().when(
        ask.model_copy(update={"to": to, "audience": named}), by(UNION, items(within))
    ).then_refused("already_seen")


def test_f21_partners_are_named_and_nobody_else_is() -> None:
    for to, named in (("funders", ()), ("public", (FOUNDATION,))):
        wrong = ask.model_copy(update={"to": to, "audience": named})
        given().when(wrong, by(UNION)).then_refused("audience_mismatch")
    right = ask.model_copy(update={"to": "funders", "audience": (FOUNDATION, FOUNDATION)})
    told = asked.model_copy(update={"to": "funders", "audience_": (FOUNDATION,)})
    given().when(right, by(UNION)).then(told, ours)


def test_f21_each_organisation_answers_for_itself() -> None:
    given(asked, ours).when(approve, by(CLINIC)).then(theirs)
    given(asked, ours, theirs).when(approve, by(CLINIC)).then_nothing()
    for command in (approve, refuse):
        given(asked).when(command, by(SCHOOL)).then_refused("not_a_party")
        given().when(command, by(CLINIC)).then_refused("unknown_disclosure")


def test_f21_one_refusal_ends_the_request_and_nothing_is_taken_back() -> None:
    given(asked, ours).when(refuse, by(CLINIC)).then(refused)
    given(asked, ours).when(refuse, by(UNION)).then(refused.model_copy(update={"by": UNION}))
    given(asked, ours, refused).when(refuse, by(CLINIC)).then_nothing()
    given(asked, refused).when(approve, by(UNION)).then_refused("already_refused")
    given(asked, ours, theirs).when(refuse, by(CLINIC)).then_refused("already_disclosed")


def test_i8_a_request_about_what_others_do_not_see_is_for_those_it_concerns() -> None:
    answers: tuple[tuple[DisclosureCommand, OrgId, tuple[DisclosureEvent, ...]], ...] = (
        (ask, YOUTH, ()),
        (approve, CLINIC, (asked.model_copy(update={"by": YOUTH}),)),
        (refuse, UNION, (asked.model_copy(update={"by": YOUTH}),)),
    )
    for command, org, history in answers:
        disclosure = decider.initial
        for event in history:
            disclosure = decider.evolve(disclosure, event)
        for event in decider.decide(command, disclosure, by(org, items("body"))):
            assert event.recorded_within(None) == "dyad"
            assert event.audience == (str(CLINIC), str(UNION), str(YOUTH))
        for event in decider.decide(command, disclosure, by(org)):
            assert (event.recorded_within(None), event.audience) == ("members", ())
    half = Items({**items().known, VARIANT: items("dyad").known[VARIANT]})
    for event in decider.decide(ask, None, by(YOUTH, half)):
        assert event.recorded_within(None) == "dyad"
    alone = Items({DRAFT: Item(frozenset({UNION}), "dyad")})
    own = ask.model_copy(update={"items": (DRAFT,)})
    for event in decider.decide(own, None, by(UNION, alone)):
        assert event.audience == (f"org:{UNION}",)


orgs = st.sampled_from([CLINIC, SCHOOL, UNION, YOUTH])
requests = st.lists(
    st.tuples(
        st.one_of(
            st.builds(
                RequestDisclosure,
                items=st.lists(st.sampled_from([DRAFT, VARIANT]), min_size=1).map(tuple),
                to=st.sampled_from(["members", "public"]),
            ),
            st.just(approve),
            st.just(approve),
            st.just(refuse),
        ),
        orgs,
        st.sampled_from(["dyad", "members"]),
    ),
    max_size=25,
)


def contexts(
    told: list[tuple[DisclosureCommand, OrgId, Visibility]],
) -> list[tuple[DisclosureCommand, Context]]:
    """Return the commands, each knowing the items it names as the journal would tell."""
    within = told[0][2] if told else "members"
    return [
        (
            command,
            by(org, Items({ref: items(within).known[ref] for ref in command.items}))
            if isinstance(command, RequestDisclosure)
            else by(org, items(within)),
        )
        for command, org, _ in told
    ]


@over(requests)
def test_laws(told: list[tuple[DisclosureCommand, OrgId, Visibility]]) -> None:
    obey(decider, contexts(told))


@over(requests)
def test_f21_disclosed_is_what_everybody_it_shows_has_approved_and_nobody_refused(
    told: list[tuple[DisclosureCommand, OrgId, Visibility]],
) -> None:
    disclosure = decider.initial
    approved: set[OrgId] = set()
    refusing: set[OrgId] = set()
    granted = False
    for command, context in contexts(told):
        try:
            events = decider.decide(command, disclosure, context)
        except Refused:
            events = []
        for event in events:
            disclosure = decider.evolve(disclosure, event)
            if isinstance(event, DisclosureApproved):
                assert event.by == context.by
                approved.add(event.by)
            if isinstance(event, DisclosureRefused):
                refusing.add(event.by)
        if disclosure is not None:
            assert disclosure.granted == (disclosure.needs <= approved and not refusing)
            assert disclosure.granted >= granted  # never taken back
            granted = disclosure.granted
