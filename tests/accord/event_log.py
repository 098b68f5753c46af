"""A log of a coalition's events, as the files that it shows to everybody."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from uuid import UUID

from accord.log_copy import Absent
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.note import Note, Signer
from shared.tlog.policy import Policy
from shared.tlog.proof import Proof
from shared.tlog.tiles import WIDTH, bundled, bundles, tiles, top
from shared.tlog.tree import inclusion, root_of

COALITION = str(UUID(int=0xC0A))
LOG = Signer("host.example/audit/c/7f3a", b"\x01" * 32)
ORGS = tuple(
    Cosigner(f"{name}.example/witness", bytes([number]) * 32)
    for number, name in enumerate(("clinic", "union", "school"), 2)
)
NOW = 1_800_000_000


def leaf(service: str, position: int, coalition: str = COALITION, **more: object) -> bytes:
    """Return the bytes of an event as its journal holds them."""
    said = {
        "coalition": coalition,
        "data": {"option": "agree"},
        "id": f"{service}-{position}",
        "recordedtime": f"2026-11-23T10:{position // 60 % 60:02d}:{position % 60:02d}.000Z",
        "sequence": f"{position:020d}",
        "source": f"/coalitions/{coalition}/{service}",
        "type": "StanceTaken",
    } | more
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def events(size: int) -> list[bytes]:
    """Return so many events of three journals, in turn."""
    positions = {name: count(1) for name in ("members", "meetings", "credit")}
    names = list(positions)
    return [leaf(names[n % 3], next(positions[names[n % 3]])) for n in range(size)]


def policy(needed: int = 2, *, extra: str = "", log: Signer = LOG) -> Policy:
    """Return the policy by which so many of the three organisations are a quorum."""
    return Policy.parse(policy_text(needed, extra=extra, log=log).encode())


def policy_text(needed: int = 2, *, extra: str = "", log: Signer = LOG) -> str:
    names = [org.name.partition(".")[0] for org in ORGS]
    lines = [f"{extra}log {log.key}"]
    lines += [f"witness w-{name} {org.key}" for name, org in zip(names, ORGS, strict=True)]
    lines += [f"group {name} any w-{name}" for name in names]
    lines += [f"group partners {needed} {' '.join(names)}", "quorum partners"]
    return "\n".join([*lines, ""])


def signed(
    checkpoint: Checkpoint, witnesses: Sequence[Cosigner] = ORGS, at: int = NOW - 60,
    log: Signer = LOG,
) -> Note:  # fmt: skip
    text = str(checkpoint)
    return Note(text, (log.sign(text), *(each.cosign(text, at) for each in witnesses)))


@dataclass
class Shown:
    """The files of a log, which may be changed; `asked` is what was asked for."""

    leaves: list[bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise Absent(f"{path} answered 404.")
        return self.files[path]

    def write(self, folder: Path) -> Path:
        for path, content in self.files.items():
            at = folder / path
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(content)
        return folder

    @property
    def hashes(self) -> list[bytes]:
        return hashed(self.leaves)

    @property
    def note(self) -> Note:
        return Note.parse(self.files["checkpoint"])

    def proof(self, index: int) -> Proof:
        hashes = self.hashes
        found = inclusion(
            index, len(hashes), lambda first, leaves: root_of(hashes[first : first + leaves])
        )
        return Proof(index, tuple(found), self.note)


def hashed(leaves: Iterable[bytes]) -> list[bytes]:
    return [sha256(b"\x00" + each).digest() for each in leaves]


def show(
    leaves: list[bytes], witnesses: Sequence[Cosigner] = ORGS, at: int = NOW - 60,
    log: Signer = LOG,
) -> Shown:  # fmt: skip
    """Return a log with these entries as it is published."""
    rows = [hashed(leaves)]
    root = root_of(rows[0])
    while len(rows[-1]) >= WIDTH:
        row = rows[-1]
        full = range(0, len(row) // WIDTH * WIDTH, WIDTH)
        rows.append([top(row[first : first + WIDTH]) for first in full])
    checkpoint = Checkpoint(log.name, len(leaves), root)
    files = {"checkpoint": bytes(signed(checkpoint, witnesses, at, log))}
    for tile in tiles(len(leaves)):
        first = tile.n * WIDTH
        files[tile.path] = b"".join(rows[tile.level or 0][first : first + tile.width])
    for bundle in bundles(len(leaves)):
        files[bundle.path] = bundled(leaves[bundle.first : bundle.first + bundle.width])
    return Shown(leaves, files)
