"""R10: the formulas of `reports.md` 4.6, and what is suppressed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise, permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain import relationship_health, repair
from services.transparency.domain.boundary import Agreed, Boundary
from services.transparency.domain.members import Active
from services.transparency.domain.numbers import decimal, percent
from services.transparency.domain.pulses import Pulse, reciprocity, share
from services.transparency.domain.refs import Cited
from services.transparency.domain.relationship_health import HEALING, OF_DAYS, OF_QUARTER, Known
from services.transparency.domain.ties import (
    Between,
    MatchEvent,
    PracticeEvent,
    Tie,
    answers,
    centralisation,
    density,
    matches,
    touches,
)
from services.transparency.domain.window import Window
from tests.laws import over

SUPPRESSED = {"value": {"withheld": "suppressed"}, "refs": []}
A, B, C, D, E, F = (UUID(int=n) for n in range(1, 7))
SIX = (A, B, C, D, E, F)
W = Window(date(2026, 1, 1), date(2026, 4, 10))
APRIL = datetime(2026, 4, 2, 12, tzinfo=UTC)
ACTIVE = [Active(org, datetime(2025, 1, 1, tzinfo=UTC)) for org in SIX]


def cited(position: int) -> Cited:
    return Cited("members", position, position.to_bytes(32, "big"))


def pulse(
    position: int, by: UUID, about: UUID, *ratings: int, quarter: str = "2026-Q1",
    at: datetime = APRIL,
) -> Pulse:  # fmt: skip
    full = (*ratings, *ratings)[:6] if ratings else (3,) * 6
    when = at + timedelta(seconds=position)
    return Pulse(cited(position), by, about, quarter, when, when, full)


def ring(orgs: Sequence[UUID], first: int = 1, **how: Any) -> list[Pulse]:
    """Return a pulse of each about the next one."""
    return [
        pulse(first + n, one, other, **how)
        for n, (one, other) in enumerate(zip(orgs, [*orgs[1:], orgs[0]], strict=True))
    ]


def known(pulses: Iterable[Pulse] = (), **more: Any) -> Known:
    given = {"window": W, "heard": W.ends, "boundary": Boundary(), "active": ACTIVE}
    return Known(**{**given, "pulses": list(pulses), **more})


def figures(of: Known) -> dict[str, Any]:
    return {each["figure"]: each for each in relationship_health.summary(of)}


def touch(position: int, one: UUID, other: UUID, on: date) -> Between:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Between(cited(position), "TouchpointLogged", frozenset({one, other}), at, on)


def breach(position: int, injured: UUID, offender: UUID, at: datetime, n: int = 0) -> Between:
    pair = frozenset({injured, offender})
    key = UUID(int=1000 + (n or position))
    return Between(
        cited(position), "BoundaryBreachReported", pair, at, breach=key, offender=offender
    )


def accepted(position: int, of: Between, at: datetime) -> Between:
    return of._replace(cited=cited(position), type="AmendsAccepted", at=at, offender=None)


# Golden vectors


def test_trust_is_that_of_the_golden_vector() -> None:
    index = share([(4, 3, 3), (2, 3, 2), (4, 4, 4)])
    assert decimal(index) == "0.805556"
    assert percent("0.805556") == "80.6 %"
    assert share([]) is None


def test_density_and_centralisation_of_a_ring_of_five() -> None:
    edges = [frozenset(pair) for pair in ((A, B), (B, C), (C, D), (D, E), (E, A))]
    assert decimal(density(5, edges)) == "0.500000"
    assert decimal(centralisation(5, edges)) == "0.000000"


def test_a_star_is_wholly_centralised_and_few_have_no_shape() -> None:
    assert centralisation(5, [frozenset({A, other}) for other in (B, C, D, E)]) == 1
    assert centralisation(5, []) == 0
    assert centralisation(2, []) is None
    assert density(1, []) is None
    assert density(2, []) == 0


PAIRS = st.sets(st.sampled_from([frozenset(pair) for pair in permutations(SIX, 2)]))


@over(PAIRS)
def test_shapes_of_networks_are_shares(pairs: set[frozenset[UUID]]) -> None:
    dense, central = density(6, pairs), centralisation(6, pairs)
    assert dense is not None
    assert central is not None
    assert 0 <= dense <= 1
    assert 0 <= central <= 1


@over(st.lists(st.tuples(*[st.integers(1, 4)] * 3), min_size=1), st.randoms())
def test_trust_lies_between_a_quarter_and_one(rated: list[tuple[int, int, int]], by: Any) -> None:
    index = share(rated)
    assert index is not None
    assert Fraction(1, 4) <= index <= 1
    mixed = list(rated)
    by.shuffle(mixed)
    assert share(mixed) == index


def test_a_point_apart_is_alike() -> None:
    third = Fraction(1, 3)
    assert reciprocity([(Fraction(3), Fraction(2)), (Fraction(3), 2 - third)]) == Fraction(1, 2)
    assert reciprocity([]) is None


# Pulses of a quarter


def test_four_that_answer_show_nothing_and_five_show_all() -> None:
    four = known(ring((A, B, C, D)))
    assert {
        name: said for name, said in figures(four).items() if name in (*OF_QUARTER, *OF_DAYS)
    } == {
        name: {"figure": name, **SUPPRESSED}
        | ({"quarter": "2026-Q1"} if name in OF_QUARTER else {})
        for name in (*OF_QUARTER, *OF_DAYS)
    }
    assert all(figures(four)[name]["value"] == {"withheld": "suppressed"} for name in HEALING)
    five = figures(known(ring((A, B, C, D, E))))
    assert five["trust"]["value"] == "0.750000"
    assert five["trust"]["refs_count"] == 5
    assert "refs" not in five["trust"]
    assert five["response_rate"]["value"] == "0.833333"
    assert (five["response_rate"]["responding"], five["response_rate"]["active"]) == (5, 6)


def test_four_with_many_answers_show_nothing() -> None:
    pulses = [pulse(n, one, other) for n, (one, other) in enumerate(permutations((A, B, C, D), 2))]
    assert figures(known(pulses))["trust"]["value"] == {"withheld": "suppressed"}


def test_more_is_asked_where_more_was_agreed() -> None:
    later = known(ring(SIX), boundary=Boundary((Agreed(90, 2, 6),)))  # five were counted
    assert figures(later)["trust"]["value"] == {"withheld": "suppressed"}
    agreed = Boundary((Agreed(1, 1, 3),))
    three = known(ring((A, B, C), first=2), boundary=agreed)
    assert figures(three)["trust"]["value"] == "0.750000"


def test_a_running_quarter_is_not_told() -> None:
    running = known(ring(SIX, quarter="2026-Q2"))
    assert relationship_health.trust(running, "2026-Q2") == {
        "value": None, "refs": [], "reason": "the quarter is not over",
    }  # fmt: skip
    assert figures(running)["trust"]["quarter"] == "2026-Q1"
    quiet = known(ring(SIX), heard=date(2026, 3, 31))
    assert figures(quiet)["trust"]["quarter"] == "2025-Q4"


def test_the_parts_are_told_apart() -> None:
    pulses = [
        pulse(n, one, other, 4, 3, 2, 1, 2, 3) for n, (one, other) in enumerate(pairwise(SIX), 1)
    ]
    told = figures(known(pulses))
    values = {name: told[name]["value"] for name in relationship_health.INDICES}
    assert values == {
        "trust": "0.750000", "reliability": "1.000000", "mission": "0.750000",
        "openness": "0.500000", "value": "0.500000", "power": "0.250000",
        "involvement": "0.500000", "resources": "0.750000",
    }  # fmt: skip


def test_reciprocity_needs_as_many_in_pairs_both_ways() -> None:
    one_way = known(ring(SIX))
    assert figures(one_way)["reciprocity"]["value"] == {"withheld": "suppressed"}
    there = [(A, B, 4), (B, C, 4), (C, D, 4), (D, E, 4), (E, A, 4)]
    back = [(B, A, 4), (C, B, 3), (D, C, 2), (E, D, 1), (A, E, 4)]
    pulses = [pulse(n, *each) for n, each in enumerate([*there, *back], 1)]
    pulses = [each._replace(ratings=each.ratings[:1] * 6) for each in pulses]
    timely = [each._replace(recorded_at=datetime(2026, 3, 30, tzinfo=UTC)) for each in pulses]
    assert figures(known(timely))["reciprocity"]["value"] == "0.600000"


def test_the_trend_has_four_quarters_each_suppressed_on_its_own() -> None:
    told = relationship_health.rows(
        known([*ring(SIX[:5], quarter="2025-Q3"), *ring(SIX[:4], 7, quarter="2025-Q4")])
    )
    assert [row["quarter"] for row in told] == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
    assert [row["trust"]["value"] for row in told] == [
        {"withheld": "suppressed"}, "0.750000", {"withheld": "suppressed"},
        {"withheld": "suppressed"},
    ]  # fmt: skip
    assert told[2]["breaches_open"] == SUPPRESSED


@over(
    st.lists(
        st.tuples(st.sampled_from(SIX), st.sampled_from(SIX), st.tuples(*[st.integers(1, 4)] * 6)),
        max_size=25,
    ),
    st.integers(0, 25),
)
def test_two_readings_never_tell_one_answer(
    given: list[tuple[UUID, UUID, tuple[int, ...]]], first: int
) -> None:
    pulses = [
        pulse(n, by, about, *ratings)
        for n, (by, about, ratings) in enumerate(given, 1)
        if by != about
    ]
    was = relationship_health.trust(known(pulses[:first]), "2026-Q1")
    now = relationship_health.trust(known(pulses), "2026-Q1")
    counts = [said.get("refs_count", 0) for said in (was, now)]
    assert was == now or counts[1] - counts[0] >= 5


# Ties, stale pairs


def test_ties_are_counted_once_a_pair_and_only_in_the_window() -> None:
    between = [
        touch(20, A, B, date(2026, 1, 1)), touch(21, B, A, date(2026, 2, 1)),
        touch(22, A, C, date(2025, 12, 31)),
    ]  # fmt: skip
    told = figures(known(ring(SIX), between=between, ties=touches(between)))
    assert told["density"]["value"] == "0.066667"  # 1 of 15
    assert told["density"]["refs"] == ["members/20", "members/21"]
    assert told["centralisation"]["value"] == "0.200000"  # (1*6 - 2) / 20


def test_an_answer_to_somebody_elses_question_ties_on_its_day() -> None:
    def event(n: int, type_: str, question: str, by: UUID) -> PracticeEvent:
        at = datetime(2026, 1, n, tzinfo=UTC)
        return PracticeEvent(Cited("meetings", n, bytes(32)), type_, question, at, by)

    told = [
        event(1, "PracticeAsked", "mornings", A), event(2, "PracticeShared", "mornings", A),
        event(3, "PracticeShared", "unseen", B), event(4, "PracticeShared", "mornings", C),
    ]  # fmt: skip
    [tie] = answers(told)
    assert (tie.pair, tie.begins, tie.ends) == (
        frozenset({A, C}), date(2026, 1, 4), date(2026, 1, 4),
    )  # fmt: skip
    assert [one.position for one in tie.events] == [1, 4]


def test_a_match_ties_from_the_last_agreement_until_all_is_delivered() -> None:
    def day(n: int) -> datetime:
        return datetime(2026, 1, n, tzinfo=UTC)

    key = UUID(int=77)
    events = [
        MatchEvent(cited(1), "ResourceMatched", key, day(1), A, (A, B, C), 30),
        MatchEvent(cited(2), "ResourceMatched", key, day(2), B),
    ]
    assert matches(events) == []
    events.append(MatchEvent(cited(3), "ResourceMatched", key, day(3), C))
    assert {(tie.pair, tie.begins, tie.ends) for tie in matches(events)} == {
        (frozenset(pair), date(2026, 1, 3), None) for pair in ((A, B), (A, C), (B, C))
    }
    events.append(MatchEvent(cited(4), "ResourceDelivered", key, day(4), A, quantity=10))
    assert matches(events)[0].ends is None
    events.append(MatchEvent(cited(5), "ResourceDelivered", key, day(5), A, quantity=30))
    [tie, *_] = matches(events)
    assert tie.ends == date(2026, 1, 5)
    assert tie.touches(Window(date(2026, 1, 5), date(2026, 2, 1)))
    assert not tie.touches(Window(date(2026, 1, 6), date(2026, 2, 1)))
    assert Tie(tie.pair, tie.begins, None, ()).touches(W)


def test_a_pair_is_stale_after_ninety_days() -> None:
    end = date(2026, 4, 10)
    in_touch = [
        touch(30 + n, one, other, end - timedelta(days=90))
        for n, (one, other) in enumerate(permutations(SIX, 2))
    ]
    assert figures(known(ring(SIX), between=in_touch))["stale_pairs"]["value"] == 0
    late = [
        event._replace(on=end - timedelta(days=91)) if event.pair == {A, B} else event
        for event in in_touch
    ]
    told = figures(known(ring(SIX), between=late))["stale_pairs"]
    assert told["value"] == 1
    assert len(told["refs"]) == 1


def test_who_came_lately_is_not_stale_yet() -> None:
    came = datetime(2026, 1, 10, tzinfo=UTC)
    newcomers = [Active(org, came) for org in SIX]
    assert figures(known(ring(SIX), active=newcomers))["stale_pairs"]["value"] == 0
    gone = [Active(org, came - timedelta(days=99), came) for org in SIX]
    assert figures(known(ring(SIX), active=gone))["stale_pairs"]["value"] == 0
    assert figures(known(ring(SIX)))["stale_pairs"]["value"] == 15


# Breaches and repair


def days(n: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n)


def broken(orgs: Sequence[UUID], first: int = 50) -> list[Between]:
    """Return a breach a pair, of the next one against each, repaired after 10, 11, … days."""
    found = []
    for n, (one, other) in enumerate(zip(orgs, [*orgs[1:], orgs[0]], strict=True)):
        report = breach(first + 2 * n, one, other, days(20))
        found += [report, accepted(first + 2 * n + 1, report, days(30 + n))]
    return found


def test_breaches_are_only_counted() -> None:
    events = broken(SIX[:2])
    third = breach(70, C, A, days(40))
    told = figures(known(ring(SIX), between=[*events, third]))
    assert (told["breaches_open"]["value"], told["breaches_repaired"]["value"]) == (1, 2)
    assert told["breaches_open"].keys() == {"figure", "value", "refs_count", "refs_root"}
    early = known(ring(SIX), between=events, window=Window(date(2026, 1, 1), date(2026, 1, 30)))
    assert figures(early)["trust"]["value"] == {"withheld": "suppressed"}  # of 2025-Q4


def test_the_median_of_four_repairs_is_suppressed_and_that_of_five_shown() -> None:
    four = figures(known(ring(SIX), between=broken(SIX[:4])))
    assert four["median_days_to_amends"]["value"] == {"withheld": "suppressed"}
    five = figures(known(ring(SIX), between=broken(SIX[:5])))
    assert (five["median_days_to_amends"]["value"], five["median_days_to_amends"]["unit"]) == (
        12, "days",
    )  # fmt: skip


def test_five_breaches_of_one_pair_are_still_those_of_a_pair() -> None:
    reports = [breach(50 + n, A, B, days(20), n + 1) for n in range(5)]
    events = [*reports, *(accepted(60 + n, each, days(30)) for n, each in enumerate(reports))]
    told = figures(known(ring(SIX), between=events))
    assert told["median_days_to_amends"]["value"] == {"withheld": "suppressed"}


def history(one: UUID, other: UUID, first: int) -> tuple[list[Pulse], Between]:
    """Return trust of 2, up to 3 in a quarter, down to 1 after a breach, back to 3 in two."""
    told = [
        ("2025-Q2", 2, -200.0), ("2025-Q3", 3, -100.0), ("2025-Q4", 1, 30.0), ("2026-Q2", 3, 90.0),
    ]  # fmt: skip
    pulses = [
        Pulse(cited(first + n), one, other, quarter, days(at), days(at), (points,) * 6)
        for n, (quarter, points, at) in enumerate(told)
    ]
    return pulses, breach(first + 9, one, other, days(20))


def healing(orgs: Sequence[UUID]) -> Known:
    pulses: list[Pulse] = ring(SIX, 900)
    between = []
    for n, (one, other) in enumerate(zip(orgs, [*orgs[1:], orgs[0]], strict=True)):
        said, crossed = history(one, other, 100 + 10 * n)
        pulses += said
        between.append(crossed)
    return known(pulses, between=between)


def test_recovery_is_slower_than_the_fall() -> None:
    told = figures(healing(SIX[:5]))
    # a drop of 2 points, gains of 1 + 2 points in 1 + 2 quarters: 2 / 1
    assert told["recovery_asymmetry"]["value"] == "2.000000"
    assert told["median_days_to_trust"]["value"] == 70
    assert figures(healing(SIX[:4]))["recovery_asymmetry"]["value"] == {"withheld": "suppressed"}


def test_asymmetry_is_undefined_where_nothing_was_gained() -> None:
    assert repair.asymmetry([Fraction(1)], []) is None
    assert repair.asymmetry([Fraction(1)], [(Fraction(0), 1)]) is None
    assert repair.asymmetry([], [(Fraction(1), 1)]) is None
    assert repair.asymmetry([Fraction(1)], [(Fraction(1, 2), 2)]) == 4
    assert decimal(repair.asymmetry([Fraction(-1, 2)], [(Fraction(1), 1)])) == "-0.500000"


def test_two_breaches_between_two_pulses_are_one_drop() -> None:
    said, crossed = history(A, B, 100)
    twice = repair.breaches([crossed, breach(190, A, B, days(21), 5)])
    drops, gains = repair.moves(twice, said, Boundary())
    assert [drop.said for drop in drops] == [2]
    assert [gain.said for gain in gains] == [(Fraction(1), 1), (Fraction(2), 2)]


def test_what_is_beside_is_shown_whoever_answered() -> None:
    told = figures(known(acknowledged=[(60, cited(1)), (180, cited(2)), (120, cited(3))]))
    assert told["acknowledgement_p50"]["value"] == 120
    assert told["on_time_steps"] == {
        "figure": "on_time_steps", "value": None, "refs": [], "reason": "nothing was due",
    }  # fmt: skip


@pytest.mark.parametrize("orgs", [SIX[:4], SIX[:5]])
def test_nothing_names_an_organisation(orgs: Sequence[UUID]) -> None:
    of = healing(orgs)
    written = str([relationship_health.summary(of), relationship_health.rows(of)])
    assert not any(str(org) in written for org in SIX)
