"""Numbers as reports write them: whole, or exact fractions with six decimals."""

from collections.abc import Sequence

MILLION = 10**6


def six(numerator: int, denominator: int) -> str | None:
    """Return a ratio with six decimals, half to even; `None` where it is undefined."""
    if denominator == 0:
        return None
    whole, rest = divmod(numerator * MILLION, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
        whole += 1
    return f"{whole // MILLION}.{whole % MILLION:06d}"


def percentile(values: Sequence[int], rank: int) -> int | None:
    """Return the nearest-rank percentile; `None` where there are no values."""
    if not values:
        return None
    return sorted(values)[max(0, -(-rank * len(values) // 100) - 1)]
