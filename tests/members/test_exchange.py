from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.members.domain.exchange import (
    DeliverResource,
    Exchange,
    ExchangeCommand,
    ExchangeEvent,
    MatchId,
    MatchResource,
    OfferResource,
    RequestResource,
    ResourceDelivered,
    ResourceMatched,
    ResourceOffered,
    ResourceRequested,
    decider,
)
from services.members.domain.ids import OrgId
from services.members.domain.standing import Author
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ANA,
    CLINIC,
    COALITION,
    NOON,
    SCHOOL,
    TODAY,
    TOMORROW,
    UNION,
    WHY,
    YESTERDAY,
    by,
)

MATCH, OTHER = (MatchId(UUID(int=n)) for n in (81, 82))
MANY = Author()
offer = OfferResource(kind="goods", what=WHY, quantity=40, unit="chairs", until=TODAY)
offered = ResourceOffered(
    by=CLINIC, kind="goods", what=Sealed(WHY), quantity=40, unit="chairs", until=TODAY
)
ask_for = RequestResource(kind="goods", what=WHY, quantity=30)
requested = ResourceRequested(by=SCHOOL, kind="goods", what=Sealed(WHY), quantity=30)
match = MatchResource(match=MATCH, parties=(SCHOOL, CLINIC), quantity=30)
matched = ResourceMatched(by=CLINIC, match=MATCH, parties=(CLINIC, SCHOOL), quantity=30)
accept = MatchResource(match=MATCH)
accepted = ResourceMatched(by=SCHOOL, match=MATCH)
deliver = DeliverResource(match=MATCH, quantity=20)
delivered = ResourceDelivered(match=MATCH, quantity=20)
AGREED = offered, requested, matched, accepted


def given(*history: ExchangeEvent) -> Given[ExchangeCommand, Exchange, ExchangeEvent]:
    return Given(decider, history)


def test_f63_an_offer_is_answered_by_a_request_and_the_other_way_round() -> None:
    given().when(offer, by(CLINIC, MANY)).then(offered)
    given(offered).when(ask_for, by(SCHOOL, MANY)).then(requested)
    given().when(ask_for, by(SCHOOL, MANY)).then(requested)
    given(requested).when(offer, by(CLINIC, MANY)).then(offered)


def test_each_organisation_offers_or_asks_once_in_an_exchange() -> None:
    more = offer.model_copy(update={"quantity": 50})
    given(offered).when(more, by(CLINIC, MANY)).then_refused("already_said")
    given(offered).when(ask_for, by(CLINIC, MANY)).then_refused("already_said")
    given(requested).when(offer, by(SCHOOL, MANY)).then_refused("already_said")


def test_an_exchange_is_of_one_kind() -> None:
    money = ask_for.model_copy(update={"kind": "money"})
    given(offered).when(money, by(SCHOOL, MANY)).then_refused("another_kind")
    given(requested).when(
        offer.model_copy(update={"kind": "money"}), by(CLINIC, MANY)
    ).then_refused("another_kind")


def test_an_organisation_offers_asks_and_matches() -> None:
    nobody = Context(COALITION, ANA, None, NOON, facts=(MANY,))
    for ask in (offer, ask_for, match, deliver):
        given(*AGREED).when(ask, nobody).then_refused("no_organisation")


def test_i4_offering_or_asking_again_changes_nothing() -> None:
    given(offered, requested).when(offer, by(CLINIC, MANY)).then_nothing()
    given(offered, requested).when(ask_for, by(SCHOOL, MANY)).then_nothing()


def test_i7_what_a_one_person_member_says_goes_with_the_person() -> None:
    words = Sealed(WHY, ANA)
    given().when(offer, by(CLINIC, Author(ANA))).then(offered.model_copy(update={"what": words}))


def test_f63_an_offer_and_a_request_are_matched_once_both_sides_accept() -> None:
    given(offered, requested).when(match, by(CLINIC)).then(matched)
    given(offered, requested, matched).when(deliver, by(CLINIC)).then_refused("not_matched")
    given(offered, requested, matched).when(accept, by(SCHOOL)).then(accepted)
    given(*AGREED).when(deliver, by(CLINIC)).then(delivered)


