import pytest

from services.transparency.domain.numbers import percentile, six


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
