"""What a partner holds against the host: a copy, and a verifier that asks nobody."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_erasure import connected
from tests.acceptance.test_receipts import proved
from tests.end_to_end.coalition import Coalition, form, mail, text
from tests.end_to_end.guide import Shell
from tests.end_to_end.test_proved_report import decide
from tests.end_to_end.test_proved_report import proved as report_of
from tests.suite import Suite, suite


async def place(table: Coalition, folder: Path) -> str:
    """Return the log's address; a policy and a member's token lie in the folder."""
    log = (await table.get("audit", "log", "Union")).json()
    (folder / "policy.txt").write_text(f"log {log['vkey']}\nquorum none\n")
    (folder / "token").write_text(table.suite.token(mail("Union")))
    return f"{table.suite.url}/audit/c/{log['origin'].rpartition('/')[2]}"


async def decided(table: Coalition) -> dict[str, Any]:
    """Let the coalition decide, and wait until what follows is sealed."""
    await decide(table, "Open the pool")
    told = await table.post(
        "members", "issues", {"name": text("Pool"), "summary": text("When?")}, "Union"
    )
    event: dict[str, Any] = told["events"][0]
    await proved(table, event, "Union")
    return event


async def alter(data: Path, coalition: str) -> int:
    """Change a stance in the journal and in the log, as whoever has the databases can."""
    db = await connected(data, "accord_meetings")
    row = await db.fetchrow(
        "select position, bytes from journal.event where coalition_id = $1::uuid"
        " and type = 'StanceTaken' order by position limit 1",
        coalition,
    )
    assert row is not None
    changed = re.sub(rb'"time":"2', rb'"time":"1', row["bytes"])
    await db.execute("set session_replication_role = replica")
    await db.execute(
        "update journal.event set bytes = $3 where coalition_id = $1::uuid and position = $2",
        coalition, row["position"], changed,
    )  # fmt: skip
    await db.close()
    log = await connected(data, "accord_audit")
    await log.execute("set session_replication_role = replica")
    await log.execute(
        "update log.entry set leaf = $3 where coalition_id = $1::uuid and service = 'meetings'"
        " and position = $2",
        coalition, row["position"], changed,
    )  # fmt: skip
    await log.close()
    return int(row["position"])


async def test_f71_an_outcome_is_counted_again_from_its_bundle_offline(
    table: Coalition, tmp_path: Path
) -> None:
    position = await decide(table, "Open the yard")
    file = await report_of(table, "Union", tmp_path, position)
    await place(table, tmp_path)
    shell = Shell(tmp_path)
    ask = f"accord verify {file.name} --policy policy.txt --json"
    said = json.loads(await asyncio.to_thread(shell.type, ask))
    figures = {each["name"]: each for each in said["figures"]}
    assert figures["decisions"]["value"] >= 1
    assert figures["decisions"]["over"] == figures["decisions"]["of"]
    assert any("figures recomputed" in clause for clause in said["established"])


async def test_f122_a_report_says_how_many_lines_are_hidden_and_why(
    table: Coalition, tmp_path: Path
) -> None:
    position = await decide(table, "Open the roof")
    file = await report_of(table, "Union", tmp_path, position)
    await place(table, tmp_path)
    ask = f"accord verify {file.name} --policy policy.txt --json"
    said = json.loads(await asyncio.to_thread(Shell(tmp_path).type, ask))
    assert said["withheld"]["audience"] > 0
    assert {"erased", "redacted", "lost"} <= said["withheld"].keys()
    hidden = f"{said['withheld']['audience']} withheld"
    assert any(clause.startswith(hidden) for clause in said["not_established"])


@pytest.mark.servers
async def test_f118_a_partners_copy_names_the_position_that_was_altered(tmp_path: Path) -> None:
    """In a suite of its own, whose journals do not hold any more."""
    async with suite(ACCORD_DEMO="true") as running:
        table = await form(running, "altered")
        for name in ("Union", "Parents", "Library"):
            await table.admit(name)
        await _altered(table, running, tmp_path)


async def _altered(table: Coalition, running: Suite, tmp_path: Path) -> None:
    await decided(table)
    shell, log = Shell(tmp_path), await place(table, tmp_path)
    ask = f"accord verify {log} --policy policy.txt --token-file token --out copy"
    await asyncio.to_thread(shell.type, ask)
    position = await alter(running.data, table.id)
    said = await asyncio.to_thread(shell.type, f"{ask} --afresh", 1)
    assert f"StanceTaken at meetings {position}, is served otherwise than it was copied" in said

    export = f"accord audit export {log} taken --token-file token"
    await asyncio.to_thread(shell.type, export)
    away = await asyncio.to_thread(shell.type, "accord verify taken --policy policy.txt --json", 1)
    assert "holds another hash than entry" in json.loads(away)["reason"]
    assert "already" in await asyncio.to_thread(shell.type, export, 1)
    assert (await asyncio.to_thread(shell.type, "accord verify copy --policy policy.txt")) != ""
