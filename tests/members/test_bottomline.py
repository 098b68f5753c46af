from datetime import timedelta
from functools import reduce
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from immutables import Map

from services.members.domain import coalition
from services.members.domain.bottomline import (
    NO_COMPROMISES,
    Acceptable,
    AgreeCompromise,
    BottomLineCommand,
    BottomLineDeclared,
    BottomLineEvent,
    Compromise,
    CompromiseAgreed,
    CompromiseId,
    Deal,
    DeclareBottomLine,
    Range,
    Stand,
    Term,
    Terms,
    decider,
    named,
)
from services.members.domain.coalition import CoalitionEvent, TermDefined
from services.members.domain.ids import OrgId, TermId
from services.members.domain.membership import Itself
from services.members.views import facts
from shared.decider import Refused
from shared.event import Context, Sealed
from shared.hot import Reading
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    CHAIR,
    CLINIC,
    COALITION,
    NAME,
    NOON,
    OWN,
    SCHOOL,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    YESTERDAY,
    by,
    imported,
)
from tests.members.test_coalition import formed

RENT, STREETS, UNHEARD_OF = (TermId(UUID(int=n)) for n in (91, 92, 93))
DEAL, OTHER = (CompromiseId(UUID(int=n)) for n in (95, 96))
DEFINED = Terms(
    Map(
        {
            RENT: Term(min=100, max=900),
            STREETS: Term(choices=frozenset({"hill", "main", "park"})),
        }
    )
)
RENTS, LESS = Range(min=300, max=650), Range(min=300, max=500)
LATER = TOMORROW + timedelta(days=1)
declare = DeclareBottomLine(term=RENT, acceptable=RENTS, sealed=False, valid_until=TOMORROW)
declared = BottomLineDeclared(term=RENT, acceptable=RENTS, sealed=False, valid_until=TOMORROW)
agree = AgreeCompromise(
    compromise=DEAL, parties=(SCHOOL, CLINIC), terms={RENT: RENTS}, valid_until=TOMORROW
)
proposed = CompromiseAgreed(
    compromise=DEAL, parties=(CLINIC, SCHOOL), terms={RENT: RENTS}, valid_until=TOMORROW
)
accept = AgreeCompromise(compromise=DEAL)
accepted = CompromiseAgreed(compromise=DEAL)
NOTHING = Deal(None, members=True)
NAMED = Deal(Compromise(frozenset({CLINIC, SCHOOL}), {RENT: RENTS}, TOMORROW), members=True)


def given(*history: BottomLineEvent) -> Given[BottomLineCommand, Stand, BottomLineEvent]:
    return Given(decider, history)


def at(org: OrgId, deal: Deal = NOTHING) -> Context:
    return by(org, OWN, DEFINED, Itself(org), deal)


def test_f74_an_organisation_declares_its_bottom_line_early_and_revises_it() -> None:
    given().when(declare, at(CLINIC)).then(declared)
    given().when(declare, imported(DEFINED, Itself(CLINIC))).then(declared)
    for change in ({"acceptable": LESS}, {"valid_until": LATER}):
        ask = declare.model_copy(update=change)
        given(declared).when(ask, at(CLINIC)).then(declared.model_copy(update=change))


def test_choices_are_kept_in_order_and_once() -> None:
    ask = declare.model_copy(update={"term": STREETS, "acceptable": ("park", "hill", "park")})
    line = declared.model_copy(update={"term": STREETS, "acceptable": ("hill", "park")})
    given().when(ask, at(CLINIC)).then(line)
    given(line).when(ask, at(CLINIC)).then_nothing()


def test_i4_declaring_the_same_again_changes_nothing() -> None:
    given(declared).when(declare, at(CLINIC)).then_nothing()


def test_f74_a_sealed_line_is_for_its_owner_alone() -> None:
    ask = declare.model_copy(update={"sealed": True})
    line = BottomLineDeclared(term=RENT, acceptable=RENTS, sealed=True, valid_until=TOMORROW)
    line.seen_by(f"org:{CLINIC}", within="dyad")
    given().when(ask, at(CLINIC)).then(line)
    given(declared).when(ask, at(CLINIC)).then(line)
    [said] = decider.decide(ask, Stand(), at(CLINIC))
    assert said.audience == (f"org:{CLINIC}",)
    assert said.recorded_within(None) == said.recorded_within("public") == "dyad"
    [said] = decider.decide(declare, Stand(), at(CLINIC))
    assert said.audience == ()
    assert said.recorded_within(None) == "members"


