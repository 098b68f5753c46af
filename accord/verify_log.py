"""`accord verify URL|DIR`: a whole log, from its entries to what was signed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from accord.log_copy import CHECKPOINT, Absent, Altered, LogTiles, Site, leaves_of
from accord.statement import Statement, Verdict
from accord.verify_checkpoint import Relied, moment
from accord.verify_journals import Journals, OutOfPlace
from shared.tlog import fork
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.fork import Fork
from shared.tlog.note import Note, NotSigned
from shared.tlog.policy import Policy
from shared.tlog.tiles import WIDTH, BadBundle, Tile, bundles, top
from shared.tlog.tree import Peaks, Unproved, verify_consistency

HOUR = 3_600
Kept = Callable[[bytes], None]


class Invalid(Exception):
    """What makes a log, or a comparison, invalid."""


@dataclass(frozen=True)
class Known:
    """A checkpoint that somebody holds from another time or place."""

    name: str
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def read(cls, name: str, raw: bytes, policy: Policy, now: int) -> "Known":
        """Read one; it counts only with the log's signature.

        Raises:
            Unreadable, NotSigned: it is none of a log of the policy.
        """
        judged = policy.judge(raw, now)
        return cls(name, Note.parse(raw), judged.checkpoint)


@dataclass
class Tree:
    """A log's tree as it grows from its entries, compared with the tiles that are served.

    Args:
        rows: Per level, the hashes of a tile that is not full yet.
    """

    tiles: LogTiles
    peaks: Peaks = field(default_factory=Peaks)
    rows: list[list[bytes]] = field(default_factory=list)

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Append the leaf hashes of one tile.

        Raises:
            Invalid: a tile is served that holds other hashes.
        """
        self.peaks.extend(hashes)
        level, row = 0, list(hashes)
        while True:
            if level == len(self.rows):
                self.rows.append([])
            self.rows[level] += row
            held = self.rows[level]
            if len(held) < WIDTH:
                return
            self._compare(level, held)
            self.rows[level] = []
            level, row = level + 1, [top(held)]

    def end(self) -> bytes:
        """Compare the tiles that are not full, and return the root."""
        for level, row in enumerate(self.rows):
            if row:
                self._compare(level, row)
        return self.peaks.root()

    def _compare(self, level: int, row: Sequence[bytes]) -> None:
        number = ((self.peaks.size >> 8 * level) - 1) // WIDTH
        tile = Tile(level, number, len(row))
        served = self.tiles.hashes(tile)
        for at, (ours, theirs) in enumerate(zip(row, served, strict=True)):
            if ours != theirs:
                first = tile.first + at * tile.span
                what = f"entry {first}" if not level else f"the entries from {first} on"
                raise Invalid(f"{tile.path} holds another hash than {what} leads to.")


def verify_log(
    site: Site,
    policy: Policy,
    now: int,
    *,
    known: Sequence[Known] = (),
    max_age: int = 48 * HOUR,
    hashes_only: bool = False,
    kept: Kept | None = None,
) -> tuple[Statement, Fork | None]:
    """Say whether a log is what was signed, witnessed and known of it.

    Args:
        now: POSIX seconds.
        known: Checkpoints of this log from elsewhere; it has to hold all of them.
        max_age: Seconds since a quorum last saw the log; beyond, it is stale.
        hashes_only: Do not ask for entries, which only members may see.
        kept: Called with the checkpoint once the scan is over and nothing was wrong.

    Returns:
        The statement; and where the log forked, the evidence.

    Raises:
        NoAnswer: the log cannot be reached.
    """
    subject, nothing = "a log", ("anything of this log",)
    try:
        raw = site.get(CHECKPOINT)
        relied = Relied(policy, policy.judge(raw, now))
        subject = f"{shown(relied.origin)}, {relied.size} entries"
        for each in known:
            _same_log(relied, each)
        scan = _scan(site, relied, known, hashes_only=hashes_only)
        for each in known:
            if scan.roots[each.checkpoint.size] != each.checkpoint.root:
                return _forked(LogTiles(site, relied.size), raw, relied, each, now)
    except (Absent, Altered, BadBundle, Unreadable, NotSigned, OutOfPlace, Invalid) as error:
        return Statement(subject, Verdict.INVALID, (), nothing, str(error)), None
    reason = relied.short or _stale(relied, now, max_age)
    statement = Statement(
        subject,
        Verdict.SHORT if reason else Verdict.VERIFIED,
        (*relied.established, *scan.established, *(_holds(each) for each in known)),
        (*(("what its entries say: only their hashes were read",) if hashes_only else ()),
         *relied.not_established),
        reason,
        {**relied.facts, **scan.facts, "known": [each.checkpoint.size for each in known]},
    )  # fmt: skip
    if kept is not None:
        kept(raw)
    return statement, None


