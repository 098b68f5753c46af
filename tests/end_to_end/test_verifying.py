"""`accord verify` as people type it, against the log of a running suite."""

import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

from shared.tlog.tiles import bundles
from tests.end_to_end.coalition import Coalition, mail
from tests.end_to_end.test_attacks import published, read, recorded

ROOT = Path(__file__).parents[2]


async def verify(folder: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code, and what it says for programs."""
    process = await create_subprocess_exec(
        sys.executable, "-m", "accord", "verify", *map(str, arguments), "--json", cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    said, remarks = await process.communicate()
    assert said, remarks.decode()
    return process.returncode or 0, json.loads(said)


async def place(coalition: Coalition, folder: Path) -> str:
    """Return the log's address; its policy and a member's token lie in the folder."""
    log = await published(coalition.suite, coalition.slug)
    url = f"{coalition.suite.url}/audit/c/{log['origin'].rpartition('/')[2]}"
    policy = await coalition.suite.client.get(f"{url}/policy")
    assert policy.status_code == 200, policy.text
    (folder / "policy").write_bytes(policy.content)
    (folder / "token").write_text(coalition.suite.token(mail("Union")))
    return url


async def test_a_member_verifies_the_log_keeps_a_copy_and_goes_on_from_it(
    schools: Coalition, tmp_path: Path
) -> None:
    url = await place(schools, tmp_path)
    signed = "--policy", "policy"
    whole = url, *signed, "--token-file", "token", "--out", "copy"
    code, first = await verify(tmp_path, *whole)
    assert (code, first["verdict"]) == (0, "verified"), first
    assert (
        "that others are shown the same history: the policy asks for no witness"
        in (first["not_established"])
    )
    assert first["entries"] == sum(first["positions"].values()) > 0

    told = await recorded(schools, "Mona", "Clinic")
    await published(schools.suite, schools.slug, told["id"])
    code, again = await verify(tmp_path, *whole)
    assert (code, again["verdict"]) == (0, "verified"), again
    assert again["entries"] > first["entries"]
    assert any(f"(size {first['size']})" in clause for clause in again["established"])

    code, copied = await verify(tmp_path, "copy", *signed)
    assert (code, copied["root"]) == (0, again["root"]), "the copy needs no host"
    bundle = tmp_path / "copy" / [*bundles(again["entries"])][-1].path
    bundle.write_bytes(bundle.read_bytes().replace(b'"1.0"', b'"1.1"', 1))
    code, wrong = await verify(tmp_path, "copy", *signed)
    assert (code, wrong["verdict"], wrong["established"]) == (1, "invalid", [])
    assert "holds another hash than entry" in wrong["reason"]


async def test_a_stranger_verifies_hashes_alone(schools: Coalition, tmp_path: Path) -> None:
    url = await place(schools, tmp_path)
    code, said = await verify(tmp_path, url, "--policy", "policy")
    assert (code, said["verdict"]) == (1, "invalid")
    assert "answered 401" in said["reason"]
    code, said = await verify(tmp_path, url, "--policy", "policy", "--hashes-only")
    assert (code, said["verdict"]) == (0, "verified")
    assert "what its entries say: only their hashes were read" in said["not_established"]


async def test_who_keeps_a_proof_needs_no_host(schools: Coalition, tmp_path: Path) -> None:
    await place(schools, tmp_path)
    told = await recorded(schools, "Nico", "Clinic")
    log = await read(schools.suite, schools.slug, told["id"])
    answer = await schools.get("audit", f"events/{told['id']}/receipt.tlog-proof", "Union")
    (tmp_path / "mine.tlog-proof").write_bytes(answer.content)
    (tmp_path / "event.json").write_bytes(log.leaves[log.at(told["id"])])
    (tmp_path / "other.json").write_bytes(log.leaves[log.at(told["id"]) - 1])
    proof = "mine.tlog-proof", "--policy", "policy", "--leaf"
    code, said = await verify(tmp_path, *proof, "event.json")
    assert (code, said["verdict"]) == (0, "verified"), said
    assert any(told["type"] in clause for clause in said["established"])
    code, said = await verify(tmp_path, *proof, "other.json")
    assert (code, said["verdict"], said["established"]) == (1, "invalid", [])
    assert "leads to another root" in said["reason"]
