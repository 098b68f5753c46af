"""How evenly something is spread: the measures of `reports.md` 4.1, exact or rounded one way."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

PLACES = Decimal("0.000001")
Share = tuple[Fraction, Fraction]


def gini(amounts: Sequence[int]) -> Fraction | None:
    """Return Gini's coefficient, corrected for few: 0 where all have as much, 1 where one has all.

    `None` where nobody has any, or there are fewer than two.
    """
    n, total = len(amounts), sum(amounts)
    if n < 2 or total == 0:  # noqa: PLR2004 - one is never unequal
        return None
    apart = sum((2 * i - n - 1) * amount for i, amount in enumerate(sorted(amounts), 1))
    return Fraction(apart, n * total) * Fraction(n, n - 1)


def evenness(amounts: Sequence[int]) -> str | None:
    """Return Pielou's evenness with six decimals: 1 where all have as much.

    `None` where nobody has any, or there are fewer than two. Logarithms are those of `decimal`,
    which are rounded the same everywhere.
    """
    n, total = len(amounts), sum(amounts)
    if n < 2 or total == 0:  # noqa: PLR2004 - one is never uneven
        return None
    with localcontext() as exact:
        exact.prec = 40
        parts = [Decimal(amount) / total for amount in amounts if amount]
        spread = -sum((part * part.ln() for part in parts), Decimal(0)) / Decimal(n).ln()
        return str(abs(spread.quantize(PLACES, ROUND_HALF_EVEN)))


def apart(shares: Iterable[Share]) -> Fraction:
    """Return how far two ways to share lie apart, by Loosemore and Hanby: 0 where they agree."""
    return sum((abs(one - other) for one, other in shares), Fraction(0)) / 2
