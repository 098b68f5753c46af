"""`accord import csv` and `accord export`, as they are typed."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from accord.__main__ import app
from accord.sheets.columns import SHEETS
from tests.accord.wire import Wire

Run = Callable[..., Result]
COALITION = "00000000-0000-0000-0000-000000000007"
MEMBERS = "name,sector\nClinic,health\nSchool,education\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with a sheet and a token in it."""
    (tmp_path / "token").write_text("secret\n")
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "members.csv").write_text(MEMBERS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def run(wire: Wire, folder: Path) -> Run:
    reached = ["--coalition", "league", "--url", wire.url, "--token-file", str(folder / "token")]

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, *reached])

    return run


def report(result: Result) -> Any:
    return orjson.loads(result.stdout)


def test_a_folder_is_sent_and_counted(run: Run, wire: Wire) -> None:
    result = run("import", "csv", "table", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert report(result) == {
        "import": "csv", "coalition": "league", "read": {"members": 2}, "recorded": 2,
        "skipped": 0, "refused": 0,
    }  # fmt: skip
    assert [line["command"] for _, _, asked in wire.requests for line in asked] == [
        "FormCoalition", "AdmitMember",
    ]  # fmt: skip


@pytest.mark.parametrize("paths", [("members", "any.csv"), ("csv", "table/members.csv")])
def test_so_is_one_file(run: Run, wire: Wire, paths: tuple[str, str]) -> None:
    Path("any.csv").write_text(MEMBERS)
    assert run("import", *paths).stdout == "Read 2 members.\n2 recorded, 0 skipped, 0 refused.\n"
    assert len(wire.sent("AdmitMember")) == 1


def test_a_dry_run_sends_nothing(run: Run, wire: Wire) -> None:
    result = run("import", "csv", "table", "--dry-run")
    assert result.stdout == "Read 2 members.\nNothing sent, 0 refused.\n"
    assert (result.exit_code, wire.requests) == (0, [])


def test_a_bad_row_lets_nothing_be_sent(run: Run, wire: Wire, folder: Path) -> None:
    (folder / "table" / "people.csv").write_text("name,from\nAna,1.2.2026\nBo,=now()\n")
    result = run("import", "csv", "table")
    assert (result.exit_code, wire.requests) == (1, [])
    assert "Nothing was imported: mend the rows" in result.stderr
    assert "table/people.csv, line 2, column from: '1.2.2026' is not read" in result.stderr
    with (folder / "refused-csv.csv").open(newline="") as file:
        header, *found = csv.reader(file)
    assert header == ["file", "line", "column", "reason", "detail"]
    assert [row[:4] for row in found] == [
        ["table/people.csv", "2", "from", "not_a_date"],
        ["table/people.csv", "3", "from", "not_a_date"],
    ]


def test_a_damaged_file_is_named(run: Run, wire: Wire, folder: Path) -> None:
    (folder / "table" / "people.csv").write_bytes("name\nJos\u00e9\n".encode("cp1252"))
    result = run("import", "csv", "table")
    assert (result.exit_code, wire.requests) == (1, [])
    assert "people.csv, line 2: The line is not UTF-8. In the spreadsheet choose" in result.stderr


def test_what_is_there_is_left_out(run: Run, wire: Wire) -> None:
    wire.coalitions["league"] = COALITION
    wire.sheets["members"] = (
        b"id,name,kind,sector,from\r\n"
        b"00000000-0000-7000-8000-000000000001,CLINIC,organization,arts,2020-01-01\r\n"
    )
    wire.versions[f"coalition-{COALITION}"] = 3
    result = run("import", "csv", "table", "--json")
    assert result.exit_code == 0
    assert (report(result)["recorded"], report(result)["skipped"]) == (1, 1)
    assert "table/members.csv, line 2, column name, sector: The coalition" in result.stderr
    assert [line["body"]["name"]["text"] for line in wire.sent("AdmitMember")] == ["School"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "csv", "nowhere"),
        ("import", "csv", "empty"),
        ("import", "csv", "notes.csv"),
        ("import", "csv", "table", "again"),
        ("import", "members", "table"),
        ("import", "csv", "table", "--on", "2999-01-01"),
        ("export", "out", "--only", "everything"),
    ],
)
def test_another_use_is_a_usage_error(
    run: Run, wire: Wire, folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "empty").mkdir()
    (folder / "notes.csv").write_text(MEMBERS)
    shutil.copytree(folder / "table", folder / "again")
    result = run(*arguments)
    assert (result.exit_code, wire.requests) == (2, [])


def test_an_export_is_written_as_it_came(run: Run, wire: Wire, folder: Path) -> None:
    wire.coalitions["league"] = COALITION
    wire.sheets["people"] = b"id,name,email [withheld]\r\n1,Ana,\r\n"
    result = run("export", "out/of/here", "--json")
    assert report(result)["rows"] == {kind: int(kind == "people") for kind in SHEETS}
    assert "email is left out. It is for the chair and the operator." in result.stderr
    assert (folder / "out/of/here/people.csv").read_bytes() == wire.sheets["people"]
    assert sorted(path.name for path in (folder / "out/of/here").iterdir()) == sorted(
        f"{kind}.csv" for kind in SHEETS
    )
    again = run("export", "out/of/here", "--only", "people")
    assert (again.exit_code, "Say --replace" in again.stderr) == (1, True)
    assert run("export", "out/of/here", "--only", "people", "--replace").exit_code == 0


def test_an_export_is_of_one_moment(run: Run, wire: Wire) -> None:
    wire.coalitions["league"] = COALITION
    wire.written = 3
    assert run("export", "out").exit_code == 0
    assert len(set(wire.shown[-len(SHEETS) :])) == 1
    wire.written = 1_000
    result = run("export", "other")
    assert (result.exit_code, "Somebody is writing all the time" in result.stderr) == (1, True)
    assert not Path("other").exists()
