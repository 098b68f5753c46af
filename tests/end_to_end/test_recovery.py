"""The log is lost in parts, and recovered by the commands of the guide."""

import asyncio
import re
import shlex
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.tlog.about import About, read_about
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note
from shared.tlog.policy import Policy
from shared.tlog.tiles import bundles
from tests.end_to_end.coalition import Coalition, form
from tests.end_to_end.test_rebuild import admin_of
from tests.suite import Suite, suite

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "recover-the-log.md"
TABLES = "entry", "tile", "checkpoint", "cosignature", "inconsistency", "log"
NOW = 4_000_000_000


@dataclass
class House:
    """A suite whose log can be lost."""

    suite: Suite
    table: Coalition
    commands: Sequence[str]

    async def accord(self, line: str, **words: str) -> tuple[int, str]:
        """Type a command of the guide; return its exit code and all it said."""
        assert line in self.commands, line
        for word, meant in words.items():
            line = re.sub(rf"\b{word}\b", meant, line)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *shlex.split(line),
            "--url", self.suite.url, "--data", str(self.suite.data),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()

    async def doctor(self) -> tuple[int, str]:
        return await self.accord("accord doctor audit")

    async def repair(self, case: str, **words: str) -> tuple[int, str]:
        line = next(each for each in self.commands if f"--case {case}" in each)
        return await self.accord(line, SLUG=self.table.slug, **words)

    async def log(self) -> dict[str, Any]:
        answer = await self.suite.get(f"/audit/api/v1/coalitions/{self.table.slug}/log", "operator")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def sealed(self, beyond: int = 0) -> dict[str, Any]:
        """Return the log once everything that came is published, and that is more than this."""
        async with asyncio.timeout(40):
            while True:
                answer = await self.suite.get(
                    f"/audit/api/v1/coalitions/{self.table.slug}/log", "operator"
                )
                log: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
                if (log.get("size") or 0) > beyond and log["size"] == log["kept"]:
                    return log
                await asyncio.sleep(0.2)

    async def until(self, state: str) -> None:
        async with asyncio.timeout(40):
            while (await self.state()) != state:  # noqa: ASYNC110 - another process says nothing
                await asyncio.sleep(0.2)

    async def state(self) -> str | None:
        answer = await self.suite.get(f"/audit/api/v1/coalitions/{self.table.slug}/log", "operator")
        if answer.status_code != 200:
            return None
        state: str = answer.json()["state"]
        return state

    async def raw(self, path: str) -> bytes:
        """Return a file of the log."""
        log_id = (await self.log())["origin"].rpartition("/")[2]
        answer = await self.suite.get(f"/audit/c/{log_id}/{path}", "operator")
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.content

    async def again(self) -> None:
        await self.suite.stop()
        await self.suite.start(ACCORD_DEMO="true")

    async def lose_database(self) -> None:
        dsn, password = admin_of(self.suite.data)
        db = await asyncpg.connect(dsn, database="accord_audit", password=password)
        for table in (*(f"log.{each}" for each in TABLES), "inbox.cursor", "inbox.parked"):
            await db.execute(f"delete from {table}")  # noqa: S608 - tables of ours
        await db.close()


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    commands = [line for block in blocks for line in block.splitlines()]
    async with suite(ACCORD_DEMO="true") as running:
        table = await form(running, "lost-and-found")
        made = House(running, table, commands)
        await table.admit("Union")
        yield made


async def test_a_whole_log_is_left_alone(house: House) -> None:
    before = await house.sealed()
    code, said = await house.doctor()
    assert (code, f"equal: {before['size']} entries" in said) == (0, True), said
    code, said = await house.repair("database-lost")
    assert (code, "not what is wrong" in said) == (1, True), said
    assert (await house.sealed())["checkpoint"] == before["checkpoint"]
    ready = await house.suite.get("/audit/readyz", None)
    assert "frozen" not in ready.json()


