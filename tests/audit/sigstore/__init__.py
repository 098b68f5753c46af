"""What @sigstore/verify says of our proofs: another organisation's code, in another language."""

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shared.tlog.note import Key

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Claim:
    """That a leaf is in a log, with what shall prove it.

    Args:
        index: As written in the proof; an `int`, or what somebody put in its place.
        checkpoint: The signed note as text.
    """

    key: Key
    leaf: bytes = field(repr=False)
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    @property
    def line(self) -> str:
        return json.dumps({
            "name": self.key.name,
            "public": _base64(self.key.public),
            "leaf": _base64(self.leaf),
            "index": str(self.index),
            "hashes": [_base64(each) for each in self.hashes],
            "checkpoint": self.checkpoint,
        })  # fmt: skip


def judged(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Return what it says of each; without Node or the package the test fails."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "@sigstore" / "verify").is_dir():
        pytest.fail("@sigstore/verify is not here: install Node 20 with npm, then `make npm`.")
    ran = subprocess.run(  # noqa: S603 - our own script
        [node, HERE / "judge.cjs"], input="".join(f"{claim.line}\n" for claim in claims),
        check=True, text=True, timeout=120, stdout=subprocess.PIPE,
    )  # fmt: skip
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(said) == len(claims)
    return said


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
