"""A report with its proof, over HTTP: made from the running log, verified with nobody asked."""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from accord import verify_standalone
from accord.statement import Statement, Verdict
from accord.verify_report import verify_report
from shared.tlog.policy import Policy
from tests.acceptance.test_erasure import browser
from tests.end_to_end.coalition import Coalition, form, mail, text
from tests.end_to_end.test_rebuild import opened
from tests.end_to_end.test_voting import open_voting, stance
from tests.end_to_end.test_witnesses import LOG, free_port, started, until
from tests.suite import Suite, suite

NOBODY = b"quorum none\n"
REGISTER = "reports/decision-register.zip"


async def decide(coalition: Coalition, title: str) -> int:
    """Let the coalition adopt a proposal against one of them; return where that is recorded."""
    proposal = await open_voting(coalition, "majority", title)
    others = [name for name in coalition.orgs if name != coalition.chair]
    for name in others[1:]:
        await stance(coalition, proposal, name, "agree")
    await stance(coalition, proposal, others[0], "disagree", reason=text("Zu spät für uns."))
    await stance(coalition, proposal, coalition.chair, "agree")
    await coalition.post("meetings", f"proposals/{proposal}/votings/closings", {}, coalition.chair)
    decided = await coalition.post(
        "meetings", f"proposals/{proposal}/decisions",
        {"accountable": [coalition.orgs[coalition.chair]]}, coalition.chair,
    )  # fmt: skip
    await coalition.settled(f"meetings/{decided['position']}")
    return int(decided["position"])


async def proved(
    coalition: Coalition, name: str, folder: Path, meetings: int, **query: Any
) -> Path:
    """Return the zip that somebody gets, once the log has sealed so many events of meetings."""
    end = time.monotonic() + 30
    while True:
        answer = await coalition.get("transparency", REGISTER, name, **query)
        if answer.status_code == 200:
            path = folder / f"{name}-{meetings}.zip"
            path.write_bytes(answer.content)
            if read(path, "report.json")["positions"].get("meetings", [0, 0])[1] >= meetings:
                return path
        assert answer.status_code in {200, 503}, answer.text
        assert time.monotonic() < end, answer.text
        await asyncio.sleep(0.5)


def said(path: Path, policy: bytes | None = None, **more: Any) -> Statement:
    given = None
    if policy is not None:
        own = read_text(path, "policy.txt").splitlines()[0]
        given = Policy.parse(own.encode() + b"\n" + policy)
    return verify_report(path, given, more.pop("known", ()), int(time.time()), **more)


def read(path: Path, name: str) -> Any:
    with ZipFile(path) as file:
        return json.loads(file.read(name))


def read_text(path: Path, name: str) -> str:
    with ZipFile(path) as file:
        return file.read(name).decode()


def lines(path: Path, name: str) -> list[Mapping[str, Any]]:
    with ZipFile(path) as file:
        return [json.loads(line) for line in file.read(name).splitlines()]


async def formed(running: Suite, slug: str) -> tuple[Coalition, int]:
    """Return a coalition of four with one decision, and where that is recorded."""
    coalition = await form(running, slug)
    for name in ("Union", "Parents", "Library"):
        await coalition.admit(name)
    return coalition, await decide(coalition, "Open the gym")


async def test_f122_everybody_verifies_each_line_how_many_are_hidden_and_why(
    running: Suite, tmp_path: Path
) -> None:
    coalition, position = await formed(running, "proved")
    chairs = await proved(coalition, "Clinic", tmp_path, position)
    statement = said(chairs, NOBODY)
    kept = read(chairs, "report.json")["to"]
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.subject.endswith(f"entries 0 to {kept}, for members")
    assert (statement.facts["hidden"], statement.facts["withheld"]["erased"]) == (0, 0)
    assert statement.facts["disclosed"] > 3
    assert statement.facts["withheld"]["audience"] > 10
    figures = {each["name"]: each["value"] for each in statement.facts["figures"]}
    assert (figures["decisions"], figures["voters"], figures["issues"]) == (1, 4, 1)
    told = [each["d"] for each in lines(chairs, "disclosures.jsonl")]
    names = {json.loads(b64(each))[1] for each in told}
    assert {"title", "reason"} <= names
    assert "actor" not in names
    assert "Zu spät für uns." in "".join(b64(each).decode() for each in told)
    with ZipFile(chairs) as file:
        assert "log/checkpoint" in file.namelist()
        assert b"Open the gym" in file.read("report.html")
        assert f"{kept} entries (0 to {kept})" in file.read("README.txt").decode()

    partners = await proved(coalition, "Union", tmp_path, 0, audience="public")
    statement = said(partners, NOBODY)
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.subject.endswith("for public")
    assert 0 < statement.facts["hidden"] <= statement.facts["to"]
    assert statement.facts["disclosed"] == 0
    assert any("are there by their hash alone" in each for each in statement.established)
    with ZipFile(partners) as file:
        whole = b"".join(file.read(each) for each in file.namelist())
        assert not any(each.startswith("log/") for each in file.namelist())
    assert "Zu spät".encode() not in whole
    for path in (chairs, partners):
        # the policy that came along names no witness: nobody outside has seen the log yet
        assert said(path).verdict is Verdict.SHORT
        assert verify_standalone.main([str(path)]) == Verdict.SHORT