def compare(
    known: Sequence[Known], site: Site | None, policy: Policy, now: int
) -> tuple[Statement, Fork | None]:
    """Say whether checkpoints are of one history, with the log's tiles where sizes differ.

    Raises:
        NoAnswer: the log cannot be reached.
    """
    subject = f"{len(known)} checkpoints of {shown(known[0].checkpoint.origin)}"
    nothing = ("that they are of one history",)
    try:
        if said := _contradicting(subject, known):
            return said
        if site is not None:
            return _held(subject, known, site, policy, now)
    except (Absent, Unreadable, NotSigned, Invalid) as error:
        return Statement(subject, Verdict.INVALID, (), nothing, str(error)), None
    sizes = {each.checkpoint.size for each in known}
    if len(sizes) == 1:
        same = (f"the same root at size {sizes.pop()}",)
        return Statement(subject, Verdict.VERIFIED, same, ("anything after it",)), None
    why = "They are of different sizes: name the log that has the hashes between them, by --log."
    return Statement(subject, Verdict.SHORT, ("signatures of the log",), nothing, why), None


def _contradicting(subject: str, known: Sequence[Known]) -> tuple[Statement, Fork] | None:
    """Return the evidence where two of one size differ.

    Raises:
        Invalid: they are of several logs.
    """
    by_size = sorted(known, key=lambda each: each.checkpoint.size)
    for one, other in pairwise(by_size):
        if one.checkpoint.origin != other.checkpoint.origin:
            raise Invalid(f"{one.name} and {other.name} are of two logs.")
        same = one.checkpoint.size == other.checkpoint.size
        if same and one.checkpoint.root != other.checkpoint.root:
            evidence = Fork(one.note, other.note, other.checkpoint.root)
            return _fork(subject, one, other.name), evidence
    return None


def _held(
    subject: str, known: Sequence[Known], site: Site, policy: Policy, now: int
) -> tuple[Statement, Fork | None]:
    """Say whether what a log serves holds all of these."""
    raw = site.get(CHECKPOINT)
    relied = Relied(policy, policy.judge(raw, now))
    for each in known:
        _same_log(relied, each)
    tiles, checkpoint = LogTiles(site, relied.size), relied.judged.checkpoint
    for each in known:
        size, proof = each.checkpoint.size, tiles.proof(each.checkpoint.size)
        try:
            verify_consistency(size, relied.size, proof, each.checkpoint.root, checkpoint.root)
        except Unproved:
            return _forked(tiles, raw, relied, each, now)
    said = tuple(map(_holds, known))
    return Statement(subject, Verdict.VERIFIED, said, relied.not_established), None


