"""An entry of the log as its reader sees it: an event's bytes, and what of it was disclosed.

Where fields are sealed, their object has `_sd`: digests, some of them of nothing. A disclosure is
base64url of `[salt, name, value]`; its digest, base64url SHA-256 of its ASCII, says which field it
is (RFC 9901).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from shared.tlog.encoding import shown
from shared.tlog.tiles import LARGEST_ENTRY

LARGEST_NUMBER = (1 << 53) - 1
SEALED = "_sd"
_ABOUT = frozenset({SEALED, "_sd_alg", "..."})
_SOURCE = re.compile(r"/coalitions/([0-9a-f-]{36})/([a-z]{1,40})")
_POSITION = re.compile(r"[0-9]{20}")
_DISCLOSURE = re.compile(r"[A-Za-z0-9_-]+")


class BadLeaf(ValueError):
    """Bytes that no log of events holds, or a disclosure of another event: the message says why."""


class _Unknown:
    """What stands in a field that may be sealed."""


class _Missing:
    """What stands in a field that is not there."""


UNKNOWN = _Unknown()
MISSING = _Missing()


@dataclass
class Leaf:
    """An event, opened as far as its disclosures go.

    Args:
        written: What it says; what is disclosed stands where it was sealed.
        sealed: Which object owns each digest, and whether it stands there once in all the event.
        fields: What each disclosure said, by its digest: name and value.
    """

    coalition: str
    service: str
    position: int
    type: str
    written: dict[str, Any]
    sealed: dict[str, tuple[dict[str, Any], bool]] = field(default_factory=dict)
    fields: dict[str, tuple[str, Any]] = field(default_factory=dict)

    @classmethod
    def parse(cls, raw: bytes) -> "Leaf":
        """Read an event.

        Raises:
            BadLeaf: it is none, or not in the one form that its bytes have.
        """
        written = _canonical(raw)
        try:
            coalition, service = _SOURCE.fullmatch(written["source"]).groups()  # type: ignore[union-attr]  # AttributeError, below
            position, kind = written["sequence"], written["type"]
            stated = _POSITION.fullmatch(position) and kind.startswith(f"accord.{service}.")
        except (AttributeError, KeyError, TypeError) as error:
            raise BadLeaf("these bytes are no event") from error
        if not stated or written.get("coalition") != coalition:
            raise BadLeaf("these bytes are no event of a coalition's journal")
        leaf = cls(coalition, service, int(position), kind, written)
        for owner, digest in _digests(written):
            leaf.sealed[digest] = owner, digest not in leaf.sealed
        return leaf

    @property
    def name(self) -> str:
        """The last part of its type, `DecisionMade`."""
        return self.type.rpartition(".")[2]

    @property
    def data(self) -> Mapping[str, Any]:
        """What it says beside its envelope."""
        data = self.written.get("data")
        return data if isinstance(data, dict) else {}

    @property
    def ref(self) -> str:
        """How other events name it, `meetings/412`."""
        return f"{self.service}/{self.position}"

    def disclose(self, disclosure: str) -> None:
        """Put a disclosed value where it was sealed.

        Raises:
            BadLeaf: it is none, or not of this event, or there already.
        """
        digest = digest_of(disclosure)
        name, value = _disclosed(disclosure)
        self.check(digest)
        owner, _ = self.sealed[digest]
        if digest in self.fields:
            raise BadLeaf(f"{shown(name)} is disclosed twice")
        if name in _ABOUT or name in owner or owner.get("_sd_alg") != "sha-256":
            raise BadLeaf(f"{shown(name)} is no name that a sealed field can have there")
        owner[name] = value
        self.fields[digest] = name, value

    def check(self, digest: str) -> None:
        """Check that a digest stands in this event, once.

        Raises:
            BadLeaf: it does not.
        """
        if digest not in self.sealed:
            raise BadLeaf(f"the digest {shown(digest)} does not stand in the event")
        if not self.sealed[digest][1]:
            raise BadLeaf(f"the digest {shown(digest)} stands in the event more than once")

    def at(self, path: str) -> Any:
        """Return what stands at a dotted path; `UNKNOWN` where it may be sealed, or `MISSING`."""
        here: Any = self.written
        for name in path.split("."):
            if not isinstance(here, dict):
                return MISSING
            if name not in here:
                closed = any(digest not in self.fields for digest in here.get(SEALED, ()))
                return UNKNOWN if closed else MISSING
            here = here[name]
        return here


def digest_of(disclosure: str) -> str:
    """Return the digest of a disclosure.

    Raises:
        BadLeaf: it has letters that no disclosure has.
    """
    if not _DISCLOSURE.fullmatch(disclosure):
        raise BadLeaf("a disclosure is base64url without padding; this one is not")
    return urlsafe_b64encode(sha256(disclosure.encode()).digest()).decode().rstrip("=")


def _disclosed(disclosure: str) -> tuple[str, Any]:
    try:
        raw = urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
        said = json.loads(raw.decode(), parse_float=_no_fraction, parse_constant=_no_fraction)
        salt, name, value = said
        canonical = _written(said) == raw
    except (RecursionError, TypeError, ValueError) as error:
        raise BadLeaf("a disclosure says salt, name and value; this one does not") from error
    if not isinstance(said, list) or not isinstance(salt, str) or not isinstance(name, str):
        raise BadLeaf("a disclosure says salt, name and value; this one does not")
    if not canonical:
        raise BadLeaf(f"what is disclosed as {shown(name)} is not in canonical form")
    if _seals(value):
        raise BadLeaf(f"what is disclosed as {shown(name)} seals something itself")
    return name, value


def _seals(value: Any) -> bool:
    if isinstance(value, dict):
        return SEALED in value or any(map(_seals, value.values()))
    return isinstance(value, list) and any(map(_seals, value))


def _canonical(raw: bytes) -> dict[str, Any]:
    """Return what canonical JSON says: sorted ASCII names, no fractions, integers within 2⁵³."""
    if len(raw) > LARGEST_ENTRY:
        raise BadLeaf(f"an entry has {LARGEST_ENTRY:,} bytes at most; this one has {len(raw):,}")
    try:
        written = json.loads(raw.decode(), parse_float=_no_fraction, parse_constant=_no_fraction)
        same = _written(written) == raw
    except (RecursionError, ValueError) as error:
        raise BadLeaf("these bytes are no JSON of events") from error
    if not same or not _plain(written):
        raise BadLeaf("these bytes are not in canonical form")
    if not isinstance(written, dict):
        raise BadLeaf("these bytes are no event")
    return written


def _written(said: Any) -> bytes:
    again = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return again.encode()


def _no_fraction(text: str) -> Any:
    raise ValueError(text)


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(name.isascii() and _plain(part) for name, part in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return not isinstance(value, int) or abs(value) <= LARGEST_NUMBER


def _digests(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        digests = value.get(SEALED, [])
        if not isinstance(digests, list) or not all(isinstance(each, str) for each in digests):
            raise BadLeaf("its digests are no list of texts")
        yield from ((value, digest) for digest in digests)
        for part in value.values():
            yield from _digests(part)
    elif isinstance(value, list):
        for part in value:
            yield from _digests(part)
