import gzip
import shutil
from datetime import date
from pathlib import Path

import pytest

from accord.sources import roll_calls
from accord.sources.refusals import Damaged, Refusal
from accord.sources.roll_calls import Assembly, Ballot

LEAGUE = Path(__file__).parent / "samples" / "league"
TODAY = date(1903, 4, 2)


@pytest.fixture
def league(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LEAGUE, tmp_path / "league"))


def read(folder: Path, today: date = TODAY) -> tuple[Assembly, list[Refusal]]:
    refused: list[Refusal] = []
    return roll_calls.read(folder, today, refused.append), refused


def append(path: Path, row: str) -> int:
    """Add a row, and return its line."""
    path.write_text(path.read_text() + row + "\n")
    return len(path.read_text().splitlines())


def test_roll_calls_go_by_day_and_number() -> None:
    assembly, refused = read(LEAGUE)
    order = [roll_call.rcid for roll_call in assembly.roll_calls]
    assert order == ["1", "2", "9001", "3", "4", "5", "6", "9002", "7", "8", "9", "10"]
    assert refused == []


def test_a_roll_call_says_what_the_source_says() -> None:
    fourth = read(LEAGUE)[0].roll_calls[4]
    assert (fourth.rcid, fourth.on, fourth.important) == ("4", date(1901, 3, 6), False)
    assert fourth.title == "LIGHTHOUSE, REPAIR OF"
    assert fourth.description == (
        "TO PAY FOR THE \\GREAT LAMP\\\\ OF DUNMERE FROM THE COMMON CHEST.\t0\t0"
        "\n\nRoll call 4 of session 1."
    )
    assert fourth.line == 5


def test_without_a_description_the_source_is_the_text() -> None:
    seventh = read(LEAGUE)[0].roll_calls[8]
    assert (seventh.title, seventh.description) == (
        "QUARANTINE",
        "Roll call 7 of session 2, L/2/13.",
    )


def test_the_issue_is_the_first_by_short_name() -> None:
    assembly, _ = read(LEAGUE)
    issues = {roll_call.rcid: roll_call.issue for roll_call in assembly.roll_calls}
    assert (issues["4"], issues["9002"], issues["9"]) == ("ch", "ha", "")
    assert assembly.issues["ch"] == "Common chest"


def test_ballots_go_by_the_names_of_the_states_and_keep_their_lines() -> None:
    assembly, _ = read(LEAGUE)
    assert assembly.roll_calls[2].ballots(assembly.states) == [
        Ballot("Arden", "agree", 54),
        Ballot("Brill", "agree", 55),
        Ballot("Dunmere", "disagree", 56),
    ]


def test_the_order_of_rows_does_not_matter(league: Path) -> None:
    votes = league / "votes.csv"
    head, *rows = votes.read_text().splitlines()
    votes.write_text("\n".join([head, *reversed(rows)]))
    shuffled, expected = read(league)[0], read(LEAGUE)[0]

    def ballots(assembly: Assembly) -> list[list[tuple[str, str]]]:
        return [
            [ballot[:2] for ballot in each.ballots(assembly.states)] for each in assembly.roll_calls
        ]

    assert ballots(shuffled) == ballots(expected)


def test_gz_reads_the_same(league: Path) -> None:
    for path in list(league.glob("*.csv")):
        path.with_suffix(".csv.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert read(league)[0].roll_calls == read(LEAGUE)[0].roll_calls


@pytest.mark.parametrize(
    ("file", "row", "reason"),
    [
        ("votes.csv", "1,Arden,AR,perhaps", "unknown_vote"),
        ("votes.csv", "1,Arden,AR,Yes", "unknown_vote"),
        ("votes.csv", "1,Arden,AR,no", "duplicate"),
        ("votes.csv", "77,Arden,AR,yes", "unknown_roll_call"),
        ("votes.csv", "01,Arden,AR,yes", "unknown_roll_call"),
        ("votes.csv", "1, ,AR,yes", "bad_country"),
        ("votes.csv", f"1,{'A' * 201},AR,yes", "bad_country"),
        ("votes.csv", "1,Ivo,IV", "columns"),
        ("issues.csv", "77,ha,Harbours", "unknown_roll_call"),
        ("issues.csv", "1,ha,Harbours", "duplicate"),
        ("issues.csv", "9,ha,Havens", "two_names"),
        ("issues.csv", "9,ha,", "no_issue"),
        ("roll_calls.csv", "11,3,2.0,1903-04-02,,,,X,Y", "bad_importantvote"),
        ("roll_calls.csv", "11,3,,1903-04-02,,,,X,Y", "bad_importantvote"),
        ("roll_calls.csv", "11,3,0.0,1903-04-03,,,,X,Y", "future"),
        ("roll_calls.csv", "11,3,0.0,1903-02-29,,,,X,Y", "bad_date"),
        ("roll_calls.csv", "11,3,0.0,19030402,,,,X,Y", "bad_date"),
        ("roll_calls.csv", "eleven,3,0.0,1903-04-02,,,,X,Y", "bad_rcid"),
        ("roll_calls.csv", "1,3,0.0,1903-04-02,,,,X,Y", "duplicate"),
    ],
)
def test_a_bad_row_becomes_nothing(league: Path, file: str, row: str, reason: str) -> None:
    line = append(league / file, row)
    assembly, refused = read(league)
    assert [(each.file, each.line, each.reason) for each in refused] == [
        (str(league / file), line, reason)
    ]
    expected = read(LEAGUE)[0]
    assert assembly.roll_calls == expected.roll_calls
    assert assembly.issues == expected.issues


def test_votes_of_a_refused_roll_call_are_refused_too(league: Path) -> None:
    path = league / "roll_calls.csv"
    path.write_text(path.read_text().replace("2,1,0.0,1901-03-04", "2,1,0.5,1901-03-04"))
    assembly, refused = read(league)
    assert "2" not in [roll_call.rcid for roll_call in assembly.roll_calls]
    reasons = [each.reason for each in refused]
    assert reasons == ["bad_importantvote", *["roll_call_refused"] * 5]


def test_a_truncated_file_of_votes_counts_for_nothing(league: Path) -> None:
    votes = league / "votes.csv"
    (league / "votes.csv.gz").write_bytes(gzip.compress(votes.read_bytes())[:-40])
    votes.unlink()
    with pytest.raises(Damaged) as caught:
        read(league)
    assert caught.value.refusal.reason == "truncated"


def test_a_missing_column_is_named(league: Path) -> None:
    votes = league / "votes.csv"
    votes.write_text(votes.read_text().replace("rcid,country,", "rcid,state,", 1))
    with pytest.raises(Damaged, match=r"votes\.csv, line 1: .*: country\."):
        read(league)
