"""What may be counted of answers that nobody else may read (ADR 0023)."""

from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain.answers import Answer, contributors, counted
from services.transparency.domain.refs import Cited
from tests.laws import over


def answer(position: int, by: int, least: int = 5, *, timely: bool = False) -> Answer[int]:
    return Answer(
        known=position,
        by=frozenset({UUID(int=by)}),
        least=least,
        said=position,
        events=(Cited("members", position, bytes(32)),),
        timely=timely,
    )


def said(answers: list[Answer[int]]) -> list[int | None]:
    return [each.said for each in counted(answers)]


def test_four_are_not_counted_and_five_are() -> None:
    four = [answer(n, n) for n in range(1, 5)]
    assert said(four) == []
    assert said([*four, answer(5, 5)]) == [1, 2, 3, 4, 5]


def test_many_answers_of_few_are_not_counted() -> None:
    assert said([answer(n, n % 4) for n in range(1, 40)]) == []


def test_later_ones_wait_for_company() -> None:
    five = [answer(n, n) for n in range(1, 6)]
    assert said([*five, answer(6, 6)]) == [1, 2, 3, 4, 5]
    assert len(said([*five, *(answer(n, n) for n in range(6, 11))])) == 10


def test_timely_ones_are_counted_together() -> None:
    seven = [answer(n, n, timely=True) for n in range(1, 8)]
    assert len(said(seven)) == 7
    three = seven[:3]
    assert said([*three, answer(8, 8)]) == []
    assert len(said([*three, answer(8, 8), answer(9, 9)])) == 5


def test_the_boundary_in_force_when_they_came_decides() -> None:
    answers = [answer(1, 1, 2), answer(2, 2, 2), answer(3, 3, 3), answer(4, 4, 3)]
    assert said(answers) == [1, 2]
    assert said([*answers, answer(5, 5, 3)]) == [1, 2, 3, 4, 5]


ANSWERS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 6)), max_size=40)


@over(ANSWERS, st.integers(0, 15), st.integers(0, 40), st.integers(0, 40))
def test_two_readings_never_differ_by_few(
    given: list[tuple[int, int]], timely: int, one: int, other: int
) -> None:
    answers = [answer(n, by, least, timely=n <= timely) for n, (by, least) in enumerate(given, 1)]
    first, last = sorted((max(one, timely), max(other, timely)))
    was, now = counted(answers[:first]), counted(answers[:last])
    assert now[: len(was)] == was
    if more := now[len(was) :]:
        assert len(contributors(more)) >= max(each.least for each in more)


@over(ANSWERS, st.randoms())
def test_the_order_of_reading_does_not_matter(given: list[tuple[int, int]], chance: object) -> None:
    answers = [answer(n, by, least) for n, (by, least) in enumerate(given, 1)]
    mixed = list(answers)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert counted(mixed) == counted(answers)