def test_m13_a_bottom_line_fits_a_defined_term() -> None:
    for term, acceptable in (
        (UNHEARD_OF, RENTS),
        (STREETS, RENTS),
        (STREETS, ("hill", "river")),
        (RENT, ("hill",)),
        (RENT, Range(min=99, max=650)),
        (RENT, Range(min=300, max=901)),
    ):
        line = declare.model_copy(update={"term": term, "acceptable": acceptable})
        given().when(line, at(CLINIC)).then_refused("unknown_term")
        deal = agree.model_copy(update={"terms": {term: acceptable}})
        given().when(deal, at(CLINIC)).then_refused("unknown_term")


def test_m13_it_lasts_beyond_today() -> None:
    for day in (YESTERDAY, TODAY):
        over_then = {"valid_until": day}
        given().when(declare.model_copy(update=over_then), at(CLINIC)).then_refused("already_over")
        given().when(agree.model_copy(update=over_then), at(CLINIC)).then_refused("already_over")


def test_f74_what_has_expired_is_declared_anew() -> None:
    context = by(CLINIC, OWN, DEFINED, Itself(CLINIC), at=NOON + timedelta(days=1))
    given(declared).when(declare.model_copy(update={"acceptable": LESS}), context).then_refused(
        "already_over"
    )
    ask = declare.model_copy(update={"valid_until": LATER})
    given(declared).when(ask, context).then(declared.model_copy(update={"valid_until": LATER}))


def test_a_bottom_line_accepts_something() -> None:
    for nothing in ((), Range(min=2, max=1)):
        ask = declare.model_copy(update={"acceptable": nothing})
        given().when(ask, at(CLINIC)).then_refused("nothing_acceptable")
        deal = agree.model_copy(update={"terms": {RENT: nothing}})
        given().when(deal, at(CLINIC)).then_refused("nothing_acceptable")


@pytest.mark.parametrize("ask", [declare, agree], ids=lambda ask: type(ask).__name__)
def test_only_the_organisation_itself_says_what_it_accepts(ask: BottomLineCommand) -> None:
    for standing in (CHAIR, STRANGER):
        context = by(UNION, standing, DEFINED, Itself(CLINIC), NOTHING)
        given().when(ask, context).then_refused("not_your_organisation")


def test_f74_a_compromise_is_proposed_and_agreed_to() -> None:
    given().when(agree, at(CLINIC)).then(proposed)
    given().when(accept, at(SCHOOL, NAMED)).then(accepted)
    given().when(agree, at(SCHOOL, NAMED)).then(accepted)


def test_m12_only_a_named_party_agrees_to_a_compromise() -> None:
    given().when(agree, at(UNION)).then_refused("not_a_party")
    for ask in (agree, accept):
        given().when(ask, at(UNION, NAMED)).then_refused("not_a_party")


def test_the_first_names_parties_terms_and_the_last_day() -> None:
    lacking: tuple[dict[str, object], ...] = (
        {"parties": None},
        {"parties": (CLINIC,)},
        {"parties": (CLINIC, CLINIC)},
        {"terms": None},
        {"terms": {}},
        {"valid_until": None},
    )
    for missing in lacking:
        ask = agree.model_copy(update=missing)
        given().when(ask, at(CLINIC)).then_refused("terms_missing")


def test_only_members_are_parties() -> None:
    given().when(agree, at(CLINIC, Deal(None, members=False))).then_refused("not_a_member")


def test_the_terms_of_a_compromise_stand() -> None:
    for other in (
        {"parties": (CLINIC, SCHOOL, UNION)},
        {"terms": {RENT: LESS}},
        {"valid_until": LATER},
    ):
        ask = agree.model_copy(update=other)
        given().when(ask, at(SCHOOL, NAMED)).then_refused("terms_stand")
        given(proposed).when(ask, at(CLINIC, NAMED)).then_refused("terms_stand")


def test_nobody_agrees_to_what_is_over() -> None:
    late = by(SCHOOL, OWN, DEFINED, Itself(SCHOOL), NAMED, at=NOON + timedelta(days=1))
    given().when(accept, late).then_refused("already_over")
    given(accepted).when(accept, late).then_nothing()


def test_i4_agreeing_again_changes_nothing() -> None:
    for ask in (agree, accept):
        given(proposed).when(ask, at(CLINIC, NAMED)).then_nothing()
        given(accepted).when(ask, at(SCHOOL, NAMED)).then_nothing()


def test_the_first_party_names_a_compromise_for_all() -> None:
    assert reduce(named, (proposed, accepted), NO_COMPROMISES) == Map({DEAL: NAMED.named})


