"""A meeting is held as the guide tells it, command by command, and its minutes are final."""

import asyncio
import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any, Self

from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import Suite

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "hold-a-meeting.md"
MADE = {"meeting": "MEETING", "proposal": "PROPOSAL", "rule": "RULE", "next_step": "STEP"}
END = "it is said"
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")


class Typing:
    """A shell in which the commands of the guide are typed, with what stands for its words."""

    def __init__(self, suite: Suite, folder: Path, words: dict[str, str]) -> None:
        self.suite, self.folder, self.words = suite, folder, words

    async def __aenter__(self) -> Self:
        self.shell = await asyncio.create_subprocess_exec(
            "bash", "-u", cwd=self.folder, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        data = shlex.quote(str(self.suite.data))
        await self.enter(
            f'accord() {{ {shlex.quote(sys.executable)} -m accord "$@" --data {data}; }}'
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.shell.stdin is not None
        self.shell.stdin.close()
        await self.shell.wait()

    async def enter(self, lines: str) -> str:
        """Type lines; return what is printed."""
        for word, meant in self.words.items():
            lines = re.sub(rf"(?<![A-Z]){word}(?![A-Z])", meant, lines)
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(f"{lines}\necho; echo {END}\n".encode())
        said = await self.shell.stdout.readuntil(f"{END}\n".encode())
        return said.decode().removesuffix(f"{END}\n").strip()

    def learn(self, said: str) -> None:
        """Take the ids and positions out of receipts."""
        for line in said.splitlines():
            receipt = json.loads(line) if line.startswith("{") else {}
            assert "reason" not in receipt, line
            if "stream" in receipt:
                kind, _, key = receipt["stream"].partition("-")
                self.words[MADE[kind]] = key
                self.words["POSITION"] = str(receipt["position"])
                if [event["type"] for event in receipt["events"]] == ["DecisionMade"]:
                    self.words["DECIDED"] = str(receipt["position"])


async def issue_of(table: Coalition) -> str:
    raised = {"name": text("Vans"), "summary": text("How to get there.")}
    receipt = await table.post("members", "issues", raised, table.chair)
    await table.settled(f"members/{receipt['position']}")
    return key_of(receipt)


async def known(table: Coalition) -> dict[str, str]:
    """Return what stands for the words of the guide before anything is typed."""
    me: Any = (await table.get("members", "me", table.chair)).json()
    others = ", ".join(f'"{org}"' for name, org in table.orgs.items() if name != table.chair)
    return {
        "YOU": mail(table.chair), "SLUG": table.slug, "BODY": table.plenary,
        "ORG": table.orgs[table.chair], "PERSON": me["person"], "OTHERS": others,
        "ACCREDITATION": table.accreditations[table.chair], "ISSUE": await issue_of(table),
        "ITEM": str(table.suite.new_id()), "ARRIVAL": str(table.suite.new_id()),
    }  # fmt: skip


async def test_a_meeting_is_held_as_it_is_told(running: Suite, tmp_path: Path) -> None:
    table = await form(running, "guided")
    await table.admit("Union")
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(blocks) == 13
    async with Typing(running, tmp_path, await known(table)) as typing:
        for block in blocks:
            here = block.replace("http://127.0.0.1:8080", running.url)
            assert not {*PLACEHOLDER.findall(here)} - {*typing.words, "UTC"}, block
            typing.learn(await typing.enter(here))
    minutes = (tmp_path / "minutes.md").read_text()
    assert "\nVersion 1: final, approved by Clinic.\n" in minutes
    assert "\n### A second van: adopted\n" in minutes
    assert "\n* Ask three garages for a price (Clinic, due 2030-04-16)\n" in minutes
    assert minutes.endswith("\nWe met at the town hall.\n")