async def test_the_audit_database_is_lost(house: House) -> None:
    before = await house.sealed()
    await house.lose_database()
    await house.again()
    await house.until("frozen")
    ready = await house.suite.get("/audit/readyz", None)
    assert (ready.status_code, len(ready.json()["frozen"])) == (200, 1)
    code, said = await house.doctor()
    assert (code, "database-lost" in said) == (1, True), said
    code, said = await house.repair("database-lost")
    assert code == 0, said
    after = await house.sealed()
    assert (after["origin"], after["checkpoint"]) == (before["origin"], before["checkpoint"])
    code, said = await house.doctor()
    assert code == 0, said


async def test_a_key_is_replaced_in_good_time(house: House) -> None:
    before = await house.sealed()
    code, said = await house.accord("accord audit new-key SLUG", SLUG=house.table.slug)
    assert (code, f"key {before['vkey']} from 0\n" in said) == (0, True), said
    both = read_about(Note.parse(await house.raw("about")), NOW)
    assert len(both.current) == 2
    code, said = await house.accord("accord audit new-key SLUG", SLUG=house.table.slug)
    assert (code, "two keys sign already" in said) == (1, True), said
    await house.table.admit("Library")
    log = await house.sealed(before["size"])
    Note.parse(log["checkpoint"].encode()).verified(both.current, NOW)
    assert log["checkpoint"].count("\N{EM DASH} ") == 2
    code, said = await house.accord("accord audit end-old-key SLUG", SLUG=house.table.slug)
    assert (code, f"until {log['size']}\n" in said) == (0, True), said
    policy = Policy.parse(await house.raw("policy"))
    assert [each.until for each in policy.logs] == [log["size"], None]
    await house.table.admit("Bakery")
    after = await house.sealed(log["size"])
    assert after["checkpoint"].count("\N{EM DASH} ") == 1
    assert policy.judge(after["checkpoint"].encode(), NOW).log.key == both.current[1]


async def test_the_signer_is_lost(house: House) -> None:
    before = await house.sealed()
    await house.suite.stop()
    shutil.rmtree(house.suite.data / "signer")
    await house.suite.start(ACCORD_DEMO="true")
    await house.until("frozen")
    code, said = await house.doctor()
    assert (code, "signer-lost" in said) == (1, True), said
    code, said = await house.repair("signer-lost")
    assert code == 0, said
    assert await house.state() == "open"
    about = read_about(Note.parse(await house.raw("about")), NOW)
    assert [(str(term.key), term.until) for term in about.terms][-2:] == [
        (before["vkey"], before["size"]), ((await house.log())["vkey"], None),
    ]  # fmt: skip


async def test_database_and_signer_are_lost(house: House, tmp_path: Path) -> None:
    await house.again()
    last = (await house.log())["size"]
    await house.table.admit("Parents")
    before = await house.sealed(last)
    note = Note.parse(await house.raw("checkpoint"))
    about = About.parse(Note.parse(await house.raw("about")).text)
    for path in ("checkpoint", "about", *(each.path for each in bundles(before["size"]))):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(await house.raw(path))
    await house.suite.stop()
    shutil.rmtree(house.suite.data / "signer")
    await house.suite.start(ACCORD_DEMO="true")
    await house.lose_database()
    await house.again()
    words = {"COPY": str(tmp_path), "VKEY": before["vkey"]}

    first = tmp_path / next(bundles(before["size"])).path
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    code, said = await house.repair("both-lost", **words)
    assert (code, "do not lead to the root" in said) == (1, True), said
    first.write_bytes(whole)
    code, said = await house.repair("both-lost", **words)
    assert code == 0, said
    after = await house.sealed()
    assert (after["origin"], after["kept"], after["state"]) == (
        before["origin"], before["size"], "open",
    )  # fmt: skip
    found = Checkpoint.parse(Note.parse(await house.raw("checkpoint")).text)
    assert found == Checkpoint.parse(note.text)
    known = [str(term.key) for term in read_about(Note.parse(await house.raw("about")), NOW).terms]
    assert known == [*(str(term.key) for term in about.terms), after["vkey"]]
    assert vkey(after["vkey"]).name == before["origin"]
