from datetime import timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.frontline import (
    CHECKS,
    WITHIN,
    CheckMandate,
    Checks,
    ConsentToFrontLine,
    DecideFrontLine,
    FrontLine,
    FrontLineCommand,
    FrontLineConsentGiven,
    FrontLineDecisionMade,
    FrontLineDecisionReviewed,
    FrontLineEvent,
    Ground,
    MandateChecked,
    ReviewFrontLine,
    decider,
    decision_of,
    report_of,
)
from services.meetings.domain.ids import Itself, OrgId, TermId
from services.meetings.domain.mandate import Mandate, Range, Verdict, check
from services.meetings.views.folds import FRONTS
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    CLINIC,
    COST,
    NEWS,
    NOON,
    SCHOOL,
    UNION,
    VAN,
    YOUTH,
    by,
    imported,
    knowing,
)

ITSELF = Itself(UUID(int=90))
RENT, STREET, LIGHT, UNDEFINED = (TermId(UUID(int=n)) for n in range(91, 95))
MANDATE: Mandate = {
    RENT: {CLINIC: (Range(100, 300),), UNION: (Range(0, 900),)},
    STREET: {SCHOOL: (frozenset({"hill"}),)},
    LIGHT: {},
}
POSITION = 41
DECISION, REPORT = decision_of(ITSELF), report_of(ITSELF)


def acting(org: OrgId | None = UNION, mandate: Mandate = MANDATE, made: int = 0) -> Context:
    return by(org, facts=(Ground(mandate, POSITION), Checks(made), ITSELF))


def ask(**values: int | str) -> CheckMandate:
    named = {"rent": RENT, "street": STREET, "light": LIGHT, "other": UNDEFINED}
    return CheckMandate(terms={named[name]: value for name, value in values.items()})


def checked(
    command: CheckMandate,
    verdict: Verdict = "within",
    crosses: tuple[OrgId, ...] = (),
    unknown: tuple[TermId, ...] = (),
) -> MandateChecked:
    return MandateChecked(
        by=UNION,
        at=NOON,
        terms=command.terms,
        verdict=verdict,
        crosses=crosses,
        unknown=unknown,
        members_position=POSITION,
    )


def made(verdict: Verdict, *, outside: bool = False) -> FrontLineDecisionMade:
    return FrontLineDecisionMade(
        by=UNION,
        decision=DECISION,
        verdict=verdict,
        outside_mandate=outside,
        report_back=REPORT,
        members_position=POSITION,
        text=Sealed(VAN),
    )


def given(
    *history: FrontLineEvent,
) -> Given[FrontLineCommand, FrontLine, FrontLineEvent]:
    return Given(decider, history)


low, high, dark = ask(rent=200, street="hill"), ask(rent=400, street="lane"), ask(light="dim")
within, unknown = checked(low), checked(dark, "unknown", unknown=(LIGHT,))
crossing = checked(high, "crosses", (CLINIC, SCHOOL))
consented = FrontLineConsentGiven(by=CLINIC, reason=Sealed(COST))
also = FrontLineConsentGiven(by=SCHOOL)
consent, settle = ConsentToFrontLine(reason=COST), DecideFrontLine(text=VAN)
endorse = ReviewFrontLine(result="endorsed", text=NEWS)
endorsed = FrontLineDecisionReviewed(result="endorsed", text=Sealed(NEWS))


@pytest.mark.parametrize(("command", "event"), [(low, within), (high, crossing), (dark, unknown)])
def test_d21_a_check_says_whom_the_values_cross_and_what_nobody_knows(
    command: CheckMandate, event: MandateChecked
) -> None:
    given().when(command, acting()).then(event)
    given(event).when(command, acting()).then_nothing()
    given(within).when(command, acting()).then(*([] if event == within else [event]))


def test_d21_the_same_values_are_checked_anew_once_lines_have_changed() -> None:
    revised = {**MANDATE, RENT: {CLINIC: (Range(100, 150),)}}
    crosses = checked(low, "crosses", (CLINIC,))
    given(within).when(low, acting(mandate=revised)).then(crosses)


def test_d21_only_terms_that_were_defined_are_checked() -> None:
    given().when(ask(other=3), acting()).then_refused("unknown_term")
    given().when(low, acting(None)).then_refused("no_organisation")


def test_d21_an_organisation_has_only_so_many_checks_a_day() -> None:
    given().when(low, acting(made=CHECKS - 1)).then(within)
    given(within).when(high, acting(made=CHECKS)).then_refused("too_many_checks")
    given(within).when(low, acting(made=CHECKS)).then_nothing()


def test_the_checks_of_the_last_hours_are_counted_by_organisation() -> None:
    times = [NOON, NOON + WITHIN, NOON + WITHIN + timedelta(hours=1), NOON - timedelta(days=900)]
    events = [within.model_copy(update={"at": at}) for at in times]
    events.append(within.model_copy(update={"by": CLINIC}))
    fronts = reduce(lambda known, event: FRONTS.evolve(known, "x", event), events, FRONTS.initial)
    assert {org: len(at) for org, at in fronts.checks.items()} == {UNION: 2, CLINIC: 1}
    assert FRONTS.evolve(fronts, "x", made("within")).decisions == {DECISION}


def test_another_organisation_does_not_go_on_with_what_is_not_its_own() -> None:
    for command in (high, settle):
        given(within).when(command, acting(CLINIC)).then_refused("not_the_negotiator")