async def test_f122_the_next_report_begins_where_the_last_one_ended(
    running: Suite, tmp_path: Path
) -> None:
    coalition, position = await formed(running, "series")
    first = await proved(coalition, "Clinic", tmp_path, position)
    with ZipFile(first) as file:
        checkpoint, end = file.read("new/checkpoint"), read(first, "report.json")["to"]
    position = await decide(coalition, "Close the gym")
    second = await proved(coalition, "Union", tmp_path, position, **{"from": end})
    kept = read(second, "report.json")["to"]
    statement = said(second, NOBODY, known=(checkpoint,), explain=end)
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.facts["entries"] == kept - end
    assert statement.facts["known"][0]["state"] == "same"
    assert statement.facts["entry"]["index"] == end
    assert verify_standalone.main([str(second)]) == Verdict.SHORT

    answer = await coalition.get("transparency", REGISTER, "Clinic", **{"from": kept + 7})
    assert (answer.status_code, answer.json()["reason"]) == (422, "unknown_checkpoint")


async def test_f122_what_was_redacted_is_withheld_and_says_by_which_entry(
    running: Suite, tmp_path: Path
) -> None:
    coalition, position = await formed(running, "struck")
    before = await proved(coalition, "Clinic", tmp_path, position)
    [entry] = [
        index
        for index in range(read(before, "report.json")["to"])
        if told_of(before, index) == "Zu spät für uns."
    ]
    facts = said(before, NOBODY, explain=entry).facts["entry"]
    position = int(facts["ref"].partition("/")[2])
    done = await coalition.post(
        "meetings", f"events/{position}/fields/reason/redactions", {"reason": "names_a_person"},
        "Union",
    )  # fmt: skip
    await coalition.settled(f"meetings/{done['position']}")
    after = await proved(coalition, "Clinic", tmp_path, done["position"])
    statement = said(after, NOBODY, explain=entry)
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.facts["withheld"]["redacted"] == 1
    [ground] = [each["by"] for each in lines(after, "withheld.jsonl") if each["why"] == "redacted"]
    assert said(after, NOBODY, explain=ground).facts["entry"]["event"]["type"] == (
        "accord.meetings.FieldRedacted"
    )
    assert any(f"is redacted by entry {ground}" in each for each in statement.established)
    assert told_of(after, entry) is None
    assert (statement.facts["disclosed"]) == said(before, NOBODY).facts["disclosed"] - 1


async def test_f122_what_was_erased_is_withheld_and_says_by_which_entry(
    running: Suite, tmp_path: Path
) -> None:
    coalition, position = await formed(running, "left")
    before = await proved(coalition, "Clinic", tmp_path, position)
    assert said(before, NOBODY).facts["withheld"]["erased"] == 0
    person = (await coalition.get("members", "me", "Union")).json()["person"]
    gone = await coalition.post("members", f"people/{person}/erasures", {"ground": "wish"}, "Union")
    await coalition.settled(f"members/{gone['position']}")
    end = time.monotonic() + 30
    while read(before, "report.json")["positions"]["members"][1] < gone["position"]:
        assert time.monotonic() < end
        before = await proved(coalition, "Clinic", tmp_path, position)
    statement = said(before, NOBODY)
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.facts["withheld"]["erased"] > 0
    assert statement.facts["ground_elsewhere"] == 0
    grounds = {each["by"] for each in lines(before, "withheld.jsonl") if each["why"] == "erased"}
    [ground] = grounds
    event = said(before, NOBODY, explain=ground).facts["entry"]["event"]
    assert (event["type"], event["subject"]) == ("accord.members.PersonErased", f"person-{person}")
    with ZipFile(before) as file:
        whole = b"".join(file.read(each) for each in file.namelist())
    told = b"".join(b64(each["d"]) for each in lines(before, "disclosures.jsonl"))
    assert b"Union's delegate" not in whole + told
    assert person.encode() not in told