def test_a_party_may_repeat_the_terms_it_agrees_to() -> None:
    given(offered, requested, matched).when(match, by(SCHOOL)).then(accepted)
    for other in ({"quantity": 31}, {"parties": (CLINIC, UNION)}):
        ask = match.model_copy(update=other)
        given(offered, requested, matched).when(ask, by(SCHOOL)).then_refused("terms_stand")
        given(offered, requested, matched).when(ask, by(CLINIC)).then_refused("terms_stand")


def test_i4_matching_again_changes_nothing() -> None:
    for ask in (match, accept):
        given(offered, requested, matched).when(ask, by(CLINIC)).then_nothing()
        given(*AGREED).when(ask, by(SCHOOL)).then_nothing()


def test_m12_only_a_named_party_agrees_to_a_match() -> None:
    given(offered, requested, matched).when(accept, by(UNION)).then_refused("not_a_party")
    given(offered, requested).when(match, by(UNION)).then_refused("not_a_party")
    given(*AGREED).when(deliver, by(UNION)).then_refused("not_a_party")


def test_the_first_names_the_parties() -> None:
    given(offered, requested).when(accept, by(CLINIC)).then_refused("terms_missing")


def test_a_match_joins_an_offer_with_a_request() -> None:
    alike = requested.model_copy(update={"by": UNION})
    given(offered).when(match, by(CLINIC)).then_refused("nothing_to_match")
    for parties in ((SCHOOL, UNION), (SCHOOL,)):
        ask = match.model_copy(update={"parties": parties})
        given(offered, requested, alike).when(ask, by(SCHOOL)).then_refused("nothing_to_match")
    everyone = match.model_copy(update={"parties": (SCHOOL, UNION, CLINIC)})
    given(offered, requested, alike).when(everyone, by(UNION)).then(
        ResourceMatched(by=UNION, match=MATCH, parties=(CLINIC, SCHOOL, UNION), quantity=30)
    )


def test_the_parties_of_a_match_count_in_one_unit() -> None:
    tables = requested.model_copy(update={"unit": "tables"})
    given(offered, tables).when(match, by(CLINIC)).then_refused("another_unit")
    chairs = requested.model_copy(update={"unit": "chairs"})
    given(offered, chairs).when(match, by(CLINIC)).then(matched)


def test_what_is_over_is_not_matched() -> None:
    over_now = offered.model_copy(update={"until": YESTERDAY})
    given(over_now, requested).when(match, by(CLINIC)).then_refused("already_over")
    given(over_now, requested, matched).when(accept, by(SCHOOL)).then(accepted)


@pytest.mark.parametrize("ask", [match, deliver], ids=lambda ask: type(ask).__name__)
def test_nothing_is_matched_where_nothing_was_offered(ask: ExchangeCommand) -> None:
    given().when(ask, by(CLINIC)).then_refused("unknown_exchange")


def test_f117_what_was_matched_is_delivered_in_parts() -> None:
    given(*AGREED, delivered).when(DeliverResource(match=MATCH, quantity=30), by(SCHOOL)).then(
        ResourceDelivered(match=MATCH, quantity=30)
    )
    everything = DeliverResource(match=MATCH)
    given(*AGREED, delivered).when(everything, by(CLINIC)).then(ResourceDelivered(match=MATCH))
    given(*AGREED).when(DeliverResource(match=OTHER), by(CLINIC)).then_refused("not_matched")


def test_what_was_delivered_stays_delivered() -> None:
    less = DeliverResource(match=MATCH, quantity=10)
    everything = ResourceDelivered(match=MATCH)
    for history in ((delivered,), (everything,)):
        given(*AGREED, *history).when(less, by(CLINIC)).then_refused("already_delivered")


def test_i4_delivering_again_changes_nothing() -> None:
    given(*AGREED, delivered).when(deliver, by(SCHOOL)).then_nothing()
    everything = ResourceDelivered(match=MATCH)
    for ask in (DeliverResource(match=MATCH), DeliverResource(match=MATCH, quantity=30)):
        given(*AGREED, everything).when(ask, by(CLINIC)).then_nothing()


def test_f117_no_more_is_delivered_than_was_matched() -> None:
    more = DeliverResource(match=MATCH, quantity=31)
    given(*AGREED).when(more, by(CLINIC)).then_refused("more_than_matched")
    given(*AGREED, ResourceDelivered(match=MATCH)).when(more, by(CLINIC)).then_refused(
        "more_than_matched"
    )


