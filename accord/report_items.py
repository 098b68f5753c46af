"""The entries of a report, read one after the other with what is said of each."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from accord import figures
from accord.leaf import BadLeaf, Leaf, digest_of
from accord.report_head import Head
from accord.report_zip import BadReport, ReportZip
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.tiles import WIDTH, bundled, bundles, tiles, top
from shared.tlog.tree import HASH_BYTES, leaf_hash

WHY = ("audience", "erased", "redacted", "lost")
_BECAUSE = {"erased": "PersonErased", "redacted": "FieldRedacted"}


class _Gone(NamedTuple):
    """A field that an event is said to have ended."""

    entry: int
    ref: str
    digest: str
    why: str
    by: int | None


@dataclass
class Items:
    """The entries of a report.

    Args:
        explain: The index of the entry to be told of.
        hashes: Their leaf hashes, in order.
        hidden: The indexes of those of which only the hash is there.
        disclosed: How many fields are disclosed; `withheld` how many are not, by reason.
        elsewhere: How many of those ended by an event that is not shown here.
        grounds: The events by which persons were erased and texts redacted, by index.
        told: What the entry that was asked for holds.
        checked: The figures.
    """

    head: Head
    explain: int | None
    hashes: list[bytes] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    disclosed: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    elsewhere: int = 0
    grounds: dict[int, Leaf] = field(default_factory=dict)
    told: dict[str, Any] | None = None
    checked: list[figures.Checked] = field(default_factory=list)
    _gone: list[_Gone] = field(default_factory=list)
    _bundles: list[bytes] = field(default_factory=list)

    def read(self, file: ReportZip) -> None:
        """Read all of them, and count the figures again.

        Raises:
            BadReport: something does not fit.
        """
        head = self.head
        disclosures = _Beside(file, "disclosures.jsonl", {"i", "d"})
        kept_back = _Beside(file, "withheld.jsonl", {"i", "digest", "why", "by"})
        counted = figures.read(file.json("figures.json"), head.first, head.end)
        reached = {service: before for service, (before, _) in head.positions.items()}
        index, bundle = head.first, []
        for where, item in file.lines("items.jsonl"):
            if type(item.get("i")) is not int or item["i"] != index or index >= head.end:
                raise BadReport(f"{where}: entry {index} of {head.end} should stand here.")
            raw, hashed = _item(item, where)
            self.hashes.append(hashed)
            try:
                leaf = None if raw is None else self._leaf(raw, reached)
                self._open(index, leaf, hashed, disclosures, kept_back)
            except BadLeaf as error:
                raise BadReport(f"Entry {index}: {error}.") from error
            for figure in counted:
                figure.take(index, hashed, leaf)
            if raw is None:
                self.hidden.add(index)
            bundle.append(raw or b"")
            if len(bundle) == WIDTH or index + 1 == head.end:
                self._bundles.append(sha256(bundled(bundle)).digest())
                bundle = []
            index += 1
        if index != head.end:
            raise BadReport(
                f"items.jsonl: it has {index - head.first:,} entries; the report is of "
                f"{head.end - head.first:,}."
            )
        disclosures.end()
        kept_back.end()
        self.checked = [figure.checked() for figure in counted]

    def _leaf(self, raw: bytes, reached: dict[str, int]) -> Leaf:
        head, leaf = self.head, Leaf.parse(raw)
        if leaf.coalition != head.coalition:
            raise BadLeaf(f"it is of the coalition {leaf.coalition}, not of {head.coalition}")
        if leaf.service not in reached:
            raise BadLeaf(
                f"it is of the journal of {leaf.service}, of which the report says nothing"
            )
        last = head.positions[leaf.service][1]
        if not reached[leaf.service] < leaf.position <= last:
            raise BadLeaf(
                f"it is {leaf.ref}; the one before was {reached[leaf.service]}, "
                f"and {last} is the last"
            )
        reached[leaf.service] = leaf.position
        return leaf

    def _open(
        self,
        index: int,
        leaf: Leaf | None,
        hashed: bytes,
        disclosures: "_Beside",
        kept_back: "_Beside",
    ) -> None:
        """Put what was disclosed of an entry in its place, and note down what was not."""
        kept = {}
        for said in kept_back.of(index):
            digest, why, by = said["digest"], said["why"], said["by"]
            _held(leaf).check(digest)
            if digest in kept or why not in WHY:
                raise BadLeaf(f"why {shown(str(digest))} is withheld is said twice, or not at all")
            kept[digest] = said
            self.withheld[why] += 1
            if why in _BECAUSE:
                self._gone.append(_Gone(index, _held(leaf).ref, digest, why, by))
            elif by is not None:
                raise BadLeaf(f"what is withheld because of {why} is not withheld by an entry")
        for said in disclosures.of(index):
            _held(leaf).disclose(said["d"])
            if digest_of(said["d"]) in kept:
                raise BadLeaf("a field is disclosed and withheld")
            self.disclosed += 1
        if leaf is not None and leaf.name in _BECAUSE.values():
            self.grounds[index] = leaf
        if index == self.explain:
            self.told = _told(index, leaf, hashed, kept)

    def check_grounds(self) -> None:
        """Check that what was erased or redacted was so by an event that says it.

        Raises:
            BadReport: one was not.
        """
        for entry, ref, digest, why, by in self._gone:
            where = f"Entry {entry}: a field is said to be {why} by entry {by}"
            if by is None or by >= self.head.end or by in self.hidden:
                self.elsewhere += 1
                continue
            if by < self.head.first:
                raise BadReport(f"{where}, which was there before it.")
            ground = self.grounds.get(by)
            if ground is None or ground.name != _BECAUSE[why]:
                raise BadReport(f"{where}, which is no {_BECAUSE[why]}.")
            said = ground.data.get("digest"), ground.data.get("event")
            if why == "redacted" and said != (digest, ref):
                raise BadReport(f"{where}, which redacted something else.")

    def check_tree(self, file: ReportZip) -> None:
        """Check that `log/` holds the same log.

        Raises:
            BadReport: it does not.
        """
        head = self.head
        there = file.tree()
        if not there:
            return
        if head.first or self.hidden:
            raise BadReport("A report has log/ when all of the log is shown, and only then.")
        level, expected = self.hashes, {"checkpoint": sha256(file.read("new/checkpoint")).digest()}
        rows = {0: level}
        for tile in tiles(head.end):
            at = tile.level or 0
            if at not in rows:
                below = rows[at - 1]
                rows[at] = [
                    top(below[start : start + WIDTH])
                    for start in range(0, len(below) - WIDTH + 1, WIDTH)
                ]
            row = rows[at][tile.n * WIDTH : tile.n * WIDTH + tile.width]
            expected[tile.path] = sha256(b"".join(row)).digest()
        expected |= {
            tile.path: digest for tile, digest in zip(bundles(head.end), self._bundles, strict=True)
        }
        if there != expected.keys():
            raise BadReport(f"log/ lacks or has what it should not: {min(there ^ expected.keys())}")
        for path, digest in expected.items():
            if sha256(file.read(f"log/{path}")).digest() != digest:
                raise BadReport(f"log/{path} is of another log than the entries are.")


class _Beside:
    """A file of lines about entries, read along with them."""

    def __init__(self, file: ReportZip, name: str, keys: set[str]) -> None:
        self._lines = file.lines(name)
        self._name = name
        self._keys = keys
        self._next = self._read()

    def of(self, index: int) -> Iterator[dict[str, Any]]:
        """Yield what is said of an entry.

        Raises:
            BadReport: lines are out of order.
        """
        while self._next is not None and self._next["i"] <= index:
            if self._next["i"] < index:
                raise BadReport(
                    f"{self._name}: what is said of entry {self._next['i']} is out of its order."
                )
            yield self._next
            self._next = self._read()

    def end(self) -> None:
        """Check that nothing is said of what is no entry.

        Raises:
            BadReport: something is.
        """
        if self._next is not None:
            raise BadReport(f"{self._name}: entry {self._next['i']} is not in this report.")

    def _read(self) -> dict[str, Any] | None:
        for where, said in self._lines:
            fits = type(said.get("i")) is int and type(said.get("by")) in {int, type(None)}
            texts = all(type(said.get(name)) is str for name in self._keys - {"i", "by"})
            if said.keys() | {"by"} != self._keys | {"by"} or not fits or not texts:
                raise BadReport(f"{where}: it has to say {', '.join(sorted(self._keys))}.")
            return {"by": None, **said}
        return None


def _item(item: Mapping[str, Any], where: str) -> tuple[bytes | None, bytes]:
    """Return an entry's bytes, if they are there, and its hash."""
    if item.keys() not in ({"i", "leaf"}, {"i", "h"}):
        raise BadReport(f"{where}: an item has its index, and a leaf or a hash.")
    name = "leaf" if "leaf" in item else "h"
    if not isinstance(item[name], str):
        raise BadReport(f"{where}: {name} is no text.")
    try:
        raw = base64_bytes(item[name])
    except Unreadable as error:
        raise BadReport(f"{where}: {error}") from error
    if name == "leaf":
        return raw, leaf_hash(raw)
    if len(raw) != HASH_BYTES:
        raise BadReport(f"{where}: a hash has {HASH_BYTES} bytes; this one has {len(raw)}.")
    return None, raw


def _held(leaf: Leaf | None) -> Leaf:
    if leaf is None:
        raise BadLeaf("it is hidden, and nothing can be said of its fields")
    return leaf


def _told(
    index: int, leaf: Leaf | None, hashed: bytes, kept: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what one entry holds."""
    told: dict[str, Any] = {"index": index, "leaf_hash": hashed.hex(), "fields": []}
    if leaf is None:
        return told | {"hidden": True}
    for digest in sorted(leaf.sealed):
        said: dict[str, Any] = {"digest": digest, "state": "withheld or decoy"}
        if digest in leaf.fields:
            name, value = leaf.fields[digest]
            said |= {"state": "disclosed", "name": name, "value": value}
        elif digest in kept:
            said |= {"state": kept[digest]["why"], "by": kept[digest]["by"]}
        told["fields"].append(said)
    return told | {"hidden": False, "ref": leaf.ref, "event": leaf.written}
