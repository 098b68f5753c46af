"""Read a log as tlog-scales does: over HTTP, tile by tile, with nothing of ours in between."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from tlog_scales.backend import HttpBackend, TilesBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, ConsistencyProofInvalid, InclusionProofInvalid

WIDTH = 256


class NotWhole(Exception):
    """Files that tlog-scales reads, and that do not fit one another."""


REFUSALS = (
    ConsistencyProofInvalid, InclusionProofInvalid, IndexError, InvalidSignature, NotWhole,
    RuntimeError, ValueError,
)  # fmt: skip
"""How tlog-scales says no, and `audited` with it."""


def refuses(do: Callable[..., object], *given: object) -> bool:
    """Say whether something is refused."""
    try:
        do(*given)
    except REFUSALS:
        return True
    return False


@dataclass
class Files:
    """The files of a log below its prefix, each fetched once: they never change.

    Args:
        token: Of a member, who may have bundles too.
        held: By their paths; `None` where there is none. What `hold` is told comes first.
    """

    prefix: str
    token: str
    held: dict[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._http = HttpBackend(self.prefix)
        self._http.session.headers["Authorization"] = f"Bearer {self.token}"
        self._http.session.trust_env = False  # neither proxies nor netrc: it is on loopback

    def get(self, *path: str) -> bytes | None:
        name = "/".join(path)
        if name not in self.held:
            self.held[name] = self._http.get(name)
        return self.held[name]

    def grown(self) -> None:
        """Forget what a log has otherwise once it has grown."""
        for name in [*self.held]:
            if name == "checkpoint" or self.held[name] is None:
                del self.held[name]


@dataclass(frozen=True)
class Shelf:
    """Files in memory, by their paths."""

    held: Mapping[str, bytes]

    def get(self, *path: str) -> bytes | None:
        return self.held.get("/".join(path))


@dataclass
class Tampered:
    """Files of which one is not what the log served.

    Args:
        change: From what was served to what stands in its place; `None`: nothing does.
    """

    files: TilesBackend
    path: str
    change: Callable[[bytes], bytes | None]
    read: bool = False

    def get(self, *path: str) -> bytes | None:
        served = self.files.get(*path)
        if "/".join(path) != self.path:
            return served
        assert served is not None, self.path
        self.read = True
        changed = self.change(served)
        assert changed != served, self.path
        return changed


def audited(
    files: TilesBackend, vkey: str, bundles: Iterable[int] | None = None
) -> tuple[Checkpoint, TilesReader]:
    """Return a log's checkpoint once all that it covers was read, and led to it.

    Every entry has the hash of its place, one proof a bundle takes in all hashes of the tiles above
    it, and the root is that of the upper tiles too.

    Args:
        bundles: Which are read; all.

    Raises:
        Exception: one of `REFUSALS`.
    """
    reader = TilesReader(files)
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(vkey))
    size, root = checkpoint.size, checkpoint.root_hash
    if reader.calculate_root_hash() != root:
        raise NotWhole("the root is not that of the tiles")
    for n in bundles if bundles is not None else range((size + WIDTH - 1) // WIDTH):
        first, end = n * WIDTH, min((n + 1) * WIDTH, size)
        for index in range(first, end):
            if leaf_hash(reader.get_entry(index)) != reader.mth(index, index + 1):
                raise NotWhole(f"entry {index} is not that of its hash")
        proof = reader.get_inclusion_proof(first, size)
        proof.check(leaf_hash(reader.get_entry(first)), root)
    return checkpoint, reader
