"""Cells of a sheet are text to whatever opens it, and come back as they were."""

import csv
import io

import pytest

from services.transparency import sheet

STEP = {
    "step": "s",
    "owner": None,
    "due": None,
    "state": "proposed",
    "meeting": None,
    "decision": None,
    "proposed_at": "2026-01-01T12:00:00.000Z",
    "proposed_by": None,
    "times_moved": 0,
    "origin": None,
    "given_by": None,
    "hours": None,
    "reason": None,
}


def what(words: str) -> str:
    row = STEP | {"what": {"lang": "en", "text": words}}
    written = sheet.header("open-next-steps") + sheet.lines("open-next-steps", [row], {})
    [read] = csv.DictReader(io.StringIO(written.decode(), newline=""))
    return read["what"]


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "\tindented", "\uff1d1", "\uff20x"]
)
def test_a_formula_is_made_text_by_one_quote(words: str) -> None:
    assert what(words) == f"'{words}"


@pytest.mark.parametrize("words", ["plain", "a=b", 'says "no", loudly', "two\nlines", "ü", "1-2"])
def test_other_words_come_back_as_they_were(words: str) -> None:
    assert what(words) == words


def test_lines_end_as_rfc_4180_says_and_a_mark_is_there_on_request() -> None:
    assert sheet.header("open-next-steps").endswith(b"\r\n")
    assert sheet.header("open-next-steps", bom=True).startswith("\ufeffstep".encode())


def test_what_is_withheld_says_why() -> None:
    row = STEP | {"what": {"withheld": "erased"}}
    assert b"[erased]" in sheet.lines("open-next-steps", [row], {})
