"""A dispute has a day, a mediator whom neither side is, and an end as visible as its beginning."""

from datetime import date
from functools import reduce
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.credit import Office
from services.credit.domain.dispute import (
    CreditDisputed,
    CreditDisputeMediated,
    CreditDisputeResolved,
    Disputable,
    Dispute,
    DisputeCommand,
    DisputeCredit,
    DisputeEvent,
    MediateDispute,
    ResolveDispute,
    Result,
    decider,
)
from services.credit.domain.ids import CreditId, OrgId
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, SCHOOL, STRANGER, TEACHER, THANKS, UNION, VAN
from tests.credit.cast import by as speaks
from tests.credit.test_claim import OURS, on
from tests.given import Given
from tests.laws import obey, over

FACTS, CREDIT = (on(OURS),), CreditId(UUID(int=81))
WHAT = Disputable(frozenset({CLINIC}), FACTS, CREDIT)
DUE, PAST = date(2026, 1, 15), date(2025, 12, 31)
dispute = DisputeCredit(about="credit/40", grounds=VAN, requested=THANKS, due=DUE)


def given(*history: DisputeEvent) -> Given[DisputeCommand, Dispute, DisputeEvent]:
    return Given(decider, history)


def by(org: OrgId | None, what: Disputable = WHAT, *, chair: bool = False) -> Context:
    return speaks(org, what, Office(chair))


def raised(*parties: OrgId, about: UUID | None = None, due: date = DUE) -> CreditDisputed:
    disputed = CreditDisputed(
        by=UNION,
        about="credit/40",
        grounds=Sealed(VAN, about=about),
        requested=Sealed(THANKS, about=about),
        due=due,
        parties=parties or (CLINIC, UNION),
        facts=FACTS,
        credit=CREDIT,
    )
    return disputed.seen_by(within="members")


def mediated(mediator: OrgId | None = SCHOOL) -> CreditDisputeMediated:
    outside = Sealed(None if mediator else VAN)
    asked = CreditDisputeMediated(mediator=mediator, external=outside)
    return asked.seen_by(within="members")


def resolve(result: Result = "agreed_wording") -> ResolveDispute:
    return ResolveDispute(result=result, wording=VAN)


def resolved(result: Result = "agreed_wording") -> CreditDisputeResolved:
    ended = CreditDisputeResolved(result=result, wording=Sealed(VAN))
    return ended.seen_by(within="members")


def test_an_organisation_disputes_what_is_told_of_credit() -> None:
    given().when(dispute, by(UNION)).then(raised())
    given(raised()).when(dispute, by(UNION)).then_nothing()
    given(raised()).when(dispute, by(CLINIC)).then_refused("already_disputed")
    given().when(dispute, by(UNION, Disputable())).then_refused("not_disputable")
    given().when(dispute, by(CLINIC)).then_refused("own_words")
    given().when(dispute, by(None)).then_refused("no_organisation")


def test_whom_a_credit_names_disputes_it_with_who_gave_it() -> None:
    of_union = Disputable(frozenset({CLINIC, UNION}), FACTS, CREDIT)
    given().when(dispute, by(UNION, of_union)).then(raised())


def test_k11_a_dispute_has_a_day_to_come() -> None:
    for due in (None, PAST):
        ask = dispute.model_copy(update={"due": due})
        given().when(ask, by(UNION)).then_refused("no_deadline")
    past = Context(**{**vars(by(UNION)), "authority": "imported"})
    ask = dispute.model_copy(update={"due": PAST})
    given().when(ask, past).then(raised(due=PAST))
    given().when(dispute.model_copy(update={"due": None}), past).then_refused("no_deadline")


def test_m18_words_about_one_person_are_personal() -> None:
    of_teacher = Disputable(frozenset({TEACHER}), FACTS, CREDIT)
    given().when(dispute, by(UNION, of_teacher)).then(raised(UNION, TEACHER, about=ANNA))