def test_d21_who_is_crossed_consents_to_just_these_values() -> None:
    given(crossing).when(consent, acting(CLINIC)).then(consented)
    given(crossing, consented).when(consent, acting(CLINIC)).then_nothing()
    given(crossing).when(consent, acting(YOUTH)).then_refused("not_crossed")
    given(crossing).when(consent, acting(None)).then_refused("no_organisation")
    given().when(consent, acting(CLINIC)).then_refused("unknown_front_line")
    moved = ask(rent=500, street="lane")
    after = checked(moved, "crosses", (CLINIC, SCHOOL))
    given(crossing, consented, after).when(consent, acting(CLINIC)).then(consented)
    again = checked(high, "crosses", (CLINIC,))
    given(crossing, consented, again).when(consent, acting(CLINIC)).then_nothing()


def test_d21_who_decides_without_a_consent_decides_outside_the_mandate() -> None:
    inside, outside = made("crosses"), made("crosses", outside=True)
    for history, event in (
        ((), outside),
        ((consented,), outside),
        ((consented, also), inside),
    ):
        given(crossing, *history).when(settle, acting()).then(event)
    given(within).when(settle, acting()).then(made("within"))
    given(unknown).when(settle, acting()).then(made("unknown"))
    given().when(settle, acting()).then_refused("unknown_front_line")


def test_d21_the_verdict_of_a_decision_is_that_of_its_instant() -> None:
    expired = {**MANDATE, RENT: {UNION: (Range(0, 900),)}, STREET: {}}
    given(crossing).when(settle, acting(mandate=expired)).then(made("unknown"))
    declared = {**MANDATE, RENT: {CLINIC: (Range(1, 2),)}}
    given(within).when(settle, acting(mandate=declared)).then_refused("crosses_bottom_line")
    given(crossing).when(settle, acting(mandate=declared)).then(made("crosses", outside=True))
    one = checked(high, "crosses", (CLINIC,))
    given(one).when(settle, acting()).then_refused("crosses_bottom_line")


def test_what_is_decided_is_settled() -> None:
    over_ = crossing, made("crosses", outside=True)
    for command, org in ((low, UNION), (settle, UNION), (consent, CLINIC)):
        given(*over_).when(command, acting(org)).then_refused("already_decided")
    given(crossing, consented, made("crosses")).when(consent, acting(CLINIC)).then_nothing()


def test_the_chair_says_what_becomes_of_a_decision() -> None:
    decided = within, made("within")
    given(*decided).when(endorse, acting(CLINIC)).then(endorsed)
    given(*decided, endorsed).when(endorse, acting(CLINIC)).then_nothing()
    reverse = ReviewFrontLine(result="reversed", text=COST)
    given(*decided, endorsed).when(reverse, acting(CLINIC)).then(
        FrontLineDecisionReviewed(result="reversed", text=Sealed(COST))
    )
    given(within).when(endorse, acting(CLINIC)).then_refused("not_decided")


def test_of_history_from_elsewhere_nobody_knows_how_lines_stood() -> None:
    past = imported(UNION, facts=(Ground(MANDATE, POSITION), ITSELF))
    theirs = checked(high, "unknown", unknown=(RENT, STREET))
    given().when(high, past).then(theirs)
    given(theirs).when(settle, past).then(made("unknown"))
    given(theirs).when(consent, imported(CLINIC)).then(consented)


orgs = st.sampled_from([CLINIC, SCHOOL, UNION, YOUTH])
values = st.dictionaries(
    st.sampled_from([RENT, STREET, LIGHT]),
    st.sampled_from([50, 200, 400, "hill", "lane"]),
    min_size=1,
)
mandates = st.sampled_from(
    [
        MANDATE,
        {**MANDATE, RENT: {}},
        {**MANDATE, LIGHT: {YOUTH: (frozenset({"lane"}),)}},
    ]
)
commands = st.one_of(
    st.builds(CheckMandate, terms=values),
    st.sampled_from([consent, settle, endorse]),
)
requests = st.lists(
    st.tuples(commands, st.builds(acting, orgs, mandates, st.sampled_from([0, CHECKS]))),
    max_size=12,
)


@over(requests)
def test_laws(asked: list[tuple[FrontLineCommand, Context]]) -> None:
    obey(decider, asked)


@over(requests, examples=300)
def test_d21_d22_a_decision_is_outside_unless_all_whom_it_crosses_agreed_to_its_values(
    asked: list[tuple[FrontLineCommand, Context]],
) -> None:
    values: dict[TermId, str | int] = {}
    agreed: dict[OrgId, dict[TermId, str | int]] = {}
    line: FrontLine = None
    for command, each in asked:
        context = knowing(each, ITSELF)
        try:
            events = decider.decide(command, line, context)
        except Refused:
            continue
        for event in events:
            if isinstance(event, MandateChecked):
                values = dict(event.terms)
                assert context.fact(Checks).made < CHECKS
            elif isinstance(event, FrontLineConsentGiven):
                agreed[event.by] = values
            elif isinstance(event, FrontLineDecisionMade):
                now = check(values, context.fact(Ground).mandate)
                lacking = [org for org in now.crosses if agreed.get(org) != values]
                assert (event.verdict, event.outside_mandate) == (now.verdict, bool(lacking))
                assert event.report_back == REPORT
            line = decider.evolve(line, event)
