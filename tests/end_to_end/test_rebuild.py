"""Read models rebuilt while people read: nobody fails, and nobody sees half of one."""

import asyncio
import contextlib
import json
import os
import re
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from tests.end_to_end import test_imports
from tests.end_to_end.imports import caught_up, imported
from tests.suite import Suite, suite

pytestmark = pytest.mark.servers
GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "rebuild-read-models.md"
SLUGS = ("assembly", "council")
ROLL_CALLS = 60
REPORTS = ("decision-register.json", "decision-register.csv", "who-decided-what.json")
READERS = 4


@dataclass(frozen=True)
class House:
    """A running suite with some history, and the database behind its reports."""

    suite: Suite
    db: asyncpg.Connection

    async def accord(self, *arguments: str) -> tuple[int, str]:
        """Run the command, and return its exit code and all it said."""
        process = await self.begin(*arguments)
        said, remarks = await process.communicate()
        assert process.returncode is not None
        return process.returncode, (said + remarks).decode()

    async def begin(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "accord", *arguments,
            "--url", self.suite.url, "--data", str(self.suite.data),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def current(self) -> str:
        found: str = await self.db.fetchval(
            "select schema from inbox.model where state = 'current'"
        )
        return found

    async def reader(self, schema: str) -> str:
        found: str = await self.db.fetchval(
            "select reader from inbox.model where schema = $1", schema
        )
        return found

    async def schemas(self) -> set[str]:
        rows = await self.db.fetch(
            "select nspname from pg_namespace where nspname ~ '^views(_[0-9]+)?$'"
        )
        return {row["nspname"] for row in rows}

    async def digests(self, schema: str) -> dict[tuple[str, str], tuple[int, str]]:
        """Return a digest per table and coalition, made in the plainest way."""
        tables = await self.db.fetch(
            "select tablename from pg_tables where schemaname = $1", schema
        )
        found: dict[tuple[str, str], tuple[int, str]] = {}
        for (table,) in tables:
            rows = await self.db.fetch(
                f"select coalition_id::text, count(*), md5(string_agg(t::text, E'\\n' order by t::text))"  # noqa: S608, E501 - names from the catalogue; one line of SQL
                f" from {schema}.{table} t group by 1"
            )
            found |= {(table, row[0]): (row[1], row[2]) for row in rows}
        return found

    async def read(self, slug: str, report: str) -> bytes:
        path = f"/transparency/api/v1/coalitions/{slug}/reports/{report}"
        answer = await self.suite.get(path, "operator", limit=100)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.content

    async def all_reports(self) -> dict[tuple[str, str], bytes]:
        return {(s, r): await self.read(s, r) for s in SLUGS for r in REPORTS}


def admin_of(data: Path) -> tuple[str, str]:
    """Return the address and password of who may do everything in the database."""
    told = json.loads((data / "settings-of-services.json").read_text())
    return told["ACCORD_ADMIN__DSN"], Path(told["ACCORD_ADMIN__PASSWORD_FILE"]).read_text().strip()


async def opened(data: Path) -> asyncpg.Connection:
    """Return a connection that may do everything, to the database behind the reports."""
    dsn, password = admin_of(data)
    return await asyncpg.connect(dsn, database="accord_transparency", password=password)


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("source") / "assembly"
    test_imports.write_assembly(folder)
    async with suite(ACCORD_DEMO="true") as running:
        for slug in SLUGS:
            report = await imported(running, "roll-calls", folder, slug=slug)
            assert report["code"] == 0, report
        for slug in SLUGS:
            await caught_up(running, slug, ROLL_CALLS)
        db = await opened(running.data)
        yield House(running, db)
        await db.close()


class Reading:
    """People who read all reports again and again; what they got is compared at the end."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopping = False
        self.answers: dict[tuple[str, str], list[bytes]] = {}
        self.failed: list[str] = []

    async def _one(self, offset: int) -> None:
        wanted = [(slug, report) for slug in SLUGS for report in REPORTS]
        turn = offset
        while not self._stopping:
            slug, report = wanted[turn % len(wanted)]
            turn += 1
            try:
                answer = await self._house.read(slug, report)
            except (AssertionError, OSError) as error:
                self.failed.append(str(error))
            else:
                self.answers.setdefault((slug, report), []).append(answer)

    @contextlib.asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._one(n * 2)) for n in range(READERS)]
        await asyncio.sleep(0.5)
        try:
            yield
        finally:
            self._stopping = True
            await asyncio.gather(*tasks)
        for wanted, answer in (await self._house.all_reports()).items():
            self.answers.setdefault(wanted, []).append(answer)

    def saw(self, before: Mapping[Any, bytes], after: Mapping[Any, bytes]) -> None:
        """Check that nobody failed, and that each saw the one until they saw the other."""
        assert self.failed == []
        assert sum(map(len, self.answers.values())) > 2 * len(before)
        for wanted, answers in self.answers.items():
            assert {before[wanted], after[wanted]} >= set(answers), wanted
            assert answers[-1] == after[wanted], wanted


def commands(page: Path) -> list[list[str]]:
    """Return the commands in the blocks of a page, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
    found = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert all(command[0] == "accord" for command in found)
    return [command[1:] for command in found]


def facts(said: str, what: str) -> list[dict[str, Any]]:
    """Return what a command said of one kind, with --json."""
    lines = [orjson.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [line for line in lines if line["what"] == what]


async def test_a_rebuilt_one_is_the_same_and_switched_to_in_a_moment(house: House) -> None:
    before = await house.all_reports()
    reading = Reading(house)
    async with reading.under_way():
        code, said = await house.accord("rebuild", "transparency", "--json")
    assert code == 0, said
    [switched] = facts(said, "switched")
    assert switched["milliseconds"] < 1_000  # it takes 2 to 8; a busy machine may hold it up
    assert await house.current() == switched["schema"] != switched["before"] == "views"
    assert facts(said, "compared")
    assert all(each["first"] is None for each in facts(said, "compared"))
    assert await house.digests(switched["schema"]) == await house.digests("views")
    reading.saw(before, await house.all_reports())
    await house.accord("rebuild", "transparency", "--drop-old")
    assert await house.schemas() == {switched["schema"]}


async def test_a_difference_is_named_and_not_switched_to_unless_accepted(house: House) -> None:
    live = await house.current()
    whole = await house.all_reports()
    coalition = await house.db.fetchval(
        "select coalition_id from tenancy.coalition where slug = 'council'"
    )
    proposal = await house.db.fetchval(
        f"select proposal from {live}.proposal where coalition_id = $1"  # noqa: S608 - a schema of ours
        " order by proposal offset 7 limit 1",
        coalition,
    )
    await house.db.execute(
        f'update {live}.proposal set title = \'{{"lang": "en", "text": "Planted"}}\''  # noqa: S608 - a schema of ours
        " where coalition_id = $1 and proposal = $2",
        *(coalition, proposal),
    )
    broken = await house.all_reports()
    assert broken["council", REPORTS[1]] != whole["council", REPORTS[1]]
    for command in (("doctor",), ("rebuild",)):
        code, said = await house.accord(*command, "transparency", "--json")
        assert code == 1, said
        differing = [each for each in facts(said, "compared") if each["first"] is not None]
        assert [(each["table"], each["coalition"]) for each in differing] == [
            ("proposal", str(coalition))
        ]
        assert differing[0]["first"] == f"proposal={proposal}"
        assert await house.current() == live
    kept = await house.schemas()
    reading = Reading(house)
    async with reading.under_way():
        code, said = await house.accord(
            "rebuild", "transparency", "--accept-differences", "A title was planted.", "--json"
        )
    assert code == 0, said
    [switched] = facts(said, "switched")
    assert kept == {live, switched["schema"]}  # the same one, not filled again
    reading.saw(broken, whole)
    note = await house.db.fetchval("select note from inbox.model where state = 'current'")
    assert note == "A title was planted."


async def test_back_and_forth_under_traffic(house: House) -> None:
    after = await house.all_reports()
    for _ in range(2):
        before, reading = after, Reading(house)
        async with reading.under_way():
            code, said = await house.accord("rebuild", "transparency", "--back", "--json")
            assert code == 0, said
        after = await house.all_reports()
        assert before != after
        reading.saw(before, after)


async def test_what_is_recorded_meanwhile_is_in_both(house: House) -> None:
    folder = house.suite.data.parent / "more"
    test_imports.write_assembly(folder)
    report = await imported(house.suite, "roll-calls", folder, slug="latecomers")
    assert report["code"] == 0, report
    await caught_up(house.suite, "latecomers", ROLL_CALLS)
    schemas = await house.schemas()
    assert len(schemas) == 2
    coalition = await house.db.fetchval(
        "select coalition_id::text from tenancy.coalition where slug = 'latecomers'"
    )
    for _ in range(100):
        first, second = [
            {key: value for key, value in (await house.digests(one)).items() if coalition in key}
            for one in schemas
        ]
        if first == second:
            break
        await asyncio.sleep(0.1)
    assert first == second
    assert first["decision", coalition][0] == ROLL_CALLS


async def test_the_old_one_is_dropped_under_traffic(house: House) -> None:
    live = await house.current()
    before, reading = await house.all_reports(), Reading(house)
    async with reading.under_way():
        code, said = await house.accord("rebuild", "transparency", "--drop-old", "--json")
    assert code == 0, said
    assert await house.schemas() == {live}
    reading.saw(before, before)
    readers = await house.db.fetch("select distinct reader from inbox.cursor")
    assert [row["reader"] for row in readers] == [await house.reader(live)]
    code, said = await house.accord("rebuild", "transparency", "--back")
    assert (code, "No earlier read model is kept" in said) == (1, True), said


async def test_a_killed_rebuild_goes_on_where_it_was(house: House) -> None:
    live = await house.current()
    process = await house.begin("rebuild", "transparency", "--json")
    assert process.stdout is not None
    pid = facts((await process.stdout.readline()).decode(), "started")[0]["pid"]
    read = (
        "select m.schema, sum(c.position)::int as done from inbox.model m"
        " join inbox.cursor c using (reader) where m.state = 'building' group by 1"
    )
    for _ in range(5_000):
        if (row := await house.db.fetchrow(read)) is not None and row["done"]:
            break
        await asyncio.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    _, remarks = await process.communicate()
    assert process.returncode == 1
    assert "The same command goes on where it was" in remarks.decode()
    row = await house.db.fetchrow(read)
    assert row is not None
    total = await house.db.fetchval(
        "select sum(position)::int from inbox.cursor where reader = $1", await house.reader(live)
    )
    assert 0 < row["done"] < total, "it was killed in the middle"
    assert await house.current() == live
    code, again = await house.accord("rebuild", "transparency", "--json")
    assert code == 0, again
    assert facts(again, "building")[0]["schema"] == row["schema"]
    assert facts(again, "filling")[0]["done"] >= row["done"]
    assert await house.current() == row["schema"]
    assert await house.digests(row["schema"]) == await house.digests(live)


async def test_several_processes_fill_what_one_fills(house: House) -> None:
    before = await house.current()
    code, said = await house.accord("rebuild", "transparency", "--processes", "3", "--json")
    assert code == 0, said
    assert await house.current() != before
    assert await house.digests(await house.current()) == await house.digests(before)


async def test_a_restart_changes_nothing_of_it(house: House) -> None:
    live, before = await house.current(), await house.all_reports()
    await house.db.close()
    await house.suite.stop()
    await house.suite.start(ACCORD_DEMO="true")
    object.__setattr__(house, "db", await opened(house.suite.data))
    assert await house.current() == live
    assert await house.all_reports() == before
    code, said = await house.accord("doctor")
    assert code == 0, said
    assert said.count("is what its events give.") == 4


async def test_dropped_tables_are_missed_never_wrong_and_rebuilt(house: House) -> None:
    before, live = await house.all_reports(), await house.current()
    path = f"/transparency/api/v1/coalitions/{SLUGS[0]}/reports/{REPORTS[0]}"
    await house.db.execute(f"drop schema {live} cascade")
    answer = await house.suite.get(path, "operator")
    assert (answer.status_code, answer.json()["reason"]) == (503, "view_missing")
    code, said = await house.accord("rebuild", "transparency")
    assert code == 0, said
    assert await house.all_reports() == before
    code, said = await house.accord("rebuild", "transparency", "--back")
    assert (code, "No earlier read model is kept" in said) == (1, True), said


async def test_the_commands_of_the_guide_work(house: House) -> None:
    for command in commands(GUIDE):
        code, said = await house.accord(*command)
        assert code == 0, f"{command}: {said}"


async def test_only_the_operator_may(house: House) -> None:
    for person in ("somebody@example.org", None):
        answer = await house.suite.post("/transparency/internal/models/rebuild", {}, person)
        assert answer.status_code == (401 if person is None else 403), answer.text