def test_k10_the_mediator_belongs_to_neither_side() -> None:
    ask = MediateDispute(mediator=SCHOOL)
    for context in (by(UNION), by(CLINIC), by(TEACHER, chair=True)):
        given(raised()).when(ask, context).then(mediated())
    given(raised()).when(ask, by(TEACHER)).then_refused("not_a_party")
    for party in (UNION, CLINIC):
        given(raised()).when(MediateDispute(mediator=party), by(UNION)).then_refused("not_neutral")
    stranger = MediateDispute(mediator=STRANGER)
    given(raised()).when(stranger, by(UNION)).then_refused("unknown_organisation")
    given().when(ask, by(UNION)).then_refused("not_disputed")
    given(raised(), mediated()).when(ask, by(UNION)).then_nothing()
    given(raised(), mediated(TEACHER)).when(ask, by(UNION)).then(mediated())
    given(raised(), resolved("retracted")).when(ask, by(UNION)).then_refused("resolved")


def test_somebody_from_outside_may_mediate() -> None:
    given(raised()).when(MediateDispute(external=VAN), by(UNION)).then(mediated(None))
    for both in (MediateDispute(), MediateDispute(mediator=SCHOOL, external=VAN)):
        given(raised()).when(both, by(UNION)).then_refused("one_mediator")


def test_the_mediator_says_how_it_ended() -> None:
    history = raised(), mediated()
    given(*history).when(resolve(), by(SCHOOL)).then(resolved())
    for party in (UNION, CLINIC):
        given(*history).when(resolve(), by(party, chair=True)).then_refused("not_neutral")
    given(*history).when(resolve(), by(TEACHER, chair=True)).then_refused("not_the_mediator")
    given(raised()).when(resolve(), by(SCHOOL)).then_refused("no_mediator")
    given().when(resolve(), by(SCHOOL)).then_refused("not_disputed")
    given(*history, resolved()).when(resolve(), by(SCHOOL)).then_nothing()
    given(*history, resolved()).when(resolve("set_aside"), by(SCHOOL)).then_refused("resolved")


def test_a_neutral_chair_writes_down_what_a_mediator_from_outside_found() -> None:
    history = raised(), mediated(None)
    given(*history).when(resolve(), by(SCHOOL, chair=True)).then(resolved())
    given(*history).when(resolve(), by(SCHOOL)).then_refused("not_the_mediator")
    given(*history).when(resolve(), by(CLINIC, chair=True)).then_refused("not_neutral")


def test_who_raised_a_dispute_takes_it_back() -> None:
    given(raised()).when(resolve("retracted"), by(UNION)).then(resolved("retracted"))
    given(raised(), mediated()).when(resolve("retracted"), by(SCHOOL)).then_refused(
        "not_the_disputant"
    )


orgs = st.sampled_from([CLINIC, UNION, SCHOOL, TEACHER, STRANGER])
results: st.SearchStrategy[Result] = st.sampled_from(
    ["accommodated", "retracted", "set_aside", "agreed_wording"]
)
commands = st.one_of(
    st.builds(lambda due: dispute.model_copy(update={"due": due}), st.sampled_from([DUE, None])),
    st.builds(lambda org: MediateDispute(mediator=org), orgs),
    st.just(MediateDispute(external=VAN)),
    st.builds(resolve, results),
)
contexts = st.builds(lambda org, chair: by(org, chair=chair), orgs, st.booleans())
requests = st.lists(st.tuples(commands, contexts), min_size=3, max_size=14)


@over(requests)
def test_laws(requests: list[tuple[DisputeCommand, Context]]) -> None:
    obey(decider, requests)


@over(requests, examples=300)
def test_k10_k11_no_side_mediates_or_ends_it_and_its_end_is_as_visible(
    requests: list[tuple[DisputeCommand, Context]],
) -> None:
    history: list[DisputeEvent] = []
    for command, context in requests:
        state = reduce(decider.evolve, history, decider.initial)
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            seen_by = event.recorded_within("public"), event.audience
            assert seen_by == ("members", ()), "also where an import asks for another class"
            if isinstance(event, CreditDisputed):
                assert event.due >= context.at.date()
                continue
            assert state is not None
            if isinstance(event, CreditDisputeMediated):
                assert event.mediator not in state.parties
            elif event.result == "retracted":
                assert context.by == state.by
            else:
                assert context.by not in state.parties
        history += events
    assert sum(isinstance(event, CreditDisputeResolved) for event in history) <= 1
