"""Rights only grow with roles, and what is narrower is read by fewer."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.__main__ import SERVICES
from shared.event import Context
from shared.http import CallerOf
from shared.identity import Mandate, Mandates, Signed, Who
from shared.problems import Problem
from shared.service import _audiences
from tests.properties.profiles import searching
from tests.properties.shapes import IDS
from tests.properties.store import START

DAY = START.date()
FEW = st.sampled_from([UUID(int=n) for n in range(1, 4)])
ROLES = st.frozensets(st.sampled_from(["chair", "secretary", "treasurer", "facilitator"]))
ACTIONS = {",".join(who): who for service in SERVICES for who in service.policy.values()}
"""Every list of who may do something; actions with the same list are allowed alike."""


@st.composite
def mandates(draw: st.DrawFn) -> Mandates:
    held = {}
    for number in range(draw(st.integers(0, 5))):
        key = UUID(int=100 + number)
        begins = DAY + timedelta(draw(st.integers(-2, 1)))
        held[key] = Mandate(
            key, draw(FEW), draw(FEW), draw(FEW),
            draw(st.sampled_from(["full", "ad_referendum", "observer"])), draw(st.booleans()),
            begins, draw(st.none() | st.just(begins + timedelta(1))), draw(ROLES),
        )  # fmt: skip
    return Mandates(held, draw(st.booleans()), UUID(int=1), draw(st.none() | FEW))


class State:
    """A stream that knows who facilitates it, and whose it is."""

    def __init__(self, facilitators: tuple[UUID, ...], person: UUID | None) -> None:
        self.facilitators = facilitators
        self.person = person


def may(known: Mandates, who: tuple[Who, ...], person: UUID, by: UUID | None, body: UUID | None,
        state: Any) -> bool:  # fmt: skip
    """Ask the one place that lets a caller do something."""
    context = Context(UUID(int=9), person, None, START)
    caller: Any = CallerOf.__new__(CallerOf)
    caller.person, caller.by, caller.who = person, by, who
    caller.signed = Signed("accord", "somebody")
    try:
        caller._permit(known, body, state, context)  # noqa: SLF001 - the rule under test
    except Problem:
        return False
    return True


def permitted(
    known: Mandates, person: UUID, by: UUID | None, body: UUID | None, state: Any
) -> set[str]:
    return {name for name, who in ACTIONS.items() if may(known, who, person, by, body, state)}


people = st.tuples(mandates(), FEW, st.none() | FEW, st.none() | FEW)
states = st.none() | st.builds(State, st.lists(IDS | FEW, max_size=2).map(tuple), st.none() | FEW)


@searching(150, people, states)
def test_removing_a_role_never_adds_an_action(
    it: tuple[Mandates, UUID, UUID | None, UUID | None], state: Any
) -> None:
    known, person, by, body = it
    before = permitted(known, person, by, body, state)
    for key, mandate in known.held.items():
        for role in mandate.roles:
            fewer = replace(mandate, roles=mandate.roles - {role})
            less = replace(known, held={**known.held, key: fewer})
            assert permitted(less, person, by, body, state) <= before


@searching(150, people, states)
def test_ending_a_mandate_adds_no_action_for_the_organisation_named(
    it: tuple[Mandates, UUID, UUID | None, UUID | None], state: Any
) -> None:
    known, person, _, body = it
    for_strangers = {name for name, who in ACTIONS.items() if {"any", "self"} & set(who)}
    for by in {mandate.by for mandate in known.held.values()}:
        before = permitted(known, person, by, body, state)
        for key in known.held:
            less = replace(known, held={k: m for k, m in known.held.items() if k != key})
            assert permitted(less, person, by, body, state) <= before | for_strangers


@searching(150, people)
def test_without_a_mandate_nothing_for_representatives_is_allowed(
    it: tuple[Mandates, UUID, UUID | None, UUID | None],
) -> None:
    known, _, by, body = it
    stranger = UUID(int=77)
    for name in permitted(known, stranger, by, body, State((), None)):
        assert "any" in ACTIONS[name]


# Classes: dyad < body < members < public, as the tokens that a row carries


@searching(200, mandates(), FEW)
def test_a_member_reads_members_and_public_and_its_own_bodies(
    known: Mandates, person: UUID
) -> None:
    read = set(_audiences(known, person))
    held = known.by_person.get(person, ())
    assert bool(read) == bool(held)
    if not held:
        return
    assert {"members", "public"} <= read
    own = {str(mandate.body) for mandate in held} | {str(known.plenary)}
    assert {one.partition(":")[2] for one in read if one.startswith("body:")} <= own
    assert {one for one in read if one.startswith("org:")} == {f"org:{m.by}" for m in held}


@searching(100, mandates())
def test_a_lower_class_is_never_readable_by_more(known: Mandates) -> None:
    persons = {mandate.person for mandate in known.held.values()} | {UUID(int=77)}
    audiences = {person: set(_audiences(known, person)) for person in persons if person}

    def readers(token: str) -> set[UUID]:
        return {person for person, own in audiences.items() if token in own}

    public, members = readers("public"), readers("members")
    assert members <= public
    for number in range(1, 4):
        assert readers(f"body:{UUID(int=number)}") <= members
    assert readers("affinity") == set()


@searching(100, mandates(), FEW, st.dates(date(2026, 3, 1), date(2026, 4, 1)))
def test_who_is_chosen_speaks_on_that_day(known: Mandates, person: UUID, on: date) -> None:
    chosen = known.choose(person, None, None, on)
    if chosen is not None:
        assert chosen.person == person
        assert chosen.speaks(on)
