"""The zip of a report, opened as what a stranger sent: nothing is unpacked, nothing unbounded read.

README.txt, report.html     for people; no part of the proof
report.json                 which log, which entries, for whom
policy.txt                  a C2SP tlog-policy
old/checkpoint, old/peaks   where it begins; not there when it begins with the first entry
new/checkpoint              where it ends
items.jsonl                 {"i":n,"leaf":"<base64>"} or {"i":n,"h":"<base64>"}, one an entry
disclosures.jsonl           {"i":n,"d":"<disclosure>"}, in the order of the entries
withheld.jsonl              {"i":n,"digest":"…","why":"…","by":m}, in the order of the entries
figures.json                what was counted, and how
log/…                       the same entries as tlog-tiles, where all are there and shown
"""

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from shared.tlog.encoding import shown

MEMBERS = 100_000
MEMBER_BYTES = 64 << 20
WHOLE_BYTES = 4 << 30
LINE_BYTES = 1 << 20
OLD = frozenset({"old/checkpoint", "old/peaks"})
PROOF = frozenset({
    "report.json", "policy.txt", "new/checkpoint", "items.jsonl", "disclosures.jsonl",
    "withheld.jsonl", "figures.json",
})  # fmt: skip
_FOR_PEOPLE = frozenset({"README.txt", "report.html"})
_TREE = re.compile(r"log/(checkpoint|tile/[0-9a-z./]{1,100})")
_ENCRYPTED = 1
_DAMAGED = (
    BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, ValueError, zlib.error,
)  # fmt: skip


class BadReport(ValueError):
    """A report that proves nothing: the message says what does not fit, and where."""


class ReportZip:
    """The members of a report, each read with a bound.

    Raises:
        BadReport: it is no zip, or not one of a report: a member too many, twice, too large, of a
            name that no report has.
    """

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        members = file.infolist()
        if len(members) > MEMBERS:
            raise BadReport(f"The zip has {len(members):,} files; {MEMBERS:,} are the most.")
        if sum(each.file_size for each in members) > WHOLE_BYTES:
            raise BadReport(f"Unpacked, the zip is larger than {WHOLE_BYTES:,} bytes.")
        self._sizes: dict[str, int] = {}
        for each in members:
            name = each.orig_filename
            if name not in PROOF | OLD | _FOR_PEOPLE and not _TREE.fullmatch(name):
                raise BadReport(f"The zip has a file that no report has: {shown(name)}")
            if name in self._sizes:
                raise BadReport(f"The zip has {name} twice.")
            if each.flag_bits & _ENCRYPTED or each.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
                raise BadReport(f"{name} is packed in a way that is not read here.")
            self._sizes[name] = each.file_size
        if missing := PROOF - self._sizes.keys():
            raise BadReport(f"The zip lacks {', '.join(sorted(missing))}.")

    def tree(self) -> frozenset[str]:
        """Return the paths below `log/`."""
        return frozenset(name[4:] for name in self._sizes if name.startswith("log/"))

    def begins_in_the_middle(self) -> bool:
        """Say whether there is something in `old/`; then both files have to be there.

        Raises:
            BadReport: only one of them is.
        """
        there = OLD & self._sizes.keys()
        if there and there != OLD:
            raise BadReport(f"The zip has {min(there)}, and lacks {min(OLD - there)}.")
        return bool(there)

    def read(self, name: str, most: int = MEMBER_BYTES) -> bytes:
        """Return a file whole.

        Raises:
            BadReport: it is too large, or damaged.
        """
        with self._opened(name) as file:
            raw = file.read(most + 1)
            if len(raw) > most or file.read(1):
                raise BadReport(f"{name} is larger than {most:,} bytes.")
        return raw

    def json(self, name: str) -> Any:
        """Return what a file of JSON says.

        Raises:
            BadReport: it is none.
        """
        return _said(self.read(name), name)

    def lines(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the JSON object in each line, with where it stands in words.

        Raises:
            BadReport: a line is none, too long, or not ended.
        """
        with self._opened(name) as file:
            number = 0
            while line := file.readline(LINE_BYTES + 1):
                number += 1
                where = f"{name}, line {number:,}"
                if not line.endswith(b"\n"):
                    raise BadReport(f"{where}: it is not ended, or beyond {LINE_BYTES:,} bytes.")
                said = _said(line, where)
                if not isinstance(said, dict):
                    raise BadReport(f"{where}: this is no JSON object.")
                yield where, said

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._file.open(name) as file:
                yield file
        except BadReport:
            raise
        except _DAMAGED as error:
            raise BadReport(f"{name} is damaged: {error}") from error


@contextmanager
def opened(path: Path) -> Iterator[ReportZip]:
    """Open the zip of a report.

    Raises:
        BadReport: it is none.
    """
    try:
        file = ZipFile(path)
    except _DAMAGED as error:
        raise BadReport(f"This is no zip that can be read: {error}") from error
    with file:
        yield ReportZip(file)


def _said(raw: bytes, where: str) -> Any:
    try:
        said = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite
        )
        if b"\\u" in raw:  # half a letter can only be written so
            json.dumps(said, ensure_ascii=False).encode()
    except BadReport as error:
        raise BadReport(f"{where}: {error}") from error
    except (RecursionError, ValueError) as error:
        raise BadReport(f"{where}: this is no JSON.") from error
    return said


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise BadReport("a name stands twice in one object.")
    return said
