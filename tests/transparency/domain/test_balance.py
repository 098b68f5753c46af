"""The golden vectors of `reports.md` 5, and what must hold of any amounts."""

from fractions import Fraction

import pytest
from hypothesis import strategies as st

from services.transparency.domain.balance import apart, evenness, gini
from services.transparency.domain.numbers import decimal
from tests.laws import over


@pytest.mark.parametrize(
    ("amounts", "inequality", "even"),
    [
        ([0, 0, 0, 40], "1.000000", "0.000000"),
        ([600, 300, 60, 240, 0], "0.600000", "0.723744"),
        ([0, 0, 0], None, None),
        ([5], None, None),
        ([], None, None),
        ([7, 7, 7], "0.000000", "1.000000"),
    ],
)
def test_the_golden_vectors(amounts: list[int], inequality: str | None, even: str | None) -> None:
    assert decimal(gini(amounts)) == inequality
    assert evenness(amounts) == even


def test_voice_apart_from_seats() -> None:
    voice, seats = (60, 30, 10), (5, 3, 2)
    shares = [
        (Fraction(one, 100), Fraction(other, 10)) for one, other in zip(voice, seats, strict=True)
    ]
    assert decimal(apart(shares)) == "0.100000"
    assert apart([]) == 0


amounts = st.lists(st.integers(0, 10_000), min_size=2, max_size=12).filter(any)


@over(amounts, st.integers(1, 50), st.randoms(use_true_random=False))
def test_measures_lie_between_none_and_all_and_forget_order_and_unit(
    said: list[int], times: int, chance: object
) -> None:
    inequality, even = gini(said), evenness(said)
    assert inequality is not None
    assert even is not None
    assert 0 <= inequality <= 1
    assert 0 <= Fraction(even) <= 1
    other = [amount * times for amount in said]
    chance.shuffle(other)  # type: ignore[attr-defined]  # a `Random`
    assert (gini(other), evenness(other)) == (inequality, even)


@over(st.integers(2, 12), st.integers(1, 1_000))
def test_all_alike_is_even_and_one_alone_is_not(n: int, amount: int) -> None:
    assert gini([amount] * n) == 0
    assert evenness([amount] * n) == "1.000000"
    alone = [0] * (n - 1) + [amount]
    assert gini(alone) == 1
    assert evenness(alone) == "0.000000"