@dataclass
class _Scan:
    """What the entries of a log lead to: a root at each size that is asked for."""

    journals: Journals
    roots: Mapping[int, bytes]
    entries: int
    hashes_only: bool

    @property
    def established(self) -> tuple[str, ...]:
        if self.hashes_only:
            return (f"complete, {self.entries} hashes",)
        heads = ", ".join(
            f"{name} 1 to {at}" for name, at in sorted(self.journals.positions.items())
        )
        when = f", recorded from {self.journals.first} to {self.journals.last}"
        return (
            f"complete, {self.entries} entries{when if self.entries else ''}",
            *((f"journals without a gap: {heads}",) if heads else ()),
        )

    @property
    def facts(self) -> Mapping[str, Any]:
        if self.hashes_only:
            return {"entries": None}
        return {
            "entries": self.entries,
            "coalition": self.journals.coalition,
            "positions": dict(sorted(self.journals.positions.items())),
            "recorded": [self.journals.first, self.journals.last],
        }


def _scan(site: Site, relied: Relied, known: Sequence[Known], *, hashes_only: bool) -> _Scan:
    tiles, journals = LogTiles(site, relied.size), Journals()
    tree, roots = Tree(tiles), dict[int, bytes]()
    wanted = sorted({each.checkpoint.size for each in known})
    for first, leaves, hashes in _read(site, tiles, hashes_only=hashes_only):
        journals.take(first, leaves)
        for size in (each for each in wanted if first <= each < first + len(hashes)):
            beginning = Peaks(tree.peaks.size, list(tree.peaks.hashes))
            beginning.extend(hashes[: size - first])
            roots[size] = beginning.root()
        tree.extend(hashes)
    root = tree.end()
    if root != relied.judged.checkpoint.root:
        raise Invalid("The entries lead to another root than the one that was signed.")
    roots[relied.size] = root
    return _Scan(journals, roots, relied.size, hashes_only)


def _read(
    site: Site, tiles: LogTiles, *, hashes_only: bool
) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Yield the log in order: index of the first entry, entries, and their hashes."""
    for bundle in bundles(tiles.size):
        if hashes_only:
            yield bundle.first, [], tiles.hashes(Tile(0, bundle.n, bundle.width))
            continue
        leaves = leaves_of(site, bundle)
        yield bundle.first, leaves, [sha256(b"\x00" + leaf).digest() for leaf in leaves]


def _same_log(relied: Relied, known: Known) -> None:
    if known.checkpoint.origin != relied.origin:
        raise Invalid(f"{known.name} is of {shown(known.checkpoint.origin)}.")
    if known.checkpoint.size > relied.size:
        raise Invalid(
            f"The log shows {relied.size} entries, and {known.name} was signed at "
            f"{known.checkpoint.size}: it lost its end, or this is an old copy."
        )


def _forked(
    tiles: LogTiles, raw: bytes, relied: Relied, known: Known, now: int
) -> tuple[Statement, Fork]:
    """Return what is to be said where a log contradicts a checkpoint that it signed.

    Raises:
        Invalid: what is served leads to neither checkpoint.
    """
    size = known.checkpoint.size
    logs = [log for log in relied.policy.logs if log.key.name == relied.origin]
    evidence = fork.found(
        known.note, Note.parse(raw), tiles.proof(size), logs, now, tiles.root_at(size)
    )
    if evidence is None:
        raise Invalid(f"What is served leads neither to {known.name} nor to its checkpoint.")
    return _fork(
        f"{shown(relied.origin)}, {relied.size} entries", known, "what is served"
    ), evidence


def _fork(subject: str, older: Known, newer: str) -> Statement:
    return Statement(
        subject, Verdict.FORKED, (),
        ("which of the two histories is true",),
        f"{older.name} and {newer} contradict each other at size {older.checkpoint.size}, and the "
        "log signed both.",
    )  # fmt: skip


def _holds(known: Known) -> str:
    return f"it holds all of {known.name} (size {known.checkpoint.size})"


def _stale(relied: Relied, now: int, max_age: int) -> str:
    if relied.since is None or now - relied.since <= max_age:
        return ""
    return f"No quorum has seen it since {moment(relied.since)}: it may be an old copy."
