from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.members.__main__ import service
from services.members.domain.constituency import (
    AtTheTable,
    Constituency,
    ConstituencyCommand,
    ConstituencyEvent,
    ConstituencyIdentified,
    ConstituencyRepresented,
    HoldListening,
    IdentifyConstituency,
    ListeningSessionHeld,
    OutreachMade,
    ReachOut,
    RepresentationReviewed,
    RepresentConstituency,
    ReviewRepresentation,
    decider,
)
from services.members.domain.ids import OrgId
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    CLINIC,
    NAME,
    NOON,
    SCHOOL,
    TODAY,
    TOMORROW,
    UNION,
    WHY,
    YESTERDAY,
    by,
    imported,
)

identify = IdentifyConstituency(
    name=NAME,
    kind="families",
    least_well_served=True,
    implementer=False,
    historically_excluded=False,
    seats_wanted=2,
)
identified = ConstituencyIdentified(
    name=Sealed(NAME),
    kind="families",
    least_well_served=True,
    implementer=False,
    historically_excluded=False,
    seats_wanted=2,
)
left_out = identified.model_copy(update={"historically_excluded": True})
represent = RepresentConstituency(since=TODAY)
represented = ConstituencyRepresented(by=CLINIC, since=TODAY)
listen = HoldListening(on=TODAY, participants=12, consent=True, needs=(WHY,))
review = ReviewRepresentation(occasion="meetings/41", consulted=False, note=WHY)


def table(*members: OrgId, joined_for_it: tuple[OrgId, ...] = ()) -> AtTheTable:
    return AtTheTable(frozenset(members), frozenset(joined_for_it))


def reviewed(present: int, *, consulted: bool = False) -> RepresentationReviewed:
    return RepresentationReviewed(
        occasion="meetings/41", required=2, present=present, consulted=consulted, note=Sealed(WHY)
    )


def given(
    *history: ConstituencyEvent,
) -> Given[ConstituencyCommand, Constituency, ConstituencyEvent]:
    return Given(decider, history)


def test_a_constituency_is_identified_once() -> None:
    given().when(identify, by(UNION)).then(identified)
    given(identified).when(identify, by(UNION)).then_nothing()
    ask = identify.model_copy(update={"seats_wanted": 3})
    given(identified).when(ask, by(UNION)).then_refused("already_identified")


@pytest.mark.parametrize("command", [represent, ReachOut(to=NAME), listen, review])
def test_it_is_identified_first(command: ConstituencyCommand) -> None:
    given().when(command, by(CLINIC, table(CLINIC))).then_refused("unknown_constituency")


def test_an_organisation_says_since_when_it_represents_it() -> None:
    given(identified).when(represent, by(CLINIC)).then(represented)
    given(identified, represented).when(represent, by(UNION)).then(
        represented.model_copy(update={"by": UNION})
    )


def test_and_until_when() -> None:
    ask = RepresentConstituency(since=TODAY, until=TODAY)
    given(identified, represented).when(ask, by(CLINIC)).then(
        represented.model_copy(update={"until": TODAY})
    )
    ask = RepresentConstituency(since=TODAY, until=YESTERDAY)
    given(identified).when(ask, by(CLINIC)).then_refused("over_before_it_begins")


def test_i4_representing_again_changes_nothing() -> None:
    given(identified, represented).when(represent, by(CLINIC)).then_nothing()


def test_nobody_in_particular_represents_nobody() -> None:
    nobody = Context(by(CLINIC).coalition, None, None, NOON, authority="imported")
    given(identified).when(represent, nobody).then_refused("no_organisation")


def test_an_outreach_is_made_and_so_is_the_next() -> None:
    made = OutreachMade(to=Sealed(NAME), why_now=Sealed(), different_now=Sealed(WHY))
    ask = ReachOut(to=NAME, different_now=WHY)
    given(identified).when(ask, by(CLINIC)).then(made)
    given(identified, made).when(ask, by(CLINIC)).then(made)


def test_f16_first_reach_out_says_why_now() -> None:
    given(left_out).when(ReachOut(to=NAME), by(CLINIC)).then_refused("why_now_missing")
    given(left_out).when(ReachOut(to=NAME), imported()).then_refused("why_now_missing")
    made = OutreachMade(to=Sealed(NAME), why_now=Sealed(WHY))
    given(left_out).when(ReachOut(to=NAME, why_now=WHY), by(CLINIC)).then(made)
    given(left_out, made).when(ReachOut(to=NAME), by(CLINIC)).then_refused("why_now_missing")


def test_f20_without_consent_a_session_stores_no_needs() -> None:
    given(identified).when(listen, by(CLINIC)).then(
        ListeningSessionHeld(on=TODAY, participants=12, consent=True, needs=Sealed((WHY,)))
    )
    ask = listen.model_copy(update={"consent": False})
    given(identified).when(ask, by(CLINIC)).then_refused("no_consent")
    given(identified).when(ask, imported()).then_refused("no_consent")


def test_a_session_without_needs_is_held_nevertheless() -> None:
    held = ListeningSessionHeld(on=TODAY, participants=12, consent=False, needs=Sealed())
    ask = listen.model_copy(update={"consent": False, "needs": ()})
    given(identified).when(ask, by(CLINIC)).then(held)
    given(identified, held).when(ask, by(CLINIC)).then(held)


def test_f10_a_constituency_nobody_represents_appears_as_a_gap() -> None:
    given(identified).when(review, by(UNION, table(CLINIC, UNION))).then(reviewed(present=0))
    here = by(UNION, table(CLINIC, UNION))
    given(identified, represented).when(review, here).then(reviewed(present=1))


