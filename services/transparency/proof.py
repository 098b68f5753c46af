"""The zip of a report that proves it is complete (`accord-report/1`), as it is written.

    report.json, policy.txt, new/checkpoint     which entries of which log, and who signed
    old/checkpoint, old/peaks                   where it begins, if not with the log
    items.jsonl, disclosures.jsonl, withheld.jsonl, figures.json
    log/…                                       the log as tiles, where all of it is shown
    README.txt, report.html                     to read

Everything is written, and can be sent, as it is read. What is told of sealed fields waits in files
without a name, and goes when all entries have gone: see `finish`.
"""

from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256
from io import RawIOBase
from tempfile import TemporaryFile
from typing import IO, Any, Self, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from services.transparency.domain.proof import figures, is_for, leaf_hash
from services.transparency.domain.refs import Range
from services.transparency.sealed import SealedField
from shared.tlog.tree import Peaks

FORMAT = "accord-report/1"
PIECE = 1 << 16
_THEN = (1980, 1, 1, 0, 0, 0)
README = """This is a report of {origin}, with its proof.

    accord verify REPORT.zip --policy POLICY         of the accord package
    python verify_standalone.py REPORT.zip           one file, nothing else to install

Neither needs a network, an account or this host. Get them from a package index, and POLICY from
somebody other than whoever gave you this file: policy.txt names those on whom this host relies.

What it proves: the log signed these {count:,} entries ({first} to {end}), and the witnesses that
the statement names saw that it did; every one of them is here, in its order, as it was recorded;
what is disclosed is what was sealed then; the figures follow.

What it does not prove: what happened later; what was never submitted; what is withheld here, and
whether all of withheld.jsonl's reasons are true; that what was recorded is so; who made this file
and when.

report.html is for reading, and no part of the proof; of a long report it has the newest 2,000
rows and no more. `accord verify … --explain INDEX` tells what an entry holds.
"""


class ProofZip:
    """The zip, while it is written.

    Args:
        tokens: Of those whom it is for.
        peaks: Of the log where it begins.
        disclosed: The digests of what is disclosed, one after the other, 32 bytes each.
    """

    def __init__(self, tokens: Collection[str], first: int, peaks: Sequence[bytes]) -> None:
        self.tokens = tokens
        self.first = self.end = first
        self.peaks = Peaks(first, list(peaks))
        self.disclosed = bytearray()
        self.withheld = 0
        self.hidden = 0
        self.positions: dict[str, list[int]] = {}
        self._before = list(peaks)
        self._figures = figures()
        self._ended: dict[str | UUID, int] = {}
        self._open = ExitStack()
        self._said = self._open.enter_context(_unnamed())
        self._kept = self._open.enter_context(_unnamed())
        self._pipe = _Pipe()
        self._zip = ZipFile(cast("IO[bytes]", self._pipe), "w", ZIP_DEFLATED)
        self._items = self._zip.open(_info("items.jsonl"), "w", force_zip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of everything, sent or not."""
        if not self._items.closed:
            self._items.close()
        self._zip.close()
        self._open.close()

    def drained(self) -> bytes:
        """Return what was written since the last time."""
        return self._pipe.drained()

    def ended(self) -> bytes:
        """Return the end of the zip."""
        self._zip.close()
        return self._pipe.drained()

    def take(self, given: Iterable[tuple[bytes, Mapping[str, Any], Sequence[SealedField]]]) -> None:
        """Write entries: their bytes, what these say, and their sealed fields."""
        lines = []
        for leaf, event, fields in given:
            index, hashed = self.end, leaf_hash(leaf)
            self.peaks.extend([hashed])
            self._reach(event)
            if is_for(event, self.tokens):
                lines.append(_line({"i": index, "leaf": _base64(leaf)}))
                for each in fields:
                    self._note(index, each)
                for figure in self._figures:
                    figure.take(index, hashed, event)
            else:
                lines.append(_line({"i": index, "h": _base64(hashed)}))
                self.hidden += 1
            self._end_of(index, event)
            self.end += 1
        self._items.write(b"".join(lines))

    def add(self, name: str, content: bytes) -> None:
        """Write a file."""
        if not self._items.closed:
            self._items.close()
        self._zip.writestr(_info(name), content)

    def finish(self, head: Mapping[str, Any]) -> None:
        """Write what is said of the entries, and what was counted.

        Args:
            head: What `report.json` says beside where the entries begin and end.
        """
        places = {"from": self.first, "to": self.end, "positions": self.positions}
        self.add("report.json", _line({"format": FORMAT, **head, **places}))
        self.add("README.txt", README.format(
            origin=head["origin"], count=self.end - self.first, first=self.first, end=self.end
        ).encode())  # fmt: skip
        if self.first:
            self.add("old/peaks", "".join(f"{_base64(each)}\n" for each in self._before).encode())
        said = [
            each | {"entries": _counted(each["entries"])}
            for each in (figure.written() for figure in self._figures)
        ]
        self.add("figures.json", orjson.dumps(said, option=orjson.OPT_INDENT_2))
        self._pour("disclosures.jsonl", self._said)
        self._kept.seek(0)
        with self._zip.open(_info("withheld.jsonl"), "w", force_zip64=True) as file:
            for line in self._kept:
                file.write(self._with_ground(line))

    def _reach(self, event: Mapping[str, Any]) -> None:
        service, position = str(event["source"]).rpartition("/")[2], int(event["sequence"])
        self.positions.setdefault(service, [position - 1, 0])[1] = position

    def _note(self, index: int, each: SealedField) -> None:
        """Write a sealed field where it belongs; by which entry it ended is known only later."""
        if each.disclosure is not None:
            self._said.write(_line({"i": index, "d": each.disclosure}))
            self.disclosed += sha256(each.disclosure.encode()).digest()
            return
        self.withheld += 1
        by = None if each.by is None else str(each.by)
        self._kept.write(_line({"i": index, "digest": each.digest, "why": each.why, "by": by}))

    def _end_of(self, index: int, event: Mapping[str, Any]) -> None:
        """Keep where a person was erased or a text redacted."""
        kind = str(event["type"]).rpartition(".")[2]
        if kind == "PersonErased":
            self._ended[str(event["subject"]).removeprefix("person-")] = index
        if kind == "FieldRedacted":
            service = str(event["source"]).rpartition("/")[2]
            self._ended[f"{service}/{int(event['sequence'])}"] = index

    def _with_ground(self, line: bytes) -> bytes:
        said = orjson.loads(line)
        by = self._ended.get(said.pop("by") or "")
        return _line(said if by is None else said | {"by": by})

    def _pour(self, name: str, source: IO[bytes]) -> None:
        source.seek(0)
        with self._zip.open(_info(name), "w", force_zip64=True) as file:
            while piece := source.read(PIECE):
                file.write(piece)


class _Pipe(RawIOBase):
    """Takes what is written, and gives it on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def drained(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _unnamed() -> IO[bytes]:
    return TemporaryFile()


def _counted(entries: list[int] | Range) -> Any:
    if isinstance(entries, list):
        return entries
    return {"count": entries.size, "root": _base64(entries.root())}


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name, _THEN)
    info.compress_type = ZIP_DEFLATED
    return info


def _line(said: Mapping[str, Any]) -> bytes:
    return orjson.dumps(said) + b"\n"


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()
