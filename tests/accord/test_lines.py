import pytest

from accord.sources.lines import shortened, text
from shared.event import TEXT_BYTES, Text


@pytest.mark.parametrize("sign", ["a", "é", "€", "🌳"])
def test_long_text_is_cut_between_characters(sign: str) -> None:
    cut = shortened(sign * (TEXT_BYTES + 1))
    assert cut[-5:] == f"{sign * 3} …"
    assert TEXT_BYTES - len(sign.encode()) < len(cut.encode()) <= TEXT_BYTES
    assert Text(**text(cut)).text == cut


def test_text_that_fits_stays() -> None:
    fits = "a" * TEXT_BYTES
    assert shortened(fits) == fits
    assert text("e\u0301") == {"lang": "en", "text": "é"}
