"""Receipts: what proves to whoever said something that it was accepted, and stays in the log."""

import time
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from shared.event import base64url
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note
from shared.tlog.proof import Proof
from shared.tlog.tree import Unproved, leaf_hash, verify_inclusion
from tests.end_to_end.coalition import Coalition, mail, text
from tests.suite import Suite


async def ask(
    table: Coalition, event: str, name: str, state: str = "sealed", wait: int = 8, end: str = ""
) -> httpx2.Response:
    """Ask for a receipt as a delegate, and wait for it to be in a state."""
    path = f"/audit/api/v1/coalitions/{table.slug}/events/{quote(event)}/receipt{end}"
    headers = table.suite.headers(mail(name), table.orgs.get(name)) | {"Prefer": f"wait={wait}"}
    return await table.suite.client.get(
        f"{table.suite.url}{path}", params={"state": state}, headers=headers
    )


async def proved(table: Coalition, said: dict[str, Any], name: str) -> int:
    """Prove the event of a command's receipt by the log; return the size of the tree it is in."""
    answer = await ask(table, said["id"], name)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["state"] == "sealed"
    leaf = b64decode(receipt["leaf_hash"])
    assert base64url(leaf) == said["leaf"]
    log = (await table.get("audit", "log", name)).json()
    note = Note.parse(receipt["checkpoint"].encode())
    note.verified([vkey(log["vkey"])], int(time.time()))
    checkpoint = Checkpoint.parse(note.text)
    assert checkpoint.origin == log["origin"]
    hashes = [b64decode(each) for each in receipt["proof"]]
    verify_inclusion(receipt["index"], checkpoint.size, leaf, hashes, checkpoint.root)
    return checkpoint.size


async def test_f123_the_log_proves_what_a_command_said_it_accepted(table: Coalition) -> None:
    issue = {"name": text("Lunch"), "summary": text("Who pays?")}
    told = await table.post("members", "issues", issue, "Union")
    sizes = [await proved(table, event, "Union") for event in told["events"]]
    more = await table.post("members", "issues", issue, "Clinic")
    await proved(table, more["events"][0], "Clinic")
    assert await proved(table, told["events"][0], "Clinic") > sizes[0]


async def test_f123_what_was_never_accepted_has_no_receipt(table: Coalition) -> None:
    began = time.monotonic()
    unknown = str(table.suite.new_id())
    assert (await ask(table, unknown, "Union", wait=1)).status_code == 404
    assert 1 <= time.monotonic() - began < 8


async def test_a_receipt_says_what_there_is_once_waiting_is_over(table: Coalition) -> None:
    """No witness is asked here, so a receipt stays at sealed."""
    told = await table.post(
        "members", "issues", {"name": text("Trees"), "summary": text("Which?")}, "Union"
    )
    event = told["events"][0]
    await proved(table, event, "Union")
    answer = await ask(table, event["id"], "Union", "witnessed", wait=1)
    assert answer.json()["state"] == "sealed"


async def test_a_receipt_is_a_file_for_other_tools(table: Coalition) -> None:
    told = await table.post(
        "members", "issues", {"name": text("Paths"), "summary": text("Where?")}, "Union"
    )
    event = told["events"][0]["id"]
    answer = await ask(table, event, "Union", end=".tlog-proof")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    receipt = (await ask(table, event, "Union")).json()
    proof = Proof.parse(answer.content)
    assert bytes(proof) == answer.content
    assert [b64encode(each).decode() for each in proof.hashes] == receipt["proof"]
    top, leaf = Checkpoint.parse(proof.note.text), b64decode(receipt["leaf_hash"])
    verify_inclusion(proof.index, top.size, leaf, proof.hashes, top.root)
    with pytest.raises(Unproved):
        verify_inclusion(proof.index, top.size, leaf[::-1], proof.hashes, top.root)


async def test_the_entry_of_a_receipt_is_as_it_was_recorded(table: Coalition) -> None:
    told = await table.post(
        "members", "issues", {"name": text("Yards"), "summary": text("Whose?")}, "Union"
    )
    said = told["events"][0]
    await proved(table, said, "Union")
    answer = await table.get("audit", f"events/{said['id']}/leaf", "Clinic")
    assert base64url(leaf_hash(answer.content)) == said["leaf"]
    place = f"members-{said['position']}"
    again = await table.get("audit", f"events/{place}/leaf", "Clinic")
    assert again.content == answer.content
    assert again.headers["Content-Disposition"] == f'attachment; filename="{place}.json"'
    assert (await ask(table, place, "Clinic")).json()["event"] == said["id"]
    for unknown in (table.suite.new_id(), "members-99999", "nobody-1", "-" * 36):
        assert (await table.get("audit", f"events/{unknown}/leaf", "Clinic")).status_code == 404
    assert (await table.get("audit", "events/members/leaf", "Clinic")).status_code == 422


async def test_checkpoints_are_listed_with_who_witnessed_them(table: Coalition) -> None:
    for name in ("Roofs", "Doors"):
        told = await table.post(
            "members", "issues", {"name": text(name), "summary": text("Whose?")}, "Union"
        )
        await proved(table, told["events"][0], "Union")
    first = (await table.get("audit", "checkpoints", "Clinic", limit=1)).json()
    [newest] = first["items"]
    log = (await table.get("audit", "log", "Clinic")).json()
    assert newest["size"] == log["size"]
    assert (newest["state"], newest["witnesses"]) == ("sealed", [])
    rest = (await table.get("audit", "checkpoints", "Clinic", cursor=first["next_cursor"])).json()
    sizes = [newest["size"], *(each["size"] for each in rest["items"])]
    assert sizes == sorted(set(sizes), reverse=True)
    assert rest["next_cursor"] is None


async def test_receipts_are_for_members(table: Coalition, running: Suite) -> None:
    told = await table.post(
        "members", "issues", {"name": text("Keys"), "summary": text("Whose?")}, "Union"
    )
    event = told["events"][0]["id"]
    await proved(table, told["events"][0], "Union")
    for what in ("receipt", "receipt.tlog-proof", "leaf"):
        path = f"/audit/api/v1/coalitions/{table.slug}/events/{event}/{what}"
        assert (await running.get(path, mail("Stranger"))).status_code == 404
