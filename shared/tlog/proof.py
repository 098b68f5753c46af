"""Proofs that an entry is in a log, as files that need nobody to be asked (C2SP tlog-proof).

c2sp.org/tlog-proof@v1
extra <base64>                 may be there; nothing vouches for it
index <decimal>
<base64 hash>                  one line each, that of the leaf's sibling first

<signed checkpoint>
"""

import base64
from dataclasses import dataclass
from typing import Self

from shared.tlog.checkpoint import decimal
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.note import NOTE_BYTES, Note
from shared.tlog.tree import HASH_BYTES

VERSION = "c2sp.org/tlog-proof@v1"
PROOF_BYTES = 2 * NOTE_BYTES
MOST_HASHES = 63


@dataclass(frozen=True)
class Proof:
    """Where an entry is, and what leads from it to a checkpoint.

    Args:
        hashes: Beside the path from the leaf to the root, the leaf's sibling first.
        note: The checkpoint; nothing of it is verified yet.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a file.

        Raises:
            Unreadable: it is none; the message says where.
        """
        if len(raw) > PROOF_BYTES:
            raise Unreadable(f"The proof has {len(raw)} bytes; {PROOF_BYTES} are the most.")
        head, gap, note = raw.partition(b"\n\n")
        if not gap:
            raise Unreadable("The proof has no empty line with a checkpoint below it.")
        try:
            version, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Unreadable(f"The proof's lines are ASCII; byte {error.start} is not.") from error
        if version != VERSION:
            raise Unreadable(f"The proof begins with {shown(version)}, not with {VERSION}.")
        if lines and lines[0].startswith("extra "):
            base64_bytes(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise Unreadable("The proof does not say its index.")
        index = decimal(lines.pop(0).removeprefix("index "))
        if len(lines) > MOST_HASHES:
            raise Unreadable(f"The proof has {len(lines)} hashes; {MOST_HASHES} are the most.")
        hashes = tuple(map(base64_bytes, lines))
        for number, each in enumerate(hashes):
            if len(each) != HASH_BYTES:
                raise Unreadable(f"Hash {number} of the proof has {len(each)} bytes.")
        return cls(index, hashes, Note.parse(note))

    def __bytes__(self) -> bytes:
        hashes = (base64.b64encode(each).decode() for each in self.hashes)
        return "\n".join([VERSION, f"index {self.index}", *hashes, "", ""]).encode() + bytes(
            self.note
        )
