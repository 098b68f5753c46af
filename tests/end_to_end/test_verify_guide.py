"""How to verify a decision, followed command by command, from the page to exit code 0 and to 1."""

import asyncio
import re
import shutil
from pathlib import Path

from tests.acceptance.test_receipts import proved
from tests.end_to_end.coalition import mail, text
from tests.end_to_end.guide import ROOT, Shell, commands
from tests.end_to_end.test_proved_report import formed
from tests.suite import Suite

GUIDE = ROOT / "docs" / "how-to" / "verify-a-decision.md"


async def test_the_guide_is_followed_command_by_command(running: Suite, tmp_path: Path) -> None:
    coalition, _ = await formed(running, "verified")
    raised = await coalition.post(
        "members", "issues", {"name": text("Books"), "summary": text("Which?")}, "Union"
    )
    event = raised["events"][0]
    await proved(coalition, event, "Union")
    log = (await coalition.get("audit", "log", "Clinic")).json()
    (tmp_path / "token").write_text(running.token(mail("Clinic")))
    shutil.copy(ROOT / "accord" / "verify_standalone.py", tmp_path)
    words = {
        "ADDRESS": running.url, "SLUG": coalition.slug, "EVENT": event["id"],
        "LOG": f"{running.url}/audit/c/{log['origin'].rpartition('/')[2]}",
    }  # fmt: skip
    shell = Shell(tmp_path)
    policy, report, verify, second, refuse, prove, whole, afresh, compare = commands(GUIDE, words)
    for block in (policy, report):
        await asyncio.to_thread(shell.type, block)
    assert "complete, " in await asyncio.to_thread(shell.type, verify)
    await asyncio.to_thread(shell.type, second)
    assert "INVALID" in await asyncio.to_thread(shell.type, refuse, 1)
    assert "it is in the log: IssueRaised at" in await asyncio.to_thread(shell.type, prove)
    said = await asyncio.to_thread(shell.type, whole)
    assert re.search(r"complete, \d+ entries", said)
    assert (tmp_path / "copy" / "checkpoint").is_file()
    await asyncio.to_thread(shell.type, afresh)
    await asyncio.to_thread(shell.type, compare)
