"""Checkpoints: the text by which a log says how long it is, and what is in it (C2SP).

    <origin>
    <size in decimal>
    <root in base64>

There are no further lines: some cosignatures do not cover those, and readers differ on them.
"""

import base64
import re
from dataclasses import dataclass
from typing import Self

from shared.tlog.encoding import Unreadable, base64_bytes, shown

ROOT_BYTES = 32
SIZES = 1 << 63
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """What a log states.

    Args:
        origin: The log's identity, and the name of its key.
        size: Of the tree, in leaves.
        root: Of the tree, 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or any(letter < " " for letter in self.origin):
            raise Unreadable(f"This is no origin of a log: {shown(self.origin)}")
        if not 0 <= self.size < SIZES:
            raise Unreadable(f"No tree has {self.size} leaves.")
        if len(self.root) != ROOT_BYTES:
            raise Unreadable(f"A root has {ROOT_BYTES} bytes; this one has {len(self.root)}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note.

        Raises:
            Unreadable: it is no checkpoint, or has more than its three lines.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:  # noqa: PLR2004 - three lines, and nothing after the last
            raise Unreadable(
                f"A checkpoint has three lines: origin, size and root. This has {len(lines) - 1}."
            )
        origin, size, root, _ = lines
        return cls(origin, decimal(size), base64_bytes(root))

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def decimal(text: str) -> int:
    """Return a size as it is written: digits, without leading zeros.

    Raises:
        Unreadable: it is written otherwise, or 2⁶³ and above.
    """
    if not _DECIMAL.fullmatch(text) or int(text) >= SIZES:
        raise Unreadable(f"This is no size of a tree: {shown(text)}")
    return int(text)
