import csv
import gzip
import re
import shutil
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from accord import keyring
from accord.__main__ import app
from accord.failed import Failed
from accord.importing import Import
from accord.sources.lines import Coalition
from tests.accord.wire import Wire, problem

SAMPLES = Path(__file__).parent / "samples"
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with the samples and a token in it."""
    shutil.copytree(SAMPLES, tmp_path / "samples")
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def run(wire: Wire, folder: Path) -> Run:
    reached = ["--url", wire.url, "--token-file", str(folder / "token")]

    def run(*arguments: str) -> Result:
        command, *rest = arguments
        told = ["import", command, "--coalition", "league", *reached, *rest]
        return CliRunner().invoke(app, told)

    return run


def refused(path: Path = Path("refused-roll-calls.csv")) -> list[list[str]]:
    with path.open(newline="") as rows:
        return list(csv.reader(rows))


def report(result: Result) -> Any:
    return orjson.loads(result.stdout)


def test_roll_calls_are_sent_and_counted(run: Run, wire: Wire) -> None:
    result = run("roll-calls", "samples/league", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert report(result) == {
        "import": "roll-calls",
        "coalition": "league",
        "read": {"roll_calls": 12, "votes": 61, "members": 8},
        "recorded": 1 + 6 + 2 + 8 + 61 + 12 * 5,
        "skipped": 0,
        "refused": 0,
    }
    assert len(wire.sent("TakeStance")) == 61
    coalition = str(Coalition.to_be_formed("league").id)
    assert {asked for _, asked, _ in wire.requests} == {coalition}
    assert wire.tokens == {"Bearer secret"}
    assert not Path("refused-roll-calls.csv").exists()


def test_people_read_a_sentence(run: Run) -> None:
    assert run("roll-calls", "samples/league").stdout == (
        "Read 12 roll calls, 61 votes, 8 members.\n138 recorded, 0 skipped, 0 refused.\n"
    )


def test_again_adds_nothing(run: Run, wire: Wire) -> None:
    run("roll-calls", "samples/league")
    again = report(run("roll-calls", "samples/league", "--json"))
    assert (again["recorded"], again["skipped"], again["refused"]) == (0, 138, 0)
    wire.decided = [str(rcid) for rcid in (*range(1, 11), 9001, 9002)]
    once_more = report(run("roll-calls", "samples/league", "--json"))
    assert (once_more["recorded"], once_more["skipped"]) == (0, 0)


def test_an_existing_coalition_is_joined(run: Run, wire: Wire) -> None:
    wire.coalitions["league"] = "00000000-0000-0000-0000-000000000007"
    run("roll-calls", "samples/league")
    assert {asked for _, asked, _ in wire.requests} == {wire.coalitions["league"]}
    assert wire.sent("FormCoalition") == []


def test_a_dry_run_sends_nothing(run: Run, wire: Wire) -> None:
    result = run("roll-calls", "samples/league", "--dry-run")
    assert result.stdout.endswith("Nothing sent, 0 refused.\n")
    assert (result.exit_code, wire.requests) == (0, [])


def spoil(folder: Path) -> None:
    votes = folder / "samples" / "league" / "votes.csv"
    votes.write_text(votes.read_text() + "1,=Ivo,IV,maybe\n1,=Ivo,IV,no,\n")


def test_refused_rows_go_to_a_file_and_the_rest_goes_on(run: Run, wire: Wire, folder: Path) -> None:
    spoil(folder)
    result = run("roll-calls", "samples/league")
    assert result.exit_code == 1
    assert "138 recorded, 0 skipped, 2 refused." in result.stdout
    assert "samples/league/votes.csv, line 63: 'maybe' is not yes, no or abstain." in result.stderr
    votes = "samples/league/votes.csv"
    assert refused() == [
        ["file", "line", "column", "reason", "detail"],
        [votes, "63", "", "unknown_vote", "''maybe' is not yes, no or abstain."],
        [votes, "64", "", "columns", "The row has 5 cells, not 4."],
    ]
    assert len(wire.sent("MakeDecision")) == 12


def test_strict_stops_at_the_first_before_anything_is_sent(
    run: Run, wire: Wire, folder: Path
) -> None:
    spoil(folder)
    result = run("roll-calls", "samples/league", "--strict", "--refused", "bad.csv")
    assert result.exit_code == 1
    assert "line 63" in result.stderr
    assert [row[1] for row in refused(Path("bad.csv"))] == ["line", "63"]
    assert wire.requests == []


def test_a_truncated_file_is_named_and_nothing_sent(run: Run, wire: Wire, folder: Path) -> None:
    votes = folder / "samples" / "league" / "votes.csv"
    votes.with_suffix(".csv.gz").write_bytes(gzip.compress(votes.read_bytes())[:-30])
    votes.unlink()
    result = run("roll-calls", "samples/league")
    assert result.exit_code == 1
    assert re.search(
        r"votes\.csv\.gz, line \d+: The file breaks off here\. .*Nothing was", result.stderr
    )
    assert (wire.requests, refused()[1][3]) == ([], "truncated")


def test_commands_that_a_rule_forbids_are_refused_rows(run: Run, wire: Wire) -> None:
    wire.forbids = frozenset({"TakeStance"})
    result = run("roll-calls", "samples/league")
    assert result.exit_code == 1
    assert len(refused()) == 62
    assert refused()[1] == [
        "samples/league/votes.csv",
        "2",
        "",
        "not_accredited",
        "TakeStance: No such member.",
    ]


def test_a_service_that_says_no_ends_the_import_in_its_words(run: Run, wire: Wire) -> None:
    wire.first = deque([problem(403, "not_allowed", "An import is for the chair.")])
    result = run("roll-calls", "samples/league")
    assert result.exit_code == 1
    assert "accord: An import is for the chair. (not_allowed)" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("roll-calls", "nowhere"),
        ("roll-calls", "samples"),
        ("roll-calls", "samples/league", "--coalition", "Not A Slug"),
        ("credits", "samples/thanks.json", "--on", "yesterday"),
        ("credits", "samples/thanks.json", "--on", "9999-01-01"),
        ("minutes", "nowhere.md"),
        ("minutes", "samples/league"),
    ],
)
def test_another_use_is_a_usage_error(run: Run, wire: Wire, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, wire.requests) == (2, [])


def test_minutes_are_sent_and_what_cannot_be_read_is_named(run: Run, wire: Wire) -> None:
    result = run("minutes", "samples/minutes", "samples/minutes/2011-04-15.md", "--json")
    assert result.exit_code == 1
    said = report(result)
    assert said["read"] == {"meetings": 4, "people": 15, "items": 5, "steps": 8}
    assert (said["refused"], said["refused_file"]) == (2, "refused-minutes.csv")
    assert [(row[0][-13:], row[3]) for row in refused(Path("refused-minutes.csv"))[1:]] == [
        ("2011-04-29.md", "nobody_present"),
        ("2011-04-15.md", "duplicate"),
    ]
    assert "'Waving from the ferry!' names nobody. (unclear)" in result.stderr
    assert len(wire.sent("ScheduleMeeting")) == 4
    assert len(wire.sent("RecordAttendance")) == 15


def test_credits_are_sent_for_the_day_they_speak_for(run: Run, wire: Wire) -> None:
    result = run("credits", "samples/thanks.json", "--on", "2024-02-01", "--json")
    assert report(result)["read"] == {"people": 3, "contributions": 4}
    assert report(result)["refused"] == 5
    assert {line["at"][:10] for line in wire.sent("RecordContribution")} == {"2024-02-01"}


def test_without_a_token_file_it_is_the_operators_of_the_data_folder(
    wire: Wire, folder: Path
) -> None:
    arguments = ["roll-calls", "samples/league", "--coalition", "league", "--url", wire.url]
    keyring.fill(folder / "data" / "secrets")
    given = CliRunner().invoke(app, ["import", *arguments, "--data", "data"])
    assert given.exit_code == 0
    (token,) = wire.tokens
    assert token.count(".") == 2
    absent = CliRunner().invoke(app, ["import", *arguments, "--data", "nowhere"])
    assert absent.exit_code == 1
    assert "accord up" in absent.stderr


def test_without_flags_the_settings_say_where_services_and_token_are(
    wire: Wire, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.fill(folder / "kept" / "secrets")
    monkeypatch.setenv("ACCORD_DATA", "kept")
    monkeypatch.setenv("ACCORD_HTTP__PORT", "9")
    for service in ("members", "meetings"):
        monkeypatch.setenv(f"ACCORD_PEERS__{service.upper()}", f"{wire.url}/{service}")
    arguments = ["roll-calls", "samples/league", "--coalition", "league"]
    result = CliRunner().invoke(app, ["import", *arguments])
    assert (result.exit_code, result.stderr) == (0, "")
    assert {service for service, _, _ in wire.requests} == {"members", "meetings"}


def test_stopping_says_how_to_go_on(folder: Path) -> None:
    with (
        pytest.raises(Failed, match="goes on where it was"),
        Import("minutes", "league", folder / "bad.csv", strict=False, as_json=False),
    ):
        raise KeyboardInterrupt
