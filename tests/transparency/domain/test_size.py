"""F38: size beside diversity and the time to decide."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.decision_register import Passed
from services.transparency.domain.refs import Cited
from services.transparency.domain.retention import MemberChange
from services.transparency.domain.size import diversity, sizes
from services.transparency.domain.window import Window
from tests.laws import over

NEWEST = Window(date(2026, 3, 1), date(2026, 3, 30))
SPRING = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def cited(position: int, service: str = "members") -> Cited:
    return Cited(service, position, position.to_bytes(32, "big"))


def change(position: int, org: int, kind: str, at: datetime, **more: str) -> MemberChange:
    return MemberChange(cited(position), UUID(int=org), kind, at, **more)


def joined(org: int, sector: str, at: datetime = SPRING, **more: str) -> MemberChange:
    given = {"commitment": "homework", "sector": sector} | more
    return change(org, org, "MemberJoined", at, **given)


def passed(position: int, at: datetime, after: timedelta | None) -> Passed:
    """Return a decision; it was published so long before."""
    published = cited(position - 1, "meetings"), at - after if after else None
    return Passed(
        decided=cited(position, "meetings"), decided_at=at, drafted=cited(1, "meetings"),
        has_objective=True, published=published[0] if after else None, published_at=published[1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sectors", "expected"),
    [
        ((), None),
        (("health", "health"), None),
        (("health", "food"), Fraction(1)),
        (("health", "health", "health", "food"), Fraction(3, 4)),
        (("a", "b", "c", "d"), Fraction(1)),
    ],
)
def test_diversity_is_blaus_index_over_the_most_there_can_be(
    sectors: tuple[str, ...], expected: Fraction | None
) -> None:
    assert diversity(sectors) == expected


@over(st.lists(st.sampled_from("abcde"), min_size=1))
def test_diversity_is_one_exactly_where_all_sectors_have_as_many(sectors: list[str]) -> None:
    found = diversity(sectors)
    counts = {sectors.count(each) for each in sectors}
    if len(set(sectors)) == 1:
        assert found is None
    else:
        assert found is not None
        assert 0 < found <= 1
        assert (found == 1) == (len(counts) == 1)
        assert found == diversity(sectors * 3)


def test_members_are_those_active_on_the_last_day_of_each_window() -> None:
    told = [
        joined(1, "health", SPRING - 2 * MONTH),
        joined(2, "food", SPRING - MONTH),
        joined(3, "food", commitment="observer"),
        joined(4, "food"),
        change(9, 1, "MemberSuspended", SPRING),
    ]
    newest, february, january = sizes(told, (), NEWEST)
    assert [row["members"]["value"] for row in (newest, february, january)] == [2, 2, 1]
    assert [row["sectors"]["value"] for row in (newest, february, january)] == [1, 2, 1]
    assert [row["diversity"]["value"] for row in (newest, february, january)] == [
        None, "1.000000", None,
    ]  # fmt: skip
    assert newest["members"]["refs"] == ["members/2", "members/4"]
    assert newest["diversity"]["reason"] == "fewer than two sectors are in use"
    assert (january["from"], january["to"]) == ("2025-12-31", "2026-01-29")


def test_each_window_has_the_time_its_own_decisions_took() -> None:
    told = [
        passed(3, SPRING, timedelta(days=3)),
        passed(5, SPRING, timedelta(hours=1)),
        passed(7, SPRING, None),
        passed(9, SPRING - MONTH, timedelta(minutes=1)),
    ]
    newest, february, january = sizes((), told, NEWEST)
    assert (newest["decisions"]["value"], february["decisions"]["value"]) == (3, 1)
    assert (newest["latency_p50"]["value"], newest["latency_p95"]["value"]) == (3600, 259200)
    assert newest["latency_p50"]["refs"] == [f"meetings/{n}" for n in (2, 3, 4, 5)]
    assert february["latency_p50"]["value"] == 60
    assert january["latency_p50"] == {
        "value": None, "refs": [], "reason": "no decision was published before",
    }  # fmt: skip
