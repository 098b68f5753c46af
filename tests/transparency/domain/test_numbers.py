from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from services.transparency.domain.numbers import percentile, six, six_of_root
from tests.laws import over


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        ((2, 3), "0.666667"),
        ((1, 3), "0.333333"),
        ((1, 2_000_000), "0.000000"),  # half, to the even digit below
        ((3, 2_000_000), "0.000002"),  # half, to the even digit above
        ((5, 4), "1.250000"),
        ((0, 7), "0.000000"),
        ((0, 0), None),
        ((3, 0), None),
    ],
)
def test_ratios_have_six_decimals(ratio: tuple[int, int], written: str | None) -> None:
    assert six(*ratio) == written


def test_percentiles_are_nearest_rank() -> None:
    values = [50, 15, 20, 40, 35]
    assert [percentile(values, rank) for rank in (5, 30, 40, 50, 95, 100)] == [
        15,
        20,
        20,
        35,
        50,
        50,
    ]
    assert percentile([], 50) is None
    assert percentile([7], 95) == 7


@pytest.mark.parametrize(
    ("ratio", "degree", "written"),
    [
        ((3, 8), 3, "0.721125"),
        ((1, 4), 2, "0.500000"),
        ((1, 1), 7, "1.000000"),
        ((8, 1), 3, "2.000000"),
        ((1, 2_000_000), 1, "0.000000"),  # half, to the even digit below
        ((3, 2_000_000), 1, "0.000002"),  # half, to the even digit above
        ((1, 4 * 10**12), 2, "0.000000"),  # the root is half of the last digit
        ((9, 4 * 10**12), 2, "0.000002"),
        ((0, 7), 2, "0.000000"),
        ((1, 0), 2, None),
        ((1, 1), 0, None),
    ],
)
def test_roots_have_six_decimals(ratio: tuple[int, int], degree: int, written: str | None) -> None:
    assert six_of_root(*ratio, degree) == written


@over(st.integers(0, 10**9), st.integers(1, 10**9))
def test_the_first_root_is_the_ratio(numerator: int, denominator: int) -> None:
    assert six_of_root(numerator, denominator, 1) == six(numerator, denominator)


@over(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 12))
def test_no_root_is_off_by_more_than_half_a_digit(
    numerator: int, denominator: int, degree: int
) -> None:
    getcontext().prec = 60
    written = Fraction(six_of_root(numerator, denominator, degree) or "none")
    true = (Decimal(numerator) / Decimal(denominator)) ** (Decimal(1) / Decimal(degree))
    assert abs(Fraction(true) - written) <= Fraction(1, 2_000_000) + Fraction(1, 10**40)