def test_who_joined_for_it_represents_it_until_it_says_otherwise() -> None:
    here = by(UNION, table(CLINIC, UNION, joined_for_it=(CLINIC, UNION)))
    given(identified).when(review, here).then(reviewed(present=2))
    given(identified, represented).when(review, here).then(reviewed(present=2))
    over_ = ConstituencyRepresented(by=CLINIC, since=YESTERDAY, until=YESTERDAY)
    given(identified, over_).when(review, here).then(reviewed(present=1))


@pytest.mark.parametrize(
    ("since", "until", "present"),
    [
        (TODAY, TODAY, 1),
        (YESTERDAY, None, 1),
        (YESTERDAY, YESTERDAY, 0),
        (TOMORROW, None, 0),
    ],
)
def test_first_and_last_day_count(since: Any, until: Any, present: int) -> None:
    spoken = ConstituencyRepresented(by=CLINIC, since=since, until=until)
    here = by(UNION, table(CLINIC))
    given(identified, spoken).when(review, here).then(reviewed(present))


def test_who_left_represents_nobody() -> None:
    given(identified, represented).when(review, by(UNION, table(UNION))).then(reviewed(present=0))


def test_i4_reviewing_again_changes_nothing_unless_something_did() -> None:
    nobody, clinic = by(UNION, table(UNION)), by(UNION, table(CLINIC))
    given(identified, reviewed(0)).when(review, nobody).then_nothing()
    given(identified, represented, reviewed(0)).when(review, clinic).then(reviewed(1))
    ask = review.model_copy(update={"consulted": True})
    given(identified, reviewed(0)).when(ask, nobody).then(reviewed(0, consulted=True))
    ask = review.model_copy(update={"occasion": "meetings/42"})
    other = reviewed(0).model_copy(update={"occasion": "meetings/42"})
    given(identified, reviewed(0)).when(ask, nobody).then(other)


OPINIONS = ("position", "stance", "option", "opinion", "vote")


@pytest.mark.parametrize("word", OPINIONS)
@pytest.mark.parametrize("asked", [identify, represent, ReachOut(to=NAME), listen, review])
def test_f18_no_field_holds_a_position_of_a_constituency(
    asked: ConstituencyCommand, word: str
) -> None:
    with pytest.raises(ValidationError):
        type(asked).model_validate({**asked.model_dump(), word: "support"})


def test_f18_no_event_of_members_names_a_constituency_and_a_position() -> None:
    types = [kind for each in service.deciders for kind in each.types.values()]
    naming = [
        kind
        for kind in types
        if "constituency" in kind.model_fields or kind.__name__ in decider.types
    ]
    assert naming
    assert not [kind for kind in naming if {*OPINIONS, "from_"} & kind.model_fields.keys()]


days = st.integers(-1, 3).map(lambda n: TODAY + timedelta(days=n))
commands = st.one_of(
    st.sampled_from([identify, identify.model_copy(update={"historically_excluded": True})]),
    st.builds(RepresentConstituency, since=days, until=st.none() | days),
    st.builds(ReachOut, to=st.just(NAME), why_now=st.none() | st.just(WHY)),
    st.builds(
        HoldListening,
        on=days,
        participants=st.integers(0, 20),
        consent=st.booleans(),
        needs=st.lists(st.just(WHY), max_size=2).map(tuple),
    ),
    st.builds(
        ReviewRepresentation,
        occasion=st.sampled_from(["meetings/41", "meetings/42"]),
        consulted=st.booleans(),
    ),
)
orgs = st.sampled_from([CLINIC, SCHOOL, UNION])
contexts = st.builds(
    lambda org, members, joined: by(
        org, AtTheTable(frozenset(members), frozenset(joined & members))
    ),
    orgs,
    st.sets(orgs),
    st.sets(orgs),
)
Requests = list[tuple[ConstituencyCommand, Context]]


@over(st.lists(st.tuples(commands, contexts), min_size=3))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


requested = over(st.lists(st.tuples(commands, contexts), min_size=6, max_size=30), examples=200)


def happened(requests: Requests) -> list[ConstituencyEvent]:
    """Return all that follows from the requests, once the constituency is identified."""
    history: list[ConstituencyEvent] = []
    state = decider.initial
    for command, context in ((identify, by(UNION)), *requests):
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        state = reduce(decider.evolve, events, state)
        history += events
    return history


@requested
def test_m16_no_position_is_stored_per_constituency(requests: Requests) -> None:
    said = {"name", "kind", "least_well_served", "implementer", "historically_excluded"}
    said |= {"seats_wanted", "by", "since", "until", "to", "why_now", "different_now"}
    said |= {"on", "participants", "consent", "needs"}
    said |= {"occasion", "required", "present", "consulted", "note"}
    for event in happened(requests):
        assert not event.model_dump().keys() - said


@over(st.lists(st.tuples(commands, contexts), max_size=30), examples=200)
def test_m19_who_was_left_out_always_learns_why_now(requests: Requests) -> None:
    state: Constituency = decider.evolve(decider.initial, left_out)
    for command, context in requests:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        state = reduce(decider.evolve, events, state)
        assert all(event.why_now.value for event in events if isinstance(event, OutreachMade))


@requested
def test_m20_needs_are_kept_only_with_consent(requests: Requests) -> None:
    held = [event for event in happened(requests) if isinstance(event, ListeningSessionHeld)]
    assert all(event.consent or event.needs.value is None for event in held)
