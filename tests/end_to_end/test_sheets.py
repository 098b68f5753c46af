"""Sheets out of a living coalition and into another: the same bytes, the same pages, once."""

import asyncio
import csv
import os
import re
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import Suite

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "exchange-sheets.md"
KINDS = (
    "constituencies", "people", "issues", "members", "bodies", "accreditations", "seats",
    "positions",
)  # fmt: skip
MANY = 5_000
READ = ("members", "bodies", "people", "issues", "constituencies")


async def accord(suite: Suite, folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the command in a folder; return its exit code, what it said, and its remarks."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", *arguments, "--url", suite.url, "--data", str(suite.data),
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, remarks = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(), remarks.decode()


async def brought(suite: Suite, folder: Path, *arguments: str) -> dict[str, Any]:
    """Import, and return what the command says of itself."""
    code, said, remarks = await accord(suite, folder, "import", *arguments, "--json")
    assert said, remarks
    report: dict[str, Any] = orjson.loads(said) | {"code": code, "remarks": remarks}
    return report


async def exported(suite: Suite, folder: Path, slug: str, name: str) -> dict[str, bytes]:
    code, _, remarks = await accord(suite, folder, "export", name, "--coalition", slug)
    assert (code, remarks) == (0, "")
    return {kind: (folder / name / f"{kind}.csv").read_bytes() for kind in KINDS}


async def grown(running: Suite) -> Coalition:
    """Make a coalition in which much has happened, with words that a CSV file has to mind."""
    league = await form(running, "sheets", chair="Clinic")

    async def do(path: str, body: Any, name: str = "Clinic") -> dict[str, Any]:
        receipt: dict[str, Any] = await league.post("members", path, body, name)
        return receipt

    parents = key_of(
        await do(
            "constituencies",
            {"name": text("Parents; all of them"), "kind": "families", "least_well_served": True,
             "implementer": False, "historically_excluded": True, "seats_wanted": 2},
        )
    )  # fmt: skip
    await league.admit("=SUM(School)", constituencies=[parents])
    await league.admit("Union", name={"lang": "de", "text": 'Bund "der"\nPförtner, e. V.'})
    await league.admit("Library", commitment="voice_only", voting_right=False)
    await league.admit("Old Club")
    await league.admit("Quiet Club")
    teacher = key_of(
        await do("people", {"name": text("Tea Cher"), "contact": text("tea@x.org"), "locale": "pt"})
    )
    await do(
        "members",
        {"name": text("Tea Cher"), "kind": "person", "sector": "education", "constituencies": [],
         "commitment": "homework", "voting_right": True, "ground_rules": 0, "person": teacher},
    )  # fmt: skip
    await do(f"members/{league.orgs['Library']}/commitments", {"level": "observer"}, "Library")
    meals, buses = [
        key_of(await do("issues", {"name": text(name), "summary": text(summary)}, by))
        for name, summary, by in (
            ("School meals", "-What pupils eat\nand when", "Clinic"), ("Buses", "@Ways", "Union"),
        )
    ]  # fmt: skip
    await do(f"issues/{buses}/scopes", {"scope": "out", "reason": text("Not ours.")})
    for name, path, told in (
        ("Clinic", "positions", {"position": "support", "reason": text("+Health")}),
        ("=SUM(School)", "positions", {"position": "oppose", "reason": text("'Money'")}),
        ("=SUM(School)", "position-changes", {"to": "can_live_with", "reason": text("Half; ok")}),
        ("Clinic", "position-changes", {"to": "no_position", "reason": text("\u00dcber Nacht")}),
        ("=SUM(School)", "position-changes", {"to": "oppose", "reason": text("Money, again")}),
    ):
        await do(f"issues/{meals}/{path}", told, name)
    group = key_of(
        await do("bodies", {"name": text("Meals group"), "kind": "working_group", "scope": "all"})
    )
    await do(f"bodies/{group}/mandates", {"scope": sorted([meals, buses])})
    steering = key_of(
        await do("bodies", {"name": text("Steering"), "kind": "steering", "scope": "all"})
    )
    gone = key_of(
        await do("bodies", {"name": text("Picnic"), "kind": "working_group", "scope": "all"})
    )
    await do(f"bodies/{gone}/dissolutions", {"reason": text("Eaten.")})
    seats = [str(running.new_id()) for _ in range(2)]
    await do(f"bodies/{steering}/seats", {"seat": seats[0], "constituency": parents})
    await do(f"bodies/{steering}/seats", {"seat": seats[1]})
    await do(f"bodies/{steering}/seatings", {"seat": seats[0], "org": league.orgs["=SUM(School)"]})
    school = league.orgs["=SUM(School)"]
    first, second = str(running.new_id()), str(running.new_id())
    named = {"body": group, "authority": "full", "executive": True}
    await do(
        f"members/{school}/accreditations",
        named | {"accreditation": first, "person": teacher, "voting": True, "until": "2999-12-31"},
        "=SUM(School)",
    )
    await do(
        f"members/{school}/replacements",
        named | {"accreditation": second, "person": teacher, "voting": False, "ended": first},
        "=SUM(School)",
    )
    for role, until in (("scribe", "2031-05-06"), ("facilitator", None)):
        taken = {"role": role, "accreditation": second} | ({"until": until} if until else {})
        await do(f"bodies/{group}/roles", taken, "=SUM(School)")
    club = league.orgs["Old Club"]
    await do(
        f"members/{club}/endings",
        {"accreditation": league.accreditations["Old Club"], "reason": "moved"}, "Clinic",
    )  # fmt: skip
    await do(f"members/{club}/departures", {"reason_code": "goals", "note": text("=Bye")})
    receipt = await do(
        f"members/{league.orgs['Quiet Club']}/suspensions", {"reason": text("Silent; for long")}
    )
    await league.settled(f"members/{receipt['position']}")
    return league


async def shown(suite: Suite, slug: str) -> dict[str, Any]:
    """Return what people are shown, without the places in the journal."""
    found: dict[str, Any] = {}
    for what in READ:
        path = f"/members/api/v1/coalitions/{slug}/{what}"
        limit = "?limit=200" if what in {"members", "people", "issues"} else ""
        answer = await suite.get(f"{path}{limit}", "operator")
        assert answer.status_code == 200, answer.text
        found[what] = sorted(answer.json()["items"], key=lambda row: str(row["id"]))
    for row in found["members"] + found["issues"]:
        kind = "issues" if row in found["issues"] else "members"
        path = f"/members/api/v1/coalitions/{slug}/{kind}/{row['id']}"
        row["whole"] = (await suite.get(path, "operator")).json()
    return {what: _unplaced(rows) for what, rows in found.items()}


def _unplaced(shown: Any) -> Any:
    if isinstance(shown, list):
        return [_unplaced(row) for row in shown]
    if isinstance(shown, dict):
        return {
            name: _unplaced(part) for name, part in shown.items() if name not in {"ref", "refs"}
        }
    return shown


async def test_a_round_trip_gives_the_same_bytes_and_the_same_pages(
    running: Suite, tmp_path: Path
) -> None:
    await grown(running)
    out = await exported(running, tmp_path, "sheets", "out")
    report = await brought(running, tmp_path, "csv", "out", "--coalition", "sheets-copy")
    assert (report["code"], report["refused"]) == (0, 0), report
    assert report["recorded"] > report["read"]["members"]
    back = await exported(running, tmp_path, "sheets-copy", "back")
    for kind in KINDS:
        assert len(out[kind].splitlines()) > 1, kind
        assert back[kind] == out[kind]
    assert await shown(running, "sheets-copy") == await shown(running, "sheets")
    for slug in ("sheets-copy", "sheets"):
        again = await brought(running, tmp_path, "csv", "out", "--coalition", slug)
        told = (again["code"], again["recorded"], again["refused"], again["remarks"])
        assert told == (0, 0, 0, ""), slug
    for kind in KINDS:
        one = await brought(
            running, tmp_path, kind, f"out/{kind}.csv", "--coalition", "sheets-copy"
        )
        assert (one["code"], one["recorded"], one["refused"]) == (0, 0, 0), kind


async def test_who_may_not_see_addresses_is_told_so(running: Suite, tmp_path: Path) -> None:
    league = await form(running, "sheets-formal")
    position = await league.admit("School")
    await league.settled(f"members/{position}")
    await league.post("members", "operating-modes", {"mode": "formal"}, "Clinic")
    (tmp_path / "token").write_text(running.token(mail("School")))
    where = ("--coalition", "sheets-formal", "--token-file", "token")
    code, said, remarks = await accord(running, tmp_path, "export", "mine", *where)
    assert (code, "mine/people.csv: 2 rows" in said) == (0, True), remarks
    assert remarks == (
        "mine/people.csv: email is left out. It is for the chair and the operator.\n"
    )
    people = tmp_path / "mine" / "people.csv"
    assert "@" not in people.read_text()
    assert people.stat().st_mode & 0o777 == 0o600
    code, _, remarks = await accord(running, tmp_path, "export", "mine", *where)
    assert (code, "--replace" in remarks) == (1, True)
    code, _, remarks = await accord(running, tmp_path, "import", "csv", "mine", *where)
    assert (code, "An import is for the operator" in remarks) == (1, True)
    code, _, remarks = await accord(running, tmp_path, "export", "no", "--coalition", "nowhere")
    assert (code, "There is no coalition nowhere" in remarks) == (1, True)
    assert not (tmp_path / "no").exists()


async def test_bad_rows_are_named_and_nothing_is_written(running: Suite, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("name;from\nClinic;2020-01-01\nSchool;12.03.2020\n")
    report = await brought(running, tmp_path, "members", "members.csv", "--coalition", "sheets-bad")
    assert (report["code"], report["refused"]) == (1, 1)
    assert "members.csv, line 3, column from: '12.03.2020' is not read" in report["remarks"]
    with (tmp_path / "refused-members.csv").open(newline="") as file:
        (_, row) = csv.reader(file)
    assert row[:4] == ["members.csv", "3", "from", "not_a_date"]
    answer = await running.get("/members/api/v1/coalitions/sheets-bad", "operator")
    assert answer.status_code == 404


def write_many(folder: Path) -> None:
    """Write four files of 5,000 rows."""

    def write(kind: str, header: str, rows: list[list[str]]) -> None:
        with (folder / f"{kind}.csv").open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(header.split(","))
            lines.writerows(rows)

    day, places = "2020-02-03", range(MANY)
    write("people", "name,email,from", [[f"P {n}", f"p{n}@example.org", day] for n in places])
    write("members", "name,sector,from", [[f"Org {n}", "health", day] for n in places])
    write(
        "accreditations", "organisation,person,role,from",
        [[f"Org {n}", f"P {n}", "scribe" if n % 10 == 0 else "", day] for n in places],
    )  # fmt: skip
    write("issues", "name,from", [[f"Issue {n}", day] for n in range(50)])
    write(
        "positions", "issue,organisation,position,reason,from",
        [[f"Issue {n % 50}", f"Org {n // 2}", "support", f"Because {n}.", day] for n in places],
    )  # fmt: skip


@pytest.mark.timeout(600)
async def test_files_of_5000_rows(running: Suite, tmp_path: Path) -> None:
    write_many(tmp_path)
    where = ("--coalition", "sheets-many")
    await brought(running, tmp_path, "issues", "issues.csv", *where)
    more = {"people": 0, "members": 0, "accreditations": MANY // 10, "positions": 0}
    for kind, roles in more.items():
        began = time.monotonic()
        report = await brought(running, tmp_path, kind, f"{kind}.csv", *where)
        print(f"\n{MANY:,} {kind}: imported in {time.monotonic() - began:.1f} s", end="")  # noqa: T201 - how long it takes
        assert (report["code"], report["recorded"], report["refused"]) == (0, MANY + roles, 0)
        assert report["read"] == {kind: MANY}
    began = time.monotonic()
    await exported(running, tmp_path, "sheets-many", "out")
    print(f"\n{4 * MANY:,} rows and 51 more: exported in {time.monotonic() - began:.1f} s", end="")  # noqa: T201 - how long it takes
    began = time.monotonic()
    again = await brought(running, tmp_path, "csv", ".", *where)
    print(f"\nall of them again: {time.monotonic() - began:.1f} s")  # noqa: T201 - how long it takes
    assert (again["code"], again["recorded"], again["skipped"]) == (0, 0, 4 * MANY + 50)


async def test_the_guide_works(running: Suite, tmp_path: Path) -> None:
    page = GUIDE.read_text()
    (tmp_path / "table").mkdir()
    files = re.findall(r"^`(table/\w+\.csv)`\n\n```csv\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert len(files) == 7
    for name, content in files:
        (tmp_path / name).write_text(content)
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    for command in (line for block in blocks for line in block.splitlines()):
        program, *arguments = shlex.split(command)
        assert program == "accord"
        code, said, remarks = await accord(running, tmp_path, *arguments)
        assert (code, "0 refused" in said or "rows" in said) == (0, True), f"{command}: {remarks}"
        assert remarks == "", command
    members = (tmp_path / "harbour" / "members.csv").read_text("utf-8-sig").splitlines()
    assert len(members) == 4
    moved = await exported(running, tmp_path, "harbour-moved", "moved")
    for kind in KINDS:
        kept = (tmp_path / "harbour" / f"{kind}.csv").read_bytes().removeprefix(b"\xef\xbb\xbf")
        assert moved[kind] == kept
