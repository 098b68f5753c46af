"""Numbers as reports write them: whole, or exact fractions with six decimals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

MILLION = 10**6


def six(numerator: int, denominator: int) -> str | None:
    """Return a ratio with six decimals, half to even; `None` where it is undefined."""
    if denominator == 0:
        return None
    whole, rest = divmod(abs(numerator) * MILLION, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
        whole += 1
    sign = "-" if numerator < 0 and whole else ""
    return f"{sign}{whole // MILLION}.{whole % MILLION:06d}"


def decimal(value: Fraction | None) -> str | None:
    """Return an exact value with six decimals; `None` where it is undefined."""
    return None if value is None else six(value.numerator, value.denominator)


def percent(written: str) -> str:
    """Return a ratio with six decimals as people read it: `80.6 %`."""
    shown = (Decimal(written) * 100).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return f"{shown} %"


def six_of_root(numerator: int, denominator: int, degree: int) -> str | None:
    """Return the root of a ratio with six decimals, half to even; `None` where it is undefined.

    Found in whole numbers, so the last digit is right: `n/M` is at most the root of `a/b` exactly
    where `b * n**degree` is at most `a * M**degree`.
    """
    if denominator == 0 or degree < 1:
        return None
    low, high = 0, MILLION * (numerator // denominator + 1)
    while low < high:
        middle = -(-(low + high) // 2)
        if denominator * middle**degree <= numerator * MILLION**degree:
            low = middle
        else:
            high = middle - 1
    above = denominator * (2 * low + 1) ** degree - numerator * (2 * MILLION) ** degree
    low += above < 0 or (above == 0 and low % 2)
    return f"{low // MILLION}.{low % MILLION:06d}"


def percentile(values: Sequence[int], rank: int) -> int | None:
    """Return the nearest-rank percentile; `None` where there are no values."""
    if not values:
        return None
    return sorted(values)[max(0, -(-rank * len(values) // 100) - 1)]
