"""Inner nodes of tiles: made once for each tile, so that a proof hashes next to nothing.

A tile holds the roots of 256 subtrees; the nodes above them, up to the tile's own root, follow.
What stands in a tile never changes, only its right edge grows: a wider one has all nodes of a
narrower one. So a node once made stays right for trees of every size that has it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from shared.tlog.tiles import WIDTH, Tile, split
from shared.tlog.tree import HASH_BYTES, Unproved, parents, spans, subtree

_BITS = WIDTH.bit_length() - 1


class Nodes:
    """All nodes of one tile, 32 bytes each, that of its hashes first.

    Args:
        data: The tile, full or not.
    """

    def __init__(self, data: bytes) -> None:
        row, self._rows = split(data), [data]
        self.width = len(row)
        while len(row) > 1:
            row = parents(row[: len(row) & ~1])
            self._rows.append(b"".join(row))

    def at(self, height: int, at: int) -> bytes:
        """Return a node, which is whole: all hashes below it stand in the tile."""
        return self._rows[height][at * HASH_BYTES : (at + 1) * HASH_BYTES]

    def beside(self, at: int, heights: int) -> list[bytes]:
        """Return the nodes beside the way up from a hash, so many of them."""
        found = []
        for row in self._rows[:heights]:
            begins = (at ^ 1) * HASH_BYTES
            found.append(row[begins : begins + HASH_BYTES])
            at >>= 1
        return found


Find = Callable[[Tile], Nodes]
"""Return the nodes of a tile that is as wide as that, or wider."""


class Prover:
    """Proofs in the tree of one size, from the tiles of its log.

    Args:
        find: Where tiles come from; what it raises is raised.
    """

    def __init__(self, size: int, find: Find) -> None:
        self._size = size
        self._find = find
        self._above: dict[int, list[bytes]] = {}

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that a leaf is in the tree: as `tree.inclusion` does.

        A tree is its peaks, the largest first, and what follows a peak is one subtree. So the way
        up from a leaf passes what is beside it in its peak, then all that follows that peak, then
        the peaks before it from right to left; those are the same for all leaves of a peak.

        Raises:
            Unproved: there is no such leaf.
        """
        if not 0 <= index < self._size:
            raise Unproved(f"A tree of {self._size} leaves has no leaf {index}.")
        # the size has a one where the index, which is smaller, has a zero: there its peak ends
        height = (index ^ self._size).bit_length() - 1
        proof = list[bytes]()
        for level in range(-(-height // _BITS)):
            at = index >> (level * _BITS)
            nodes = self._find(self._tile(level, at // WIDTH))
            proof += nodes.beside(at % WIDTH, min(height - level * _BITS, _BITS))
        above = self._above.get(height)
        if above is None:
            above = self._above[height] = self._above_peak(height)
        return proof + above

    def span(self, first: int, leaves: int) -> bytes:
        """Return the root of a complete subtree: what `tree.consistency` asks for."""
        level, height = divmod(leaves.bit_length() - 1, _BITS)
        at = first >> (level * _BITS)
        return self._find(self._tile(level, at // WIDTH)).at(height, at % WIDTH >> height)

    def _above_peak(self, height: int) -> list[bytes]:
        begins = self._size >> (height + 1) << (height + 1)
        ends = begins + (1 << height)
        before = [self.span(*each) for each in spans(0, begins)]
        after = [subtree(ends, self._size, self.span)] if ends < self._size else []
        return after + before[::-1]

    def _tile(self, level: int, n: int) -> Tile:
        width = (self._size >> (level * _BITS)) - n * WIDTH
        return Tile(level, n, min(width, WIDTH))


class Cache:
    """The nodes of the tiles that were asked for last, of any number of logs.

    Args:
        most: Tiles, of 16 kB each.
    """

    def __init__(self, most: int = 1_024) -> None:
        self._most = most
        self._held: OrderedDict[tuple[Hashable, int | None, int], Nodes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, log: Hashable, tile: Tile) -> Nodes | None:
        """Return the nodes of a tile, if it is held as wide as that."""
        found = self._held.get((log, tile.level, tile.n))
        if found is None or found.width < tile.width:
            return None
        self._held.move_to_end((log, tile.level, tile.n))
        return found

    def add(self, log: Hashable, tile: Tile, nodes: Nodes) -> None:
        """Hold the nodes of a tile, the widest that came; those unused for longest make place."""
        if self.get(log, tile) is not None:
            return
        self._held[log, tile.level, tile.n] = nodes
        self._held.move_to_end((log, tile.level, tile.n))
        if len(self._held) > self._most:
            self._held.popitem(last=False)

    def forget(self, log: Hashable) -> None:
        """Hold nothing of a log any more."""
        for key in [key for key in self._held if key[0] == log]:
            del self._held[key]
