"""R16: who stays, why others leave, and how people fare without showing anybody."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain import retention
from services.transparency.domain.boundary import Agreed, Boundary
from services.transparency.domain.refs import Cited
from services.transparency.domain.retention import (
    Growth,
    Known,
    MemberChange,
    Mentoring,
    Spell,
    Wellbeing,
    curve,
    spells,
)
from services.transparency.domain.window import Window
from tests.laws import over

W = Window(date(2026, 1, 11), date(2026, 4, 10))
SUPPRESSED = {"value": {"withheld": "suppressed"}, "refs": []}


def cited(position: int) -> Cited:
    return Cited("members", position, position.to_bytes(32, "big"))


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def change(position: int, org: int, kind: str, when: datetime, **more: Any) -> MemberChange:
    return MemberChange(cited(position), UUID(int=org), kind, when, **more)


def known(**more: Any) -> Known:
    given = {"window": W, "heard": W.ends, "boundary": Boundary()}
    return Known(**{**given, **more})


def part(name: str, **more: Any) -> list[dict[str, Any]]:
    return [row for row in retention.rows(known(**more)) if row["part"] == name]


def lived(*days: int) -> list[Spell]:
    """Return spells; a negative one goes on."""
    return [Spell(abs(n), n > 0, (cited(place),)) for place, n in enumerate(days, 1)]


def test_the_curve_is_that_of_the_textbook() -> None:
    """The remission times of 21 patients on 6-MP (Freireich et al., Blood 21:699, 1963)."""
    times = (6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34,
             -35)  # fmt: skip
    told = [(p.days, p.at_risk, p.left, round(float(p.retained), 4)) for p in curve(lived(*times))]
    assert told == [
        (0, 21, 0, 1.0), (6, 21, 3, 0.8571), (7, 17, 1, 0.8067), (10, 15, 1, 0.7529),
        (13, 12, 1, 0.6902), (16, 11, 1, 0.6275), (22, 7, 1, 0.5378), (23, 6, 1, 0.4482),
    ]  # fmt: skip


def test_who_left_is_at_risk_until_then_and_who_stays_counts_as_long_as_they_were() -> None:
    changes = [
        change(1, 1, "MemberJoined", at(1, 1, 2025), commitment="homework"),
        change(2, 2, "MemberJoined", at(1, 1, 2025), commitment="homework"),
        change(3, 3, "MemberJoined", at(4, 1), commitment="observer"),
        change(4, 1, "MemberLeft", at(4, 11, 2025), reason="capacity"),
        change(5, 1, "MemberJoined", at(1, 1), commitment="homework"),
        change(6, 2, "MemberLeft", at(4, 11), reason="goals"),  # after the window
    ]
    told = [(each.days, each.left) for each in spells(changes, W.ends)]
    assert sorted(told) == [(9, False), (99, False), (100, True), (464, False)]
    [start, fell] = part("retention", members=changes)
    assert (start["at_risk"], start["retained"]) == (4, "1.000000")
    assert start["refs"] == ["members/1", "members/2", "members/3", "members/5"]
    assert (fell["days"], fell["at_risk"], fell["left"], fell["retained"]) == (
        100, 2, 1, "0.500000",
    )  # fmt: skip
    assert fell["refs"] == ["members/1", "members/2", "members/4"]


def test_nobody_has_no_curve() -> None:
    assert part("retention") == []


SPELLS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=25)


@over(SPELLS)
def test_the_curve_only_falls(given: list[tuple[int, bool]]) -> None:
    points = curve([Spell(days, left, (cited(n),)) for n, (days, left) in enumerate(given, 1)])
    shares = [point.retained for point in points]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert sum(point.left for point in points) == sum(left for _, left in given)


@over(st.lists(st.integers(0, 60), min_size=1, max_size=25))
def test_where_all_left_it_is_the_share_that_stayed_longer(days: list[int]) -> None:
    for point in curve([Spell(n, left=True, events=()) for n in days])[1:]:
        assert point.retained == Fraction(sum(n > point.days for n in days), len(days))


def test_reasons_are_counted_in_the_window() -> None:
    left = [
        change(1, 1, "MemberLeft", at(1, 10), reason="burnout"),
        change(2, 2, "MemberLeft", at(2, 10), reason="burnout"),
        change(3, 3, "MemberLeft", at(2, 11), reason="goals"),
        change(4, 4, "MemberLeft", at(2, 12), reason="burnout"),
    ]
    told = part("reason", members=left)
    assert [(row["reason"], row["count"]) for row in told] == [("burnout", 2), ("goals", 1)]
    assert told[0]["refs"] == ["members/2", "members/4"]


def test_commitment_is_as_it_stood_at_the_end_of_each_month() -> None:
    changes = [
        change(1, 1, "MemberJoined", at(1, 1), commitment="homework"),
        change(2, 2, "MemberJoined", at(1, 2), commitment="observer"),
        change(3, 2, "CommitmentLevelSet", at(2, 28), commitment="homework"),
        change(4, 1, "MemberSuspended", at(3, 1)),
        change(5, 1, "MemberReinstated", at(4, 1)),
        change(6, 2, "MemberLeft", at(4, 2), reason="other"),
    ]
    levels = ("homework", "voice_only", "observer", "suspended")
    told = part("commitment", members=changes)
    assert [tuple(row[level] for level in levels) for row in told] == [
        (1, 0, 1, 0), (2, 0, 0, 0), (1, 0, 0, 1), (1, 0, 0, 0),
    ]  # fmt: skip
    assert told[1]["refs"] == ["members/1", "members/2", "members/3"]


def answers(count: int, month: str = "2026-03", score: int | None = 4) -> list[Wellbeing]:
    return [Wellbeing(cited(n), UUID(int=n), month, at(3, 20), score) for n in range(1, count + 1)]


def mean_of(month: str, **more: Any) -> Any:
    [row] = [row for row in part("wellbeing", **more) if row["month"] == month]
    return row


def test_wellbeing_is_hidden_below_five_answers() -> None:
    row = mean_of("2026-03", wellbeing=answers(4))
    assert (row["answers"], row["mean"]) == (SUPPRESSED, SUPPRESSED)
    five = [*answers(4), Wellbeing(cited(5), UUID(int=5), "2026-03", at(3, 21), 1)]
    row = mean_of("2026-03", wellbeing=five)
    assert (row["answers"]["value"], row["mean"]["value"]) == (5, "3.400000")
    assert row["mean"]["refs_count"] == 5
    assert "refs" not in row["mean"]


def test_what_was_counted_is_hidden_again_where_more_was_agreed_later() -> None:
    six = Boundary((Agreed(90, 2, 6),))
    assert mean_of("2026-03", wellbeing=answers(5), boundary=six)["mean"] == SUPPRESSED


def test_nobody_answering_looks_like_few() -> None:
    assert mean_of("2026-03")["mean"] == SUPPRESSED


def test_a_sixth_answer_that_comes_late_changes_nothing() -> None:
    five = answers(5)
    late = Wellbeing(cited(6), UUID(int=6), "2026-03", at(4, 2), 1)
    assert mean_of("2026-03", wellbeing=[*five, late]) == mean_of("2026-03", wellbeing=five)
    in_time = late._replace(recorded_at=at(3, 31))
    assert mean_of("2026-03", wellbeing=[*five, in_time])["mean"]["value"] == "3.500000"


def test_an_erased_answer_takes_the_mean_with_it() -> None:
    six = [*answers(5), Wellbeing(cited(6), UUID(int=6), "2026-03", at(3, 22), None)]
    row = mean_of("2026-03", wellbeing=six)
    assert (row["answers"]["value"], row["mean"]["value"]) == (6, {"withheld": "erased"})


def test_a_running_month_is_not_told() -> None:
    row = mean_of("2026-04", wellbeing=answers(6, "2026-04"))
    assert row["mean"] == {"value": None, "refs": [], "reason": "the month is not over"}


def figures(**more: Any) -> dict[str, Any]:
    return {each["figure"]: each for each in retention.summary(known(**more))}


def test_goals_are_hidden_below_five_people() -> None:
    def goals(people: int) -> list[Growth]:
        return [
            Growth(cited(n), UUID(int=n % people), "GrowthGoalSet", at(2, 1)) for n in range(1, 12)
        ]

    assert figures(growth=goals(4))["growth_goals_set"]["value"] == {"withheld": "suppressed"}
    told = figures(growth=goals(5))
    assert (told["growth_goals_set"]["value"], told["growth_goals_set"]["refs_count"]) == (11, 11)
    assert told["growth_goals_reached"]["value"] == {"withheld": "suppressed"}


def test_mentorships_go_on_and_sessions_are_in_the_window() -> None:
    one, other = UUID(int=1), UUID(int=2)
    told = figures(
        mentoring=[
            Mentoring(cited(1), one, "MentorshipStarted", at(1, 1)),
            Mentoring(cited(2), other, "MentorshipStarted", at(1, 1)),
            Mentoring(cited(3), one, "MentorshipSessionLogged", at(1, 20), date(2026, 1, 10)),
            Mentoring(cited(4), one, "MentorshipSessionLogged", at(1, 20), date(2026, 1, 11)),
            Mentoring(cited(5), one, "MentorshipEnded", at(2, 1)),
        ]
    )
    assert (told["mentorships_active"]["value"], told["mentorships_active"]["refs"]) == (
        1, ["members/2"],
    )  # fmt: skip
    assert (told["mentorship_sessions"]["value"], told["mentorship_sessions"]["refs"]) == (
        1, ["members/4"],
    )  # fmt: skip


def test_coming_and_going_is_counted() -> None:
    changes = [
        change(1, 1, "MemberJoined", at(1, 1)),
        change(2, 2, "MemberJoined", at(1, 11)),
        change(3, 2, "MemberLeft", at(4, 10), reason="other"),
    ]
    told = figures(members=changes)
    assert (told["members_joined"]["value"], told["members_left"]["value"]) == (1, 1)


@over(st.lists(st.integers(1, 5), max_size=30), st.integers(0, 30))
def test_two_readings_never_tell_one_answer(scores: list[int], first: int) -> None:
    late = at(4, 1)
    given = [
        Wellbeing(cited(n), UUID(int=n), "2026-03", late + timedelta(minutes=n), score)
        for n, score in enumerate(scores, 1)
    ]
    was, now = (
        mean_of("2026-03", wellbeing=some)["mean"].get("refs_count", 0)
        for some in (given[:first], given)
    )
    assert now == was or now - was >= 5