def test_m14_where_no_quantity_was_matched_the_whole_is_delivered() -> None:
    whole = matched.model_copy(update={"quantity": None})
    history = offered, requested, whole, accepted
    given(*history).when(deliver, by(CLINIC)).then_refused("more_than_matched")
    given(*history).when(DeliverResource(match=MATCH), by(CLINIC)).then(
        ResourceDelivered(match=MATCH)
    )


parties = st.none() | st.lists(
    st.sampled_from([CLINIC, SCHOOL, UNION]), min_size=1, max_size=3, unique=True
).map(tuple)
sides = {
    "kind": st.sampled_from(["goods", "goods", "money"]),
    "what": st.just(WHY),
    "quantity": st.sampled_from([None, 3]),
    "unit": st.sampled_from([None, None, "chairs", "tables"]),
    "until": st.sampled_from([None, YESTERDAY, TOMORROW]),
}
amounts = st.none() | st.integers(1, 5)
ids = st.sampled_from([MATCH, MATCH, OTHER])
commands = st.one_of(
    st.builds(OfferResource, **sides),
    st.builds(RequestResource, **sides),
    st.builds(MatchResource, match=ids, parties=parties, quantity=amounts),
    st.builds(DeliverResource, match=ids, quantity=amounts),
)
contexts = st.builds(by, st.sampled_from([CLINIC, SCHOOL, UNION]), st.just(MANY))
BEGUN = [
    (OfferResource(kind="goods", what=WHY), by(CLINIC, MANY)),
    (RequestResource(kind="goods", what=WHY), by(SCHOOL, MANY)),
    (OfferResource(kind="goods", what=WHY), by(UNION, MANY)),
]
BOTH_AGREE = [
    (MatchResource(match=MATCH, parties=(CLINIC, SCHOOL), quantity=3), by(CLINIC)),
    (accept, by(SCHOOL)),
]
matching = st.one_of(
    st.builds(
        MatchResource,
        match=ids,
        parties=st.sampled_from([None, (CLINIC, SCHOOL), (SCHOOL, UNION)]),
        quantity=st.sampled_from([None, 3]),
    ),
    st.builds(DeliverResource, match=ids, quantity=amounts),
)
Requests = list[tuple[ExchangeCommand, Context]]


@over(st.lists(st.tuples(commands, contexts), min_size=3))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(matching, contexts), min_size=4, max_size=30))
def test_laws_once_there_is_something_to_match(requests: Requests) -> None:
    obey(decider, BEGUN + requests)


def happened(requests: Requests) -> list[tuple[OrgId, ExchangeEvent]]:
    """Return what came of the requests, and on whose behalf."""
    history: list[tuple[OrgId, ExchangeEvent]] = []
    for command, context in BEGUN + requests:
        state = reduce(decider.evolve, (event for _, event in history), decider.initial)
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        history += [(OrgId(context.by), event) for event in events if context.by]
    return history


@over(
    st.sampled_from([[], BOTH_AGREE]),
    st.lists(st.tuples(matching, contexts), min_size=4, max_size=30),
    examples=200,
)
def test_m14_no_more_is_delivered_than_each_party_matched(
    before: Requests, requests: Requests
) -> None:
    named: dict[MatchId, ResourceMatched] = {}
    agreed: dict[MatchId, set[OrgId]] = {}
    for by_whom, event in happened(before + requests):
        match event:
            case ResourceMatched():
                named.setdefault(event.match, event)
                agreed.setdefault(event.match, set()).add(by_whom)
            case ResourceDelivered():
                first = named[event.match]
                assert agreed[event.match] == set(first.parties or ())
                assert event.quantity is None or event.quantity <= (first.quantity or 0)


@over(st.lists(st.tuples(matching, contexts), min_size=4, max_size=30), examples=200)
def test_m12_each_party_records_its_own_and_nobody_else_does(requests: Requests) -> None:
    named: dict[MatchId, tuple[OrgId, ...]] = {}
    for by_whom, event in happened(requests):
        if isinstance(event, ResourceMatched):
            assert event.by == by_whom
            assert by_whom in named.setdefault(event.match, event.parties or ())
        if isinstance(event, ResourceDelivered):
            assert by_whom in named[event.match]
