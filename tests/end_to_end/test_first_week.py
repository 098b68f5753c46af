"""The coordinator's first week as it is told: its commands run, its pages hold what it names."""

import os
import re
import shlex
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.suite import Suite
from tests.web.browsing import Person, Shown

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "get-the-table-ready.md"
CHAIR = "ana@clinic.example"
ROW = re.compile(r"^\| (?P<page>[A-Z][^|]+?) \| [^|]+ \| (?P<opens>[A-Z][^|]+?) \|$", re.MULTILINE)


async def accord(suite: Suite, folder: Path, command: str) -> str:
    """Run a command of the guide in a folder; return what it said."""
    program, *arguments = shlex.split(command)
    assert program == "accord"
    here = ["--data", str(suite.data)]
    if arguments[0] != "token":
        here += ["--url", suite.url]
    process = await create_subprocess_exec(
        sys.executable, "-m", "accord", *arguments, *here, cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    said, remarks = await process.communicate()
    assert (process.returncode, remarks) == (0, b""), f"{command}: {remarks.decode()}"
    return said.decode()


def files(page: str) -> Iterator[tuple[str, str]]:
    """Yield the names and contents of the sheets."""
    yield from re.findall(
        r"^`(week/\w+\.csv)`\n\n```csv\n(.*?)^```$", page, re.DOTALL | re.MULTILINE
    )


async def follow(person: Person, way: str) -> Shown:
    """Open a page as people find it: each name is a link on the page before."""
    shown = await person.open("")
    for name in way.split(": "):
        [href] = {link.attributes["href"] for link in shown.page.all("a") if link.words == name}
        shown = await person.open(href.removeprefix(person.root))
        assert shown.status == 200, way
    return shown


@pytest.mark.timeout(300)
async def test_the_first_week_goes_as_it_is_told(running: Suite, tmp_path: Path) -> None:
    page = GUIDE.read_text()
    (tmp_path / "week").mkdir()
    for name, content in files(page):
        (tmp_path / name).write_text(content)
    commands = re.findall(r"^accord .*$", page, re.MULTILINE)
    assert len(commands) == 4
    said = {command: await accord(running, tmp_path, command) for command in commands}
    assert "0 refused" in said[commands[1]]
    assert "/sign-in?token=" in said[commands[2]]
    assert (tmp_path / "friday" / "members.csv").exists()
    named = [match.group("page", "opens") for match in ROW.finditer(page)]
    assert len(named) == 14
    async with Person(running, CHAIR, "/c/first-week") as ana:
        for way, opens in named:
            shown = await follow(ana, way)
            titles = [summary.words for summary in shown.page.all("summary")]
            assert opens in titles, (way, titles)
        roster = await ana.open("/organisations")
        assert "Nobody yet." in roster.words
        assert "Ana Ruiz Plenary · Chair · full mandate" in roster.words
