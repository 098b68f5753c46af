from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.members.domain.ids import BreachId, PersonId
from services.members.domain.relationship import (
    AcceptAmends,
    AmendsAccepted,
    AmendsOffered,
    BoundaryBreachReported,
    HistoricTensionRecorded,
    LogTouchpoint,
    OfferAmends,
    Pair,
    RecordTension,
    Relationship,
    RelationshipCommand,
    RelationshipEvent,
    ReportBreach,
    SubmitTrustPulse,
    TouchpointLogged,
    TrustPulseSubmitted,
    decider,
    key_of,
    orgs_of,
)
from services.members.domain.standing import Author
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    CLINIC,
    NOON,
    SCHOOL,
    TODAY,
    UNION,
    WHY,
    YESTERDAY,
    by,
)

ORG = Author()
TWO, ONE_LEFT = Pair((CLINIC, SCHOOL), members=True), Pair((CLINIC, SCHOOL), members=False)
IDS = str(CLINIC), str(SCHOOL)
LEAK, OTHER = (BreachId(UUID(int=n)) for n in (71, 72))
LATER = TODAY + timedelta(days=2)

log = LogTouchpoint(kind="call", on=TODAY)
logged = TouchpointLogged(kind="call", on=TODAY)
recall = RecordTension(since=YESTERDAY, cause=WHY)
recalled = HistoricTensionRecorded(since=YESTERDAY, cause=Sealed(WHY)).seen_by(*IDS)
SIX = {
    "reliability": 4, "mission": 3, "openness": 2, "power": 1, "involvement": 2, "resources": 3
}  # fmt: skip
pulse = SubmitTrustPulse(about=SCHOOL, period="2026-Q1", **SIX)
submitted = TrustPulseSubmitted(by=CLINIC, about=SCHOOL, period="2026-Q1", **SIX).seen_by(*IDS)
report = ReportBreach(breach=LEAK, offender=SCHOOL, kind="leak", what=WHY)
reported = BoundaryBreachReported(
    breach=LEAK, offender=SCHOOL, kind="leak", what=Sealed(WHY)
).seen_by(*IDS)
offer = OfferAmends(breach=LEAK, offer=WHY)
offered = AmendsOffered(breach=LEAK, offer=Sealed(WHY)).seen_by(*IDS)
accept = AcceptAmends(breach=LEAK)
accepted = AmendsAccepted(breach=LEAK).seen_by(*IDS)
EVERYTHING = (log, recall, pulse, report, offer, accept)


def given(
    *history: RelationshipEvent,
) -> Given[RelationshipCommand, Relationship, RelationshipEvent]:
    return Given(decider, history)


def clinic(*, two: Pair = TWO, at: datetime = NOON) -> Context:
    return by(CLINIC, ORG, two, at=at)


def school(*, two: Pair = TWO) -> Context:
    return by(SCHOOL, ORG, two)


def test_a_relationship_is_named_by_its_two_organisations() -> None:
    assert key_of(SCHOOL, CLINIC) == key_of(CLINIC, SCHOOL) == f"{CLINIC}_{SCHOOL}"
    assert orgs_of(key_of(SCHOOL, CLINIC)) == (CLINIC, SCHOOL)
    for wrong in ("", str(CLINIC), f"{CLINIC}_{CLINIC}", f"{CLINIC}_x", "1_2"):
        with pytest.raises(ValueError):  # noqa: PT011 - the words are often those of `UUID`
            orgs_of(wrong)


@pytest.mark.parametrize("ask", EVERYTHING, ids=lambda ask: type(ask).__name__)
def test_only_the_two_act_between_them(ask: RelationshipCommand) -> None:
    given(reported, offered).when(ask, by(UNION, ORG, TWO)).then_refused("not_a_party")


@pytest.mark.parametrize("ask", EVERYTHING[:4], ids=lambda ask: type(ask).__name__)
def test_what_begins_between_two_begins_between_members(ask: RelationshipCommand) -> None:
    given().when(ask, clinic(two=ONE_LEFT)).then_refused("not_a_member")


def test_f4_a_touchpoint_is_logged() -> None:
    given().when(log, clinic()).then(logged)
    given(logged).when(LogTouchpoint(kind="visit", on=TODAY), school()).then(
        TouchpointLogged(kind="visit", on=TODAY)
    )
    given(logged).when(LogTouchpoint(kind="call", on=YESTERDAY), clinic()).then(
        TouchpointLogged(kind="call", on=YESTERDAY)
    )


def test_i4_the_same_touchpoint_is_logged_once_whoever_logs_it() -> None:
    given(logged).when(log, clinic()).then_nothing()
    given(logged).when(log, school()).then_nothing()


def test_f8_m15_a_touchpoint_says_that_it_was_and_no_more() -> None:
    assert {*TouchpointLogged.model_fields} == {"kind", "on"}
    assert get_args(TouchpointLogged.model_fields["kind"].annotation) == (
        "call",
        "visit",
        "meeting",
        "message",
        "social",
    )
    assert TouchpointLogged.model_fields["on"].annotation is date