async def test_m13_terms_are_those_of_the_charter() -> None:
    history: tuple[CoalitionEvent, ...] = (
        formed,
        TermDefined(term=RENT, name=Sealed(NAME), min=100, max=900),
        TermDefined(term=STREETS, name=Sealed(NAME), choices=("park", "hill", "main")),
    )

    class Charter(Reading):
        def __init__(self, *events: CoalitionEvent) -> None:
            self.context, self._work = by(CLINIC), SimpleNamespace(coalition=COALITION)  # type: ignore[assignment]  # what is asked of it
            self._events = events

        async def stream(self, decider: Any, key: UUID | str) -> Any:
            assert (decider, key) == (coalition.decider, COALITION)
            return reduce(decider.evolve, self._events, decider.initial)

    assert await facts.terms(Charter(*history), None, None) == DEFINED
    assert await facts.terms(Charter(), None, None) == Terms()


acceptables: st.SearchStrategy[Acceptable] = st.one_of(
    st.lists(st.sampled_from(["hill", "main", "river"]), max_size=3).map(tuple),
    st.builds(Range, min=st.integers(98, 102), max=st.integers(898, 902)),
)
terms = st.sampled_from([RENT, STREETS, UNHEARD_OF])
days = st.sampled_from([TODAY, TOMORROW, LATER])
parties = st.sampled_from([(CLINIC, SCHOOL), (SCHOOL, UNION), (CLINIC,), (UNION, SCHOOL, CLINIC)])
commands = st.one_of(
    st.builds(
        DeclareBottomLine,
        term=terms,
        acceptable=acceptables,
        sealed=st.booleans(),
        valid_until=days,
    ),
    st.builds(
        AgreeCompromise,
        compromise=st.sampled_from([DEAL, OTHER]),
        parties=st.none() | parties,
        terms=st.none() | st.dictionaries(terms, acceptables, max_size=2),
        valid_until=st.none() | days,
    ),
    st.sampled_from([agree, accept]),
)
orgs = st.sampled_from([CLINIC, SCHOOL, UNION])
contexts = st.builds(at, st.just(CLINIC), st.sampled_from([NOTHING, NAMED]))


@over(st.lists(st.tuples(commands, contexts), min_size=3))
def test_laws(requests: list[tuple[BottomLineCommand, Context]]) -> None:
    obey(decider, requests)


def happened(
    requests: list[tuple[BottomLineCommand, OrgId]],
) -> list[tuple[OrgId, BottomLineEvent]]:
    """Return what came of the requests, each in the stream of its organisation."""
    history: list[tuple[OrgId, BottomLineEvent]] = []
    compromises = NO_COMPROMISES
    for command, org in requests:
        own = (event for whose, event in history if whose == org)
        state = reduce(decider.evolve, own, decider.initial)
        deal = NOTHING
        if isinstance(command, AgreeCompromise):
            deal = Deal(compromises.get(command.compromise), members=True)
        try:
            events = decider.decide(command, state, at(org, deal))
        except Refused:
            continue
        for event in events:
            history.append((org, event))
            if isinstance(event, CompromiseAgreed):
                compromises = named(compromises, event)
    return history


@over(st.lists(st.tuples(commands, orgs), min_size=4, max_size=30), examples=200)
def test_m12_each_party_agrees_once_for_itself_and_nobody_else_does(
    requests: list[tuple[BottomLineCommand, OrgId]],
) -> None:
    between: dict[CompromiseId, tuple[OrgId, ...]] = {}
    agreed: set[tuple[CompromiseId, OrgId]] = set()
    for org, event in happened(requests):
        if isinstance(event, CompromiseAgreed):
            assert (event.parties is None) == (event.compromise in between)
            assert org in between.setdefault(event.compromise, event.parties or ())
            assert (event.compromise, org) not in agreed
            agreed.add((event.compromise, org))


def is_said_of(term: TermId, acceptable: Acceptable) -> bool:
    if isinstance(acceptable, Range):
        return term == RENT and 100 <= acceptable.min <= acceptable.max <= 900
    return term == STREETS and set(acceptable) <= {"hill", "main", "park"}


@over(st.lists(st.tuples(commands, orgs), min_size=4, max_size=30), examples=200)
def test_m13_what_is_declared_fits_its_term_and_lasts_beyond_today(
    requests: list[tuple[BottomLineCommand, OrgId]],
) -> None:
    for _, event in happened(requests):
        match event:
            case BottomLineDeclared():
                assert is_said_of(event.term, event.acceptable)
                assert event.valid_until > TODAY
            case CompromiseAgreed(terms=agreed) if agreed is not None:
                assert all(is_said_of(term, these) for term, these in agreed.items())
                assert event.valid_until is not None
                assert event.valid_until > TODAY