async def test_the_page_of_decisions_leads_to_it(running: Suite, tmp_path: Path) -> None:
    coalition, position = await formed(running, "linked")
    await proved(coalition, "Clinic", tmp_path, position)
    async with browser(running, mail("Clinic")) as client:
        page = await client.get(f"/c/{coalition.slug}/decisions")
        assert f'href="/c/{coalition.slug}/reports/decision-register.zip"' in page.text
        answer = await client.get(f"/c/{coalition.slug}/reports/decision-register.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert "decision-register.zip" in answer.headers["content-disposition"]
    path = tmp_path / "from-the-page.zip"
    path.write_bytes(answer.content)
    assert said(path, NOBODY).verdict is Verdict.VERIFIED


def told_of(path: Path, index: int) -> str | None:
    """Return the reason that an entry discloses."""
    told = said(path, NOBODY, explain=index).facts["entry"]
    for each in told["fields"]:
        if each.get("name") == "reason":
            return str(each["value"]["text"])
    return None


@pytest.mark.servers
async def test_f122_once_witnesses_have_seen_it_its_own_policy_is_met(tmp_path: Path) -> None:
    """The partner's witness learns of the log when there is one: until then the report is short."""
    witness, port = tmp_path / "witness", free_port()
    witness.mkdir()
    command = [
        sys.executable, "-m", "accord", "witness", "serve", "--state", "state", "--policy", "logs",
        "--name", "org-b.example/witness", "--listen", f"127.0.0.1:{port}",
    ]  # fmt: skip
    (witness / "logs").write_text(f"log {LOG.key}\nquorum none\n")
    with started(command, witness) as process:
        until(process, "Witnessing 1 logs")
        key = (witness / "state" / "vkey").read_text().strip()
    relied_on = f"witness w-b {key} http://127.0.0.1:{port}\ngroup org-b any w-b\nquorum org-b\n"
    (tmp_path / "policy").write_text(relied_on)
    async with suite(ACCORD_DEMO="true", ACCORD_AUDIT__POLICY_FILE=str(tmp_path / "policy")) as own:
        coalition, position = await formed(own, "witnessed")
        early = await proved(coalition, "Clinic", tmp_path, position)
        assert said(early).verdict is Verdict.SHORT
        assert "has not been seen by the witnesses" in said(early).reason
        assert verify_standalone.main([str(early)]) == Verdict.SHORT

        vkey = (await coalition.get("audit", "log", "Clinic")).json()["vkey"]
        (witness / "logs").write_text(f"log {vkey}\nquorum none\n")
        with started(command, witness) as process:
            until(process, "Witnessing 1 logs")
            position = await decide(coalition, "Close the gym")
            end = time.monotonic() + 30
            while said(seen := await proved(coalition, "Union", tmp_path, position)).verdict:
                assert time.monotonic() < end, said(seen).text()
                await asyncio.sleep(0.5)
    statement = said(seen, relied_on.encode())
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert any("witnessed by w-b" in each for each in statement.established)
    assert verify_standalone.main([str(seen)]) == Verdict.VERIFIED


async def test_what_cannot_be_had_is_said(running: Suite) -> None:
    coalition = await form(running, "refusing")
    other = await coalition.get("transparency", "reports/participation.zip", "Clinic")
    assert other.status_code == 404
    odd = await coalition.get("transparency", REGISTER, "Clinic", audience="dyad")
    assert odd.status_code == 422
    stranger = await coalition.get("transparency", REGISTER, "Nobody")
    assert stranger.status_code == 404


async def test_each_release_is_recorded(running: Suite, tmp_path: Path) -> None:
    coalition, position = await formed(running, "released")
    path = await proved(coalition, "Union", tmp_path, position)
    digests = [sha256(each["d"].encode()).digest() for each in lines(path, "disclosures.jsonl")]
    db = await opened(running.data)
    try:
        rows = await db.fetch(
            "select * from release.report where coalition_id = $1 order by at", UUID(coalition.id)
        )
    finally:
        await db.close()
    row = rows[-1]
    assert (row["report"], row["audience"]) == ("decision-register", "members")
    assert row["organisations"] == [UUID(coalition.orgs["Union"])]
    assert row["digests"] == b"".join(digests)
    assert (row["first"], row["size"]) == (0, read(path, "report.json")["to"])
    assert row["withheld"] == len(lines(path, "withheld.jsonl"))


def b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