def test_a_touchpoint_is_not_logged_in_advance() -> None:
    given().when(LogTouchpoint(kind="call", on=LATER), clinic()).then_refused("not_yet")
    given().when(RecordTension(since=LATER, cause=WHY), clinic()).then_refused("not_yet")


def test_a_day_begins_where_it_begins_first() -> None:
    tomorrow = LogTouchpoint(kind="call", on=TODAY + timedelta(days=1))
    given().when(tomorrow, clinic()).then(TouchpointLogged(kind="call", on=tomorrow.on))
    early = NOON - timedelta(hours=3)
    given().when(tomorrow, clinic(at=early)).then_refused("not_yet")


def test_f5_a_tension_is_recorded_of_two_organisations_not_of_persons() -> None:
    given().when(recall, clinic()).then(recalled)
    assert {*HistoricTensionRecorded.model_fields} == {"since", "cause"}
    given().when(RecordTension(cause=WHY), school()).then(
        HistoricTensionRecorded(cause=Sealed(WHY)).seen_by(*IDS)
    )


def test_f5_a_tension_told_again_is_another_account() -> None:
    given(recalled).when(recall, school()).then(recalled)


def test_f24_a_pulse_is_submitted() -> None:
    given().when(pulse, clinic()).then(submitted)
    back = pulse.model_copy(update={"about": CLINIC})
    given(submitted).when(back, school()).then(
        submitted.model_copy(update={"by": SCHOOL, "about": CLINIC}).seen_by(*IDS)
    )
    before = pulse.model_copy(update={"period": "2025-Q4"})
    given(submitted).when(before, clinic()).then(
        submitted.model_copy(update={"period": "2025-Q4"}).seen_by(*IDS)
    )


def test_m15_one_pulse_for_a_quarter() -> None:
    for rating in SIX:
        other = pulse.model_copy(update={rating: 4 if rating == "power" else 1})
        given(submitted).when(other, clinic()).then_refused("already_submitted")


def test_i4_the_same_pulse_again_changes_nothing() -> None:
    given(submitted).when(pulse, clinic()).then_nothing()


def test_a_pulse_is_about_the_other_of_the_two() -> None:
    for about in (CLINIC, UNION):
        ask = pulse.model_copy(update={"about": about})
        given().when(ask, clinic()).then_refused("not_a_party")


@pytest.mark.parametrize(
    ("at", "newest", "next_"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-Q1", "2026-Q2"),
        (datetime(2026, 3, 31, 9, tzinfo=UTC), "2026-Q1", "2026-Q2"),
        (datetime(2026, 3, 31, 10, tzinfo=UTC), "2026-Q2", "2026-Q3"),
        (datetime(2026, 12, 31, 9, tzinfo=UTC), "2026-Q4", "2027-Q1"),
        (datetime(2026, 12, 31, 10, tzinfo=UTC), "2027-Q1", "2027-Q2"),
    ],
)
def test_a_pulse_is_about_a_quarter_that_has_begun(at: datetime, newest: str, next_: str) -> None:
    ask = pulse.model_copy(update={"period": newest})
    expected = submitted.model_copy(update={"period": newest}).seen_by(*IDS)
    given().when(ask, clinic(at=at)).then(expected)
    ask = pulse.model_copy(update={"period": next_})
    given().when(ask, clinic(at=at)).then_refused("not_yet")


@pytest.mark.parametrize("wrong", ["2026-Q5", "2026-Q0", "26-Q1", "2026-03", "2026-Q1 "])
def test_a_quarter_is_written_in_one_way(wrong: str) -> None:
    with pytest.raises(ValueError, match="period"):
        SubmitTrustPulse(about=SCHOOL, period=wrong, **SIX)


@pytest.mark.parametrize("wrong", [0, 5])
def test_trust_is_rated_from_1_to_4(wrong: int) -> None:
    with pytest.raises(ValueError, match="power"):
        SubmitTrustPulse(about=SCHOOL, period="2026-Q1", **{**SIX, "power": wrong})


def test_f22_a_breach_is_reported_by_either() -> None:
    given().when(report, clinic()).then(reported)
    given().when(report, school()).then(reported)


def test_a_breach_is_by_one_of_the_two_and_reported_once() -> None:
    elsewhere = report.model_copy(update={"offender": UNION})
    given().when(elsewhere, clinic()).then_refused("not_a_party")
    for change in ({"offender": CLINIC}, {"kind": "other"}):
        other = report.model_copy(update=change)
        given(reported).when(other, clinic()).then_refused("already_reported")


def test_i4_reporting_again_changes_nothing() -> None:
    for history in ((reported,), (reported, offered, accepted)):
        given(*history).when(report, clinic()).then_nothing()


def test_f22_the_offender_offers_amends_and_may_better_them() -> None:
    given(reported).when(offer, school()).then(offered)
    given(reported, offered).when(offer, school()).then(offered)


def test_only_the_offender_offers_amends() -> None:
    given().when(offer, school()).then_refused("unknown_breach")
    given(reported).when(offer, clinic()).then_refused("not_the_offender")


