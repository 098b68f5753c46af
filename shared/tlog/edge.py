"""The right edge of a log: all of it that has to be known for it to grow, tiles and root.

Full tiles never change. Of each level one tile is still being filled, and of these, 255 hashes a
level at most, follow the next full tiles and the peaks of the tree, however large it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from shared.tlog.tiles import WIDTH, top
from shared.tlog.tree import Peaks, Unproved


class Full(NamedTuple):
    """A tile that will not change any more, and the root of what is below it."""

    level: int
    n: int
    data: bytes
    root: bytes


class Edge:
    """The tiles that are not full yet.

    Args:
        size: Leaves of the log.
        rows: The hashes in the last tile of each level, from that of the leaves up.

    Attributes:
        rows: The same, as they stand now.

    Raises:
        Unproved: a log of this size has other widths.
    """

    def __init__(self, size: int = 0, rows: Sequence[Sequence[bytes]] = ()) -> None:
        if [len(row) for row in rows] != widths(size):
            raise Unproved(f"The last tiles of a log of {size} leaves are {widths(size)} wide.")
        self.size = size
        self.rows = [list(row) for row in rows]

    def extend(self, leaves: Sequence[bytes]) -> list[Full]:
        """Append leaf hashes; return the tiles of every level that they fill, leaves first."""
        full = list[Full]()
        hashes, level = list(leaves), 0
        while hashes:
            if level == len(self.rows):
                self.rows.append([])
            row = [*self.rows[level], *hashes]
            whole = len(row) - len(row) % WIDTH
            self.rows[level] = row[whole:]
            first = self.size // WIDTH ** (level + 1)
            hashes = []
            for n in range(whole // WIDTH):
                tile = row[n * WIDTH : (n + 1) * WIDTH]
                hashes.append(top(tile))
                full.append(Full(level, first + n, b"".join(tile), hashes[-1]))
            level += 1
        self.size += len(leaves)
        return full

    def peaks(self) -> Peaks:
        """Return the peaks of the tree."""
        found = list[bytes]()
        for row in reversed(self.rows):
            of_row = Peaks()
            of_row.extend(row)
            found += of_row.hashes
        return Peaks(self.size, found)


def widths(size: int) -> list[int]:
    """Return how many hashes are in the last tile of each level, full ones not counted."""
    found = []
    while size:
        size, width = divmod(size, WIDTH)
        found.append(width)
    return found
