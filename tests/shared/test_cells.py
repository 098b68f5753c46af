import csv
import io

from hypothesis import strategies as st

from shared.cells import FORMULA, compared, guarded, unguarded
from tests.laws import over


@over(st.text(alphabet=[*FORMULA, "a", "'", '"', ",", "\n"], max_size=6), examples=300)
def test_what_a_guard_adds_is_taken_away_again(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(tuple(sign for sign in FORMULA if sign != "'"))


def test_a_quote_of_the_text_itself_stays() -> None:
    assert unguarded("'Twas the night") == "'Twas the night"
    assert unguarded(guarded("'Twas the night")) == "'Twas the night"
    assert guarded("=1+1") == "'=1+1"


@over(st.text(min_size=1, max_size=8).filter(lambda text: "\r" not in text), examples=200)
def test_a_guarded_cell_survives_a_file(text: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow([guarded(text), "end"])
    (row,) = csv.reader(io.StringIO(written.getvalue(), newline=""), strict=True)
    assert [unguarded(row[0]), row[1]] == [text, "end"]


def test_names_are_compared_without_what_nobody_sees() -> None:
    assert compared("  Clinic\u00a0on\n HILL Street ") == compared("clinic on hill street")
    assert compared("Cafe\u0301") == compared("caf\u00e9")
    assert compared("Clinic") != compared("Clinics")