def test_i4_nothing_is_offered_for_what_is_repaired() -> None:
    given(reported, offered, accepted).when(offer, school()).then_nothing()


def test_f22_the_injured_accepts_amends() -> None:
    given(reported, offered).when(accept, clinic()).then(accepted)


def test_only_the_injured_accepts_what_was_offered() -> None:
    given().when(accept, clinic()).then_refused("unknown_breach")
    given(reported).when(accept, clinic()).then_refused("no_amends")
    given(reported, offered).when(accept, school()).then_refused("not_the_injured")
    given(reported, offered, accepted).when(accept, school()).then_refused("not_the_injured")


def test_i4_accepting_again_changes_nothing() -> None:
    given(reported, offered, accepted).when(accept, clinic()).then_nothing()


def test_amends_outlast_a_membership() -> None:
    given(reported).when(offer, school(two=ONE_LEFT)).then(offered)
    given(reported, offered).when(accept, clinic(two=ONE_LEFT)).then(accepted)


def test_what_a_one_person_member_says_goes_with_the_person() -> None:
    alone = by(CLINIC, Author(PersonId(CLINIC)), TWO)
    given().when(recall, alone).then(
        HistoricTensionRecorded(since=YESTERDAY, cause=Sealed(WHY, CLINIC)).seen_by(*IDS)
    )


breaches = st.sampled_from([LEAK, OTHER])
commands = st.one_of(
    st.builds(
        LogTouchpoint,
        kind=st.sampled_from(["call", "social"]),
        on=st.sampled_from([YESTERDAY, TODAY, LATER]),
    ),
    st.builds(RecordTension, since=st.sampled_from([None, TODAY]), cause=st.just(WHY)),
    st.builds(
        SubmitTrustPulse,
        about=st.sampled_from([CLINIC, SCHOOL, UNION]),
        period=st.sampled_from(["2025-Q4", "2026-Q1", "2026-Q3"]),
        **{rating: st.integers(1, 4) for rating in SIX},
    ),
    st.builds(
        ReportBreach,
        breach=breaches,
        offender=st.sampled_from([CLINIC, SCHOOL, UNION]),
        kind=st.sampled_from(["leak", "other"]),
        what=st.just(WHY),
    ),
    st.builds(OfferAmends, breach=breaches, offer=st.just(WHY)),
    st.builds(AcceptAmends, breach=breaches),
)
contexts = st.builds(
    lambda org, two: by(org, ORG, two),
    st.sampled_from([CLINIC, SCHOOL, UNION]),
    st.sampled_from([TWO, TWO, ONE_LEFT]),
)
requests = st.lists(st.tuples(commands, contexts), min_size=5)


def run(
    asked: list[tuple[RelationshipCommand, Context]],
) -> list[tuple[Context, RelationshipEvent]]:
    now, happened = decider.initial, []
    for command, context in asked:
        with suppress(Refused):
            events = decider.decide(command, now, context)
            now = reduce(decider.evolve, events, now)
            happened += [(context, event) for event in events]
    return happened


@over(requests)
def test_laws(requests: list[tuple[RelationshipCommand, Context]]) -> None:
    obey(decider, requests)


pulses = st.builds(
    lambda org, period, power: (
        SubmitTrustPulse(
            about=CLINIC if org == SCHOOL else SCHOOL, period=period, **{**SIX, "power": power}
        ),
        by(org, TWO),
    ),
    st.sampled_from([CLINIC, SCHOOL]),
    st.sampled_from(["2025-Q4", "2026-Q1"]),
    st.integers(1, 2),
)


@over(st.lists(pulses, min_size=3))
def test_m15_one_pulse_per_organisation_target_and_quarter(
    asked: list[tuple[RelationshipCommand, Context]],
) -> None:
    submitted = Counter(
        (context.by, event.about, event.period)
        for context, event in run(asked)
        if isinstance(event, TrustPulseSubmitted)
    )
    answered = {
        (context.by, command.about, command.period)
        for command, context in asked
        if isinstance(command, SubmitTrustPulse)
    }
    assert submitted == Counter(answered)


@over(requests)
def test_i8_all_but_touchpoints_is_for_the_two_alone(
    asked: list[tuple[RelationshipCommand, Context]],
) -> None:
    for context, event in run(asked):
        seen: tuple[Any, ...] = type(event).visibility, event.audience
        every_member = isinstance(event, TouchpointLogged)
        assert seen == (("members", ()) if every_member else ("dyad", IDS))
        assert context.by in {CLINIC, SCHOOL}


@over(requests)
def test_f22_amends_go_from_the_offender_to_the_injured(
    asked: list[tuple[RelationshipCommand, Context]],
) -> None:
    offender: dict[BreachId, UUID] = {}
    open_offers: set[BreachId] = set()
    for context, event in run(asked):
        match event:
            case BoundaryBreachReported():
                assert event.breach not in offender
                offender[event.breach] = event.offender
            case AmendsOffered():
                assert context.by == offender[event.breach]
                open_offers.add(event.breach)
            case AmendsAccepted():
                assert context.by != offender[event.breach]
                open_offers.remove(event.breach)
